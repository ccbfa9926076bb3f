"""Everything of the network and the clock that clients can read and set, put together over one host."""

import msgspec

from vedette.base.clock import Clock
from vedette.client.interfaces import InterfaceAddress, interface_addresses
from vedette.device.hardware.host import Host, Radio
from vedette.device.network_filter import AddressFilter
from vedette.device.network_interfaces import NetworkInterfaces
from vedette.device.network_names import NetworkNames
from vedette.device.network_port_access import PortAccessList
from vedette.device.network_protocols import NetworkProtocols
from vedette.device.network_reach import told_addresses
from vedette.device.network_registration import NameRegistration
from vedette.device.network_time import DeviceClock
from vedette.device.network_wireless import WirelessNetworks
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault


class NetworkDomain(msgspec.Struct, frozen=True, kw_only=True):
    """The parts; `radio` is None for a host without, `has_ipv6` tells whether IPv6 reaches the device."""

    host: Host
    names: NetworkNames
    interfaces: NetworkInterfaces
    protocols: NetworkProtocols
    address_filter: AddressFilter
    clock: DeviceClock
    port_access: PortAccessList
    registration: NameRegistration
    radio: Radio | None = None
    has_ipv6: bool = False

    @classmethod
    def over(
        cls,
        host: Host,
        *,
        store: SettingsStore,
        vault: Vault,
        clock: Clock,
        protocols: NetworkProtocols,
        address_filter: AddressFilter,
        radio: Radio | None = None,
        has_ipv6: bool = False,
    ) -> "NetworkDomain":
        """The parts that need nothing but the host and the settings are made here."""
        port_access = PortAccessList(store, vault)
        wireless = WirelessNetworks(vault, lambda: port_access.all)
        device_clock = DeviceClock(store, clock, host)
        interfaces = NetworkInterfaces(host, wireless)

        async def reached() -> tuple[InterfaceAddress, ...]:
            return told_addresses(interface_addresses(), await interfaces.all())

        return cls(
            host=host,
            names=NetworkNames(host, changed=device_clock.wake),
            interfaces=interfaces,
            registration=NameRegistration(host, store, clock, reached),
            protocols=protocols,
            address_filter=address_filter,
            clock=device_clock,
            port_access=port_access,
            radio=radio,
            has_ipv6=has_ipv6,
        )
