"""What all apps insist on in their arguments."""

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest

from pare.apps.base import format_time, parse_time
from pare.apps.checks import (
    MAX_AMOUNT,
    MAX_TEXT,
    PositionError,
    WrongTypeError,
    amount_problem,
    check_amount,
    check_flag,
    check_list,
    check_text,
    check_texts,
    check_time,
    check_whole,
    date_bounds,
    flag_problem,
    item_at,
    meant_id,
    nearest_id,
    optional_text,
    optional_texts,
    page_range,
    page_within,
    require_text,
    text_problem,
    unknown_id,
)
from pare.errors import InvalidArgumentsError, InvalidValueError, ToolError

DAY = 86_400.0


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (check_text("a", ""), ""),
        (require_text("a", " x "), " x "),
        (optional_text("a", None), ""),
        (optional_text("a", "x" * (MAX_TEXT + 1), most=inf), "x" * (MAX_TEXT + 1)),
        (check_texts("a", ("x", "")), ["x", ""]),
        (check_list("a", (1, "x"), of="things"), [1, "x"]),
        (optional_texts("a", None), []),
        (optional_texts("a", ["x"]), ["x"]),
        (check_whole("a", 3, 3, 3), 3),
        (check_whole("a", -7, least=None), -7),
        (check_amount("a", 0), 0),
        (check_amount("a", MAX_AMOUNT), MAX_AMOUNT),
        (check_amount("a", 100.5, most=101), 100.5),
        (amount_problem("a", 1), None),
        (check_flag("a", False), False),
        (flag_problem("a", True), None),
        (check_time("a", 0), 0),
        (page_range(7, 5, 3), (7, 3)),
        (page_within(3, 5, 3, "things"), (3, 3)),
        (page_within(1, 1, 3, "things", most=1), (1, 2)),
        (item_at("abc", 2, "letter", "the word"), "c"),
        (text_problem("a", None), None),
    ],
)
def test_what_is_right_is_given_back(given: object, result: object) -> None:
    assert given == result


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: check_text("a", None), "a must be text, not NoneType"),
        (lambda: optional_text("a", 5), "a must be text, not int"),
        (lambda: check_texts("a", "x"), "a must be a list of texts, not 'x'"),
        (lambda: optional_texts("a", ["x", 5]), r"a must be a list of texts, not \['x', 5\]"),
        (lambda: check_list("a", {}, of="names"), "a must be a list of names, not dict"),
        (lambda: check_whole("a", True), "a must be a whole number, not bool"),
        (lambda: check_whole("a", 1.0), "a must be a whole number, not float"),
        (lambda: check_amount("a", "5"), "a must be a number, not str"),
        (lambda: check_amount("a", None), "a must be a number, not NoneType"),
        (lambda: check_amount("a", True), "a must be a number, not bool"),
        (lambda: check_flag("a", 1), "a must be true or false, not 1"),
        (lambda: check_flag("a", "no"), "a must be true or false, not 'no'"),
        (lambda: check_time("a", "now"), "a must be a number of seconds since the epoch, not str"),
        (lambda: page_range("0", 5, 3), "offset must be a whole number, not str"),
        (lambda: item_at("abc", None, "letter", "the word"), "the position must be a whole number"),
    ],
)
def test_what_is_of_a_wrong_type_can_be_caught_as_published(call: Callable[[], Any], text: str) -> None:
    for error in (
        WrongTypeError,
        InvalidArgumentsError,
        InvalidValueError,
        TypeError,
        ValueError,
        AssertionError,
    ):
        with pytest.raises(error, match=text):
            call()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: check_text("a", "x" * (MAX_TEXT + 1)),
            "the a has 100001 characters; at most 100000 are kept",
        ),
        (lambda: require_text("a", " \n"), "a must not be empty"),
        (lambda: check_whole("a", -1), "a must be 0 or more"),
        (lambda: check_whole("a", 10**5000, 1, 4), "a must be from 1 to 4"),
        (lambda: check_time("a", nan), "years 1 to 9999"),
        (lambda: check_time("a", 1e15), "years 1 to 9999"),
        (lambda: page_range(-1, 5, 3), "offset must be 0 or more"),
        (lambda: check_amount("a", -0.01), "a must be a number from 0 to 1,000,000,000,000"),
        (lambda: check_amount("a", nan), "a must be a number from 0 to 1,000,000,000,000"),
        (lambda: check_amount("a", 10**400), "a must be a number from 0 to 1,000,000,000,000"),
        (lambda: check_amount("a", 101, most=100), "a must be a number from 0 to 100"),
        (lambda: page_within(0, 6, 3, "things", most=5), "limit must be from 0 to 5"),
        (lambda: page_within(4, 5, 3, "things"), "offset 4 is beyond the 3 things"),
        (
            lambda: item_at("abc", 3, "letter", "it"),
            "it has no letter at position 3: positions go from 0 to 2",
        ),
        (lambda: item_at("abc", -1, "letter", "it"), "it has no letter at position -1"),
        (lambda: item_at("", 0, "letter", "it"), "it has no letter at position 0: there are no letters"),
    ],
)
def test_what_cannot_be_used_is_an_invalid_value(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(InvalidValueError, match=text) as caught:
        call()
    assert not isinstance(caught.value, WrongTypeError)


def test_a_wrong_position_is_an_index_error() -> None:
    with pytest.raises(IndexError) as caught:
        item_at("", 0, "letter", "it")
    assert isinstance(caught.value, PositionError)


@pytest.mark.parametrize(
    ("dates", "bounds"),
    [
        ((None, None), (-inf, inf)),
        (("1970-01-02", None), (DAY, inf)),
        ((None, "1970-01-01"), (-inf, DAY - 1e-6)),
        (("1970-01-01 00:00:05", "1970-01-01T01:00:00+01:00"), (5.0, 0.0)),
        (("0001-01-01", "9999-12-31"), (-62_135_596_800.0, pytest.approx(253_402_300_799.999999))),
    ],
)
def test_dates_bound_a_search(dates: tuple[Any, Any], bounds: tuple[Any, Any]) -> None:
    assert date_bounds(*dates) == bounds


@pytest.mark.parametrize("date", ["", " ", "soon", "1970", "2025-02-30", "2025-01-06 25:00:00", "x" * 999, 5])
def test_what_is_no_date_is_refused_with_the_accepted_forms(date: Any) -> None:
    for name, dates in (("min_date", (date, None)), ("max_date", (None, date))):
        with pytest.raises(InvalidValueError) as caught:
            date_bounds(*dates)
        text = str(caught.value)
        assert text.startswith(f"{name}: {date!r:.200} is no date; write it as YYYY-MM-DD HH:MM:SS in UTC, ")
        assert "YYYY-MM-DD for a whole day" in text


def test_an_id_that_is_meant_is_said() -> None:
    known = {"lunch-1": "Lunch", "dinner-1": "Dinner"}
    assert nearest_id("lunch", known) == " Did you mean 'lunch-1'?"
    assert meant_id("lunch", known, [], "event of that title") == " Did you mean 'lunch-1'?"
    named = meant_id("Lunch", known, ["lunch-1", "b", "c", "d"], "event of that title")
    assert named == " The event of that title has the id 'lunch-1' or 'b' or 'c'."


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "0999-12-31 23:59:59", "9999-12-31 23:59:59"])
def test_a_time_is_written_as_it_is_read(text: str) -> None:
    assert format_time(parse_time(text)) == text


