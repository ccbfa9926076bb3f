"""UsernameToken: the published example, what clients vary, and everything else refused by name."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from vedette.protocols.wsse import (
    PASSWORD_DIGEST,
    MalformedToken,
    UsernameToken,
    password_digest,
    read_token,
    token_header,
    verify,
)
from vedette.wire.namespaces import WSSE, WSU

NONCE = base64.b64encode(b"\x01\x02\x03\x04").decode()


def header(
    username: str = "<s:Username>admin</s:Username>",
    password: str = f'<s:Password Type="{PASSWORD_DIGEST}">abc</s:Password>',
    nonce: str = f"<s:Nonce>{NONCE}</s:Nonce>",
    created: str = "<u:Created>2026-11-20T10:00:00Z</u:Created>",
) -> etree._Element:
    inner = f"<s:UsernameToken>{username}{password}{nonce}{created}</s:UsernameToken>"
    return etree.fromstring(f'<s:Security xmlns:s="{WSSE}" xmlns:u="{WSU}">{inner}</s:Security>')


def test_the_digest_is_the_one_of_the_onvif_guide() -> None:
    nonce = base64.b64decode("LKqI6G/AikKCQrN0zqZFlg==")
    assert password_digest(nonce, "2010-09-16T07:50:45Z", "userpassword") == "tuOSpGlFlIXsozq4HFNeeGeFLEI="


@settings(max_examples=30, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
        lambda name: name.strip()
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.binary(min_size=1, max_size=32),
    st.integers(0, 4_000_000_000_000),
)
def test_a_built_header_is_read_and_verified_after_the_wire(
    name: str, password: str, nonce: bytes, created_ms: int
) -> None:
    built = token_header(name, password, nonce=nonce, created_utc_us=created_ms * 1000)
    token = read_token(etree.fromstring(etree.tostring(built)))
    assert token is not None
    assert (token.username, token.nonce, token.created_utc_us) == (name, nonce, created_ms * 1000)
    assert verify(token, password)
    assert not verify(token, password + "x")


def test_a_header_without_a_token_says_nothing() -> None:
    assert read_token(etree.fromstring(f'<s:Security xmlns:s="{WSSE}"/>')) is None


def test_a_password_without_a_type_is_text() -> None:
    token = read_token(header(password="<s:Password>secret</s:Password>"))
    assert token is not None
    assert not token.is_digest
    assert verify(token, "secret")
    assert "secret" not in repr(token)


@pytest.mark.parametrize(
    ("text", "utc_us"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000),
        ("1970-01-01T00:00:01", 1_000_000),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T00:00:01.123456789Z", 1_123_456),
        (" 1970-01-01T00:00:01Z\n", 1_000_000),
    ],
)
def test_creation_times_are_read_in_every_spelling(text: str, utc_us: int) -> None:
    token = read_token(header(created=f"<u:Created>{text}</u:Created>"))
    assert token is not None
    assert token.created_utc_us == utc_us
    assert token.created == text


@pytest.mark.parametrize(
    ("part", "text", "names"),
    [
        ("username", "", "Username"),
        ("username", f"<s:Username>{'x' * 2000}</s:Username>", "2000 characters"),
        ("password", "", "Password"),
        ("password", '<s:Password Type="urn:x">abc</s:Password>', "urn:x"),
        ("nonce", "", "Nonce"),
        ("nonce", "<s:Nonce>?</s:Nonce>", "base64"),
        ("nonce", "<s:Nonce>é</s:Nonce>", "base64"),
        ("created", "", "Created"),
        ("created", "<u:Created>yesterday</u:Created>", "yesterday"),
        ("created", "<u:Created>2026-11-20T25:00:00Z</u:Created>", "no time"),
    ],
)
def test_an_unusable_token_is_refused_and_says_why(part: str, text: str, names: str) -> None:
    with pytest.raises(MalformedToken, match=names):
        read_token(header(**{part: text}))


def test_a_text_password_is_compared_whole() -> None:
    token = UsernameToken(
        username="a", password="straße", is_digest=False, nonce=b"n", created="", created_utc_us=0
    )
    assert verify(token, "straße")
    assert not verify(token, "strasse")
