"""The result store, at its published place, and the published calls that look up and keep a result."""

from pare.llm.journal_lines import RunKey
from pare.scenarios.store.database import Damage
from pare.scenarios.store.entry import SCHEMA_VERSION, StoredResult
from pare.scenarios.store.errors import StoreError
from pare.scenarios.store.filesystem import network_type
from pare.scenarios.store.holders import Holder, Process
from pare.scenarios.store.leases import Lease
from pare.scenarios.store.on_loop import AsyncResultStore, open_store
from pare.scenarios.store.place import Place, config_path, find_place, reset_place, set_place
from pare.scenarios.store.results import DamagedEntry, Verification
from pare.scenarios.store.store import ResultStore, StoreStatus
from pare.scenarios.utils.cached_results import (
    CachedScenarioResult,
    clear_cache,
    get_cache_stats,
    get_run_id,
    maybe_load_cached_result,
    write_cached_result,
)

__all__ = [
    "SCHEMA_VERSION",
    "AsyncResultStore",
    "CachedScenarioResult",
    "Damage",
    "DamagedEntry",
    "Holder",
    "Lease",
    "Place",
    "Process",
    "ResultStore",
    "RunKey",
    "StoreError",
    "StoreStatus",
    "StoredResult",
    "Verification",
    "clear_cache",
    "config_path",
    "find_place",
    "get_cache_stats",
    "get_run_id",
    "maybe_load_cached_result",
    "network_type",
    "open_store",
    "reset_place",
    "set_place",
    "write_cached_result",
]
