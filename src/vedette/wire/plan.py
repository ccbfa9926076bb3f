"""What reading and writing one message class takes, worked out once from its declaration."""

from collections.abc import Callable
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from vedette.wire.fields import Field, fields_of
from vedette.wire.message import MalformedMessage, Message, PrefixedText, XmlElement, XmlName, xml_name
from vedette.wire.namespaces import XSI
from vedette.wire.pieces import (
    ElementReader,
    FieldWriter,
    TextReader,
    attribute_writer,
    leaf_writer,
    list_reader,
    name_reader,
    prefixed_text,
    resolved_name,
    text_reader,
    text_writer,
    trees_writer,
)
from vedette.wire.writer import XmlWriter, qualified

_XSI_TYPE = f"{{{XSI}}}type"
_XSI_NIL = f"{{{XSI}}}nil"
_STANDARD = "{http://www.onvif.org/"
_ABSENT: Any = object()


class _Slot(NamedTuple):
    """How one child element or attribute is read: from its text, or as a whole by `take`."""

    name: str
    read: TextReader | None
    take: ElementReader
    is_many: bool
    is_required: bool
    is_enum: bool


class Plan:
    """Reads and writes one message class; made unfinished, finished when first used.

    With `tolerant`, reading also allows what devices in the field send: a known child in another of
    the standard's namespaces or in none; a second occurrence of a single child (the first counts); a
    value that cannot be read becomes None where the field is optional and is dropped from a tuple of
    simple values; an optional child whose own content is not acceptable becomes None. An unknown
    value of an enumeration in a required field is kept as a plain `str`. A required field that is
    missing is refused all the same.
    """

    def __init__(self, cls: Any) -> None:
        self._cls = cls
        self._is_finished = False
        self.namespaces: frozenset[str] = frozenset()
        self._attribute_values: Callable[[Any], tuple[Any, ...]] = _values_of([])
        self._attribute_writers: list[FieldWriter] = []
        self._child_values = self._attribute_values
        self._child_writers: list[FieldWriter] = []
        self._attribute_slots: list[tuple[str, _Slot]] = []
        self._text_slot: _Slot | None = None
        self._anything: str | None = None
        self._slots: dict[str, _Slot] = {}
        self._local_slots: dict[str, _Slot] = {}
        self._many: list[str] = []
        self._required: list[Field] = []
        self._bounded: list[Field] = []

    # Writing

    def write(self, value: Any, opening: str, closing: str, out: XmlWriter) -> None:
        """Write a value; `opening` is `<prefix:Name`, `closing` the end tag."""
        if not self._is_finished:
            self._finish()
        out.plans.add(self)
        parts = out.parts
        parts.append(opening)
        if self._attribute_writers:
            for each, write in zip(self._attribute_values(value), self._attribute_writers, strict=True):
                if each is not None:
                    write(each, out)
        parts.append(">")
        for each, write in zip(self._child_values(value), self._child_writers, strict=True):
            if each is not None:
                write(each, out)
        parts.append(closing)

    # Reading

    def read(self, element: XmlElement, tolerant: bool) -> Any:  # noqa: FBT001 — on the hot path
        """The value that an element holds; raises MalformedMessage."""
        if not self._is_finished:
            self._finish()
        if self._cls.__subclasses__() and (named := element.get(_XSI_TYPE)):
            special = _named_subclass(self._cls, named, element)
            if special is not None:
                return plan_of(special).read(element, tolerant)
        values: dict[str, Any] = {}
        for name, slot in self._attribute_slots:
            raw = element.get(name)
            if raw is not None:
                self._put_text(values, slot, raw, element, tolerant)
        if self._text_slot is not None:
            self._put_text(values, self._text_slot, element.text or "", element, tolerant)
        if self._slots:
            self._read_children(values, element, tolerant)
        if self._anything is not None:
            values[self._anything] = tuple(
                child for child in element if isinstance(child.tag, str) and child.tag not in self._slots
            )
        return self._made(values, element)

    def _made(self, values: dict[str, Any], element: XmlElement) -> Any:
        for name in self._many:
            if name in values:
                values[name] = tuple(values[name])
        try:
            made = self._cls(**values)
        except TypeError:
            raise self._missing(element, values) from None
        if self._bounded:
            self._check_bounds(made, element)
        return made

    def _read_children(
        self,
        values: dict[str, Any],
        element: XmlElement,
        tolerant: bool,  # noqa: FBT001
    ) -> None:
        slots = self._slots
        for child in element:
            slot = slots.get(child.tag) or (self._misplaced(child) if tolerant else None)
            if slot is None:
                continue
            name, read, take, is_many, _, _ = slot
            try:
                value = read(child.text or "") if read else take(child, tolerant)
            except (ValueError, MalformedMessage) as error:
                value = _rescued(slot, child, error, tolerant)
                if value is _ABSENT:
                    continue
            if is_many:
                values.setdefault(name, []).append(value)
            elif name not in values:
                values[name] = value
            elif not tolerant:
                raise MalformedMessage(f"{_path(child)}: more than one")

    def _put_text(
        self,
        values: dict[str, Any],
        slot: _Slot,
        raw: str,
        element: XmlElement,
        tolerant: bool,  # noqa: FBT001
    ) -> None:
        try:
            values[slot.name] = slot.read(raw) if slot.read else slot.take(_Text(raw, element), tolerant)
        except ValueError as error:
            value = _rescued(slot, _Text(raw, element, slot.name), error, tolerant)
            if value is not _ABSENT:
                values[slot.name] = value

    def _misplaced(self, child: XmlElement) -> _Slot | None:
        """A known child under another of the standard's namespaces, or under none."""
        tag = child.tag
        if not isinstance(tag, str) or (tag[0] == "{" and not tag.startswith(_STANDARD)):
            return None
        return self._local_slots.get(tag.rpartition("}")[2])

    def _missing(self, element: XmlElement, values: dict[str, Any]) -> MalformedMessage:
        for field in self._required:
            if field.name not in values:
                what = "attribute " if field.kind == "attribute" else ""
                return MalformedMessage(f"{_path(element)}: {what}{field.xml.local} is missing")
        return MalformedMessage(f"{_path(element)}: incomplete")

    def _check_bounds(self, made: Any, element: XmlElement) -> None:
        for field in self._bounded:
            count = len(getattr(made, field.name))
            if count < field.least or (field.most is not None and count > field.most):
                raise MalformedMessage(f"{_path(element)}: {count} of {field.xml.local}")

    # Making the plan

    def _finish(self) -> None:
        fields = fields_of(self._cls)
        attributes = [field for field in fields if field.kind == "attribute"]
        children = [field for field in fields if field.kind != "attribute"]
        self._attribute_values = _values_of([field.name for field in attributes])
        self._attribute_writers = [attribute_writer(field) for field in attributes]
        self._child_values = _values_of([field.name for field in children])
        self._child_writers = [_child_writer(field) for field in children]
        self.namespaces = frozenset(
            field.xml.namespace
            for field in fields
            if field.kind in ("element", "attribute") and field.xml.namespace
        )
        self._attribute_slots = [(field.xml.clark, _slot(field)) for field in attributes]
        for field in children:
            if field.kind == "text":
                self._text_slot = _slot(field)
            elif field.kind == "anything":
                self._anything = field.name
            else:
                self._slots[field.xml.clark] = _slot(field)
                self._local_slots.setdefault(field.xml.local, _slot(field))
        self._many = [field.name for field in children if field.is_many and field.kind == "element"]
        self._required = [field for field in fields if field.is_required]
        self._bounded = [
            field
            for field in children
            if field.is_many and field.kind == "element" and (field.least > 1 or field.most is not None)
        ]
        self._is_finished = True


