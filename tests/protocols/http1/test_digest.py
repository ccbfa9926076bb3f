"""Digest authentication: the published examples, what real peers send, and the laws."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import LimitExceeded, PeerError
from vedette.protocols.http1.digest import (
    Algorithm,
    BasicAuthorization,
    BasicChallenge,
    DigestAuthorization,
    DigestChallenge,
    MalformedCredentials,
    UnknownScheme,
    authorize,
    parse_authorization,
    parse_challenges,
    password_hash,
    schemes_asked,
    user_hash,
    verify,
    verify_hash,
)

CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        (Algorithm.MD5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm.SHA256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_published_example_is_reproduced(algorithm: Algorithm, response: str) -> None:
    # RFC 7616 §3.9.1
    challenge = DigestChallenge(
        realm="http-auth@example.org", nonce=NONCE, algorithm=algorithm, qop=("auth", "auth-int")
    )
    header = authorize(
        [challenge], "GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce=CNONCE, count=1
    )

    assert header is not None
    answer = parse_authorization(header)
    assert isinstance(answer, DigestAuthorization)
    assert answer.response == response
    assert answer.qop == "auth"
    assert verify(answer, "GET", "Circle of Life")
    assert not verify(answer, "GET", "Circle of Wife")
    assert not verify(answer, "POST", "Circle of Life")


def test_the_oldest_form_has_neither_qop_nor_count() -> None:
    (challenge,) = parse_challenges(['Digest realm="IP Camera(23306)", nonce="a9cb6f8b3e7f", stale="FALSE"'])
    header = authorize([challenge], "DESCRIBE", "rtsp://10.0.0.8/ch1", "admin", "12345", cnonce="x")

    ha1 = hashlib.md5(b"admin:IP Camera(23306):12345").hexdigest()
    ha2 = hashlib.md5(b"DESCRIBE:rtsp://10.0.0.8/ch1").hexdigest()
    response = hashlib.md5(f"{ha1}:a9cb6f8b3e7f:{ha2}".encode()).hexdigest()
    assert header == (
        'Digest username="admin", realm="IP Camera(23306)", nonce="a9cb6f8b3e7f", '
        f'uri="rtsp://10.0.0.8/ch1", response="{response}"'
    )


def test_several_challenges_in_one_header_and_in_several_are_all_read() -> None:
    challenges = parse_challenges(
        [
            'Negotiate, Digest realm="a, b", nonce="n1", qop="auth,auth-int", algorithm=SHA-256, '
            'Basic realm="c"',
            'Digest realm=d,nonce=n2,algorithm="MD5",stale=TRUE',
            'Digest realm="e", nonce="n3", algorithm=SHA-512-256, qop="auth"',
            "NTLM TlRMTVNTUAACAAAA==",
        ]
    )

    assert challenges == (
        DigestChallenge(realm="a, b", nonce="n1", algorithm=Algorithm.SHA256, qop=("auth", "auth-int")),
        BasicChallenge(realm="c"),
        DigestChallenge(realm="d", nonce="n2", qop=(), is_stale=True),
        DigestChallenge(realm="e", nonce="n3", algorithm=Algorithm.SHA512_256, qop=("auth",)),
    )


def test_the_rarest_hash_is_the_published_one() -> None:
    # RFC 7616 §3.9.2 as its erratum 4897 has it
    published = "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    assert user_hash("Jäsøn Doe", "api@example.org", Algorithm.SHA512_256) == published


def test_what_is_asked_for_is_named_for_people() -> None:
    asked = [
        "NTLM, Negotiate abc==",
        'Digest realm="a, b", nonce="n", algorithm=SHA-3',
        'Bearer realm="x"',
        '"',
    ]
    assert schemes_asked(asked) == ("NTLM", "Negotiate", "Digest SHA-3", "Bearer")


def test_bytes_of_a_realm_that_are_no_utf8_are_hashed_as_they_came() -> None:
    realm = b"f\xfcr".decode("utf-8", "surrogateescape")
    expected = hashlib.md5(b"u:f\xfcr:p").hexdigest()
    assert password_hash("u", realm, "p", Algorithm.MD5) == expected


def test_sha256_is_preferred_wherever_it_stands() -> None:
    challenges = parse_challenges(
        ['Basic realm="r"', 'Digest realm="r", nonce="1"', 'Digest realm="r", nonce="2", algorithm=SHA-256']
    )
    header = authorize(challenges, "OPTIONS", "*", "u", "p", cnonce="c", is_basic_allowed=True)

    assert header is not None
    assert "SHA-256" in header


def test_basic_goes_out_only_when_allowed() -> None:
    challenges = (BasicChallenge(realm="r"),)

    assert authorize(challenges, "GET", "/", "u", "p", cnonce="c") is None
    header = authorize(challenges, "GET", "/", "ü", "p:q", cnonce="c", is_basic_allowed=True)
    assert header is not None
    assert parse_authorization(header) == BasicAuthorization(username="ü", password="p:q")


def test_a_body_is_covered_only_where_nothing_else_is_offered() -> None:
    only = DigestChallenge(realm="r", nonce="n", qop=("auth-int",))
    header = authorize([only], "POST", "/", "u", "p", cnonce="c", body=b"content")

    assert header is not None
    answer = parse_authorization(header)
    assert isinstance(answer, DigestAuthorization)
    assert verify(answer, "POST", "p", body=b"content")
    assert not verify(answer, "POST", "p", body=b"contend")


def test_a_scheme_without_its_blank_is_understood() -> None:
    # node-onvif-ts 0.1.7 sends it so.
    answer = parse_authorization('Digestusername="joe", realm="r", nonce="n", uri="/", response="00"')

    assert isinstance(answer, DigestAuthorization)
    assert answer.username == "joe"
    for wrong in ('Digestrealm="r"', 'Digested username="joe"'):
        with pytest.raises(UnknownScheme):
            parse_authorization(wrong)


def test_a_domain_before_the_user_name_keeps_its_backslash() -> None:
    answer = parse_authorization('Digest username="CORP\\joe", realm="r", nonce="n", uri="/", response="00"')

    assert isinstance(answer, DigestAuthorization)
    assert answer.username == "CORP\\joe"


def test_an_extended_user_name_is_decoded() -> None:
    answer = parse_authorization(
        'Digest username*=UTF-8\'\'J%C3%A4s%C3%B8n, realm="r", nonce="n", uri="/", response="00"'
    )

    assert isinstance(answer, DigestAuthorization)
    assert answer.username == "Jäsøn"


def test_a_hashed_name_is_verified_through_the_stored_hash() -> None:
    # RFC 7616 §3.4.4
    name = user_hash("u", "r", Algorithm.SHA256)
    answer = DigestAuthorization(
        username=name,
        realm="r",
        nonce="n",
        uri="/",
        response="",
        algorithm=Algorithm.SHA256,
        is_username_hashed=True,
    )

    assert not verify_hash(answer, "GET", password_hash("u", "r", "p", Algorithm.SHA256))
    assert parse_authorization(answer.to_header()) == answer


@pytest.mark.parametrize(
    "header",
    [
        "Digest",
        'Digest username="u"',
        'Digest username="u", username="v", realm="r", nonce="n", uri="/", response="0"',
        'Digest username="u", realm="r", nonce="n", uri="/", response="0", qop=auth',
        'Digest username="u", realm="r", nonce="n", uri="/", response="0", qop=auth, nc=xyz, cnonce="c"',
        'Digest username="u", realm="r", nonce="n", uri="/", response="0", algorithm=ROT13',
        'Digest username="u", realm="r", nonce="n", uri="/", response="0", Digest realm="x"',
        'Digest username="u", username*=UTF-8\'\'u, realm="r", nonce="n", uri="/", response="0"',
        'Digest username*=ISO-8859-1\'\'J%E4s, realm="r", nonce="n", uri="/", response="0"',
        'Digest username="unclosed',
        "Basic !!!",
        "Basic dXNlcg==",
    ],
)
def test_credentials_that_cannot_be_computed_are_refused(header: str) -> None:
    with pytest.raises(MalformedCredentials):
        parse_authorization(header)


def test_other_schemes_are_refused_by_name() -> None:
    with pytest.raises(UnknownScheme, match="Bearer"):
        parse_authorization("Bearer abc.def.ghi")


def test_an_endless_header_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        parse_challenges(["Digest " + "a=b," * 5000])
    with pytest.raises(LimitExceeded):
        parse_challenges([", ".join(f"S{n}" for n in range(100))])


PRINTABLE = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=20)


@given(
    PRINTABLE, PRINTABLE, PRINTABLE, st.sampled_from(Algorithm), st.sampled_from(["auth", "auth-int", None])
)
@settings(max_examples=60, deadline=None)
def test_what_one_side_writes_the_other_verifies(
    user: str, password: str, realm: str, algorithm: Algorithm, qop: str | None
) -> None:
    offered = DigestChallenge(
        realm=realm, nonce="abc", algorithm=algorithm, qop=(qop,) if qop else (), opaque=realm, is_stale=True
    )
    challenges = parse_challenges([offered.to_header()])
    header = authorize(challenges, "PLAY", "rtsp://h/p?q", user, password, cnonce="c", count=0xFFFF)

    assert challenges == (offered,)
    assert header is not None
    answer = parse_authorization(header)
    assert isinstance(answer, DigestAuthorization)
    assert answer.username == user
    assert verify(answer, "PLAY", password)
    assert not verify(answer, "PLAY", password + "x")
    assert parse_authorization(answer.to_header()) == answer


@given(st.one_of(st.text(max_size=80), st.text(alphabet='Digest Basic,="\\realmnonceuri', max_size=80)))
@settings(max_examples=200, deadline=None)
def test_any_header_is_read_or_refused(text: str) -> None:
    for value in (text, "Digest " + text, "Basic " + text):
        for read in (parse_authorization, lambda each: parse_challenges([each])):
            try:
                read(value)
            except PeerError:
                continue


PAIR = st.tuples(
    st.sampled_from(
        ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce", "Algorithm", "x")
    ),
    st.sampled_from(
        ('""', '"a"', '"a, b=c"', '"MD5"', "MD5", "auth", "00000001", "", "a=b", '"\\\\"', "é", '"é"')
    ),
)


@given(st.lists(PAIR, min_size=1, max_size=9), st.sampled_from((", ", ",", " ,", ", ,")))
@settings(max_examples=300, deadline=None)
def test_an_ordinary_header_means_what_its_pieces_mean(pairs: list[tuple[str, str]], separator: str) -> None:
    text = separator.join(f"{name}={value}" for name, value in pairs)
    outcomes = []
    for value in (f"Digest {text}", f"Digest  {text}"):  # two blanks are not ordinary
        try:
            outcomes.append(repr(parse_authorization(value)))
        except PeerError as error:
            outcomes.append(repr(error))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("count", ["1", "0000000A", "00000001"])
def test_a_count_is_hashed_as_it_was_sent(count: str) -> None:
    # The Go library that several recorders use sends nc="1" and hashes it so; others write capitals.
    ha1 = hashlib.md5(b"admin:cam:secret", usedforsecurity=False).hexdigest()
    ha2 = hashlib.md5(b"POST:/onvif/device_service", usedforsecurity=False).hexdigest()
    made = hashlib.md5(f"{ha1}:abc:{count}:xyz:auth:{ha2}".encode(), usedforsecurity=False).hexdigest()
    shown = parse_authorization(
        'Digest username="admin", realm="cam", nonce="abc", uri="/onvif/device_service", qop="auth",'
        f' nc="{count}", cnonce="xyz", response="{made}", algorithm="MD5"'
    )
    assert isinstance(shown, DigestAuthorization)
    assert verify(shown, "POST", "secret")
    assert shown.count == int(count, 16)
    assert parse_authorization(shown.to_header()) == shown
