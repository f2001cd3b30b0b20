"""What `open` gives: a file object whose content is in memory; what is written is in the file at once.

It holds no file of the machine open: an agent that opens files never closes them.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable
from typing import IO, Any, cast

from pare.apps.checks import WrongTypeError
from pare.apps.files.disk import Disk
from pare.apps.files.model import BinaryFileError, FileTakenError
from pare.errors import InvalidArgumentsError, InvalidValueError

MODES = ("r", "rb", "w", "wb", "a", "ab", "x", "xb")


class OpenedFile(io.BytesIO):
    """The file at the path `name`, opened with `mode`."""

    def __init__(self, disk: Disk, name: str, mode: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name
        self.mode = mode  # type: ignore[misc]  # typeshed has it as a property
        self._disk = disk
        if "a" in mode:
            self.seek(0, io.SEEK_END)

    def readable(self) -> bool:
        """Tell whether it was opened to be read."""
        return "r" in self.mode or "+" in self.mode

    def writable(self) -> bool:
        """Tell whether it was opened to be written."""
        return "r" not in self.mode or "+" in self.mode

    def write(self, content: Any, /) -> int:
        """Write bytes, into the file as well.

        Raises:
            TooLargeError: the file would be larger than what is kept.
            FileMissingError: it was removed or moved meanwhile.
        """
        self._check_writable()
        content = memoryview(content).tobytes()
        if "a" in self.mode:
            self.seek(0, io.SEEK_END)
        self._disk.write_at(self.name, self.tell(), content)
        return super().write(content)

    def writelines(self, lines: Iterable[Any], /) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def truncate(self, size: int | None = None, /) -> int:
        """Cut what lies beyond `size`, or beyond the present position."""
        self._check_writable()
        size = min(self.tell() if size is None else size, len(self.getbuffer()))
        self._disk.cut(self.name, size)
        return super().truncate(size)

    def _check_writable(self) -> None:
        if self.closed:
            raise ValueError("the file is closed")
        if not self.writable():
            raise io.UnsupportedOperation(f"{self.name!r} is not open for writing, but as {self.mode!r}")

    def __repr__(self) -> str:
        return f"<file {self.name!r} opened as {self.mode!r}>"


def opened(disk: Disk, path: str, mode: Any, compression: Any, options: dict[str, Any]) -> IO[Any]:
    """Open the file at `path`; `options` are the encoding and the like of a text.

    Raises:
        InvalidValueError: the mode is none, or the file cannot be opened that way.
        BinaryFileError: it is to be read as text and is none.
    """
    letters = check_mode(mode)
    if compression is not None:
        raise InvalidValueError("compression is not supported; leave it out")
    known = {} if "b" in letters else _text_options(options)
    content = b"" if _is_emptied(disk, path, letters) else disk.read(path)
    if known:
        _check_text(path, content, known)
    _make_ready(disk, path, letters)
    file = OpenedFile(disk, path, mode, content)
    if "b" in letters:
        return cast(IO[Any], file)
    text = io.TextIOWrapper(file, **known, write_through=True)
    if "a" in letters:
        text.seek(0, io.SEEK_END)
    return text


def check_mode(mode: Any) -> set[str]:
    """Give the letters of a mode such as ``rb`` or ``w+``.

    Raises:
        InvalidValueError: it is none.
    """
    if not isinstance(mode, str):
        raise WrongTypeError(f"mode must be text, not {type(mode).__name__}")
    letters = set(mode)
    valid = len(letters) == len(mode) and len(letters & set("rwax")) == 1 and letters <= set("rwaxbt+")
    if not valid or {"b", "t"} <= letters:
        raise InvalidValueError(f"{mode!r:.50} is no mode; modes are {', '.join(MODES)}, each also with +")
    return letters


def _is_emptied(disk: Disk, path: str, letters: set[str]) -> bool:
    return bool(letters & {"w", "x"}) or ("a" in letters and disk.kind(path) is None)


def _make_ready(disk: Disk, path: str, letters: set[str]) -> None:
    is_there = disk.kind(path) is not None
    if "x" in letters and is_there:
        raise FileTakenError(f"there is {path!r} already; the mode 'w' would replace it")
    if letters & {"w", "x"} or not is_there:
        disk.write(path, b"")
    elif letters & {"a", "+"}:
        disk.prepare(path)


def _text_options(options: dict[str, Any]) -> dict[str, Any]:
    """Give what a text is read and written with: UTF-8 unless `options` say otherwise.

    Raises:
        InvalidArgumentsError: there is no such encoding or line break.
    """
    named = {"encoding": "utf-8", **options}
    known: dict[str, Any] = {name: named[name] for name in ("encoding", "errors", "newline") if name in named}
    try:
        io.TextIOWrapper(io.BytesIO(), **known)
        codecs.lookup_error(known.get("errors") or "strict")
    except (LookupError, TypeError, ValueError) as error:
        raise InvalidArgumentsError(f"the file cannot be opened as text: {error}") from None
    return known


def _check_text(path: str, content: bytes, options: dict[str, Any]) -> None:
    encoding = options["encoding"] or "utf-8"
    try:
        content.decode(encoding, options.get("errors") or "strict")
    except UnicodeDecodeError:
        raise BinaryFileError(
            f"{path!r} is no {encoding} text; read_document reads documents, and cat gives the bytes"
        ) from None


def describe_opened(file: Any) -> str:
    """Say what was opened, as a model reads it."""
    name, mode = getattr(file, "name", ""), getattr(file, "mode", "")
    mode = mode or getattr(getattr(file, "buffer", None), "mode", "")
    return f"{name!r} is open as {mode!r}. Its content is what cat gives, or read_document for a document."
