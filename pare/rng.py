"""Derived seeds and ids: the same on every machine, in every process, for ever."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any


def derive_seed(*parts: object) -> int:
    """Derive a 64-bit seed from `parts`, which are told apart by their text and position.

    Unlike ``hash()`` it does not depend on the process; unlike adding numbers, ("a", 1, 2) and
    ("a", 12) differ.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def derive_rng(*parts: object) -> Random:
    """Give a generator of its own to whatever `parts` name."""
    return Random(derive_seed(*parts))


class RandomStream:
    """A generator of its own for whatever `parts` name, seeded when it is first drawn from.

    Most apps never draw, and seeding costs more than a tool call.
    """

    def __init__(self, *parts: object) -> None:
        self._parts = parts
        self._rng: Random | None = None

    @property
    def generator(self) -> Random:
        """The generator."""
        if self._rng is None:
            self._rng = derive_rng(*self._parts)
        return self._rng

    def mark(self) -> tuple[Any, ...] | None:
        """Remember how far it was drawn, for `rewind`; None stands for the beginning."""
        return None if self._rng is None else self._rng.getstate()

    def rewind(self, mark: tuple[Any, ...] | None) -> None:
        """Go back to where `mark` was taken."""
        if mark is None:
            self._rng = None
        else:
            self.generator.setstate(mark)


def hex_id(rng: Random) -> str:
    """Draw an id of 32 hexadecimal digits from `rng`."""
    return f"{rng.getrandbits(128):032x}"
