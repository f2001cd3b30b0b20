"""The result store, at its published place."""

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

__all__ = [
    "SCHEMA_VERSION",
    "AsyncResultStore",
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
    "config_path",
    "find_place",
    "network_type",
    "open_store",
    "reset_place",
    "set_place",
]
