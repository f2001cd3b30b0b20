"""What is known of providers: where they answer, how they are authenticated, which API they speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Api = Literal["openai", "anthropic"]


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider. Without `url` the user names the endpoint; without `key_variable` no key is needed."""

    url: str | None = None
    key_variable: str | None = None
    api: Api = "openai"
    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"


# Compatible servers ignore parameters they do not know, so an unknown name of the token limit would leave
# a reply without one: only the providers that require the new name get it unasked.
PROVIDERS: Mapping[str, Provider] = MappingProxyType({
    "openai": Provider(
        "https://api.openai.com/v1", "OPENAI_API_KEY", max_tokens_field="max_completion_tokens"
    ),
    "anthropic": Provider(
        "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "anthropic", "x-api-key", auth_scheme=""
    ),
    "azure": Provider(
        None, "AZURE_API_KEY", auth_header="api-key", auth_scheme="", max_tokens_field="max_completion_tokens"
    ),
    "deepseek": Provider("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "fireworks_ai": Provider("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    "gemini": Provider("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "groq": Provider("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "llama-api": Provider("https://api.llama.com/compat/v1", "LLAMA_API_KEY"),
    "mistral": Provider("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "openrouter": Provider("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "together_ai": Provider("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "llamacpp": Provider("http://localhost:8080/v1"),
    "local": Provider(),
    "ollama": Provider("http://localhost:11434/v1"),
    "scripted": Provider(),
    "vllm": Provider("http://localhost:8000/v1"),
})  # fmt: skip
