"""A host simulated upon the real one: what clients set is kept and shown, the machine stays as it is."""

import hashlib
from collections.abc import Callable

import msgspec

from vedette.base.clock import Clock, OffsetClock
from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import (
    CLOCK_TOLERANCE_US,
    WIRELESS_KIND,
    AddressState,
    Chapter,
    ClockFixed,
    HostnameState,
    InterfaceState,
    LinkState,
    ServerState,
    SettingsEdit,
    unchanged,
)
from vedette.device.network import HostInterface, HostNetwork, NetworkUnreadable
from vedette.device.settings.document import Settings
from vedette.device.settings.network import (
    DynamicNameSettings,
    InterfaceSettings,
    LinkSettings,
    NameServerSettings,
    NetworkSettings,
    Prefixed,
    TimeServerSettings,
)
from vedette.device.settings.store import SettingsStore

TIME_SERVERS_MOST = 4
RADIO = "wlan0"
_USUAL_MTU_BYTES = 1500
_EVERYTHING = frozenset(Chapter)


class VirtualHost:
    """Shows the machine's network until something else is set.

    DHCP stands for the machine: what it "gives" are the machine's own name, servers and addresses. So do
    routers: where their advertisements are accepted, they "give" the machine's IPv6 addresses. The settings
    are kept in the settings document. The radio `wlan0` exists in this program alone. The time can be set if
    `clock` is an OffsetClock.
    """

    settable: frozenset[Chapter] = _EVERYTHING
    time_servers_most: int = TIME_SERVERS_MOST

    def __init__(
        self,
        store: SettingsStore,
        machine: HostNetwork,
        *,
        machine_name: Callable[[], str],
        clock: Clock,
        has_radio: bool = True,
    ) -> None:
        self._store = store
        self._machine = machine
        self._machine_name = machine_name
        self._clock = clock
        self._has_radio = has_radio
        self._follow_settings()

    @property
    def _settings(self) -> NetworkSettings:
        return self._store.current.network

    async def hostname(self) -> HostnameState:
        """The name that was set, else the machine's own."""
        if self._settings.hostname_from_dhcp:
            return HostnameState(name=self._machine_name(), from_dhcp=True)
        return HostnameState(name=self._store.current.system.hostname or self._machine_name())

    async def set_hostname(self, name: str) -> None:
        """Keep the name; an empty one is taken from DHCP."""

        def edit(document: Settings) -> Settings:
            system = msgspec.structs.replace(document.system, hostname=name)
            network = msgspec.structs.replace(document.network, hostname_from_dhcp=not name)
            return msgspec.structs.replace(document, system=system, network=network)

        await self._store.change(edit)

    async def name_by_dhcp(self, *, wanted: bool) -> None:
        """Go by the machine's name, or by the one that was set."""
        await self._change(lambda now: msgspec.structs.replace(now, hostname_from_dhcp=wanted))

    async def name_servers(self) -> ServerState:
        """Those that were set, else the machine's."""
        given = self._machine.name_servers()
        wanted = self._settings.name_servers
        if wanted is None:
            return ServerState(manual=given, search_domains=self._machine.search_domains())
        return ServerState(
            from_dhcp=wanted.from_dhcp,
            manual=wanted.manual,
            given=given if wanted.from_dhcp else (),
            search_domains=wanted.search_domains,
        )

    async def set_name_servers(self, wanted: NameServerSettings) -> None:
        """Keep them."""
        await self._change(lambda now: msgspec.structs.replace(now, name_servers=wanted))

    async def time_servers(self) -> ServerState:
        """Those that were set, else the machine's."""
        given = self._machine.time_servers()
        wanted = self._settings.time_servers
        if wanted is None:
            return ServerState(manual=given)
        return ServerState(
            from_dhcp=wanted.from_dhcp, manual=wanted.manual, given=given if wanted.from_dhcp else ()
        )

    async def set_time_servers(self, wanted: TimeServerSettings) -> None:
        """Keep them; the device's clock asks them."""
        await self._change(lambda now: msgspec.structs.replace(now, time_servers=wanted))

    async def follows_time_server(self) -> bool:
        """What was set, else whether the machine names time servers."""
        source = self._settings.clock_source
        return bool(self._machine.time_servers()) if source is None else source == "NTP"

    async def set_clock(
        self, utc_us: int | None, *, follows_time_server: bool, beside: SettingsEdit = unchanged
    ) -> None:
        """Keep the choice, and the way from the machine's clock to the wanted time."""
        clock = self._clock
        moved: dict[str, int] = {}
        if utc_us is not None:
            ahead_us = utc_us - clock.utc_us()
            if isinstance(clock, OffsetClock):
                moved["clock_offset_us"] = clock.offset_us + ahead_us
            elif abs(ahead_us) > CLOCK_TOLERANCE_US:
                raise ClockFixed(f"the clock belongs to the host; it cannot be set by {ahead_us / 1e6:.0f} s")
        source = "NTP" if follows_time_server else "Manual"

        def edit(document: Settings) -> Settings:
            network = msgspec.structs.replace(document.network, clock_source=source, **moved)
            return beside(msgspec.structs.replace(document, network=network))

        await self._store.change(edit)
        self._follow_settings()

    async def correct_clock(self, offset_us: int) -> bool:
        """Move the clock where that is allowed; else say whether it is near enough."""
        if not isinstance(self._clock, OffsetClock):
            return abs(offset_us) <= CLOCK_TOLERANCE_US
        after_us = self._settings.clock_offset_us + offset_us
        await self._change(lambda now: msgspec.structs.replace(now, clock_offset_us=after_us))
        self._follow_settings()
        return True

    def _follow_settings(self) -> None:
        if isinstance(self._clock, OffsetClock):
            self._clock.offset_us = self._settings.clock_offset_us

    async def dynamic_name(self) -> DynamicNameSettings:
        """What was set."""
        return self._settings.dynamic_name

    async def set_dynamic_name(self, wanted: DynamicNameSettings) -> None:
        """Keep it."""
        await self._change(lambda now: msgspec.structs.replace(now, dynamic_name=wanted))

    async def gateways(self) -> tuple[str, ...]:
        """Those that were set, else the machine's."""
        wanted = self._settings.gateways
        return self._machine.gateways() if wanted is None else wanted

    async def set_gateways(self, wanted: tuple[str, ...]) -> None:
        """Keep them."""
        await self._change(lambda now: msgspec.structs.replace(now, gateways=wanted))

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        """The machine's interfaces under what was set, those that are up first, and the radio."""
        try:
            real = tuple(sorted(self._machine.interfaces(), key=lambda each: not each.is_up))
        except NetworkUnreadable as error:
            raise HardwareFailed(str(error)) from error
        if self._has_radio and all(each.name != RADIO for each in real):
            real = (*real, self._radio())
        return tuple(shown_interface(each, self._settings.interface(each.name)) for each in real)

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        """Keep what is not None."""

        def edit(now: NetworkSettings) -> NetworkSettings:
            before = now.interface(wanted.token)
            said = {
                name: value
                for name in wanted.__struct_fields__
                if (value := getattr(wanted, name)) is not None
            }
            return now.with_interface(msgspec.structs.replace(before, **said))

        await self._change(edit)

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Keep it."""

        def edit(now: NetworkSettings) -> NetworkSettings:
            before = now.interface(token)
            return now.with_interface(msgspec.structs.replace(before, has_zero_configuration=is_on))

        await self._change(edit)

    def _radio(self) -> HostInterface:
        return HostInterface(
            name=RADIO,
            index=0,
            hardware_address=_hardware_address(self._store.current.system.serial_number),
            mtu_bytes=_USUAL_MTU_BYTES,
            kind=WIRELESS_KIND,
            is_up=True,
            addresses=(),
        )

    async def _change(self, edit: Callable[[NetworkSettings], NetworkSettings]) -> None:
        await self._store.change(
            lambda document: msgspec.structs.replace(document, network=edit(document.network))
        )


def shown_interface(real: HostInterface, said: InterfaceSettings) -> InterfaceState:
    """A machine's interface under what was said of it."""
    is_wireless = real.kind == WIRELESS_KIND
    v4 = tuple(each for each in real.addresses if not each.is_ipv6)
    v6 = tuple(each for each in real.addresses if each.is_ipv6)
    return InterfaceState(
        token=real.name,
        hardware_address=real.hardware_address,
        mtu_bytes=said.mtu_bytes or real.mtu_bytes,
        kind=real.kind,
        is_enabled=real.is_up if said.is_enabled is None else said.is_enabled,
        link=None if is_wireless else _link(real, said),
        ipv4=_ipv4(v4, said),
        ipv6=_ipv6(v6, said),
        zero_configuration=_zero_configuration(real, v4, said),
        wireless=said.wireless,
    )


