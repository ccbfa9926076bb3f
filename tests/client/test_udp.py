"""The ports on which a camera's datagrams are taken."""

import asyncio
import random
import socket

import pytest

from vedette.client.rtsp import udp
from vedette.client.rtsp.udp import open_pair


@pytest.mark.parametrize(("kept_bytes", "packets"), [(100 << 10, "some 88 packets"), (4 << 20, "")])
def test_the_operator_is_told_where_the_system_keeps_less_than_a_large_picture(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kept_bytes: int, packets: str
) -> None:
    async def scene() -> None:
        pair = open_pair("127.0.0.1", "127.0.0.1", random.Random(1))
        pair._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, kept_bytes)
        monkeypatch.setattr(udp, "RECEIVE_BUFFER_BYTES", 256 << 10)
        pair.check_room("gate/main")
        pair.close()

    asyncio.run(scene())
    assert packets in caplog.text
    assert bool(packets) is ("gate/main" in caplog.text)
