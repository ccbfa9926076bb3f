"""The rival of the scenario `requests`: asyncio and h11 and nothing else, always the same answer.

`python -m bench.h11_echo PORT FILE` answers every request with the bytes of FILE until it is stopped.
"""

import asyncio
import sys
from pathlib import Path

import h11


class Echo(asyncio.Protocol):
    """One connection."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._connection = h11.Connection(h11.SERVER)
        self._headers = [
            ("Content-Type", "application/soap+xml; charset=utf-8"),
            ("Content-Length", str(len(content))),
        ]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        connection = self._connection
        connection.receive_data(data)
        while (event := connection.next_event()) is not h11.NEED_DATA and event is not h11.PAUSED:
            if isinstance(event, h11.ConnectionClosed):
                self._transport.close()
                return
            if isinstance(event, h11.EndOfMessage):
                response = h11.Response(status_code=200, headers=self._headers)
                parts = [connection.send(response), connection.send(h11.Data(self._content))]
                parts.append(connection.send(h11.EndOfMessage()))
                self._transport.write(b"".join(part for part in parts if part))
                connection.start_next_cycle()


async def serve(port: int, content: bytes) -> None:
    """Answer until cancelled."""
    server = await asyncio.get_running_loop().create_server(lambda: Echo(content), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