def test_a_time_that_does_not_parse_names_its_argument() -> None:
    for name, start in ((None, "'soon' is no date"), ("due_datetime", "due_datetime: 'soon' is no date")):
        with pytest.raises(ToolError) as caught:
            parse_time("soon", name)
        assert str(caught.value).startswith(start)


@pytest.mark.parametrize(
    "text",
    ["2025-01-06 10:00+01", "2025-01-06 100000.1", "2025-01-06T10:00:00", "2025-01-06", 5, None, ["x"] * 19],
)
def test_a_time_has_one_form(text: Any) -> None:
    with pytest.raises(InvalidValueError, match="write it as YYYY-MM-DD HH:MM:SS, in UTC"):
        parse_time(text)


def test_an_unknown_id_is_met_with_the_one_that_may_be_meant() -> None:
    def said(wanted: str) -> str:
        return unknown_id("cake", wanted, ["cake-1", "cake-2"], iter(["Rye", "Plum"]), "Look for it.")

    head = "no cake has the id"
    assert said("plum") == f"{head} 'plum'. The cake of that name has the id 'cake-2'. Look for it."
    assert said("caek-1").startswith(f"{head} 'caek-1'. Did you mean 'cake-1'")
    assert said("soup") == f"{head} 'soup'. Look for it."
    assert len(said("x" * 10_000)) < 200
