"""Files of the phone that are attached and saved; emails and messages test what becomes of them."""

import io
from typing import Any

import pytest

from pare.apps.attachments import (
    as_base64,
    attach,
    attachments_of,
    content_of,
    file_name,
    from_base64,
    read_file,
    save,
    write_file,
)
from pare.errors import InvalidValueError, NotFoundError, ToolError


class Stream(io.BytesIO):
    """A file that shows what was written after it was closed."""

    def close(self) -> None:
        self.seek(0)


class Disk:
    """A file system in memory on which all that is called `bad` fails with `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.files: dict[str, io.BytesIO] = {"bad": io.BytesIO()}
        self.folders: list[str] = []
        self.error = error

    def exists(self, path: str) -> bool:
        return path in self.files or path in self.folders

    def mkdir(self, path: str) -> None:
        self.folders.append(path)

    def open(self, path: str, mode: str) -> Any:
        if path.endswith("bad") and self.error is not None:
            raise self.error
        return self.files.setdefault(path, Stream(b"" if mode == "wb" else b"text"))


def test_a_folder_is_made_once() -> None:
    disk = Disk()
    assert [write_file(disk, "in/", name, b"x") for name in ("a", "b")] == ["in/a", "in/b"]
    assert disk.folders == ["in/"]
    assert write_file(disk, "", "a", b"x") == "a"
    assert disk.folders == ["in/"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(13, "Permission denied", "/tmp/secret/bad"), "cannot be {}: Permission denied"),
        (ValueError("/tmp/secret/bad"), "cannot be {}: ValueError"),
    ],
)
def test_what_fails_tells_no_path_of_the_machine(error: Exception, text: str) -> None:
    disk = Disk(error)
    with pytest.raises(InvalidValueError) as reading:
        read_file(disk, "bad")
    with pytest.raises(InvalidValueError) as writing:
        write_file(disk, "", "bad", b"x")
    assert [str(reading.value), str(writing.value)] == [
        f"'bad' {text.format('attached')}",
        f"'bad' {text.format('saved')}",
    ]


def test_a_tool_error_of_the_file_system_is_left_alone() -> None:
    error = ToolError("the disk is full")
    with pytest.raises(ToolError) as caught:
        write_file(Disk(error), "", "bad", b"x")
    assert caught.value is error


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFoundError, match="there is no file 'none' to attach"):
        read_file(Disk(), "none")


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "..\\x", "x/", "a/b/x"])
def test_no_name_leads_out_of_a_folder(name: str) -> None:
    assert write_file(Disk(), "in", name, b"") == "in/x"
    assert file_name(name, {"x"}) == "x (2)"


def test_base64_is_decoded_or_refused() -> None:
    assert from_base64("aGk=", "it") == b"hi"
    for wrong in ("%%", "a", None, 5):
        with pytest.raises(InvalidValueError, match="it is not base64 text"):
            from_base64(wrong, "it")


def test_what_is_attached_keeps_its_name_beside_others() -> None:
    disk = Disk()
    for path in ("a.txt", "in/a.txt"):
        with disk.open(path, "wb") as file:
            file.write(path.encode())
    present = {"a.txt": b"aGk="}
    attached = attach(disk, ["a.txt", "in/a.txt", "a.txt"], present)
    assert {name: content_of(data) for name, data in attached.items()} == {
        "a.txt": b"hi",
        "a (2).txt": b"a.txt",
        "a (3).txt": b"in/a.txt",
    }
    assert present == {"a.txt": b"aGk="}


def test_what_is_saved_is_the_content() -> None:
    disk = Disk()
    assert save(disk, {"../a": b"aGk=", "a": b"%"}, "in") == ["in/a", "in/a (2)"]
    assert [disk.files[path].getvalue() for path in ("in/a", "in/a (2)")] == [b"hi", b"%"]


def test_attachments_are_bytes_by_name() -> None:
    assert attachments_of(None) == {}
    assert attachments_of({"a": "aGk=", "b": b"%"}) == {"a": b"aGk=", "b": b"%"}
    assert [as_base64(data) for data in (b"aGk=", b"%")] == ["aGk=", "JQ=="]
    for wrong in (["a"], {"a": 5}):
        with pytest.raises(InvalidValueError, match="base64 bytes"):
            attachments_of(wrong)
