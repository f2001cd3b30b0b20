"""How alike two names are: the weighted ratio that published look-ups rank by, from 0 to 100.

The measure is rapidfuzz's `WRatio`: a test holds the two together, to the ninth digit, for texts whose words
are parted by spaces (of other signs the two part at different ones). It is written here because that
package takes a sixth of an installation of `pare`, for this one look-up.

Everything rests on the *indel ratio*: of two texts with n and m characters whose longest common
subsequence has k, it is 100 * 2k / (n + m). Texts are compared as they are; callers fold case.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from itertools import accumulate
from math import inf
from operator import sub

TOKENS = 0.95  # what a likeness counts that needed its words put in order
LONGER = 1.5  # times as long: from here on the shorter text may match a part of the longer one
WHOLE = 1.0
PART = 0.9
MUCH_LONGER = 8.0
PART_OF_MUCH_LONGER = 0.6
MARGIN = 1e-9
"""For what is lost where numbers are rounded."""


class Text:
    """A text prepared to be compared with many others."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each character stands, as the bits of a number."""
        places: dict[str, int] = {}
        for index, character in enumerate(self.text):
            places[character] = places.get(character, 0) | 1 << index
        return places

    @cached_property
    def words(self) -> list[str]:
        """The words, in alphabetical order."""
        return sorted(self.text.split())

    @cached_property
    def word_set(self) -> frozenset[str]:
        """The different words."""
        return frozenset(self.words)

    @cached_property
    def in_order(self) -> "Text":
        """The text whose words are in alphabetical order."""
        return Text(" ".join(self.words))

    @cached_property
    def letters(self) -> Counter[str]:
        """How often each character occurs."""
        return Counter(self.text)

    @cached_property
    def is_plain(self) -> bool:
        """Whether no word and no space could be lost when words are put in order."""
        return is_plain(self.text, self.words)

    def common_length(self, other: str) -> int:
        """Give the length of the longest common subsequence, one bit per character of this text.

        Source: H. Hyyrö, Bit-parallel LCS-length computation revisited, 2004.
        """
        places, size = self.places, len(self.text)
        full = open_places = (1 << size) - 1
        for character in other:
            if character in places:
                found = open_places & places[character]
                open_places = (open_places + found | open_places - found) & full
        return size - open_places.bit_count()

    def indel_ratio(self, other: str) -> float:
        """Give the share of both texts that stays when one is made the other by removing and inserting."""
        return percentage(2 * self.common_length(other), len(self.text) + len(other))

    def best_window(self, longer: str, floor: float) -> float:
        """Give the best indel ratio, but at least `floor`, with any window of this text's length in `longer`.

        At both ends windows are cut off, down to one character. Most are passed over: of two texts no
        more can be common than one has characters that occur in the other.
        """
        if self.text in longer:
            return 100.0
        best, width = floor, len(self.text)
        occurring = [0, *accumulate(map(self.places.__contains__, longer))]
        for start, most in enumerate(map(sub, occurring[width:], occurring)):
            if 100.0 * most > best * width:
                best = max(best, self.indel_ratio(longer[start : start + width]))
        for size in range(max(1, int(best * width / (200.0 - best))), width):
            if 200.0 * occurring[size] > best * (width + size):
                best = max(best, self.indel_ratio(longer[:size]))
            if 200.0 * (occurring[-1] - occurring[-1 - size]) > best * (width + size):
                best = max(best, self.indel_ratio(longer[-size:]))
        return best


def most_similar(text: str, others: dict[str, str], cutoff: float) -> list[str]:
    """Give the keys of those texts whose likeness to `text` reaches `cutoff` (over 60), the best first."""
    wanted = Text(text)
    may_reach = letters_in_common(wanted, cutoff)
    alike = {key: other for key, other in others.items() if may_reach(other)}
    scores = {key: weighted_ratio(wanted, other, cutoff - 1) for key, other in alike.items()}
    found = [key for key, score in scores.items() if score >= cutoff]
    return sorted(found, key=lambda key: -scores[key])


