"""The names of ``are.simulation.apps.city``."""

from pare.apps.city import CityApp, CrimeDataPoint

__all__ = [
    "CityApp",
    "CrimeDataPoint",
]
