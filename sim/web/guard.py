"""What is refused before anything is looked at: other hosts, other sites, bodies, long addresses; and safe headers.

A page elsewhere could make a browser ask this server (DNS rebinding, images, forms). So the Host header must name this
machine as it was told to be named, and browsers must say that the question comes from the page itself.
"""

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LONGEST_QUERY = 8_192
"""Bytes of the part of an address after `?`."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets through what a browser asks from the page itself, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = (), any_address: bool = False) -> None:
        self.app = app
        self.hosts = {name.lower() for name in (*LOOPBACK, *hosts)}
        self.any_address = any_address
        """Whether any number for a name will do: nobody can make a browser take a number for another's name."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # nothing else is served

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        status, says = self._refusal(scope)
        answering = PlainTextResponse(says, status) if status else self.app
        await answering(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and reason; 0 if there is none."""
        headers = Headers(scope=scope)
        if not self._is_known(host_of(headers.get("host", ""))):
            return 400, "This server does not go by that name.\n"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and scope["path"] != "/":
            return 403, "Only its own page may ask this server.\n"
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "Only GET is answered.\n"
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return 413, "A question has no body.\n"
        if len(scope.get("query_string", b"")) > LONGEST_QUERY:
            return 414, "The address is too long.\n"
        return 0, ""

    def _is_known(self, host: str) -> bool:
        return host in self.hosts or (self.any_address and is_address(host))


def host_of(header: str) -> str:
    """The name in a Host header, without the port."""
    name, colon, port = header.rpartition(":")
    return (name if colon and port.isdigit() and (name.endswith("]") or ":" not in name) else header).lower()


def is_address(host: str) -> bool:
    """Whether it is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
