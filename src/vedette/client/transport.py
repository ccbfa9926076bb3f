"""Carries HTTP requests to a device: over the network, or inside one process."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx2
import msgspec

from vedette.base.errors import LimitExceeded
from vedette.client.auth import Flow, Reply, Request
from vedette.client.errors import ConnectionClosed, Unreachable, Untrusted
from vedette.client.trust import is_spoken, said_of_handshake, said_of_tls, tls_context

BODY_MOST_BYTES = 64 << 20
CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 20.0
CONNECT_RETRIES = 1  # of connecting only, before anything was sent
SLOWEST_BYTES_PER_S = 1024  # an answer that comes more slowly than that is not waited for
KEPT_ALIVE_S = 4.0  # many devices close a silent connection after 5 s

# Whatever fails. What TLS says after the handshake comes as it is: so a server of TLS 1.3 refuses us.
HTTP_TROUBLE = (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError)

# Of a kept connection: closed in good order, or by a reset.
_BROKEN = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)

_NO_WAY = "is the address right, and this machine in a network that leads there?"
_ADVICE = {
    errno.ENETUNREACH: _NO_WAY,
    errno.EHOSTUNREACH: _NO_WAY,
    errno.EINVAL: "a link-local address takes the name of its interface, as in http://[fe80::7%25eth0]",
}

TakePart = Callable[[bytes, Reply], None]  # and the reply as far as it is known: all but its body


class Transport(Protocol):
    """Whatever brings a request to a device and its reply back."""

    async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
        """The reply; raises Unreachable, or LimitExceeded for a reply beyond BODY_MOST_BYTES.

        `answer_timeout_s` is how long it may be silent, and how long the whole may take beyond connecting and
        what its size takes at SLOWEST_BYTES_PER_S. `is_repeatable` allows a second try when a connection
        kept from before turns out to be closed.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


def no_cookies() -> CookieJar:
    """Keeps none: whoever answers could have us send what is no ASCII, which fails, and ever more of it."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=()))


def _carrier(*, tls: ssl.SSLContext | bool) -> httpx2.AsyncHTTPTransport:
    return httpx2.AsyncHTTPTransport(
        verify=tls,
        trust_env=False,
        limits=httpx2.Limits(max_connections=8, keepalive_expiry=KEPT_ALIVE_S),
        retries=CONNECT_RETRIES,
    )


def tls_trouble(error: BaseException | None) -> ssl.SSLError | None:
    """What TLS had to say, where that is why an HTTP request failed."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


class _Secure(httpx2.AsyncBaseTransport):
    """Carries https. To read the system's authorities takes longer than most requests: not before one."""

    def __init__(self, *, verify: bool) -> None:
        self._verify = verify
        self._carrier: httpx2.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._carrier is None:
            self._carrier = _carrier(tls=tls_context(verify=self._verify))
        return await self._carrier.handle_async_request(request)

    async def aclose(self) -> None:
        if self._carrier is not None:
            await self._carrier.aclose()


