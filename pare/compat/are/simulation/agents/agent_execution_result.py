"""The names of ``are.simulation.agents.agent_execution_result``."""

from pare.compat.published import AgentExecutionResult

__all__ = [
    "AgentExecutionResult",
]
