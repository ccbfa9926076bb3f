"""Pairs of UDP ports towards a viewer."""

import random
import socket
from ipaddress import IPv6Address
from pathlib import Path

import pytest

from vedette.server.rtsp.media import MediaRefused
from vedette.server.rtsp.ports import numbers_of, open_ports


def link_local() -> tuple[str, int]:
    """A link-local address of this machine, and its interface's number."""
    listed = Path("/proc/net/if_inet6")
    for line in listed.read_text(encoding="ascii").splitlines() if listed.exists() else ():
        digits, index, *_ = line.split()
        address = IPv6Address(bytes.fromhex(digits))
        if address.is_link_local:
            return str(address), int(index, 16)
    pytest.skip("no interface has a link-local address")


def viewer_at(family: socket.AddressFamily, host: str, scope: int = 0) -> socket.socket:
    """A viewer's socket; skips the test on a machine without that address."""
    try:
        viewer = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        pytest.skip(f"{host}: {error.strerror}")
    try:
        viewer.bind((host, 0, 0, scope) if family is socket.AF_INET6 else (host, 0))
    except OSError as error:
        viewer.close()
        pytest.skip(f"{host}: {error.strerror}")
    viewer.settimeout(5.0)
    return viewer


def exchanged(viewer: socket.socket, host: str) -> None:
    number = viewer.getsockname()[1]
    port = open_ports(host, host, (number, number), random.Random(1))
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
    exchanged(viewer_at(socket.AF_INET6, host, scope), host)


def test_a_viewer_that_cannot_be_reached_from_here_is_refused() -> None:
    with pytest.raises(MediaRefused) as refused:
        open_ports("192.0.2.99", "192.0.2.1", (5000, 5001), random.Random(1))
    assert refused.value.status == 461
