"""Generates, for one message class, the Python function that writes it and the one that reads it fast.

Straight-line code made once per class costs a third of walking its fields anew for every value. The
reader here knows only the ordinary case; whatever departs from it goes back to the plan's careful
reader, which tolerates or refuses it. What enters the source text are names checked by `fields_of`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from vedette.wire.fields import Field
from vedette.wire.message import MalformedMessage, Message, PrefixedText, XmlElement, xml_name
from vedette.wire.namespaces import XSI
from vedette.wire.pieces import HeldText, other_children, taker, text_of, text_reader
from vedette.wire.scalars import WRITERS, read_str
from vedette.wire.writer import (
    XmlWriter,
    escape_attribute,
    escape_text,
    odd_in_attribute,
    odd_in_text,
    qualified,
)

Writer = Callable[[Any, str, XmlWriter], None]
Reader = Callable[[XmlElement, bool], Any]
PlanOf = Callable[[Any], Any]

XSI_NIL = f"{{{XSI}}}nil"

_INDENT = "    "


class _Source:
    """Lines of a function under construction, and the objects they refer to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.depth = 1

    def line(self, text: str) -> None:
        self.lines.append(_INDENT * self.depth + text)

    def refer(self, stem: str, value: Any) -> str:
        name = f"{stem}{len(self.names)}"
        self.names[name] = value
        return name

    def function(self, head: str, label: str) -> Any:
        text = "\n".join((f"def made({head}):", *self.lines))
        exec(compile(text, f"<{label}>", "exec"), self.names)
        return self.names["made"]


def is_message(kind: Any) -> bool:
    """Whether a field's type is a message class."""
    return isinstance(kind, type) and issubclass(kind, Message)


# Writing


class _WriterSource(_Source):
    """The writer's source: `text` is an f-string body that waits to be appended."""

    def __init__(self, plan: Any, plan_of: PlanOf) -> None:
        super().__init__()
        self.plan_of = plan_of
        self.text = "{opening}"
        self.names.update(
            plan=plan,
            odd_in_text=odd_in_text,
            odd_in_attribute=odd_in_attribute,
            escape_text=escape_text,
            escape_attribute=escape_attribute,
            special=_write_special,
            plan_of=plan_of,
        )
        self.line("out.plans.add(plan)")
        self.line("append = out.parts.append")

    def flush(self) -> None:
        if self.text:
            self.line(f"append(f'''{self.text}''')")
            self.text = ""

    def value_text(self, field: Field, variable: str, place: str) -> str:
        """Prepare a simple value in `variable`; the f-string expression that gives its escaped text."""
        kind = field.type
        if not field.is_listed and (kind is str or issubclass(kind, StrEnum)):
            self.line(f"if odd_in_{place}({variable}): {variable} = escape_{place}({variable})")
            return f"{{{variable}}}"
        if not field.is_listed and kind in WRITERS:
            return f"{{{self.refer('convert', WRITERS[kind])}({variable})}}"
        as_text = self.refer("text_of", text_of(field))
        return f"{{escape_{place}({as_text}({variable}, out))}}"

    def attribute(self, field: Field, number: int) -> None:
        variable, spelled = f"a{number}", qualified(field.xml)
        self.line(f"{variable} = value.{field.name}")
        if field.is_required and not field.is_optional:
            self.text += f' {spelled}="{self.value_text(field, variable, "attribute")}"'
            return
        absent = f"not {variable}" if field.is_listed else f"{variable} is None"
        self.line(f"if {absent}: {variable} = ''")
        self.line("else:")
        self.depth += 1
        text = self.value_text(field, variable, "attribute")
        self.line(f"{variable} = f''' {spelled}=\"{text}\"'''")
        self.depth -= 1
        self.text += f"{{{variable}}}"

    def child(self, field: Field, number: int) -> None:
        variable = f"v{number}"
        if field.kind == "anything":
            self.flush()
            self.line(f"for {variable} in value.{field.name}: out.tree({variable})")
            return
        if field.is_many:
            self.flush()
            self.line(f"for {variable} in value.{field.name}:")
        elif field.is_required and not field.is_optional:
            self.line(f"{variable} = value.{field.name}")
            self.one(field, variable)
            return
        else:
            self.line(f"{variable} = value.{field.name}")
            self.flush()
            self.line(f"if {variable}:" if field.is_listed else f"if {variable} is not None:")
        self.depth += 1
        self.one(field, variable)
        self.flush()
        self.depth -= 1

    def one(self, field: Field, variable: str) -> None:
        if field.kind == "text" and field.type is PrefixedText:
            self.text += f"{{escape_text({variable}.text)}}"
            return
        if field.kind == "text":
            self.text += self.value_text(field, variable, "text")
            return
        spelled = qualified(field.xml)
        if field.type is XmlElement:
            self.flush()
            self.line(f"out.tree({variable})")
        elif field.type is PrefixedText:
            self.text += (
                f"<{spelled}{{out.declarations({variable})}}>{{escape_text({variable}.text)}}</{spelled}>"
            )
        elif is_message(field.type):
            kind = self.refer("kind", field.type)
            child = self.refer("plan", self.plan_of(field.type))
            before = f"f'''{self.text}<{spelled}'''"
            self.line(f"if type({variable}) is {kind}: {child}.write({variable}, {before}, out)")
            self.line(f"else: special({variable}, {kind}, {before}, out, plan_of)")
            self.text = f"</{spelled}>"
        else:
            self.text += f"<{spelled}>{self.value_text(field, variable, 'text')}</{spelled}>"


