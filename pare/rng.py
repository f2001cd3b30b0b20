"""Derived seeds and ids: the same on every machine, in every process, for ever."""

from __future__ import annotations

import hashlib
from random import Random


def derive_seed(*parts: object) -> int:
    """Derive a 64-bit seed from `parts`, which are told apart by their text and position.

    Unlike ``hash()`` it does not depend on the process; unlike adding numbers, ("a", 1, 2) and
    ("a", 12) differ.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def derive_rng(*parts: object) -> Random:
    """Give a generator of its own to whatever `parts` name."""
    return Random(derive_seed(*parts))


def hex_id(rng: Random) -> str:
    """Draw an id of 32 hexadecimal digits from `rng`."""
    return f"{rng.getrandbits(128):032x}"
