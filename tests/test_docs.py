"""What the documentation shows is true: its Python runs, its commands work."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_runs(page, tmp_path):
    """All blocks of a page make one program; a block that names a file is saved as that file too."""
    code = "\n".join(blocks(page, "python"))
    program = tmp_path / "program.py"
    program.write_text(code)
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_own_scenario_runs_as_described(tmp_path):
    page = ROOT / "docs" / "scenarios.md"
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mango_chutney.py").write_text(blocks(page, "python")[0])
    command = blocks(page, "bash")[0].strip()
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mango_chutney" in done.stdout
    assert "1 success" in done.stdout
    mutants = run(blocks(page, "bash")[1].strip(), tmp_path)
    assert mutants.returncode == 0, mutants.stdout + mutants.stderr
    assert "mango_chutney" in mutants.stdout


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PARE_CACHE_DIR": str(folder / "store")}
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
