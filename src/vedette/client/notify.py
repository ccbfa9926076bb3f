"""Posts notifications to those who subscribed, at addresses that were looked up once."""

import asyncio
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx2

from vedette.base.errors import VedetteError
from vedette.client.transport import HTTP_TROUBLE, no_cookies, tls_trouble
from vedette.client.trust import said_of_handshake, telling

TIMEOUT_S = 10.0  # without a byte
WHOLE_S = 30.0  # for a message and its answer, however steadily they go
CONNECTIONS_MOST = 40  # more than there are subscriptions, since ended ones may finish a message


class NotDelivered(VedetteError):
    """A notification did not arrive; the message says why."""


class NotifyClient:
    """Sends to the address that was looked up, whatever the name stands for by then, and to no other.

    Certificates of HTTPS consumers have to be known to the system, or by `tls`, for the name in the URL.
    """

    def __init__(
        self, *, timeout_s: float = TIMEOUT_S, whole_s: float = WHOLE_S, tls: ssl.SSLContext | None = None
    ) -> None:
        self._whole_s = whole_s
        self._client = httpx2.AsyncClient(
            transport=httpx2.AsyncHTTPTransport(
                verify=telling(tls or httpx2.create_ssl_context(trust_env=False)),
                trust_env=False,
                limits=httpx2.Limits(max_connections=CONNECTIONS_MOST),
            ),
            trust_env=False,
            timeout=timeout_s,
            cookies=no_cookies(),
            headers={"User-Agent": "Vedette"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, url: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post to `url` at the IP address `address`; raises NotDelivered. The answer's body is not read."""
        split = urlsplit(url)
        host = f"[{address}]" if ":" in address else address
        port = f":{split.port}" if split.port else ""
        target = split._replace(netloc=f"{host}{port}", fragment="").geturl()
        named = {**headers, "Host": split.netloc.rpartition("@")[2]}
        extensions = {"sni_hostname": split.hostname or ""} if split.scheme == "https" else {}
        try:
            async with (
                asyncio.timeout(self._whole_s),
                self._client.stream(
                    "POST", target, content=body, headers=named, extensions=extensions, follow_redirects=False
                ) as response,
            ):
                if not response.is_success:
                    raise NotDelivered(f"{url} answers {response.status_code}")
        except TimeoutError as error:
            raise NotDelivered(f"{url}: it took longer than {self._whole_s:.0f} s") from error
        except HTTP_TROUBLE as error:
            refusal = tls_trouble(error)
            why = str(error) if refusal is None else said_of_handshake(refusal)
            raise NotDelivered(f"{url}: {why or type(error).__name__}") from error
