"""The names of ``are.simulation.data_handler``."""
