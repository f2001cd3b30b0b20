"""The text of a document: plain texts and web pages by themselves, PDF and Office files with libraries."""

from __future__ import annotations

import io
import posixpath
import warnings
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from pare.apps.checks import check_whole
from pare.apps.files.model import DocumentError, MissingExtraError
from pare.apps.files.web_page import text_of_page

MAX_UNPACKED_BYTES = 50_000_000
"""How much an Office file may hold when it is unpacked."""

MAX_CELLS = 1_000_000
"""How many cells of a spreadsheet are read."""

_OLD = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

Reader = Callable[[bytes], str]


def text_of_document(path: str, content: bytes, max_lines: int | None) -> str:
    """Give the first `max_lines` lines of a document, and say how many there are; None is for all.

    Raises:
        DocumentError: it has no text, or none that can be read.
        MissingExtraError: a library is needed that is not installed.
    """
    if max_lines is not None:
        check_whole("max_lines", max_lines, least=1)
    ending = posixpath.splitext(path)[1].lower()
    if ending in _OLD:
        raise DocumentError(f"{path!r} is of an old format that is not read; {_OLD[ending]} is")
    text = _read(path, ending, content)
    if not text.strip():
        raise DocumentError(f"{path!r} has no text")
    return _first_lines(text, max_lines)


def _read(path: str, ending: str, content: bytes) -> str:
    if ending not in _READERS:
        return _plain_text(path, content)
    try:
        with warnings.catch_warnings(action="ignore"):  # about parts of the file that are left out
            return _READERS[ending](content)
    except DocumentError as error:
        raise type(error)(f"{path!r} cannot be read: {error}") from None
    except Exception as error:  # what a library raises on a broken file is anything
        raise DocumentError(f"{path!r} cannot be read as {ending} file; it may be broken") from error


def _first_lines(text: str, max_lines: int | None) -> str:
    lines = text.splitlines()
    if max_lines is None or len(lines) <= max_lines:
        return text
    shown = "\n".join(lines[:max_lines])
    return f"{shown}\n[{max_lines} of {len(lines)} lines are shown; a higher max_lines shows more]"


# -- formats that need nothing --------------------------------------------------------------------


def _plain_text(path: str, content: bytes) -> str:
    """Read UTF-8, or what its first bytes say that it is."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DocumentError(
            f"{path!r} is no text and no document that can be read; documents are "
            f"{', '.join(_READERS)} and texts such as .txt, .md, .csv and .json"
        )
    return text


def _web_page(content: bytes) -> str:
    return text_of_page(_plain_text("the page", content))


# -- formats that need a library ------------------------------------------------------------------


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError(
            "PDF and Office files need libraries that are not installed: pip install 'pare[documents]'"
        ) from None


def _pdf(content: bytes) -> str:
    pypdf = _library("pypdf")
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "\n".join(page.extract_text() for page in pages)


def _word(content: bytes) -> str:
    docx = _library("docx")
    document = docx.Document(_unpackable(content))
    return "\n".join(_word_blocks(document))


def _word_blocks(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from ("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text


def _spreadsheet(content: bytes) -> str:
    openpyxl = _library("openpyxl")
    book = openpyxl.load_workbook(_unpackable(content), read_only=True, data_only=True)
    try:
        return "\n".join(line for sheet in book.worksheets for line in _sheet_lines(sheet))
    finally:
        book.close()


def _sheet_lines(sheet: Any) -> Iterator[str]:
    yield f"# {sheet.title}"
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        values = ["" if value is None else str(value) for value in row]
        while values and not values[-1]:
            values.pop()
        if values:
            yield "\t".join(values)
        cells += len(row)
        if cells > MAX_CELLS:
            raise DocumentError(f"a sheet has more than {MAX_CELLS} cells")


def _slides(content: bytes) -> str:
    pptx = _library("pptx")
    slides = pptx.Presentation(_unpackable(content)).slides
    return "\n".join(
        line for number, slide in enumerate(slides, 1) for line in (f"# Slide {number}", *_texts_of(slide))
    )


def _texts_of(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame and shape.text_frame.text:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            yield from ("\t".join(cell.text for cell in row.cells) for row in shape.table.rows)
        elif hasattr(shape, "shapes"):  # a group
            yield from _texts_of(shape)
    if getattr(slide, "has_notes_slide", False):
        yield f"Notes: {slide.notes_slide.notes_text_frame.text}"


def _unpackable(content: bytes) -> io.BytesIO:
    """Give an Office file, a zip archive, that can be unpacked and parsed at no great cost.

    Raises:
        DocumentError: it would unpack to too much, or defines entities.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise DocumentError(f"it holds more than {MAX_UNPACKED_BYTES} bytes")
        for item in archive.infolist():
            if item.filename.endswith((".xml", ".rels")):
                _check_no_entities(archive.read(item))
    return io.BytesIO(content)


def _check_no_entities(part: bytes) -> None:
    if b"<!DOCTYPE" in part.replace(b"\0", b""):
        raise DocumentError("it defines entities, which no Office file does")


_READERS: dict[str, Reader] = {
    ".pdf": _pdf,
    ".docx": _word,
    ".xlsx": _spreadsheet,
    ".pptx": _slides,
    ".html": _web_page,
    ".htm": _web_page,
}
