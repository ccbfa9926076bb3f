"""The host's network as clients may read it: interfaces, name and time servers, gateways, open ports."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.client.interfaces import InterfaceAddress, interface_addresses
from vedette.device.host_files import text_below

LOOPBACK = "lo"

_TIME_CONFIGURATIONS = (
    "etc/chrony/chrony.conf",
    "etc/chrony.conf",
    "etc/ntp.conf",
    "etc/ntpsec/ntp.conf",
)


class NetworkUnreadable(VedetteError):
    """The host does not let its addresses be read."""


class HostInterface(msgspec.Struct, frozen=True, kw_only=True):
    """A network interface; `kind` is its IANA interface type (6 Ethernet, 24 loopback, 71 wireless)."""

    name: str
    index: int
    hardware_address: str
    mtu_bytes: int
    kind: int
    is_up: bool
    addresses: tuple[InterfaceAddress, ...]
    speed_mbps: int = 1000  # what is told where the driver does not say
    is_full_duplex: bool = True

    @property
    def is_loopback(self) -> bool:
        """Whether it leads nowhere but back."""
        return self.name == LOOPBACK


class HostNetwork:
    """Reads what the host has configured; `root` is where the files lie, other than `/` in tests only."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def interfaces(self) -> tuple[HostInterface, ...]:
        """The interfaces in the host's order; the loopback only where there is no other.

        Raises NetworkUnreadable.
        """
        try:
            addresses = interface_addresses()
            every = tuple(self._interface(index, name, addresses) for index, name in socket.if_nameindex())
        except OSError as error:
            raise NetworkUnreadable(f"the host's interfaces cannot be read: {error.strerror}") from error
        return tuple(each for each in every if not each.is_loopback) or every

    def name_servers(self) -> tuple[str, ...]:
        """The addresses of the name servers the host asks."""
        found = [words[1] for words in self._lines("etc/resolv.conf") if words[0] == "nameserver"]
        return tuple(each.partition("%")[0] for each in found if _is_address(each.partition("%")[0]))

    def search_domains(self) -> tuple[str, ...]:
        """The domains that the host completes names with."""
        found = [words[1:] for words in self._lines("etc/resolv.conf") if words[0] in ("search", "domain")]
        return tuple(found[-1]) if found else ()

    def time_servers(self) -> tuple[str, ...]:
        """The time servers that the host's configuration names: names or addresses."""
        found: list[str] = []
        for path in _TIME_CONFIGURATIONS:
            found += [words[1] for words in self._lines(path) if words[0] in ("server", "pool", "peer")]
        for words in self._lines("etc/systemd/timesyncd.conf"):
            key, separator, first = words[0].partition("=")
            if separator and key == "NTP":
                found += [each for each in (first, *words[1:]) if each]
        return tuple(dict.fromkeys(found))

    def gateways(self) -> tuple[str, ...]:
        """The addresses of the default gateways, version 4 first."""
        found = []
        for words in self._lines("proc/net/route"):
            if len(words) > 7 and words[1] == words[7] == "00000000" and words[2] != "00000000":
                found.append(socket.inet_ntop(socket.AF_INET, bytes.fromhex(words[2])[::-1]))
        for words in self._lines("proc/net/ipv6_route"):
            if len(words) > 4 and words[0] == "0" * 32 and words[1] == "00" and words[4] != "0" * 32:
                found.append(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(words[4])))
        return tuple(dict.fromkeys(found))

    def default_interface(self) -> str:
        """The name of the interface that packets to everywhere leave by; empty where there is none."""
        for words in self._lines("proc/net/route"):
            if len(words) > 7 and words[1] == words[7] == "00000000":
                return words[0]
        return ""

    def _interface(self, index: int, name: str, addresses: tuple[InterfaceAddress, ...]) -> HostInterface:
        folder = f"sys/class/net/{name}"
        flags = int(text_below(self._root, f"{folder}/flags") or "0", 16)
        is_wireless = (self._root / folder / "wireless").exists()
        kind = 24 if name == LOOPBACK else 71 if is_wireless else 6
        return HostInterface(
            name=name,
            index=index,
            hardware_address=text_below(self._root, f"{folder}/address") or "00:00:00:00:00:00",
            mtu_bytes=int(text_below(self._root, f"{folder}/mtu") or "1500"),
            kind=kind,
            is_up=bool(flags & 1),
            addresses=tuple(each for each in addresses if each.index == index),
            speed_mbps=self._speed_mbps(folder),
            is_full_duplex=text_below(self._root, f"{folder}/duplex") != "half",
        )

    def _speed_mbps(self, folder: str) -> int:
        text = text_below(self._root, f"{folder}/speed")
        return int(text) if text.isdecimal() and int(text) else 1000  # a link that is down says -1

    def _lines(self, path: str) -> Iterator[list[str]]:
        """The words of each line that has any, comments left out; at least two, unless it is one `a=b`."""
        for line in text_below(self._root, path).splitlines():
            words = line.partition("#")[0].partition(";")[0].split()
            if len(words) > 1 or (words and "=" in words[0]):
                yield words


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
