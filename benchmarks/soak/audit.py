"""What must be so after such a night, whatever happened in it: each claim with its figure and its bound."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.soak.endpoint import Books, Call
from benchmarks.soak.samples import Meter
from benchmarks.soak.sweeps import Plan, Sweep
from benchmarks.soak.troubles import Night
from pare.llm.journal_lines import Entry, RunKey, read_contents
from pare.llm.types import NO_EFFORT
from pare.traces import without_wall_times

OF_THE_NIGHT = ("duration", "wall_effort", "trace", "cached")
"""What a row may say otherwise: wall times, attempts, and where it was read from."""

SAMPLED = 500
"""So many traces and journals are compared in full."""

SECONDS_BACK = 60.0
GROWTH = 1.1
TASKS_EACH, DESCRIPTORS_EACH, THREADS = 2, 2, 64
MEGABYTES_EACH, MEGABYTES_BESIDES = 2.5, 300
"""Resident memory, garbage that is not collected yet included."""
BESIDES = 200
"""Tasks and descriptors that a process has without any run."""

RunId = tuple[str, int]


@dataclass(frozen=True)
class Claim:
    """Something that must be so: its figure is at most `bound`, or exactly that if it `is_exact`."""

    what: str
    figure: float | None
    bound: float
    is_exact: bool = False
    unit: str = ""

    @property
    def holds(self) -> bool:
        if self.figure is None:
            return False
        return self.figure == self.bound if self.is_exact else self.figure <= self.bound


def rows_of(sweep: Sweep) -> list[dict[str, Any]]:
    """Read all rows of a sweep, in the order in which they were written."""
    assert sweep.folder is not None
    return [json.loads(line) for line in (sweep.folder / "results.jsonl").read_bytes().splitlines()]


def finished(rows: list[dict[str, Any]]) -> dict[RunId, dict[str, Any]]:
    """Give the rows that count, by run."""
    return {(row["scenario_id"], row["run_number"]): row for row in rows if row["outcome"] in VERDICTS}


VERDICTS = ("success", "failure")


def audit(calm: Sweep, night: Night, books: Books, befell: tuple[int, int]) -> Iterator[Claim]:
    """Give all claims; `befell` is how many troubles there were, of how many that were meant."""
    plan, sweep = night.sweep.plan, night.sweep
    yield Claim("troubles that befell the sweep", *befell, is_exact=True)
    yield Claim("exit code of the last resume", sweep.program.returncode, 0, is_exact=True)
    known, rows = finished(rows_of(calm)), rows_of(sweep)
    yield from accounted(sweep, rows, plan)
    yield from as_calm(calm, night, known, finished(rows))
    yield from paid(night, books)
    yield from bounded(calm.meter, "calm sweep", plan)
    yield from bounded(sweep.meter, "bad night", plan)
    growth = calm.meter.growth()
    yield Claim("calm sweep: live objects of a worker, at four fifths of it by two fifths", growth, GROWTH)


def accounted(sweep: Sweep, rows: list[dict[str, Any]], plan: Plan) -> Iterator[Claim]:
    """Every run has exactly one result, and nothing is left to be done."""
    counts = Counter(
        (row["scenario_id"], row["run_number"]) for row in rows if row["outcome"] != "infrastructure"
    )
    wanted = {(name, run) for name in plan.scenarios for run in range(1, plan.runs + 1)}
    last = {(row["scenario_id"], row["run_number"]): row["outcome"] for row in rows}
    assert sweep.folder is not None
    report = json.loads((sweep.folder / "report.json").read_bytes())
    reported = sum(cell["summary"]["counts"]["runs"] for cell in report["cells"])
    yield Claim("runs with a result", len(wanted & counts.keys()), plan.total, is_exact=True)
    yield Claim("runs in report.json", reported, plan.total, is_exact=True)
    yield Claim("results that stand there twice", sum(counts.values()) - len(counts), 0, is_exact=True)
    yield Claim("results of runs nobody asked for", len(counts.keys() - wanted), 0, is_exact=True)
    left = sum(outcome not in VERDICTS for outcome in last.values())
    yield Claim("runs that are lost to infrastructure or a defect", left, 0, is_exact=True)


def as_calm(
    calm: Sweep, night: Night, known: Mapping[RunId, dict[str, Any]], found: Mapping[RunId, dict[str, Any]]
) -> Iterator[Claim]:
    """What came out is what comes out of a night without troubles."""
    sweep, refused = night.sweep, night.at_risk.get("full disk", 0)
    differ = [key for key in known if told_by(known[key]) != told_by(found.get(key, {}))]
    say_how(differ, known, found)
    yield Claim("rows other than a calm sweep's, byte for byte", len(differ), 0, is_exact=True)
    sampled = random.Random(0).sample(sorted(known), min(SAMPLED, len(known)))
    traces = {key: trace_of(sweep, found.get(key, {})) for key in sampled}
    differ = [key for key, trace in traces.items() if trace and trace != trace_of(calm, known[key])]
    yield Claim(f"traces other than a calm sweep's, of {len(sampled)}", len(differ), 0, is_exact=True)
    missing = sum(not row["trace"] for row in found.values())
    yield Claim("runs whose trace a full disk refused, by those in flight then", missing, refused)
    journals = [key for key in sampled if entries_of(calm, known[key]) != entries_of(sweep, known[key])]
    yield Claim(f"journals other than a calm sweep's, of {len(sampled)}", len(journals), 0, is_exact=True)


def say_how(
    differ: list[RunId], known: Mapping[RunId, dict[str, Any]], found: Mapping[RunId, dict[str, Any]]
) -> None:
    """Say in which fields rows differ, with the first of each."""
    counts: Counter[str] = Counter()
    for key in differ:
        for name in known[key].keys() - OF_THE_NIGHT:
            one, other = known[key][name], found.get(key, {}).get(name)
            if one != other and not counts[name]:
                print(f"  {key}: {name} is {one!r} in the calm sweep, and {other!r}")
            counts[name] += one != other
    if differ:
        print(f"rows differ in {dict(+counts)}")


def told_by(row: Mapping[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in row.items() if name not in OF_THE_NIGHT}).encode()


def trace_of(sweep: Sweep, row: Mapping[str, Any]) -> bytes:
    assert sweep.folder is not None
    return without_wall_times((sweep.folder / row["trace"]).read_bytes()) if row.get("trace") else b""


def entries_of(sweep: Sweep, row: Mapping[str, Any]) -> list[Entry]:
    """Read the journal of a run, its entries by role and ordinal, without wall times and attempts."""
    key = RunKey(row["scenario_id"], row["run_number"], row["config_hash"])
    path = sweep.store / "journals" / key.file_name
    entries = read_contents(path.read_bytes(), key).entries if path.exists() else {}
    return [without_wall(entries[call]) for call in sorted(entries)]


def without_wall(entry: Entry) -> Entry:
    if entry.reply is None:
        return entry
    return replace(entry, reply=replace(entry.reply, latency_seconds=0.0, effort=NO_EFFORT))


# --- what was paid for ----------------------------------------------------------------------------------


def paid(night: Night, books: Books) -> Iterator[Claim]:
    """Every reply that came is on file, apart from those that were under way when something died."""
    recorded: Counter[Call] = Counter()
    for row in finished(rows_of(night.sweep)).values():
        for entry in entries_of(night.sweep, row):
            step = entry.step or str(entry.ordinal)
            recorded[Call(row["scenario_id"], row["run_number"], entry.role, step)] += 1
    aside = list(night.sweep.store.glob("journals/*/*.aside-*"))
    yield Claim("journals that were set aside", len(aside), 0, is_exact=True)
    yield Claim(
        "recorded calls that were never answered", (recorded - books.answered).total(), 0, is_exact=True
    )
    kills, full = night.at_risk.get("kills", 0), night.at_risk.get("full disk", 0)
    lost = (books.answered - recorded).total()
    yield Claim("answered calls that were not recorded, by those in flight at kills", lost, kills + full)
    gone = books.abandoned.total()
    yield Claim("calls given up before the answer, by those in flight at kills", gone, kills)


def lasted(night: Night, calm_seconds: float) -> Iterator[Claim]:
    """Troubles cost their own length, and a minute each."""
    own = sum(told.seconds for told in night.told)
    for item in night.recoveries:
        yield Claim(f"half of the throughput is back: {item.what}", item.seconds, SECONDS_BACK, unit="s")
    bound = calm_seconds + own + SECONDS_BACK * len(night.told)
    yield Claim("all of the night, by the calm sweep, the troubles and a minute each", night.seconds(), bound,
                unit="s")  # fmt: skip


# --- what it takes --------------------------------------------------------------------------------------


def bounded(meter: Meter, where: str, plan: Plan) -> Iterator[Claim]:
    """Descriptors, threads and tasks follow the runs in flight, and do not grow."""
    each = -(-plan.in_flight // plan.workers)
    yield Claim(f"{where}: descriptors of a worker", meter.most("worker", "descriptors"),
                DESCRIPTORS_EACH * each + BESIDES)  # fmt: skip
    yield Claim(f"{where}: tasks of a worker", meter.most_tasks("worker"), TASKS_EACH * each + BESIDES)
    yield Claim(f"{where}: threads of a worker", meter.most("worker", "threads"), THREADS)
    most = meter.most("worker", "megabytes")
    yield Claim(f"{where}: memory of a worker", most, MEGABYTES_EACH * each + MEGABYTES_BESIDES, unit="MB")
    most = meter.most("supervisor", "megabytes")
    yield Claim(f"{where}: memory of the supervisor", most, MEGABYTES_BESIDES, unit="MB")
    yield Claim(f"{where}: descriptors of the supervisor", meter.most("supervisor", "descriptors"), BESIDES)
    yield Claim(f"{where}: tasks of the supervisor", meter.most_tasks("supervisor"), BESIDES)
    yield Claim(f"{where}: threads of the supervisor", meter.most("supervisor", "threads"), THREADS)
