"""When connections of cameras are read: at once, in turns, and when much waits."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest

from vedette.client.rtsp import reading
from vedette.client.rtsp.link import SocketLink
from vedette.client.rtsp.reading import MANY, PATIENT_MOST_BYTES, PATIENT_S, SLICES, TOGETHER, SharedReader

LONG_S = 5.0


class Pair:
    """A link and the socket of its camera; what the link received."""

    def __init__(self, reader: SharedReader) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        ours = socket.create_connection(listening.getsockname())
        self.camera, _ = listening.accept()
        listening.close()
        ours.setblocking(False)
        self.link = SocketLink(ours, reader)
        self.chunks: list[bytes] = []
        self.is_broken = False
        self._more = asyncio.Event()
        self.link.start(self._received)

    def _received(self, data: bytes) -> None:
        if self.is_broken:
            raise ZeroDivisionError
        self.chunks.append(data)
        self._more.set()

    async def more(self) -> bytes:
        """All that was received, after something more came."""
        async with asyncio.timeout(LONG_S):
            await self._more.wait()
        self._more.clear()
        return b"".join(self.chunks)

    def close(self) -> None:
        self.link.close()
        self.camera.close()


@asynccontextmanager
async def pairs(count: int) -> AsyncIterator[tuple[list[Pair], SharedReader]]:
    reader = SharedReader()
    opened = [Pair(reader) for _ in range(count)]
    try:
        yield opened, reader
    finally:
        for pair in opened:
            pair.close()
        reader.close()


def run(test: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(test())


@pytest.mark.parametrize("count", [1, MANY])
def test_what_comes_is_read(count: int) -> None:
    async def test() -> None:
        async with pairs(count) as (opened, _):
            for number, pair in enumerate(opened):
                pair.camera.sendall(bytes([number]) * 10)
            for number, pair in enumerate(opened):
                assert await pair.more() == bytes([number]) * 10

    run(test)


def test_all_are_read_whether_others_come_or_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 0.01)

    async def test() -> None:
        async with pairs(0) as (opened, reader):

            async def check() -> None:
                for pair in opened:
                    before = len(b"".join(pair.chunks))
                    pair.camera.sendall(b"x")
                    assert len(await pair.more()) == before + 1

            for _ in range(MANY + 1):
                opened.append(Pair(reader))
                await check()
            for is_patient in (True, False):
                for pair in opened:
                    pair.link.be_patient(is_patient=is_patient)
                    await check()
            while opened:
                opened.pop(0).close()
                await check()

    run(test)


@pytest.mark.parametrize("count", [1, 20])
def test_a_patient_connection_is_read_in_its_turn(count: int) -> None:
    async def test() -> None:
        async with pairs(count) as (opened, _):
            for pair in opened:
                pair.link.be_patient(is_patient=True)
                pair.camera.sendall(b"few bytes")
            for pair in opened:
                assert await pair.more() == b"few bytes"

    run(test)


def test_a_patient_connection_with_much_to_read_does_not_wait_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 1000.0)

    async def test() -> None:
        async with pairs(1) as ([pair], _):
            pair.link.be_patient(is_patient=True)
            await asyncio.to_thread(pair.camera.sendall, bytes(PATIENT_MOST_BYTES))
            assert len(await pair.more()) == PATIENT_MOST_BYTES

    run(test)


def test_the_end_of_a_patient_connection_is_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 1000.0)

    async def test() -> None:
        async with pairs(1) as ([pair], _):
            pair.link.be_patient(is_patient=True)
            pair.camera.close()
            assert await pair.more() == b""

    run(test)


def test_a_connection_that_lost_its_patience_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 1000.0)

    async def test() -> None:
        async with pairs(1) as ([pair], _):
            pair.link.be_patient(is_patient=True)
            pair.camera.sendall(b"waiting")
            pair.link.be_patient(is_patient=False)
            assert await pair.more() == b"waiting"

    run(test)


def test_who_ends_reads_what_waits_of_all_patient_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 1000.0)

    async def test() -> None:
        async with pairs(3) as ([ended, *others], reader):
            for pair in (ended, *others):
                pair.link.be_patient(is_patient=True)
                pair.camera.sendall(b"waiting")
            ended.camera.close()
            await asyncio.sleep(0)
            reader.catch_up()
            assert all(pair.chunks == [b"waiting"] for pair in (ended, *others))

    run(test)


def test_a_closed_connection_has_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 0.01)

    async def test() -> None:
        async with pairs(2) as ([gone, stays], _):
            for pair in (gone, stays):
                pair.link.be_patient(is_patient=True)
                pair.camera.sendall(b"x")
            gone.link.close()
            assert await stays.more() == b"x"
            assert gone.chunks == []

    run(test)


@pytest.mark.parametrize("is_patient", [True, False])
def test_a_defect_in_what_one_connection_brings_does_not_end_the_reading_of_the_others(
    monkeypatch: pytest.MonkeyPatch, *, is_patient: bool
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 0.01)

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: None)
        async with pairs(MANY) as ([broken, *others], _):
            for pair in (broken, *others):
                pair.link.be_patient(is_patient=is_patient)
            broken.is_broken = True
            for round_ in range(3):
                broken.camera.sendall(b"rubbish")
                for pair in others:
                    pair.camera.sendall(b"x")
                for pair in others:
                    assert len(await pair.more()) == round_ + 1

    run(test)


def test_what_connections_do_twice_a_second_is_done_by_few_of_them_at_once() -> None:
    reader = SharedReader()
    phases = [reader.next_phase_s() for _ in range(TOGETHER * SLICES)]

    assert phases[:TOGETHER] == [0.0] * TOGETHER
    assert all(phases.count(each) == TOGETHER for each in phases)
    for groups in (2, 4, 8, SLICES):
        used = sorted(set(phases[: groups * TOGETHER]))
        assert used == [PATIENT_S / groups * place for place in range(groups)]
    assert reader.next_phase_s() == 0.0
