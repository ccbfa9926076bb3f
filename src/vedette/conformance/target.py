"""The device under test: typed calls read to the letter, and raw requests byte for byte."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from vedette.base.clock import Clock
from vedette.base.errors import LimitExceeded
from vedette.client.auth import Login, Reply, Request, http_flow, security_header, soap_flow
from vedette.client.transport import ANSWER_TIMEOUT_S, run_flow
from vedette.conformance.envelopes import envelope_of
from vedette.conformance.evidence import WitnessedTransport
from vedette.conformance.verdicts import CaseFailed, CaseSkipped
from vedette.contract.device import Device
from vedette.contract.envelope import from_soap, read_response, request_envelope
from vedette.contract.faults import Fault, NotAuthorized
from vedette.contract.operation import Operation, Service
from vedette.wire import soap
from vedette.wire.message import MalformedMessage, XmlElement
from vedette.wire.namespaces import TDS
from vedette.wire.parser import parse
from vedette.wire.soap import CONTENT_TYPE, SoapFault

S = TypeVar("S", bound=Service)
AnyOperation = Operation[..., Any, Any]

_SOAP_TYPES = frozenset(("application/soap+xml",))


class Target:
    """A device under test.

    Typed calls raise the device's Fault, CaseFailed for an answer that is not what the standard says, or
    Unreachable. `oddities` collects what is wrong with answers without being what a case is about;
    `last_fault` is the latest fault as it stood on the wire. `services` maps namespaces to addresses.
    """

    def __init__(self, url: str, login: Login, transport: WitnessedTransport, clock: Clock) -> None:
        self.url = url
        self.login = login
        self.transport = transport
        self.evidence = transport.evidence
        self.clock = clock
        self.clock_offset_us = 0
        self.services: dict[str, str] = {TDS: url}
        self.oddities: list[str] = []
        self.last_fault: SoapFault | None = None

    @property
    def host(self) -> str:
        """The host it is reached at."""
        return urlsplit(self.url).hostname or ""

    def move(self, url: str) -> None:
        """Reach the device at another address from now on: its services move with it."""
        before, after = urlsplit(self.url), urlsplit(url)
        self.url = url
        self.services = {
            namespace: url
            if namespace == TDS
            else urlunsplit(urlsplit(each)._replace(scheme=after.scheme, netloc=after.netloc))
            if urlsplit(each).netloc == before.netloc
            else each
            for namespace, each in self.services.items()
        }

    @property
    def device(self) -> Device:
        """Device management."""
        return self.service(Device)

    def service(self, service: type[S]) -> S:
        """The typed client of a service; raises CaseSkipped where the device does not list it."""
        url = self.services.get(service.listed_as)
        if url is None:
            raise CaseSkipped(f"the device lists no {service.title} service")
        return self.at(service, url)

    def at(self, service: type[S], url: str, reference_parameters: tuple[XmlElement, ...] = ()) -> S:
        """The typed client of what stands at an address, such as a subscription."""

        async def caller(operation: AnyOperation, request: Any) -> Any:
            return await self.call(url, operation, request, reference_parameters=reference_parameters)

        return service(caller)

    async def call(
        self,
        url: str,
        operation: AnyOperation,
        request: Any,
        *,
        reference_parameters: tuple[XmlElement, ...] = (),
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Any:
        """Perform one operation and hold the answer to the letter of its declaration."""

        def body(security: XmlElement | None) -> bytes:
            is_addressed = operation.action != f"{operation.service.namespace}/{operation.name}"
            return request_envelope(
                operation,
                request,
                to=url if is_addressed else "",
                message_id=f"urn:uuid:{uuid.uuid4()}" if is_addressed else "",
                security=security,
                reference_parameters=reference_parameters,
            )

        kind = f'{CONTENT_TYPE}; action="{operation.action}"'
        reply = await self._logged_in(url, body, kind, answer_timeout_s=answer_timeout_s)
        self._raise_fault(reply)
        try:
            return read_response(operation, reply.body, tolerant=False)
        except (MalformedMessage, LimitExceeded, soap.NotSoap12, soap.NotUnderstood) as error:
            raise CaseFailed(f"the answer to {operation.name} is not as declared: {error}") from error

    async def ask(self, url: str, request: XmlElement, *, with_login: bool = True) -> XmlElement:
        """Send any element and get the body's child, read leniently; raises as `call` does."""
        if with_login:
            reply = await self._logged_in(url, lambda security: _envelope(request, security), CONTENT_TYPE)
        else:
            reply = await self.post(url, _envelope(request, None))
        self._raise_fault(reply)
        try:
            answer = soap.read_envelope(parse(reply.body, tolerant=True), tolerant=True).body
        except (MalformedMessage, LimitExceeded, soap.NotSoap12) as error:
            raise CaseFailed(f"the answer is not SOAP: {error}") from error
        if answer is None:
            raise CaseFailed("the answer's body is empty")
        return answer

    async def send(self, url: str, body: Callable[[XmlElement | None], bytes]) -> Reply:
        """Send an envelope made by `body` from a login header or None, logging in as the device wants."""
        return await self._logged_in(url, body, CONTENT_TYPE)

    async def post(self, url: str, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """Send exactly these bytes, without any login."""
        request = Request(
            method="POST", url=url, headers=(("Content-Type", CONTENT_TYPE), *headers), body=body
        )
        return await self.transport.send(request, answer_timeout_s=ANSWER_TIMEOUT_S, is_repeatable=False)

    async def transfer(self, method: str, url: str, body: bytes = b"", content_type: str = "") -> Reply:
        """A plain HTTP request, with a login where the device asks for one."""
        headers = (("Content-Type", content_type),) if content_type else ()
        request = Request(method=method, url=url, headers=headers, body=body)
        return await run_flow(http_flow(self.login, request), self.transport)

    def fault_of(self, reply: Reply) -> SoapFault | None:
        """The fault in a reply, as it stood on the wire; None if it holds none or is not SOAP."""
        if not reply.body.strip():
            return None
        try:
            body = soap.read_envelope(parse(reply.body, tolerant=True), tolerant=True).body
        except (MalformedMessage, LimitExceeded, soap.NotSoap12):
            return None
        if body is None or not soap.is_fault(body):
            return None
        return soap.read_fault(body)

    def login_header(self, login: Login | None = None) -> XmlElement:
        """A fresh UsernameToken."""
        return security_header(login or self.login, self.clock.utc_us() + self.clock_offset_us)

    async def _logged_in(
        self,
        url: str,
        body: Callable[[XmlElement | None], bytes],
        kind: str,
        *,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Reply:
        def prepared(*, with_token: bool) -> Request:
            content = body(self.login_header() if with_token else None)
            return Request(method="POST", url=url, headers=(("Content-Type", kind),), body=content)

        self.last_fault = None
        flow = soap_flow(self.login, prepared)
        return await run_flow(flow, self.transport, answer_timeout_s=answer_timeout_s)

    def _raise_fault(self, reply: Reply) -> None:
        """Raise the fault a reply holds; note what is odd about the reply as such."""
        fault = self.fault_of(reply)
        if fault is None:
            if reply.status == 401:
                raise NotAuthorized("refused with HTTP status 401")
            if not 200 <= reply.status < 300:
                raise CaseFailed(f"HTTP status {reply.status} without a SOAP fault")
            self._look_at_type(reply)
            return
        self.last_fault = fault
        self._look_at_type(reply)
        if reply.status not in (400, 401, 403, 500):
            self.oddities.append(f"a fault travels under HTTP status {reply.status}, not 400 or 500")
        raise from_soap(fault)

    def _look_at_type(self, reply: Reply) -> None:
        kind = reply.header("content-type").partition(";")[0].strip().lower()
        if kind not in _SOAP_TYPES and reply.body:
            self.oddities.append(f"content type {kind or 'missing'!r} instead of application/soap+xml")


def _envelope(request: XmlElement, security: XmlElement | None) -> bytes:
    return envelope_of(request, security)


def raw_fault_text(fault: SoapFault | Fault) -> str:
    """A fault's codes as people write them: `Sender/InvalidArgVal/NoProfile`."""
    if isinstance(fault, SoapFault):
        return "/".join((fault.code, *(each.local for each in fault.subcodes)))
    return "/".join((fault.side, *fault.subcodes))
