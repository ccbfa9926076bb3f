"""Checks of names and addresses that clients set; each refusal names the value and is the fault it is."""

import ipaddress
import re
from collections.abc import Iterable

from vedette.contract.faults import (
    Fault,
    InvalidArgVal,
    InvalidDnsName,
    InvalidGatewayAddress,
    InvalidHostname,
    InvalidIPv4Address,
    InvalidIPv6Address,
)
from vedette.contract.schema.network import IPAddress, IPType, NetworkHost, NetworkHostType
from vedette.contract.schema.network_interfaces import PrefixedIPv4Address, PrefixedIPv6Address
from vedette.device.settings.network import Prefixed

SHOWN_CHARS = 100
SERVERS_MOST = 16
GATEWAYS_MOST = 4

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_NUMBERS = re.compile(r"[0-9.]+")


def is_name(text: str) -> bool:
    """Whether a text is a host name; one of digits and dots alone is an address or nothing.

    Source: RFC 1123 §2.1.
    """
    return _NAME.fullmatch(text) is not None and not _NUMBERS.fullmatch(text)


def checked_hostname(text: str) -> str:
    """The name a host may go by, without a dot at its end; raises InvalidHostname."""
    if not is_name(text) or text.endswith("."):
        raise InvalidHostname(f"{_shown(text)} is no host name")
    return text


def checked_domains(texts: Iterable[str]) -> tuple[str, ...]:
    """Search domains; raises InvalidArgVal."""
    domains = tuple(texts)
    _check_count(domains, SERVERS_MOST, "search domains")
    for text in domains:
        if not is_name(text):
            raise InvalidArgVal(f"SearchDomain {_shown(text)} is no domain name")
    return domains


def checked_ipv4(text: str | None, fault: type[Fault] = InvalidIPv4Address) -> str:
    """An address that one host can have, as four numbers; raises `fault`."""
    try:
        address = ipaddress.IPv4Address((text or "").strip())
    except ValueError as error:
        raise fault(f"{_shown(text)} is no IPv4 address") from error
    if address.is_unspecified or address.is_multicast or int(address) == 0xFFFF_FFFF:
        raise fault(f"{address} is not the IPv4 address of a host")
    return str(address)


def checked_ipv6(text: str | None, fault: type[Fault] = InvalidIPv6Address) -> str:
    """An address that one host can have, in its shortest form; raises `fault`."""
    try:
        address = ipaddress.IPv6Address((text or "").strip())
    except ValueError as error:
        raise fault(f"{_shown(text)} is no IPv6 address") from error
    if address.is_unspecified or address.is_multicast or address.scope_id is not None:
        raise fault(f"{address} is not the IPv6 address of a host")
    return str(address)


def checked_addresses(given: Iterable[IPAddress]) -> tuple[str, ...]:
    """The addresses of name servers; raises InvalidIPv4Address and InvalidIPv6Address."""
    every = tuple(given)
    _check_count(every, SERVERS_MOST, "name servers")
    return tuple(
        checked_ipv4(each.ipv4_address) if each.type is IPType.IPV4 else checked_ipv6(each.ipv6_address)
        for each in every
    )


def checked_hosts(given: Iterable[NetworkHost], most: int) -> tuple[str, ...]:
    """Hosts by name or address; raises InvalidIPv4Address, InvalidIPv6Address and InvalidDnsName."""
    every = tuple(given)
    _check_count(every, most, "hosts")
    return tuple(dict.fromkeys(_host(each) for each in every))


def checked_gateways(ipv4: Iterable[str], ipv6: Iterable[str]) -> tuple[str, ...]:
    """The addresses of default gateways; raises InvalidGatewayAddress."""
    v4 = tuple(checked_ipv4(each, InvalidGatewayAddress) for each in ipv4)
    v6 = tuple(checked_ipv6(each, InvalidGatewayAddress) for each in ipv6)
    for address in (*v4, *v6):
        if ipaddress.ip_address(address).is_loopback:
            raise InvalidGatewayAddress(f"{address} leads nowhere but back")
    _check_count((*v4, *v6), GATEWAYS_MOST, "gateways")
    return tuple(dict.fromkeys((*v4, *v6)))


def checked_ipv4_prefix(given: PrefixedIPv4Address) -> Prefixed:
    """An interface's address; raises InvalidIPv4Address."""
    address = checked_ipv4(given.address)
    if not 1 <= given.prefix_length <= 32:
        raise InvalidIPv4Address(f"{address}/{given.prefix_length}: the prefix is not of 1 to 32 bits")
    network = ipaddress.IPv4Interface(f"{address}/{given.prefix_length}").network
    if given.prefix_length < 31 and address in (str(network[0]), str(network[-1])):
        raise InvalidIPv4Address(f"{address} is the network {network} itself or everybody in it")
    return Prefixed(address, given.prefix_length)


def checked_ipv6_prefix(given: PrefixedIPv6Address) -> Prefixed:
    """An interface's address; raises InvalidIPv6Address."""
    address = checked_ipv6(given.address)
    if not 1 <= given.prefix_length <= 128:
        raise InvalidIPv6Address(f"{address}/{given.prefix_length}: the prefix is not of 1 to 128 bits")
    return Prefixed(address, given.prefix_length)


def told_address(text: str) -> IPAddress:
    """An address in the standard's form."""
    if ":" in text:
        return IPAddress(type=IPType.IPV6, ipv6_address=text)
    return IPAddress(type=IPType.IPV4, ipv4_address=text)


def told_host(text: str) -> NetworkHost:
    """A host by name or address in the standard's form."""
    try:
        version = ipaddress.ip_address(text).version
    except ValueError:
        return NetworkHost(type=NetworkHostType.DNS, dns_name=text)
    if version == 6:
        return NetworkHost(type=NetworkHostType.IPV6, ipv6_address=text)
    return NetworkHost(type=NetworkHostType.IPV4, ipv4_address=text)


def _host(given: NetworkHost) -> str:
    if given.type is NetworkHostType.IPV4:
        return checked_ipv4(given.ipv4_address)
    if given.type is NetworkHostType.IPV6:
        return checked_ipv6(given.ipv6_address)
    name = (given.dns_name or "").strip()
    if not is_name(name):
        raise InvalidDnsName(f"{_shown(given.dns_name)} is no DNS name")
    return name


def _check_count(given: tuple[object, ...], most: int, what: str) -> None:
    if len(given) > most:
        raise InvalidArgVal(f"{len(given)} {what}, {most} fit")


def _shown(text: str | None) -> str:
    return "nothing" if text is None else repr(text[:SHOWN_CHARS])
