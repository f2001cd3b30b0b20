"""What a scenario file does while it is imported and built that makes runs differ, read from its source.

Looked at are statements of module and classes, methods that build a scenario, and what these call in
the same file. Importing a module is no finding, and nothing is refused for one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

Sin = Literal["reads the wall clock", "draws unseeded randomness", "starts a thread", "opens a socket"]

BUILDERS = ("__init__", "__post_init__", "initialize", "init_and_populate_apps", "build_events_flow")

_CALLS: Mapping[Sin, frozenset[str]] = {
    "reads the wall clock": frozenset({
        *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.sleep"),
        *("time.monotonic", "time.perf_counter", "datetime.date.today"),
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    }),
    "draws unseeded randomness": frozenset({
        *("uuid.uuid1", "uuid.uuid4", "os.urandom", "random.SystemRandom", "hash"),
        *("numpy.random.default_rng", "random.Random"),
    }),
    "starts a thread": frozenset({
        *("threading.Thread", "threading.Timer", "_thread.start_new_thread"),
        *("multiprocessing.Process", "multiprocessing.Pool", "subprocess.Popen", "subprocess.run"),
        *("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"),
    }),
    "opens a socket": frozenset({
        *("socket.socket", "socket.create_connection", "urllib.request.urlopen"),
        *("http.client.HTTPConnection", "http.client.HTTPSConnection"),
    }),
}  # fmt: skip
_SEEDED = ("random.Random", "numpy.random.default_rng")
"""These draw what their argument says, where they have one."""

_PACKAGES: Mapping[str, Sin] = {
    "secrets": "draws unseeded randomness",
    "requests": "opens a socket",
    "httpx": "opens a socket",
    "aiohttp": "opens a socket",
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFinding:
    """A call, at a line, that does what a scenario should not do while it is built."""

    line: int
    call: str
    sin: Sin

    def __str__(self) -> str:
        return f"line {self.line}: {self.call} {self.sin}"


def source_findings(source: str) -> list[SourceFinding]:
    """Give what the source of a scenario file does, in the order of its lines.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(source)
    imported = dict(chain.from_iterable(map(_imports, ast.walk(tree))))
    found = set(chain.from_iterable(_findings(node, imported) for node in _executed(tree)))
    return sorted(found, key=lambda finding: (finding.line, finding.call))


def _executed(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk what runs when the file is imported and its scenarios are built."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, _Function)}
    yield from _outside_functions(tree)
    waiting = [name for name in BUILDERS if name in functions]
    waiting += _called(_outside_functions(tree), functions)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            body = [node for node in ast.walk(tree) if isinstance(node, _Function) and node.name == name]
            inside = list(chain.from_iterable(ast.walk(part) for item in body for part in item.body))
            yield from inside
            waiting += _called(inside, functions)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            for part in (*child.decorator_list, child.args):
                yield part
                yield from _outside_functions(part)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from _outside_functions(child)


def _called(nodes: Iterator[ast.AST] | list[ast.AST], functions: Mapping[str, object]) -> list[str]:
    """Name the functions of the file, and the methods of ``self``, that are called or handed over."""
    names = []
    for node in nodes:
        if isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.append(node.attr if node.value.id in ("self", "cls") else "")
    return [name for name in names if name in functions]


def _findings(node: ast.AST, imported: Mapping[str, str]) -> Iterator[SourceFinding]:
    if isinstance(node, ast.Call):
        name = _dotted(node.func, imported)
        sin = _sin(name, bool(node.args or node.keywords))
        if sin is not None:
            yield SourceFinding(node.lineno, name, sin)
        for item in node.keywords:
            if item.arg == "default_factory" and (handed := _sin(_dotted(item.value, imported), False)):
                yield SourceFinding(item.value.lineno, _dotted(item.value, imported), handed)


def _sin(name: str, has_arguments: bool) -> Sin | None:
    if not name or (name in _SEEDED and has_arguments):
        return None
    for sin, calls in _CALLS.items():
        if name in calls:
            return sin
    package, _, rest = name.partition(".")
    is_global_draw = package == "random" and rest.islower()
    if is_global_draw or (name.startswith("numpy.random.") and rest not in _SEEDED):
        return "draws unseeded randomness"
    return _PACKAGES.get(package) if rest else None


def _dotted(node: ast.expr, imported: Mapping[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, imported)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Name):
        return imported.get(node.id, node.id if node.id == "hash" else "")
    return ""


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