def _link(real: HostInterface, said: InterfaceSettings) -> LinkState:
    actual = LinkSettings(speed_mbps=real.speed_mbps, is_full_duplex=real.is_full_duplex)
    wanted = said.link or actual
    if not wanted.auto_negotiation:
        actual = wanted
    return LinkState(wanted=wanted, actual=actual, is_up=real.is_up)


def _ipv4(real: tuple[InterfaceAddress, ...], said: InterfaceSettings) -> AddressState | None:
    if not real and said.ipv4_enabled is None and said.ipv4_manual is None and said.ipv4_dhcp is None:
        return None
    given = _prefixed(real, is_local=False)
    manual = given if said.ipv4_manual is None else said.ipv4_manual
    return AddressState(
        is_enabled=said.ipv4_enabled is not False,
        dhcp="Auto" if said.ipv4_dhcp else "Off",
        manual=() if said.ipv4_dhcp else manual,
        from_dhcp=given[:1] if said.ipv4_dhcp else (),
        link_local=_prefixed(real, is_local=True),
    )


def _ipv6(real: tuple[InterfaceAddress, ...], said: InterfaceSettings) -> AddressState | None:
    asked = (said.ipv6_enabled, said.ipv6_manual, said.ipv6_dhcp, said.accepts_router_advert)
    if not real and all(each is None for each in asked):
        return None
    given = _prefixed(real, is_local=False)
    has_router = bool(said.accepts_router_advert)
    kept = () if has_router else given
    return AddressState(
        is_enabled=said.ipv6_enabled is not False,
        dhcp=said.ipv6_dhcp or "Off",
        manual=kept if said.ipv6_manual is None else said.ipv6_manual,
        link_local=_prefixed(real, is_local=True),
        from_router=given if has_router else (),
        accepts_router_advert=has_router,  # told even while it is off: a client can put it back so
    )


def _zero_configuration(
    real: HostInterface, v4: tuple[InterfaceAddress, ...], said: InterfaceSettings
) -> tuple[str, ...] | None:
    own = tuple(each.address for each in v4 if each.is_link_local)
    if said.has_zero_configuration is None:
        return own or None
    if not said.has_zero_configuration:
        return None
    return own or (_link_local_address(real.hardware_address),)


def _prefixed(every: tuple[InterfaceAddress, ...], *, is_local: bool) -> tuple[Prefixed, ...]:
    return tuple(Prefixed(each.address, each.prefix_bits) for each in every if each.is_link_local is is_local)


def _hardware_address(serial_number: str) -> str:
    """An address of our own choice, the same for good. Source: IEEE 802, locally administered addresses."""
    digest = hashlib.sha256(serial_number.encode()).digest()
    return ":".join(f"{each:02x}" for each in (0x02, *digest[:5]))


def _link_local_address(hardware_address: str) -> str:
    """The address that an interface tries first. Source: RFC 3927 §2.1."""
    digest = hashlib.sha256(hardware_address.encode()).digest()
    return f"169.254.{1 + digest[0] % 254}.{digest[1]}"
