"""systemd-networkd as the keeper of a Linux host's links."""

import asyncio
import ipaddress
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter
from vedette.device.hardware.linux_plan import AUTO, OFF, LinkPlan
from vedette.device.hardware.system_bus import Bus
from vedette.device.settings.network import Prefixed
from vedette.device.settings.store import SettingsNotSaved, write_atomically

NAME = "org.freedesktop.network1"
PATH = "/org/freedesktop/network1"
FOLDER = Path("/etc/systemd/network")
UNMANAGED = "unmanaged"
_DROP_INS = ("etc", "run", "usr/local/lib", "usr/lib")  # systemd.network(5): where a file's additions lie
_ACTIONS = (f"{NAME}.reload", f"{NAME}.reconfigure")
_ON = frozenset(("yes", "true", "1", "on"))
_ADDRESS_BYTES = (4, 16)


class Line(NamedTuple):
    """One line of a file; `block` counts the headers before it, since some sections are there repeatedly."""

    section: str
    key: str
    value: str
    block: int = 0


class Networkd:
    """Keeps plans in files that networkd reads when it is told to over D-Bus.

    A link's own file comes before all others. It takes over what the file in force said, and changes
    what clients set. Source: systemd.network(5), org.freedesktop.network1(5).
    """

    separates_dhcpv6 = True

    def __init__(self, bus: Bus, folder: Path, *, may_set: bool) -> None:
        self._bus = bus
        self._folder = folder
        self._root = folder.parents[2]
        chapters = (Chapter.INTERFACES, Chapter.NAME_SERVERS, Chapter.GATEWAYS, Chapter.ZERO_CONFIGURATION)
        self.settable = frozenset(chapters if may_set else ())

    @classmethod
    async def found(cls, bus: Bus, folder: Path = FOLDER) -> "Networkd | None":
        """The running networkd, if it manages any link; raises HardwareFailed."""
        if not await bus.runs(NAME):
            return None
        may_write = await asyncio.to_thread(os.access, folder, os.W_OK)
        may_set = may_write and all([await bus.allows(each) for each in _ACTIONS])
        made = cls(bus, folder, may_set=may_set)
        return made if await made.plans() else None

    async def plans(self) -> dict[str, LinkPlan]:
        """A plan for each managed link, from the file in force."""
        found = {}
        for index, name, _ in (await self._call("ListLinks"))[0]:
            described = await self._described(index)
            if name != "lo" and described.get("AdministrativeState", UNMANAGED) != UNMANAGED:
                found[name] = _plan(name, await self._lines(name, described.get("NetworkFile")))
        return found

    async def keep(self, plan: LinkPlan) -> None:
        """Write the link's own file."""
        if plan.link is not None:
            raise HardwareFailed("networkd leaves speed and duplex to the driver")
        described = await self._described(await self._index(plan.token))
        before = await self._lines(plan.token, described.get("NetworkFile"))
        text = _text((*_kept(before), *_said(plan)), plan.token)
        await asyncio.to_thread(_write, self._own(plan.token), text)

    async def enforce(self, token: str) -> None:
        """Have networkd read its files and set the link up anew."""
        await self._call("Reload")
        await self._call("ReconfigureLink", "i", await self._index(token))

    async def given_name_servers(self, token: str) -> tuple[str, ...]:
        """What networkd uses on the link and no file names."""
        described = await self._described(await self._index(token))
        return tuple(
            _dotted(each["Address"]) for each in described.get("DNS", ()) if each["ConfigSource"] != "static"
        )

    def _own(self, token: str) -> Path:
        return self._folder / f"00-vedette-{token}.network"

    async def _lines(self, token: str, in_force: str | None) -> tuple[Line, ...]:
        """What is written of a link: in its own file, else in the one in force and its additions."""
        return await asyncio.to_thread(_read, self._files(token, in_force))

    def _files(self, token: str, in_force: str | None) -> list[Path]:
        own = self._own(token)
        if own.exists():
            return [own]
        if in_force is None:
            return []
        name = f"{Path(in_force).name}.d"
        folders = [self._root / each / "systemd/network" / name for each in _DROP_INS]
        additions = {each.name: each for folder in reversed(folders) for each in folder.glob("*.conf")}
        return [Path(in_force), *(additions[each] for each in sorted(additions))]

    async def _index(self, token: str) -> int:
        return int((await self._call("GetLinkByName", "s", token))[0])

    async def _described(self, index: int) -> dict[str, Any]:
        text = (await self._call("DescribeLink", "i", index))[0]
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise HardwareFailed(f"networkd describes link {index} unreadably: {error}") from error
        return found

    async def _call(self, method: str, signature: str = "", *arguments: Any) -> list[Any]:
        return await self._bus.call(NAME, PATH, f"{NAME}.Manager.{method}", signature, *arguments)


