"""A device as its client sees it: connect, then call its services."""

import uuid
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import AsyncGeneratorType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urljoin, urlsplit

from vedette.base.clock import Clock, SystemClock
from vedette.base.errors import PeerError
from vedette.base.timestamps import utc_us_from_datetime
from vedette.client.addresses import XAddrPolicy, device_address, usable_stream_uri, usable_xaddr
from vedette.client.auth import Login, Reply, Request, http_flow, is_refusal, security_header, soap_flow
from vedette.client.errors import (
    NOT_NOW,
    TRY_LATER,
    ClientError,
    LedAstray,
    NotOnvif,
    ServiceMissing,
    Unreachable,
    Untrusted,
)
from vedette.client.service_places import GET_PLACES
from vedette.client.transport import ANSWER_TIMEOUT_S, HttpTransport, Transport, run_flow
from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetCapabilities, ServiceEntry
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.faults import Fault, NotAuthorized
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.system import SystemDateTime
from vedette.wire.attachments import carried
from vedette.wire.message import MalformedMessage, XmlElement
from vedette.wire.multipart import is_multipart
from vedette.wire.namespaces import TDS
from vedette.wire.parser import NotWellFormed

if TYPE_CHECKING:
    from pathlib import Path

    from vedette.client.events import Event, PullOptions
    from vedette.contract.advanced_security import AdvancedSecurity
    from vedette.contract.analytics import Analytics
    from vedette.contract.deviceio import DeviceIO
    from vedette.contract.events import Events
    from vedette.contract.imaging import Imaging
    from vedette.contract.media import Media
    from vedette.contract.media2 import Media2
    from vedette.contract.ptz import PTZ
    from vedette.contract.receiver import Receivers
    from vedette.contract.recording import Recording
    from vedette.contract.replay import Replay
    from vedette.contract.search import Search

S = TypeVar("S", bound=Service)

ONVIF = "http://www.onvif.org/"  # left out where people read the names of services

_UTF16_STARTS = (BOM_UTF16_LE, BOM_UTF16_BE, b"<\0", b"\0<")
_REDIRECTIONS = frozenset((301, 302, 303, 307, 308))
MOVES_MOST = 5  # redirections, one after the other
CLOCK_MOVED_US = 3_000_000  # whole seconds are told, and asking takes time
_READING = frozenset(
    (Access.PRE_AUTH, Access.READ_SYSTEM, Access.READ_SYSTEM_SENSITIVE, Access.READ_SYSTEM_SECRET)
)