def compiled_writer(cls: Any, plan: Any, fields: list[Field], plan_of: PlanOf) -> Writer:
    """The function (value, opening, out) that writes everything from `opening` up to the end tag."""
    source = _WriterSource(plan, plan_of)
    for number, field in enumerate(field for field in fields if field.kind == "attribute"):
        source.attribute(field, number)
    for field in fields:
        if field.kind == "text" and field.type is PrefixedText:
            source.text += f"{{out.declarations(value.{field.name})}}"
    source.text += ">"
    for number, field in enumerate(field for field in fields if field.kind != "attribute"):
        source.child(field, number)
    source.flush()
    function: Writer = source.function("value, opening, out", f"writes {cls.__name__}")
    return function


def _write_special(value: Any, kind: Any, opening: str, out: XmlWriter, plan_of: PlanOf) -> None:
    """Write a value whose class extends the declared one: it says so by xsi:type."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    out.use(XSI)
    plan_of(type(value)).write(value, f'{opening} xsi:type="{out.name(xml_name(type(value)))}"', out)


# Reading


class _ReaderSource(_Source):
    """The reader's source; `cls`, `slow` and the defaults are among its names."""

    def __init__(self, cls: Any, slow: Reader, defaults: dict[str, Any]) -> None:
        super().__init__()
        self.defaults = defaults
        self.arguments: list[str] = []
        self.names.update(cls=cls, slow=slow, MalformedMessage=MalformedMessage, HeldText=HeldText)

    def give_up_if(self, condition: str) -> None:
        self.line(f"if {condition}: return slow(element, tolerant)")

    def attribute(self, field: Field) -> None:
        variable = f"f_{field.name}"
        self.arguments.append(f"{field.name}={variable}")
        self.line(f"{variable} = get({field.xml.clark!r})")
        read = None if field.is_listed else text_reader(field.type)
        if read is read_str:
            converted = variable
        elif read is not None:
            converted = f"{self.refer('read', read)}({variable})"
        else:
            take = self.refer("take", taker(field))
            converted = f"{take}(HeldText({variable}, element, {field.xml.clark!r}), tolerant)"
        self.assign(field, variable, converted, f"{variable} is None")

    def assign(self, field: Field, variable: str, expression: str, absent: str) -> None:
        if field.is_required:
            self.give_up_if(absent)
            if expression != variable:
                self.line(f"{variable} = {expression}")
            return
        default = self.defaults[field.name]
        spelled = repr(default) if default is None or default == () else self.refer("default", default)
        if expression != variable:
            self.line(f"{variable} = {spelled} if {absent} else {expression}")
        elif spelled != "None":
            self.line(f"if {absent}: {variable} = {spelled}")

    def value(self, field: Field, holder: str, plan_of: PlanOf) -> str:
        """The expression that reads one child element."""
        read = None if field.is_listed else text_reader(field.type)
        if read is read_str:
            return f'{holder}.text or ""'
        if read is not None:
            return f'{self.refer("read", read)}({holder}.text or "")'
        if is_message(field.type):
            return f"{self.refer('plan', plan_of(field.type))}.read({holder}, tolerant)"
        return f"{self.refer('take', taker(field))}({holder}, tolerant)"

    def children(self, fields: list[Field], plan_of: PlanOf) -> None:
        many = [field for field in fields if field.is_many]
        if many:
            self.loop(many, plan_of)
        else:
            self.line("found = {child.tag: child for child in element}")
            self.give_up_if("len(found) != len(element)")
        known = self.refer("known", frozenset(field.xml.clark for field in fields))
        self.give_up_if(f"tolerant and not {known}.issuperset(found)")
        self.line("get = found.get")
        for field in fields:
            variable = f"f_{field.name}"
            self.arguments.append(f"{field.name}={variable}")
            if field.is_many:
                self.finish_many(field, variable)
                continue
            self.line(f"child = get({field.xml.clark!r})")
            if not field.is_required and _may_be_empty(field):
                self.give_up_if(
                    f"child is not None and not child.text and child.get({XSI_NIL!r}) is not None"
                )
            self.assign(field, variable, self.value(field, "child", plan_of), "child is None")

    def loop(self, many: list[Field], plan_of: PlanOf) -> None:
        self.line("found = {}")
        for field in many:
            self.line(f"f_{field.name} = []")
        self.line("for child in element:")
        self.depth += 1
        self.line("tag = child.tag")
        for field in many:
            self.line(f"if tag == {field.xml.clark!r}:")
            self.line(f"{_INDENT}f_{field.name}.append({self.value(field, 'child', plan_of)})")
            self.line(f"{_INDENT}continue")
        self.give_up_if("tag in found")
        self.line("found[tag] = child")
        self.depth -= 1

    def finish_many(self, field: Field, variable: str) -> None:
        if field.is_required:
            self.give_up_if(f"not {variable}")
            self.line(f"{variable} = tuple({variable})")
        else:
            default = self.refer("default", self.defaults[field.name])
            self.line(f"{variable} = tuple({variable}) if {variable} else {default}")
        if field.least > 1:
            self.give_up_if(f"len({variable}) < {field.least}")
        if field.most is not None:
            self.give_up_if(f"len({variable}) > {field.most}")


