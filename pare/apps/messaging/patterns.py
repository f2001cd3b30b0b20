"""Regular expressions that come from a model: checked before they are run.

The standard library's engine backtracks and cannot be interrupted, so a pattern that could take very
long must be refused beforehand. The check bounds the work by counting the choices that a pattern
leaves open; it refuses some harmless patterns rather than let a harmful one through.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pare.errors import InvalidValueError

MAX_PATTERN = 200
MAX_WORK = 2_000_000_000
"""The most steps that one text may take: a second or two."""
LENGTHS = (10_000, 1_000, 200)
"""How much of a text is searched: the longest of these that keeps within MAX_WORK."""

Matcher = Callable[[str], bool]

_TOKENS = re.compile(
    r"""
      (?P<reference> \\[1-9] | \(\?P= )
    | (?P<unsupported> \(\?(?: \# | \( | [a-z]*x ) )
    | (?P<flags> \(\?[a-z]+\) )
    | (?P<skipped> \\. | \[\^?\]?(?:\\.|[^\]\\])*\] )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<branch> \| )
    | (?P<maybe> \?[?+]? )
    | (?P<fixed> \{\d+\}[?+]? )
    | (?P<repeat> (?: [*+] | \{\d*,\d*\} )[?+]? )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_LEAD = re.compile(r"\A\.\*\??(?!\+)")
"""A beginning without which a search finds the same texts, and is done the sooner the longer they are."""
_OPENING = re.compile(r"\((?:\?(?:P?<\w+>|<?[=!]|[a-z]*(?:-[a-z]+)?:|>))?")


@dataclass
class Work:
    """What a pattern leaves open: places that repeat, and choices between two ways."""

    repeats: int = 0
    choices: int = 0


def pattern_matcher(pattern: str) -> Matcher:
    """Give a function that tells whether a text holds `pattern`, whatever the case.

    Only as much of a text is searched as can be searched quickly: 10,000 characters, fewer the more
    the pattern leaves open.

    Raises:
        InvalidValueError: it is no regular expression, longer than 200 characters, or could take
            very long.
    """
    if len(pattern) > MAX_PATTERN:
        raise InvalidValueError(
            f"the pattern has {len(pattern)} characters; at most {MAX_PATTERN} are allowed"
        )
    _compiled(pattern)
    length = _searched_length(_work_of(pattern))
    found = _compiled(_LEAD.sub("", pattern)).search
    return lambda text: found(text[:length]) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings(action="ignore"):
            return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidValueError(f"{pattern!r} is no regular expression: {error}") from None


def _searched_length(work: Work) -> int:
    for length in LENGTHS:
        if length ** (work.repeats + 1) << work.choices <= MAX_WORK:
            return length
    raise _too_slow(
        f"it leaves too much open ({work.repeats} repetitions and {work.choices} choices); "
        "use at most 3 of * and +, and fewer alternatives"
    )


def _work_of(pattern: str) -> Work:
    """Count what `pattern` leaves open.

    Raises:
        InvalidValueError: a repetition contains another or alternatives, or it uses back-references,
            conditions, comments or the verbose flag.
    """
    work, groups, closed_open = Work(), [False], False
    for kind, token in _tokens(pattern):
        if kind in ("reference", "unsupported"):
            raise _too_slow(
                f"{token!r} (a back-reference, condition, comment or verbose flag) is not supported"
            )
        if kind in ("repeat", "fixed") and closed_open:
            raise _too_slow("a repeated group contains a repetition or alternatives")
        if kind == "open":
            groups.append(False)
        work.repeats += kind == "repeat"
        work.choices += kind == "maybe" or (kind == "branch" and len(groups) > 1)
        closed_open = kind == "close" and groups.pop()
        groups[-1] |= closed_open or kind in ("branch", "maybe", "fixed", "repeat")
    return work


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _TOKENS.match(pattern, position):
        kind = str(match.lastgroup)
        opening = _OPENING.match(pattern, position) if kind == "open" else None
        position = (opening or match).end()
        yield kind, match.group()


def _too_slow(why: str) -> InvalidValueError:
    return InvalidValueError(f"the pattern could take too long: {why}")
