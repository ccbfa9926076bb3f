"""The tester against a simulated device, whole or broken by one rule, without a socket or a clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from tests.conformance.announced import EventPart, OfferPart
from tests.conformance.breaks import Break, BrokenLink, BrokenTransport
from tests.conformance.simulated import (
    ADMIN,
    GIVEN,
    HOST,
    TESTER,
    NetworkPart,
    State,
    SystemPart,
    UserPart,
)

from vedette.base.clock import ManualClock
from vedette.client.auth import Login, Reply, Request
from vedette.client.errors import Unreachable
from vedette.conformance.environment import OWN_NEEDS, Environment
from vedette.conformance.evidence import Evidence, WitnessedTransport
from vedette.conformance.facts import cases, features
from vedette.conformance.features import Features
from vedette.conformance.link import Datagram, Ear
from vedette.conformance.result import FeatureState, Report
from vedette.conformance.runner import Examiner
from vedette.conformance.surroundings import FoundSurroundings, Lease, Served
from vedette.conformance.target import Target
from vedette.conformance.verdicts import Risk
from vedette.contract.schema.system import DiscoveryMode
from vedette.device.context import RequestContext
from vedette.device.dispatch import Dispatcher
from vedette.device.offer import Offer
from vedette.protocols.discovery import messages
from vedette.protocols.discovery.matching import RULES, RuleNotSupported, fits
from vedette.protocols.discovery.messages import DEVICE, NETWORK_VIDEO_TRANSMITTER
from vedette.protocols.discovery.messages import Sequence as Numbers
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens

ENDPOINT = "urn:uuid:8a5f1c1e-0b8e-4b65-9c58-0c9f4a3b2d10"
FIRMWARE = b"a firmware"
HAD = frozenset(("dhcpv6-server", "dhcp-server", "router-advertisement", "hard-reset", "disposable-users"))
LACKING = frozenset(("PTZ", "DeviceIO"))  # what the simulated device has not


class SimulatedDevice:
    """The device: requests go in, replies come out. `brings` are the needs of cases that it meets."""

    brings = frozenset(("factory-reset", "ipv6-link"))

    def __init__(self, clock: ManualClock) -> None:
        self.state = self.made_state(clock)
        self._lockout = Lockout()
        self.dispatcher = Dispatcher(
            Offer(self.parts()),
            Authenticator(
                self.state.users,
                clock,
                nonces=DigestNonces(),
                tokens=UsedTokens(),
                lockout=self._lockout,
                audit=Audit(clock),
            ),
            Audit(clock),
        )

    def made_state(self, clock: ManualClock) -> State:
        """What it keeps."""
        return State(clock)

    def parts(self) -> tuple[object, ...]:
        """The handlers that answer for it."""
        state = self.state
        return (OfferPart(), NetworkPart(state), SystemPart(state), UserPart(state), EventPart(state))

    def renew(self) -> None:
        """Be as new: settings, users and counts of wrong logins."""
        self.state.__init__(self.state.clock)  # type: ignore[misc]
        self._lockout.__init__()  # type: ignore[misc]

    async def answer(self, request: Request) -> Reply:
        """The reply to a request."""
        parts = urlsplit(request.url)
        if parts.hostname != self.state.address:
            raise Unreachable(f"nobody at {parts.hostname}")
        if request.method == "GET":
            return Reply(status=200, body=b"a file")
        if parts.path == "/firmware" and request.body == FIRMWARE:
            self.state.reboot()
            return Reply(status=200)
        if parts.path in ("/upload", "/firmware"):
            return Reply(status=200 if request.body == b"a file" else 415)
        authorization = next((value for name, value in request.headers if name == "Authorization"), "")
        context = RequestContext(scheme=parts.scheme, host=parts.netloc, peer="192.0.2.9", path=parts.path)
        answer = await self.dispatcher.answer(request.body, context, authorization=authorization)
        headers = (("content-type", answer.content_type), *answer.headers)
        return Reply(
            status=answer.status,
            headers=tuple((name.lower(), value) for name, value in headers),
            body=answer.body,
        )


class SimulatedLink:
    """The device on its link; what it says unasked is heard by whoever listens."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._state = device.state
        self._numbers = Numbers(1)

    def _target(self) -> messages.Target:
        return messages.Target(
            endpoint=ENDPOINT,
            types=(NETWORK_VIDEO_TRANSMITTER, DEVICE),
            scopes=(*self._state.fixed, *self._state.own),
            xaddrs=(f"http://{self._state.address}:8080/onvif/device_service",),
            metadata_version=self._state.version,
        )

    async def ask(
        self, data: bytes, *, to: str | None, wait_s: float, is_enough: Callable[[Datagram], bool]
    ) -> list[Datagram]:
        """Answer a probe, as the device is set to."""
        heard = messages.read(data)
        if heard.probe is None or self._state.mode is not DiscoveryMode.DISCOVERABLE:
            return []
        try:
            if not fits(heard.probe, self._target()):
                return []
        except RuleNotSupported:
            return [] if to is None else [Datagram(messages.rule_fault(RULES, "urn:x:1", heard), "192.0.2.7")]
        answer = messages.probe_matches(self._target(), "urn:x:2", heard, self._numbers)
        return [Datagram(answer, "192.0.2.7")]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        """Hear what the device says from now on."""
        self._state.said.clear()
        yield self

    async def next(self, timeout_s: float) -> Datagram | None:
        """What the device said."""
        if not self._state.said:
            return None
        make = messages.hello if self._state.said.pop(0) == "Hello" else messages.bye
        return Datagram(make(self._target(), "urn:x:3", self._numbers), "192.0.2.7")


