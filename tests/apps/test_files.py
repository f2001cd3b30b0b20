"""Files: what an agent does with them, how they are kept, and that nothing leads out of them."""

import base64
import contextlib
import copy
import gc
import io
import os
import pickle
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.attachments import read_file, write_file
from pare.apps.base import Protocol
from pare.apps.files import (
    DEMO_FS_DIR,
    MAX_FILE_BYTES,
    Files,
    SandboxLocalFileSystem,
    VirtualFileSystem,
    VirtualFileSystemApp,
    default_fs_folders,
)
from pare.apps.files.folder import remove_folder
from pare.apps.files.model import MAX_DEPTH, locate
from pare.apps.files.web_page import text_of_page
from pare.errors import ToolError
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Event, EventType
from pare.kernel.frames import capturing
from pare.tools import OperationType, Toolbox
from pare.tools.notices import notice_of

FILE_APPS = [SandboxLocalFileSystem, Files, VirtualFileSystem]


def filled(app: Any = None) -> Any:
    app = app or SandboxLocalFileSystem("Files")
    app.create_file("/documents/report.txt", "one\ntwo\nthree\n")
    app.create_file("/documents/old/menu.md", "# Soup\n")
    app.create_file("/photo.jpg", b"\xff\xd8\xff\x00\x80")
    app.mkdir("/images")
    return app


def refused(app: Any, built_in: type[Exception], call: str, *args: Any, **kwargs: Any) -> str:
    """Call what must be refused by name, with nothing changed and nothing told of the machine."""
    before = app.get_state()
    with pytest.raises(ToolError) as caught:
        getattr(app, call)(*args, **kwargs)
    assert isinstance(caught.value, built_in), repr(caught.value)
    assert app.get_state() == before
    assert app.tmpdir not in str(caught.value)
    return str(caught.value)


def placed(app: Any) -> Path:
    return Path(app.tmpdir)


# -- what an agent does ---------------------------------------------------------------------------


def test_folders_are_listed_with_paths_of_the_phone():
    app = filled()
    assert app.ls() == ["/documents", "/images", "/photo.jpg"]
    assert app.ls("documents") == ["/documents/old", "/documents/report.txt"]
    assert app.ls("/photo.jpg") == ["/photo.jpg"]
    assert app.ls("/images") == []
    assert app.ls("/documents", detail=True) == [
        {"name": "/documents/old", "size": 0, "type": "directory"},
        {"name": "/documents/report.txt", "size": 14, "type": "file"},
    ]
    assert app.info("~/../../documents/./report.txt") == app.ls("/documents", True)[1]
    refused(app, ValueError, "cat", "/photo.jpg", on_error="shout")
    assert "ls lists" in refused(app, IsADirectoryError, "cat", "/documents")
    assert refused(app, FileNotFoundError, "ls", "/documnts") == (
        "there is no file or folder '/documnts'. Did you mean '/documents'?"
    )


def test_a_tree_is_drawn():
    assert filled().tree() == (
        "/\n├── documents/\n│   ├── old/\n│   │   └── menu.md\n│   └── report.txt\n├── images/\n└── photo.jpg"
    )
    assert filled().tree("/documents/old") == "/documents/old\n└── menu.md"
    refused(filled(), NotADirectoryError, "tree", "/photo.jpg")


def test_what_is_there_exists():
    app = filled()
    places = ("/", "/documents", "photo.jpg", "/nothing", "/photo.jpg/x")
    assert [app.exists(path) for path in places] == [True, True, True, False, False]
    assert [app.display(path) for path in places] == [True, True, True, False, False]
    assert [app.isfile(path) for path in places] == [False, False, True, False, False]
    assert [app.isdir(path) for path in places] == [True, True, False, False, False]


def test_folders_are_made_once():
    app = filled()
    app.mkdir("/a/b/c")
    app.makedirs("/a/b/d")
    app.makedirs("/a/b/d", exist_ok=True)
    app.mkdir("/a/e", create_parents=False)
    assert app.ls("/a") == ["/a/b", "/a/e"]
    refused(app, FileExistsError, "mkdir", "/a/b")
    refused(app, FileExistsError, "mkdir", "/")
    refused(app, FileExistsError, "makedirs", "/a/b")
    refused(app, FileExistsError, "makedirs", "/photo.jpg", exist_ok=True)
    refused(app, NotADirectoryError, "mkdir", "/photo.jpg/x")
    refused(app, FileNotFoundError, "mkdir", "/x/y", create_parents=False)


