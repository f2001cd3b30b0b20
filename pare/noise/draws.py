"""Where the draws of noise come from: the same in every process, whatever model plays."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from pare.rng import RandomStream, derive_rng, derive_seed

NoiseSeedScope = Literal["run", "sweep"]
"""Whether each run of each scenario has draws of its own, or all runs of a sweep share one set."""

_DIGITS = 53


@dataclass(frozen=True)
class NoiseDraws:
    """The draws that belong to a seed and, unless the scope is the whole sweep, to one run of a scenario.

    A draw is named by what it is for, and not by how many were taken before: it is the same at every
    level of noise and for every model.
    """

    seed: int = 0
    scope: NoiseSeedScope = "run"
    scenario_id: str = ""
    run_number: int = 1

    def uniform(self, *parts: object) -> float:
        """Draw a number from 0 up to, and without, 1."""
        return float((derive_seed(*self._parts, *parts) >> (64 - _DIGITS)) / 2**_DIGITS)

    def rng(self, *parts: object) -> Random:
        """Give a generator of its own to whatever `parts` name."""
        return derive_rng(*self._parts, *parts)

    def stream(self, *parts: object) -> RandomStream:
        """Give what `rng` gives, seeded when it is first drawn from."""
        return RandomStream(*self._parts, *parts)

    @property
    def _parts(self) -> tuple[object, ...]:
        if self.scope == "sweep":
            return ("noise", "sweep", self.seed)
        return ("noise", "run", self.seed, self.scenario_id, self.run_number)
