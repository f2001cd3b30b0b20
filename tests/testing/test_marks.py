"""What validators say to mutants, counted beside the marks."""

import pytest

from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.testing.marks import Mark, Misjudged, Tally, marks, tally

DENTIST = "dentist_moves_appointment"


def dentist(success=None):
    """Construct the scenario; its validator says `success`, if that is given."""
    scenario = registry.create(DENTIST)
    if success is not None:
        scenario.validate = lambda env: ScenarioValidationResult(success=success, rationale="for once")
    return scenario


def test_a_good_validator_is_never_wrong():
    found = tally(DENTIST, dentist)
    assert found == Tally(
        DENTIST, {"drop_read": 2, "swap": 2, "paraphrase": 4, "drop_write": 5, "wrong_target": 3}
    )
    assert all(mark.is_reached for mark in marks([found]))


@pytest.mark.parametrize(
    ("success", "kinds", "said"),
    [
        (True, {"drop_write", "wrong_target"}, "success"),
        (False, {"drop_read", "swap", "paraphrase"}, "failure"),
    ],
)
def test_a_validator_that_always_says_the_same_is_found_out(success, kinds, said):
    found = tally(DENTIST, lambda: dentist(success))
    assert {item.kind for item in found.wrong} == kinds
    assert {(item.outcome, item.reason) for item in found.wrong} == {(said, "for once")}
    assert {mark.kind for mark in marks([found]) if not mark.is_reached} == kinds
    assert {mark.rejected for mark in marks([found])} == {0.0 if success else 1.0}


def test_a_scenario_that_cannot_be_built_is_said_to_be():
    def broken():
        raise LookupError("no apps")

    assert tally("broken", broken) == Tally("broken", {}, (), "LookupError: no apps")


@pytest.mark.parametrize(
    ("mark", "rejected", "is_reached"),
    [
        (Mark("drop_read", 100, 1), 0.01, True),
        (Mark("drop_read", 100, 2), 0.02, False),
        (Mark("swap", 99, 1), 1 / 99, False),
        (Mark("drop_write", 1000, 0), 1.0, True),
        (Mark("drop_write", 1000, 1), 0.999, False),
        (Mark("wrong_target", 0, 0), None, True),
    ],
)
def test_marks_are_shares_of_what_was_played(mark, rejected, is_reached):
    assert (mark.rejected, mark.is_reached) == (rejected, is_reached)


def test_marks_count_over_all_scenarios():
    wrong = Misjudged("swap", "one and other", "failure", "not met: told")
    found = marks([Tally("a", {"swap": 150}, (wrong,)), Tally("b", {"swap": 50, "drop_read": 3})])
    assert found[:2] == [Mark("drop_read", 3, 0), Mark("swap", 200, 1)]
    assert str(wrong) == "swap: one and other -> failure (not met: told)"
