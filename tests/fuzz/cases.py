"""What the fuzz tests share: changes to inputs, drawn from a seed, and the running and counting of cases.

Hypothesis draws what cases are made of and a seed; from these a batch of cases is derived, because a draw of
Hypothesis costs more than most cases do. A case that fails is named in full, and Hypothesis makes its parts
smaller.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from time import process_time
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

T = TypeVar("T")
Case = TypeVar("Case")

LONG_CASES = 100_000
"""So many cases of each input run in long mode."""

PARTS = 4
"""Long mode runs them in so many tests, which processes share."""

in_long_mode = pytest.mark.long
in_parts = pytest.mark.parametrize("part", range(PARTS))
QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def run_cases(
    parts: st.SearchStrategy[T],
    make: Callable[[T, Random], Case],
    check: Callable[[Case], None],
    *,
    cases: int,
    batch: int = 20,
) -> None:
    """Check `cases` cases, a `batch` of them made of each draw of `parts`."""
    count = 0

    @settings(QUIET, max_examples=-(-cases // batch))
    @given(parts, st.integers(0, 2**63))
    def run(drawn: T, seed: int) -> None:
        nonlocal count
        rng = Random(seed)
        for _ in range(batch):
            case = make(drawn, rng)
            try:
                check(case)
            except BaseException:
                note(f"the case: {case!r}")
                raise
            count += 1

    run()
    assert count >= cases


# --- changes ------------------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**15, 1e300, -0.0, 0.5]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["", " ", "\x00", "\x1b[2J", "\u202e", "\n", "\ud800", "{", "[1]", "null", "x" * 3000]),
)


def values_of(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw values of JSON over `scalars`."""
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )


def some(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """Draw a few values for the changes of a batch."""
    return st.lists(strategy, min_size=1, max_size=5)


def spliced(rng: Random, text: Any, pieces: Sequence[Any]) -> Any:
    """Give `text`, a str or bytes, with one to four cuts, insertions, doublings or moves."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randint(0, len(text))
        end = min(len(text), start + rng.choice((0, 0, 1, 2, 5, 12, 60)))
        kind = rng.randrange(8)
        if kind < 5:
            text = text[:start] + (rng.choice(pieces) if kind < 4 else text[:0]) + text[end:]
        elif kind == 5:
            text = text[:end] + text[start:end] + text[end:]
        elif kind == 6:
            place = rng.randint(0, len(text))
            text = text[:place] + text[start:end] + text[place:]
        elif rng.random() < 0.2:
            text = text[:start]
    return text


def flipped(rng: Random, data: bytes) -> bytes:
    """Give `data` with a few of its bits flipped."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 3) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def copied(document: Any) -> Any:
    """Give a copy of a document of JSON."""
    if isinstance(document, dict):
        return {key: copied(value) for key, value in document.items()}
    return [copied(value) for value in document] if isinstance(document, list) else document


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give everything within a document, as its holder and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from places(inner)


def changed(rng: Random, document: Any, values: Sequence[Any]) -> Any:
    """Give a document with one to four values replaced, taken out, doubled, nested or put elsewhere."""
    document = copied(document)
    for _ in range(rng.randint(1, 4)):
        found = list(places(document))
        if not found:
            return copied(rng.choice(values))
        _change(rng, *rng.choice(found), values)
    return document


def _change(rng: Random, holder: Any, key: Any, values: Sequence[Any]) -> None:
    kind = rng.choice(("replace", "replace", "replace", "remove", "double", "move", "nest"))
    if kind == "replace":
        holder[key] = copied(rng.choice(values))
    elif kind == "remove":
        del holder[key]
    elif kind == "nest":
        holder[key] = nested(holder[key], rng.choice((1, 2, 30, 70)))
    elif isinstance(holder, list):
        holder.append(copied(holder[key]))
    elif kind == "double":
        holder[f"{key}_"] = copied(holder[key])
    else:
        holder[rng.choice(list(holder))] = copied(holder[key])


def nested(value: Any, depth: int) -> Any:
    """Give `value` within so many lists."""
    for _ in range(depth):
        value = [value]
    return value


def as_json(value: Any) -> bytes:
    """Give a value as JSON, whatever texts and numbers are in it."""
    return json.dumps(value).encode()


# --- what holds for all -------------------------------------------------------------------------------------


def assert_shown(text: str, longest: int) -> None:
    """Check that a message is bounded and holds nothing that a terminal obeys."""
    assert 0 < len(text) <= longest
    for line in text.split("\n"):
        assert line.isprintable(), repr(line)


def assert_linear(work: Callable[[Any], object], make: Callable[[int], Any], size: int = 20_000) -> None:
    """Check that eight times the size takes nowhere near 64 times as long."""
    small, large = make(size), make(8 * size)
    assert _seconds(work, large) <= 24 * _seconds(work, small) + 0.02


def _seconds(work: Callable[[Any], object], case: Any) -> float:
    found = []
    for _ in range(3):
        start = process_time()
        work(case)
        found.append(process_time() - start)
    return min(found)
