"""Which of the machine's addresses discovery tells: those that work, and that clients are shown."""

import socket
from collections.abc import Callable, Iterable, Sequence

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.host import AddressState, InterfaceState


def interface_name(index: int) -> str:
    """The name of an interface; empty once it is gone."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return ""


def told_addresses(
    working: Sequence[InterfaceAddress],
    shown: Iterable[InterfaceState],
    name_of: Callable[[int], str] = interface_name,
) -> tuple[InterfaceAddress, ...]:
    """The addresses to tell, of those on which the machine is really reached.

    Nothing is told of an interface or a family that is shown as off. Where the addresses that are shown
    work, only they are told; where none of them does, as on a simulated host, those that work are. A
    device that would have nothing left to tell tells everything: it has to be found to be set right.
    `name_of` gives the name of an interface by its index. Source: Core, ProbeMatches (26.06 §7.3).
    """
    states = {each.token: each for each in shown}
    told: list[InterfaceAddress] = []
    families = dict.fromkeys((each.index, each.is_ipv6) for each in working)
    for index, is_ipv6 in families:
        here = [each for each in working if (each.index, each.is_ipv6) == (index, is_ipv6)]
        state = states.get(name_of(index))
        told += here if state is None else _of_family(here, state, state.ipv6 if is_ipv6 else state.ipv4)
    left = {each for each in told if name_of(each.index) in states}
    return tuple(told) if left else tuple(working)


def _of_family(
    working: list[InterfaceAddress], interface: InterfaceState, family: AddressState | None
) -> list[InterfaceAddress]:
    if not interface.is_enabled or (family is not None and not family.is_enabled):
        return []
    if family is None:
        return working
    shown = {each.address for each in (*family.manual, *family.from_dhcp, *family.from_router)}
    routable = [each for each in working if not each.is_link_local]
    agreeing = [each for each in routable if each.address in shown]
    return [each for each in working if each.is_link_local or each in (agreeing or routable)]
