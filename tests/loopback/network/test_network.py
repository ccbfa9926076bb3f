"""The network chapter of the device service as clients meet it, on a simulated host."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import OffsetClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.schema.network import (
    DynamicDNSType,
    IPAddress,
    IPAddressFilter,
    IPAddressFilterType,
    IPType,
    NetworkHost,
    NetworkHostType,
    NetworkProtocol,
    NetworkProtocolType,
)
from vedette.contract.schema.network_interfaces import (
    Duplex,
    IPv4NetworkInterfaceSetConfiguration,
    IPv6DHCPConfiguration,
    IPv6NetworkInterfaceSetConfiguration,
    NetworkInterfaceConnectionSetting,
    NetworkInterfaceSetConfiguration,
    PrefixedIPv4Address,
    PrefixedIPv6Address,
)
from vedette.contract.schema.system import SetDateTimeType, TimeZone
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.virtual_host import VirtualHost
from vedette.device.network import HostNetwork
from vedette.device.network_filter import NETWORKS_MOST
from vedette.device.network_protocols import Spoken
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsNotSaved, SettingsStore

PEER = "192.0.2.9"  # whom the loop's requests come from


def v4(address: str) -> IPAddress:
    return IPAddress(type=IPType.IPV4, ipv4_address=address)


def v6(address: str) -> IPAddress:
    return IPAddress(type=IPType.IPV6, ipv6_address=address)


def host(kind: NetworkHostType, text: str) -> NetworkHost:
    field = {"IPv4": "ipv4_address", "IPv6": "ipv6_address", "DNS": "dns_name"}[kind.value]
    return NetworkHost(type=kind, **{field: text})


def test_the_name_comes_from_dhcp_or_from_clients(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.set_hostname, name="gate")
        answer = await scene.call(Device.set_hostname_from_dhcp, from_dhcp=True)
        assert not answer.reboot_needed
        told = (await scene.call(Device.get_hostname)).hostname_information
        assert (told.name, told.from_dhcp) == ("machine", True)
        await scene.call(Device.set_hostname_from_dhcp, from_dhcp=False)
        told = (await scene.call(Device.get_hostname)).hostname_information
        assert (told.name, told.from_dhcp) == ("gate", False)
        await scene.call(Device.set_hostname, name="")
        assert (await scene.call(Device.get_hostname)).hostname_information.from_dhcp

    play(run())


def test_name_servers_are_kept(scene: Any, play: Any) -> None:
    async def run() -> None:
        servers = (v4("10.1.1.1"), v6("2001:db8::1"))
        await scene.call(Device.set_dns, from_dhcp=False, search_domains=("example.net",), dns_manual=servers)
        told = (await scene.call(Device.get_dns)).dns_information
        assert (told.from_dhcp, told.search_domains, told.dns_manual) == (False, ("example.net",), servers)

    play(run())


@pytest.mark.parametrize(
    ("servers", "domains", "fault"),
    [
        ((v4("10.1.1"),), (), faults.InvalidIPv4Address),
        ((v4("10.1.1.1"), v6("FF02:1")), (), faults.InvalidIPv6Address),
        ((v6("10.1.1.1"),), (), faults.InvalidIPv6Address),
        ((IPAddress(type=IPType.IPV4),), (), faults.InvalidIPv4Address),
        ((v4("224.0.0.1"),), (), faults.InvalidIPv4Address),
        ((v4("10.1.1.1"),), ("not a domain",), faults.InvalidArgVal),
        ((v4("10.1.1.1"),) * 17, (), faults.InvalidArgVal),
    ],
)
def test_name_servers_that_cannot_be_are_refused(
    scene: Any, play: Any, servers: Any, domains: Any, fault: Any
) -> None:
    play(scene.refused(fault, Device.set_dns, from_dhcp=False, dns_manual=servers, search_domains=domains))


def test_time_servers_are_kept_and_a_clock_that_follows_them_needs_one(scene: Any, play: Any) -> None:
    servers = (host(NetworkHostType.IPV4, "192.0.2.7"), host(NetworkHostType.DNS, "time.example"))

    async def run() -> None:
        await scene.call(Device.set_ntp, from_dhcp=False, ntp_manual=servers)
        assert (await scene.call(Device.get_ntp)).ntp_information.ntp_manual == servers
        clock = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert clock.date_time_type is SetDateTimeType.MANUAL
        await scene.call(
            Device.set_system_date_and_time, date_time_type=SetDateTimeType.NTP, daylight_savings=False
        )
        await scene.refused(faults.TimeSyncedToNtp, Device.set_ntp, from_dhcp=False)
        await scene.call(Device.set_ntp, from_dhcp=True)
        assert (await scene.call(Device.get_ntp)).ntp_information.from_dhcp

    play(run())


@pytest.mark.parametrize(
    ("server", "fault"),
    [
        (host(NetworkHostType.IPV4, "10.1.1"), faults.InvalidIPv4Address),
        (host(NetworkHostType.IPV6, "FF02:1"), faults.InvalidIPv6Address),
        (host(NetworkHostType.DNS, "under_score"), faults.InvalidDnsName),
        (NetworkHost(type=NetworkHostType.DNS), faults.InvalidDnsName),
    ],
)
def test_time_servers_that_cannot_be_are_refused(scene: Any, play: Any, server: Any, fault: Any) -> None:
    play(scene.refused(fault, Device.set_ntp, from_dhcp=False, ntp_manual=(server,)))


def test_dynamic_dns_is_kept(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(
            Device.set_dynamic_dns,
            type=DynamicDNSType.CLIENT_UPDATES,
            name="gate.example",
            ttl=timedelta(seconds=600),
        )
        told = (await scene.call(Device.get_dynamic_dns)).dynamic_dns_information
        assert told.type is DynamicDNSType.CLIENT_UPDATES
        assert (told.name, told.ttl) == ("gate.example", timedelta(seconds=600))
        await scene.refused(faults.InvalidArgVal, Device.set_dynamic_dns, type=DynamicDNSType.CLIENT_UPDATES)
        await scene.call(Device.set_dynamic_dns, type=DynamicDNSType.NO_UPDATE)
        assert (await scene.call(Device.get_dynamic_dns)).dynamic_dns_information.name is None

    play(run())


def test_gateways_are_kept(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(
            Device.set_network_default_gateway, ipv4_addresses=("10.1.1.1",), ipv6_addresses=("fe80::1",)
        )
        told = (await scene.call(Device.get_network_default_gateway)).network_gateway
        assert (told.ipv4_addresses, told.ipv6_addresses) == (("10.1.1.1",), ("fe80::1",))
        for wrong in ({"ipv4_addresses": ("10.1.1",)}, {"ipv6_addresses": ("FF02:1",)}):
            await scene.refused(faults.InvalidGatewayAddress, Device.set_network_default_gateway, **wrong)

    play(run())


def test_an_interface_is_set_and_what_is_left_out_stays(scene: Any, play: Any) -> None:
    async def run() -> None:
        before = await scene.wired()
        address = PrefixedIPv4Address(address="10.1.1.7", prefix_length=24)
        answer = await scene.call(
            Device.set_network_interfaces,
            interface_token=before.token,
            network_interface=NetworkInterfaceSetConfiguration(
                mtu=1400,
                ipv4=IPv4NetworkInterfaceSetConfiguration(enabled=True, manual=(address,), dhcp=False),
            ),
        )
        assert not answer.reboot_needed
        after = await scene.wired()
        assert after.info.mtu == 1400
        assert (after.ipv4.config.manual, after.ipv4.config.dhcp) == ((address,), False)
        assert after.ipv6 == before.ipv6
        await scene.call(
            Device.set_network_interfaces,
            interface_token=before.token,
            network_interface=NetworkInterfaceSetConfiguration(
                ipv4=IPv4NetworkInterfaceSetConfiguration(dhcp=True)
            ),
        )
        by_dhcp = await scene.wired()
        assert by_dhcp.info.mtu == 1400
        assert by_dhcp.ipv4.config.dhcp
        assert by_dhcp.ipv4.config.manual == ()

    play(run())


def v4_set(address: str, bits: int = 24) -> NetworkInterfaceSetConfiguration:
    manual = (PrefixedIPv4Address(address=address, prefix_length=bits),)
    return NetworkInterfaceSetConfiguration(ipv4=IPv4NetworkInterfaceSetConfiguration(manual=manual))


def v6_set(**fields: Any) -> NetworkInterfaceSetConfiguration:
    return NetworkInterfaceSetConfiguration(ipv6=IPv6NetworkInterfaceSetConfiguration(**fields))


def v6_manual(address: str, bits: int) -> NetworkInterfaceSetConfiguration:
    return v6_set(manual=(PrefixedIPv6Address(address=address, prefix_length=bits),))


def link_set(speed: int, duplex: Duplex) -> NetworkInterfaceSetConfiguration:
    link = NetworkInterfaceConnectionSetting(auto_negotiation=True, speed=speed, duplex=duplex)
    return NetworkInterfaceSetConfiguration(link=link)


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (v4_set("10.1.1"), faults.InvalidIPv4Address),
        (v4_set("10.1.1.7", 33), faults.InvalidIPv4Address),
        (v4_set("10.1.1.255"), faults.InvalidIPv4Address),
        (
            v6_manual("FF02:1", 64),
            faults.InvalidIPv6Address,
        ),
        (
            v6_manual("fe80::1", 0),
            faults.InvalidIPv6Address,
        ),
        (v6_set(dhcp=IPv6DHCPConfiguration.STATEFUL), faults.InvalidDHCPv6),
        (NetworkInterfaceSetConfiguration(mtu=10), faults.InvalidMtuValue),
        (link_set(123, Duplex.FULL), faults.InvalidInterfaceSpeed),
        (link_set(1000, Duplex.HALF), faults.InvalidInterfaceSpeed),
    ],
)
def test_an_interface_that_cannot_be_is_refused(scene: Any, play: Any, wanted: Any, fault: Any) -> None:
    async def run() -> None:
        token = (await scene.wired()).token
        await scene.refused(
            fault, Device.set_network_interfaces, interface_token=token, network_interface=wanted
        )

    play(run())


def test_what_the_host_refuses_is_a_fault_and_changes_nothing(
    scene: Any, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*args: object, **fields: object) -> None:
        raise HardwareFailed("the network service refuses: PermissionDenied")

    setting = {"network_interface": v4_set("10.1.1.7")}

    async def run() -> None:
        token = (await scene.wired()).token
        for name in ("set_interface", "set_zero_configuration", "set_name_servers", "set_gateways"):
            monkeypatch.setattr(scene.host, name, refuse)
        fault = faults.Action
        await scene.refused(fault, Device.set_network_interfaces, interface_token=token, **setting)
        await scene.refused(fault, Device.set_zero_configuration, interface_token=token, enabled=True)
        await scene.refused(fault, Device.set_dns, from_dhcp=False, dns_manual=(v4("10.1.1.1"),))
        await scene.refused(fault, Device.set_network_default_gateway, ipv4_addresses=("10.1.1.1",))
        monkeypatch.setattr(scene.host, "interfaces", refuse)
        await scene.refused(fault, Device.get_network_interfaces)

    play(run())


def test_an_unknown_interface_is_refused(scene: Any, play: Any) -> None:
    async def run() -> None:
        fault = faults.InvalidNetworkInterface
        wanted = NetworkInterfaceSetConfiguration()
        await scene.refused(
            fault, Device.set_network_interfaces, interface_token="nowhere", network_interface=wanted
        )
        await scene.refused(fault, Device.set_zero_configuration, interface_token="nowhere", enabled=True)

    play(run())


def test_link_local_addresses_are_turned_on_and_off(scene: Any, play: Any) -> None:
    async def run() -> None:
        token = (await scene.wired()).token
        await scene.call(Device.set_zero_configuration, interface_token=token, enabled=True)
        told = (await scene.call(Device.get_zero_configuration)).zero_configuration
        assert told.enabled
        assert told.addresses[0].startswith("169.254.")
        await scene.call(Device.set_zero_configuration, interface_token=token, enabled=False)
        told = (await scene.call(Device.get_zero_configuration)).zero_configuration
        assert (told.enabled, told.addresses) == (False, ())

    play(run())


def protocol(name: str, *ports: int, enabled: bool = True) -> NetworkProtocol:
    return NetworkProtocol(name=NetworkProtocolType(name), enabled=enabled, ports=ports)


def test_two_who_move_ports_at_once_both_get_theirs(scene: Any, play: Any) -> None:
    async def both() -> None:
        await asyncio.gather(
            scene.call(Device.set_network_protocols, network_protocols=(protocol("HTTP", 8081),)),
            scene.call(Device.set_network_protocols, network_protocols=(protocol("RTSP", 8555),)),
        )
        told = (await scene.call(Device.get_network_protocols)).network_protocols
        assert {each.ports for each in told} == {(8081,), (8555,)}
        assert scene.ports.moved[-1] == {8081, 8555}
        kept = scene.store.current.network.ports
        assert (kept.http.ports, kept.rtsp.ports) == ((8081,), (8555,))

    play(both())


def test_ports_that_cannot_be_kept_are_given_back(
    scene: Any, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(edit: Any) -> None:
        raise SettingsNotSaved("no space")

    async def run() -> None:
        monkeypatch.setattr(scene.store, "change", full)
        with pytest.raises(SettingsNotSaved):
            await scene.network.protocols.set((protocol("RTSP", 10554),))
        assert (scene.ports.moved, scene.ports.wanted) == ([], frozenset())
        assert scene.network.protocols.now.rtsp.ports == (8554,)

    play(run())


def test_ports_move_and_are_remembered(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.set_network_protocols, network_protocols=(protocol("RTSP", 10554),))
        told = (await scene.call(Device.get_network_protocols)).network_protocols
        assert told == (protocol("HTTP", 8080), protocol("RTSP", 10554))
        assert scene.ports.moved == [{8080, 10554}]
        await scene.call(
            Device.set_network_protocols, network_protocols=(protocol("RTSP", 10554, enabled=False),)
        )
        assert scene.ports.moved[1:] == [{8080}]
        assert scene.ports.spoken == {Spoken.HTTP}
        kept = SettingsStore.open(scene.store.path, Settings).current.network.ports
        assert kept is not None
        assert (kept.instead_of, kept.rtsp.is_enabled) == ((8080, 8554), False)

    play(run())


def test_https_comes_and_goes_with_the_certificate(scene: Any, play: Any) -> None:
    protocols = scene.network.protocols
    told: list[int | None] = []
    protocols.watch(lambda ports: told.append(ports.first(Spoken.HTTPS)))

    async def listed() -> Any:
        return (await scene.call(Device.get_network_protocols)).network_protocols

    async def run() -> None:
        protocols.follow_tls(has_tls=True)
        assert protocol("HTTPS", 8080) in await listed()
        assert scene.ports.spoken == frozenset(Spoken)
        wanted = (protocol("HTTPS", 8443), protocol("HTTP", 8080, enabled=False))
        await scene.call(Device.set_network_protocols, network_protocols=wanted)
        protocols.follow_tls(has_tls=False)
        assert await listed() == (protocol("HTTP", 8080), protocol("RTSP", 8554))  # else nobody gets in
        protocols.follow_tls(has_tls=True)
        assert protocol("HTTPS", 8443) in await listed()
        protocols.follow_tls(has_tls=True)
        assert told == [8080, 8443, None, 8443]

    play(run())


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ((protocol("HTTPS", 8443),), faults.ServiceNotSupported),
        ((protocol("RTSP", 10554), protocol("HTTP", 7777)), faults.PortAlreadyInUse),
        ((protocol("RTSP", 8080),), faults.PortAlreadyInUse),
        ((protocol("HTTP", 70000),), faults.InvalidArgVal),
        ((protocol("HTTP", 8081), protocol("HTTP", 8082)), faults.InvalidArgVal),
        ((protocol("HTTP", 8080, enabled=False),), faults.OperationProhibited),
    ],
)
def test_ports_that_cannot_be_had_are_refused(scene: Any, play: Any, wanted: Any, fault: Any) -> None:
    async def run() -> None:
        await scene.refused(fault, Device.set_network_protocols, network_protocols=wanted)
        assert scene.ports.moved == []
        told = (await scene.call(Device.get_network_protocols)).network_protocols
        assert told == (protocol("HTTP", 8080), protocol("RTSP", 8554))

    play(run())


def rules(kind: str, *networks: tuple[str, int]) -> IPAddressFilter:
    return IPAddressFilter(
        type=IPAddressFilterType(kind),
        ipv4_addresses=tuple(
            PrefixedIPv4Address(address=a, prefix_length=b) for a, b in networks if ":" not in a
        ),
        ipv6_addresses=tuple(
            PrefixedIPv6Address(address=a, prefix_length=b) for a, b in networks if ":" in a
        ),
    )


def test_the_address_filter_admits_and_refuses(scene: Any, play: Any) -> None:
    admits = scene.network.address_filter.admits

    async def run() -> None:
        assert admits("203.0.113.5")
        wanted = rules("Deny", ("203.0.113.0", 24), ("2001:db8::", 32))
        await scene.call(Device.set_ip_address_filter, ip_address_filter=wanted)
        assert (await scene.call(Device.get_ip_address_filter)).ip_address_filter == wanted
        assert [admits(each) for each in ("203.0.113.5", "2001:db8::7", "198.51.100.1", PEER)] == [
            False,
            False,
            True,
            True,
        ]
        await scene.call(Device.set_ip_address_filter, ip_address_filter=rules("Allow", ("192.0.2.0", 24)))
        assert [admits(each) for each in ("203.0.113.5", "fe80::1%eth0", PEER)] == [False, False, True]
        await scene.call(Device.add_ip_address_filter, ip_address_filter=rules("Deny", ("203.0.113.5", 32)))
        assert admits("203.0.113.5")
        await scene.call(
            Device.remove_ip_address_filter, ip_address_filter=rules("Deny", ("203.0.113.5", 32))
        )
        assert not admits("203.0.113.5")

    play(run())


@pytest.mark.parametrize(
    ("operation", "wanted", "fault"),
    [
        (Device.set_ip_address_filter, rules("Allow", ("203.0.113.0", 24)), faults.OperationProhibited),
        (Device.set_ip_address_filter, rules("Allow"), faults.OperationProhibited),
        (Device.add_ip_address_filter, rules("Allow", (PEER, 32)), faults.OperationProhibited),
        (Device.set_ip_address_filter, rules("Deny", ("10.1.1", 24)), faults.InvalidIPv4Address),
        (Device.add_ip_address_filter, rules("Deny", ("10.1.1.1", 33)), faults.InvalidIPv4Address),
        (Device.set_ip_address_filter, rules("Deny", ("fe80::1", 129)), faults.InvalidIPv6Address),
        (Device.remove_ip_address_filter, rules("Deny", ("10.1.1.1", 32)), faults.NoIPv4Address),
        (Device.remove_ip_address_filter, rules("Deny", ("fe80::1", 64)), faults.NoIPv6Address),
        (Device.set_ip_address_filter, rules("Deny", ("fe80::1%eth0", 64)), faults.InvalidIPv6Address),
        (
            Device.add_ip_address_filter,
            rules("Deny", *((f"10.1.1.{n}", 32) for n in range(NETWORKS_MOST + 1))),
            faults.IPFilterListIsFull,
        ),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    scene: Any, play: Any, operation: Any, wanted: Any, fault: Any
) -> None:
    play(scene.refused(fault, operation, ip_address_filter=wanted))


LATER = DateTime(time=Time(hour=22, minute=13, second=20), date=Date(year=2026, month=11, day=14))


def test_the_time_is_set_where_the_operator_allows_it(make_scene: Any, tmp_path: Path, play: Any) -> None:
    scene = make_scene(is_settable=True)
    heard: list[int] = []
    scene.network.clock.watch(heard.append)

    async def run() -> None:
        await scene.call(
            Device.set_system_date_and_time,
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=False,
            utc_date_time=LATER,
        )
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.utc_date_time == LATER
        assert heard == [scene.clock.utc_us()]
        again = OffsetClock(scene.machine)
        VirtualHost(scene.store, HostNetwork(tmp_path), machine_name=str, clock=again)
        assert again.utc_us() == scene.clock.utc_us()

    play(run())


def test_a_leap_second_is_taken_and_what_is_no_time_is_not(make_scene: Any, play: Any) -> None:
    scene = make_scene(is_settable=True)
    by_hand = {"date_time_type": SetDateTimeType.MANUAL, "daylight_savings": False}
    leap = DateTime(time=Time(hour=23, minute=59, second=60), date=Date(year=2016, month=12, day=31))

    async def run() -> None:
        await scene.call(Device.set_system_date_and_time, **by_hand, utc_date_time=leap)
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.utc_date_time == DateTime(time=Time(hour=23, minute=59, second=59), date=leap.date)
        for year, month, hour, second in (
            (2100, 1, 0, 0),
            (1969, 1, 0, 0),
            (2026, 13, 0, 0),
            (2026, 1, 24, 0),
            (2026, 1, 0, 61),
        ):
            wrong = DateTime(
                time=Time(hour=hour, minute=0, second=second), date=Date(year=year, month=month, day=1)
            )
            await scene.refused(
                faults.InvalidDateTime, Device.set_system_date_and_time, **by_hand, utc_date_time=wrong
            )

    play(run())


def test_a_clock_may_follow_the_time_servers_that_dhcp_will_name(scene: Any, play: Any) -> None:
    follow = {"date_time_type": SetDateTimeType.NTP, "daylight_savings": False}

    async def run() -> None:
        await scene.refused(faults.NtpServerUndefined, Device.set_system_date_and_time, **follow)
        await scene.call(Device.set_ntp, from_dhcp=True)
        await scene.call(Device.set_system_date_and_time, **follow)

    play(run())


def test_time_and_zone_are_saved_in_one_step(make_scene: Any, play: Any) -> None:
    scene = make_scene(is_settable=True)
    seen: list[tuple[int, str]] = []
    scene.store.watch(lambda _, now: seen.append((now.network.clock_offset_us, now.system.time_zone)))

    async def run() -> None:
        await scene.call(
            Device.set_system_date_and_time,
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=False,
            utc_date_time=LATER,
            time_zone=TimeZone(tz="CET-1"),
        )
        (saved,) = seen
        assert saved[0] != 0
        assert saved[1] == "CET-1"

    play(run())


def test_the_hosts_time_cannot_be_set_elsewhere(scene: Any, play: Any) -> None:
    fields = {"date_time_type": SetDateTimeType.MANUAL, "daylight_savings": False, "utc_date_time": LATER}

    async def run() -> None:
        await scene.refused(
            faults.OperationProhibited,
            Device.set_system_date_and_time,
            **fields,
            time_zone=TimeZone(tz="CET-1"),
        )

    play(run())
