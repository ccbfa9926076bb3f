"""Makes this device findable: WS-Discovery on every interface, Hello on arrival, Bye on leaving."""

import asyncio
import ipaddress
import logging
import random
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from vedette.base.clock import Clock
from vedette.client.interfaces import (
    InterfaceAddress,
    carriers,
    interface_addresses,
    multicast_listener,
    multicast_sender,
)
from vedette.contract.discovery import Discovery
from vedette.contract.faults import Action
from vedette.contract.schema.system import DiscoveryMode
from vedette.device.addresses import SERVICE_PATHS
from vedette.device.hardware.host import InterfaceState
from vedette.device.identity import DeviceIdentity
from vedette.device.network_discovery import RemoteDiscovery
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_reach import told_addresses
from vedette.device.scopes import ScopeList
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.protocols.discovery.device import Chance, Datagram, DiscoveryTarget
from vedette.protocols.discovery.messages import (
    DEVICE,
    GROUP_IPV4,
    GROUP_IPV6,
    NETWORK_VIDEO_TRANSMITTER,
    PORT,
    Target,
)
from vedette.protocols.discovery.messages import Sequence as MessageSequence
from vedette.wire.namespaces import TDS

_log = logging.getLogger(__name__)

LOOK_S = 10.0  # how often the host's addresses are looked at
WILDCARDS = frozenset(("", "0.0.0.0", "::", "[::]"))


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What is told about this device, addresses aside."""

    endpoint: str
    scopes: tuple[str, ...]
    metadata_version: int


SPOKEN = frozenset(Discovery.operations())  # over UDP, by `protocols.discovery` and not by handlers


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Where the device service is reached: ports, and the only address listened on, if it is one."""

    http_port: int | None = None
    https_port: int | None = None
    host: str = ""
    has_ipv6: bool = False

    def xaddrs(self, addresses: Sequence[InterfaceAddress]) -> tuple[str, ...]:
        """The addresses of the device service at these of the machine's."""
        path = SERVICE_PATHS[TDS]
        hosts = [each.in_url for each in addresses if self.hears(each)]
        ports = (("http", self.http_port, 80), ("https", self.https_port, 443))
        return tuple(
            f"{scheme}://{host}{path}" if port == usual else f"{scheme}://{host}:{port}{path}"
            for host in hosts
            for scheme, port, usual in ports
            if port is not None
        )

    def hears(self, own: InterfaceAddress) -> bool:
        """Whether the device service can be reached at an address."""
        if own.is_ipv6 and (not self.has_ipv6 or own.is_link_local):
            return False
        return self.host in WILDCARDS or own.address == self.host.strip("[]")


class Link(msgspec.Struct, frozen=True):
    """One interface and one family: the address to speak from, and all that devices are reached at."""

    own: InterfaceAddress
    addresses: tuple[InterfaceAddress, ...]

    @property
    def place(self) -> tuple[int, bool]:
        """Which interface and family it is, whatever addresses it has."""
        return self.own.index, self.own.is_ipv6

    @property
    def spoken_from(self) -> tuple[InterfaceAddress, ...]:
        """The addresses at which peers of the link's family may ask."""
        others = (each for each in self.addresses if each.is_ipv6 is self.own.is_ipv6)
        return tuple(dict.fromkeys((self.own, *others)))

    def nearest(self, peer: str) -> InterfaceAddress:
        """The address in the narrowest network that a peer is in too, else the one to speak from."""
        if len(self.spoken_from) == 1:
            return self.own
        host = ipaddress.ip_address(peer.partition("%")[0])
        around = [each for each in self.spoken_from if host in each.network]
        return max(around, key=lambda each: each.prefix_bits, default=self.own)

    def reached_from(self, asked: InterfaceAddress) -> tuple[InterfaceAddress, ...]:
        """The addresses that devices are reached at, the one first that a peer asked at or is nearest to."""
        return tuple(sorted(self.addresses, key=lambda each: each != asked))


class _Asker(NamedTuple):
    """Who is to be answered, and from which of our addresses: that is all that passes some firewalls."""

    asked: InterfaceAddress
    peer: Any


