"""What tests of bad nights share: an endpoint that counts every call, and real programs in a place apart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from anyio.from_thread import start_blocking_portal
from typer.testing import CliRunner

from pare.cli.main import app
from pare.errors import PareError
from pare.llm.endpoint import Endpoint, EndpointSettings
from pare.llm.endpoint_server import listen, served
from pare.llm.journal_lines import RunKey, read_contents
from pare.llm.labels import ROLE, RUN, SCENARIO, STEP
from pare.llm.scripted import ScriptedPolicy
from pare.scenario_runner.oracle_policy import oracle
from pare.traces import without_wall_times

PARE = (sys.executable, "-m", "pare")

OF_THE_NIGHT = ("duration", "wall_effort", "trace", "cached")
"""What a row may say otherwise after a bad night: wall times, and where it was read from."""


# --- an endpoint that counts ------------------------------------------------------------------------------


class Call(NamedTuple):
    """A call as its headers name it."""

    scenario: str
    run: int
    role: str
    step: str


Trouble = Literal["away", "busy"]


@dataclass
class Desk:
    """What an endpoint was asked. With `journals` a call whose reply was recorded is found out.

    While there is `trouble` it answers nothing, or 429. With a `key` only who sends that is answered.
    """

    url: str = ""
    calls: Counter[Call] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    asked_again: list[Call] = field(default_factory=list)
    journals: Journals | None = None
    trouble: Trouble | None = None
    key: str | None = None
    drop: Callable[[Any], None] = lambda _client: None

    @property
    def total(self) -> int:
        """How many calls of runs were taken, those that were taken twice counted twice."""
        return sum(self.calls.values())

    @property
    def repeated(self) -> int:
        """How many calls were taken once more."""
        return sum(count - 1 for count in self.calls.values())

    def until(self, calls: int, seconds: float = 60) -> None:
        """Wait until so many calls were taken."""
        wait_until(lambda: self.total >= calls, seconds, f"{calls} calls")

    def counting(self, app: Any) -> Any:
        """Give an ASGI application that does what `app` does, and counts."""

        async def answer(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            if self.trouble == "away":
                self.refused["away"] += 1
                self.drop(scope["client"])
            elif self.trouble == "busy":
                await self._refuse(send, 429, "busy")
            elif self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
                await self._refuse(send, 401, "key")
            else:
                await self._let(app, headers, scope, receive, send)

        return answer

    async def _let(self, app: Any, headers: Mapping[str, str], scope: Any, receive: Any, send: Any) -> None:
        call = _call_of(headers)
        if call is None:
            await app(scope, receive, send)
            return
        if call in self.calls and self.journals is not None and self.journals.have(call):
            self.asked_again.append(call)
        self.calls[call] += 1
        await app(scope, receive, send)

    async def _refuse(self, send: Any, status: int, why: str) -> None:
        self.refused[why] += 1
        body = json.dumps({"error": {"message": f"refused: {why}", "type": why, "code": why}}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _call_of(headers: Mapping[str, str]) -> Call | None:
    """Read the labels of a call; None for what is no call of a run, as a question before the sweep."""
    if headers.get(SCENARIO, "preflight") == "preflight":
        return None
    names = unquote(headers[SCENARIO]), unquote(headers[ROLE]), unquote(headers[STEP])
    return Call(names[0], int(headers[RUN]), names[1], names[2])


@contextmanager
def counting_endpoint(policy: ScriptedPolicy | None = None, **settings: Any) -> Iterator[Desk]:
    """Serve a scripted model in a thread of its own, so that it outlives who asks it."""
    desk = Desk()
    endpoint = Endpoint(EndpointSettings(models=policy or oracle(), **settings))
    endpoint.app = desk.counting(endpoint.app)  # type: ignore[assignment]
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(served(endpoint, listen())) as desk.url,
    ):
        assert endpoint.drop_connection is not None
        desk.drop = endpoint.drop_connection
        yield desk


def say(text: str) -> None:
    """Print a figure; it is shown with -s, and when a test fails."""
    sys.stdout.write(f"{text}\n")


# --- a place for sweeps -----------------------------------------------------------------------------------


@dataclass
class Place:
    """An empty directory, with a store of its own, in which real programs are started."""

    path: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The directory of the store."""
        return self.path / "store"

    def environment(self) -> dict[str, str]:
        """Give the environment of programs; by its store what they leave behind is found."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("PARE_")}
        fixed = {"PARE_CACHE_DIR": str(self.store), "COLUMNS": "100", "NO_COLOR": "1"}
        return {**known, **fixed, "PYTHONUNBUFFERED": "1", **self.environ}

    def write(self, name: str, *, url: str | None = None, **parts: Any) -> Path:
        """Write a sweep file: the oracle, in the process or at `url`; JSON is YAML."""
        model: dict[str, Any] = {"provider": "scripted", "model": "oracle"}
        if url is not None:
            model |= {"endpoints": [url]}
        model |= parts.pop("model", {})
        base = parts.pop("base", {})
        both = {} if "execute" in base else {"user": "good", "proactive": "good"}
        path = self.path / f"{name}.yaml"
        path.write_text(json.dumps({"name": name, "models": {"good": model}, "base": both | base, **parts}))
        return path

    def popen(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        """Start ``pare`` in a session of its own; who starts it ends it, see `programs`."""
        chosen: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        return subprocess.Popen(
            [*PARE, *map(str, arguments)],
            cwd=self.path,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            encoding="utf-8",
            **{**chosen, **options},
        )

    def pare(self, *arguments: object, seconds: float = 120) -> tuple[int, str]:
        """Run ``pare`` to its end; give its exit code, and what it printed."""
        with self.popen(*arguments, stdout=subprocess.PIPE) as program:
            try:
                out, _ = program.communicate(timeout=seconds)
            except BaseException:
                program.kill()
                raise
        return program.returncode, out

    def here(self, command: str, *arguments: object) -> tuple[int, str]:
        """Do what `pare` does, in this process, which takes no time to start."""
        known = [command, *map(str, arguments), "--runs-dir", str(self.path / "runs")]
        result = CliRunner().invoke(app, known, env={**self.environment(), "COLUMNS": "200"})
        if isinstance(result.exception, PareError):
            return 2, f"error: {result.exception}"
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def folder(self, name: str = "") -> Path:
        """Give the latest run folder of a sweep."""
        return max((self.path / "runs").glob(f"{name}*"), key=lambda path: path.stat().st_ctime_ns)

    def processes(self) -> list[int]:
        """Find what was started here and still runs, whoever's child it has become."""
        mark = f"PARE_CACHE_DIR={self.store}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return [pid for pid in found if pid != os.getpid()]

    def clear(self) -> None:
        """End what still runs here, each by its own id."""
        for pid in self.processes():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def place_at(path: Path, **environ: str) -> Iterator[Place]:
    """Give a place, and leave no program behind."""
    path.mkdir(parents=True, exist_ok=True)
    place = Place(path, environ)
    try:
        yield place
    finally:
        place.clear()


