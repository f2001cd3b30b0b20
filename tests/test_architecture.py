"""The house rules that no linter knows: lengths, names, and what determinism forbids.

Every rule is a function from source text to findings: places, written as `file` or `file::name`. An exception
is listed by its place with the reason, and one that is no longer needed fails as well.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
Rule = Callable[[str, str], Iterable[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef

MODULE_LINES = 400
CLASS_LINES = 200
APP_CLASS_LINES = 400  # its docstrings are prompts
MEDIAN_FUNCTION_LINES = 7
LONG_FUNCTION_LINES = 30

# A scenario file is data that is written as code: its class is as long as its story, and named after it.
STORIES = "pare/scenarios/benchmark/"

# Keys: a module, as in "pare/queue.py", or a class, as in "pare/queue.py::EventQueue". Values: the reason.
LONG_MODULES: dict[str, str] = {}
LONG_CLASSES: dict[str, str] = {}

# Keys: a name, as in "pare/queue.py::EventV2", or a module, as in "pare/things/utils". Values: the reason.
REFUSED_NAMES_ALLOWED: dict[str, str] = {}

# Published names that the rule would refuse. Each may be used at its published place, and need not be.
PUBLISHED_NAMES = {
    *("BaseAgent", "BaseAgentLog", "BaseJudge", "BaseJudgeConfig", "BaseNotificationSystem"),
    *("CalendarV2", "ConversationV2", "EmailClientV2", "FileMessageV2", "MessageV2", "MessagingAppV2"),
    *("StateAwareEnvironmentWrapper", "TimeManager"),
}
PUBLISHED_MODULES = {
    "pare/scenarios/utils",
    "pare/compat/are/simulation/utils",
    "pare/compat/are/simulation/scenarios/scenario_imported_from_json/utils",
    "pare/compat/are/simulation/scenarios/utils",
}

# Keys: a file and what it uses, as in "pare/llm/openai.py::time.time". Values: the reason.
FORBIDDEN_USES_ALLOWED: dict[str, str] = {
    "pare/scenarios/store/clock.py::time.time": "when a result was written is a fact about the machine",
    "pare/multi_scenario_runner/progress.py::time.time": "when a sweep began is a fact about the machine",
    "pare/multi_scenario_runner/folder.py::datetime.datetime.now": "a run folder is named by its time",
    "pare/scenarios/metrics/published_text.py::datetime.datetime.now": "a report says when it was made",
    "pare/cli/status.py::time.time": "how old a status is, is a fact about the machine",
    "pare/traces/recorder.py::time.time": "a trace says when its run was made, in fields of their own",
}


# --- the rules ----------------------------------------------------------------------------------------------


def module_findings(path: str, source: str) -> Iterator[str]:
    if len(source.splitlines()) > MODULE_LINES:
        yield path


def class_findings(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(parse(source)):
        is_story = path.startswith(STORIES)
        if isinstance(node, ast.ClassDef) and line_count(node) > class_limit(path, node) and not is_story:
            yield f"{path}::{node.name}"


def class_limit(path: str, node: ast.ClassDef) -> int:
    names = [node.name, *(ast.unparse(base) for base in node.bases)]
    is_app = path.startswith("pare/apps/") and any(name.endswith("App") for name in names)
    return APP_CLASS_LINES if is_app else CLASS_LINES


def line_count(node: ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def name_findings(path: str, source: str) -> Iterator[str]:
    refused = re.compile(r"(Manager|Helper|Wrapper|V2)$|^(Custom|New|Base)(?=[A-Z0-9]|$)")
    yield from drawer_findings(path, source)
    for name in chain.from_iterable(map(names_of, ast.walk(parse(source)))):
        is_free = name in PUBLISHED_NAMES or path.startswith(STORIES)
        if refused.search(name.lstrip("_")) and not is_free:
            yield f"{path}::{name}"


def names_of(node: ast.AST) -> Iterator[str]:
    """Name a class, and the aliases of classes that a module defines."""
    if isinstance(node, ast.ClassDef):
        yield node.name
    if isinstance(node, ast.Module):
        targets = chain.from_iterable(item.targets for item in node.body if isinstance(item, ast.Assign))
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def drawer_findings(path: str, source: str) -> Iterator[str]:
    for part in (Path(path).with_suffix(""), *Path(path).parents):
        if part.name == "utils" and part.as_posix() not in PUBLISHED_MODULES:
            yield part.as_posix()


def forbidden_findings(path: str, source: str) -> Iterator[str]:
    tree = parse(source)
    imported = dict(chain.from_iterable(map(imports_of, ast.walk(tree))))
    for node in outside_of_hash_methods(tree):
        for name in used_names(node, imported):
            if is_forbidden(name):
                yield f"{path}::{name}"


def imports_of(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Pair the names that an import binds with what they stand for, `dt` with `datetime.datetime`."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def used_names(node: ast.AST, imported: Mapping[str, str]) -> Iterator[str]:
    """Name what a node refers to: uses count, not only calls, as in `default_factory=uuid4`."""
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(level=0):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        case ast.Name(id="hash", ctx=ast.Load()) if "hash" not in imported:
            yield "hash"
        case ast.Attribute(value=owner):
            yield dotted(owner, imported) + f".{node.attr}"
        case ast.Name(id=name) if name in imported:
            yield imported[name]
        case ast.Call(args=[], func=function) if dotted(function, imported) == "random.Random":
            yield "random.Random()"


def dotted(node: ast.expr, imported: Mapping[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, imported)}.{node.attr}"
    return imported.get(node.id, "") if isinstance(node, ast.Name) else ""


FORBIDDEN = {
    # Sleeping is no way to let simulated time pass.
    "time.sleep",
    # The wall clock is no way to know it. (What only measures is free: time.monotonic, time.perf_counter.)
    *("time.time", "time.time_ns", "time.localtime", "time.ctime", "time.asctime"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    # Ids and draws come from the current run.
    *("uuid.uuid1", "uuid.uuid4", "os.urandom", "random.SystemRandom", "random.Random()"),
    # Salted: another number in every process.
    "hash",
}
FORBIDDEN_MODULES = {"cloudpickle", "dill", "marshal", "pickle", "secrets", "shelve"}


def is_forbidden(name: str) -> bool:
    module, _, rest = name.partition(".")
    global_draw = module == "random" and rest.islower() and rest != ""
    return name in FORBIDDEN or module in FORBIDDEN_MODULES or global_draw


def outside_of_hash_methods(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without `__hash__`, which has to call `hash` and is only asked within its process."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, Function) and child.name == "__hash__"):
            yield from outside_of_hash_methods(child)


# --- lengths of functions -----------------------------------------------------------------------------------


def function_lengths(source: str) -> Iterator[int]:
    """Count each function's body: lines with code, from the first statement after the docstring to the last.

    Signature, decorators, docstring, blank lines and comments cost nothing, so that nobody saves on them. A
    nested function counts for itself and within the outer one. Stubs (`...`, `pass`, nothing but a docstring,
    `raise NotImplementedError`) are left out: they would only pull the median down.
    """
    lines = source.splitlines()
    for node in ast.walk(parse(source)):
        if isinstance(node, Function) and (body := body_of(node)):
            rows = lines[body[0].lineno - 1 : body[-1].end_lineno]
            yield sum(bool(row.strip()) and not row.lstrip().startswith("#") for row in rows)


def body_of(node: Function) -> list[ast.stmt]:
    body = node.body if ast.get_docstring(node) is None else node.body[1:]
    return [] if all(is_stub(statement) for statement in body) else body


def is_stub(statement: ast.stmt) -> bool:
    stubs = (r"\.\.\.", "pass", r"raise NotImplementedError(\(.*\))?")
    return re.fullmatch("|".join(stubs), ast.unparse(statement), re.DOTALL) is not None


# --- the tests ----------------------------------------------------------------------------------------------


def test_modules_stay_short() -> None:
    hold(module_findings, LONG_MODULES)


def test_classes_stay_short() -> None:
    hold(class_findings, LONG_CLASSES)


def test_names_say_what_a_thing_is() -> None:
    hold(name_findings, REFUSED_NAMES_ALLOWED)


def test_nothing_depends_on_the_machine() -> None:
    hold(forbidden_findings, FORBIDDEN_USES_ALLOWED)


def test_functions_stay_short() -> None:
    # Scenario files are left out: theirs are lists of data and of events in order, and nobody reads a list
    # better for its being cut up.
    sources = [text for path, text in sources_of_pare() if not path.startswith(STORIES)]
    lengths = list(chain.from_iterable(map(function_lengths, sources)))
    short = [length for length in lengths if length < LONG_FUNCTION_LINES]
    assert median(lengths) <= MEDIAN_FUNCTION_LINES
    assert len(short) >= 0.9 * len(lengths)


def hold(rule: Rule, allowed: Iterable[str]) -> None:
    found = set(chain.from_iterable(rule(path, source) for path, source in sources_of_pare()))
    unlisted, stale = sorted(found.difference(allowed)), sorted(set(allowed) - found)
    assert not unlisted, f"against the rule, and not listed as an exception: {unlisted}"
    assert not stale, f"listed as an exception, and no longer needed: {stale}"


@cache
def sources_of_pare() -> list[tuple[str, str]]:
    files = sorted((ROOT / "pare").rglob("*.py"))
    return [(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]


@cache
def parse(source: str) -> ast.Module:
    return ast.parse(source)


# --- the rules do bite --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("import time\ntime.sleep(1)", {"time.sleep"}),
        ("from time import sleep as nap\nnap(1)", {"time.sleep"}),
        ("import time as t\nstamp = t.time()", {"time.time"}),
        ("from datetime import datetime\ndatetime.now(UTC)", {"datetime.datetime.now"}),
        ("import datetime as dt\nfield(default_factory=dt.datetime.now)", {"datetime.datetime.now"}),
        ("import uuid\nfield(default_factory=uuid.uuid4)", {"uuid.uuid4"}),
        ("def id_of(x):\n    return hash(x)", {"hash"}),
        ("def load():\n    import pickle", {"pickle"}),
        ("from pickle import loads", {"pickle.loads"}),
        ("import random\nrandom.shuffle(x)\nrandom.Random()", {"random.shuffle", "random.Random()"}),
    ],
)
def test_a_use_of_the_machine_is_found(source: str, uses: set[str]) -> None:
    assert set(forbidden_findings("a.py", source)) == {f"a.py::{use}" for use in uses}


@pytest.mark.parametrize(
    "source",
    [
        "class Key:\n    def __hash__(self):\n        return hash(self.parts)",
        "from pare.caching import hash\nhash(1)",
        "class Clock:\n    def time(self):\n        return self.time()\nclock.time(); queue.sleep(3)",
        "import random\nrng: random.Random = random.Random(7)\nrng.random()",
        "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)",
        "import anyio\nasync def pause():\n    await anyio.sleep(0)",
        "'pickle, time.sleep(1) and uuid4() in a string'",
    ],
)
def test_a_look_alike_is_left_alone(source: str) -> None:
    assert list(forbidden_findings("a.py", source)) == []


def test_a_refused_name_is_found() -> None:
    source = """
        class BaseEvent: ...
        class _EventHelper: ...
        MailV2 = Mail
        class NewsApp: ...
        class Baseline: ...
        class TimeManager: ...
    """
    found = set(name_findings("a.py", dedent(source)))
    assert found == {"a.py::BaseEvent", "a.py::_EventHelper", "a.py::MailV2"}


def test_a_module_and_a_package_of_utils_are_found() -> None:
    assert list(name_findings("pare/apps/utils.py", "")) == ["pare/apps/utils"]
    assert list(name_findings("pare/apps/utils/text.py", "")) == ["pare/apps/utils"]
    assert list(name_findings("pare/scenarios/utils/registry.py", "")) == []


def test_an_app_may_be_longer_than_another_class() -> None:
    methods = "    x = 1\n" * 200
    source = f"class MailApp(App):\n{methods}\nclass Mailbox:\n{methods}"
    assert list(class_findings("pare/apps/email/app.py", source)) == ["pare/apps/email/app.py::Mailbox"]
    assert len(list(class_findings("pare/kernel/queue.py", source))) == 2


def test_a_function_is_as_long_as_its_code() -> None:
    source = '''
        @decorated
        def one(
            argument,
        ):
            """Say what it does.

            At length.
            """
            # Why it is so.

            return argument

        def stub(self):
            """Say what it does."""
            ...

        def refused(self):
            raise NotImplementedError("later")
    '''
    assert list(function_lengths(dedent(source))) == [1]
