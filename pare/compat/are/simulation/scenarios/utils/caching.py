"""The names of ``are.simulation.scenarios.utils.caching``."""

from pare.compat.cached import (
    CachedScenarioResult,
    get_run_id,
    maybe_load_cached_result,
    write_cached_result,
)
from pare.scenarios.utils.cached_results import clear_cache, get_cache_stats

__all__ = [
    "CachedScenarioResult",
    "clear_cache",
    "get_cache_stats",
    "get_run_id",
    "maybe_load_cached_result",
    "write_cached_result",
]
