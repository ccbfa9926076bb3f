"""Pull points that read the log: from an instant on, back from it, and at its begin."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.loopback.recorder.event_service import MINUTE, Device, told, topics

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.events import (
    PullPointSubscription,
    Seek,
)
from vedette.device.pull_points import PAGE_LEAST
from vedette.storage.events import EventLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.sqlite")
    yield log
    log.close()


def test_a_seek_reads_the_log_onward_and_goes_on_with_what_comes(
    clock: ManualClock, door_to: Any, log: EventLog
) -> None:
    async def scene() -> None:
        device = Device(clock, door_to, log)
        start_us = clock.utc_us()
        for number in range(4):
            device.create(str(number))
            clock.advance(1)
        path = await device.subscribe(topics("tns1:RecordingConfig//."))
        await device.call(
            PullPointSubscription.seek,
            Seek(utc_time=datetime_from_utc_us(start_us + 1_000_000)),
            path,
        )

        assert [each[2] for each in told(await device.pull(path, limit=2))] == ["1", "2"]
        assert [each[2] for each in told(await device.pull(path, limit=2))] == ["3"]
        pulling = asyncio.ensure_future(device.pull(path, MINUTE))
        await asyncio.sleep(0.01)
        device.create("late")
        assert [each[2] for each in told(await pulling)] == ["late"]

    asyncio.run(scene())


def test_a_clock_that_is_set_back_hides_nothing_after_a_seek(
    clock: ManualClock, door_to: Any, log: EventLog
) -> None:
    """What it dated before the last event told was missed for good."""

    async def scene() -> None:
        device = Device(clock, door_to, log)
        path = await device.subscribe(topics("tns1:RecordingConfig//."))
        start_us = clock.utc_us()
        for number in range(3):
            device.create(str(number))
            clock.advance(1)
        sought = Seek(utc_time=datetime_from_utc_us(start_us + 1_000_000))
        await device.call(PullPointSubscription.seek, sought, path)
        device.create("between")
        clock.step(-3600)
        device.create("back")
        assert [each[2] for each in told(await device.pull(path, limit=2))] == ["1", "2"]
        assert [each[2] for each in told(await device.pull(path))] == ["between", "back"]
        device.create("later")
        assert [each[2] for each in told(await device.pull(path))] == ["later"]
        assert told(await device.pull(path)) == []

        await device.call(PullPointSubscription.seek, sought, path)
        device.create("before that time")
        clock.step(3660)
        device.create("after it")
        found = [each[2] for each in told(await device.pull(path))]
        assert found == ["1", "2", "between", "after it"], "nothing of before a time that was yet to come"

    asyncio.run(scene())


def test_a_seek_backward_ends_with_the_begin_of_the_buffer(
    clock: ManualClock, door_to: Any, log: EventLog
) -> None:
    async def scene() -> None:
        device = Device(clock, door_to, log)
        start_us = clock.utc_us()
        device.lose("hall", lost=True)
        for number in range(3):
            clock.advance(1)
            device.create(str(number))
        path = await device.subscribe()
        await device.call(
            PullPointSubscription.seek,
            Seek(utc_time=datetime_from_utc_us(start_us + 2_000_000), reverse=True),
            path,
        )

        assert told(await device.pull(path)) == [
            ("CreateRecording", "", "1"),
            ("CreateRecording", "", "0"),
            ("SignalLoss", "Initialized", "hall true"),
            ("Begin", "", ""),
        ]
        assert told(await device.pull(path)) == []

        before = Seek(utc_time=datetime_from_utc_us(start_us - 1))
        await device.call(PullPointSubscription.seek, before, path)
        assert [each[0] for each in told(await device.pull(path))][:2] == ["Begin", "SignalLoss"]

    asyncio.run(scene())


def test_the_begin_of_the_buffer_is_where_the_oldest_event_is(
    clock: ManualClock, door_to: Any, log: EventLog
) -> None:
    async def scene() -> None:
        device = Device(clock, door_to, log)
        oldest = datetime_from_utc_us(clock.utc_us())
        for number in range(2):
            device.create(str(number))
            clock.advance(1)
        path = await device.subscribe()
        for asked, expected in (
            (Seek(utc_time=datetime_from_utc_us(clock.utc_us()), reverse=True), ["1", "0", ""]),
            (Seek(utc_time=oldest), ["", "0", "1"]),
            (Seek(utc_time=oldest, reverse=True), ["0", ""]),
            (Seek(utc_time=oldest - timedelta(seconds=1)), ["", "0", "1"]),
            (Seek(utc_time=oldest + timedelta(microseconds=1)), ["1"]),
        ):
            await device.call(PullPointSubscription.seek, asked, path)
            response = await device.pull(path)
            assert [each[2] for each in told(response)] == expected
            times = [each.message.message.utc_time for each in response.notification_messages]
            assert times == sorted(times, reverse=asked.reverse is True)
            assert asked.utc_time > oldest or oldest in times

    asyncio.run(scene())


def test_a_pull_that_reads_a_long_log_ends_at_its_timeout_and_the_next_goes_on(
    clock: ManualClock, door_to: Any, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = 0
    find = log.find

    def slow(*args: Any, **kwargs: Any) -> Any:
        nonlocal readings
        readings += 1
        clock.advance(1)
        return find(*args, **kwargs)

    async def scene() -> None:
        device = Device(clock, door_to, log)
        for number in range(5 * PAGE_LEAST + 1):
            device.create(str(number))
        path = await device.subscribe(topics("tns1:EventBuffer/Begin"))
        now = datetime_from_utc_us(clock.utc_us())
        await device.call(PullPointSubscription.seek, Seek(utc_time=now, reverse=True), path)
        monkeypatch.setattr(log, "find", slow)

        found = [told(await device.pull(path, timedelta(seconds=2), limit=1)) for _ in range(4)]

        assert found == [[], [], [], [("Begin", "", "")]]
        assert readings == 7

    asyncio.run(scene())
