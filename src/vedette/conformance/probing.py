"""Probes of a case: sent, answered by the device under test, and read to the letter."""

import uuid
from urllib.parse import urlsplit

import msgspec

from vedette.base.errors import LimitExceeded
from vedette.client.addresses import DEVICE_SERVICE
from vedette.conformance.envelopes import NamespaceStyle, restyled
from vedette.conformance.link import Datagram
from vedette.conformance.neighbours import is_neighbour
from vedette.conformance.run import Run
from vedette.protocols.discovery import messages
from vedette.protocols.discovery.messages import Heard, Probe, Target
from vedette.wire import soap
from vedette.wire.message import MalformedMessage, XmlElement, XmlName
from vedette.wire.namespaces import DN, ENV, TDS, WSA04, D
from vedette.wire.parser import parse

TYPES = (XmlName(DN, "NetworkVideoTransmitter"), XmlName(TDS, "Device"))
CATEGORIES = ("hardware", "name")  # in every device's scopes: Core, Scopes (26.06 §7.3.2.2)
OLDER_CATEGORIES = ("type", "location")  # earlier releases wanted these too
LIMITS = messages.LIMITS


class Told(msgspec.Struct, frozen=True):
    """A message of the device's: as bytes, and as read."""

    data: bytes
    heard: Heard


class Prober:
    """Probes the device of one case, by itself or together with everybody on the link."""

    def __init__(self, run: Run, style: NamespaceStyle | None = None) -> None:
        self._run = run
        self._style = style
        self._endpoint = ""

    async def probe(self, wanted: Probe, *, is_multicast: bool) -> list[Told]:
        """The device's own answers to a probe; those of other devices are left out."""
        message_id = f"urn:uuid:{uuid.uuid4()}"
        data = messages.probe(wanted, message_id)
        if self._style is not None:
            data = restyled(data, self._style)
        answers = await self._ask(data, None if is_multicast else self._run.target.host, message_id)
        return [each for each in answers if self._is_ours(each)]

    async def find(self, wanted: Probe, what: str, *, is_multicast: bool) -> Target:
        """Expect a good answer; returns what it tells. Raises CaseFailed."""
        told = await self.probe(wanted, is_multicast=is_multicast)
        self._run.expect(told, f"a probe {what} is answered")
        for problem in problems(told[0].data, "ProbeMatches"):
            self._run.fail(problem)
        target = told[0].heard.targets[0]
        self._run.expect(target.endpoint, "the match names the endpoint")
        self._run.expect(
            any(name in TYPES for name in target.types), "the match tells a type of the standard's"
        )
        self._run.expect(
            any(each.partition("://")[2].partition("/")[2] == DEVICE_SERVICE[1:] for each in target.xaddrs),
            f"an address of the match ends in {DEVICE_SERVICE}",
        )
        return target

    async def expect_silence(self, wanted: Probe, what: str, *, is_multicast: bool) -> None:
        """Expect no answer; raises CaseFailed."""
        told = await self.probe(wanted, is_multicast=is_multicast)
        matches = [each for each in told if each.heard.kind == "ProbeMatches" and each.heard.targets]
        self._run.expect(not matches, f"a probe {what} is not answered")

    async def faults(self, wanted: Probe) -> list[bytes]:
        """What the device alone answers to a probe, faults included."""
        message_id = f"urn:uuid:{uuid.uuid4()}"
        data = messages.probe(wanted, message_id)
        return [each.data for each in await self._heard(data, self._run.target.host, message_id)]

    async def know(self) -> None:
        """Learn the device's endpoint, by which its multicast answers are told from others'.

        The match that names the very host and port counts first. Else it is one that names
        another host, as a device behind a router does; a match with other ports of this one is a neighbour's.
        """
        if self._endpoint:
            return
        plain = messages.probe(Probe(), message_id := f"urn:uuid:{uuid.uuid4()}")
        told = await self._ask(plain, self._run.target.host, message_id)
        ours = [each for each in told if self._is_at_our_address(each)]
        ours = ours or [each for each in told if not is_neighbour(each.heard, self._run.target.url)]
        self._endpoint = next((each.heard.targets[0].endpoint for each in ours if each.heard.targets), "")

    async def _ask(self, data: bytes, to: str | None, message_id: str) -> list[Told]:
        told = []
        for datagram in await self._heard(data, to, message_id):
            try:
                told.append(Told(datagram.data, messages.read(datagram.data)))
            except (MalformedMessage, LimitExceeded):
                continue
        return told

    async def _heard(self, data: bytes, to: str | None, message_id: str) -> list[Datagram]:
        """Answers that relate to the message; the wait ends early with one that is surely the device's."""
        run = self._run

        def is_enough(datagram: Datagram) -> bool:
            told = _read(datagram.data)
            if told is None:
                return to is not None and message_id.encode() in datagram.data
            return told.relates_to == message_id and self._is_ours(Told(datagram.data, told))

        started = run.target.evidence.now()
        heard = await run.link.ask(data, to=to, wait_s=run.environment.message_s, is_enough=is_enough)
        related = [each for each in heard if message_id.encode() in each.data]
        run.target.evidence.add(
            "discovery",
            to or "everybody",
            started,
            data.decode(),
            received="\n".join(each.data.decode("utf-8", "replace") for each in related),
        )
        return related

    def _is_ours(self, told: Told) -> bool:
        """Whether a message is the device's: by its endpoint if that is known, else by its addresses."""
        if self._endpoint:
            return any(each.endpoint.lower() == self._endpoint.lower() for each in told.heard.targets)
        return self._is_at_our_address(told)

    def _is_at_our_address(self, told: Told) -> bool:
        place = urlsplit(self._run.target.url).netloc
        return any(urlsplit(each).netloc == place for target in told.heard.targets for each in target.xaddrs)

    def is_ours(self, heard: Heard) -> bool:
        """Whether a Hello or Bye is the device's."""
        return self._is_ours(Told(b"", heard))


