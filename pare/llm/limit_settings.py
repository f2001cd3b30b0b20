"""What the user sets of an endpoint's limits; the rest is found out."""

from __future__ import annotations

from typing import Self

from pydantic import Field
from pydantic.config import JsonDict

from pare.llm.strict import StrictModel

_TRANSPORT: JsonDict = {"part": "transport"}


class LimitSettings(StrictModel):
    """What the user sets for one endpoint. Without `concurrency` the limit is found out."""

    concurrency: int | None = Field(None, ge=1, json_schema_extra=_TRANSPORT)
    requests_per_minute: float | None = Field(None, gt=0, json_schema_extra=_TRANSPORT)
    tokens_per_minute: float | None = Field(None, gt=0, json_schema_extra=_TRANSPORT)
    initial_concurrency: int = Field(16, ge=1, json_schema_extra=_TRANSPORT)
    max_concurrency: int = Field(1000, ge=1, json_schema_extra=_TRANSPORT)

    def share(self, workers: int) -> Self:
        """Give the part of each of so many workers: together they keep to what is set."""
        if workers == 1:
            return self
        shared = {
            "concurrency": self.concurrency and max(1, self.concurrency // workers),
            "requests_per_minute": self.requests_per_minute and self.requests_per_minute / workers,
            "tokens_per_minute": self.tokens_per_minute and self.tokens_per_minute / workers,
            "initial_concurrency": max(1, self.initial_concurrency // workers),
            "max_concurrency": max(1, self.max_concurrency // workers),
        }
        return self.model_copy(update=shared)


NO_LIMITS = LimitSettings()
"""Nothing is set, all is found out."""
