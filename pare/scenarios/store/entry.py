"""An entry: one finished run, as JSON, and the key of its row."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from pare.errors import shown
from pare.llm.journal_lines import RunKey
from pare.scenarios.store.clock import timestamp
from pare.scenarios.store.errors import DamagedEntryError, LaterEntryError

SCHEMA_VERSION: Literal[1] = 1

Name = Annotated[str, Field(min_length=1)]


class StoredResult(BaseModel):
    """A finished run: what it was (`key`, hashes), what answered it (`fingerprint`), and what it came to.

    `result` and `fingerprint` are plain JSON; `written_at` is ISO text in UTC. The hashes are any text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    schema_version: Literal[1] = 1
    scenario_id: Name
    run_number: Annotated[int, Field(ge=1, lt=2**63)]
    config_hash: Name
    scenario_hash: Name
    validator_hash: str = ""
    fingerprint: dict[str, JsonValue] = Field(default_factory=dict)
    written_at: str = Field(default_factory=timestamp)
    result: dict[str, JsonValue]

    @property
    def key(self) -> RunKey:
        """The run."""
        return RunKey(self.scenario_id, self.run_number, self.config_hash)

    @property
    def row_key(self) -> tuple[str, int, str, str]:
        """What the row is found by."""
        return (*self.key, self.scenario_hash)

    def as_value(self) -> dict[str, Any]:
        """Give the entry as plain JSON."""
        return dict(self)


def read_entry(row_key: Any, entry: Any) -> StoredResult:
    """Check the decoded key and value of a row, which may be anything.

    Raises:
        DamagedEntryError: it is not what was written, or belongs to another key.
        LaterEntryError: a later version wrote it.
    """
    version = entry.get("schema_version") if isinstance(entry, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise LaterEntryError(f"schema version {version}")
    try:
        result = _checked(entry)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"])) or "the entry"
        raise DamagedEntryError(shown(f"{place}: {problem['msg']}")) from None
    if list(result.row_key) != row_key:
        raise DamagedEntryError(shown(f"it is the entry of another key: {result.row_key}"))
    return result


def _checked(entry: Any) -> StoredResult:
    """Check an entry; what it holds as JSON came out of JSON, and whoever reads it checks what it means."""
    payload = ("fingerprint", "result")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), dict) for name in payload):
        return StoredResult.model_validate(entry)
    small = StoredResult.model_validate({**entry, "fingerprint": {}, "result": {}})
    return small.model_copy(update={name: entry[name] for name in payload})