def _may_be_empty(field: Field) -> bool:
    """Whether an empty text is a value of the field's; where it is none, reading it ends up in `slow`."""
    if is_message(field.type) or field.type is XmlElement:
        return False
    read = None if field.is_listed else text_reader(field.type)
    try:
        return read is None or read("") is not None
    except ValueError:
        return False


def compiled_reader(
    cls: Any, slow: Reader, fields: list[Field], defaults: dict[str, Any], plan_of: PlanOf
) -> Reader:
    """The function (element, tolerant) that reads the ordinary case and leaves the rest to `slow`."""
    source = _ReaderSource(cls, slow, defaults)
    source.line("try:")
    source.depth += 1
    source.line("get = element.get")
    if cls.__subclasses__():
        source.give_up_if(f"get({f'{{{XSI}}}type'!r}) is not None")
    for field in fields:
        if field.kind == "attribute":
            source.attribute(field)
    children = [field for field in fields if field.kind == "element"]
    for field in fields:
        if field.kind == "text":
            source.arguments.append(f"{field.name}={source.value(field, 'element', plan_of)}")
        elif field.kind == "anything":
            slots = source.refer("known", frozenset(each.xml.clark for each in children))
            source.arguments.append(
                f"{field.name}={source.refer('others', other_children)}(element, {slots})"
            )
    if children:
        source.children(children, plan_of)
    source.line(f"return cls({', '.join(source.arguments)})")
    source.depth -= 1
    source.line("except ValueError:")
    source.line(f"{_INDENT}return slow(element, tolerant)")
    source.line("except MalformedMessage:")
    source.line(f"{_INDENT}if tolerant: return slow(element, tolerant)")
    source.line(f"{_INDENT}raise")
    function: Reader = source.function("element, tolerant", f"reads {cls.__name__}")
    return function