def test_files_and_folders_are_moved():
    app = filled()
    app.mv("/photo.jpg", "/images")
    app.mv("/documents", "/papers", recursive=True)
    app.mv("/papers/old", "/images/")
    assert app.get_file_paths_list() == ["/images/old/menu.md", "/images/photo.jpg", "/papers/report.txt"]
    app.mv("/papers/report.txt", "/images/old/menu.md")
    assert app.cat("/images/old/menu.md") == b"one\ntwo\nthree\n"
    refused(app, FileNotFoundError, "mv", "/nothing", "/x")
    refused(app, FileNotFoundError, "mv", "/images", "/x/y")
    refused(app, FileNotFoundError, "mv", "/images/photo.jpg", "/x/")
    refused(app, ValueError, "mv", "/images", "/images/old/images")
    refused(app, ValueError, "mv", "/images", "/images")
    refused(app, ValueError, "mv", "/", "/x")
    refused(app, ValueError, "mv", "/papers", "/x", maxdepth=2)
    app.mkdir("/papers/images")
    refused(app, FileExistsError, "mv", "/images", "/papers")
    refused(app, FileExistsError, "mv", "/papers", "/images/photo.jpg")


def test_a_move_makes_no_path_that_is_too_deep():
    app = filled()
    deep = "/d" * (MAX_DEPTH - 1)
    app.mkdir(deep)
    refused(app, ValueError, "mv", "/documents", deep)
    assert orjson.loads(orjson.dumps(app.get_state())) == app.get_state()


def test_files_and_folders_are_removed():
    app = filled()
    app.rm("/photo.jpg")
    refused(app, ValueError, "rm", "/documents")
    refused(app, FileNotFoundError, "rm", "/photo.jpg")
    refused(app, ValueError, "rm", "/", recursive=True)
    refused(app, ValueError, "rm", "/documents", recursive=True, maxdepth=1)
    refused(app, OSError, "rmdir", "/documents")
    refused(app, NotADirectoryError, "rmdir", "/documents/report.txt")
    app.rm("/documents", recursive=True)
    app.rmdir("/images")
    assert app.ls("/") == []


# -- open -----------------------------------------------------------------------------------------


def test_an_open_file_is_written_at_once():
    app = filled()
    with app.open("/new/a.txt", "w") as file:
        file.write("grün\n")
        assert app.cat("/new/a.txt") == "grün\n".encode()
    with app.open("/new/a.txt", "a") as file:
        file.write("blue")
    with app.open("/new/a.txt", "ab") as file:
        file.seek(0)
        file.writelines([b"!", b"?"])
    with app.open("/new/a.txt", "r") as file:
        assert file.read() == "grün\nblue!?"
    with app.open("/new/a.txt", "rb+") as file:
        file.write(b"G")
        file.truncate(4)
    assert app.cat("/new/a.txt") == b"Gr\xc3\xbc"
    with app.open("/new/b.bin", "wb") as file:
        file.seek(2)
        file.write(b"x")
        file.truncate()
    assert app.cat("/new/b.bin") == b"\0\0x"
    app.open("/new/c.txt", "xt", encoding="latin-1").write("ü")
    assert app.cat("/new/c.txt") == b"\xfc"
    app.open("/new/d.txt", "a")
    assert app.cat("/new/d.txt") == b""


def test_a_file_opened_for_one_thing_does_not_do_the_other():
    app = filled()
    reading = app.open("/documents/report.txt")
    assert (reading.readable(), reading.writable(), reading.name) == (True, False, "/documents/report.txt")
    for change in (lambda: reading.write(b"x"), lambda: reading.truncate(0)):
        with pytest.raises(io.UnsupportedOperation):
            change()
    writing = app.open("/a", "wb")
    assert (writing.readable(), writing.writable()) == (False, True)
    writing.close()
    with pytest.raises(ValueError, match="closed"):
        writing.write(b"x")
    assert repr(app.open("/a")) == "<file '/a' opened as 'rb'>"


def test_what_is_written_after_the_file_is_gone_is_refused():
    app = filled()
    file = app.open("/documents/report.txt", "ab")
    app.rm("/documents/report.txt")
    with pytest.raises(FileNotFoundError) as caught:
        file.write(b"x")
    assert isinstance(caught.value, ToolError)
    app.reset()
    with pytest.raises(ToolError):
        file.write(b"x")
    assert app.get_state()["files"]["children"] == []


