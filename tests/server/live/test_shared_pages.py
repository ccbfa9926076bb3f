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
    made = SharedPages()
    yield made
    made.close()


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.sampled_from([1, 100, SHARED_LEAST_BYTES, 20_001, 60_000, 300_000]), max_size=20))
def test_every_peer_gets_the_bytes_in_order_however_large_they_are(sizes: list[int]) -> None:
    pages = SharedPages()
    with Peer() as one, Peer() as two:
        for number, size in enumerate(sizes):
            data = patterned(number, size)
            send = pages.sender(data, SHARED_LEAST)
            for peer in (one, two):
                assert send(peer.near.fileno()) == size
                assert peer.read_all(size) == data
    pages.close()


def test_what_waits_for_its_reader_stays_as_it_was_sent(pages: SharedPages) -> None:
    sent = bytearray()
    with Peer() as late, Peer() as prompt:
        for number in range(4 * FILE_BYTES // 100_000):
            data = patterned(number, 100_000)
            send = pages.sender(data, SHARED_LEAST)
            send(prompt.near.fileno())
            assert prompt.read_all(len(data)) == data
            if number < 4:  # what a socket holds in any case; the file is given up some times after it
                assert send(late.near.fileno()) == len(data)
                sent += data
        pages.close()
        assert late.read_to_end() == sent


def test_a_peer_that_does_not_read_is_told_of_as_by_a_write(pages: SharedPages) -> None:
    data = patterned(1, 200_000)
    send = pages.sender(data, SHARED_LEAST)
    taken = 0
    with Peer() as peer:
        try:
            while taken < 1 << 30:
                taken += send(peer.near.fileno())
        except BlockingIOError:
            assert len(peer.read_to_end()) == taken
        else:
            pytest.fail("a full socket takes no more")


@pytest.mark.parametrize(
    ("size", "connections"), [(SHARED_LEAST_BYTES - 1, SHARED_LEAST), (SHARED_LEAST_BYTES, SHARED_LEAST - 1)]
)
def test_there_is_no_file_for_few_bytes_or_few_peers(pages: SharedPages, size: int, connections: int) -> None:
    pages.sender(bytes(size), connections)
    assert not is_open()


def test_the_file_goes_when_few_are_left(pages: SharedPages) -> None:
    pages.sender(bytes(SHARED_LEAST_BYTES), SHARED_LEAST)
    assert is_open()
    pages.sender(bytes(SHARED_LEAST_BYTES), SHARED_LEAST - 1)
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
        assert pages.sender(data, SHARED_LEAST)(peer.near.fileno()) == len(data)
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
