"""What discovery tells follows the settings and the host's addresses."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from vedette.base.clock import ManualClock
from vedette.client.interfaces import InterfaceAddress
from vedette.contract.schema.system import DiscoveryMode
from vedette.device.identity import identity_of, made_identity
from vedette.device.scopes import ScopeList
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings
from vedette.server.discovery import Link, Reach, discovery_of

ETHERNET = InterfaceAddress(2, "192.0.2.5", 24)
ETHERNET_6 = InterfaceAddress(2, "2001:db8::5", 64)
LINK_LOCAL_6 = InterfaceAddress(2, "fe80::5", 64)
EVERY = (ETHERNET, ETHERNET_6, LINK_LOCAL_6)


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (Reach(http_port=80), ("http://192.0.2.5/onvif/device_service",)),
        (
            Reach(http_port=8080, https_port=443),
            ("http://192.0.2.5:8080/onvif/device_service", "https://192.0.2.5/onvif/device_service"),
        ),
        (
            Reach(http_port=80, has_ipv6=True),
            ("http://192.0.2.5/onvif/device_service", "http://[2001:db8::5]/onvif/device_service"),
        ),
        (Reach(http_port=80, host="127.0.0.1"), ()),
        (Reach(http_port=80, host="192.0.2.5"), ("http://192.0.2.5/onvif/device_service",)),
    ],
)
def test_only_addresses_that_are_listened_on_are_told(reach: Reach, expected: tuple[str, ...]) -> None:
    assert reach.xaddrs(EVERY) == expected


SECOND = InterfaceAddress(2, "198.51.100.5", 24)
WIDE = InterfaceAddress(2, "192.0.0.5", 8)


@pytest.mark.parametrize(
    ("own", "peer", "expected"),
    [
        (ETHERNET, "192.0.2.9", ETHERNET),
        (ETHERNET, "198.51.100.9", SECOND),
        (WIDE, "192.0.2.9", ETHERNET),
        (ETHERNET, "203.0.113.9", ETHERNET),
        (LINK_LOCAL_6, "fe80::9%eth0", LINK_LOCAL_6),
        (LINK_LOCAL_6, "2001:db8::9", ETHERNET_6),
    ],
)
def test_a_peer_is_told_the_address_first_that_is_in_its_network(
    own: InterfaceAddress, peer: str, expected: InterfaceAddress
) -> None:
    link = Link(own, (ETHERNET, SECOND, WIDE, ETHERNET_6))

    assert link.nearest(peer) == expected
    assert (link.reached_from(expected)[0] == expected) is not expected.is_link_local


def test_the_identity_is_made_once() -> None:
    first = made_identity(SystemSettings(), UUID(int=1))

    assert made_identity(first, UUID(int=2)) == first
    assert identity_of(first).endpoint == f"urn:uuid:{UUID(int=1)}"


def test_a_change_of_scopes_or_mode_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        fresh = Settings(system=made_identity(SystemSettings(), UUID(int=1)))
        store = SettingsStore.open(tmp_path / "settings.json", lambda: fresh)
        scopes = ScopeList(store, lambda: ("onvif://www.onvif.org/name/Vedette",))
        identity = identity_of(store.current.system)
        service = discovery_of(
            identity=identity, scopes=scopes, store=store, reach=Reach(http_port=80), clock=ManualClock()
        )
        first = service.describe()
        assert first is not None
        await scopes.add(("urn:mine",))
        second = service.describe()
        assert second is not None
        assert second.scopes == (*first.scopes, "urn:mine")
        assert second.metadata_version > first.metadata_version
        await scopes.set_mode(DiscoveryMode.NON_DISCOVERABLE)
        assert service.describe() is None
        await scopes.note_change()
        assert store.current.system.metadata_version > second.metadata_version

    asyncio.run(scene())
