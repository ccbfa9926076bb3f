"""How a device comes by its addresses, and by what DHCP gives besides."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.base.interfaces import (
    InterfaceChange,
    interface_in_use,
    interface_with_ipv6,
    ipv4_addresses,
)
from vedette.conformance.suites.base.network import GOOD_IPV6, is_ipv4, is_ipv6, keep_dns, keep_ntp
from vedette.conformance.surroundings import Lease, Served
from vedette.conformance.verdicts import CaseInconclusive
from vedette.contract.schema.network import (
    DNSInformation,
    IPAddress,
    NetworkHost,
    NetworkHostType,
    NetworkZeroConfiguration,
    NTPInformation,
)
from vedette.contract.schema.network_interfaces import (
    IPv4NetworkInterfaceSetConfiguration,
    IPv6Configuration,
    IPv6DHCPConfiguration,
    IPv6NetworkInterfaceSetConfiguration,
    NetworkInterface,
    NetworkInterfaceSetConfiguration,
    PrefixedIPv4Address,
    PrefixedIPv6Address,
)

IPV6_PREFIX_BITS = 64


@case("IPCONFIG-1-1-5")
async def link_local(run: Run) -> None:
    """Zero configuration on and off, told as set."""
    run.step("ask for the present settings")
    before = await _zero_configuration(run)
    token = before.interface_token
    interfaces = (await run.device.get_network_interfaces()).network_interfaces
    run.expect(token in {each.token for each in interfaces}, f"the interface {token!r} exists")
    run.restore(
        "zero configuration",
        lambda: run.device.set_zero_configuration(interface_token=token, enabled=before.enabled),
    )
    for wanted in (True, False):
        run.step(f"switch zero configuration {'on' if wanted else 'off'}")
        await run.device.set_zero_configuration(interface_token=token, enabled=wanted)
        # An address is probed for and announced before it is one (RFC 3927 §2.2: seven seconds at least).
        now = await run.until(
            lambda: _zero_configuration(run), _has_link_local if wanted else lambda told: not told.enabled
        )
        run.expect(now.enabled is wanted, f"it is told {'on' if wanted else 'off'}")
        if wanted:
            told = ", ".join(now.addresses) or "none"
            run.expect(_has_link_local(now), f"a link-local address is told ({told})")


async def _zero_configuration(run: Run) -> NetworkZeroConfiguration:
    return (await run.device.get_zero_configuration()).zero_configuration


def _has_link_local(told: NetworkZeroConfiguration) -> bool:
    return told.enabled and any(each.startswith("169.254.") for each in told.addresses)


# IPv4


def _ipv4(*, dhcp: bool, manual: tuple[PrefixedIPv4Address, ...] = ()) -> NetworkInterfaceSetConfiguration:
    four = IPv4NetworkInterfaceSetConfiguration(enabled=True, manual=manual, dhcp=dhcp)
    return NetworkInterfaceSetConfiguration(ipv4=four)


def _has_dhcp(interface: NetworkInterface) -> bool:
    return interface.ipv4 is not None and interface.ipv4.config.dhcp


def _present(run: Run, interface: NetworkInterface) -> PrefixedIPv4Address:
    """The address by which the device is reached, else the first that is told."""
    told = ipv4_addresses(interface)
    if not told:
        raise CaseInconclusive(f"the interface {interface.token} tells no IPv4 address")
    address = run.target.host if run.target.host in told else next(iter(told))
    return PrefixedIPv4Address(address=address, prefix_length=told[address])


def _hardware_address(interface: NetworkInterface) -> str:
    return "" if interface.info is None else interface.info.hw_address


def _lease(run: Run, interface: NetworkInterface) -> Lease:
    """What keeps the device where it is."""
    present = _present(run, interface)
    return Lease(
        hardware_address=_hardware_address(interface),
        address=present.address,
        prefix_bits=present.prefix_length,
    )


@case("IPCONFIG-1-1-3")
async def from_dhcp(run: Run) -> None:
    """DHCP is switched on, having been off, and gives the address."""
    before = await interface_in_use(run)
    change = InterfaceChange(run, before)
    async with run.environment.surroundings.dhcp_server(_lease(run, before)) as server:
        if _has_dhcp(before):
            present = _present(run, before)
            address = run.environment.surroundings.spare_address or present.address
            static = PrefixedIPv4Address(address=address, prefix_length=present.prefix_length)
            await change.apply(
                _ipv4(dhcp=False, manual=(static,)), f"switch DHCP off, set {address}", at=address
            )
        now = await change.apply(_ipv4(dhcp=True), "switch DHCP on")
        now = await change.wait_for(_has_address_from_dhcp, now)
    four = now.ipv4
    run.expect(four is not None and four.enabled, "IPv4 is on")
    run.expect(_has_dhcp(now), "DHCP is told on")
    run.expect(_has_address_from_dhcp(now), "an address from DHCP is told")
    told = "" if four is None or four.config.from_dhcp is None else four.config.from_dhcp.address
    _expect_given(run, server, told in server.given, f"{told} is what the tester's server gave")


def _has_address_from_dhcp(interface: NetworkInterface) -> bool:
    return interface.ipv4 is not None and interface.ipv4.config.from_dhcp is not None


def _expect_given(run: Run, server: Served, is_ours: bool, text: str) -> None:  # noqa: FBT001 (as expect)
    """Hold what is told against what the tester's own server gave; another's cannot be seen."""
    if not server.is_own:
        return
    run.note(f"the tester's server was asked {', '.join(server.asked) or 'nothing'}")
    if server.given:
        run.expect(is_ours, text)
    else:
        run.warn("the tester's server was not asked: what is told comes from elsewhere")


@case("DEVICE-2-1-18")
async def static_ipv4(run: Run) -> None:
    """Another address of the subnet is set, and the device is found there."""
    before = await interface_in_use(run)
    address = run.environment.surroundings.spare_address
    wanted = PrefixedIPv4Address(address=address, prefix_length=_present(run, before).prefix_length)
    settings = _ipv4(dhcp=False, manual=(wanted,))
    now = await InterfaceChange(run, before).apply(settings, f"set {address}", at=address)
    run.expect(now.ipv4 is not None and now.ipv4.enabled, "IPv4 is on")
    held = () if now.ipv4 is None else now.ipv4.config.manual
    run.expect(held == (wanted,), f"exactly the address set is told ({_joined(held)})")
    run.expect(not _has_dhcp(now), "DHCP is told off")


def _joined(held: tuple[PrefixedIPv4Address, ...] | tuple[PrefixedIPv6Address, ...]) -> str:
    return ", ".join(f"{each.address}/{each.prefix_length}" for each in held) or "none"


# IPv6


async def _set_ipv6(
    run: Run, change: InterfaceChange, wanted: IPv6NetworkInterfaceSetConfiguration, what: str
) -> NetworkInterface:
    """Switch IPv6 on with these settings; the interface afterwards has IPv6 on."""
    now = await change.apply(NetworkInterfaceSetConfiguration(enabled=True, ipv6=wanted), what)
    run.expect(now.ipv6 is not None and now.ipv6.enabled, "IPv6 is on")
    run.expect(now.ipv6 is not None and now.ipv6.config is not None, "its settings are told")
    return now


def _config(interface: NetworkInterface) -> IPv6Configuration:
    told = None if interface.ipv6 is None else interface.ipv6.config
    return told or IPv6Configuration(dhcp=IPv6DHCPConfiguration.OFF)


@case("DEVICE-2-1-19")
async def static_ipv6(run: Run) -> None:
    """An IPv6 address is set."""
    before = await interface_with_ipv6(run)
    wanted = PrefixedIPv6Address(address=GOOD_IPV6, prefix_length=IPV6_PREFIX_BITS)
    settings = IPv6NetworkInterfaceSetConfiguration(
        enabled=True,
        accept_router_advert=_config(before).accept_router_advert,
        manual=(wanted,),
        dhcp=IPv6DHCPConfiguration.OFF,
    )
    now = await _set_ipv6(run, InterfaceChange(run, before), settings, f"set {GOOD_IPV6}")
    held = _config(now).manual
    is_same = len(held) == 1 and is_ipv6(held[0].address) and _normal(held[0]) == _normal(wanted)
    run.expect(is_same, f"exactly the address set is told ({_joined(held)})")
    run.expect(_config(now).dhcp is IPv6DHCPConfiguration.OFF, "DHCP is told off")


def _normal(address: PrefixedIPv6Address) -> tuple[IPv6Address, int]:
    return IPv6Address(address.address.strip()), address.prefix_length


@case("IPCONFIG-2-1-2")
async def from_router(run: Run) -> None:
    """Router advertisements are accepted and give an address."""
    before = await interface_with_ipv6(run)
    change = InterfaceChange(run, before)
    settings = IPv6NetworkInterfaceSetConfiguration(
        enabled=True, accept_router_advert=True, dhcp=IPv6DHCPConfiguration.OFF
    )
    async with run.environment.surroundings.router(_hardware_address(before)) as router:
        now = await _set_ipv6(run, change, settings, "accept router advertisements")
        now = await change.wait_for(lambda each: bool(_config(each).from_ra), now)
    told = _config(now)
    run.expect(told.accept_router_advert, "router advertisements are told accepted")
    run.expect(told.from_ra, "an address from a router advertisement is told")
    run.expect(told.dhcp is IPv6DHCPConfiguration.OFF, "DHCP is told off")
    prefixes = [IPv6Network(each) for each in router.given]
    held = [IPv6Address(each.address) for each in told.from_ra if is_ipv6(each.address)]
    is_ours = any(address in prefix for address in held for prefix in prefixes)
    if router.is_own and not is_ours:
        run.warn(f"no address has the prefix that the tester announced ({_joined(told.from_ra)})")


@case("IPCONFIG-2-1-3")
async def from_neighbours(run: Run) -> None:
    """IPv6 alone gives a link-local address."""
    before = await interface_with_ipv6(run)
    settings = IPv6NetworkInterfaceSetConfiguration(enabled=True, dhcp=IPv6DHCPConfiguration.OFF)
    change = InterfaceChange(run, before)
    now = await _set_ipv6(run, change, settings, "switch IPv6 on, DHCP off")
    told = _config(await change.wait_for(lambda each: bool(_config(each).link_local), now))
    run.expect(told.link_local, "a link-local address is told")
    held = [IPv6Address(each.address) for each in told.link_local if is_ipv6(each.address)]
    is_local = all(each.is_link_local for each in held) and len(held) == len(told.link_local)
    run.expect(is_local, f"it is one ({_joined(told.link_local)})")
    run.expect(told.dhcp is IPv6DHCPConfiguration.OFF, "DHCP is told off")


@case("IPCONFIG-2-1-4")
async def from_dhcpv6(run: Run) -> None:
    """Stateful DHCP gives an IPv6 address."""
    before = await interface_with_ipv6(run)
    change = InterfaceChange(run, before)
    settings = IPv6NetworkInterfaceSetConfiguration(enabled=True, dhcp=IPv6DHCPConfiguration.STATEFUL)
    async with run.environment.surroundings.dhcpv6_server(_hardware_address(before)) as server:
        now = await _set_ipv6(run, change, settings, "switch stateful DHCP on")
        now = await change.wait_for(lambda each: bool(_config(each).from_dhcp), now)
    told = _config(now)
    run.expect(told.from_dhcp, "an address from DHCP is told")
    run.expect(told.dhcp is IPv6DHCPConfiguration.STATEFUL, f"DHCP is told stateful ({told.dhcp})")
    held = [str(IPv6Address(each.address)) for each in told.from_dhcp if is_ipv6(each.address)]
    _expect_given(run, server, any(each in server.given for each in held), "it is what the tester gave")


# What DHCP gives besides


async def _switch_dhcp_on(run: Run, before: NetworkInterface) -> None:
    if not _has_dhcp(before):
        await InterfaceChange(run, before).apply(_ipv4(dhcp=True), "switch DHCP on")


async def _dns(run: Run) -> DNSInformation:
    return (await run.device.get_dns()).dns_information


async def _ntp(run: Run) -> NTPInformation:
    return (await run.device.get_ntp()).ntp_information


def _is_from(server: Served, told: Sequence[IPAddress | NetworkHost]) -> bool:
    """Whether these hosts can have come from the server; of somebody else's, any can."""
    return any(not server.is_own or each.ipv4_address == server.address for each in told)


