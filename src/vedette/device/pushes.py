"""Subscriptions whose notifications are sent to the subscriber."""

import asyncio
import ipaddress
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from vedette.base.clock import Clock
from vedette.client.names import look_up
from vedette.client.notify import NotDelivered
from vedette.contract.envelope import request_envelope
from vedette.contract.events import NotificationConsumer, NotificationProducer, Notify
from vedette.contract.faults import NotAuthorized, ResourceUnknownFault, SubscribeCreationFailedFault
from vedette.contract.schema.notification import EndpointReference, NotificationMessage
from vedette.device.event_filters import EventFilter
from vedette.device.notifications import Event, notification_of
from vedette.device.pull_points import PullPoint, PullPoints
from vedette.security.authentication import Identity
from vedette.security.policy import AccessRule
from vedette.wire.message import XmlElement
from vedette.wire.soap import CONTENT_TYPE

_log = logging.getLogger(__name__)

PUSHES_MOST = 32
AT_ONCE = 100  # notifications in one message
ADDRESS_MOST_CHARS = 1024
LOOK_UP_S = 5.0  # for the name of a consumer's host
PULL_S = 60.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
GIVEN_UP_AFTER_S = 600.0  # without a single delivery
FINISH_S = 5.0  # that an attempt may go on after the end of its subscription
FINISHING_MOST = 8  # such attempts at a time; others are cut off


