"""The parser: what is let in, what is not, and that limits hold."""

import pytest
from lxml import etree

from vedette.base.errors import LimitExceeded
from vedette.wire.namespaces import WSA
from vedette.wire.parser import Limits, NotWellFormed, parse


@pytest.mark.parametrize(
    "data",
    [
        "<a>é</a>".encode(),
        b"\xef\xbb\xbf" + "<a>é</a>".encode(),
        '\n\t <?xml version="1.0" encoding="UTF-8"?>\n<a>é</a>\n\0'.encode(),
        "<a>é</a>".encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"),
        "<a>é</a>".encode("utf-16-be"),
        "<a>é</a>".encode("utf-16-le"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("iso-8859-1"),
        "<!-- <b> --><?pi <!DOCTYPE ?><a><!-- inside -->é<?x y?></a><!-- after -->".encode(),
        b"<a>&#233;</a>",
    ],
)
def test_a_document_is_read_in_every_dress(data: bytes) -> None:
    root = parse(data)
    assert (root.tag, root.text, len(root)) == ("a", "é", 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"hello",
        b"GET / HTTP/1.1\r\n\r\n",
        b"<",
        b"<!",
        b"<?",
        b"<!--",
        b"<!-->",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b=1/>",
        b"<a b='1' b='2'/>",
        b"<a>&unknown;</a>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        b"\xff\xfe<",
        b"<p:a/>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="zip"?><a/>',
        b"<!DOCTYPE a><a/>",
        b"<!-- c --><?p i?>\n<!DOCTYPE a SYSTEM 'http://127.0.0.1/x'><a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16"),
        b"\x4c\x6f\xa7\x94",
    ],
)
def test_what_is_not_acceptable_xml_is_refused(data: bytes) -> None:
    for tolerant in (False, True):
        if data in (b"<p:a/>", b"<a>\xff</a>") and tolerant:
            continue
        with pytest.raises(NotWellFormed):
            parse(data, tolerant=tolerant)


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"<a>" + b"x" * 100 + b"</a>", Limits(size_bytes=100)),
        (b"<a>" * 9 + b"</a>" * 9, Limits(depth=8)),
        (b"<a>" + b"<b/>" * 100 + b"</a>", Limits(elements=100)),
        (b"<a b='' c='' d=''/>", Limits(attributes=2)),
        (b"<a><b c='" + b"x" * 101 + b"'/></a>", Limits(attribute_chars=100)),
    ],
)
def test_limits_hold(data: bytes, limits: Limits) -> None:
    assert parse(data) is not None
    with pytest.raises(LimitExceeded):
        parse(data, limits)


def test_what_just_fits_is_let_in() -> None:
    data = b"<a>" * 8 + b"</a>" * 8
    assert parse(data, Limits(size_bytes=len(data), depth=8, elements=8)) is not None


def test_depth_beyond_the_parsers_own_bound_is_refused() -> None:
    with pytest.raises(NotWellFormed):
        parse(b"<a>" * 5000 + b"</a>" * 5000, Limits(depth=10_000))


@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0" encoding="UTF-8"?>'])
def test_bytes_that_are_no_utf8_are_taken_for_latin_1_when_tolerant(head: bytes) -> None:
    data = head + b"<a>K\xe4se</a>"
    assert parse(data, tolerant=True).text == "Käse"
    with pytest.raises(NotWellFormed):
        parse(data)


def test_undeclared_prefixes_are_put_up_with_when_tolerant() -> None:
    data = b"<wsa:Address x:y='1' wsa:z='2'><vendor:More>t</vendor:More></wsa:Address>"
    root = parse(data, tolerant=True)
    assert root.tag == f"{{{WSA}}}Address"
    assert dict(root.attrib) == {"y": "1", f"{{{WSA}}}z": "2"}
    assert [child.tag for child in root] == ["More"]


def test_nothing_but_undeclared_prefixes_is_put_up_with() -> None:
    with pytest.raises(NotWellFormed):
        parse(b"<wsa:Address><b></wsa:Address>", tolerant=True)


def test_comments_do_not_split_a_text() -> None:
    root = parse(b"<a>1<!-- 2 -->3</a>")
    assert root.text == "13"
    assert isinstance(root, etree._Element)