@case("DEVICE-2-1-8")
async def dns_from_dhcp(run: Run) -> None:
    """DNS servers are taken from DHCP."""
    before = await interface_in_use(run)
    await keep_dns(run)
    async with run.environment.surroundings.dhcp_server(_lease(run, before)) as server:
        await _switch_dhcp_on(run, before)
        run.step("take DNS from DHCP")
        await run.device.set_dns(from_dhcp=True)
        run.step("ask until servers are told")
        now = await run.until(lambda: _dns(run), lambda told: _is_from(server, told.dns_from_dhcp))
    run.expect(now.from_dhcp, "DNS is told to come from DHCP")
    for each in now.dns_from_dhcp:
        run.expect(is_ipv4(each.ipv4_address) or is_ipv6(each.ipv6_address), "the server has an address")
    told = [each.ipv4_address for each in now.dns_from_dhcp]
    _expect_given(run, server, server.address in told, f"the tester's own, {server.address}, is told")


@case("DEVICE-2-1-14")
async def ntp_from_dhcp(run: Run) -> None:
    """Time servers are taken from DHCP."""
    before = await interface_in_use(run)
    await keep_ntp(run)
    async with run.environment.surroundings.dhcp_server(_lease(run, before)) as server:
        await _switch_dhcp_on(run, before)
        run.step("take NTP from DHCP")
        await run.device.set_ntp(from_dhcp=True)
        run.step("ask until servers are told")
        now = await run.until(lambda: _ntp(run), lambda told: _is_from(server, told.ntp_from_dhcp))
    run.expect(now.from_dhcp, "NTP is told to come from DHCP")
    for each in now.ntp_from_dhcp:
        has_name = each.type is NetworkHostType.DNS and bool(each.dns_name)
        is_host = has_name or is_ipv4(each.ipv4_address) or is_ipv6(each.ipv6_address)
        run.expect(is_host, "the server has an address")
    told = [each.ipv4_address for each in now.ntp_from_dhcp]
    _expect_given(run, server, server.address in told, f"the tester's own, {server.address}, is told")
