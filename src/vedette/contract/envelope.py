"""Operation and envelope, exception and fault: the only place that pairs them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

from vedette.base.errors import LimitExceeded
from vedette.contract.faults import (
    FAULTS,
    ActionNotSupported,
    Fault,
    NotAuthorized,
    ReceiverFault,
    SenderFault,
    UnknownAction,
)
from vedette.contract.operation import Operation, Service
from vedette.wire import soap
from vedette.wire.attachments import may_hold_parts, put_aside, with_parts
from vedette.wire.codec import decode
from vedette.wire.message import MalformedMessage, XmlElement, XmlName, xml_name
from vedette.wire.multipart import Part, is_multipart, unpacked
from vedette.wire.namespaces import PREFIXES, TER, WSSE
from vedette.wire.parser import DEFAULT_LIMITS, Limits, NotWellFormed, parse
from vedette.wire.soap import Addressing, Envelope, SoapFault

Req = TypeVar("Req")
Res = TypeVar("Res")
AnyOperation = Operation[..., Any, Any]

_BY_CODES = {(each.side, each.namespace, each.subcodes): each for each in FAULTS.values()}
_BY_SUBCODES = {each.subcodes: each for each in reversed(FAULTS.values()) if each.subcodes}
_BY_LAST_SUBCODE = {each.subcodes[-1]: each for each in reversed(FAULTS.values()) if each.subcodes}


class Received(NamedTuple):
    """An envelope as it came, and what came beside it; what it asks for has not been looked at."""

    envelope: Envelope
    parts: Mapping[str, Part]


class IncomingRequest:
    """A request whose operation is known and whose content has not been looked at.

    Access is checked between `Dispatch.among` and `decode`, so that a caller without rights cannot
    make the device do more than parse.
    """

    def __init__(self, operation: AnyOperation, told: Received, body: XmlElement) -> None:
        self.operation = operation
        self.addressing = told.envelope.addressing
        self.security = told.envelope.security
        self.headers = told.envelope.headers
        self.body = body
        self.parts = told.parts

    def decode(self) -> Any:
        """The request value, with the parts that came beside it.

        Raises MalformedMessage naming the path and the value that is wrong.
        """
        return _decoded(self.operation.request, self.body, self.parts)


class Dispatch:
    """Finds the operation of an envelope by the element in its body, among the given services.

    Where services share an element, as Device and DeviceIO share the relay operations, the
    WS-Addressing action decides, and without one the service named first. A client may also ask for such an
    operation in the namespace of its service, though the service's WSDL takes the element of another.
    """

    def __init__(self, services: Iterable[type[Service]]) -> None:
        self._operations: dict[XmlName, list[AnyOperation]] = {}
        self._misnamed: dict[XmlName, AnyOperation] = {}  # asked in the namespace of the service
        for service in services:
            for operation in service.operations():
                name = xml_name(operation.request)
                self._operations.setdefault(name, []).append(operation)
                if name.namespace != service.namespace:
                    self._misnamed.setdefault(XmlName(service.namespace, name.local), operation)

    def identify(
        self,
        data: bytes,
        limits: Limits = DEFAULT_LIMITS,
        *,
        understood: frozenset[str] = frozenset(),
        content_type: str = "",
    ) -> IncomingRequest:
        """The request in an envelope, by `received` and `among`; raises what they do."""
        return self.among(received(data, limits, understood=understood, content_type=content_type))

    def among(self, told: Received) -> IncomingRequest:
        """The request in an envelope by its body's child.

        Raises UnknownAction or ActionNotSupported, and MalformedMessage where there is no child.
        """
        body = told.envelope.body
        if body is None:
            raise MalformedMessage("the envelope's body is empty")
        name = soap.name_of(body)
        candidates = self._operations.get(name)
        if candidates is None and (misnamed := self._misnamed.get(name)) is not None:
            return IncomingRequest(misnamed, told, _renamed(body, xml_name(misnamed.request).namespace))
        if candidates is None:
            # An operation of the standard's that none of the services has is one that is not offered.
            fault = ActionNotSupported if name.namespace in PREFIXES else UnknownAction
            raise fault(f"no operation {name.local!r} in namespace {name.namespace!r}"[:300])
        action = told.envelope.addressing.action
        operation = next((each for each in candidates if each.action == action), candidates[0])
        return IncomingRequest(operation, told, body)


def _renamed(body: XmlElement, namespace: str) -> XmlElement:
    """A request of another namespace's element, as the client should have named it and what it holds."""
    asked = soap.name_of(body).namespace
    for element in body.iter(f"{{{asked}}}*"):
        element.tag = f"{{{namespace}}}{soap.name_of(element).local}"
    return body