def letters_in_common(text: Text, cutoff: float) -> Callable[[str], bool]:
    """Give a test, of a microsecond, whether another text shares letters enough for a likeness of `cutoff`.

    With k letters in common the indel ratio of texts of n and m characters is at most
    100 * 2k / (n + m); and with windows, of which k is at most the shorter one's length, a ratio r needs
    a share of `r / (200 - r)` of the shorter text's letters. A word in common counts in other ways, and
    so does a word that is repeated.
    """
    size, letters = len(text.text), set(text.text)
    occurs, times = text.letters.__contains__, text.letters.__getitem__

    @cache
    def needed(length: int) -> float:
        weight = weight_of_part(size, length)
        if weight == WHOLE:
            return cutoff / 200.0 * (size + length) - MARGIN
        ratio = cutoff / weight
        return ratio / (200.0 - ratio) * min(size, length) - MARGIN if ratio <= 100.0 else inf

    def may_reach(other: str) -> bool:
        length = len(other)
        if not text.is_plain:
            return needed(length) < inf
        if length < size:
            common = sum(map(occurs, other))
        else:
            common = size - sum(map(times, letters.difference(other)))
        if common >= needed(length):
            return True
        words = other.split()
        return needed(length) < inf and (not text.word_set.isdisjoint(words) or not is_plain(other, words))

    return may_reach


def weighted_ratio(text: Text, other: str, floor: float = 0.0) -> float:
    """Give the likeness of two texts: 100 for equal ones, 0 if they share nothing or one is empty.

    What is below `floor` may come out as anything below it.
    """
    if not text.text or not other:
        return 0.0
    whole, part = text.indel_ratio(other), weight_of_part(len(text.text), len(other))
    if part == WHOLE:
        return max(whole, TOKENS * token_ratio(text, other))
    words = sorted(other.split())
    if not text.word_set.isdisjoint(words):
        return max(whole, part * partial_ratio(text, other, TOKENS * 100.0))
    best = partial_ratio(text, other, floor)
    return max(whole, part * best, part * TOKENS * partial_token_ratio(text, words, best))


def weight_of_part(size: int, other: int) -> float:
    """Give what a likeness of parts counts between texts of these lengths; 1 if texts count as a whole."""
    shorter, longer = min(size, other), max(size, other)
    if longer < LONGER * shorter:
        return WHOLE
    return PART if longer <= MUCH_LONGER * shorter else PART_OF_MUCH_LONGER


def token_ratio(text: Text, other: str) -> float:
    """Compare the words of two texts: all of them in order, and those that only one has."""
    words = sorted(other.split())
    in_order = text.in_order.indel_ratio(" ".join(words))
    if text.word_set.isdisjoint(words) and text.is_plain and is_plain(other, words):
        return in_order
    return max(in_order, token_set_ratio(text.word_set, frozenset(words)))


def token_set_ratio(words: frozenset[str], others: frozenset[str]) -> float:
    """Compare two sets of words: what they share, then each side's rest after it."""
    if not words or not others:
        return 0.0
    shared = len(joined(words & others))
    rest, other_rest = joined(words - others), joined(others - words)
    if shared and not (rest and other_rest):
        return 100.0
    gap = 1 if shared else 0
    sides = [shared + gap + len(rest), shared + gap + len(other_rest)]
    kept = 2 * (shared + gap + Text(rest).common_length(other_rest))
    ratios = [percentage(kept, sum(sides))]
    if shared:
        ratios += [percentage(2 * shared, shared + side) for side in sides]
    return max(ratios)


def partial_token_ratio(text: Text, words: list[str], floor: float) -> float:
    """Look for the words of the shorter text, in order, within those of the longer one; they share none."""
    best = partial_ratio(text.in_order, " ".join(words), floor)
    if len(text.word_set) == len(text.words) and len(set(words)) == len(words):
        return best
    return max(best, partial_ratio(Text(joined(text.word_set)), joined(words), floor))


def partial_ratio(text: Text, other: str, floor: float) -> float:
    """Compare the shorter text with windows of the longer one; of two equally long each is the shorter.

    What is below `floor` may come out as `floor`.
    """
    size = len(text.text)
    if not size or not other:
        return 100.0 if size == len(other) else 0.0
    if size == len(other):
        floor = text.best_window(other, floor)
    return text.best_window(other, floor) if size < len(other) else Text(other).best_window(text.text, floor)


def is_plain(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text is its words, each of them once, with a space between."""
    return text.isprintable() and len(set(words)) == len(words) and len(" ".join(words)) == len(text)


def percentage(part: int, whole: int) -> float:
    """Give a share from 0 to 100; two empty texts are alike."""
    return 100.0 * part / whole if whole else 100.0


def joined(words: Iterable[str]) -> str:
    """Put different words in alphabetical order."""
    return " ".join(sorted(set(words)))