@pytest.mark.parametrize(
    ("args", "options", "built_in"),
    [
        (("/nothing",), {}, FileNotFoundError),
        (("/documents",), {}, IsADirectoryError),
        (("/documents", "wb"), {}, IsADirectoryError),
        (("/documents/report.txt/x", "wb"), {}, NotADirectoryError),
        (("/photo.jpg", "xb"), {}, FileExistsError),
        (("/photo.jpg", "r"), {}, ValueError),
        (("/photo.jpg", "a"), {}, ValueError),
        *[(("/photo.jpg", mode), {}, ValueError) for mode in ("", "q", "rw", "rbt", "rr", "b")],
        (("/photo.jpg", 3), {}, TypeError),
        (("/photo.jpg", "wb"), {"compression": "gzip"}, ValueError),
        (("/photo.jpg", "w"), {"encoding": "klingon"}, TypeError),
        (("/photo.jpg", "w"), {"errors": "klingon"}, TypeError),
        (("/photo.jpg", "w"), {"newline": "klingon"}, TypeError),
    ],
)
def test_what_cannot_be_opened_is_refused_before_anything_changes(args, options, built_in):
    refused(filled(), built_in, "open", *args, **options)


def test_what_a_model_sees_of_files_is_text():
    app = filled()
    tools = Toolbox(app.get_tools())
    assert tools.call("Files__cat", {"path": "/documents/report.txt"}) == "one\ntwo\nthree\n"
    assert tools.call("Files__cat", {"path": "/photo.jpg"}).startswith("These are 5 bytes that are no text")
    app.create_file("/long.txt", "x" * 100_001)
    assert tools.call("Files__cat", {"path": "/long.txt"}).endswith("[100000 of 100001 characters are shown]")
    seen = tools.call("Files__open", {"path": "/photo.jpg"})
    assert seen.startswith("'/photo.jpg' is open as 'rb'.")
    assert "'w'" in tools.call("Files__open", {"path": "/documents/report.txt", "mode": "w"})
    with pytest.raises(ToolError, match="no argument 'kwargs'"):
        tools.call("Files__ls", {"kwargs": {}})


# -- documents that need nothing ------------------------------------------------------------------


def test_a_document_is_read_from_its_beginning():
    app = filled()
    app.create_file("/long.csv", "\n".join(map(str, range(30))))
    assert app.read_document("/documents/report.txt") == "one\ntwo\nthree\n"
    assert app.read_document("/documents/report.txt", max_lines=2) == (
        "one\ntwo\n[2 of 3 lines are shown; a higher max_lines shows more]"
    )
    assert app.read_document("/long.csv").splitlines()[-2:] == [
        "19",
        "[20 of 30 lines are shown; a higher max_lines shows more]",
    ]
    assert app.read_document("/long.csv", None) == "\n".join(map(str, range(30)))


def test_texts_of_all_sorts_are_read():
    app = filled()
    for name, content in {
        "a.json": b'{"a": 1}',
        "a.md": b"# A",
        "noending": "grün".encode(),
        "bom.txt": b"\xef\xbb\xbfhi",
        "wide.txt": "wide".encode("utf-16"),
    }.items():
        app.create_file(name, content)
    texts = [app.read_document(path) for path in ("/a.json", "/a.md", "/noending", "/bom.txt", "/wide.txt")]
    assert texts == ['{"a": 1}', "# A", "grün", "hi", "wide"]


def test_a_web_page_is_read_as_it_is_seen():
    app = filled()
    app.create_file(
        "/page.HTML",
        "<html><head><title>T</title><style>p {}</style><body>\n<h1>Lunch  &amp;\n more</h1>"
        "<script>x()</script>"
        "\n<p> At <b>noon</b> .<br>Bring cake.</p><ul><li>Soup</li><li>Salad</ul><img alt='A bowl' src=x>"
        "<table><tr><th>Dish<th>Price<tr><td>Soup<td>5</table><pre>  a\n   b</pre></body></html>",
    )
    assert app.read_document("/page.HTML", None) == (
        "Lunch & more\n\nAt noon .\nBring cake.\n\n- Soup\n- Salad\n\n[A bowl]\n\n"
        "Dish\tPrice\nSoup\t5\n\n  a\n   b"
    )


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("a < b &lt; c <3", "a < b < c <3"),
        ("<!DOCTYPE html><!-- no > --><?php no ?>yes", "yes"),
        ("one<!-- two", "one"),
        ("one <b", "one <b"),
        ("<script>if (a < b) x('<p>')</SCRIPT >shown<script>and not", "shown"),
        ("<a title='it' href=\"a>b\">link</a>", "link"),
        ('<a title="cut>off', "off"),
        ('<img alt="a &gt; b"><img src=x><img alt=bowl>', "[a > b][bowl]"),
        ("<svg><p>no</p></svg><head><p>no<body>yes", "yes"),
        ("one<br><br><br>two</p>three", "one\n\ntwo\n\nthree"),
        ("<pre>\n  a\n</pre>b", "  a\n\n\nb"),
    ],
)
def test_the_text_of_a_page_is_what_a_reader_sees(page, text):
    assert text_of_page(page) == text