class Endpoint:
    """Calls the operations of whatever stands at one address: a service or a subscription of a device.

    `reference_parameters` are headers that every request repeats, `answer_timeout_s` how long to wait
    for an answer; see `Transport.send`.
    """

    def __init__(
        self,
        camera: "Camera",
        url: str,
        *,
        reference_parameters: tuple[XmlElement, ...] = (),
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._camera = camera
        self.url = url
        self._reference_parameters = reference_parameters
        self._answer_timeout_s = answer_timeout_s

    def __call__(self, operation: Operation[..., Any, Any], request: Any) -> Any:
        """Perform one operation; see `Camera` for what it raises."""
        return self._camera.call(
            self.url,
            operation,
            request,
            reference_parameters=self._reference_parameters,
            answer_timeout_s=self._answer_timeout_s,
        )


class Camera:
    """A device that speaks the standard: a camera, a recorder, an encoder.

    Its services are attributes with a typed asynchronous method for each operation. A call raises the
    contract's Fault that the device answers with (NotAuthorized also for a refused login), Unreachable,
    NotOnvif, or a PeerError for an answer that breaks the standard.

    `services` maps each service's namespace to its address, `clock_offset_us` is what to add to this
    machine's time to get the device's.
    """

    def __init__(
        self,
        url: str,
        login: Login,
        transport: Transport,
        *,
        clock: Clock,
        xaddr_policy: XAddrPolicy = XAddrPolicy.WHEN_INNER,
    ) -> None:
        self.url = url
        self.login = login
        self.transport = transport
        self.xaddr_policy = xaddr_policy
        self.clock_offset_us = 0
        self.services: Mapping[str, str] = {TDS: url}
        self._clock = clock
        self._pulls: list[AsyncGeneratorType[Event, None]] = []

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        address: str,
        *,
        user: str = "",
        password: str = "",
        transport: Transport | None = None,
        clock: Clock | None = None,
        verify_tls: bool = True,
        ca_file: "Path | None" = None,
        xaddr_policy: XAddrPolicy = XAddrPolicy.WHEN_INNER,
    ) -> "AsyncIterator[Camera]":
        """`async with Camera.connect("192.0.2.7", user=…, password=…) as camera:`.

        `address` is a host, host:port or URL; a login in it is used where `user` is empty. Asks for the
        time and the services at once, and raises as any call does, or BadAddress.
        """
        where = device_address(address)
        login = Login(
            user or where.user,
            password if user else where.password,
            is_basic_allowed=where.url.startswith("https:"),
        )
        carrier = transport or HttpTransport(verify_tls=verify_tls, ca_file=ca_file)
        camera = cls(where.url, login, carrier, clock=clock or SystemClock(), xaddr_policy=xaddr_policy)
        try:
            await camera.ask_time()
            await camera.ask_services()
            yield camera
        finally:
            await camera.end_pulls()
            if transport is None:
                await carrier.aclose()

    async def ask_time(self) -> datetime | None:
        """The device's time, UTC; keeps `clock_offset_us`. None when the device will not tell."""
        before_us = self._clock.utc_us()
        try:
            answer = await self.device.get_system_date_and_time()
        except (Fault, MalformedMessage) as refusal:
            if isinstance(refusal, NotWellFormed):
                raise
            return None  # some devices want a login even for this, which needs no right time over HTTP
        moment = _moment(answer.system_date_and_time)
        if moment is not None:
            # The answer was made between asking and hearing; whole seconds are told, half of one is lost.
            middle_us = (before_us + self._clock.utc_us()) // 2
            self.clock_offset_us = utc_us_from_datetime(moment) + 500_000 - middle_us
        return moment

    async def ask_services(self) -> tuple[ServiceEntry, ...]:
        """Ask for the services and keep their addresses; empty from a device older than GetServices.

        Such devices refuse what they do not know in any form, a page of their web server included.
        """
        try:
            entries = (await self.device.get_services(include_capability=False)).services
        except NotAuthorized:
            raise
        except (Fault, MalformedMessage, NotOnvif):
            answer = await self.call(self.url, GET_PLACES, GetCapabilities())
            found = answer.capabilities.by_namespace()
            entries = ()
        else:
            found = {entry.namespace: entry.xaddr for entry in entries}
        usable = {name: usable_xaddr(named, self.url, self.xaddr_policy) for name, named in found.items()}
        self.services = usable | {TDS: self.url}  # the device service is surely where it has just answered
        return entries

    @property
    def device_utc_us(self) -> int:
        """Now, on the device's clock."""
        return self._clock.utc_us() + self.clock_offset_us

    def at(self, service: type[S], url: str, reference_parameters: tuple[XmlElement, ...] = ()) -> S:
        """The typed client of what stands at an address the device named, such as a subscription."""
        return service(Endpoint(self, self.xaddr(url), reference_parameters=reference_parameters))

    def service(self, service: type[S]) -> S:
        """The typed client of a service; raises ServiceMissing when the device does not offer it."""
        url = self.services.get(service.listed_as)
        if url is None:
            offered = ", ".join(sorted(name.removeprefix(ONVIF) for name in self.services))
            raise ServiceMissing(f"the device offers no {service.title} service; it offers {offered}")
        return service(Endpoint(self, url))

    def xaddr(self, named: str) -> str:
        """The address to use for a service or subscription that the device names as `named`."""
        return usable_xaddr(named, self.url, self.xaddr_policy)

    def stream_uri(self, named: str) -> str:
        """The address to use for a stream or snapshot that the device names as `named`."""
        return usable_stream_uri(named, self.url, self.xaddr_policy)

    async def call(
        self,
        url: str,
        operation: Operation[..., Any, Any],
        request: Any,
        *,
        reference_parameters: tuple[XmlElement, ...] = (),
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Any:
        """Send one request to an address and read the answer; raises what the class says."""
        # Addressing headers belong to events; elsewhere some devices stumble over them.
        is_addressed = operation.action != f"{operation.service.namespace}/{operation.name}"

        def prepared(*, with_token: bool) -> Request:
            body = request_envelope(
                operation,
                request,
                to=url if is_addressed else "",
                message_id=f"urn:uuid:{uuid.uuid4()}" if is_addressed else "",
                security=security_header(self.login, self.device_utc_us) if with_token else None,
                reference_parameters=reference_parameters,
            )
            kind, body = carried(body, request, action=operation.action)
            return Request(method="POST", url=url, headers=(("Content-Type", kind),), body=body)

        async def exchanged() -> Reply:
            try:
                return await run_flow(
                    soap_flow(self.login, prepared),
                    self.transport,
                    answer_timeout_s=answer_timeout_s,
                    is_repeatable=_only_reads(operation),
                )
            except Unreachable as problem:
                self._check_elsewhere(url, problem)
                raise

        is_stamped = self.login.wants_token and operation.access is not Access.PRE_AUTH
        offset_us = self.clock_offset_us
        reply = await exchanged()
        if is_stamped and is_refusal(reply) and await self._has_other_time(offset_us):
            reply = await exchanged()
        return _answer(operation, reply, url, self.login)

    async def _has_other_time(self, before_us: int) -> bool:
        """Ask for the time anew; whether tokens made by the offset `before_us` came too early or too late."""
        self.login.wants_token = False  # one with the old time might be refused here as well
        try:
            await self.ask_time()
        finally:
            self.login.wants_token = True
        return abs(self.clock_offset_us - before_us) > CLOCK_MOVED_US

    async def get(self, url: str) -> Reply:
        """Fetch something by HTTP GET with the same login, such as a snapshot.

        Redirections are followed, to another host without the login. Raises as a call does, and ClientError
        for any other status than 200.
        """
        usable = self.stream_uri(url)
        known = {urlsplit(self.url).hostname, urlsplit(usable).hostname}
        for _ in range(1 + MOVES_MOST):
            login = self.login if urlsplit(usable).hostname in known else Login("", "")
            flow = http_flow(login, Request(method="GET", url=usable))
            try:
                reply = await run_flow(flow, self.transport, is_repeatable=True)
            except Unreachable as problem:
                self._check_elsewhere(usable, problem)
                raise
            if reply.status not in _REDIRECTIONS or not reply.header("location"):
                break
            usable = self.stream_uri(_led_to(usable, reply))
        else:
            raise ClientError(f"{url} leads from one address to the next, at last to {usable}")
        if reply.status in (401, 403) and login is not self.login:
            raise NotAuthorized(f"{url} leads to {usable}, another host, which does not get the login")
        if reply.status in (401, 403):
            raise _refused(self.login, usable)
        if reply.status != 200:
            raise ClientError(f"{usable} answers with status {reply.status}, not with what is wanted")
        return reply

    def _check_elsewhere(self, url: str, problem: Unreachable) -> None:
        """Raise LedAstray where the device has named an address that cannot be reached."""
        named, reached = urlsplit(url).netloc, urlsplit(self.url).netloc
        if named != reached and not isinstance(problem, Untrusted):
            told = f"{problem} (the device, reached at {reached}, names {named} for that)"
            raise LedAstray(told) from problem

    def pull_events(self, options: "PullOptions | None" = None) -> "AsyncGenerator[Event, None]":
        """Events as they happen, without end; see `vedette.client.events.pull_events`.

        An iterator that was left is ended, and its subscription with it, when the camera is left.
        """
        from vedette.client.events import PullOptions, pull_events

        made = cast("AsyncGeneratorType[Event, None]", pull_events(self, options or PullOptions()))
        self._pulls = [*(each for each in self._pulls if each.ag_frame is not None), made]
        return made

    async def end_pulls(self) -> None:
        """End the event iterators that nobody waits on, giving their subscriptions back to the device."""
        pulls, self._pulls = self._pulls, []
        for each in pulls:
            if not each.ag_running:
                await each.aclose()

    @property
    def device(self) -> Device:
        """Device management."""
        return self.service(Device)

    @property
    def media2(self) -> "Media2":
        """Profiles, streams and snapshots."""
        from vedette.contract.media2 import Media2

        return self.service(Media2)

    @property
    def media(self) -> "Media":
        """Profiles, streams and snapshots, in the older form."""
        from vedette.contract.media import Media

        return self.service(Media)

    @property
    def events(self) -> "Events":
        """Event properties and pull points."""
        from vedette.contract.events import Events

        return self.service(Events)

    @property
    def recording(self) -> "Recording":
        """Recordings and what goes into them."""
        from vedette.contract.recording import Recording

        return self.service(Recording)

    @property
    def search(self) -> "Search":
        """Finding footage and past events."""
        from vedette.contract.search import Search

        return self.service(Search)

    @property
    def replay(self) -> "Replay":
        """Playing footage back."""
        from vedette.contract.replay import Replay

        return self.service(Replay)

    @property
    def receivers(self) -> "Receivers":
        """What a recorder receives from elsewhere."""
        from vedette.contract.receiver import Receivers

        return self.service(Receivers)

    @property
    def imaging(self) -> "Imaging":
        """Exposure, focus and the like."""
        from vedette.contract.imaging import Imaging

        return self.service(Imaging)

    @property
    def ptz(self) -> "PTZ":
        """Pan, tilt and zoom."""
        from vedette.contract.ptz import PTZ

        return self.service(PTZ)

    @property
    def deviceio(self) -> "DeviceIO":
        """Inputs, outputs and relays."""
        from vedette.contract.deviceio import DeviceIO

        return self.service(DeviceIO)

    @property
    def analytics(self) -> "Analytics":
        """Analytics modules and rules."""
        from vedette.contract.analytics import Analytics

        return self.service(Analytics)

    @property
    def advanced_security(self) -> "AdvancedSecurity":
        """Keys, certificates and TLS."""
        from vedette.contract.advanced_security import AdvancedSecurity

        return self.service(AdvancedSecurity)


def _only_reads(operation: Operation[..., Any, Any]) -> bool:
    """Whether asking twice is as good as asking once: nothing changes, and nothing is handed out for good."""
    if operation.access in _READING:
        return True
    name = operation.name
    is_handed_out = "SearchResults" in name or "Message" in name
    return operation.access is Access.READ_MEDIA and name.startswith("Get") and not is_handed_out


def _answer(operation: Operation[..., Any, Any], reply: Reply, url: str, login: Login) -> Any:
    kind = reply.header("content-type")
    is_xml = is_multipart(kind) or (_is_marked_up(reply.body) and not _is_html(reply))
    if (reply.status == 401 and not login.has_credentials) or (reply.status in (401, 403) and not is_xml):
        raise _refused(login, url)
    if reply.status in _REDIRECTIONS:
        raise NotOnvif(f"{url} refers to {_led_to(url, reply)[:200]}: use that address")
    if not is_xml and not (200 <= reply.status < 300 and not reply.body.strip()):
        raise _not_onvif(reply, url)
    try:
        return read_response(operation, reply.body, content_type=kind)
    except NotAuthorized as fault:
        raise NotAuthorized(f"{_refused(login, url)} ({fault})", detail=fault.detail) from fault
    except (Fault, PeerError) as error:
        if reply.status == 401:
            raise NotAuthorized(f"{_refused(login, url)} ({error})") from error
        if not isinstance(error, MalformedMessage):
            raise
        kind_of = NotWellFormed if isinstance(error, NotWellFormed) else MalformedMessage
        raise kind_of(f"{operation.service.title}.{operation.name} at {url}: {error}") from error


def _refused(login: Login, url: str) -> NotAuthorized:
    if not login.has_credentials:
        return NotAuthorized(f"{url} wants a login: give user and password")
    if login.is_basic_refused:
        return NotAuthorized(f"{url} wants the password in the clear (Basic), which it gets over https alone")
    if login.unknown_schemes:
        asked = " or ".join(login.unknown_schemes)
        return NotAuthorized(f"{url} wants a login by {asked}, which is not known here: set it to Digest")
    if not login.password:
        return NotAuthorized(f"{url} refuses user {login.user!r} without a password: give one")
    return NotAuthorized(f"{url} refuses user {login.user!r}: wrong password, or not enough rights")


def _led_to(url: str, reply: Reply) -> str:
    """Where a redirection leads, as a whole address."""
    return urljoin(url, reply.header("location"))


def _is_marked_up(body: bytes) -> bool:
    start = body[:200].lstrip()
    return start.removeprefix(BOM_UTF8).lstrip()[:1] == b"<" or start[:2] in _UTF16_STARTS


def _is_html(reply: Reply) -> bool:
    """Whether it is a page; devices call their messages HTML as well."""
    start = reply.body[:1000].replace(b"\0", b"").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return True
    return "html" in reply.header("content-type").lower() and b"envelope" not in start


def _not_onvif(reply: Reply, url: str) -> NotOnvif:
    if reply.status == 404:
        return NotOnvif(f"{url} has nothing there (status 404): is this the right port and path?")
    what = "HTML" if _is_html(reply) else (reply.header("content-type") or "something that is not XML")
    advice = TRY_LATER if reply.status in NOT_NOW else "is this the right port?"
    return NotOnvif(f"{url} answered {what} (status {reply.status}): {advice}")


def _moment(told: SystemDateTime) -> datetime | None:
    stamp = told.utc_date_time
    if stamp is None:
        return None
    try:
        return datetime(
            stamp.date.year,
            stamp.date.month,
            stamp.date.day,
            stamp.time.hour,
            stamp.time.minute,
            min(stamp.time.second, 59),
            tzinfo=UTC,
        )
    except ValueError:
        return None
