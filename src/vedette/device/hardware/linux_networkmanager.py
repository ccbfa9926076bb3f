"""NetworkManager as the keeper of a Linux host's links."""

import ipaddress
import struct
from typing import Any
from uuid import uuid4

import msgspec

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter
from vedette.device.hardware.linux_plan import AUTO, OFF, LinkPlan, of_version
from vedette.device.hardware.system_bus import Bus, plain, read_properties
from vedette.device.settings.network import LinkSettings, Prefixed

NAME = "org.freedesktop.NetworkManager"
PATH = "/org/freedesktop/NetworkManager"
SETTINGS = f"{PATH}/Settings"
NOBODY = "/"
ETHERNET, WIRELESS = 1, 2  # NMDeviceType
UNMANAGED, DISCONNECTED, ACTIVATED = 10, 30, 100  # NMDeviceState
LINK_LOCAL_SINCE = (1, 40)  # ipv4.link-local
_LINK_LOCAL_OFF, _LINK_LOCAL_ON = 2, 3  # NMSettingIP4LinkLocal

Sections = dict[str, dict[str, Any]]


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A managed device; `profile` and `active` are paths, `/` where there is none."""

    path: str
    token: str
    kind: int
    state: int
    profile: str
    active: str


class NetworkManager:
    """Keeps plans in NetworkManager's connection profiles.

    Source: NetworkManager, D-Bus API and nm-settings-dbus(5).
    """

    separates_dhcpv6 = False

    def __init__(self, bus: Bus, version: tuple[int, ...], *, may_set: bool) -> None:
        self._bus = bus
        self._has_link_local = version >= LINK_LOCAL_SINCE
        chapters = {Chapter.INTERFACES, Chapter.NAME_SERVERS, Chapter.GATEWAYS}
        if self._has_link_local:
            chapters.add(Chapter.ZERO_CONFIGURATION)
        self.settable = frozenset(chapters if may_set else ())

    @classmethod
    async def found(cls, bus: Bus) -> "NetworkManager | None":
        """The running NetworkManager, if it manages any link; raises HardwareFailed."""
        if not await bus.runs(NAME):
            return None
        properties = await read_properties(bus, NAME, PATH, NAME)
        allowed = plain((await bus.call(NAME, PATH, f"{NAME}.GetPermissions"))[0])
        needed = (f"{NAME}.settings.modify.system", f"{NAME}.network-control")
        made = cls(
            bus,
            tuple(int(each) for each in str(properties["Version"]).split(".")[:2] if each.isdecimal()),
            may_set=all(allowed.get(each, "yes") == "yes" for each in needed),
        )
        return made if await made.devices() else None

    async def devices(self) -> tuple[Device, ...]:
        """The devices that are managed, the loopback left out."""
        found = []
        for path in (await self.call(PATH, f"{NAME}.GetDevices"))[0]:
            device = await self._device(path)
            if device is not None and device.token != "lo":
                found.append(device)
        return tuple(found)

    async def device(self, token: str) -> Device:
        """One device; raises HardwareFailed."""
        for each in await self.devices():
            if each.token == token:
                return each
        raise HardwareFailed(f"NetworkManager does not manage {token}")

    async def plans(self) -> dict[str, LinkPlan]:
        """A plan for each device, from its profile."""
        found = {}
        for device in await self.devices():
            plan = _plan(device.token, await self.plain_profile(device.profile))
            is_up = device.state > DISCONNECTED  # whoever brought it up, with whatever profile
            found[device.token] = msgspec.structs.replace(plan, is_enabled=plan.is_enabled or is_up)
        return found

    async def keep(self, plan: LinkPlan) -> None:
        """Change the device's profile, or make it one."""
        device = await self.device(plan.token)
        if device.kind == WIRELESS:
            ours = [path for path, each in (await self.profiles()).items() if is_own(device.token, each)]
            paths = {device.profile, *ours} - {NOBODY}
            if not paths:
                raise HardwareFailed(f"{plan.token} has joined no wireless network yet")
        elif device.profile == NOBODY:
            new = {"connection": self._typed(id=plan.token, uuid=str(uuid4()), type="802-3-ethernet")}
            await self.add_profile(self.sections(plan, new))
            return
        else:
            paths = {device.profile}
        for path in sorted(paths):
            await self.replace_profile(path, self.sections(plan, await self.profile(path)))

    async def enforce(self, token: str) -> None:
        """Have the device follow its profile: without an interruption where that goes, else anew."""
        device = await self.device(token)
        sections = await self.plain_profile(device.profile)
        if not sections.get("connection", {}).get("autoconnect", True):
            if device.active != NOBODY:
                await self.call(device.path, f"{NAME}.Device.Disconnect")
            return
        if device.state == ACTIVATED:
            try:
                await self.call(device.path, f"{NAME}.Device.Reapply", "a{sa{sv}}tu", {}, 0, 0)
            except HardwareFailed:
                await self.activate(device)
        else:
            await self.activate(device)

    async def activate(self, device: Device) -> None:
        """Connect a device by its profile; without one, by the best there is."""
        await self.call(PATH, f"{NAME}.ActivateConnection", "ooo", device.profile, device.path, NOBODY)

    async def given_name_servers(self, token: str) -> tuple[str, ...]:
        """What the device was given besides what its profile names."""
        device = await self.device(token)
        properties = await self.properties(device.path, "Device")
        own = _plan(token, await self.plain_profile(device.profile))
        found: list[str] = []
        for family in ("Ip4Config", "Ip6Config"):
            path = properties.get(family, NOBODY)
            if path == NOBODY:
                continue
            config = await self.properties(path, family.replace("Ip", "IP"))
            for each in config.get("NameserverData") or config.get("Nameservers") or ():
                found.append(str(each["address"]) if isinstance(each, dict) else _address(each))
        return tuple(each for each in found if each not in own.name_servers)

    async def profile(self, path: str) -> Sections:
        """A profile's sections, without secrets, with the types that D-Bus carries."""
        found: Sections = (await self.call(path, f"{NAME}.Settings.Connection.GetSettings"))[0]
        return found

    async def plain_profile(self, path: str) -> Sections:
        """A profile's sections, without types; none for the path of nobody."""
        found: Sections = {} if path == NOBODY else plain(await self.profile(path))
        return found

    async def profiles(self) -> dict[str, Sections]:
        """Every profile by its path."""
        paths = (await self.call(SETTINGS, f"{NAME}.Settings.ListConnections"))[0]
        return {str(path): plain(await self.profile(path)) for path in paths}

    async def add_profile(self, sections: Sections) -> str:
        """Add a profile and return its path."""
        return str((await self.call(SETTINGS, f"{NAME}.Settings.AddConnection", "a{sa{sv}}", sections))[0])

    async def replace_profile(self, path: str, sections: Sections) -> None:
        """Replace a profile."""
        await self.call(path, f"{NAME}.Settings.Connection.Update", "a{sa{sv}}", sections)

    async def delete_profile(self, path: str) -> None:
        """Delete a profile."""
        await self.call(path, f"{NAME}.Settings.Connection.Delete")

    async def _device(self, path: str) -> Device | None:
        properties = await self.properties(path, "Device")
        if properties["State"] <= UNMANAGED or not properties.get("Managed", True):
            return None
        active = str(properties["ActiveConnection"])
        if active != NOBODY:
            profile = str((await self.properties(active, "Connection.Active"))["Connection"])
        else:
            profile = next((str(each) for each in properties["AvailableConnections"]), NOBODY)
        return Device(
            path=path,
            token=properties["Interface"],
            kind=properties["DeviceType"],
            state=properties["State"],
            profile=profile,
            active=active,
        )

    async def properties(self, path: str, interface: str) -> dict[str, Any]:
        """The properties of an object of an interface below NetworkManager's; raises HardwareFailed."""
        return await read_properties(self._bus, NAME, path, f"{NAME}.{interface}")

    async def call(self, path: str, member: str, signature: str = "", *arguments: Any) -> list[Any]:
        """Call a method of an object; raises HardwareFailed."""
        return await self._bus.call(NAME, path, member, signature, *arguments)

    def variant(self, signature: str, value: Any) -> Any:
        """A value that carries its type."""
        return self._bus.variant(signature, value)

    def sections(self, plan: LinkPlan, before: Sections) -> Sections:
        """The profile that says what a plan says, and of everything else what it said before."""
        sections = {name: dict(section) for name, section in before.items()}
        connection = sections.setdefault("connection", {})
        connection.update(self._typed(interface_name=plan.token))
        connection["autoconnect"] = self.variant("b", plan.is_enabled)
        for version, name in ((4, "ipv4"), (6, "ipv6")):
            sections[name] = self._family(plan, version, sections.get(name, {}))
        kind = "802-11-wireless" if "802-11-wireless" in sections else "802-3-ethernet"
        if plan.mtu_bytes is not None:
            sections.setdefault(kind, {})["mtu"] = self.variant("u", plan.mtu_bytes)
        if kind == "802-3-ethernet" and plan.link != _told_link(plain(sections.get(kind, {}))):
            sections[kind] = self._link(plan.link, sections.get(kind, {}))
        return sections

    def _link(self, link: LinkSettings | None, before: dict[str, Any]) -> dict[str, Any]:
        replaced = {"auto-negotiate", "speed", "duplex"}
        section = {name: value for name, value in before.items() if name not in replaced}
        section["auto-negotiate"] = self.variant("b", link is None)
        if link is not None:
            section["speed"] = self.variant("u", link.speed_mbps)
            section["duplex"] = self.variant("s", "full" if link.is_full_duplex else "half")
        return section

    def _family(self, plan: LinkPlan, version: int, before: dict[str, Any]) -> dict[str, Any]:
        variant = self.variant
        replaced = {"addresses", "address-data", "gateway", "routes", "dns", "dns-data", "dns-search"}
        section = {name: value for name, value in before.items() if name not in replaced}
        manual = plan.ipv4_manual if version == 4 else plan.ipv6_manual
        method = _method4(plan) if version == 4 else _method6(plan)
        section["method"] = variant("s", method)
        section["ignore-auto-dns"] = variant("b", not plan.asks_name_servers_of_dhcp)
        if manual and method in ("auto", "manual"):
            data = [
                {"address": variant("s", each.address), "prefix": variant("u", each.prefix_bits)}
                for each in manual
            ]
            section["address-data"] = variant("aa{sv}", data)
        gateways = plan.gateways_of(version)
        if gateways and "address-data" in section:
            section["gateway"], gateways = variant("s", gateways[0]), gateways[1:]
        if gateways or "route-data" in section:
            section["route-data"] = self._routes(section.get("route-data"), gateways, version)
        servers = of_version(plan.name_servers, version)
        if servers:
            packed = [ipaddress.ip_address(each).packed for each in servers]
            numbers = [struct.unpack("=I", each)[0] for each in packed] if version == 4 else packed
            section["dns"] = variant("au" if version == 4 else "aay", numbers)
        if plan.search_domains and method != "disabled":
            section["dns-search"] = variant("as", list(plan.search_domains))
        if version == 4 and self._has_link_local:
            wanted = _LINK_LOCAL_ON if plan.has_zero_configuration else _LINK_LOCAL_OFF
            section["link-local"] = variant("i", wanted if plan.ipv4_enabled else 0)
        return section

    def _routes(self, before: Any, gateways: tuple[str, ...], version: int) -> Any:
        """The routes of a profile with these default ones: without addresses it can have no gateway."""
        kept = [] if before is None else [each for each in before.value if plain(each)["prefix"] != 0]
        everywhere = self.variant("s", "0.0.0.0" if version == 4 else "::")
        made = [
            {"dest": everywhere, "prefix": self.variant("u", 0), "next-hop": self.variant("s", each)}
            for each in gateways
        ]
        return self.variant("aa{sv}", [*kept, *made])

    def _typed(self, **texts: str) -> dict[str, Any]:
        return {name.replace("_", "-"): self.variant("s", text) for name, text in texts.items()}


