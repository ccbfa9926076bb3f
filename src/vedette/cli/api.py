"""The recorder's own JSON interface, for the commands that manage it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

from vedette.cli.exits import CommandFailed
from vedette.cli.login import login_at
from vedette.client.addresses import device_address
from vedette.client.auth import Login, Reply, Request, http_flow
from vedette.client.errors import NOT_NOW, TRY_LATER, NotOnvif, Unreachable
from vedette.client.transport import HttpTransport, run_flow
from vedette.contract.faults import NotAuthorized

T = TypeVar("T")
Progressed = Callable[[int, int], None]

EXPORT_TIMEOUT_S = 120.0  # the recorder looks all footage through before it sends the first byte, …
EXPORT_TIMEOUT_S_PER_HOUR = 60.0  # … which takes longer the more footage it holds
PROBLEM_MOST_BYTES = 4096
FILES = (200, 206)
GO_ON_S = 3.0  # after a lost connection …
GO_ON_MOST = 10  # … so often in a row though nothing more came
DONE = {"GET": 200, "POST": 201, "DELETE": 204}  # many another server answers 200 to anything


class Problem(msgspec.Struct):
    """What the interface answers with when it refuses."""

    problem: str = ""


class NotFound(CommandFailed):
    """The recorder has no such thing."""


class _Fetched:
    """What has come of a file so far."""

    def __init__(self, write: Callable[[bytes], object], progressed: Progressed) -> None:
        self.bytes = 0
        self.refusal = b""  # the beginning of what came instead
        self._whole = 0
        self._tag = ""
        self._reply: Reply | None = None
        self._write = write
        self._progressed = progressed

    @property
    def rest(self) -> tuple[tuple[str, str], ...]:
        """The headers that ask for what is missing, none where that cannot be asked for."""
        if not self.bytes or not self._tag:
            return ()
        return (("Range", f"bytes={self.bytes}-"), ("If-Range", self._tag))

    def take(self, part: bytes, reply: Reply) -> None:
        """A part that came with a reply."""
        if reply.status not in FILES:
            self.refusal = (self.refusal + part)[:PROBLEM_MOST_BYTES]
            return
        if reply is not self._reply:
            self._begin(reply)
        self._write(part)
        self.bytes += len(part)
        self._progressed(self.bytes, self._whole)

    def _begin(self, reply: Reply) -> None:
        self._reply = reply
        if self.bytes:
            if not reply.header("content-range").startswith(f"bytes {self.bytes}-"):
                raise CommandFailed(
                    "the footage is no longer what it was before the connection was lost; try again"
                )
            return
        length = reply.header("content-length")
        self._whole = int(length) if length.isdigit() and len(length) < 19 else 0
        self._tag = reply.header("etag")


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
        """Fetch a file of any size that is begun within `answer_timeout_s`; raises as `ask` does.

        Where the connection is lost on the way it goes on from there.
        """
        file, in_vain = _Fetched(write, progressed), 0
        while True:
            known_bytes = file.bytes
            try:
                reply = await self._fetch(path, file, answer_timeout_s)
                break
            except Unreachable:
                in_vain = 0 if file.bytes > known_bytes else in_vain + 1
                if not file.rest or in_vain > GO_ON_MOST:
                    raise
                await asyncio.sleep(GO_ON_S)
        if reply.status not in FILES:
            raise self._refusal(msgspec.structs.replace(reply, body=file.refusal))

    async def _fetch(self, path: str, file: "_Fetched", answer_timeout_s: float) -> Reply:
        # A small request settles the login, and that it is a recorder: nothing else must end up in the file.
        await self.read("/api/cameras", dict[str, object])
        request = Request(method="GET", url=self.base + path)
        headers = (*self.credentials.authorization(request), *file.rest)
        prepared = msgspec.structs.replace(request, headers=headers)
        return await self.transport.download(prepared, file.take, answer_timeout_s=answer_timeout_s)

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
