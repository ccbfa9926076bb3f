"""The tunnel through HTTP: pairing, base64 in pieces."""

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import LimitExceeded
from vedette.protocols.rtsp.tunnel import PATIENCE_S, Base64Stream, MalformedTunnel, Tunnel, TunnelTable


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
    table.close("a", "get")
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


def test_who_is_refused_takes_nothing_from_the_owner_of_the_cookie() -> None:
    table: TunnelTable[str] = TunnelTable()
    table.get_arrived("a", "peer", "get", 0.0)
    with pytest.raises(MalformedTunnel):
        table.get_arrived("a", "other", "another get", 0.0)
    table.close("a", "another get")
    assert table.deadline_s == PATIENCE_S

    table.post_arrived("a", "peer", "post", 0.0)
    table.close("a", "another get")
    assert table.post_arrived("a", "peer", "post 2", 0.0) == Tunnel("a", "get", "post 2")


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
    text = (b"\r\n" if has_line_ends else b"").join(map(b64encode, messages))
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
