"""Which interface a peer is reached by."""

import socket

import pytest

from vedette.client.interfaces import InterfaceAddress
from vedette.server import hosts
from vedette.server.hosts import facing_address, interface_facing


def test_the_loopback_peer_is_on_the_loopback_interface() -> None:
    assert interface_facing("127.0.0.9") == "lo"


def test_a_stranger_is_reached_by_an_interface_that_exists() -> None:
    names = {name for _, name in socket.if_nameindex()}
    for peer in ("192.0.2.77", "nonsense", "fe80::1%eth0", facing_address()):
        assert interface_facing(peer) in names


class NoRoute(socket.socket):
    """A socket on a machine without a default route."""

    def connect(self, _: object) -> None:
        raise OSError("Network is unreachable")


@pytest.mark.parametrize(
    ("found", "told"), [((), "127.0.0.1"), (("fe80::7", "2001:db8::7", "10.9.0.1", "10.8.0.1"), "10.9.0.1")]
)
def test_a_network_that_leads_nowhere_else_is_where_others_reach_it(
    monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...], told: str
) -> None:
    addresses = tuple(InterfaceAddress(index, each, 24) for index, each in enumerate(("127.0.0.1", *found)))
    monkeypatch.setattr(hosts, "interface_addresses", lambda: addresses)
    monkeypatch.setattr(socket, "socket", NoRoute)
    assert facing_address() == told


@pytest.mark.parametrize(
    ("peer", "name"), [("10.8.0.9", "card 2"), ("192.0.2.77", "card 3"), ("::1", "card 3")]
)
def test_a_peer_is_reached_by_its_own_link_else_by_the_default_route(
    monkeypatch: pytest.MonkeyPatch, peer: str, name: str
) -> None:
    here = tuple(
        InterfaceAddress(index, each, 24)
        for index, each in enumerate(("127.0.0.1", "10.8.0.1", "10.9.0.1"), start=1)
    )
    monkeypatch.setattr(hosts, "interface_addresses", lambda: here)
    monkeypatch.setattr(hosts, "facing_address", lambda: "10.9.0.1")
    monkeypatch.setattr(socket, "if_indextoname", lambda index: f"card {index}")
    assert interface_facing(peer) == name
