"""The names of ``are.simulation.agents``."""