class _Ear(asyncio.DatagramProtocol):
    """Hands on what comes in on one socket."""

    def __init__(self, heard: Callable[[bytes, Any], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._heard(data, addr)

    def error_received(self, exc: Exception) -> None:
        _log.debug("discovery: %s", exc)


class _Voice:
    """This device on one link: its conversation and its sockets."""

    def __init__(self, link: Link, core: DiscoveryTarget, port: int) -> None:
        self.link = link
        self.core = core
        self.group: Any = (GROUP_IPV6, port, 0, link.own.index) if link.own.is_ipv6 else (GROUP_IPV4, port)
        self._speaking: dict[InterfaceAddress, asyncio.DatagramTransport] = {}
        self._listening: asyncio.DatagramTransport | None = None

    async def open(self, receive: "_Receive") -> None:
        """Start to listen; raises OSError."""
        try:
            await self._speak_from(self.link.own, receive)
            made = multicast_listener(self.link.own, self.group[0], self.group[1])
            self._listening = await _ear(made, lambda data, peer: receive(self, data, peer, None))
        except OSError:
            self.close()
            raise
        await self.follow(self.link, receive)

    async def follow(self, link: Link, receive: "_Receive") -> None:
        """Listen at the addresses that the link has now besides the one it is spoken from."""
        self.link = link
        for gone in [each for each in self._speaking if each not in link.spoken_from]:
            self._speaking.pop(gone).close()
        for each in link.spoken_from:
            if each not in self._speaking:
                try:
                    await self._speak_from(each, receive)
                except OSError as error:
                    _log.debug("discovery at %s: %s", each.address, error)

    def send(self, datagram: Datagram) -> None:
        """Send to one peer or to everybody."""
        match datagram.peer:
            case _Asker(asked, peer):
                self._speaking.get(asked, self._speaking[self.link.own]).sendto(datagram.data, peer)
            case peer:
                self._speaking[self.link.own].sendto(datagram.data, peer or self.group)

    def announce(self, data: bytes, proxies: Iterable[str]) -> None:
        """Tell everybody on the link, and the proxies of the link's family."""
        self.send(Datagram(data, None))
        for proxy in proxies:
            if (":" in proxy) is self.link.own.is_ipv6:
                self.send(Datagram(data, (proxy, self.group[1])))

    def close(self, goodbye: bytes = b"", proxies: Iterable[str] = ()) -> None:
        """Stop listening, with a last word if there is one."""
        if goodbye:
            self.announce(goodbye, proxies)
        for transport in (*self._speaking.values(), self._listening):
            if transport is not None:
                transport.close()

    async def _speak_from(self, own: InterfaceAddress, receive: "_Receive") -> None:
        made = multicast_sender(own, self.group[1])
        self._speaking[own] = await _ear(made, lambda data, peer: receive(self, data, peer, own))


# A voice, what it heard, from whom, and at which address: None for what everybody was sent.
_Receive = Callable[[_Voice, bytes, Any, InterfaceAddress | None], None]


async def _ear(made: socket.socket, heard: Callable[[bytes, Any], None]) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(heard), sock=made)
    return transport


async def nothing_shown() -> tuple[InterfaceState, ...]:
    """No interface is shown to clients."""
    return ()


class DiscoveryService:
    """Runs discovery on every link of the host; addresses that come and go are followed.

    `describe` says what to tell now, None for nothing: then nothing is listened to either. `moved` is
    awaited when the host's addresses have changed, to raise the metadata version. `chance` is what
    delays and message names come from, `remote` the discovery proxies to tell besides. `shown` are the
    interfaces as clients see them, `admits` says whether a peer may be heard. `plugged` gives the interfaces
    whose network is there, each with a number that is another one after it was away.
    """

    def __init__(
        self,
        describe: Callable[[], Description | None],
        reach: Reach,
        clock: Clock,
        *,
        moved: Callable[[], Awaitable[None]],
        chance: random.Random,
        port: int = PORT,
        look: Callable[[], tuple[InterfaceAddress, ...]] = interface_addresses,
        plugged: Callable[[], Mapping[int, int]] = carriers,
        remote: Callable[[], tuple[str, ...]] = tuple,
        shown: Callable[[], Awaitable[tuple[InterfaceState, ...]]] = nothing_shown,
        admits: Callable[[str], bool] = lambda host: True,
    ) -> None:
        self.describe = describe
        self._reach = reach
        self._clock = clock
        self._moved = moved
        self._chance = chance
        self._port = port
        self._look = look
        self._plugged = plugged
        self._remote = remote
        self._shown = shown
        self._admits = admits
        self._look_at_s = 0.0
        self._proxies: tuple[str, ...] = ()
        self._sequence = MessageSequence(clock.utc_us() // 1_000_000)
        self._voices: dict[tuple[int, bool], _Voice] = {}
        self._carriers: Mapping[int, int] = {}
        self._links: tuple[Link, ...] = ()
        self._refused: set[Link] = set()
        self._wake = asyncio.Event()
        self._has_moved = False
        self._greets_again = False

    @property
    def answers_total(self) -> int:
        """Probes and resolves answered on the links that are open now."""
        return sum(each.core.answers_total for each in self._voices.values())

    @property
    def garbage_total(self) -> int:
        """Datagrams that could not be read on the links that are open now."""
        return sum(each.core.garbage_total for each in self._voices.values())

    def notify(self) -> None:
        """Something that is told has changed; to be called on the event loop."""
        self._wake.set()

    def look_again(self) -> None:
        """The interfaces may be shown otherwise than before; to be called on the event loop."""
        self._look_at_s = 0.0
        self._wake.set()

    def greet_again(self) -> None:
        """Say Hello even if it tells nothing new: an interface was set, and clients wait to hear of it.

        Source: Core, SetNetworkInterfaces (26.06 §8.2.11).
        """
        self._greets_again = True
        self.look_again()

    def moved_to(self, *, http_port: int | None, https_port: int | None) -> None:
        """The device service is reached at other ports now."""
        self._reach = msgspec.structs.replace(self._reach, http_port=http_port, https_port=https_port)
        self._has_moved = True
        self._wake.set()

    async def run(self) -> None:
        """Answer and greet until cancelled, then say goodbye."""
        try:
            while True:
                now_s = self._clock.monotonic_s()
                if self._has_moved:
                    self._has_moved = False
                    await self._moved()
                if now_s >= self._look_at_s:
                    self._look_at_s = now_s + LOOK_S
                    await self._look_around()
                await self._follow()
                if self._greets_again:
                    self._greets_again = False
                    self._greet()
                self._send_due()
                await self._pause(self._look_at_s)
        finally:
            self._silence()

    async def _pause(self, until_s: float) -> None:
        deadlines = [each.core.deadline_s for each in self._voices.values()]
        first_s = min([until_s, *(each for each in deadlines if each is not None)])
        try:
            async with asyncio.timeout(max(first_s - self._clock.monotonic_s(), 0.0)):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _look_around(self) -> None:
        try:
            working, shown = self._look(), await self._shown()
            links = _links(told_addresses(working, shown), self._reach)
            self._follow_carriers(self._plugged())
        except (OSError, Action) as error:
            _log.warning("discovery: the interfaces cannot be read: %s", error)
            return
        before, self._links = self._links, links
        if links != before:  # at the start too: they may have changed while we were not there
            await self._moved()

    def _follow_carriers(self, plugged: Mapping[int, int]) -> None:
        """Greet where a cable was plugged in: whoever is on that network has not heard of the device.

        Source: WS-Discovery (April 2005) §4.1.
        """
        before, self._carriers = self._carriers, plugged
        for (index, _), voice in self._voices.items():
            if index in plugged and plugged[index] != before.get(index):
                voice.core.greet(self._clock.monotonic_s(), self._draw())

    async def _follow(self) -> None:
        """Open and close links, and tell what has changed; Bye is said only where the device is to leave."""
        told = self.describe()
        self._follow_proxies()
        wanted = {each.place: each for each in self._links} if told is not None else {}
        for place in [each for each in self._voices if each not in wanted]:
            voice = self._voices.pop(place)
            voice.close(voice.core.leave(self._message_id()), self._proxies)
        if told is None:
            return
        for place, link in wanted.items():
            target = self._target(told, link)
            speaking = self._voices.get(place)
            if speaking is not None and speaking.link.own != link.own:
                self._voices.pop(place).close()
                speaking = None
            if speaking is None:
                await self._open(link, target)
                continue
            await speaking.follow(link, self._receive)
            if speaking.core.target != target:
                speaking.core.change(target, self._clock.monotonic_s(), self._draw())

    def _follow_proxies(self) -> None:
        """Greet when there are other proxies than before: they have not heard of the device."""
        before, self._proxies = self._proxies, self._remote()
        if set(self._proxies) - set(before):
            self._greet()

    def _greet(self) -> None:
        for voice in self._voices.values():
            voice.core.greet(self._clock.monotonic_s(), self._draw())

    async def _open(self, link: Link, target: Target) -> None:
        voice = _Voice(link, DiscoveryTarget(target, self._sequence), self._port)
        try:
            await voice.open(self._receive)
        except OSError as error:
            if link not in self._refused:
                self._refused.add(link)
                _log.warning("discovery is not possible from %s: %s", link.own.address, error)
            return
        self._refused.discard(link)
        self._voices[link.place] = voice
        voice.core.greet(self._clock.monotonic_s(), self._draw())

    def _receive(self, voice: _Voice, data: bytes, peer: Any, at: InterfaceAddress | None) -> None:
        if not self._admits(peer[0]):
            return
        link, told = voice.link, voice.core.target
        asked = at or link.nearest(peer[0])
        if asked != link.own:
            told = msgspec.structs.replace(told, xaddrs=self._reach.xaddrs(link.reached_from(asked)))
        now_s, asker = self._clock.monotonic_s(), _Asker(asked, peer)
        voice.core.receive(data, asker, now_s, self._draw(), is_multicast=at is None, told=told)
        if voice.core.deadline_s is not None:
            self._wake.set()

    def _send_due(self) -> None:
        now_s = self._clock.monotonic_s()
        for voice in self._voices.values():
            for datagram in voice.core.outgoing(now_s):
                if datagram.peer is None:
                    voice.announce(datagram.data, self._proxies)
                else:
                    voice.send(datagram)

    def _silence(self) -> None:
        for voice in self._voices.values():
            voice.close(voice.core.leave(self._message_id()), self._proxies)
        self._voices.clear()

    def _target(self, told: Description, link: Link) -> Target:
        return Target(
            endpoint=told.endpoint,
            types=(NETWORK_VIDEO_TRANSMITTER, DEVICE),
            scopes=told.scopes,
            xaddrs=self._reach.xaddrs(link.addresses),
            metadata_version=told.metadata_version,
        )

    def _draw(self) -> Chance:
        return Chance(self._chance.random(), self._chance.random(), self._message_id())

    def _message_id(self) -> str:
        return f"urn:uuid:{UUID(int=self._chance.getrandbits(128), version=4)}"


def discovery_of(
    *,
    identity: DeviceIdentity,
    scopes: ScopeList,
    store: SettingsStore,
    reach: Reach,
    clock: Clock,
    network: NetworkDomain | None = None,
) -> DiscoveryService:
    """Discovery that tells the device's scopes and follows its settings; `run` is to be started."""

    def describe() -> Description | None:
        if scopes.mode is DiscoveryMode.NON_DISCOVERABLE:
            return None
        version = store.current.system.metadata_version
        return Description(endpoint=identity.endpoint, scopes=scopes.all, metadata_version=version)

    def changed(before: Settings, after: Settings) -> None:
        if before.network != after.network:
            service.look_again()
        elif before.system != after.system:
            service.notify()

    remote = RemoteDiscovery(store)
    service = DiscoveryService(
        describe,
        reach,
        clock,
        moved=scopes.note_change,
        chance=random.SystemRandom(),
        remote=lambda: remote.told,
        shown=network.interfaces.all if network is not None else nothing_shown,
        admits=network.address_filter.admits if network is not None else lambda host: True,
    )
    store.watch(changed)
    if network is not None:
        network.interfaces.watch(service.greet_again)
    return service


def _links(every: Sequence[InterfaceAddress], reach: Reach) -> tuple[Link, ...]:
    """A link for each interface and family; speaking from its first address, for IPv6 the link's own."""
    found: dict[tuple[int, bool], list[InterfaceAddress]] = {}
    for each in every:
        found.setdefault((each.index, each.is_ipv6), []).append(each)
    links = []
    for (index, is_ipv6), addresses in found.items():
        others = found.get((index, not is_ipv6), [])
        reached = tuple(each for each in (*addresses, *others) if reach.hears(each))
        if reached and (reach.has_ipv6 or not is_ipv6):
            own = next((each for each in addresses if is_ipv6 and each.is_link_local), addresses[0])
            links.append(Link(own, reached))
    return tuple(links)
