"""``pare endpoint``: a scripted endpoint on this machine, for trying things without a key."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pare.llm.scripted import ScriptedPolicy

USE = """pare endpoint answers at {url}
models: {models}

Any client of OpenAI's chat completions can ask it, with this as its base URL:

  curl {url}/chat/completions -H 'Content-Type: application/json' \\
    -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "hello"}}]}}'

Ctrl-C ends it."""


def endpoint(  # noqa: PLR0913 - each is an option of the command
    host: Annotated[str, typer.Option(help="A loopback address of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8790,
    replies: Annotated[
        Path | None, typer.Option(help="JSON file, a list of texts: served in turn as the model `fixed`.")
    ] = None,
    steps: Annotated[
        Path | None,
        typer.Option(
            help='JSON file, a list of {"tool": …, "arguments": {…}}: called in turn by the model `steps`.'
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="NAME=POLICY: serve a policy under another name. May be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="What `random`, jitter and faults are drawn from.")] = 0,
    latency: Annotated[float, typer.Option(min=0, help="Seconds until a reply.")] = 0.0,
    jitter: Annotated[float, typer.Option(min=0, help="Seconds more or less, at most.")] = 0.0,
    requests_per_minute: Annotated[float | None, typer.Option(help="Rate limit. Default: none.")] = None,
    tokens_per_minute: Annotated[float | None, typer.Option(help="Rate limit. Default: none.")] = None,
    errors: Annotated[float, typer.Option(min=0, max=1, help="Share of calls that get a 500.")] = 0.0,
    rate_limits: Annotated[
        float, typer.Option(min=0, max=1, help="Share of calls that get a 429 for no reason.")
    ] = 0.0,
    drops: Annotated[float, typer.Option(min=0, max=1, help="Share of calls whose connection is cut.")] = 0.0,
    outage_after: Annotated[float, typer.Option(min=0, help="Seconds until an outage begins.")] = 0.0,
    outage_seconds: Annotated[float, typer.Option(min=0, help="How long the outage is. 0: none.")] = 0.0,
    key_variable: Annotated[
        str | None, typer.Option(help="Require the key that this environment variable holds.")
    ] = None,
) -> None:
    """Serve scripted models over HTTP, on this machine only: slow, limited and faulty as you like."""
    from pare.llm.endpoint import Endpoint, EndpointSettings, Faults
    from pare.llm.endpoint_server import EndpointServer, listen

    settings = EndpointSettings(
        models=served_models(seed, read_list(replies), read_list(steps), model or []),
        latency_seconds=latency,
        jitter_seconds=jitter,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        faults=Faults(
            errors=errors,
            rate_limits=rate_limits,
            drops=drops,
            outage_after=outage_after,
            outage_seconds=outage_seconds,
        ),
        key=key_in(key_variable),
        seed=seed,
    )
    server = EndpointServer(
        Endpoint(settings),
        listen(host, port),
        on_start=lambda: print(usage_of(server.url, settings.model_names), flush=True),
        captures_signals=True,
    )
    with suppress(KeyboardInterrupt):
        server.serve_until_interrupted()
    print("ended", flush=True)


def served_models(
    seed: int, replies: list[Any] | None, steps: list[Any] | None, renamed: list[str]
) -> Mapping[str, ScriptedPolicy]:
    """Give the policies by the names of the models that they answer for.

    Raises:
        ConfigError: what a user gave for one of them is wrong.
    """
    from pare.llm.scripted import ScriptedPolicies

    policies = ScriptedPolicies()
    options: dict[str, dict[str, Any]] = {"wait": {}, "random": {"seed": seed}}
    if replies is not None:
        options["fixed"] = {"replies": replies}
    if steps is not None:
        options["steps"] = {"steps": steps}
    served = {name: policies.create(name, **given) for name, given in options.items()}
    return served | dict(renamed_model(text, served) for text in renamed)


def renamed_model(text: str, served: Mapping[str, ScriptedPolicy]) -> tuple[str, ScriptedPolicy]:
    """Read ``NAME=POLICY``.

    Raises:
        ConfigError: it is not that, or the policy is not served.
    """
    from pare.errors import ConfigError, nearest

    name, separator, policy = text.rpartition("=")
    if not (name and separator):
        raise ConfigError(f"--model {text!r} must be NAME=POLICY, as in gpt-4o-mini=random")
    if policy in served:
        return name, served[policy]
    option = {"fixed": "replies", "steps": "steps"}.get(policy)
    hint = f" It needs --{option}." if option else nearest(policy, served)
    raise ConfigError(f"--model {text!r}: no policy {policy!r}.{hint} There are: {', '.join(served)}")


def read_list(file: Path | None) -> list[Any] | None:
    """Read a JSON file that holds a list.

    Raises:
        ConfigError: it cannot be read, or holds something else.
    """
    import orjson

    from pare.errors import ConfigError

    if file is None:
        return None
    try:
        value = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigError(f"cannot read {file}: {error}") from None
    if not isinstance(value, list):
        raise ConfigError(f"{file} must hold a JSON list")
    return value


def key_in(variable: str | None) -> str | None:
    """Read the key that callers must send.

    Raises:
        ConfigError: the variable is not set.
    """
    import os

    from pare.errors import ConfigError

    if variable is None:
        return None
    if not os.environ.get(variable):
        raise ConfigError(
            f"the environment variable {variable} is not set; it should hold the key to require"
        )
    return os.environ[variable]


def usage_of(url: str, models: list[str]) -> str:
    """Say where the endpoint is and how to use it."""
    return USE.format(url=url, models=", ".join(models), model=models[0])
