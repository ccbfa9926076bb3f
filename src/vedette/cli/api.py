"""The recorder's own JSON interface, for the commands that manage it."""

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

from vedette.cli.exits import CommandFailed
from vedette.cli.login import login_at
from vedette.client.addresses import device_address
from vedette.client.auth import Login, Reply, Request, http_flow
from vedette.client.errors import NOT_NOW, TRY_LATER, NotOnvif
from vedette.client.transport import HttpTransport, run_flow
from vedette.contract.faults import NotAuthorized

T = TypeVar("T")
Progressed = Callable[[int, int], None]

EXPORT_TIMEOUT_S = 120.0  # the recorder looks all footage through before it sends the first byte, …
EXPORT_TIMEOUT_S_PER_HOUR = 60.0  # … which takes longer the more footage it holds
PROBLEM_MOST_BYTES = 4096
DONE = {"GET": 200, "POST": 201, "DELETE": 204}  # many another server answers 200 to anything


class Problem(msgspec.Struct):
    """What the interface answers with when it refuses."""

    problem: str = ""


class NotFound(CommandFailed):
    """The recorder has no such thing."""


class RecorderApi:
    """A running recorder, spoken to below `/api/`."""

    def __init__(self, base: str, credentials: Login, transport: HttpTransport) -> None:
        self.base = base
        self.credentials = credentials
        self.transport = transport

    async def ask(self, method: str, path: str, body: object = None) -> Reply:
        """Send a request; raises Unreachable, NotAuthorized, NotOnvif, or CommandFailed with the refusal."""
        content = b"" if body is None else msgspec.json.encode(body)
        headers = (("Content-Type", "application/json"),) if content else ()
        url = self.base + path
        request = Request(method=method, url=url, headers=headers, body=content)
        reply = await run_flow(http_flow(self.credentials, request), self.transport)
        if reply.status in (401, 403):
            raise NotAuthorized(_login_hint(self.credentials, self.base))
        if reply.status == DONE[method]:
            return reply
        raise self._refusal(reply)

    async def read(self, path: str, kind: type[T]) -> T:
        """Fetch a document of that type."""
        reply = await self.ask("GET", path)
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except msgspec.MsgspecError as error:
            raise NotOnvif(f"{self.base}{path} is not what a Vedette recorder answers: {error}") from error

    async def download(
        self, path: str, write: Callable[[bytes], object], progressed: Progressed, *, answer_timeout_s: float
    ) -> None:
        """Fetch a file of any size that is begun within `answer_timeout_s`; raises as `ask` does."""
        # A small request settles the login, and that it is a recorder: nothing else must end up in the file.
        await self.read("/api/cameras", dict[str, object])
        request = Request(method="GET", url=self.base + path)
        headers = self.credentials.authorization(request)
        received = 0
        start = bytearray()

        def take(part: bytes, whole: int) -> None:
            nonlocal received
            received += len(part)
            if len(start) < PROBLEM_MOST_BYTES:
                start.extend(part)
            write(part)
            progressed(received, whole)

        prepared = msgspec.structs.replace(request, headers=headers)
        reply = await self.transport.download(prepared, take, answer_timeout_s=answer_timeout_s)
        if reply.status != 200:
            raise self._refusal(msgspec.structs.replace(reply, body=bytes(start)))

    def _refusal(self, reply: Reply) -> Exception:
        try:
            problem = msgspec.json.decode(reply.body, type=Problem).problem
        except msgspec.MsgspecError:
            if reply.status in NOT_NOW:
                return NotOnvif(f"{self.base} answers with status {reply.status}: {TRY_LATER}")
            return NotOnvif(f"{self.base} is no Vedette recorder (status {reply.status}): is the port right?")
        refused = NotFound if reply.status == 404 else CommandFailed
        return refused(problem or f"the recorder answers with status {reply.status}")


def _login_hint(credentials: Login, base: str) -> str:
    if not credentials.has_credentials:
        return f"{base} wants a login: give --user and --password, or VEDETTE_USER and VEDETTE_PASSWORD"
    if not credentials.password:
        return f"{base} wants the password of {credentials.user!r}: give --password, or VEDETTE_PASSWORD"
    why = "wrong password, not an administrator, or locked out for a while after wrong passwords"
    return f"{base} refuses user {credentials.user!r}: {why}"


@asynccontextmanager
async def recorder_api(address: str, arguments: argparse.Namespace) -> AsyncIterator[RecorderApi]:
    """The interface of the recorder at a host, host:port or URL."""
    where = device_address(address)
    user, password = login_at(where, arguments)
    parts = urlsplit(where.url)
    transport = HttpTransport(verify_tls=not arguments.insecure, ca_file=arguments.ca)
    try:
        yield RecorderApi(
            urlunsplit((parts.scheme, parts.netloc, "", "", "")), Login(user, password), transport
        )
    finally:
        await transport.aclose()
