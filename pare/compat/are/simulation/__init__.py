"""The names of ``are.simulation``."""
