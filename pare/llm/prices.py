"""What models cost, by the user's own prices. A price that is not known makes a cost unknown, never 0."""

from __future__ import annotations

from pydantic import ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from pare.llm.strict import StrictModel
from pare.llm.types import Usage

_DISPLAY: JsonDict = {"part": "display"}
_PER_MILLION = 1e-6


class Price(StrictModel):
    """What a million tokens of a model cost, in the user's currency.

    Without `cached_prompt` the cost of calls with cached tokens is unknown.
    """

    prompt: float = Field(ge=0, json_schema_extra=_DISPLAY)
    completion: float = Field(ge=0, json_schema_extra=_DISPLAY)
    cached_prompt: float | None = Field(None, ge=0, json_schema_extra=_DISPLAY)

    def worst(self, prompt_tokens: float, completion_tokens: int) -> float:
        """Give what a call can cost at most; a cached prompt is taken to be the dearer one, if it is."""
        prompt = max(self.prompt, self.cached_prompt or 0.0)
        return (prompt_tokens * prompt + completion_tokens * self.completion) * _PER_MILLION

    def cost(self, usage: Usage) -> float | None:
        """Give the cost of `usage`; None if a price that it takes is unknown."""
        cached = 0.0
        if usage.cached_tokens:
            if self.cached_prompt is None:
                return None
            cached = usage.cached_tokens * self.cached_prompt
        fresh = (usage.prompt_tokens - usage.cached_tokens) * self.prompt
        return (fresh + cached + usage.completion_tokens * self.completion) * _PER_MILLION


class PriceTable(RootModel[dict[str, Price]]):
    """The user's prices, by the model's name on the wire."""

    model_config = ConfigDict(frozen=True)

    root: dict[str, Price] = Field(default_factory=dict, json_schema_extra=_DISPLAY)

    def cost(self, model: str, usage: Usage) -> float | None:
        """Give the cost of `usage` by `model`; None if its price is unknown."""
        price = self.root.get(model)
        return None if price is None else price.cost(usage)


NO_PRICES = PriceTable()