def _write(path: Path, text: str) -> None:
    """Replace a file that networkd, another user, can read; raises HardwareFailed."""
    try:
        write_atomically(path, text.encode())
        path.chmod(0o644)
    except (OSError, SettingsNotSaved) as error:
        raise HardwareFailed(str(error)) from error


def _read(paths: Iterable[Path]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for path in paths:
        section, block = "", 0
        try:
            text = path.read_text("utf-8", "replace")
        except OSError as error:
            raise HardwareFailed(f"{path}: {error.strerror}") from error
        for raw in text.splitlines():
            line = raw.strip()
            if line.startswith("["):
                section, block = line.strip("[]"), block + 1
            elif line and line[0] not in "#;":
                key, _, value = line.partition("=")
                lines.append(Line(section, key.strip(), value.strip(), block))
    return tuple(lines)


def _text(lines: Iterable[Line], token: str) -> str:
    parts = ["# Set over the network.", "[Match]", f"Name={token}"]
    before = ("Match", 0)
    for line in lines:
        if (line.section, line.block) != before:
            before = (line.section, line.block)
            parts += ["", f"[{line.section}]"]
        parts.append(f"{line.key}={line.value}")
    return "\n".join(parts) + "\n"


_OWNED = {
    "Link": {"MTUBytes", "ActivationPolicy"},
    "Network": {
        "Address",
        "Gateway",
        "DNS",
        "Domains",
        "DHCP",
        "LinkLocalAddressing",
        "IPv6AcceptRA",
    },
    "DHCPv4": {"UseDNS"},
    "DHCPv6": {"UseDNS"},
    "IPv6AcceptRA": {"UseDNS", "DHCPv6Client"},
}


def _kept(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What stays of a file: everything that a plan says nothing of."""
    return tuple(
        line
        for line in lines
        if line.section not in ("Match", "Address") and line.key not in _OWNED.get(line.section, set())
    )


def _said(plan: LinkPlan) -> tuple[Line, ...]:
    """What a plan says."""
    manual = (
        *(plan.ipv4_manual if plan.ipv4_enabled else ()),
        *(plan.ipv6_manual if plan.ipv6_enabled else ()),
    )
    listens = plan.ipv6_enabled and plan.accepts_router_advert
    asks_dhcpv6 = plan.ipv6_enabled and plan.ipv6_dhcp == AUTO
    local4 = plan.ipv4_enabled and plan.has_zero_configuration
    local = {(True, True): "yes", (True, False): "ipv4", (False, True): "ipv6", (False, False): "no"}
    use_dns = _word(is_on=plan.asks_name_servers_of_dhcp)
    said = [
        ("Link", "ActivationPolicy", "up" if plan.is_enabled else "always-down"),
        *(("Link", "MTUBytes", str(each)) for each in (plan.mtu_bytes,) if each is not None),
        *(("Network", "Address", f"{each.address}/{each.prefix_bits}") for each in manual),
        *(("Network", "Gateway", each) for each in plan.gateways),
        *(("Network", "DNS", each) for each in plan.name_servers),
        *(("Network", "Domains", each) for each in plan.search_domains),
        ("Network", "DHCP", "ipv4" if plan.ipv4_enabled and plan.ipv4_dhcp else "no"),
        ("Network", "LinkLocalAddressing", local[local4, plan.ipv6_enabled]),
        ("Network", "IPv6AcceptRA", _word(is_on=listens)),
        ("DHCPv4", "UseDNS", use_dns),
        ("DHCPv6", "UseDNS", use_dns),
        ("IPv6AcceptRA", "UseDNS", use_dns),
        ("IPv6AcceptRA", "DHCPv6Client", _word(is_on=asks_dhcpv6)),
    ]
    return tuple(Line(*each) for each in said)


def _plan(token: str, lines: Iterable[Line]) -> LinkPlan:
    """The plan that a file stands for."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        values = found.setdefault((line.section, line.key), [])
        if line.value:
            values.append(line.value)
        else:
            values.clear()  # systemd.network(5): an empty value takes back what was said before

    def last(section: str, key: str, usual: str) -> str:
        return (found.get((section, key)) or [usual])[-1].lower()

    dhcp, local = last("Network", "DHCP", "no"), last("Network", "LinkLocalAddressing", "ipv6")
    addresses = [
        *found.get(("Network", "Address"), ()),
        *found.get(("Address", "Address"), ()),
    ]
    manual = tuple(_prefixed(each) for each in addresses)
    v4 = tuple(each for each in manual if ":" not in each.address)
    v6 = tuple(each for each in manual if ":" in each.address)
    takes_dhcp4 = dhcp in ("ipv4", *_ON)
    listens = last("Network", "IPv6AcceptRA", "yes") in _ON and local in ("ipv6", *_ON)
    asks6 = dhcp in ("ipv6", *_ON) or (listens and last("IPv6AcceptRA", "DHCPv6Client", "yes") != "no")
    return LinkPlan(
        token=token,
        is_enabled=last("Link", "ActivationPolicy", "up") not in ("down", "always-down"),
        mtu_bytes=_bytes(last("Link", "MTUBytes", "")),
        ipv4_enabled=takes_dhcp4 or bool(v4) or local in ("ipv4", *_ON),
        ipv4_dhcp=takes_dhcp4,
        ipv4_manual=v4,
        has_zero_configuration=local in ("ipv4", *_ON),
        ipv6_enabled=local in ("ipv6", *_ON) or bool(v6),
        ipv6_dhcp=AUTO if asks6 else OFF,
        accepts_router_advert=listens,
        ipv6_manual=v6,
        gateways=tuple(each for each in found.get(("Network", "Gateway"), ()) if not each.startswith("_")),
        name_servers=tuple(word for each in found.get(("Network", "DNS"), ()) for word in each.split()),
        search_domains=tuple(word for each in found.get(("Network", "Domains"), ()) for word in each.split()),
        asks_name_servers_of_dhcp=last("DHCPv4", "UseDNS", "yes") in _ON,
    )


def _prefixed(text: str) -> Prefixed:
    address, _, bits = text.partition("/")
    return Prefixed(address, int(bits) if bits else 128 if ":" in address else 32)


def _bytes(text: str) -> int | None:
    """A size as systemd writes it. Source: systemd.network(5), MTUBytes."""
    units = {"k": 1 << 10, "m": 1 << 20}
    number = text.rstrip("km")
    return int(number) * units.get(text[-1], 1) if number.isdecimal() else None


def _word(*, is_on: bool) -> str:
    return "yes" if is_on else "no"


def _dotted(raw: list[int]) -> str:
    if len(raw) not in _ADDRESS_BYTES:
        raise HardwareFailed(f"networkd tells an address of {len(raw)} bytes")
    return str(ipaddress.ip_address(bytes(raw)))