def own_id(token: str, alias: str) -> str:
    """The name of the profile that is made here for a wireless network."""
    return f"vedette {token} {alias}"


def is_own(token: str, profile: Sections) -> bool:
    """Whether a profile was made here."""
    return str(profile.get("connection", {}).get("id", "")).startswith(own_id(token, ""))


def _method4(plan: LinkPlan) -> str:
    if not plan.ipv4_enabled:
        return "disabled"
    if plan.ipv4_dhcp:
        return "auto"
    return "manual" if plan.ipv4_manual else "link-local"


def _method6(plan: LinkPlan) -> str:
    if not plan.ipv6_enabled:
        return "disabled"
    if plan.accepts_router_advert:
        return "auto"
    return "manual" if plan.ipv6_manual else "link-local"


def _plan(token: str, sections: Sections) -> LinkPlan:
    """The plan that a profile stands for."""
    v4, v6 = sections.get("ipv4", {}), sections.get("ipv6", {})
    device = sections.get("802-11-wireless") or sections.get("802-3-ethernet") or {}
    method4, method6 = v4.get("method", "auto"), v6.get("method", "auto")
    listens = method6 in ("auto", "dhcp", "ignore")
    servers = [_address(each) for section in (v4, v6) for each in section.get("dns", ())]
    return LinkPlan(
        token=token,
        is_enabled=sections.get("connection", {}).get("autoconnect", True),
        mtu_bytes=device.get("mtu") or None,
        link=_told_link(device),
        ipv4_enabled=method4 != "disabled",
        ipv4_dhcp=method4 == "auto",
        ipv4_manual=_manual(v4),
        has_zero_configuration=method4 == "link-local" or v4.get("link-local") == _LINK_LOCAL_ON,
        ipv6_enabled=method6 != "disabled",
        ipv6_dhcp=AUTO if listens else OFF,
        accepts_router_advert=listens,
        ipv6_manual=_manual(v6),
        gateways=(*_gateways(v4), *_gateways(v6)),
        name_servers=tuple(dict.fromkeys(servers)),
        search_domains=tuple(
            dict.fromkeys(each for section in (v4, v6) for each in section.get("dns-search", ()))
        ),
        asks_name_servers_of_dhcp=not v4.get("ignore-auto-dns", False),
    )


def _gateways(section: dict[str, Any]) -> tuple[str, ...]:
    first = (section["gateway"],) if section.get("gateway") else ()
    routes = section.get("route-data", ())
    return (*first, *(each["next-hop"] for each in routes if each["prefix"] == 0 and "next-hop" in each))


def _told_link(device: dict[str, Any]) -> LinkSettings | None:
    if not device.get("speed") or device.get("auto-negotiate"):
        return None
    return LinkSettings(
        auto_negotiation=False,
        speed_mbps=device["speed"],
        is_full_duplex=device.get("duplex") != "half",
    )


def _manual(section: dict[str, Any]) -> tuple[Prefixed, ...]:
    return tuple(Prefixed(each["address"], each["prefix"]) for each in section.get("address-data", ()))


def _address(raw: Any) -> str:
    """An address in the form profiles keep it: a number in the network's order, bytes, or text."""
    if isinstance(raw, str):
        return raw
    packed = struct.pack("=I", raw) if isinstance(raw, int) else bytes(raw)
    return str(ipaddress.ip_address(packed))
