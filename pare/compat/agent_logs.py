"""What an agent notes, as entries of a world log under their published names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from pare.kernel.world_log import ActionLog, BaseAgentLog

__all__ = [
    "ActionLog",
    "AgentUserInterfaceLog",
    "BaseAgentLog",
    "EndTaskLog",
    "EnvironmentNotificationLog",
    "ErrorLog",
    "FactsLog",
    "FinalAnswerLog",
    "HintLog",
    "LLMInputLog",
    "LLMOutputFactsLog",
    "LLMOutputPlanLog",
    "LLMOutputThoughtActionLog",
    "ObservationLog",
    "PlanLog",
    "RationaleLog",
    "RefactsLog",
    "ReplanLog",
    "StepLog",
    "StopLog",
    "SubagentLog",
    "SystemPromptLog",
    "TaskLog",
    "TaskReminderLog",
    "ThoughtLog",
    "ToolCallLog",
]


@dataclass
class _TextLog(BaseAgentLog):
    content: str


@dataclass
class _TextAndFilesLog(_TextLog):
    attachments: list[Any] = field(default_factory=list)

    def get_content_for_llm_no_attachment(self) -> str | None:
        """Give the text alone."""
        return self.content


@dataclass
class _ReplyLog(_TextLog):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    reasoning_tokens: int = 0
    completion_duration: float = 0.0


@dataclass
class SystemPromptLog(_TextLog):
    """The system prompt."""

    log_type: ClassVar[str] = "system_prompt"


@dataclass
class TaskLog(_TextAndFilesLog):
    """A task that the agent was given."""

    log_type: ClassVar[str] = "task"


@dataclass
class LLMOutputThoughtActionLog(_ReplyLog):
    """A reply of the model."""

    log_type: ClassVar[str] = "llm_output"


@dataclass
class LLMOutputPlanLog(_ReplyLog):
    """A reply of the model that plans."""

    log_type: ClassVar[str] = "llm_output_plan"


@dataclass
class LLMOutputFactsLog(_ReplyLog):
    """A reply of the model that states facts."""

    log_type: ClassVar[str] = "llm_output_facts"


@dataclass
class RationaleLog(_TextLog):
    """Why the agent does something."""

    log_type: ClassVar[str] = "rationale"


@dataclass
class ObservationLog(_TextAndFilesLog):
    """What a call gave."""

    log_type: ClassVar[str] = "observation"


@dataclass
class FinalAnswerLog(_TextAndFilesLog):
    """The answer of the agent."""

    log_type: ClassVar[str] = "final_answer"


@dataclass
class ThoughtLog(_TextLog):
    """A thought of the agent."""

    log_type: ClassVar[str] = "thought"


@dataclass
class PlanLog(_TextLog):
    """A plan of the agent."""

    log_type: ClassVar[str] = "plan"


@dataclass
class FactsLog(_TextLog):
    """Facts that the agent holds."""

    log_type: ClassVar[str] = "facts"


@dataclass
class ReplanLog(_TextLog):
    """A new plan of the agent."""

    log_type: ClassVar[str] = "replan"


@dataclass
class RefactsLog(_TextLog):
    """New facts that the agent holds."""

    log_type: ClassVar[str] = "refacts"


@dataclass
class StopLog(_TextLog):
    """The end of an agent."""

    log_type: ClassVar[str] = "stop"


@dataclass
class AgentUserInterfaceLog(_TextLog):
    """A message to or from the user."""

    log_type: ClassVar[str] = "agent_user_interface"


@dataclass
class EnvironmentNotificationLog(_TextLog):
    """What the agent was told of its phone."""

    log_type: ClassVar[str] = "environment_notifications"


@dataclass
class HintLog(_TextLog):
    """A hint."""

    log_type: ClassVar[str] = "hint"


@dataclass
class TaskReminderLog(_TextLog):
    """A reminder of the task."""

    log_type: ClassVar[str] = "task_reminder"


@dataclass
class LLMInputLog(BaseAgentLog):
    """What the model was asked."""

    log_type: ClassVar[str] = "llm_input"

    content: list[dict[str, Any]]

    def get_content_for_llm(self) -> str | None:
        """Give nothing: it is what the model was given."""
        return None


@dataclass
class ToolCallLog(BaseAgentLog):
    """A call of the agent."""

    log_type: ClassVar[str] = "tool_call"

    tool_name: str
    tool_arguments: Any


@dataclass
class StepLog(BaseAgentLog):
    """A step of the agent."""

    log_type: ClassVar[str] = "step"

    iteration: int


@dataclass
class SubagentLog(BaseAgentLog):
    """What another agent noted on behalf of this one."""

    log_type: ClassVar[str] = "subagent"

    group_id: str
    children: list[BaseAgentLog]
    name: str | None = None


@dataclass
class ErrorLog(BaseAgentLog):
    """An error that the agent met."""

    log_type: ClassVar[str] = "error"

    error: str
    exception: str
    category: str
    agent: str

    def get_content_for_llm(self) -> str | None:
        """Give the error."""
        return self.error


@dataclass
class EndTaskLog(BaseAgentLog):
    """The end of a task."""

    log_type: ClassVar[str] = "end_task"
