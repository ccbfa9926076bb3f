"""An operation of the standard as one value; dispatch, client, policy, WSDL and docs follow from it."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from enum import StrEnum
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, cast, overload

P = ParamSpec("P")
More = ParamSpec("More")
Req = TypeVar("Req")
Res = TypeVar("Res")
Handler = TypeVar("Handler", bound=Callable[..., Any])


class Access(StrEnum):
    """Access classes of operations. Source: Core, Access classes for service requests (26.06 §5.9.4.3)."""

    PRE_AUTH = "PRE_AUTH"
    READ_SYSTEM = "READ_SYSTEM"
    READ_SYSTEM_SENSITIVE = "READ_SYSTEM_SENSITIVE"
    READ_SYSTEM_SECRET = "READ_SYSTEM_SECRET"
    WRITE_SYSTEM = "WRITE_SYSTEM"
    UNRECOVERABLE = "UNRECOVERABLE"
    READ_MEDIA = "READ_MEDIA"
    ACTUATE = "ACTUATE"


class Caller(Protocol):
    """Whatever carries a request to a device and brings the response back, or raises the device's fault."""

    def __call__(self, operation: "Operation[..., Any, Any]", request: Any) -> Coroutine[Any, Any, Any]:
        """Perform one operation."""
        ...


class Operation(Generic[P, Req, Res]):
    """One operation: what is asked, what is answered, who may, and how it may be refused.

    On a Service class it is this value; on an instance (a client) it is an asynchronous method whose
    keyword arguments are the request's fields.

    `action` is the SOAP action where it is not `<namespace>/<Name>`. `source` cites the clause by
    title with release and number, `iec` the IEC document and clause, where there is one. `deprecated`
    operations are still answered.
    """

    name: str  # the standard's name: the request element, or what the WSDL calls it
    attribute_name: str
    service: "type[Service]"

    def __init__(
        self,
        request: Callable[P, Req],
        response: type[Res],
        *,
        access: Access,
        faults: tuple[type[Exception], ...] = (),
        source: str,
        iec: str = "",
        name: str = "",
        action: str = "",
        deprecated: bool = False,
    ) -> None:
        self._make_request = request
        self.request = cast("type[Req]", request)
        self.response = response
        self.access = access
        self.faults = faults
        self.source = source
        self.iec = iec
        self.name = name or self.request.__name__
        self._action = action
        self.deprecated = deprecated

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.attribute_name = name

    def __repr__(self) -> str:
        return f"<Operation {self.service.__name__}.{self.name}>"

    @property
    def action(self) -> str:
        """The SOAP action of the request."""
        return self._action or f"{self.service.namespace}/{self.name}"

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: "Service", owner: type[Any]) -> Callable[P, Coroutine[Any, Any, Res]]: ...

    def __get__(self, instance: "Service | None", owner: type[Any]) -> Any:
        if instance is None:
            return self
        caller = instance.caller

        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Any]:
            return caller(self, self._make_request(*args, **kwargs))

        return call


class Service:
    """The operations of one service; instantiated with a caller it is the typed client of that service.

    A large service is put together from chapters: `class Device(Network, System)`; chapters derive
    from Service and set no namespace.
    """

    namespace: ClassVar[str] = ""
    title: ClassVar[str] = ""  # the service's name in docs/standards.md and on the command line
    listed_as: ClassVar[str] = ""  # the namespace by which a device lists the address; mostly its own

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.namespace:
            return
        if "title" not in cls.__dict__:
            cls.title = cls.__name__
        if "listed_as" not in cls.__dict__:
            cls.listed_as = cls.namespace
        for operation in cls.operations():
            operation.service = cls

    @classmethod
    def operations(cls) -> "Iterator[Operation[..., Any, Any]]":
        """Every operation, chapters in the order of their bases, in the order of declaration."""
        for base in (cls, *(each for each in cls.__mro__[1:] if issubclass(each, Service))):
            for value in vars(base).values():
                if isinstance(value, Operation):
                    yield value


def answers(
    operation: "Operation[P, Req, Res]",
) -> Callable[
    [Callable[Concatenate[Any, Req, More], Awaitable[Res]]],
    Callable[Concatenate[Any, Req, More], Awaitable[Res]],
]:
    """Mark a handler method as the answer to an operation; the type checker compares the two.

    A handler may take more than the request: the circumstances of it, as its device defines them.
    Raises ValueError at import when a method is marked twice.
    """

    def mark(
        handler: Callable[Concatenate[Any, Req, More], Awaitable[Res]],
    ) -> Callable[Concatenate[Any, Req, More], Awaitable[Res]]:
        if hasattr(handler, "__answers__"):
            raise ValueError(f"{handler!r} already answers an operation")
        handler.__answers__ = operation  # type: ignore[attr-defined]
        return handler

    return mark