@pytest.mark.parametrize(
    "part", ["<a ", "<", "<!--", "<p a='", '<a ">', "<script>", "<head>", "&", "<![", "</b"]
)
def test_a_page_is_gone_through_once(part):
    text_of_page(part * 20_000)
    text_of_page(f"{part * 20_000}>")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/photo.jpg", "is no text"),
        ("/old.doc", r"\.docx is"),
        ("/empty.txt", "has no text"),
        ("/bad.html", "cannot be read"),
        ("/nothing.pdf", "there is no file"),
        ("/documents", "is a folder"),
    ],
)
def test_what_has_no_text_is_refused_by_name(path, text):
    app = filled()
    app.create_file("/old.doc", b"x")
    app.create_file("/empty.txt", b" \n")
    app.create_file("/bad.html", b"<p>\xff</p>")
    with pytest.raises(ToolError, match=text) as caught:
        app.read_document(path)
    assert isinstance(caught.value, OSError)


@pytest.mark.parametrize("lines", [0, -1, "x", 1.5, True])
def test_a_number_of_lines_is_one_or_more(lines):
    with pytest.raises(ToolError, match="max_lines"):
        filled().read_document("/documents/report.txt", lines)


# -- nothing leads out ----------------------------------------------------------------------------

OUT = [
    *("..", "/..", "../x", "/documents/../../x", "a/../../etc/passwd", "~/../../../x"),
    *(
        "%2e%2e/x",
        "%2E%2E",
        "/documents/%2e%2e%2f%2e%2e",
        "%252e%252e/x",
        "..%2fx",
        "%2Fetc%2Fpasswd",
        "a%00b",
    ),
]
NO_PATHS = [
    *(
        "",
        "  ",
        "a\0b",
        "a\nb",
        "a\x1b[31m",
        "..\\..\\x",
        "C:\\x",
        "\ud800",
        "x" * 256,
        "/".join(["ä" * 127] * 9),
    ),
    "/d" * (MAX_DEPTH + 1),
    "/" * 200_000,
]
ONE_PATH = ["open", "cat", "mkdir", "makedirs", "ls", "rm", "rmdir", "exists", "display", "info", "tree"]


@pytest.mark.parametrize("path", [*OUT, *NO_PATHS, None, 5, ["/a"]])
def test_no_path_leads_out(path):
    app = filled()
    before = app.get_state()
    built_in = PermissionError if path in OUT else TypeError if not isinstance(path, str) else ValueError
    calls = [
        (call, path) for call in (*ONE_PATH, "read_document", "get_file_content", "create_file", "isdir")
    ]
    calls += [("open", path, "wb"), ("mv", path, "/x"), ("mv", "/photo.jpg", path)]
    for call, *args in [*calls, ("set_permissions", path, 0o644)]:
        with pytest.raises(ToolError) as caught:
            getattr(app, call)(*args)
        assert isinstance(caught.value, built_in), call
    assert app.get_state() == before


def test_absolute_paths_are_those_of_the_phone():
    app = filled()
    refused(app, FileNotFoundError, "cat", "/etc/passwd")
    app.create_file("/etc/passwd", "mine")
    assert (placed(app) / "etc/passwd").read_text() == "mine"
    app.create_file("~/notes.txt", "mine")
    app.create_file("~bob/100% sure.txt", "his")
    app.create_file(Path("/a b") / "ü.txt", "ours")
    assert {"/home/userhome/notes.txt", "/~bob/100% sure.txt", "/a b/ü.txt"} <= set(app.get_file_paths_list())
    assert app.isdir("~")


def test_links_are_not_followed(tmp_path):
    app = filled()
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    state = app.get_state()
    (placed(app) / "link.txt").symlink_to(secret)
    (placed(app) / "images/out").symlink_to(tmp_path)
    (placed(app) / "documents/loop").symlink_to(placed(app))
    os.link(secret, placed(app) / "hard.txt")
    assert app.get_state() == state
    assert app.ls("/images") == []
    for path in (
        "/link.txt",
        "/images/out",
        "/images/out/secret.txt",
        "/documents/loop/photo.jpg",
        "/hard.txt",
    ):
        for call in (*ONE_PATH, "read_document"):
            refused(app, PermissionError, call, path)
        refused(app, PermissionError, "open", path, "wb")
        refused(app, PermissionError, "create_file", path, "x")
        refused(app, PermissionError, "mv", path, "/x")
        refused(app, PermissionError, "mv", "/photo.jpg", path)
    app.rm("/images", recursive=True)
    app.rm("/documents", recursive=True)
    assert secret.read_text() == "secret"
    assert list(tmp_path.iterdir()) == [secret]
    assert app.ls() == ["/photo.jpg"]


