"""What the code may not do: a walk over all of it, with the exceptions named and why each is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pare.executors.wire import messages
from pare.llm.journal_lines import Contents, RunKey, read_contents
from pare.scenarios.store.disk import JsonDisk
from pare.scenarios.store.errors import DamagedEntryError
from pare.traces.files import TraceError
from pare.traces.reader import read_trace

ROOT = Path(__file__).parents[2]

UNSAFE_MODULES = {
    *("pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "joblib"),
    *("ctypes", "code", "codeop", "pty", "tarfile", "multiprocessing"),
}
UNSAFE_CALLS = {
    *("eval", "exec", "compile", "__import__", "input", "breakpoint"),
    *("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "subprocess.getoutput"),
    *("asyncio.create_subprocess_shell",),
}
HARMLESS_YAML = {"parse", "safe_dump", "SafeLoader", "reader", "MarkedYAMLError"}

# Keys: a file and what it does. Values: why it may.
ALLOWED = {
    "pare/cli/conducting.py shell": "the user's own command, given as --on-finish",
    "pare/kernel/recording.py bind": "of a signature, to arguments",
    "pare/llm/endpoint_server.py bind": "a scripted endpoint, on loopback addresses only",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "pare").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def findings(path: str, tree: ast.AST) -> Iterator[str]:
    """Give what `tree` does that needs a reason."""
    for node in ast.walk(tree):
        for found in (*imports_in(node), *calls_in(node), *yaml_in(node)):
            yield f"{path} {found}"


def imports_in(node: ast.AST) -> Iterator[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [node.module]
        if node.module == "yaml":
            yield "from yaml"
    yield from (name for name in names if name.partition(".")[0] in UNSAFE_MODULES)


def calls_in(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = ast.unparse(node.func)
    if name in UNSAFE_CALLS:
        yield name
    if any(keyword.arg == "shell" for keyword in node.keywords):
        yield "shell"
    if name.rpartition(".")[2] in {"bind", "start_server", "create_server", "start_unix_server"} and (
        "signature" not in name
    ):
        yield "bind"


def yaml_in(node: ast.AST) -> Iterator[str]:
    is_yaml = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "yaml"
    if is_yaml and node.attr not in HARMLESS_YAML and not node.attr.endswith("Event"):
        yield f"yaml.{node.attr}"


def test_nothing_is_unpickled_evaluated_or_given_to_a_shell() -> None:
    found = {item for path, tree in sources() for item in findings(path, tree)}
    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        *("import pickle", "from marshal import loads", "eval(x)", "exec('x')", "__import__(x)"),
        *("os.system(x)", "subprocess.run(x, shell=True)", "yaml.load(x)", "yaml.unsafe_load(x)"),
        *("yaml.FullLoader", "from yaml import load", "listener.bind(x)", "def f():\n    import dill"),
    ],
)
def test_the_walk_finds_what_it_looks_for(text: str) -> None:
    assert list(findings("x", ast.parse(text))) != []


def test_yaml_is_read_in_one_place() -> None:
    """Event by event: nothing that a tag names is ever made."""
    readers = {path for path, tree in sources() for node in ast.walk(tree) if is_yaml_parse(node)}
    assert readers == {"pare/sweep/document.py"}


def is_yaml_parse(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.parse"


# --- what others may have put into the store ----------------------------------------------------------------


def test_a_pickle_in_the_store_is_not_loaded(tmp_path: Path) -> None:
    disk, canary = JsonDisk(str(tmp_path)), tmp_path / "canary"
    bomb = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    (tmp_path / "bomb").write_bytes(bomb)
    for mode, filename, value in [(4, None, bomb), (4, "bomb", None), (2, "bomb", None), (1, None, bomb)]:
        with pytest.raises(DamagedEntryError):
            disk.fetch(mode, filename, value, False)
    with pytest.raises(DamagedEntryError):
        disk.get(bomb, False)
    assert not canary.exists()


async def test_a_pickle_as_journal_trace_or_message_is_not_loaded(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    bomb = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    file = tmp_path / "a.jsonl"
    file.write_bytes(bomb)
    with pytest.raises(TraceError):
        read_trace(file)
    assert read_contents(bomb, RunKey("a", 1, "c")) == Contents(fault="foreign")
    chunks = iter([bomb, b""])

    async def receive() -> bytes:
        return next(chunks)

    with pytest.raises(ValueError, match="unexpected character"):
        await anext(messages(receive))
    assert not canary.exists()


def test_the_canary_would_sing(tmp_path: Path) -> None:
    import pickle

    canary = tmp_path / "canary"
    pickle.loads(f"cos\nsystem\n(S'touch {canary}'\ntR.".encode())
    assert canary.exists()
