"""The names of ``are.simulation.data``."""
