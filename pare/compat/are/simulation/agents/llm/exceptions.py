"""The names of ``are.simulation.agents.llm.exceptions``."""

from pare.compat.published import EmptyResponseException, PromptTooLongException

__all__ = [
    "EmptyResponseException",
    "PromptTooLongException",
]
