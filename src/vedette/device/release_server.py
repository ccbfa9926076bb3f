"""Fetches releases of this program from the server that the operator names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.client.transport import HTTP_TROUBLE, no_cookies
from vedette.client.trust import tls_context

SUFFIX = ".release"
CONNECT_TIMEOUT_S = 10.0
SILENCE_TIMEOUT_S = 30.0
FETCH_MOST_S = 3600.0
REDIRECTS_MOST = 5
_HEADERS = {"User-Agent": "Vedette", "Accept-Encoding": "identity"}


class ReleaseUnavailable(VedetteError):
    """The server does not give the release; the message says why."""


def address_problem(address: str) -> str:
    """What keeps an address from being that of a release server; nothing where it is one."""
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        return f"{address!r}: {error}"
    if parts.scheme not in ("http", "https") or not has_place:
        return f"{address!r} is no http:// or https:// address"
    if parts.username is not None or parts.query or parts.fragment:
        return f"{address!r} has a login, a query or a fragment, which have no place there"
    return ""


class ReleaseServer:
    """A folder of releases on a web server; a release is there as `vedette-<version>.release`.

    Certificates are checked against the system's authorities. Proxies of the environment are not used.
    """

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address.rstrip("/")
        self._clock = clock

    @asynccontextmanager
    async def release(self, version: str) -> AsyncIterator[tuple[AsyncIterator[bytes], int]]:
        """The pieces of a release's archive, and its size in bytes, 0 where that is not told.

        `version` must be digits and dots. Raises ReleaseUnavailable, also while the pieces are read.
        """
        url = f"{self._address}/vedette-{version}{SUFFIX}"
        tls = await asyncio.to_thread(tls_context)
        until_s = self._clock.monotonic_s() + FETCH_MOST_S
        try:
            async with httpx2.AsyncClient(
                transport=httpx2.AsyncHTTPTransport(verify=tls, trust_env=False),
                timeout=httpx2.Timeout(SILENCE_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                trust_env=False,
                cookies=no_cookies(),
                headers=_HEADERS,
            ) as client:
                response = await _found(client, url)
                try:
                    length = response.headers.get("content-length", "")
                    size_bytes = int(length) if length.isdigit() and len(length) < 19 else 0
                    yield self._pieces(response, until_s), size_bytes
                finally:
                    await response.aclose()
        except HTTP_TROUBLE as error:
            raise ReleaseUnavailable(f"{url}: {str(error) or type(error).__name__}") from error

    async def _pieces(self, response: httpx2.Response, until_s: float) -> AsyncIterator[bytes]:
        async for piece in response.aiter_raw():
            if self._clock.monotonic_s() > until_s:
                raise ReleaseUnavailable(f"{response.url}: not all of it came within {FETCH_MOST_S:.0f} s")
            yield piece


async def _found(client: httpx2.AsyncClient, url: str) -> httpx2.Response:
    """The open response that has the release; redirects are followed within the scheme of `url`."""
    request = client.build_request("GET", url)
    scheme = request.url.scheme
    for _ in range(REDIRECTS_MOST + 1):
        response = await client.send(request, stream=True, follow_redirects=False)
        if response.status_code == 200:
            return response
        await response.aclose()
        if response.next_request is None:
            raise ReleaseUnavailable(f"{url}: the server answers {response.status_code}")
        request = response.next_request
        if request.url.scheme != scheme:
            raise ReleaseUnavailable(f"{url}: leads to {request.url.scheme}, not {scheme}")
    raise ReleaseUnavailable(f"{url}: leads on and on")
