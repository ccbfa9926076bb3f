"""What fails by a defect is told of and run again; what ends by itself is not."""

import asyncio

import pytest

from vedette.base.clock import ManualClock
from vedette.server import supervisor as under_test
from vedette.server.supervisor import Supervisor


class Scene:
    """A task that fails after `lasts_s`, over and over, until it has been run `most` times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, most: int, lasts_s: float = 0.0) -> None:
        self.clock = ManualClock()
        self.supervisor = Supervisor(self.clock)
        self.most, self.lasts_s = most, lasts_s
        self.runs = 0
        self.waits_s: list[float] = []
        monkeypatch.setattr(under_test.asyncio, "sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits_s.append(seconds)
        self.clock.advance(seconds)

    async def task(self) -> None:
        self.runs += 1
        if self.runs > self.most:
            return
        self.clock.advance(self.lasts_s)
        raise KeyError(self.runs)

    def keep(self) -> None:
        asyncio.run(self.supervisor.keep("links", self.task))


def test_a_failure_is_logged_with_its_trace_and_told_until_it_is_long_ago(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(monkeypatch, most=1)
    scene.keep()
    assert scene.runs == 2
    assert "links: ended by a defect" in caplog.text
    assert "KeyError" in caplog.text
    assert [each.partition(":")[0] for each in scene.supervisor.problems] == ["links"]
    scene.clock.advance(299 - sum(scene.waits_s))
    assert scene.supervisor.problems
    scene.clock.advance(1)
    assert scene.supervisor.problems == []


def test_what_fails_at_once_is_run_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, most=9)
    scene.keep()
    assert scene.waits_s == [2, 4, 8, 16, 32, 60, 60, 60, 60]


@pytest.mark.parametrize(("lasts_s", "waits_s"), [(301, [1, 1, 1]), (299, [2, 4, 8])])
def test_what_ran_for_five_minutes_before_it_failed_is_run_again_soon(
    monkeypatch: pytest.MonkeyPatch, lasts_s: float, waits_s: list[float]
) -> None:
    scene = Scene(monkeypatch, most=3, lasts_s=lasts_s)
    scene.keep()
    assert scene.waits_s == waits_s


def test_who_is_cancelled_is_not_run_again() -> None:
    async def scene() -> None:
        running = asyncio.create_task(Supervisor(ManualClock()).keep("links", asyncio.Event().wait))
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(scene())
