"""The tunnel through HTTP: pairing, base64 in pieces, heads."""

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import CallerError, LimitExceeded, PeerError
from vedette.protocols.rtsp.tunnel import (
    PATIENCE_S,
    Base64Stream,
    GetReply,
    MalformedTunnel,
    Tunnel,
    TunnelRefused,
    TunnelTable,
    encoded,
    get_head,
    get_reply_head,
    post_head,
)


def test_either_half_may_come_first() -> None:
    table: TunnelTable[str] = TunnelTable()
    assert table.get_arrived("a", "peer", "get a", 0.0) is None
    assert table.post_arrived("b", "peer", "post b", 0.0) is None

    assert table.post_arrived("a", "peer", "post a", 1.0) == Tunnel("a", "get a", "post a")
    assert table.get_arrived("b", "peer", "get b", 1.0) == Tunnel("b", "get b", "post b")
    assert table.deadline_s is None


def test_another_post_takes_the_place_of_the_old_one() -> None:
    table: TunnelTable[str] = TunnelTable()
    table.get_arrived("a", "peer", "get", 0.0)
    table.post_arrived("a", "peer", "post 1", 0.0)

    assert table.post_arrived("a", "peer", "post 2", 5.0) == Tunnel("a", "get", "post 2")
    table.close("a")
    assert table.post_arrived("a", "peer", "post 3", 5.0) is None


def test_a_half_that_waits_too_long_is_given_up() -> None:
    table: TunnelTable[str] = TunnelTable()
    table.get_arrived("a", "peer", "get", 1.0)

    assert table.deadline_s == 1.0 + PATIENCE_S
    assert table.pass_time(PATIENCE_S) == []
    assert table.pass_time(1.0 + PATIENCE_S) == ["get"]
    assert table.post_arrived("a", "peer", "post", 12.0) is None


def test_a_cookie_has_one_owner() -> None:
    table: TunnelTable[str] = TunnelTable()
    table.get_arrived("a", "peer", "get", 0.0)
    with pytest.raises(MalformedTunnel):
        table.get_arrived("a", "other", "get", 0.0)
    table.post_arrived("a", "peer", "post", 0.0)
    with pytest.raises(MalformedTunnel):
        table.get_arrived("a", "other", "get", 0.0)
    for cookie in ("", "a b", "x" * 257):
        with pytest.raises(MalformedTunnel):
            table.post_arrived(cookie, "peer", "post", 0.0)


def test_half_open_tunnels_are_bounded_for_each_peer_and_in_all() -> None:
    table: TunnelTable[str] = TunnelTable(most=3, most_per_peer=2)
    table.get_arrived("a", "one", "get", 0.0)
    table.get_arrived("b", "one", "get", 0.0)
    with pytest.raises(LimitExceeded, match="from one"):
        table.get_arrived("c", "one", "get", 0.0)
    table.get_arrived("c", "two", "get", 0.0)
    with pytest.raises(LimitExceeded):
        table.get_arrived("d", "three", "get", 0.0)


@given(st.lists(st.binary(max_size=12), max_size=6), st.lists(st.integers(0, 200), max_size=8), st.booleans())
@settings(max_examples=50, deadline=None)
def test_base64_is_decoded_however_it_is_padded_and_cut(
    messages: list[bytes], cuts: list[int], has_line_ends: bool
) -> None:
    text = (b"\r\n" if has_line_ends else b"").join(map(encoded, messages))
    borders = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    whole, pieces, single = Base64Stream(), Base64Stream(), Base64Stream()

    expected = b"".join(messages)
    assert whole.decode(text) == expected
    assert b"".join(pieces.decode(text[a:b]) for a, b in pairwise(borders)) == expected
    assert b"".join(single.decode(text[n : n + 1]) for n in range(len(text))) == expected


@given(st.lists(st.binary(max_size=8) | st.text("AB=/+ \n", max_size=8).map(str.encode), max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_post_body_is_decoded_or_refused(chunks: list[bytes]) -> None:
    stream = Base64Stream()
    for chunk in chunks:
        try:
            stream.decode(chunk)
        except MalformedTunnel:
            return


def test_what_is_not_base64_is_refused() -> None:
    for text in (b"!", b"AAAA-", b"A="):
        with pytest.raises(MalformedTunnel):
            Base64Stream().decode(text)


def test_the_heads_say_what_the_other_side_looks_for() -> None:
    get = get_head("10.0.0.8:80", "/cam", "c0", authorization="Basic dTpw").decode()
    post = post_head("10.0.0.8:80", "/cam", "c0").decode()
    reply = get_reply_head().decode()

    assert get.startswith("GET /cam HTTP/1.0\r\nHost: 10.0.0.8:80\r\n")
    assert "\r\nx-sessioncookie: c0\r\n" in get
    assert "\r\nAuthorization: Basic dTpw\r\n" in get
    assert "\r\nContent-Length: 32767\r\n" in post
    assert "\r\nContent-Type: application/x-rtsp-tunnelled\r\n" in post
    assert "content-length" not in reply.lower()
    assert reply.endswith("\r\n\r\n")
    with pytest.raises(CallerError):
        get_head("h", "/\r\nX: y", "c")


def test_the_client_reads_past_the_reply_s_head() -> None:
    data = get_reply_head() + b"RTSP/1.0 200 OK"
    for size in (1, 7, 1000):
        reply = GetReply()
        assert (
            b"".join(reply.receive(data[n : n + size]) for n in range(0, len(data), size))
            == b"RTSP/1.0 200 OK"
        )
        assert reply.is_open


def test_a_refused_tunnel_names_status_and_challenges() -> None:
    with pytest.raises(TunnelRefused) as refused:
        GetReply().receive(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=a\r\n\r\n")

    assert refused.value.status == 401
    assert refused.value.challenges == ("Basic realm=a",)


def test_an_answer_that_is_no_http_or_never_ends_is_refused() -> None:
    for data in (b"RTSP/1.0 200 OK\r\n\r\n", b"\n\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000):
        with pytest.raises(PeerError):
            GetReply().receive(data)


def test_encoding_is_plain_base64() -> None:
    assert encoded(b"OPTIONS") == b64encode(b"OPTIONS")
