"""Serving a scripted endpoint with uvicorn: on loopback only, in this process, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from ipaddress import ip_address

import anyio
import uvicorn

from pare.errors import ConfigError
from pare.llm.endpoint import Endpoint

KEEP_ALIVE_SECONDS = 75
BACKLOG = 4096
LONGEST_SHUTDOWN_SECONDS = 2
TICK_SECONDS = 0.1


class EndpointServer(uvicorn.Server):
    """Serves `endpoint` on `listener`; `on_start` is called as soon as it answers.

    With `captures_signals` Ctrl-C ends it, as behoves a program; without, whoever started it does.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        listener: socket.socket,
        *,
        on_start: Callable[[], None],
        captures_signals: bool = False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                endpoint.app,
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=LONGEST_SHUTDOWN_SECONDS,
            )
        )
        self._endpoint = endpoint
        self._listener = listener
        self._on_start = on_start
        self._captures_signals = captures_signals
        self._is_told_to_end = anyio.Event()
        endpoint.drop_connection = self._drop

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return url_of(self._listener)

    def serve_until_interrupted(self) -> None:
        """Serve in an event loop of its own, until Ctrl-C.

        Raises:
            KeyboardInterrupt: it came; everything is closed.
        """
        self.run(sockets=[self._listener])

    def end(self) -> None:
        """End as soon as possible."""
        self.should_exit = True
        self._is_told_to_end.set()

    async def main_loop(self) -> None:
        """Tick as uvicorn does, but without waiting for a last tick."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with anyio.move_on_after(TICK_SECONDS):
                await self._is_told_to_end.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is still waiting, and close all connections."""
        self._endpoint.stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals of a process alone that is not ours."""
        with super().capture_signals() if self._captures_signals else nullcontext():
            yield

    def _drop(self, client: object) -> None:
        """Cut the connection of the client at that address, without a word."""
        for protocol in list(self.server_state.connections):
            if getattr(protocol, "client", None) == client:
                protocol.transport.abort()


@asynccontextmanager
async def served(endpoint: Endpoint, listener: socket.socket) -> AsyncIterator[str]:
    """Serve `endpoint` on `listener` in the running event loop; give its base URL."""
    started = anyio.Event()
    server = EndpointServer(endpoint, listener, on_start=started.set)

    async def serve() -> None:
        with anyio.CancelScope(shield=True):  # ends by itself, within LONGEST_SHUTDOWN_SECONDS
            await server.serve([listener])

    failure: BaseException | None = None
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(serve)
            try:
                await started.wait()
                yield server.url
            finally:
                server.end()
    except BaseExceptionGroup as failures:  # what the caller's block raises is the caller's, not a group
        failure = failures.exceptions[0] if len(failures.exceptions) == 1 else failures
    if failure is not None:
        raise failure


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Open a listening socket on a loopback address; port 0 takes a free one.

    Raises:
        ConfigError: the host is not this machine's own, or the port is taken.
    """
    address = loopback_address(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns off Nagle's algorithm only where the protocol is named; with it a reply takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except (OSError, OverflowError) as error:
        listener.close()
        hint = "--port 0 takes a free one"
        raise ConfigError(f"cannot listen on {address} port {port} ({error}); {hint}") from None
    return listener


def loopback_address(host: str) -> str:
    """Give the address of a loopback host.

    Raises:
        ConfigError: others could reach it there.
    """
    try:
        address = "127.0.0.1" if host == "localhost" else host
        if ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise ConfigError(
        f"the endpoint serves this machine only: the host must be 127.0.0.1, ::1 or localhost, not {host!r}"
    )


def url_of(listener: socket.socket) -> str:
    """Give the base URL of the endpoint on `listener`."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
