"""Which interface a peer is reached by."""

import socket

from vedette.server.hosts import facing_address, interface_facing


def test_the_loopback_peer_is_on_the_loopback_interface() -> None:
    assert interface_facing("127.0.0.9") == "lo"


def test_a_stranger_is_reached_by_an_interface_that_exists() -> None:
    names = {name for _, name in socket.if_nameindex()}
    for peer in ("192.0.2.77", "nonsense", "fe80::1%eth0", facing_address()):
        assert interface_facing(peer) in names
