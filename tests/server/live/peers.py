"""Viewers' connections, both ends of them."""

import socket


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
        found = bytearray()
        try:
            while True:
                found += self._far.recv(1 << 20)
        except BlockingIOError:
            return bytes(found)
