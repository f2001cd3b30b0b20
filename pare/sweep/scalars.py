"""What a plain word of YAML is: read as it is written, without the surprises of YAML 1.1."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*(_[0-9]+)*)")
_NUMBER = re.compile(r"[-+]?([0-9]+(_[0-9]+)*\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_OCTAL = re.compile(r"[-+]?0[0-9_]+")
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?")
_BASE_60_WHOLE = re.compile(r"[0-9]{1,6}(:[0-5]?[0-9]){1,3}")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_WORDS = {word: word in {"y", "yes", "on"} for word in ("y", "yes", "on", "n", "no", "off")}

LONGEST_NUMBER = 60
LARGEST = 2**63 - 1


def resolve(text: str) -> Scalar:
    """Give the value of a plain word: nothing, true or false, a number, else the text itself.

    Numbers that are not finite or need more than 64 bits stay text.
    """
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if len(text) > LONGEST_NUMBER or _OCTAL.fullmatch(text):
        return text
    if _WHOLE.fullmatch(text):
        return _whole(text)
    return _fraction(text) if _NUMBER.fullmatch(text) else text


def _whole(text: str) -> int | str:
    number = int(text)
    return number if abs(number) <= LARGEST else text


def _fraction(text: str) -> int | float | str:
    """Read ``0.5``, ``5.`` and ``1e3``; what has an exponent and no fraction is a whole number."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return text
    is_whole = "e" in text.lower() and number.is_integer() and abs(number) <= 2**53
    return int(number) if is_whole else number


def explanation(text: str) -> str:
    """Say why a plain word is text although it looks like something else; "" if it does not."""
    if text.lower() in _WORDS:
        truth = str(_WORDS[text.lower()]).lower()
        return f"{text} is a word here, though YAML 1.1 takes it for {truth}: write true or false"
    if _OCTAL.fullmatch(text):
        return f"{text} begins with 0, which YAML 1.1 reads in base 8: write {_without_zeros(text)}"
    if _OTHER_BASE.fullmatch(text):
        return f"{text} is no decimal number: write it in base 10"
    if _BASE_60.fullmatch(text):
        return f"{text} is text here, though YAML 1.1 reads it in base 60{_in_base_60(text)}"
    return _too_large(text)


def _too_large(text: str) -> str:
    if _NO_NUMBER.fullmatch(text):
        return f"{text} is not finite"
    looks = _WHOLE.fullmatch(text) or _NUMBER.fullmatch(text)
    return "the number is too large" if looks else ""


def _without_zeros(text: str) -> str:
    sign = text[0] if text[0] in "+-" else ""
    return sign + (text.lstrip("+-").replace("_", "").lstrip("0") or "0")


def _in_base_60(text: str) -> str:
    if not _BASE_60_WHOLE.fullmatch(text):
        return ": write one number"
    number = 0
    for part in text.split(":"):
        number = number * 60 + int(part)
    return f" as {number}: write the number"
