"""What a validator says to the mutants of its oracle, counted, beside the marks that it must reach.

A dropped WRITE and a wrong target must be rejected, every one. Of the mutants that must be accepted, at
most one in a hundred of a kind may be rejected: the wording of a fact has more forms than a check knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pare.scenarios.scenario import Scenario
from pare.testing.mutants import KINDS, Kind, Mutant, mutants

MOST_REJECTED = 0.01
"""The share of the mutants of a kind that must be accepted which may be rejected."""


@dataclass(frozen=True)
class Misjudged:
    """A mutant that the validator judged wrongly; `outcome` says how, and `reason` why."""

    kind: Kind
    what: str
    outcome: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} -> {self.outcome}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True)
class Tally:
    """How many mutants of a scenario were played, by kind, and which were judged wrongly.

    `error` says why there are no more of them: the scenario cannot be built or played.
    """

    scenario_id: str
    played: Mapping[Kind, int] = field(default_factory=dict)
    wrong: tuple[Misjudged, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class Mark:
    """What is asked of a kind of mutants, and what came of it."""

    kind: Kind
    played: int
    wrong: int

    @property
    def must_succeed(self) -> bool:
        """Whether the validator must accept this kind."""
        return KINDS[self.kind]

    @property
    def rejected(self) -> float | None:
        """The share that was not accepted; None if none was played."""
        refused = self.wrong if self.must_succeed else self.played - self.wrong
        return refused / self.played if self.played else None

    @property
    def is_reached(self) -> bool:
        """Whether the mark is reached; it is where nothing was played."""
        return self.wrong <= self.played * (MOST_REJECTED if self.must_succeed else 0)


def tally(scenario_id: str, make: Callable[[], Scenario]) -> Tally:
    """Play every mutant of the scenario that `make` constructs, and count them."""
    played: Counter[Kind] = Counter()
    wrong: list[Misjudged] = []
    error = None
    try:
        for mutant in mutants(make):
            played[mutant.kind] += 1
            wrong += judged(mutant)
    except Exception as raised:  # noqa: BLE001 - whatever building or changing a scenario raises is a finding
        error = f"{type(raised).__name__}: {raised}"
    return Tally(scenario_id, played, tuple(wrong), error)


def judged(mutant: Mutant) -> list[Misjudged]:
    """Play a mutant; give what is wrong with the verdict, if anything is."""
    run = mutant.play()
    if run.outcome == ("success" if mutant.must_succeed else "failure"):
        return []
    reason = run.result.rationale or run.result.exception or ""
    return [Misjudged(mutant.kind, mutant.what, str(run.outcome), str(reason))]


def marks(tallies: Iterable[Tally]) -> list[Mark]:
    """Give the mark of each kind over all scenarios."""
    played: Counter[Kind] = Counter()
    wrong: Counter[Kind] = Counter()
    for item in tallies:
        played.update(item.played)
        wrong.update(found.kind for found in item.wrong)
    return [Mark(kind, played[kind], wrong[kind]) for kind in KINDS]
