"""The soak in its small form: sixty runs through a night of troubles, and an audit of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.soak.audit import Claim

ROOT = Path(__file__).parents[1]


def test_a_claim_holds_up_to_its_bound_or_at_it_exactly():
    assert Claim("lost", 3, 3).holds
    assert not Claim("lost", 4, 3).holds
    assert not Claim("complete", 2, 3, is_exact=True).holds
    assert not Claim("back", None, 60).holds


@pytest.mark.long
def test_a_small_sweep_ends_well_whatever_befalls_it():
    command = [sys.executable, "-m", "benchmarks.soak", "--runs", "60", "--in-flight", "20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MISSED" not in done.stdout
    assert len(re.findall(r" ok$", done.stdout, re.MULTILINE)) > 30
