"""What a handler may know about a request beyond its message: who asks, and how the device was reached."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from vedette.security.authentication import ANONYMOUS, Identity
from vedette.wire.soap import Addressing

T = TypeVar("T")


class RequestContext(msgspec.Struct, frozen=True, kw_only=True):
    """One request's circumstances.

    `identity` is who the dispatcher found to be asking; ANONYMOUS for operations that anybody may call.
    `scheme` is `http` or `https`, `host` is `host` or `host:port` as the client wrote it (empty when it
    wrote none). `local_address` is `host:port` of our end, `peer` the client's address without port.
    `path` is the path the request came to. `addressing` holds the WS-Addressing headers; the reference
    parameters among them come from the endpoint reference that was called. `abandoned` waits until the
    client is gone, for requests that are answered late; None where that cannot be told.
    """

    identity: Identity = ANONYMOUS
    scheme: str = "http"
    host: str = ""
    local_address: str = "127.0.0.1:80"
    peer: str = "127.0.0.1"
    path: str = "/onvif/device_service"
    addressing: Addressing = Addressing()
    abandoned: Callable[[], Awaitable[None]] | None = None

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way could read the request."""
        return self.scheme == "https"

    async def while_wanted(self, work: Coroutine[Any, Any, T], otherwise: T) -> T:
        """The result of `work`; as soon as the client is gone it is cancelled, and this is `otherwise`."""
        if self.abandoned is None:
            return await work
        working = asyncio.create_task(work, name=f"work for {self.peer}")
        gone = asyncio.ensure_future(self.abandoned())
        try:
            await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else otherwise
        finally:
            working.cancel()
            gone.cancel()
