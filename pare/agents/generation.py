"""How much simulated time a model takes to write its reply."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p, sqrt
from random import Random
from typing import Literal

from pare.llm.types import Completion
from pare.rng import derive_rng

GenerationTimeMode = Literal["tokens", "fixed", "random", "measured"]
Distribution = Literal["normal", "lognormal", "exponential", "uniform"]

CHARACTERS_PER_TOKEN = 4
"""The usual estimate where a provider does not count."""


@dataclass(frozen=True)
class GenerationTime:
    """Simulated seconds a reply takes.

    ``tokens``: `ttft_seconds` and the completion's tokens, hidden reasoning included, at
    `tokens_per_second`. ``fixed``: `seconds`. ``random``: drawn from `distribution` with `seconds` as its
    mean and `spread` as its standard deviation (an exponential one has its mean), never below 0.
    ``measured``: the latency of the call itself, the only mode in which load can change a score.
    """

    mode: GenerationTimeMode = "tokens"
    ttft_seconds: float = 0.5
    tokens_per_second: float = 50.0
    seconds: float = 1.0
    spread: float = 0.25
    distribution: Distribution = "normal"
    seed: int = 0

    def of(self, completion: Completion, *place: object) -> float:
        """Give the seconds of a reply; `place` names the call, for ``random``."""
        if self.mode == "fixed":
            return self.seconds
        if self.mode == "measured":
            return completion.latency_seconds
        if self.mode == "random":
            return max(0.0, self._drawn(derive_rng("generation", self.seed, *place)))
        return self.ttft_seconds + tokens_of(completion) / self.tokens_per_second

    def _drawn(self, rng: Random) -> float:
        mean, spread = self.seconds, self.spread
        if mean == 0 or (spread == 0 and self.distribution != "exponential"):
            return mean
        if self.distribution == "exponential":
            return rng.expovariate(1 / mean)
        if self.distribution == "uniform":
            return rng.uniform(mean - sqrt(3) * spread, mean + sqrt(3) * spread)
        if self.distribution == "lognormal":
            variance = log1p((spread / mean) ** 2)
            return rng.lognormvariate(log(mean) - variance / 2, sqrt(variance))
        return rng.gauss(mean, spread)


def tokens_of(completion: Completion) -> int:
    """Give the tokens that a reply took, reasoning included; estimated from the text if not counted."""
    if completion.usage.completion_tokens:
        return completion.usage.completion_tokens
    written = len(completion.text) + len(completion.reasoning)
    written += sum(len(call.name) + len(call.arguments) for call in completion.tool_calls)
    return -(-written // CHARACTERS_PER_TOKEN)
