"""Host names looked up by the system, without holding up whatever else waits for a thread."""

import asyncio
import contextlib
import socket
import threading
from typing import Any

Found = tuple[int, int, int, str, Any]  # family, kind, protocol, canonical name, socket address


async def look_up(host: str, port: int) -> list[Found]:
    """Where a TCP connection to a host and port may go, as socket.getaddrinfo tells it; raises OSError,
    and UnicodeError for what can be no name.

    Each name has a thread of its own, which nobody waits for at the end: where a name server does not
    answer it takes the system up to half a minute to say so, and a few cameras would take every thread
    that pages, replay and retention share.
    """
    with contextlib.suppress(socket.gaierror):
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Found]] = loop.create_future()

    def settle(addresses: list[Found] | None, problem: Exception | None) -> None:
        if found.done():
            return  # nobody waits for it any more
        if problem is not None:
            found.set_exception(problem)
        else:
            found.set_result(addresses or [])

    def ask() -> None:
        addresses: list[Found] | None = None
        problem: Exception | None = None
        try:
            addresses = list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, addresses, problem)

    threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
    return await found
