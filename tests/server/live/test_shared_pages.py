"""Bytes for many viewers on TCP: what arrives, what stays whole while nobody reads, what is given back."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.open_files import open_files
from tests.server.live.peers import Peer
from tests.server.live.test_group import HeldOutbox, Stage, frames

from vedette.server.live.shared_pages import FILE_BYTES, SHARED_LEAST, SHARED_LEAST_BYTES, SharedPages
from vedette.server.live.viewers import StreamViewer


def patterned(number: int, size: int) -> bytes:
    return (number.to_bytes(4, "big") * (size // 4 + 1))[:size]


def is_open() -> bool:
    return bool(open_files("vedette-live"))


@pytest.fixture
def pages() -> Iterator[SharedPages]:
    made = SharedPages(shared_least=1)
    yield made
    made.close()


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.sampled_from([1, 100, SHARED_LEAST_BYTES, 20_001, 60_000, 300_000]), max_size=20))
def test_every_peer_gets_the_bytes_in_order_however_large_they_are(sizes: list[int]) -> None:
    pages = SharedPages(shared_least=2)
    with Peer() as one, Peer() as two:
        for number, size in enumerate(sizes):
            data = patterned(number, size)
            assert pages.send(data, [one.near.fileno(), two.near.fileno()]) == [size, size]
            assert one.read_all(size) == two.read_all(size) == data
    pages.close()


def test_what_waits_for_its_reader_stays_as_it_was_sent(pages: SharedPages) -> None:
    sent = bytearray()
    with Peer() as late, Peer() as prompt:
        for number in range(4 * FILE_BYTES // 100_000):
            data = patterned(number, 100_000)
            peers = [prompt, late] if number < 4 else [prompt]  # what a socket holds in any case
            taken = pages.send(data, [peer.near.fileno() for peer in peers])
            assert taken == [len(data)] * len(peers)
            assert prompt.read_all(len(data)) == data
            sent += data * (len(peers) - 1)
        pages.close()
        assert late.read_to_end() == sent


@pytest.mark.parametrize("shared_least", [1, SHARED_LEAST])
def test_who_is_full_or_gone_takes_nothing_and_the_others_go_on(shared_least: int) -> None:
    pages = SharedPages(shared_least)
    data = patterned(1, 200_000)
    with Peer() as first, Peer() as full, Peer() as gone, Peer() as last:
        gone.close()
        descriptors = [peer.near.fileno() for peer in (first, gone, full, gone, last)]
        in_full = 0
        while (taken := pages.send(data, descriptors))[2]:
            assert (taken[0], taken[4]) == (len(data), len(data))
            assert first.read_all(len(data)) == last.read_all(len(data)) == data
            in_full += taken[2]
            assert in_full < 1 << 30, "a full socket takes no more"
        assert taken == [len(data), 0, 0, 0, len(data)]
        assert len(full.read_to_end()) == in_full
    pages.close()


@pytest.mark.parametrize(
    ("size", "connections"), [(SHARED_LEAST_BYTES - 1, SHARED_LEAST), (SHARED_LEAST_BYTES, SHARED_LEAST - 1)]
)
def test_there_is_no_file_for_few_bytes_or_few_peers(size: int, connections: int) -> None:
    with Peer() as peer:
        SharedPages().send(bytes(size), [peer.near.fileno()] * connections)
    assert not is_open()


def test_the_file_goes_when_few_are_left() -> None:
    pages = SharedPages()
    with Peer() as peer:
        pages.send(bytes(SHARED_LEAST_BYTES), [peer.near.fileno()] * SHARED_LEAST)
        assert is_open()
        pages.send(bytes(SHARED_LEAST_BYTES), [peer.near.fileno()] * (SHARED_LEAST - 1))
        assert not is_open()


@pytest.mark.parametrize("missing", ["memfd_create", "pwrite"])
def test_where_the_system_gives_no_file_the_bytes_are_written(
    pages: SharedPages, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, missing, refuse)
    data = patterned(7, 50_000)
    with Peer() as peer:
        assert pages.send(data, [peer.near.fileno()]) == [len(data)]
        assert peer.read_all(len(data)) == data


def test_a_crowd_gets_every_picture_and_one_that_does_not_read_delays_nobody() -> None:
    stage = Stage()
    stage.publish(0, 1)
    with ExitStack() as open_peers:
        crowd = [(open_peers.enter_context(Peer()), HeldOutbox()) for _ in range(SHARED_LEAST + 4)]
        for peer, outbox in crowd:
            outbox.fd = peer.near.fileno()
            stage.group.join_stream(StreamViewer(outbox, ((0, 0),)))
        at_once = len(crowd[0][1].data)  # the kept picture, by way of the outbox; then by descriptor
        slow_peer, slow = crowd[0]
        slow_peer.near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
        slow.is_held = True
        for frame in range(1, 40):
            stage.publish(frame, frame + 1, size=20_000)
            assert is_open()
            for peer, outbox in crowd[1:]:
                outbox.data += peer.read()
        assert slow.queued_bytes > 0
        slow.data[at_once:at_once] = slow_peer.read_to_end()
        for peer, outbox in crowd[1:]:
            outbox.data += peer.read_to_end()
        for _, outbox in crowd:
            assert frames(outbox.packets()) == list(range(40))
        for viewer in stage.group.viewers:
            stage.group.leave(viewer)
    assert not is_open()
