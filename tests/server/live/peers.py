"""Viewers' connections, both ends of them."""

import socket

LONG_S = 20.0


class Peer:
    """One viewer's connection, both ends of it; what has come is read when it is asked for."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._far = socket.create_connection(listener.getsockname())
            self.near, _ = listener.accept()
        self.near.setblocking(False)
        self._far.setblocking(False)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.near.close()
        self._far.close()

    def read(self) -> bytes:
        """What has come by now."""
        found = bytearray()
        try:
            while True:
                found += self._far.recv(1 << 20)
        except BlockingIOError:
            return bytes(found)

    def read_all(self, size: int) -> bytes:
        """So many bytes; waits for them."""
        self._far.settimeout(LONG_S)
        found = b""
        while len(found) < size:
            found += self._far.recv(size - len(found))
        self._far.setblocking(False)
        return found

    def read_to_end(self) -> bytes:
        """All that was sent; nothing may be sent after it."""
        self.near.shutdown(socket.SHUT_WR)
        self._far.settimeout(LONG_S)
        return b"".join(iter(lambda: self._far.recv(1 << 20), b""))
