"""The viewer of the bench, against a server of two lines."""

import socket
import threading
from contextlib import closing, contextmanager

import pytest
from bench.viewer import Viewer


@contextmanager
def answering(*chunks):
    """A server that sends these chunks to whoever connects and speaks; gives its URL."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for chunk in chunks:
                    connection.sendall(chunk)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/x"
        thread.join()


def frame(timestamp, *, is_last, channel=0):
    """An interleaved RTP packet of 16 bytes."""
    packet = bytes([0x80, 96 | 0x80 * is_last, 0, 1]) + timestamp.to_bytes(4, "big") + bytes(8)
    return bytes([0x24, channel]) + len(packet).to_bytes(2, "big") + packet


@pytest.mark.parametrize("cut", [1, 3, 50, 61])
def test_media_behind_an_answer_are_kept_wherever_they_are_cut(cut):
    sent = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 7;timeout=60\r\n\r\n"
    sent += frame(90, is_last=False) + frame(0, is_last=True, channel=1) + frame(90, is_last=True)
    with answering(sent[:cut], sent[cut:]) as url, Viewer(url) as viewer:
        reply = viewer.request("PLAY", url)
        packets = list(viewer.packets())
    assert (reply.status, reply.headers["session"]) == (200, "7;timeout=60")
    assert [(each.timestamp, each.is_last) for each in packets] == [(90, False), (90, True)]


def test_a_body_is_read_to_its_length():
    with answering(b"RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n$rest") as url, Viewer(url) as viewer:
        assert viewer.request("DESCRIBE", url).body == "v=0\r\n"


def test_a_server_that_closes_is_a_connection_error():
    with answering() as url, Viewer(url) as viewer, pytest.raises(ConnectionError):
        viewer.request("OPTIONS", url)
