"""Draw run.svg, the picture of the README: a sweep in a real terminal, half way through and at its end.

It needs tmux. Run it as `python benchmarks/picture.py`.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "run.svg"
WIDTH, HEIGHT = 100, 60
PROGRESS = 5  # lines of a screen while it runs; what is older stays above
SWEEP = """\
runs: 25
models:
  good: {provider: scripted, model: oracle}
  lazy: {provider: scripted, model: wait}
base: {user: good, seed: 7}
grid: {proactive: [good, lazy]}
limits: {max_concurrent_scenarios: 100}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "two-models.yaml").write_text(SWEEP, encoding="utf-8")
        half, end = screens(Path(directory), "pare run two-models.yaml")
    picture = Console(record=True, width=WIDTH, file=StringIO())
    for line in [*half[:PROGRESS], "", *end]:
        picture.print(Text.from_ansi(line), no_wrap=True, crop=True)
    picture.save_svg(str(PICTURE), title="pare run two-models.yaml")


def screens(directory: Path, command: str) -> tuple[list[str], list[str]]:
    """Give what a terminal shows half way through `command`, and after it, colours as escapes."""
    name = f"pare-{uuid4().hex[:8]}"
    settings = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PARE_CACHE_DIR": str(directory / "store"),
    }
    told = " ".join(f"{key}={shlex.quote(value)}" for key, value in settings.items())
    shell = f"env {told} sh -c '{command}; echo $? > done; sleep 60'"
    tmux("new-session", "-d", "-s", name, "-x", str(WIDTH), "-y", str(HEIGHT), "-c", str(directory), shell)
    try:
        half: list[str] = []
        while not (directory / "done").exists():
            time.sleep(0.2)
            half = chosen(half, shown(name))
        time.sleep(0.5)
        return half, [line for line in shown(name) if line.strip()]
    finally:
        tmux("kill-session", "-t", name)


def chosen(best: list[str], new: list[str]) -> list[str]:
    """Give the screen that is nearer to the middle of the sweep."""
    return min(best, new, key=lambda screen: abs(0.5 - share_done(screen)))


def share_done(screen: list[str]) -> float:
    """Give how far the progress bar is, from what it says ("140 of 2,050"); 2 where there is none."""
    found = re.search(r"━ +([\d,]+) of ([\d,]+)", "".join(Text.from_ansi(line).plain for line in screen))
    done, whole = (int(number.replace(",", "")) for number in found.groups()) if found else (2, 1)
    return done / whole


def shown(name: str) -> list[str]:
    return tmux("capture-pane", "-p", "-e", "-t", name).rstrip().splitlines()


def tmux(*arguments: str) -> str:
    return subprocess.run(["tmux", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