def received(
    data: bytes,
    limits: Limits = DEFAULT_LIMITS,
    *,
    understood: frozenset[str] = frozenset(),
    content_type: str = "",
) -> Received:
    """Read an envelope, whatever it asks for.

    `understood` are namespaces of headers that must be understood and are, `content_type` tells an
    envelope from a package of an envelope and other parts. Raises MalformedMessage, LimitExceeded, and
    soap's NotSoap12, NotUnderstood and UnknownEncoding.
    """
    data, parts = _opened(data, content_type)
    return Received(soap.read_envelope(parse(data, limits), understood=understood), parts)


def response_action(operation: AnyOperation) -> str:
    """The WS-Addressing action of an operation's response."""
    return operation.action.removesuffix("Request") + "Response"


def request_envelope(
    operation: Operation[..., Req, Res],
    request: Req,
    *,
    to: str = "",
    message_id: str = "",
    security: XmlElement | None = None,
    reference_parameters: tuple[XmlElement, ...] = (),
) -> bytes:
    """The envelope of a request; without `message_id` it carries no addressing headers.

    `message_id` is a URI the caller made up (`urn:uuid:…`), `reference_parameters` come from the
    endpoint reference that is called. Raises CallerError for values that XML cannot carry.
    """
    addressing = None
    if message_id:
        addressing = Addressing(
            action=operation.action,
            message_id=message_id,
            to=to,
            reply_to=soap.ANONYMOUS,
            reference_parameters=reference_parameters,
        )
    return soap.message_envelope(request, addressing=addressing, security=security)


def response_envelope(
    operation: Operation[..., Req, Res], response: Res, to_request: Addressing | None = None
) -> bytes:
    """The envelope of a response, with addressing headers if the request had any.

    A one-way operation has no response: the result is empty.
    """
    if response is None:
        return b""
    addressing = _reply_addressing(to_request, response_action(operation))
    return soap.message_envelope(response, addressing=addressing)


def fault_envelope(fault: SoapFault, to_request: Addressing | None = None) -> bytes:
    """The envelope of a fault, with addressing headers if the request had any."""
    return soap.fault_envelope(fault, addressing=_reply_addressing(to_request, soap.FAULT_ACTION))


def _reply_addressing(request: Addressing | None, action: str) -> Addressing | None:
    if request is None or not (request.action or request.message_id):
        return None
    return Addressing(action=action, relates_to=request.message_id, namespace=request.namespace)


def http_status(fault: SoapFault) -> int:
    """The HTTP status a fault travels under. Source: SOAP 1.2 Part 2 §7.5.2.2."""
    return 400 if fault.code == "Sender" else 500


def read_response(
    operation: Operation[..., Req, Res],
    data: bytes,
    limits: Limits = DEFAULT_LIMITS,
    *,
    tolerant: bool = True,
    content_type: str = "",
) -> Res:
    """The response in an envelope; raises the device's Fault, or MalformedMessage or LimitExceeded.

    `content_type` tells an envelope from a package of an envelope and other parts.

    `tolerant` is how a client reads devices in the field: see `wire.plan.Plan` and `wire.parser.parse`
    for what that allows. A one-way operation may be answered with nothing.
    """
    expected: type[Any] = operation.response
    if expected is type(None) and not data.strip():
        return cast("Res", None)
    data, parts = _opened(data, content_type)
    envelope = soap.read_envelope(parse(data, limits, tolerant=tolerant), tolerant=tolerant)
    body = envelope.body
    if soap.is_fault(body):
        raise from_soap(soap.read_fault(cast("XmlElement", body)))
    if expected is type(None):
        return cast("Res", None)
    name, wanted = envelope.body_name, xml_name(expected)
    if body is None or name is None:
        raise MalformedMessage(f"an empty body instead of {wanted.local}")
    if name != wanted and not (tolerant and name.local == wanted.local):
        raise MalformedMessage(f"{name.clark} instead of {wanted.clark}"[:300])
    return cast("Res", _decoded(expected, body, parts, tolerant=tolerant))


