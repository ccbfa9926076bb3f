"""A web server on loopback with releases in it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager


@asynccontextmanager
async def served(
    files: Mapping[str, bytes], moved: Mapping[str, str] | None = None, *, cut_bytes: int = 0
) -> AsyncIterator[str]:
    """Its address. `moved` leads paths elsewhere; the last `cut_bytes` of each file do not come."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        content = files.get(path)
        if moved is not None and path in moved:
            writer.write(
                f"HTTP/1.1 302 Found\r\nLocation: {moved[path]}\r\nContent-Length: 0\r\n\r\n".encode()
            )
        elif content is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
            writer.write(content[: len(content) - cut_bytes])
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