def workers_of(pid: int) -> list[int]:
    """Give the ids of a program's children: a supervisor's workers."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def wait_until(is_so: Callable[[], bool], seconds: float = 30, what: str = "it") -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.01)


# --- what a sweep came to ---------------------------------------------------------------------------------


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """Read the rows of a run folder, as they stand."""
    path = folder / "results.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def results_of(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Give what each run came to, its trace included, apart from wall times."""
    found = {}
    for row in lines_of(folder):
        told = {name: value for name, value in row.items() if name not in OF_THE_NIGHT}
        told["lines"] = without_wall_times((folder / row["trace"]).read_bytes()) if row["trace"] else b""
        found[row["scenario_id"], row["run_number"]] = told
    return found


@dataclass(frozen=True)
class Journals:
    """What the journals of a store hold, of the runs of one configuration."""

    store: Path
    config_hash: str

    def have(self, call: Call) -> bool:
        """Tell whether the reply to a call is recorded."""
        return (call.role, call.step) in self._calls_of(call.scenario, call.run)

    def lack(self, calls: Iterable[Call]) -> list[Call]:
        """Give those of `calls` to which no reply is recorded."""
        known: dict[tuple[str, int], set[tuple[str, str]]] = {}
        for scenario, run in {call[:2] for call in calls}:
            known[scenario, run] = self._calls_of(scenario, run)
        return [call for call in calls if call[2:] not in known[call[:2]]]

    def _calls_of(self, scenario: str, run: int) -> set[tuple[str, str]]:
        key = RunKey(scenario, run, self.config_hash)
        try:
            data = (self.store / "journals" / key.file_name).read_bytes()
        except FileNotFoundError:
            return set()
        entries = read_contents(data, key).entries.values()
        return {(entry.role, entry.step or str(entry.ordinal)) for entry in entries}
