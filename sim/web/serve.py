"""Serving the what-if page on this machine."""

import contextlib
import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import OutputError, ScenarioError
from sim.scenario.scenario import Scenario
from sim.studies.movable import World
from sim.web.asking import question
from sim.web.desk import Desk, causes, loss
from sim.web.worlds import worlds_of

if TYPE_CHECKING:
    from uvicorn import Server

HOST, PORT = "127.0.0.1", 8000
CONNECTIONS = 64
HEAD = 16_384
"""Bytes that the head of a question may have."""
MISSING = "the page needs Starlette and uvicorn, which are not installed: pip install 'supplyshock[web]'"
Say = Callable[[str], None]


def serve(
    *scenarios: str | Path | Scenario,
    host: str = HOST,
    port: int = PORT,
    replications: int | None = None,
    seed: int | None = None,
    knobs: tuple[str, ...] = (),
    ready: Say = print,
    remark: Say = print,
) -> None:
    """Serve the page until it is interrupted; scenarios are files, folders of them, or loaded ones.

    For scripts: a notebook has an event loop of its own, so use `sim serve` in a shell beside it.

    `ready` is told the address once the first answer has been given, `remark` what else to know. Raises ScenarioError
    with what is wrong, OutputError where the port cannot be had, KeyboardInterrupt at the end.
    """
    check_installed()
    worlds, left_out = worlds_of(scenarios, replications=replications, seed=seed, knobs=knobs)
    for line in left_out:
        remark(f"left out: {line}")
    with contextlib.closing(bound(host, port)) as listening:
        run(worlds, listening, host, ready, remark)


def check_installed() -> None:
    """Raises ScenarioError where what serves pages is not installed."""
    try:
        import starlette
        import uvicorn
    except ImportError:
        raise ScenarioError(MISSING) from None
    assert starlette and uvicorn


def run(worlds: dict[str, World], listening: socket.socket, host: str, ready: Say, remark: Say) -> None:
    """Give the first answer of each scenario, so that all is compiled, then serve."""
    from sim.web.app import app_of

    desk = Desk()
    try:
        warm(worlds, desk, remark)
        app = app_of(worlds, desk, names_of(host), any_address=not is_loopback(host))
        server = server_of(app)
        ready(address_of(listening))
        server.run(sockets=[listening])
    finally:
        desk.close()


def server_of(app: object) -> "Server":
    """A server with limits; it says nothing of requests, and nothing of itself to those who ask."""
    from uvicorn import Config, Server

    return Server(
        Config(
            app,  # type: ignore[arg-type]
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=HEAD,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=2,
        )
    )


def warm(worlds: dict[str, World], desk: Desk, remark: Say) -> None:
    """The first answer of each scenario; what cannot be answered is told, and the page will say so too."""
    places = dict[str, str]()
    for key in worlds:
        try:
            places[key] = str(desk.ask(question(worlds, {"s": key}), loss).result()["place"])
        except ScenarioError as error:
            remark(f"{key}: {error}")
    for key, place in list(places.items())[:1]:  # what explains is compiled for all at once
        with contextlib.suppress(ScenarioError):
            desk.ask(question(worlds, {"s": key, "place": place}), causes).result()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens on the port. Raises OutputError where it cannot be had."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OutputError(f"{host} is no address of this machine: {error.strerror or error}") from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen()  # now, so that whoever is told the address, or comes early, waits rather than finds nobody
        return made
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            says = f"port {port} is in use, perhaps by another `sim serve`: choose another with --port {port + 1}"
            raise OutputError(says) from error
        raise OutputError(f"port {port} of {host} cannot be had: {error.strerror or error}") from error


def address_of(listening: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listening.getsockname()[:2]
    name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def names_of(host: str) -> list[str]:
    """What a Host header may say, beside the names of the loopback."""
    shown = f"[{host}]" if ":" in host else host
    return [shown] if is_loopback(host) else [shown, socket.gethostname(), socket.getfqdn()]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    return host in ("localhost", "::1") or host.startswith("127.")