def test_what_is_neither_file_nor_folder_is_not_seen():
    app = filled()
    os.mkfifo(placed(app) / "pipe")
    (placed(app) / "new\nline").write_text("x")
    with contextlib.suppress(OSError):  # there are file systems with no such names
        Path(os.fsdecode(os.fsencode(placed(app)) + b"/\xff")).write_text("x")
    assert app.ls() == ["/documents", "/images", "/photo.jpg"]
    refused(app, FileNotFoundError, "cat", "/pipe")
    refused(app, OSError, "create_file", "/pipe", "x")
    refused(app, OSError, "mkdir", "/pipe")
    assert not app.exists("/pipe")


def test_a_large_file_is_refused_unread():
    app = filled()
    with (placed(app) / "big.txt").open("wb") as file:
        file.truncate(100_000_000)
    for call in ("cat", "open", "read_document", "get_file_content"):
        text = refused(app, OSError, call, "/big.txt")
        assert text == "'/big.txt' has 100000000 bytes; at most 10000000 are read, written or kept"
    app.mv("/big.txt", "/documents/big.txt")
    assert app.info("/documents/big.txt")["size"] == 100_000_000
    state = app.get_state()
    assert len(orjson.dumps(state)) < 2_000
    other = SandboxLocalFileSystem()
    other.load_state(state)
    assert other.get_state() == state
    assert other.info("/documents/big.txt")["size"] == 100_000_000


def test_nothing_too_large_is_written():
    app = filled()
    refused(app, OSError, "create_file", "/x", b"x" * (MAX_FILE_BYTES + 1))
    file = app.open("/x", "wb")
    file.seek(MAX_FILE_BYTES)
    with pytest.raises(ToolError):
        file.write(b"x")
    assert app.cat("/x") == b""
    for content in (5, None, ["x"]):
        refused(app, TypeError, "create_file", "/x", content)
    refused(app, TypeError, "write_text", "/x", b"x")
    refused(app, ValueError, "create_file", "/x", "\ud800")


def test_what_the_machine_refuses_is_told_without_its_paths(tmp_path):
    app = filled()
    tmpdir = placed(app)
    tmpdir.rename(tmp_path / "gone")
    with pytest.raises(ToolError) as caught:
        app.create_file("/x/y", "x")
    assert (str(caught.value), isinstance(caught.value, OSError)) == (
        "'/' cannot be used: No such file or directory",
        True,
    )
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="'/' cannot be used: Not a directory"):
        SandboxLocalFileSystem(sandbox_dir=tmp_path / "file/x").ls()


@given(st.lists(st.sampled_from(["a", "b", "..", ".", "", "%2e", "~", "%2e%2e", "x" * 300]), max_size=6))
def test_a_path_is_located_within_or_refused(parts):
    try:
        path = locate("/".join(parts))
    except ToolError:
        return
    assert path.startswith("/")
    assert not {"..", ".", ""} & set(path[1:].split("/") if path != "/" else ["root"])
    assert locate(path) == path


# -- permissions ----------------------------------------------------------------------------------


def test_permissions_are_kept_to_and_move_along():
    app = filled()
    app.set_permissions("/documents/report.txt", 0o444)
    app.set_permissions("/documents/old", "000")
    app.set_permissions("/photo.jpg", "222")
    refused(app, PermissionError, "create_file", "/documents/report.txt", "x")
    refused(app, PermissionError, "open", "/documents/report.txt", "ab")
    refused(app, PermissionError, "rm", "/documents", recursive=True)
    refused(app, PermissionError, "ls", "/documents/old")
    refused(app, PermissionError, "create_file", "/documents/old/x", "x")
    refused(app, PermissionError, "mv", "/photo.jpg", "/documents/old")
    text = refused(app, PermissionError, "cat", "/photo.jpg")
    assert text == "'/photo.jpg' cannot be read: its permissions are 222"
    app.mv("/documents", "/papers")
    refused(app, PermissionError, "create_file", "/papers/report.txt", "x")
    state = app.get_state()
    other = SandboxLocalFileSystem()
    other.load_state(state)
    assert other.get_state() == state
    refused(other, PermissionError, "create_file", "/papers/report.txt", "x")
    for wrong in (0o1000, -1, "888", "x", 1.5, None, True):
        refused(app, ValueError, "set_permissions", "/papers", wrong)
    refused(app, FileNotFoundError, "set_permissions", "/nothing", 0o644)
    app.create_file("/a", "")
    app.rm("/a")
    app.set_permissions("/papers/report.txt", 0o644)
    app.set_permissions("/papers/old", 0o755)
    app.rm("/papers", recursive=True)
    app.create_file("/papers/report.txt", "new")


