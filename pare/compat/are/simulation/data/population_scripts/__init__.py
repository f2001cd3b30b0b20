"""The names of ``are.simulation.data.population_scripts``."""