class Poster(Protocol):
    """Brings a message to somebody; raises NotDelivered."""

    async def post(self, url: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post `body` to `url` at an IP address."""
        ...


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """Where notifications go: a URL, what its host's name stood for, and headers to repeat."""

    url: str
    address: str
    parameters: tuple[XmlElement, ...] = ()


class Asker:
    """Who is asking for a subscription, and may lose the right to it before it is made."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.has_lost_right = False


class Pushes:
    """Sends what waits in pull points of its own; they end when their time is over, whatever is delivered.

    They end with the right of those who asked for them, too (`drop_users`, `drop_forbidden`). A message
    that does not arrive is sent again, at growing intervals, while others wait behind it. Who cannot be
    reached for GIVEN_UP_AFTER_S is given up.

    Source: Core, Basic Notification Interface (26.06 §9.3).
    """

    def __init__(
        self, pull_points: PullPoints, clock: Clock, poster: Poster, *, first_wait_s: float = FIRST_WAIT_S
    ) -> None:
        self._pull_points = pull_points
        self._clock = clock
        self._poster = poster
        self._first_wait_s = first_wait_s
        self._open: dict[PullPoint, Identity] = {}  # and who asked for it
        self._askers: list[Asker] = []
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    @contextmanager
    def asked_by(self, identity: Identity) -> Iterator[Asker]:
        """Somebody who may subscribe is asking, for the length of the block; call `create` in it."""
        asker = Asker(identity)
        self._askers.append(asker)
        try:
            yield asker
        finally:
            self._askers.remove(asker)

    def create(
        self,
        consumer: Consumer,
        wanted: EventFilter,
        *,
        life_s: float,
        changed_only: bool,
        reference: Callable[[str], str],
        asker: Asker,
    ) -> PullPoint:
        """A new subscription, of whoever asks; `reference` makes its address of its token.

        Raises SubscribeCreationFailedFault when there are too many or nothing is sent, NotAuthorized for who
        has lost the right.
        """
        if self._group is None:
            raise SubscribeCreationFailedFault("nothing is sent at this moment: the device begins or ends")
        if asker.has_lost_right:
            raise NotAuthorized(f"{asker.identity.user_name!r} was changed meanwhile")
        if sum(not each.is_over for each in self._open) >= PUSHES_MOST:
            raise SubscribeCreationFailedFault(f"there are {PUSHES_MOST} subscriptions already")
        point = self._pull_points.create(
            wanted, life_s=life_s, changed_only=changed_only, lives_by_pulling=False
        )
        subscription = EndpointReference(address=reference(point.token))
        self._open[point] = asker.identity
        self._group.create_task(self._deliver(point, consumer, subscription), name=f"push {point.token}")
        return point

    def drop_users(self, names: frozenset[str]) -> None:
        """End the subscriptions of these users."""
        self._drop(lambda owner: owner.user_name in names)

    def drop_forbidden(self, rule: AccessRule) -> None:
        """End the subscriptions of those who may not subscribe any more."""
        self._drop(lambda owner: not rule.may_call(owner, NotificationProducer.subscribe))

    def _drop(self, is_meant: Callable[[Identity], bool]) -> None:
        for asker in self._askers:
            asker.has_lost_right = asker.has_lost_right or is_meant(asker.identity)
        for point in [point for point, owner in self._open.items() if is_meant(owner)]:
            _log.info("subscription %s is ended: its user was changed", point.token)
            point.close()

    async def _deliver(self, point: PullPoint, consumer: Consumer, subscription: EndpointReference) -> None:
        """Send until the end; an attempt that is under way then may be finished, and is the last.

        A defect of ours that one consumer brings to light ends its subscription, not all that goes on here.
        """
        sending = asyncio.create_task(self._send(point, consumer, subscription), name=f"send {point.token}")
        ended = asyncio.create_task(point.ended(), name=f"end {point.token}")
        try:
            await asyncio.wait((sending, ended), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() and sum(each.is_over for each in self._open) <= FINISHING_MOST:
                await asyncio.wait((sending,), timeout=FINISH_S)
            if sending.done() and (defect := sending.exception()) is not None:
                _log.error(
                    "subscription %s is ended by a defect of this program", point.token, exc_info=defect
                )
                point.close()
        finally:
            sending.cancel()
            ended.cancel()
            del self._open[point]

    async def _send(self, point: PullPoint, consumer: Consumer, subscription: EndpointReference) -> None:
        try:
            while not point.is_over:
                left_s = max(0.0, point.ends_s - self._clock.monotonic_s())
                events = await point.pull(min(PULL_S, left_s), AT_ONCE)
                if not events:
                    continue
                if not await self._arrived(point, consumer, _message(events, consumer, subscription)):
                    point.close()
        except ResourceUnknownFault:
            _log.debug("subscription %s was ended", point.token)

    async def _arrived(self, point: PullPoint, consumer: Consumer, message: bytes) -> bool:
        """Whether a message got there before the subscription ended or was given up."""
        headers = {"Content-Type": f'{CONTENT_TYPE}; action="{NotificationConsumer.notify.action}"'}
        began_s = self._clock.monotonic_s()
        wait_s = self._first_wait_s
        while not point.is_over:
            try:
                await self._poster.post(consumer.url, consumer.address, message, headers)
            except NotDelivered as error:
                if self._clock.monotonic_s() - began_s >= GIVEN_UP_AFTER_S:
                    _log.warning("subscription %s is given up: %s", point.token, error)
                    return False
                _log.info("subscription %s: %s; again in %.0f s", point.token, error, wait_s)
                with suppress(TimeoutError):
                    await asyncio.wait_for(point.ended(), wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                return True
        return False


def _message(events: list[Event], consumer: Consumer, subscription: EndpointReference) -> bytes:
    notifications = tuple(
        NotificationMessage(subscription_reference=subscription, topic=each.topic, message=each.message)
        for each in map(notification_of, events)
    )
    return request_envelope(
        NotificationConsumer.notify,
        Notify(notification_messages=notifications),
        to=consumer.url,
        message_id=f"urn:uuid:{uuid.uuid4()}",
        reference_parameters=consumer.parameters,
    )


async def consumer_of(reference: EndpointReference, peer: str) -> Consumer:
    """Where to send for a subscriber who asks from the address `peer`.

    That address itself is always allowed. Others must not be of this machine, of a link or of a group: with
    those somebody could have this device talk to services that only it can reach. Raises
    SubscribeCreationFailedFault.
    """
    url = reference.address.strip()
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise SubscribeCreationFailedFault(f"ConsumerReference: {url[:80]!r}: {error}") from error
    if split.scheme not in ("http", "https") or not host or port == 0 or len(url) > ADDRESS_MOST_CHARS:
        raise SubscribeCreationFailedFault(f"ConsumerReference: {url[:80]!r} is no HTTP address")
    if split.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise SubscribeCreationFailedFault("ConsumerReference: a plain URL without login is needed")
    for address in await _addresses(host):
        if _is_same(address, peer) or _is_allowed(address):
            parameters = reference.reference_parameters
            return Consumer(url=url, address=address, parameters=parameters.content if parameters else ())
    raise SubscribeCreationFailedFault(f"ConsumerReference: {host[:80]!r} is not an address to send to")


async def _addresses(host: str) -> list[str]:
    try:
        async with asyncio.timeout(LOOK_UP_S):
            found = await look_up(host, 0)
    except (OSError, UnicodeError) as error:  # TimeoutError is one
        raise SubscribeCreationFailedFault(f"ConsumerReference: {host[:80]!r} is not found") from error
    return [str(each[4][0]) for each in found]


def _is_allowed(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    refused = (mapped.is_loopback, mapped.is_link_local, mapped.is_multicast, mapped.is_unspecified)
    return not any(refused) and str(mapped) != "255.255.255.255"


def _is_same(address: str, peer: str) -> bool:
    try:
        return ipaddress.ip_address(address) == ipaddress.ip_address(peer)
    except ValueError:
        return False