# -- state ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FILE_APPS)
def test_a_state_is_saved_loaded_and_saved(kind):
    app = filled(kind())
    state = app.get_state()
    assert state == {
        "files": {
            "name": "",
            "type": "directory",
            "children": [
                {
                    "name": "documents",
                    "type": "directory",
                    "children": [
                        {
                            "name": "old",
                            "type": "directory",
                            "children": [{"name": "menu.md", "type": "file", "content": "IyBTb3VwCg=="}],
                        },
                        {"name": "report.txt", "type": "file", "content": "b25lCnR3bwp0aHJlZQo="},
                    ],
                },
                {"name": "images", "type": "directory", "children": []},
                {"name": "photo.jpg", "type": "file", "content": "/9j/AIA="},
            ],
        },
        "tmpdir": "/",
    }
    other = kind()
    other.create_file("/else.txt", "x")
    other.load_state(orjson.loads(orjson.dumps(state)))
    assert other.get_state() == state
    assert other.tmpdir != app.tmpdir
    app.load_state(state)
    assert app.get_state() == state
    app.reset()
    assert app.get_state() == kind().get_state()
    app.load_state({})
    assert app.ls() == []


def test_a_state_is_the_same_after_many_operations():
    app = filled()
    for number in range(20):
        app.create_file(f"/many/{number % 7}/{number}.txt", str(number))
        app.mv(f"/many/{number % 7}/{number}.txt", f"/many/{number}.txt")
    app.rm("/many/3", recursive=True)
    app.open("/many/1.txt", "ab").write(b"!")
    state = app.get_state()
    other = SandboxLocalFileSystem()
    other.load_state(state)
    assert other.get_state() == state
    assert other.cat("/many/1.txt") == b"1!"


