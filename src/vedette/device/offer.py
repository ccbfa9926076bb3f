"""Which operations this device answers, and with what; everything it announces follows from here."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from inspect import signature
from typing import Any

from vedette.base.errors import CallerError
from vedette.contract.operation import Operation, Service
from vedette.contract.schema.values import OnvifVersion
from vedette.device.context import RequestContext
from vedette.wire.message import XmlName, xml_name
from vedette.wire.namespaces import TDS

AnyOperation = Operation[..., Any, Any]
Answerer = Callable[[Any, RequestContext], Awaitable[Any]]

STANDARD_VERSION = OnvifVersion(major=26, minor=6)  # the release whose operations the contract declares


class Offer:
    """The handlers of this device by operation; the device service first among its services.

    A handler is a method marked `@answers(operation)` of one of the objects in `handlers`; a second
    parameter of it is given the RequestContext. Raises CallerError when two answer the same operation.
    """

    def __init__(self, handlers: Sequence[object] = ()) -> None:
        self._answers: dict[AnyOperation, Answerer] = {}
        self._by_name: dict[XmlName, list[AnyOperation]] = {}
        self._services: dict[type[Service], None] = {}
        self._is_sealed = False
        for handler in handlers:
            self.add(handler)

    def add(self, handler: object) -> None:
        """Offer what one more object answers; raises CallerError once the dispatcher has been made."""
        if self._is_sealed:
            raise CallerError(f"{handler!r} comes too late to be offered")
        for operation, method in _marked(handler):
            if operation in self._answers:
                raise CallerError(f"{operation!r} is answered twice")
            self._answers[operation] = _taking_context(method)
            self._by_name.setdefault(xml_name(operation.request), []).append(operation)
            self._services[operation.service] = None

    def seal(self) -> None:
        """Take no more handlers: somebody counts on what there is."""
        self._is_sealed = True

    @property
    def services(self) -> tuple[type[Service], ...]:
        """The services that have any handler."""
        return tuple(sorted(self._services, key=lambda each: each.namespace != TDS))

    def answered_operations(self) -> frozenset[AnyOperation]:
        """Every operation that has a handler."""
        return frozenset(self._answers)

    def answers(self, operation: AnyOperation) -> bool:
        """Whether the operation has a handler."""
        return operation in self._answers

    def has_service(self, service: type[Service]) -> bool:
        """Whether any operation of the service has a handler."""
        return service in self._services

    def require(self, operation: AnyOperation) -> Answerer:
        """The handler of an operation; raises KeyError."""
        return self._answers[operation]

    def find(self, operation: AnyOperation) -> tuple[AnyOperation, Answerer] | None:
        """What answers a request that looks like `operation`, or None.

        Services share some request elements (the relay operations of Device and DeviceIO): where this
        one has no handler, that of its twin answers.
        """
        answerer = self._answers.get(operation)
        if answerer is not None:
            return operation, answerer
        twins = self._by_name.get(xml_name(operation.request))
        return (twins[0], self._answers[twins[0]]) if twins else None


def _marked(handler: object) -> Iterator[tuple[AnyOperation, Callable[..., Awaitable[Any]]]]:
    cls = type(handler)
    for name in dir(cls):
        operation = getattr(getattr(cls, name, None), "__answers__", None)
        if isinstance(operation, Operation):
            yield operation, getattr(handler, name)


def _taking_context(method: Callable[..., Awaitable[Any]]) -> Answerer:
    if len(signature(method).parameters) > 1:
        return method
    return lambda request, _context: method(request)
