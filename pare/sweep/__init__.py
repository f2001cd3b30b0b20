"""Sweeps: a YAML file read into cells of settings, scenarios, and the jobs that both make."""

from pare.sweep.loader import load_sweep
from pare.sweep.noise import unreached
from pare.sweep.problems import Problem, SweepError
from pare.sweep.resolved import Difference, differences, from_resolved, resolved
from pare.sweep.schema import sweep_schema
from pare.sweep.selection import Selection, select
from pare.sweep.sweep import Sweep

__all__ = [
    "Difference",
    "Problem",
    "Selection",
    "Sweep",
    "SweepError",
    "differences",
    "from_resolved",
    "load_sweep",
    "resolved",
    "select",
    "sweep_schema",
    "unreached",
]
