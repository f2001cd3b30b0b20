"""What becomes of a log line that standard error, which may be a file on a full disk, refuses."""

import errno
import io
from contextlib import redirect_stderr
from pathlib import Path

from pare.executors.job_runner import JobSettings
from pare.logs import LogFiles, get_logger, logging_to
from pare.scenarios.job import Cell, Job
from tests.executors.fleet import config_of, job_runner
from tests.executors.misfits import Task


class FullDisk(io.StringIO):
    """A stream on a full disk."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")


def test_a_log_line_is_written_to_standard_error_as_it_is_then(tmp_path: Path) -> None:
    with logging_to(LogFiles(str(tmp_path))):
        for _ in range(2):
            with redirect_stderr(io.StringIO()) as out:
                get_logger().warning("disk.watched", free=3)
            assert "disk.watched" in out.getvalue()
            assert out.getvalue().endswith("free=3\n")


def test_a_line_that_standard_error_refuses_still_goes_to_the_files(tmp_path: Path) -> None:
    with logging_to(LogFiles(str(tmp_path))), redirect_stderr(FullDisk()):
        get_logger().error("disk.filled")
    assert "disk.filled" in (tmp_path / "sweep.jsonl").read_text()


async def test_a_full_disk_under_trace_and_standard_error_costs_the_trace_and_not_the_result(
    tmp_path: Path,
) -> None:
    (tmp_path / "traces").write_text("a file where a directory should be")
    cell = Cell(config_of())
    settings = JobSettings(traces_dir=tmp_path / "traces")
    async with job_runner([cell], settings, lambda name: Task(scenario_id=name)) as runner:
        with redirect_stderr(FullDisk()):
            row = await runner.run(Job("task", cell))
    assert (row.outcome, row.error, row.trace) == ("success", None, None)
