"""The names of ``are.simulation.scenarios.utils``."""