def plan_of(cls: Any) -> Plan:
    """The plan of a message class; raises TypeError for any other class."""
    plan = cls.__dict__.get("__plan__")
    if plan is None:
        if not (isinstance(cls, type) and issubclass(cls, Message)):
            raise TypeError(f"{cls!r} is not a message")
        plan = Plan(cls)
        cls.__plan__ = plan  # type: ignore[attr-defined]
    return plan  # type: ignore[no-any-return]


class _Text(NamedTuple):
    """A text that stands where readers expect an element: an attribute's value, or simple content."""

    text: str
    element: XmlElement
    attribute: str = ""

    @property
    def nsmap(self) -> dict[str | None, str]:
        return self.element.nsmap

    def get(self, name: str) -> str | None:
        return None


def _path(element: Any) -> str:
    """`Envelope/Body/GetProfiles/@token`: where something stands, without namespaces."""
    if isinstance(element, _Text):
        return _path(element.element) + (f"/@{element.attribute}" if element.attribute else "")
    steps = [element, *element.iterancestors()]
    return "/".join(str(step.tag).rpartition("}")[2] for step in reversed(steps))


def _rescued(slot: _Slot, element: Any, error: Exception, tolerant: bool) -> Any:  # noqa: FBT001
    """What stands in for a value that could not be read, _ABSENT, or MalformedMessage."""
    raw = element.text or ""
    if isinstance(error, ValueError):
        is_nil = not slot.is_required and (element.get(_XSI_NIL) or "").strip() in ("true", "1")
        if is_nil and not raw.strip():
            return _ABSENT
        if tolerant and slot.is_enum and slot.is_required:
            return raw
        if tolerant and (slot.is_many or not slot.is_required):
            return _ABSENT
        raise MalformedMessage(f"{_path(element)}: {error!s}: {raw[:80]!r}") from None
    if tolerant and not slot.is_required and not slot.is_many:
        return _ABSENT
    raise error


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    match names:
        case []:
            return lambda value: ()
        case [name]:
            return lambda value: (getattr(value, name),)
        case _:
            return attrgetter(*names)