def node(name: Any = "", kind: Any = "directory", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


@pytest.mark.parametrize(
    "files",
    [
        [],
        "x",
        {"children": []},
        node(kind="file"),
        node(kind="link"),
        node(children="x"),
        node(children=["x"]),
        node(permissions=0o1000),
        *[
            node(children=[node(name, "file")])
            for name in ("", "..", ".", "a/b", "a\0", None, 5, "%2e%2e", "\\")
        ],
        node(children=[node("a", "file"), node("a")]),
        node(children=[node("a", "file", content="%")]),
        node(children=[node("a", "file", content=5)]),
        node(children=[node("a", "file", content=base64.b64encode(bytes(MAX_FILE_BYTES + 1)).decode())]),
        node(children=[node("a", "file", size=-1)]),
        node(children=[node("a", "link")]),
    ],
)
def test_a_state_that_is_none_is_refused_and_changes_nothing(files):
    refused(filled(), ValueError, "load_state", {"files": files})


def test_a_state_that_is_too_deep_is_refused():
    deep = node("x")
    for _ in range(MAX_DEPTH):
        deep = node("x", children=[deep])
    refused(filled(), ValueError, "load_state", {"files": node(children=[deep])})


def test_published_states_have_their_contents_elsewhere(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.txt").write_text("stored")
    (tmp_path / "docs/b.txt").write_text("stored")
    names = ["a.txt", "b.txt", "c.txt", "d.txt"]
    files = node(children=[node("docs", children=[node(name, "file") for name in names])])
    app = SandboxLocalFileSystem(state_directory=tmp_path)
    app.load_state({"files": files, "tmpdir": "/tmp/elsewhere"})
    assert app.get_state() == {"files": files, "tmpdir": "/"}
    assert (app.cat("/docs/a.txt"), app.cat("/docs/c.txt")) == (b"stored", b"")
    assert [item["size"] for item in app.ls("/docs", detail=True)] == [6, 6, 0, 0]
    app.open("/docs/a.txt", "ab").write(b"!")
    app.mv("/docs/b.txt", "/b.txt")
    app.open("/docs/d.txt", "rb+").truncate(0)
    app.rm("/docs/c.txt")
    assert (app.cat("/docs/a.txt"), app.cat("/b.txt")) == (b"stored!", b"stored")
    changed = app.get_state()
    assert [item["name"] for item in changed["files"]["children"]] == ["b.txt", "docs"]
    assert all("content" in item for item in changed["files"]["children"][1]["children"])
    assert (tmp_path / "docs/a.txt").read_text() == "stored"
    with (tmp_path / "docs/big").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    app.load_state({"files": node(children=[node("docs", children=[node("big", "file")])])})
    refused(app, OSError, "cat", "/docs/big")


def test_contents_that_are_not_on_this_machine_are_never_fetched():
    app = Files()
    app.load_state({"files": node(children=[node("a.txt", "file")])})
    assert app.info("/a.txt")["size"] == 0
    assert "state_directory" in refused(app, FileNotFoundError, "cat", "/a.txt")
    refused(app, FileNotFoundError, "mv", "/a.txt", "/b.txt")
    app.create_file("/a.txt", "mine")
    assert app.cat("/a.txt") == b"mine"


def test_states_are_saved_by_name(tmp_path):
    (tmp_path / "a.txt").write_text("stored")
    app = filled(SandboxLocalFileSystem(state_directory=tmp_path))
    app.save_file_system_state("before")
    state = app.get_state()
    app.reset()
    app.load_file_system_state("before")
    assert app.get_state() == state
    app.load_file_system_state(DEMO_FS_DIR)
    assert app.cat("/a.txt") == b"stored"
    assert "Did you mean 'before'" in refused(app, ValueError, "load_file_system_state", "befor")


# -- the folder on the machine --------------------------------------------------------------------


@pytest.mark.parametrize("kind", FILE_APPS)
def test_the_folder_is_made_at_first_use_and_removed_with_the_app(kind, tmp_path):
    app = kind()
    inner = getattr(app, "sandbox_fs", app)
    inner.sandbox_dir = str(tmp_path / "runs")
    app.reset()
    app.get_state()
    assert list(tmp_path.iterdir()) == []
    app.ls()
    first = placed(app)
    assert first.parent == tmp_path / "runs"
    app.reset()
    assert not first.exists()
    second = placed(app)
    app.load_state(filled(kind()).get_state())
    assert not second.exists()
    last = placed(app)
    assert (last / "photo.jpg").exists()
    del app, inner
    gc.collect()
    assert not last.exists()


def test_a_copy_has_files_of_its_own():
    app = filled()
    for other in (copy.deepcopy(app), pickle.loads(pickle.dumps(app))):
        assert other.get_state() == app.get_state()
        other.rm("/photo.jpg")
        assert app.exists("/photo.jpg")
    untouched = copy.deepcopy(SandboxLocalFileSystem())
    assert untouched._disk.folder.is_untouched


def test_no_forked_process_removes_the_folder():
    app = filled()
    remove_folder(app.tmpdir, os.getpid() + 1)
    assert app.exists("/photo.jpg")
    remove_folder(app.tmpdir, os.getpid())
    assert not placed(app).exists()


# -- filling --------------------------------------------------------------------------------------


def test_a_folder_of_the_machine_is_copied(tmp_path):
    (tmp_path / "docs/empty").mkdir(parents=True)
    (tmp_path / "docs/a.txt").write_text("a")
    (tmp_path / "docs/same.txt").symlink_to("a.txt")
    app = filled()
    app.load_file_system_from_path(str(tmp_path))
    app.load_directory_from_path(tmp_path / "docs", "/documents")
    assert app.cat("/docs/same.txt") == app.cat("/documents/a.txt") == b"a"
    assert app.isdir("/docs/empty")
    refused(app, FileNotFoundError, "load_directory_from_path", tmp_path / "nothing", "/")
    refused(app, PermissionError, "load_directory_from_path", tmp_path, "..")
    (tmp_path / "docs/out").symlink_to("/etc/passwd")
    refused(app, PermissionError, "load_file_system_from_path", tmp_path)
    (tmp_path / "docs/out").unlink()
    with (tmp_path / "docs/big").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    refused(app, OSError, "load_file_system_from_path", tmp_path)
    virtual = VirtualFileSystem()
    virtual.load_file_system_from_path(tmp_path / "docs/empty")
    assert virtual.ls() == []


def test_files_are_filled_and_sampled_by_code():
    app = SandboxLocalFileSystem()
    app.populate(filled)
    app.populate(default_fs_folders)
    app.populate(default_fs_folders)
    assert app.get_folder_paths_list()[:2] == ["/Applications", "/Desktop"]
    for path in app.ls("/")[:9]:
        app.rmdir(path)
    app.touch("/photo.jpg")
    app.touch("/new")
    app.write_text("/text", "grün")
    assert (app.read_text("/text"), app.get_file_content("/new")) == ("grün", b"")
    refused(app, ValueError, "read_text", "/photo.jpg")
    assert app.get_folder_paths_list() == ["/documents", "/documents/old", "/images"]
    assert app.get_sample_files(3, seed=1) == app.get_sample_files(3, seed=1)
    assert set(app.get_sample_folders(3)) == set(app.get_folder_paths_list())
    assert app.get_sample_files() != app.get_sample_files(seed=5)
    refused(app, ValueError, "get_sample_files", 6)
    refused(app, ValueError, "get_sample_folders", -1)


def test_the_block_of_the_guide_runs():
    file_system = VirtualFileSystemApp()
    file_system.create_file("/documents/report.txt", "Quarterly report content")
    file_system.mkdir("/images")
    assert file_system.tree() == "/\n├── documents/\n│   └── report.txt\n└── images/"
    assert file_system.name == "VirtualFileSystem"


# -- tools ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SandboxLocalFileSystem, Files])
def test_the_tools_of_the_sandbox_are_the_published_ones(kind):
    app = kind()
    assert (app.name, [tool.func_name for tool in app.get_tools()]) == (
        kind.__name__,
        [
            *("open", "cat", "mkdir", "makedirs", "mv", "ls", "rm", "exists", "display", "info", "tree"),
            "read_document",
        ],
    )
    assert app.get_user_tools() == app.get_env_tools() == app.get_data_tools() == []
    assert [tool.func_name for tool in app.get_tools() if tool.write_operation] == [
        *("open", "mkdir", "makedirs", "mv", "rm"),
    ]


def test_the_tools_of_the_virtual_file_system_are_the_published_ones_and_one():
    app = VirtualFileSystem("Disk")
    assert [tool.name for tool in app.get_tools()] == [
        f"Disk__{name}"
        for name in ("open", "cat", "mkdir", "mv", "ls", "rm", "rmdir", "exists", "info", "tree")
    ]
    assert [tool.name for tool in app.get_data_tools()] == ["Disk__create_file"]
    assert app.get_user_tools() == app.get_env_tools() == []


def test_no_tool_makes_a_notice():
    for kind in FILE_APPS:
        for tool in kind().get_tools():
            assert notice_of(kind, tool.func_name) is None


def test_the_virtual_file_system_does_the_same():
    app = filled(VirtualFileSystem())
    app.mkdir("/a/b", create_recursive=True)
    app.mv("/photo.jpg", "/a/b")
    app.rm("/documents", recursive=True)
    app.rmdir("/images")
    assert (app.ls("/a/b"), app.exists("/photo.jpg")) == (["/a/b/photo.jpg"], False)
    assert app.info("/a/b/photo.jpg", any="thing") == {"name": "/a/b/photo.jpg", "size": 5, "type": "file"}
    assert app.cat("/a/b/photo.jpg") == app.open("/a/b/photo.jpg").read()
    assert app.get_file_content("/a/b/photo.jpg") == app.cat("/a/b/photo.jpg")
    refused(app, FileNotFoundError, "mkdir", "/x/y", create_recursive=False)
    refused(app, ValueError, "rm", "/a")


@pytest.mark.parametrize("kind", FILE_APPS)
def test_a_call_is_one_event_without_a_path_of_the_machine(kind):
    app = filled(kind(name="Files"))
    environment = Environment(EnvironmentConfig(start_time=1000.0, duration=None))
    environment.register_apps([app])
    environment.start()
    app.mkdir("/new", True)
    app.open("/new/a.txt", "w").write("x")
    app.cat("/new/a.txt")
    app.create_file("/b.txt", "x")
    with pytest.raises(ToolError):
        app.rm("/nothing")
    events = environment.event_log.events
    assert [(event.function_name(), event.event_type, event.failed()) for event in events] == [
        ("mkdir", EventType.AGENT, False),
        ("open", EventType.AGENT, False),
        ("cat", EventType.AGENT, False),
        ("create_file", EventType.ENV, False),
        ("rm", EventType.AGENT, True),
    ]
    operations = [event.action.operation_type for event in events]
    assert operations == [
        OperationType.WRITE,
        OperationType.WRITE,
        OperationType.READ,
        *[OperationType.WRITE] * 2,
    ]
    assert events[0].get_args()["path"] == "/new"
    written = orjson.dumps(environment.event_log.lines()).decode() + repr(events[1].metadata.return_value)
    assert app.tmpdir not in written
    assert "pare_files_" not in written


def test_a_planned_call_runs_later():
    app = filled()
    with capturing():
        planned = app.mkdir("/later")
    assert isinstance(planned, Event)
    assert not app.exists("/later")
    planned.action.execute()
    assert app.exists("/later")


@pytest.mark.parametrize("kind", FILE_APPS)
def test_attachments_are_read_from_and_saved_to_the_files(kind):
    app = filled(kind())
    assert app.get_implemented_protocols() == [Protocol.FILE_SYSTEM]
    assert read_file(app, "/photo.jpg") == b"\xff\xd8\xff\x00\x80"
    assert write_file(app, "Downloads/", "../menu.txt", b"Soup") == "Downloads/menu.txt"
    assert app.cat("/Downloads/menu.txt") == b"Soup"
    for path in ("/nothing", "/documents", "../x", ""):
        with pytest.raises(ToolError):
            read_file(app, path)
