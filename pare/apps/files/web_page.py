"""The text of a web page, roughly as a reader sees it.

A page is gone through once, whatever is in it; `html.parser` takes minutes over one that never closes a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal, NamedTuple

_HIDDEN = {"head", "script", "style", "template", "noscript", "svg"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "pre", "blockquote"}
_BLOCKS = _PARAGRAPHS | {
    *("address", "article", "aside", "body", "dd", "div", "dt", "figure", "footer", "form", "header", "hr"),
    *("html", "li", "main", "nav", "option", "section", "tbody", "thead", "title", "tr"),
}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)|<[!?]")
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_LONGEST_TAG = 2_000
"""How much of a tag is looked at for what it shows."""


class _Part(NamedTuple):
    """A piece of a page: a text, or the name of a tag, with what else is in the tag."""

    kind: Literal["text", "start", "end"]
    text: str
    attributes: str = ""


def _parts(page: str) -> Iterator[_Part]:
    """Take a page apart."""
    place = 0
    while (start := page.find("<", place)) >= 0:
        yield _Part("text", page[place:start])
        tag = _TAG.match(page, start)
        end = _end(page, start, tag)
        if end < 0:  # a comment or tag that nobody closed
            place = len(page) if page.startswith("<!--", start) else start
            break
        place = end + 1
        if tag is None:
            yield _Part("text", "<")
        elif tag[2]:
            name = tag[2].lower()
            yield _Part("end" if tag[1] else "start", name, page[tag.end() : min(end, start + _LONGEST_TAG)])
            if name in _ENDS and not tag[1]:
                closed = _ENDS[name].search(page, place)
                place = closed.start() if closed else len(page)
    yield _Part("text", page[place:])


def _end(page: str, start: int, tag: re.Match[str] | None) -> int:
    """Find the last character of the tag or comment at `start`; -1 if it has no end."""
    if tag is None:
        return start
    if page.startswith("<!--", start):
        end = page.find("-->", start + 4)
        return end + 2 if end >= 0 else -1
    end = page.find(">", start)
    if end >= 0 and page.count('"', start, end) % 2:  # that was within quotes
        quote = page.find('"', end)
        return page.find(">", quote) if quote >= 0 else end
    return end


class _Text:
    """Collect what is shown: blocks on lines of their own, cells of a table after tabs."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._breaks = 0  # how many line breaks come before what is shown next
        self._hidden: list[str] = []
        self._verbatim = False

    def take(self, part: _Part) -> None:
        """Go on with the next part of the page."""
        if part.kind == "text":
            self._take_text(part.text)
        elif part.kind == "end":
            self._take_end(part.text)
        else:
            self._take_start(part.text, part.attributes)

    def _take_text(self, text: str) -> None:
        if not self._hidden:
            text = unescape(text)
            self._show(text if self._verbatim else re.sub(r"\s+", " ", text))

    def _take_start(self, tag: str, attributes: str) -> None:
        if tag == "body":  # of a page whose head nobody closed
            self._hidden.clear()
        if tag in _HIDDEN and tag not in self._hidden:
            self._hidden.append(tag)
        elif not self._hidden:
            self._break(tag)
            self._begin(tag, attributes)

    def _take_end(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif not self._hidden:
            self._break(tag)
            self._verbatim = self._verbatim and tag != "pre"

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._breaks = max(self._breaks, 2 if tag in _PARAGRAPHS else 1)

    def _begin(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag == "li":
            self._show("- ")
        elif tag == "img" and (alt := _ALT.search(attributes)):
            self._show(f"[{unescape(alt[1] or alt[2] or alt[3] or '')}]")
        elif tag in {"td", "th"} and not self._breaks:
            self.shown.append("\t")
        elif tag == "pre":
            self._verbatim = True

    def _show(self, text: str) -> None:
        is_at_beginning = self._breaks or not self.shown or self.shown[-1][-1].isspace()
        text = text.lstrip() if is_at_beginning and not self._verbatim else text
        if text:
            self.shown += ["\n" * self._breaks, text] if self._breaks else [text]
            self._breaks = 0


def text_of_page(page: str) -> str:
    """Give the text of an HTML page: a line a block, an empty one between paragraphs."""
    text = _Text()
    for part in _parts(page):
        text.take(part)
    return "\n".join(line.rstrip() for line in "".join(text.shown).split("\n")).strip("\n")