def _opened(data: bytes, content_type: str) -> tuple[bytes, Mapping[str, Part]]:
    """The envelope, and what came beside it."""
    return unpacked(data, content_type) if is_multipart(content_type) else (data, {})


def _decoded(cls: type[Any], body: XmlElement, parts: Mapping[str, Part], *, tolerant: bool = False) -> Any:
    if not may_hold_parts(cls):
        return decode(cls, body, tolerant=tolerant)
    known = {**parts, **put_aside(cls, body)}
    return with_parts(decode(cls, body, tolerant=tolerant), known)


def to_soap(error: Exception, incident: str) -> SoapFault:
    """What the peer may learn about `error`.

    A Fault speaks for itself, and so do the errors that the peer's own message causes. Anything else
    is our own mistake: the peer learns only the incident number, which stands in the log beside the
    traceback.
    """
    match error:
        case Fault():
            return SoapFault(code=error.side, subcodes=_names(error), reason=str(error), detail=error.detail)
        case soap.NotSoap12():
            return SoapFault(code="VersionMismatch", reason=str(error))
        case soap.NotUnderstood():
            return SoapFault(code="MustUnderstand", reason=str(error), not_understood=error.names)
        case soap.UnknownEncoding():
            return SoapFault(code="DataEncodingUnknown", reason=str(error))
        case NotWellFormed():
            return SoapFault(code="Sender", subcodes=(XmlName(TER, "WellFormed"),), reason=str(error))
        case MalformedMessage() | LimitExceeded():
            return SoapFault(code="Sender", subcodes=(XmlName(TER, "InvalidArgs"),), reason=str(error))
        case _:
            subcodes = (XmlName(TER, "Action"),)
            return SoapFault(code="Receiver", subcodes=subcodes, reason=f"internal error {incident}")


def _names(fault: Fault) -> tuple[XmlName, ...]:
    """The subcodes with namespaces: only the innermost may come from elsewhere than the standard's own."""
    if not fault.subcodes:
        return ()
    *outer, last = fault.subcodes
    return (*(XmlName(TER, each) for each in outer), XmlName(fault.namespace, last))


def from_soap(fault: SoapFault) -> Fault:
    """The exception a fault stands for.

    Devices get sides, parents and namespaces wrong: if the codes as a whole fit no class, the subcodes
    do, or the innermost alone. A fault that no class stands for is a SenderFault or ReceiverFault that
    carries its own subcodes. The reasons for a refused WS-Security header all mean NotAuthorized.
    """
    locals_ = tuple(each.local for each in fault.subcodes)
    namespace = fault.subcodes[-1].namespace if fault.subcodes else TER
    cls: type[Fault] | None = _BY_CODES.get((cast("Any", fault.code), namespace, locals_))
    if cls is None and namespace == WSSE:
        cls = NotAuthorized
    if cls is None and locals_:
        cls = _BY_SUBCODES.get(locals_) or _BY_LAST_SUBCODE.get(locals_[-1])
    if cls is not None:
        return cls(fault.reason, detail=fault.detail)
    made = (SenderFault if fault.code == "Sender" else ReceiverFault)(fault.reason, detail=fault.detail)
    made.subcodes = locals_
    made.namespace = namespace
    return made


__all__ = [
    "Dispatch",
    "IncomingRequest",
    "fault_envelope",
    "from_soap",
    "http_status",
    "read_response",
    "request_envelope",
    "response_action",
    "response_envelope",
    "to_soap",
]
