"""Which of this machine's addresses others most likely reach it by."""

import ipaddress
import socket

from vedette.client.interfaces import InterfaceAddress, interface_addresses


def facing_address() -> str:
    """The IPv4 address of the interface with the default route, else that of any, else the loopback address.

    Sends nothing. Cameras often have a network of their own, which leads nowhere else.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's; connecting UDP only looks up the route
        except OSError:
            others = (each for each in interface_addresses() if not (each.is_ipv6 or each.is_loopback))
            return next((each.address for each in others), "127.0.0.1")
        host: str = probe.getsockname()[0]
    return host


def interface_facing(peer: str) -> str:
    """The name of the interface on whose link an address is, else of the one with the default route."""
    here = interface_addresses()
    default = facing_address()
    near = [each for each in here if _is_within(peer, each)]
    for each in (*near, *(each for each in here if each.address == default)):
        return socket.if_indextoname(each.index)
    return "lo"


def _is_within(address: str, interface: InterfaceAddress) -> bool:
    try:
        network = ipaddress.ip_network(f"{interface.address}/{interface.prefix_bits}", strict=False)
        return ipaddress.ip_address(address.partition("%")[0]) in network
    except ValueError:
        return False
