"""The codec: what is written reads back, what is odd is put up with, what is wrong is named."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from vedette.base.errors import CallerError
from vedette.wire.codec import decode, encode, to_element
from vedette.wire.message import (
    HexBytes,
    MalformedMessage,
    PrefixedText,
    XmlElement,
    XmlName,
    anything,
    attribute,
    element,
    message,
    text,
)
from vedette.wire.namespaces import TR2, TT, XSI
from vedette.wire.parser import parse
from vedette.wire.plan import plan_of

PHASES = [Phase.explicit, Phase.reuse, Phase.generate]


class Color(StrEnum):
    """An enumeration."""

    RED = "Red"
    DARK_BLUE = "dark blue"


@message(TT)
class Entity:
    """A base."""

    token: str = attribute("token")
    name: str


@message(TT)
class Camera(Entity):
    """An extension of the base."""

    color: Color | None = None
    uses: int = element("UseCount", default=0)


@message(TR2)
class Lens(Camera):
    """An extension in another namespace."""

    zoom: float | None = None


@message(TT)
class Note:
    """Simple content with attributes."""

    lang: str | None = attribute("lang", default=None)
    flags: tuple[Color, ...] = attribute("Flags", listed=True, default=())
    value: str = text()


@message(TT)
class Topic:
    """Simple content that depends on prefixes."""

    dialect: str = attribute("Dialect")
    value: PrefixedText = text()


@message(TT)
class Bag:
    """Whatever it is given."""

    known: int | None = None
    content: tuple[XmlElement, ...] = anything()


@message(TR2)
class Everything:
    """One field of every kind."""

    token: str = attribute("token")
    fixed: bool | None = attribute("fixed", default=None)
    kind: XmlName | None = attribute("Kind", default=None)
    flag: bool
    count: int
    ratio: float
    label: str | None = None
    at: datetime | None = None
    length: timedelta | None = None
    blob: bytes | None = None
    digest: HexBytes | None = None
    color: Color = Color.RED
    name: XmlName | None = None
    names: tuple[XmlName, ...] = element(listed=True, default=())
    numbers: tuple[int, ...] = element(listed=True, default=())
    cameras: tuple[Camera, ...] = element("Camera", default=())
    words: "tuple[str, ...]" = element("Word", default=(), most=3)
    foreign: Note | None = element("Note", namespace=TT, default=None)
    topic: PrefixedText | None = None
    nested: "Everything | None" = None


XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=["Cc", "Cs"])
    | st.sampled_from("\t\n\r&<>\"'"),
    max_size=20,
)
WORD = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
NAMES = st.builds(XmlName, st.sampled_from(["", TT, TR2, "urn:other", "urn:a&b"]), WORD)
NUMBERS = st.integers(-(10**12), 10**12)
CAMERAS = st.builds(
    Camera, token=XML_TEXT, name=XML_TEXT, color=st.none() | st.sampled_from(Color), uses=NUMBERS
)
LENSES = st.builds(Lens, token=XML_TEXT, name=XML_TEXT, zoom=st.none() | st.floats(allow_nan=False))
NOTES = st.builds(
    Note,
    lang=st.none() | XML_TEXT,
    flags=st.lists(st.just(Color.RED), max_size=2).map(tuple),
    value=XML_TEXT,
)


def _fields(nested: Any) -> Any:
    return st.builds(
        Everything,
        token=XML_TEXT,
        fixed=st.none() | st.booleans(),
        kind=st.none() | NAMES,
        flag=st.booleans(),
        count=NUMBERS,
        ratio=st.floats(allow_nan=False),
        label=st.none() | XML_TEXT,
        at=st.none() | st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001
        length=st.none() | st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6)),
        blob=st.none() | st.binary(max_size=20),
        digest=st.none() | st.binary(max_size=20).map(HexBytes),
        color=st.sampled_from(Color),
        name=st.none() | NAMES,
        names=st.lists(NAMES, max_size=3).map(tuple),
        numbers=st.lists(NUMBERS, max_size=3).map(tuple),
        cameras=st.lists(CAMERAS | LENSES, max_size=2).map(tuple),
        words=st.lists(XML_TEXT, max_size=3).map(tuple),
        foreign=st.none() | NOTES,
        topic=st.none() | st.just(PrefixedText("a:b/c", (("a", "urn:a"),))),
        nested=nested,
    )


EVERYTHING = _fields(st.none() | _fields(st.none()))
LEAST = Everything(token="t", flag=True, count=1, ratio=0.5)


def read(cls: Any, xml: str, *, tolerant: bool = False) -> Any:
    """Decode a document in which `t:` and `r:` stand for the two namespaces."""
    declared = f'<x xmlns:t="{TT}" xmlns:r="{TR2}" xmlns:xsi="{XSI}" xmlns:o="urn:other">{xml}</x>'
    return decode(cls, parse(declared.encode())[0], tolerant=tolerant)


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(EVERYTHING)
def test_what_is_encoded_decodes_to_the_same_value(value: Everything) -> None:
    root = parse(encode(value))
    assert decode(Everything, root) == value
    assert decode(Everything, root, tolerant=True) == value


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(EVERYTHING)
def test_careful_reading_agrees_with_fast_reading(value: Everything) -> None:
    root = parse(encode(value))
    plan = plan_of(Everything)
    assert plan.read_carefully(root, False) == plan.read(root, False)


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(EVERYTHING)
def test_a_tree_made_by_someone_else_decodes_alike(value: Everything) -> None:
    """Other prefixes, comments, and children the declaration does not know."""
    root = to_element(value)
    for element_ in list(root.iter(f"{{{TT}}}Camera", f"{{{TR2}}}Nested")):
        element_.append(etree.Comment("between"))
        element_.insert(0, etree.Element("{urn:other}Extension"))
        element_.set("{urn:other}extra", "1")
    assert decode(Everything, parse(etree.tostring(root))) == value


def test_fields_are_written_in_schema_order_under_the_namespace_that_declares_them() -> None:
    value = Lens(token="a", name="b", color=Color.RED, uses=2, zoom=1.5)
    assert [child.tag for child in to_element(value)] == [
        f"{{{TT}}}Name",
        f"{{{TT}}}Color",
        f"{{{TT}}}UseCount",
        f"{{{TR2}}}Zoom",
    ]


def test_every_namespace_is_declared_once_at_the_root() -> None:
    data = encode(Everything(token="t", flag=True, count=1, ratio=0.5, cameras=(Lens(token="a", name="b"),)))
    for prefix in ("tt", "tr2", "xsi"):
        assert data.count(f"xmlns:{prefix}=".encode()) == 1


def test_a_value_of_a_subclass_says_so_and_comes_back_as_one() -> None:
    value = Everything(
        token="t", flag=True, count=1, ratio=1.0, cameras=(Lens(token="a", name="b", zoom=2.0),)
    )
    root = parse(encode(value))
    assert root.find(f"{{{TT}}}Camera") is None  # the field belongs to the class that declares it
    camera = root.find(f"{{{TR2}}}Camera")
    assert camera is not None
    assert camera.get(f"{{{XSI}}}type") == "tr2:Lens"
    assert type(decode(Everything, root).cameras[0]) is Lens


def test_an_unknown_type_name_is_ignored() -> None:
    camera = read(Camera, '<t:Camera token="a" xsi:type="o:Vehicle"><t:Name>b</t:Name></t:Camera>')
    assert camera == Camera(token="a", name="b")


def test_a_value_of_a_strange_class_is_refused_by_the_writer() -> None:
    with pytest.raises(TypeError, match="Note"):
        encode(Everything(token="t", flag=True, count=1, ratio=1.0, foreign=LEAST))  # type: ignore[arg-type]


def test_a_declaration_that_crossed_the_wire_may_still_get_a_subclass() -> None:
    @message(TT)
    class Base:
        """A base."""

        name: str

    assert read(Base, '<t:Base xsi:type="t:Late"><t:Name>a</t:Name></t:Base>') == Base(name="a")

    @message(TT)
    class Late(Base):
        """Declared after its base was used."""

    assert type(read(Base, '<t:Base xsi:type="t:Late"><t:Name>a</t:Name></t:Base>')) is Late


CAMERA = "<t:Name>n</t:Name><t:Color>Red</t:Color><t:UseCount>3</t:UseCount>"


@pytest.mark.parametrize(
    "inner",
    [
        CAMERA,
        "<t:UseCount>3</t:UseCount><t:Color>Red</t:Color><t:Name>n</t:Name>",
        "<t:Name>n</t:Name><o:New/><t:New>7</t:New><t:Color> Red\n</t:Color><t:UseCount> 3 </t:UseCount>",
        "<t:Name>n</t:Name><!-- c --><?p i?><t:Color>Red</t:Color><t:UseCount>+3</t:UseCount>",
        f'<Name xmlns="{TT}">n</Name><Color xmlns="{TT}">Red</Color><UseCount xmlns="{TT}">3</UseCount>',
        "\n  <t:Name><![CDATA[n]]></t:Name><t:Color>R<!-- c -->ed</t:Color> <t:UseCount>3</t:UseCount> ",
    ],
)
@pytest.mark.parametrize("tolerant", [False, True])
def test_prefixes_order_white_space_and_unknown_content_do_not_matter(inner: str, *, tolerant: bool) -> None:
    xml = f'<t:Camera token="a" o:other="1" more="2">{inner}</t:Camera>'
    assert read(Camera, xml, tolerant=tolerant) == Camera(token="a", name="n", color=Color.RED, uses=3)


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<t:Camera><t:Name>n</t:Name></t:Camera>", "x/Camera: attribute token is missing"),
        ('<t:Camera token="a"/>', "x/Camera: Name is missing"),
        (
            '<t:Camera token="a"><t:Name>n</t:Name><t:Name>m</t:Name></t:Camera>',
            "x/Camera/Name: more than one",
        ),
        (
            '<t:Camera token="a"><t:Name>n</t:Name><t:UseCount>many</t:UseCount></t:Camera>',
            "x/Camera/UseCount: not an integer: 'many'",
        ),
        (
            '<t:Camera token="a"><t:Name>n</t:Name><t:Color>Pink</t:Color></t:Camera>',
            "x/Camera/Color: not one of Red, dark blue: 'Pink'",
        ),
    ],
)
def test_a_refusal_names_the_place_and_the_value(xml: str, told: str) -> None:
    with pytest.raises(MalformedMessage) as refusal:
        read(Camera, xml)
    assert str(refusal.value) == told


def test_a_refusal_inside_a_list_names_the_place() -> None:
    xml = '<r:E token="t" fixed="maybe"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>1</r:Ratio></r:E>'
    with pytest.raises(MalformedMessage, match=r"x/E/@fixed: not a boolean: 'maybe'"):
        read(Everything, xml)


def test_more_elements_than_the_declaration_allows_are_refused() -> None:
    words = "<r:Word>w</r:Word>" * 4
    xml = f'<r:E token="t"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>1</r:Ratio>{words}</r:E>'
    with pytest.raises(MalformedMessage, match="4 of Word"):
        read(Everything, xml)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<t:Name>n</t:Name><t:Color>Pink</t:Color>", Camera(token="a", name="n")),
        ("<t:Name>n</t:Name><t:UseCount>many</t:UseCount>", Camera(token="a", name="n")),
        ("<t:Name>n</t:Name><t:Name>m</t:Name>", Camera(token="a", name="n")),
        ("<Name>n</Name><r:UseCount>4</r:UseCount>", Camera(token="a", name="n", uses=4)),
    ],
)
def test_a_tolerant_reader_puts_up_with_what_devices_send(inner: str, expected: Camera) -> None:
    assert read(Camera, f'<t:Camera token="a">{inner}</t:Camera>', tolerant=True) == expected


def test_a_tolerant_reader_leaves_out_an_optional_child_it_cannot_read() -> None:
    xml = (
        '<r:E token="t"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>0.5</r:Ratio>'
        '<r:Nested token="u"><r:Flag>1</r:Flag></r:Nested></r:E>'
    )
    assert read(Everything, xml, tolerant=True) == LEAST
    with pytest.raises(MalformedMessage, match="x/E/Nested: Count is missing"):
        read(Everything, xml)


@message(TT)
class Shelf:
    """A list of structures."""

    cameras: tuple[Camera, ...] = element("Camera", default=())


def test_a_tolerant_reader_leaves_out_one_of_several_that_it_cannot_read() -> None:
    good = '<t:Camera token="b"><t:Name>n</t:Name></t:Camera>'
    xml = f'<t:Shelf><t:Camera token="a"/>{good}<t:Camera/></t:Shelf>'
    assert read(Shelf, xml, tolerant=True).cameras == (Camera(token="b", name="n"),)
    with pytest.raises(MalformedMessage, match="x/Shelf/Camera: Name is missing"):
        read(Shelf, xml)


def test_a_tolerant_reader_takes_no_list_for_an_empty_one() -> None:
    with pytest.raises(MalformedMessage, match="x/Shelf/Camera: Name is missing"):
        read(Shelf, '<t:Shelf><t:Camera token="a"/><t:Camera/></t:Shelf>', tolerant=True)


def test_a_tolerant_reader_keeps_an_unknown_value_of_a_required_enumeration_as_text() -> None:
    @message(TT)
    class Paint:
        """A required enumeration."""

        color: Color

    assert read(Paint, "<t:Paint><t:Color>Pink</t:Color></t:Paint>", tolerant=True).color == "Pink"


def test_a_tolerant_reader_still_refuses_what_is_missing() -> None:
    with pytest.raises(MalformedMessage, match="Name is missing"):
        read(Camera, '<t:Camera token="a"/>', tolerant=True)


def test_a_nil_element_counts_as_absent() -> None:
    xml = '<t:Camera token="a"><t:Name>n</t:Name><t:UseCount xsi:nil="true"/></t:Camera>'
    assert read(Camera, xml) == Camera(token="a", name="n")


@pytest.mark.parametrize("name", ["Label", "Blob", "Digest", "Names", "Topic", "At", "Color"])
def test_a_nil_element_of_any_simple_type_counts_as_absent(name: str) -> None:
    start = '<r:E token="t"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>1</r:Ratio>'
    nil = f'<r:{name} xsi:nil="true"/>'
    absent = read(Everything, f"{start}</r:E>")

    assert read(Everything, f"{start}{nil}</r:E>") == absent
    assert read(Everything, f"{start}{nil}<r:Unknown/></r:E>", tolerant=True) == absent


def test_an_empty_text_that_is_not_nil_is_a_text() -> None:
    start = '<r:E token="t"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>1</r:Ratio>'
    for written in ("<r:Label/>", '<r:Label xsi:nil="false"/>'):
        assert read(Everything, f"{start}{written}</r:E>").label == ""


def test_names_are_resolved_where_they_stand() -> None:
    xml = (
        '<r:E token="t" Kind="p:a" xmlns:p="urn:p"><r:Flag>1</r:Flag><r:Count>1</r:Count><r:Ratio>1</r:Ratio>'
        '<r:Name xmlns="urn:d">b</r:Name><r:Names xmlns:q="urn:q">q:c p:d</r:Names></r:E>'
    )
    value = read(Everything, xml)
    assert value.kind == XmlName("urn:p", "a")
    assert value.name == XmlName("urn:d", "b")
    assert value.names == (XmlName("urn:q", "c"), XmlName("urn:p", "d"))


def test_a_text_with_prefixes_takes_along_what_they_mean() -> None:
    xml = '<t:Topic Dialect="d" xmlns:p="urn:p" xmlns:q="urn:q">p:A/B|http://x</t:Topic>'
    topic = read(Topic, xml)
    assert topic.value == PrefixedText("p:A/B|http://x", (("p", "urn:p"),))
    assert decode(Topic, parse(encode(topic))) == topic


def test_kept_elements_are_written_back_with_their_namespaces() -> None:
    bag = read(Bag, '<t:Bag><t:Known>1</t:Known><o:Any a="o:q"><inner/></o:Any>tail<t:More/></t:Bag>')
    assert bag.known == 1
    again = decode(Bag, parse(encode(bag)))
    assert [each.tag for each in again.content] == ["{urn:other}Any", f"{{{TT}}}More"]
    assert again.content[0].get("a") == "o:q"
    assert [child.tag for child in again.content[0]] == ["inner"]
    assert again.content[0].tail is None
    assert again.content[0].nsmap["o"] == "urn:other"


@pytest.mark.parametrize("bad", ["a\x00b", "\x1f", "\ud800", "\uffff"])
def test_a_text_that_xml_cannot_carry_is_our_callers_mistake(bad: str) -> None:
    for value in (Camera(token=bad, name=""), Camera(token="", name=bad), Note(value=bad)):
        with pytest.raises(CallerError):
            encode(value)


def test_a_time_without_zone_is_our_callers_mistake() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(CallerError):
        encode(Everything(token="t", flag=True, count=1, ratio=1.0, at=naive))
