"""Services and operations by the names that people type, and their descriptions."""

from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.values import content_field, is_part
from vedette.contract.operation import Operation, Service
from vedette.contract.schema.notification import Filter
from vedette.contract.services import SERVICES, service
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import Message

DESCRIBED_DEPTH_MOST = 6

AnyOperation = Operation[..., Any, Any]

# What a device hands out an address for at run time, so that GetServices does not list it.
_SUBSCRIPTIONS = frozenset(
    (
        "SubscriptionManager",
        "PullPointSubscription",
        "NotificationConsumer",
        "PausableSubscriptionManager",
        "PullPoint",
    )
)


def _folded(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())


def _class_name(title: str) -> str:
    return SERVICES[title].rpartition(":")[2]


def service_named(name: str) -> type[Service]:
    """A service by its title or class name, in any spelling; fails with what there is."""
    by_name = {_folded(title): title for title in SERVICES}
    by_name |= {_folded(_class_name(title)): title for title in SERVICES}
    title = by_name.get(_folded(name))
    if title is None:
        known = ", ".join(_class_name(each) for each in SERVICES)
        raise CommandFailed(f"no service {name!r}; there are {known}", Exit.USAGE)
    return service(title)


def operation_named(name: str) -> AnyOperation:
    """`Media2.GetStreamUri`, or `media2.get_stream_uri`; fails with what is near."""
    left, dot, right = name.rpartition(".")
    if not dot:
        raise CommandFailed(f"{name!r} is no Service.Operation, such as Device.GetServices", Exit.USAGE)
    found = service_named(left)
    operations = {_folded(each.name): each for each in found.operations()}
    wanted = _folded(right)
    if wanted not in operations:
        near = get_close_matches(wanted, operations, n=3, cutoff=0.6)
        hint = ", ".join(operations[each].name for each in near)
        hint = f"did you mean {hint}?" if hint else f"see: vedette call --list {found.__name__}"
        raise CommandFailed(f"{found.__name__} has no operation {right!r}; {hint}", Exit.USAGE)
    return operations[wanted]


def is_subscription(found: type[Service]) -> bool:
    """Whether a device names the service's address only at run time."""
    return found.__name__ in _SUBSCRIPTIONS


def listing(name: str) -> Iterator[str]:
    """One line an operation, of one service or of all."""
    chosen = [service_named(name)] if name else [service(title) for title in SERVICES]
    for each in chosen:
        for operation in each.operations():
            note = "  (deprecated)" if operation.deprecated else ""
            yield f"{each.__name__}.{operation.name:<44} {operation.access}{note}"


def describe(operation: AnyOperation) -> Iterator[str]:
    """Everything the contract says about an operation."""
    yield f"{operation.service.__name__}.{operation.name}"
    yield f"  {operation.source}{f', {operation.iec}' if operation.iec else ''}"
    yield f"  access class {operation.access}{', deprecated' if operation.deprecated else ''}"
    yield f"  {_first_line(operation.request)}"
    yield "arguments:"
    yield from _shape(operation.request, "  ", (), is_asked=True)
    yield "answer:"
    if operation.response is type(None):
        yield "  none: one-way"
    else:
        yield from _shape(operation.response, "  ", ())
    if operation.faults:
        yield "faults:"
        for fault in operation.faults:
            yield f"  {fault.__name__}: {_first_line(fault)}"


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _shape(cls: Any, indent: str, above: tuple[Any, ...], *, is_asked: bool = False) -> Iterator[str]:
    if issubclass(cls, Filter):
        yield f"{indent}Topic: topic expression such as tns1:RuleEngine//. (optional)"
        yield f"{indent}Message: expression over the message's items (optional)"
        return
    fields = fields_of(cls)
    if not fields and not above:
        yield f"{indent}none"
    for field in fields:
        name = xml_or_own_name(field)
        if is_asked and is_part(field.type):
            continue  # it has no other value than the file, which stands at the field above
        is_file = is_asked and _is_message(field.type) and content_field(field.type) is not None
        yield f"{indent}{name}: {_kind(field)}{_count(field)}{f', a file: {name}=@FILE' if is_file else ''}"
        if not _is_message(field.type):
            continue
        if field.type in above or len(above) >= DESCRIBED_DEPTH_MOST:
            yield f"{indent}  …"
        else:
            yield from _shape(field.type, indent + "  ", (*above, field.type), is_asked=is_asked)
    if is_part(cls):
        yield f"{indent}content: base64"


def xml_or_own_name(field: Field) -> str:
    """The name that stands for a field: the standard's, where it has one."""
    return field.xml.local if field.kind in ("element", "attribute") else field.name


def _is_message(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Message)


def _kind(field: Field) -> str:
    if field.kind == "anything":
        return "any XML"
    if isinstance(field.type, type) and issubclass(field.type, StrEnum):
        return " | ".join(each.value for each in field.type)
    names = {"str": "text", "bool": "true | false", "int": "integer", "float": "number"}
    names |= {"datetime": "time", "timedelta": "duration", "bytes": "base64", "HexBytes": "hexadecimal"}
    name = getattr(field.type, "__name__", str(field.type))
    return names.get(name, name)


def _count(field: Field) -> str:
    if field.is_many or field.is_listed:
        return " (one or more)" if field.is_required else " (any number)"
    return "" if field.is_required else " (optional)"
