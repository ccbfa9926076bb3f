"""What reading and writing one message class takes, worked out once from its declaration."""

from enum import StrEnum
from typing import Any, NamedTuple

from vedette.wire.compiled import (
    XSI_NIL,
    Reader,
    Writer,
    compiled_reader,
    compiled_writer,
    is_message,
)
from vedette.wire.fields import Field, fields_of, struct_defaults
from vedette.wire.message import MalformedMessage, Message, XmlElement, xml_name
from vedette.wire.namespaces import XSI
from vedette.wire.pieces import (
    ElementReader,
    HeldText,
    TextReader,
    other_children,
    resolved_name,
    taker,
    text_reader,
)
from vedette.wire.writer import XmlWriter

_XSI_TYPE = f"{{{XSI}}}type"
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
    is_simple: bool


class Plan:
    """Reads and writes one message class; made unfinished, finished when first used.

    With `tolerant`, reading also allows what devices in the field send: a known child in another of
    the standard's namespaces or in none; a second occurrence of a single child (the first counts); a
    value that cannot be read becomes None where the field is optional and is dropped from a tuple of
    simple values; an optional child whose own content is not acceptable becomes None, and one of several
    is left out where any other of them can be read. An unknown value of an enumeration in a required
    field is kept as a plain `str`. A required field that is missing is refused all the same.
    """

    def __init__(self, cls: Any) -> None:
        self._cls = cls
        self.namespaces: frozenset[str] = frozenset()
        self._attribute_slots: list[tuple[str, str, TextReader | None, _Slot]] = []
        self._text_slot: _Slot | None = None
        self._anything: str | None = None
        self._slots: dict[str, _Slot] = {}
        self._local_slots: dict[str, _Slot] = {}
        self._many: list[str] = []
        self._required: list[Field] = []
        self._bounded: list[Field] = []
        self.outdate()

    def outdate(self) -> None:
        """Have the plan made anew at its next use, since the class got a subclass."""
        self._is_finished = False
        self.read: Reader = self._first_read
        self.write: Writer = self._first_write

    def _first_read(self, element: XmlElement, tolerant: bool) -> Any:  # noqa: FBT001
        self._finish()
        return self.read(element, tolerant)

    def _first_write(self, value: Any, opening: str, out: XmlWriter) -> None:
        self._finish()
        self.write(value, opening, out)

    def read_carefully(self, element: XmlElement, tolerant: bool) -> Any:  # noqa: FBT001
        """What `read` does, field by field: it says what is wrong, or puts up with it."""
        if not self._is_finished:
            self._finish()
        if named := element.get(_XSI_TYPE):
            special = _named_subclass(self._cls, named, element)
            if special is not None:
                return plan_of(special).read_carefully(element, tolerant)
        values: dict[str, Any] = {}
        self._read_attributes(values, element, tolerant)
        if self._text_slot is not None:
            self._read_text(values, self._text_slot, element, tolerant)
        if self._slots:
            self._read_children(values, element, tolerant)
        if self._anything is not None:
            values[self._anything] = other_children(element, self._slots)
        return self._made(values, element)

    def _made(self, values: dict[str, Any], element: XmlElement) -> Any:
        for name in self._many:
            if name in values:
                values[name] = _readable(values[name])
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
            name, read, take, is_many, _, _, _ = slot
            if slot.is_simple and not is_many and not child.text and _is_nil(slot, child):
                continue
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

    def _read_attributes(
        self,
        values: dict[str, Any],
        element: XmlElement,
        tolerant: bool,  # noqa: FBT001
    ) -> None:
        for xml, name, read, slot in self._attribute_slots:
            raw = element.get(xml)
            if raw is None:
                continue
            held = HeldText(raw, element, xml)
            try:
                value = read(raw) if read else slot.take(held, tolerant)
            except ValueError as error:
                value = _rescued(slot, held, error, tolerant)
            if value is not _ABSENT:
                values[name] = value

    def _read_text(
        self,
        values: dict[str, Any],
        slot: _Slot,
        element: XmlElement,
        tolerant: bool,  # noqa: FBT001
    ) -> None:
        try:
            value = slot.read(element.text or "") if slot.read else slot.take(element, tolerant)
        except ValueError as error:
            value = _rescued(slot, element, error, tolerant)
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
        cls = self._cls
        fields = fields_of(cls)
        self._sort_out(fields)
        self.namespaces = frozenset(
            field.xml.namespace
            for field in fields
            if field.kind in ("element", "attribute") and field.xml.namespace
        )
        self.read = compiled_reader(cls, self.read_carefully, fields, struct_defaults(cls), plan_of)
        self.write = compiled_writer(cls, self, fields, plan_of)
        self._is_finished = True

    def _sort_out(self, fields: list[Field]) -> None:
        """Prepare what careful reading looks up."""
        self._attribute_slots = []
        for field in fields:
            slot = _slot(field)
            if field.kind == "attribute":
                self._attribute_slots.append((field.xml.clark, field.name, slot.read, slot))
            elif field.kind == "text":
                self._text_slot = slot
            elif field.kind == "anything":
                self._anything = field.name
            else:
                self._slots[field.xml.clark] = slot
                self._local_slots.setdefault(field.xml.local, slot)
        repeated = [field for field in fields if field.is_many and field.kind == "element"]
        self._many = [field.name for field in repeated]
        self._required = [field for field in fields if field.is_required]
        self._bounded = [field for field in repeated if field.least > 1 or field.most is not None]


