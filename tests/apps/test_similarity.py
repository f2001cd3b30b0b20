"""The likeness of names is rapidfuzz's weighted ratio, to the last digit that could change an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from pare.apps.messaging.similarity import Text, most_similar, weighted_ratio

WORDS = (
    "ana",
    "lópez",
    "maria",
    "jon",
    "doe",
    "john",
    "johnny",
    "x",
    "ab",
    "abc",
    "de la cruz",
    "o'neil",
    "",
    " ",
)
NAMES = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text("abc d", max_size=16)


@given(NAMES, NAMES)
def test_the_ratio_is_that_of_rapidfuzz(first: str, second: str) -> None:
    assert weighted_ratio(Text(first), second) == pytest.approx(fuzz.WRatio(first, second), abs=1e-9)


@given(NAMES, st.lists(NAMES, max_size=30))
def test_a_look_up_finds_the_same_names_in_the_same_order(wanted: str, names: list[str]) -> None:
    others = {str(index): name for index, name in enumerate(names)}
    published = process.extract(wanted, others, score_cutoff=80, limit=None)
    assert most_similar(wanted, others, 80) == [key for _, _, key in published]


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        ("ana", "ana", 100),
        ("ana", "", 0),
        ("jon doe", "john doe", 93.333),
        ("doe john", "john doe", 95),
        ("ana", "ana lópez", 90),
    ],
)
def test_known_likenesses(first: str, second: str, score: float) -> None:
    assert weighted_ratio(Text(first), second) == pytest.approx(score, abs=1e-3)
