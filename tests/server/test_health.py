"""What is wrong is told in words: the disk, the index, a recording that fails or stands still."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.jobs import Job, JobState
from vedette.server import health as health_module
from vedette.server.health import STALLED_S, UNANSWERED_S, Health
from vedette.storage.errors import IndexDamaged, StorageError


class Bench:
    """A health check over parts that do what the test says."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.stream = SimpleNamespace(units_total=0)
        self.counts = SimpleNamespace(units=0)
        self.state, self.problem = JobState.ACTIVE, ""
        self.retention_problem = ""
        self.is_durable = True
        self.index_problem: Exception | None = None
        self.elsewhere: list[str] = []
        writer = SimpleNamespace(counts=self.counts)
        recorder: Any = self
        self.writer_of = lambda name: writer
        cameras: Any = SimpleNamespace(require=lambda name: SimpleNamespace(main=self.stream))
        archive: Any = SimpleNamespace(
            recordings=self._recordings,
            recordings_folder=folder,
            disk_problem=None,
            sync_passes=0,
            index=SimpleNamespace(is_damaged=False),
        )
        self.archive = archive
        self.health = Health(
            cameras=cameras,
            recorder=recorder,
            archive=archive,
            elsewhere=lambda: self.elsewhere,
            folder=folder,
            clock=self.clock,
        )

    @property
    def jobs(self) -> tuple[Job, ...]:
        return (Job(recording="door", camera="door", state=self.state, problem=self.problem),)

    def _recordings(self) -> list[object]:
        if self.index_problem is not None:
            raise self.index_problem
        return []

    def look(self, after_s: float = 0.0, published: int = 0, written: int = 0) -> list[str]:
        self.clock.advance(after_s)
        self.archive.sync_passes += int(after_s / 2.5) if self.is_durable else 0
        self.stream.units_total += published
        self.counts.units += written
        asyncio.run(self.health.look())
        return self.health.problems


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_all_is_well_while_footage_is_written(bench: Bench) -> None:
    for _ in range(20):
        assert bench.look(5, published=125, written=125) == []


def test_a_recording_that_stands_still_while_its_camera_gives_media_is_told(bench: Bench) -> None:
    assert bench.look(0, published=10, written=10) == []
    assert bench.look(STALLED_S - 1, published=10) == []
    (problem,) = bench.look(5, published=10)
    assert problem == "recording door: nothing written for 24 s though its camera gives media"
    assert bench.look(5, published=10, written=1) == []


def test_a_camera_that_pauses_is_not_taken_for_a_recording_that_stands_still(bench: Bench) -> None:
    assert bench.look(0, published=10, written=10) == []
    for _ in range(10):
        assert bench.look(STALLED_S / 4) == []


def test_a_disk_that_makes_nothing_durable_is_told(bench: Bench) -> None:
    bench.is_durable = False
    for _ in range(6):
        assert bench.look(5, published=125, written=125) == []
    (problem,) = bench.look(5, published=125, written=125)
    assert problem.endswith("is slow: it took 35 s and more to make durable what is written")
    bench.archive.sync_passes += 1
    (problem,) = bench.look(5, published=125, written=125)
    assert "40 s" in problem, "until it is quick again"
    bench.is_durable = True
    assert bench.look(5, published=125, written=125) == []


def test_an_index_in_which_damage_was_met_is_told_with_what_is_done(bench: Bench) -> None:
    bench.archive.index.is_damaged = True
    assert bench.look() == ["the index is damaged; it is made anew within minutes, while recording goes on"]


def test_a_camera_that_gives_nothing_is_no_fault_of_the_recording(bench: Bench) -> None:
    assert bench.look(0, published=10, written=10) == []
    bench.state = JobState.WAITING
    assert bench.look(60) == []
    bench.state = JobState.ACTIVE
    assert bench.look(60, published=10) == []


def test_a_recording_in_error_says_why(bench: Bench) -> None:
    bench.state, bench.problem = JobState.ERROR, "no space left"
    assert bench.look() == ["recording door: no space left"]


def test_a_damaged_index_is_told(bench: Bench) -> None:
    bench.index_problem = IndexDamaged("file is not a database")
    assert bench.look() == ["the index: file is not a database"]
    bench.index_problem = None
    assert bench.look() == []


def test_a_full_disk_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    state = SimpleNamespace(f_bavail=100, f_frsize=4096)
    monkeypatch.setattr(health_module.os, "statvfs", lambda path: state)
    (problem,) = bench.look()
    assert "is full: 0 MB free" in problem
    state.f_bavail = 1 << 20
    assert bench.look() == []


def test_a_full_disk_that_holds_the_recordings_alone_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.health._archive.recordings_folder = elsewhere = Path("/proc")

    def told(path: Path) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=0 if path == elsewhere else 1 << 20, f_frsize=4096)

    monkeypatch.setattr(health_module.os, "statvfs", told)
    assert bench.look() == ["the disk of /proc is full: 0 MB free"]


def test_a_disk_that_is_gone_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: Path) -> os.statvfs_result:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(health_module.os, "statvfs", gone)
    (problem,) = bench.look()
    assert problem.endswith(": Input/output error")


def test_a_disk_that_does_not_answer_is_told_while_we_wait(bench: Bench) -> None:
    def asked() -> Iterator[list[str]]:
        bench.clock.advance(UNANSWERED_S + 1)
        yield bench.health.problems

    seen: list[list[str]] = []
    bench._recordings = lambda: seen.extend(asked()) or []  # type: ignore[method-assign]
    bench.health._archive.recordings = bench._recordings  # type: ignore[method-assign,assignment]
    assert bench.look() == []
    assert "has not answered for 16 s" in seen[0][0]


def test_a_disk_that_keeps_nothing_durable_is_told(bench: Bench) -> None:
    bench.archive.disk_problem = StorageError("what is written does not become durable: I/O error")
    [problem] = bench.look(published=1, written=1)

    assert problem.endswith("does not become durable: I/O error")


def test_what_is_wrong_elsewhere_is_told_and_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def enough(_: float) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(health_module.asyncio, "sleep", enough)
    bench.elsewhere = ["the event log: no space"]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(bench.health.run())
    assert bench.health.problems == ["the event log: no space"]
    assert caplog.messages == ["health: the event log: no space"]