def _named_subclass(cls: Any, named: str, element: XmlElement) -> Any:
    """The known subclass that an xsi:type names, or None."""
    try:
        name = resolved_name(named, element)
    except ValueError:
        return None
    waiting = list(cls.__subclasses__())
    while waiting:
        each = waiting.pop()
        if xml_name(each) == name:
            return each
        waiting.extend(each.__subclasses__())
    return None


def _slot(field: Field) -> _Slot:
    is_enum = isinstance(field.type, type) and issubclass(field.type, StrEnum)
    read = None if field.is_listed else text_reader(field.type)
    return _Slot(field.name, read, _taker(field), field.is_many, field.is_required, is_enum)


def _taker(field: Field) -> ElementReader:
    if field.is_listed:
        return list_reader(field.type)
    if field.type is XmlName:
        return name_reader
    if field.type is PrefixedText:
        return lambda element, tolerant: prefixed_text(element)
    if isinstance(field.type, type) and issubclass(field.type, Message):
        return plan_of(field.type).read
    return lambda element, tolerant: element


def _child_writer(field: Field) -> FieldWriter:
    if field.kind == "text":
        return text_writer(field)
    if field.kind == "anything":
        return trees_writer
    if field.type is XmlElement:
        write: FieldWriter = lambda value, out: out.tree(value)  # noqa: E731
    elif issubclass(field.type, Message):
        write = _message_writer(field)
    else:
        write = leaf_writer(field)
    if not field.is_many:
        return write

    def write_all(values: Any, out: XmlWriter) -> None:
        for each in values:
            write(each, out)

    return write_all


def _message_writer(field: Field) -> FieldWriter:
    kind = field.type
    spelled = qualified(field.xml)
    opening, closing = f"<{spelled}", f"</{spelled}>"
    plan = plan_of(kind)

    def write(value: Any, out: XmlWriter) -> None:
        special = type(value)
        if special is kind:
            plan.write(value, opening, closing, out)
            return
        if not issubclass(special, kind):
            raise TypeError(f"{field.name} holds {kind.__name__}, not {special.__name__}")
        out.use(XSI)
        typed = f'{opening} xsi:type="{out.name(xml_name(special))}"'
        plan_of(special).write(value, typed, closing, out)

    return write