class SimulatedSurroundings(FoundSurroundings):
    """Servers of the tester's own that the simulated device has always just asked."""

    @asynccontextmanager
    async def time_server(self) -> AsyncIterator[Served]:
        yield Served(address=TESTER, is_own=True, asked=["192.0.2.7"])

    @asynccontextmanager
    async def dhcp_server(self, lease: Lease) -> AsyncIterator[Served]:
        assert lease.hardware_address
        yield Served(address=TESTER, is_own=True, given=[GIVEN])

    @asynccontextmanager
    async def dhcpv6_server(self, hardware_address: str) -> AsyncIterator[Served]:
        yield Served(is_own=True, given=["2001:db8::77"])

    @asynccontextmanager
    async def router(self, hardware_address: str) -> AsyncIterator[Served]:
        yield Served(is_own=True, given=["2001:db8:1::/64"])


Examine = Callable[..., list[Report]]


@pytest.fixture
def examine() -> Examine:
    """`examine("DEVICE-1-1-3", breaks=[…])`: a report for each break, the device being new each time.

    Without breaks there is one report, of the device as it is. `having` are features it has besides;
    `device` is another one than the usual.
    """

    def run(
        *ids: str,
        breaks: Sequence[Break] = (Break(),),
        having: Sequence[str] = (),
        device: type[SimulatedDevice] = SimulatedDevice,
    ) -> list[Report]:
        return asyncio.run(_examined(ids, breaks, LACKING - set(having), device))

    return run


async def _examined(
    ids: Sequence[str], breaks: Sequence[Break], lacking: frozenset[str], make: type[SimulatedDevice]
) -> list[Report]:
    examiner, device = examiner_of(make)
    await examiner.reach()
    examiner.features = Features(
        {
            name: FeatureState(feature=name, state="unsupported" if name in lacking else "supported", why="")
            for name in features()
        }
    )
    planned = examiner.plan([cases()[each] for each in ids])
    transport, link = examiner.target.transport.inner, examiner.link
    assert isinstance(transport, BrokenTransport)
    assert isinstance(link, BrokenLink)
    reports = []
    for each in breaks:
        device.renew()
        transport.breaks = link.breaks = each
        reports.append(await examiner.execute(planned, lambda *_: None))
        examiner.target.evidence.exchanges.clear()
    return reports


def examiner_of(make: type[SimulatedDevice] = SimulatedDevice) -> tuple[Examiner, SimulatedDevice]:
    """A tester, and the simulated device it tests, of which nothing is broken yet."""
    clock = ManualClock()
    device = make(clock)
    evidence = Evidence(clock)
    evidence.hide(ADMIN.password)
    target = Target(
        f"http://{HOST}/onvif/device_service",
        Login(ADMIN.name, ADMIN.password),
        WitnessedTransport(BrokenTransport(device.answer, Break()), evidence),
        clock,
    )

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    environment = Environment(
        allowed=frozenset(Risk),
        abilities=OWN_NEEDS | device.brings,
        is_watching=False,
        surroundings=SimulatedSurroundings(
            HAD, time_server_address=TESTER, spare_address="192.0.2.8", firmware=FIRMWARE
        ),
        delay_s=1.0,
        sleep=sleep,
    )
    return Examiner(target, BrokenLink(SimulatedLink(device), Break()), environment, clock), device
