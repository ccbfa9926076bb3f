"""Declarations: what a message class is like, and which declarations are refused."""

from typing import Any

import pytest

from vedette.wire.codec import encode
from vedette.wire.message import Message, XmlName, attribute, element, message, xml_name
from vedette.wire.namespaces import TR2, TT


@message(TT)
class Point:
    """A message."""

    x: float = attribute("x")
    label: str | None = None


@message(TR2, name="Special")
class Extended(Point):
    """Another, which extends it."""

    more: tuple[int, ...] = ()


def test_a_message_is_immutable_comparable_and_keyword_only() -> None:
    point = Point(x=1.0)
    assert point == Point(x=1.0, label=None)
    assert hash(point) == hash(Point(x=1.0))
    assert isinstance(point, Message)
    with pytest.raises(AttributeError):
        point.x = 2.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        Point(1.0)  # type: ignore[misc]
    with pytest.raises(TypeError, match="x"):
        Point()  # type: ignore[call-arg]


def test_a_class_knows_its_xml_name() -> None:
    assert xml_name(Point) == XmlName(TT, "Point")
    assert xml_name(Extended) == XmlName(TR2, "Special")


def test_the_xml_name_follows_from_the_field_name() -> None:
    assert encode(Extended(x=0.5, label="a", more=(1, 2))) == (
        b'<tr2:Special xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" '
        b'xmlns:tt="http://www.onvif.org/ver10/schema" x="0.5">'
        b"<tt:Label>a</tt:Label><tr2:More>1</tr2:More><tr2:More>2</tr2:More></tr2:Special>"
    )


def declared(annotation: Any, value: Any = None) -> Any:
    body: dict[str, Any] = {"__annotations__": {"field": annotation}, "__module__": __name__}
    if value is not None:
        body["field"] = value
    return message(TT)(type("Declared", (), body))


@pytest.mark.parametrize(
    ("annotation", "form"),
    [
        (dict[str, str], None),
        (int | str, None),
        (tuple[int, str], None),
        (complex, None),
        (Point, attribute("p")),
        (tuple[int, ...], attribute("p")),
        (str, element('a b="')),
    ],
)
def test_a_senseless_declaration_is_refused_at_first_use(annotation: Any, form: Any) -> None:
    cls = declared(annotation, form)
    with pytest.raises(TypeError, match=r"field|choice|fixed size"):
        encode(cls(field=None))


def test_only_messages_have_a_codec() -> None:
    with pytest.raises((TypeError, AttributeError)):
        encode(object())
