"""The marker that says what a call tells the readers of the phone."""

from pare.tools import notifies
from pare.tools.notices import VerbosityLevel, excerpt, notice_of


class Door:
    @notifies(user=lambda args: f"{args['who']} rang", level=VerbosityLevel.LOW, agent_calls=False)
    def ring(self, who: str) -> None:
        """Ring."""

    @notifies(user=lambda args: "short", agent=lambda args: "long")
    def knock(self) -> None:
        """Knock."""

    def open(self) -> None:
        """Open."""


class Gate(Door):
    def ring(self, who: str) -> None: ...


def test_a_marked_method_has_its_texts() -> None:
    notice = notice_of(Door, "ring")
    assert notice is not None
    assert (notice.user({"who": "Ann"}), notice.agent({"who": "Ann"})) == ("Ann rang", "Ann rang")
    assert (notice.level, notice.agent_calls) == (VerbosityLevel.LOW, False)


def test_both_readers_may_be_told_apart() -> None:
    notice = notice_of(Door, "knock")
    assert notice is not None
    assert (notice.user({}), notice.agent({}), notice.level) == ("short", "long", VerbosityLevel.MEDIUM)
    assert notice.agent_calls


def test_an_override_keeps_the_texts() -> None:
    assert notice_of(Gate, "ring") is notice_of(Door, "ring")


def test_other_methods_tell_nothing() -> None:
    assert (notice_of(Door, "open"), notice_of(Door, "nothing")) == (None, None)


def test_levels_are_ordered() -> None:
    assert VerbosityLevel.LOW < VerbosityLevel.MEDIUM < VerbosityLevel.HIGH


def test_an_excerpt_is_one_line_and_short() -> None:
    assert excerpt("one\n two   three") == "one two three"
    assert excerpt("x" * 20) == "x" * 20
    assert excerpt("x" * 21) == "x" * 20 + "…"
    assert excerpt("abcdef", 3) == "abc…"
    assert excerpt("") == ""
