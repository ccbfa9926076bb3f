"""The ports that HTTP, HTTPS and RTSP are spoken on, and moving them while the device runs."""

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec

from vedette.base.errors import VedetteError
from vedette.contract.faults import InvalidArgVal, OperationProhibited, PortAlreadyInUse, ServiceNotSupported
from vedette.contract.schema.network import NetworkProtocol, NetworkProtocolType
from vedette.device.settings.network import PortSettings, ProtocolSettings
from vedette.device.settings.store import SettingsNotSaved, SettingsStore

_log = logging.getLogger(__name__)

PORTS_MOST = 4  # of one protocol


class Spoken(StrEnum):
    """What a connection may turn out to be."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    RTSP = "RTSP"


class PortTaken(VedetteError):
    """A port cannot be listened on; the message says which and why."""


class Move(Protocol):
    """New ports that are held but not yet served."""

    def make(self) -> None:
        """Serve the new ports, and leave the old ones once what was asked there is answered."""
        ...

    def undo(self) -> None:
        """Give the new ports back."""
        ...


class PortMover(Protocol):
    """What listens."""

    def hold(self, ports: frozenset[int], spoken: frozenset[Spoken]) -> Move:
        """Take the ports that are not listened on yet; raises PortTaken and then holds none."""
        ...


class OpenPorts(msgspec.Struct, frozen=True, kw_only=True):
    """The ports of each protocol; `https` is None where there is no certificate."""

    http: ProtocolSettings
    https: ProtocolSettings | None = None
    rtsp: ProtocolSettings

    def first(self, spoken: Spoken) -> int | None:
        """The port to tell for a protocol; None while it is not spoken."""
        own: ProtocolSettings | None = getattr(self, spoken.name.lower())
        return own.ports[0] if own is not None and own.is_enabled else None

    @property
    def spoken(self) -> frozenset[Spoken]:
        """The protocols that are on."""
        return frozenset(each for each in Spoken if self.first(each) is not None)

    @property
    def listened(self) -> frozenset[int]:
        """Every port of a protocol that is on."""
        every = (self.http, self.https, self.rtsp)
        return frozenset(port for each in every if each and each.is_enabled for port in each.ports)


def chosen_ports(settings: PortSettings | None, configured: tuple[int, int]) -> OpenPorts | None:
    """The ports that clients chose, unless the operator has named others since."""
    if settings is None or settings.instead_of != configured:
        return None
    return OpenPorts(http=settings.http, https=settings.https, rtsp=settings.rtsp)


def with_https(ports: OpenPorts, chosen: OpenPorts | None) -> OpenPorts:
    """The ports once there is a certificate: HTTPS is where clients chose it, else where HTTP is."""
    https = chosen.https if chosen is not None else None
    return msgspec.structs.replace(ports, https=https or ProtocolSettings(ports=ports.http.ports))


def without_https(ports: OpenPorts) -> OpenPorts:
    """The ports while there is no certificate: HTTP is on, or nobody could reach the device any more."""
    http = msgspec.structs.replace(ports.http, is_enabled=True)
    return msgspec.structs.replace(ports, http=http, https=None)


class NetworkProtocols:
    """The protocols as clients see and set them.

    `configured` are the operator's HTTP and RTSP ports, `now` those that are really listened on. Watchers
    hear of each move.

    Source: Core, GetNetworkProtocols and SetNetworkProtocols (26.06 §8.2.12-§8.2.13).
    """

    def __init__(
        self, store: SettingsStore, mover: PortMover, *, configured: tuple[int, int], now: OpenPorts
    ) -> None:
        self._store = store
        self._mover = mover
        self._configured = configured
        self._watchers: list[Callable[[OpenPorts], None]] = []
        self._turn = asyncio.Lock()  # each move begins where the one before it ended
        self._has_tls = now.https is not None
        self.now = now

    def watch(self, watcher: Callable[[OpenPorts], None]) -> None:
        """Call `watcher` with the ports after each move."""
        self._watchers.append(watcher)

    def told(self) -> tuple[NetworkProtocol, ...]:
        """The supported protocols in the standard's form."""
        pairs = (
            (NetworkProtocolType.HTTP, self.now.http),
            (NetworkProtocolType.HTTPS, self.now.https),
            (NetworkProtocolType.RTSP, self.now.rtsp),
        )
        return tuple(
            NetworkProtocol(name=name, enabled=own.is_enabled, ports=own.ports)
            for name, own in pairs
            if own is not None
        )

    async def set(self, wanted: tuple[NetworkProtocol, ...]) -> None:
        """Move what is named; the rest stays.

        Everything is held before anything moves, and moves once the settings are safe. Raises
        ServiceNotSupported, PortAlreadyInUse, InvalidArgVal, and OperationProhibited where no way to
        this service would be left.
        """
        async with self._turn:
            await self._set(wanted)

    async def _set(self, wanted: tuple[NetworkProtocol, ...]) -> None:
        after = self._after(wanted)
        if not after.spoken & {Spoken.HTTP, Spoken.HTTPS}:
            raise OperationProhibited("without HTTP and HTTPS the device could no longer be reached")
        try:
            move = self._mover.hold(after.listened, after.spoken)
        except PortTaken as error:
            raise PortAlreadyInUse(str(error)) from error
        settings = PortSettings(
            instead_of=self._configured, http=after.http, https=after.https, rtsp=after.rtsp
        )
        try:
            await self._store.change(
                lambda document: msgspec.structs.replace(
                    document, network=msgspec.structs.replace(document.network, ports=settings)
                )
            )
        except SettingsNotSaved:
            move.undo()
            raise
        self._make(move, after)
        self.follow_tls(has_tls=self._has_tls)  # a certificate may have come or gone meanwhile

    def follow_tls(self, *, has_tls: bool) -> None:
        """There is a certificate now, or there is none any more: HTTPS comes or goes at once.

        It is not written down: at the next start it follows from the certificates again.
        """
        self._has_tls = has_tls
        if has_tls is (self.now.https is not None):
            return
        chosen = chosen_ports(self._store.current.network.ports, self._configured)
        after = with_https(self.now, chosen) if has_tls else without_https(self.now)
        try:
            move = self._mover.hold(after.listened, after.spoken)
        except PortTaken as error:
            _log.error("%s: it stays as it was", error)
            return
        self._make(move, after)

    def _make(self, move: Move, after: OpenPorts) -> None:
        self.now = after
        move.make()
        for watcher in self._watchers:
            watcher(after)

    def _after(self, wanted: tuple[NetworkProtocol, ...]) -> OpenPorts:
        names = [each.name for each in wanted]
        if len(set(names)) < len(names):
            raise InvalidArgVal("a protocol is there twice")
        after = self.now
        for each in wanted:
            if each.name is NetworkProtocolType.HTTPS and self.now.https is None:
                raise ServiceNotSupported("HTTPS is not spoken here: the device has no certificate")
            own = ProtocolSettings(is_enabled=each.enabled, ports=_checked_ports(each))
            after = msgspec.structs.replace(after, **{each.name.value.lower(): own})
        web = {*after.http.ports, *(after.https.ports if after.https else ())}
        if web & set(after.rtsp.ports):
            raise PortAlreadyInUse(f"port {min(web & set(after.rtsp.ports))} cannot be HTTP's and RTSP's")
        return after


def _checked_ports(wanted: NetworkProtocol) -> tuple[int, ...]:
    ports = tuple(dict.fromkeys(wanted.ports))
    if not 1 <= len(ports) <= PORTS_MOST:
        raise InvalidArgVal(f"{len(ports)} ports for {wanted.name.value}, not 1 to {PORTS_MOST}")
    for port in ports:
        if not 1 <= port <= 65535:
            raise InvalidArgVal(f"{port} is no port of {wanted.name.value}")
    return ports
