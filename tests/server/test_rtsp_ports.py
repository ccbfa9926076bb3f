"""Pairs of UDP ports towards a viewer."""

import errno
import os
import random
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.link_local import LISTED, link_local

from vedette.server.listener import link_of
from vedette.server.live.viewers import DatagramPort
from vedette.server.rtsp.media import MediaRefused
from vedette.server.rtsp.ports import numbers_of, open_ports


def viewer_at(family: socket.AddressFamily, host: str, scope: int = 0) -> socket.socket:
    """A viewer's socket; skips the test on a machine without IPv6."""
    if family is socket.AF_INET6 and not LISTED.exists():
        pytest.skip("this machine has no IPv6")
    viewer = socket.socket(family, socket.SOCK_DGRAM)
    try:
        viewer.bind((host, 0, 0, scope) if family is socket.AF_INET6 else (host, 0))
    except OSError as error:
        viewer.close()
        if family is not socket.AF_INET6 or error.errno != errno.EADDRNOTAVAIL:
            raise
        pytest.skip(f"this machine has no {host}")
    viewer.settimeout(5.0)
    return viewer


def exchanged(viewer: socket.socket, host: str, link: int = 0) -> None:
    number = viewer.getsockname()[1]
    port = open_ports(host, host, (number, number), random.Random(1), link=link)
    try:
        first, second = numbers_of(port)
        assert (first % 2, second) == (0, first + 1)
        port.rtp.send(b"picture")
        assert viewer.recv(100) == b"picture"
    finally:
        port.close()
        viewer.close()


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_pair_is_connected_to_its_viewer(family: socket.AddressFamily, host: str) -> None:
    exchanged(viewer_at(family, host), host)


def test_a_viewer_on_the_same_link_is_reached() -> None:
    host, scope = link_local()
    exchanged(viewer_at(socket.AF_INET6, host, scope), host, scope)


def test_a_connection_tells_by_which_link_it_came() -> None:
    """An address that two interfaces have, as a bridge and its port, was looked for at the first of them."""
    host, scope = link_local()
    with socket.create_server((host, 0, 0, scope), family=socket.AF_INET6) as server:
        assert link_of(server.getsockname()) == scope
    assert link_of(("::ffff:192.0.2.1", 80, 0, 0)) == link_of(("192.0.2.1", 80)) == 0


def test_a_viewer_that_cannot_be_reached_from_here_is_refused() -> None:
    with pytest.raises(MediaRefused) as refused:
        open_ports("192.0.2.99", "192.0.2.1", (5000, 5001), random.Random(1))
    assert refused.value.status == 461


@contextmanager
def files_left(number: int) -> Iterator[int]:
    """Let this process open so many more files; gives the descriptor that the first of them will be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + number, hard))
    try:
        yield free
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("number", [0, 1])
def test_a_viewer_is_refused_where_the_system_gives_no_more_sockets(number: int) -> None:
    with files_left(number) as free:
        with pytest.raises(MediaRefused) as refused:
            open_ports("127.0.0.1", "127.0.0.1", (5000, 5001), random.Random(1))
        assert refused.value.status == 503
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(free)  # nothing was left open


def test_the_last_quarter_of_the_files_is_left_to_cameras_and_recordings() -> None:
    with files_left(40) as free:
        limit = free + 40
        ports: list[DatagramPort] = []

        def fill() -> None:
            while True:
                ports.append(open_ports("127.0.0.1", "127.0.0.1", (5000, 5001), random.Random(1)))

        with pytest.raises(MediaRefused) as refused:
            fill()
        highest = max((port.rtcp.fileno() for port in ports), default=0)
        for port in ports:
            port.close()
    assert refused.value.status == 503
    assert highest < limit * 3 // 4