def _read(data: bytes) -> Heard | None:
    try:
        return messages.read(data)
    except (MalformedMessage, LimitExceeded):
        return None


def problems(data: bytes, kind: str) -> list[str]:
    """What is wrong with a message of discovery by the letter of WS-Discovery (April 2005)."""
    try:
        root = parse(data, LIMITS)
    except (MalformedMessage, LimitExceeded) as error:
        return [f"the {kind} is not well-formed: {error}"]
    if root.tag != f"{{{ENV}}}Envelope":
        return [f"the {kind} is not a SOAP 1.2 envelope"]
    found = []
    action = _header(root, "Action")
    if action is None or (action.text or "").strip() != f"{D}/{kind}":
        found.append(f"the {kind} lacks the action {D}/{kind}")
    if _header(root, "MessageID") is None:
        found.append(f"the {kind} lacks a MessageID")
    body = root.find(f"{{{ENV}}}Body/{{{D}}}{kind}")
    if body is None:
        return [*found, f"the body holds no {kind} in its namespace"]
    holder = body if kind in ("Hello", "Bye") else body.find(f"{{{D}}}{kind.removesuffix('es')}")
    if holder is None:
        return [*found, f"the {kind} is empty"]
    if holder.find(f"{{{WSA04}}}EndpointReference/{{{WSA04}}}Address") is None:
        found.append(f"the {kind} lacks the endpoint's address")
    if kind != "Bye":
        version = holder.find(f"{{{D}}}MetadataVersion")
        if version is None or not (version.text or "").strip().isdigit():
            found.append(f"the {kind} lacks a MetadataVersion")
    return found


def _header(root: XmlElement, name: str) -> XmlElement | None:
    return root.find(f"{{{ENV}}}Header/{{{WSA04}}}{name}")


def fault_in(data: bytes) -> tuple[soap.SoapFault, str] | None:
    """The SOAP fault in a datagram and the action it came under; None if it holds none."""
    try:
        root = parse(data, LIMITS)
    except (MalformedMessage, LimitExceeded):
        return None
    body = root.find(f"{{{ENV}}}Body")
    fault = None if body is None else next(iter(body), None)
    if fault is None or not soap.is_fault(fault):
        return None
    action = _header(root, "Action")
    return soap.read_fault(fault), "" if action is None else (action.text or "").strip()
