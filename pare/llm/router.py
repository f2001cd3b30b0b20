"""Several endpoints behind one alias: who takes which call.

A run stays with its endpoint while that is up, since its prompts share a prefix that is cached there. A new
run goes to the endpoint with the fewest calls outstanding, and so does one whose endpoint is away.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from pare.errors import ConfigError
from pare.llm.client import PAUSING, EndpointError
from pare.llm.outage import Outage
from pare.llm.types import NO_EFFORT, CallLabel, Completion, CompletionRequest

MOVED = PAUSING | {"outage"}
"""Kinds that say that an endpoint is away, so that another one takes the call."""

MOST_RUNS = 10_000
"""How many runs are remembered, so that a sweep of any size needs little memory."""


class ReplicaMismatchError(ConfigError):
    """Endpoints behind one alias answer with different models, so a score would not be that of one."""


def check_models(models: Mapping[str, str | None]) -> None:
    """Check that endpoints, by name, agree on the model that they name; None is one that names none.

    Raises:
        ReplicaMismatchError: they do not.
    """
    named = {endpoint: model for endpoint, model in models.items() if model is not None}
    if len(set(named.values())) > 1:
        said = ", ".join(f"{endpoint} names {model!r}" for endpoint, model in named.items())
        raise ReplicaMismatchError(f"endpoints of one alias must serve one model: {said}")


class _Replica:
    """An endpoint, its calls outstanding, and the model that it named last."""

    def __init__(self, outage: Outage) -> None:
        self.outage = outage
        self.outstanding = 0
        self.model: str | None = None


class Router:
    """A policy over the policies of several endpoints; retry belongs outside, so each attempt is routed.

    A call that fails because its endpoint is away goes to another one at once. If none is up, calls wait at
    their endpoints, and go on to whichever comes back first.
    """

    def __init__(self, endpoints: Sequence[Outage]) -> None:
        if not endpoints:
            raise ConfigError("a router needs at least one endpoint")
        self._replicas = [_Replica(endpoint) for endpoint in endpoints]
        self._homes: OrderedDict[tuple[str, int, str], _Replica] = OrderedDict()
        for endpoint in endpoints:
            endpoint.stand_in([other for other in endpoints if other is not endpoint])

    @property
    def outstanding(self) -> dict[str, int]:
        """How many calls each endpoint has."""
        return {replica.outage.endpoint: replica.outstanding for replica in self._replicas}

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`, from one of the endpoints.

        Raises:
            EndpointError: the attempt failed, or all endpoints are away for too long.
            ReplicaMismatchError: the endpoints do not serve one model.
        """
        effort = NO_EFFORT
        while True:
            replica = self._route(request.label)
            try:
                completion = await self._ask(replica, request)
            except EndpointError as error:
                effort += error.effort
                if error.kind not in MOVED or not self._is_any_up:
                    error.effort = effort
                    raise
            else:
                self._agree(replica, completion)
                return completion.after(effort)

    async def _ask(self, replica: _Replica, request: CompletionRequest) -> Completion:
        replica.outstanding += 1
        try:
            return await replica.outage(request)
        finally:
            replica.outstanding -= 1

    @property
    def _is_any_up(self) -> bool:
        return any(replica.outage.is_up for replica in self._replicas)

    def _route(self, label: CallLabel) -> _Replica:
        """Choose an endpoint; one that is away gets a call when it is due to be asked, else none."""
        if self._is_any_up:
            for replica in self._replicas:
                if replica.outage.health.is_probe_due:
                    return replica
        return self._home_of(label)

    def _home_of(self, label: CallLabel) -> _Replica:
        """Give the endpoint that a run stays with, or move it, or find it one."""
        run = (label.scenario_id, label.run_number, label.config_hash)
        home = self._homes.get(run)
        if home is None or (not home.outage.is_up and self._is_any_up):
            up = [replica for replica in self._replicas if replica.outage.is_up] or self._replicas
            home = min(up, key=lambda replica: replica.outstanding)
        self._homes[run] = home
        self._homes.move_to_end(run)
        if len(self._homes) > MOST_RUNS:
            self._homes.popitem(last=False)
        return home

    def _agree(self, replica: _Replica, completion: Completion) -> None:
        """Take the model that a reply names, if the others name no other one; else refuse the reply."""
        if completion.model is None or completion.model == replica.model:
            return
        named = {each.outage.endpoint: each.model for each in self._replicas}
        check_models(named | {replica.outage.endpoint: completion.model})
        replica.model = completion.model
