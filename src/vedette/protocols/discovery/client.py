"""Looking for devices: what is asked, and what the answers amount to. No socket, no clock."""

from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from vedette.base.errors import LimitExceeded
from vedette.protocols.discovery import messages
from vedette.protocols.discovery.messages import DEVICE, NETWORK_VIDEO_TRANSMITTER, Probe, Target
from vedette.wire.message import MalformedMessage, XmlName

FOUND_MOST = 4096

# Devices of the first releases know only the first type, others only the second.
USUAL_TYPES: tuple[tuple[XmlName, ...], ...] = ((NETWORK_VIDEO_TRANSMITTER,), (DEVICE,))


class DiscoveredDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that answered; `address` is where its answer came from, `xaddrs` what it says of itself.

    `xaddrs` are usable HTTP addresses, those with the answer's own host first; those that hold on one link
    only name the interface the answer came in by, as URLs do: `http://[fe80::7%25eth0]/`.
    """

    endpoint: str
    xaddrs: tuple[str, ...]
    types: tuple[XmlName, ...]
    scopes: tuple[str, ...]
    metadata_version: int
    address: str

    def scope_values(self, category: str) -> tuple[str, ...]:
        """What the device's ONVIF scopes say of a category such as `name`, `hardware` or `location`.

        As it is to be read: percent encoding is undone, and what cannot be shown left out.
        """
        prefix = f"/{category.lower()}/"
        paths = (_path(each) for each in self.scopes if each.lower().startswith("onvif://"))
        found = (unquote(path[len(prefix) :]) for path in paths if path.lower().startswith(prefix))
        return tuple("".join(filter(str.isprintable, each)) for each in found)


class Search:
    """One search. Without types it asks for what a camera or recorder may call itself."""

    def __init__(self, *, types: tuple[XmlName, ...] = (), scopes: tuple[str, ...] = ()) -> None:
        self.garbage_total = 0
        self._probes = [Probe(types=each, scopes=scopes) for each in ((types,) if types else USUAL_TYPES)]
        self._found: set[str] = set()

    def probes(self, message_ids: tuple[str, ...]) -> list[bytes]:
        """The probes to send; `message_ids` are fresh `urn:uuid:…`, at least two."""
        return [messages.probe(each, name) for each, name in zip(self._probes, message_ids, strict=False)]

    def receive(self, data: bytes, address: str) -> list[DiscoveredDevice]:
        """The devices that an answer brings and that were not known before.

        Hello messages count as answers. What cannot be read is counted and ignored.
        """
        try:
            heard = messages.read(data)
        except (MalformedMessage, LimitExceeded):
            self.garbage_total += 1
            return []
        if heard.kind not in ("ProbeMatches", "ResolveMatches", "Hello"):
            return []
        new = []
        for target in heard.targets:
            device = _device(target, address)
            key = target.endpoint.lower() or " ".join(device.xaddrs)
            if device.xaddrs and key not in self._found and len(self._found) < FOUND_MOST:
                self._found.add(key)
                new.append(device)
        return new


def _device(target: Target, address: str) -> DiscoveredDevice:
    usable = [each for each in target.xaddrs if _host(each)]
    own, _, zone = address.partition("%")
    usable.sort(key=lambda each: _host(each) != own.lower())
    if zone:
        usable = [_zoned(each, zone) for each in usable]
    return DiscoveredDevice(
        endpoint=target.endpoint,
        xaddrs=tuple(dict.fromkeys(usable)),
        types=target.types,
        scopes=target.scopes,
        metadata_version=target.metadata_version,
        address=address,
    )


def _path(scope: str) -> str:
    """The path of a scope; empty for what is no URI."""
    try:
        return urlsplit(scope).path
    except ValueError:
        return ""


def _host(xaddr: str) -> str:
    """The host of an HTTP address; empty for anything else."""
    try:
        parts = urlsplit(xaddr)
        parts.port  # noqa: B018 (reading it checks it)
        return (parts.hostname or "") if parts.scheme.lower() in ("http", "https") else ""
    except ValueError:
        return ""


def _zoned(xaddr: str, zone: str) -> str:
    host = _host(xaddr)
    if not host.startswith("fe80:") or "%" in host:
        return xaddr
    parts = urlsplit(xaddr)
    return urlunsplit(parts._replace(netloc=parts.netloc.replace("]", f"%25{zone}]", 1)))