class HttpTransport:
    """Over the network. Proxies of the environment are not used: devices are near."""

    def __init__(
        self,
        *,
        verify_tls: bool = True,
        ca_file: Path | None = None,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        self._connect_timeout_s = connect_timeout_s
        secure: httpx2.AsyncBaseTransport = _Secure(verify=verify_tls)
        if ca_file is not None:
            secure = _carrier(tls=tls_context(verify=verify_tls, ca_file=ca_file))
        self._client = httpx2.AsyncClient(
            mounts={"https://": secure},
            transport=_carrier(tls=False),
            trust_env=False,
            cookies=no_cookies(),
            headers={"User-Agent": "Vedette", "Accept-Encoding": "gzip, deflate"},
        )

    async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
        """See `Transport`."""
        if self._client.is_closed:
            raise ConnectionClosed(f"the connection to {request.url} was closed on this side")
        try:
            return await self._send(request, answer_timeout_s)
        except _BROKEN as error:
            if not is_repeatable:
                raise _unreachable(request.url, error) from error
        except HTTP_TROUBLE as error:
            raise _unreachable(request.url, error) from error
        try:
            return await self._send(request, answer_timeout_s)
        except HTTP_TROUBLE as error:
            raise _unreachable(request.url, error) from error

    async def _send(self, request: Request, answer_timeout_s: float) -> Reply:
        body = bytearray()

        def gather(part: bytes, _: Reply) -> None:
            body.extend(part)
            if len(body) > BODY_MOST_BYTES:
                raise LimitExceeded(f"{request.url} answers with more than {BODY_MOST_BYTES} bytes")

        loop = asyncio.get_running_loop()
        # Connecting has its own limit, at each try.
        patience_s = answer_timeout_s + self._connect_timeout_s * (1 + CONNECT_RETRIES)
        end_s = loop.time() + patience_s + len(request.body) / SLOWEST_BYTES_PER_S

        def prolong(received: int) -> None:
            limit.reschedule(end_s + received / SLOWEST_BYTES_PER_S)

        try:
            async with asyncio.timeout_at(end_s) as limit:
                reply = await self._receive(request, answer_timeout_s, gather, prolong)
        except TimeoutError:
            raise Unreachable(f"{request.url}: connected, but the answer is not whole in time") from None
        return msgspec.structs.replace(reply, body=bytes(body))

    async def _receive(
        self,
        request: Request,
        answer_timeout_s: float,
        take: TakePart,
        came: Callable[[int], None] = lambda _: None,
    ) -> Reply:
        timeout = httpx2.Timeout(answer_timeout_s, connect=self._connect_timeout_s)
        async with self._client.stream(
            request.method,
            request.url,
            headers=_header_bytes([*request.headers, *_host_without_zone(request.url)]),
            content=request.body or None,
            timeout=timeout,
            follow_redirects=False,
        ) as response:
            headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
            challenges = tuple(
                ("www-authenticate", value.decode("utf-8", "surrogateescape"))
                for name, value in response.headers.raw
                if name.lower() == b"www-authenticate"
            )
            if challenges:  # what is hashed, and goes back, are their very bytes
                headers = (*(each for each in headers if each[0] != "www-authenticate"), *challenges)
            reply = Reply(status=response.status_code, headers=headers)
            async for part in response.aiter_bytes():
                take(part, reply)
                came(response.num_bytes_downloaded)
            return reply

    async def download(self, request: Request, take: TakePart, *, answer_timeout_s: float) -> Reply:
        """Fetch something of any size, part by part; raises Unreachable.

        `take` is called with each part, and with the reply without its body.
        """
        try:
            return await self._receive(request, answer_timeout_s, take)
        except HTTP_TROUBLE as error:
            raise _unreachable(request.url, error) from error

    async def aclose(self) -> None:
        """See `Transport`."""
        await self._client.aclose()


class LoopbackTransport:
    """Inside one process: requests go to a function, so that client and device need no socket."""

    def __init__(self, answer: Callable[[Request], Awaitable[Reply]]) -> None:
        self._answer = answer

    async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
        """See `Transport`."""
        return await self._answer(request)

    async def aclose(self) -> None:
        """Nothing to close."""


async def run_flow(
    flow: Flow,
    transport: Transport,
    *,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
    is_repeatable: bool = False,
) -> Reply:
    """Let a login flow have its way; returns the reply it ends with."""
    request = next(flow)
    while True:
        reply = await transport.send(request, answer_timeout_s=answer_timeout_s, is_repeatable=is_repeatable)
        try:
            request = flow.send(reply)
        except StopIteration as end:
            ended: Reply = end.value
            return ended


def _header_bytes(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Names and realms may hold any letters: UTF-8, and bytes that were none as they were."""
    return [(name.encode("ascii"), value.encode("utf-8", "surrogateescape")) for name, value in headers]


def _host_without_zone(url: str) -> list[tuple[str, str]]:
    """The header for an address with a zone, which means something on this machine alone (RFC 6874 §4)."""
    place = urlsplit(url).netloc.rpartition("@")[2]
    host, mark, rest = place.partition("%")
    if not mark or not host.startswith("["):
        return []
    return [("Host", f"{host}]{rest.partition(']')[2]}")]


def _has_no_address(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, socket.gaierror):
        error = error.__cause__ or error.__context__
    return error is not None


def _system_error(error: BaseException | None) -> int:
    """The system's number for why connecting failed, 0 where there is none; of several addresses the last."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[-1]
        else:
            error = error.__cause__ or error.__context__
    return 0


def _unreachable(url: str, error: Exception) -> Unreachable:
    text = str(error)
    match error:
        case httpx2.ConnectTimeout():
            why = "nobody answers; is the address right and the device on?"
        case httpx2.TimeoutException():
            why = "connected, but no answer came in time"
        case _ if isinstance(error, _BROKEN):
            why = f"the connection broke{text and f': {text}'}"
        case ssl.SSLError():
            why = f"the connection broke: {said_of_tls(error)}"
        case httpx2.ConnectError() if (refusal := tls_trouble(error)) is not None and is_spoken(refusal):
            why = said_of_handshake(refusal)
        case httpx2.ConnectError() if "certificate" in text.lower():
            return Untrusted(f"{url}: its certificate is not trusted ({text})")
        case httpx2.ConnectError() if "ssl" in text.lower():
            why = f"no TLS there ({text}); try http://"
        case httpx2.ConnectError() if _has_no_address(error):
            why = f"no address is known for that name ({text}); is it spelt right?"
        case httpx2.ConnectError():
            number = _system_error(error)
            told = os.strerror(number) if number else text or "refused"
            why = f"cannot connect ({told}); {_ADVICE.get(number, 'is the port right?')}"
        case _:
            why = text or type(error).__name__
    return Unreachable(f"{url}: {why}")
