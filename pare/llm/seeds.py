"""Seeds of requests: each call of each run draws for itself, and draws the same again when repeated."""

from __future__ import annotations

from pare.llm.types import CallLabel
from pare.rng import derive_seed

SEED_BITS = 53
"""Every JSON reader holds so many bits exactly, also one that reads numbers as doubles."""

_STRIDE = 0x9E37_79B9_7F4A_7C15


def request_seed(seed: int, label: CallLabel) -> int:
    """Derive the seed of a call from `seed` and the scenario, run, role and ordinal that `label` names.

    It lies in 0 … 2⁵³-1. The run number enters as an odd multiple, not through the hash: the same call of
    two runs never has the same seed, not even where a server keeps only the lowest 32 bits of it.
    """
    base = derive_seed("request", seed, ascii(label.scenario_id), ascii(label.role), label.ordinal)
    return (base + label.run_number * _STRIDE) % (1 << SEED_BITS)