def plan_of(cls: Any) -> Plan:
    """The plan of a message class; raises TypeError for any other class."""
    plan = cls.__dict__.get("__plan__")
    if plan is None:
        if not (isinstance(cls, type) and issubclass(cls, Message)):
            raise TypeError(f"{cls!r} is not a message")
        plan = Plan(cls)
        cls.__plan__ = plan  # type: ignore[attr-defined]
    return plan  # type: ignore[no-any-return]


def _path(element: Any) -> str:
    """`Envelope/Body/GetProfiles/@token`: where something stands, without namespaces."""
    if isinstance(element, HeldText):
        return f"{_path(element.element)}/@{element.attribute}"
    steps = [element, *element.iterancestors()]
    return "/".join(str(step.tag).rpartition("}")[2] for step in reversed(steps))


def _is_nil(slot: _Slot, element: Any) -> bool:
    """Whether an element that may be missing says that it has no value."""
    if slot.is_required or (element.text or "").strip():
        return False
    return (element.get(XSI_NIL) or "").strip() in ("true", "1")


def _rescued(slot: _Slot, element: Any, error: Exception, tolerant: bool) -> Any:  # noqa: FBT001
    """What stands in for a value that could not be read, _ABSENT, or MalformedMessage; see `_readable`."""
    raw = element.text or ""
    if isinstance(error, ValueError):
        if _is_nil(slot, element):
            return _ABSENT
        if tolerant and slot.is_enum and slot.is_required:
            return raw
        if tolerant and (slot.is_many or not slot.is_required):
            return _ABSENT
        raise MalformedMessage(f"{_path(element)}: {error!s}: {raw[:80]!r}") from None
    if tolerant and slot.is_many:
        return error
    if tolerant and not slot.is_required:
        return _ABSENT
    raise error


def _readable(items: list[Any]) -> tuple[Any, ...]:
    """Those of several that could be read; the error that stands in for the first one where none could."""
    found = tuple(each for each in items if not isinstance(each, MalformedMessage))
    if items and not found:
        raise items[0]
    return found


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
    take = plan_of(field.type).read_carefully if is_message(field.type) else taker(field)
    is_simple = not is_message(field.type) and field.type is not XmlElement
    return _Slot(field.name, read, take, field.is_many, field.is_required, is_enum, is_simple)
