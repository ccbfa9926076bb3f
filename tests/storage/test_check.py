"""Killed at any write, cut at any byte: what was whole is kept, and the index says so."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from tests.storage.conftest import (
    ALL,
    START_US,
    footage,
    opened_whole,
    read_all,
    real_clip,
    record,
)
from tests.storage.player import played

from vedette.media.unit import AccessUnit
from vedette.protocols.mp4.walk import FragmentHead
from vedette.storage import check
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.database import files_of
from vedette.storage.errors import IndexDamaged
from vedette.storage.index import SegmentState
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import Deleted, delete_segments
from vedette.storage.segments import examine, salvage
from vedette.storage.writer import WriterOptions

Open = Callable[[], Archive]
INDEX_FILES = tuple(each.name for each in files_of(Path(INDEX_FILE)))
RECORDER = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.storage.conftest import AUDIO, METADATA, START_US, footage, real_clip
from vedette.storage import check
from vedette.storage.archive import Archive
from vedette.storage.recordings import RecordingInfo
from vedette.storage.writer import WriterOptions
folder = Path(sys.argv[1])
began = time.monotonic()
archive, _ = check.opened(folder, lambda: Archive(folder, report=print,
    options=WriterOptions(segment_us=3_000_000), sync_interval_s=0.01))
if not archive.recordings():
    archive.create(RecordingInfo(token="hall"))
assert not check.verify(archive), check.verify(archive)
assert time.monotonic() - began < 2
start_us = max(START_US, archive.usage("hall").end_us + 5_000_000)
clip = real_clip()
appended = 0
def count():
    global appended
    appended += 1
    os.write(1, b"%d %d\\n" % (start_us, appended))
archive.follow("hall", count)
writer = archive.writer("hall")
writer.tracks_changed((clip.track, AUDIO, METADATA))
for unit in footage(200, start_us=start_us, clip=clip):
    writer.receive([unit])
    if unit.is_key and unit.track == 0:
        time.sleep(0.0005)
time.sleep(9)
"""


def whole_fragments(file: Path) -> list[FragmentHead]:
    heads: list[FragmentHead] = []
    examine(file, heads.append)
    return heads


def units_before(units: list[AccessUnit], fragments: list[FragmentHead]) -> list[AccessUnit]:
    return units[: sum(len(head.samples) for head in fragments)]


def cut_copies(archive: Archive, cuts: list[int], tmp_path: Path) -> list[tuple[int, Path]]:
    [file] = archive.folder_of("hall").glob("*/*.mp4")
    content = file.read_bytes()
    copies = []
    for cut in cuts:
        copy = tmp_path / f"120000.000000-{cut}.mp4"
        copy.write_bytes(content[:cut])
        copies.append((cut, copy))
    return copies


def test_a_file_cut_anywhere_keeps_its_whole_fragments(archive: Archive, tmp_path: Path) -> None:
    units = footage(4)
    record(archive, units)
    [file] = archive.folder_of("hall").glob("*/*.mp4")
    heads = whole_fragments(file)
    boundaries = [head.offset for head in heads] + [heads[-1].offset + heads[-1].size, file.stat().st_size]
    near = {boundary + shift for boundary in boundaries for shift in (-1, 0, 1, 8, 32)}
    chosen = random.Random(7).sample(range(file.stat().st_size), 60)
    for cut, copy in cut_copies(
        archive, sorted({each for each in near if each >= 0} | set(chosen)), tmp_path
    ):
        kept = [head for head in heads if head.offset + head.size <= cut]
        end = salvage(copy)
        if not kept:
            assert end is None
            assert not copy.exists()
            continue
        assert end is not None
        assert end.fragments == len(kept)
        assert copy.stat().st_size == end.bytes
        assert examine(copy).problem == ""


def test_a_tail_of_zeros_or_rubbish_is_cut_off(archive: Archive, tmp_path: Path) -> None:
    record(archive, footage(3))
    [file] = archive.folder_of("hall").glob("*/*.mp4")
    heads = whole_fragments(file)
    whole = file.read_bytes()[: heads[-1].offset]
    for number, tail in enumerate((bytes(5000), random.Random(3).randbytes(5000), b"\0\0\0\x08moof" * 9)):
        copy = tmp_path / f"tail-{number}.mp4"
        copy.write_bytes(whole + tail)
        end = salvage(copy)
        assert end is not None
        assert (end.fragments, copy.stat().st_size) == (len(heads) - 1, len(whole))


def test_what_was_open_is_sealed_at_the_next_start(
    archive: Archive, open_archive: Open, tmp_path: Path
) -> None:
    units = footage(5)
    record(archive, units)
    [segment] = archive.index.after(1, 0)
    file = archive.file_of("hall", segment)
    heads = whole_fragments(file)
    archive.index.database.write(
        lambda c: c.execute("UPDATE segments SET state = 0, end_us = start_us, bytes = 0")
    ).result()
    archive.close()
    with file.open("r+b") as opened:
        opened.truncate(heads[3].offset + 100)

    again = open_archive()
    findings = check.settle(again)
    assert [finding.problem for finding in findings] == ["100 bytes after the last whole fragment"]
    assert check.verify(again) == []
    assert read_all(again) == units_before(units, heads[:3])
    assert check.settle(again) == []


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_was_open_and_held_nothing_is_forgotten_at_the_next_start(
    archive: Archive, open_archive: Open, is_gone: bool
) -> None:
    record(archive, footage(2))
    [segment] = archive.index.after(1, 0)
    file = archive.file_of("hall", segment)
    first = whole_fragments(file)[0].offset
    archive.index.database.write(
        lambda c: c.execute("UPDATE segments SET state = 0, end_us = start_us, bytes = 0")
    ).result()
    archive.close()
    os.truncate(file, first)
    if is_gone:
        file.unlink()

    again = open_archive()
    assert [finding.problem for finding in check.settle(again)] == ["was open and held no whole fragment"]
    assert again.index.after(1, 0) == []
    assert check.verify(again) == []


def test_a_file_the_index_missed_is_entered_at_the_next_start(archive: Archive, open_archive: Open) -> None:
    units = footage(2)
    record(archive, units)
    archive.index.forget_segments([1]).result()
    archive.close()

    again = open_archive()
    assert [finding.problem for finding in check.settle(again)] == ["was not in the index"]
    assert read_all(again) == units


def test_an_interrupted_deletion_is_finished(archive: Archive, open_archive: Open) -> None:
    record(archive, footage(2))
    archive.index.start_deleting([1]).result()
    archive.create(RecordingInfo(token="yard"))
    record(archive, footage(2), token="yard")
    archive.index.start_removing("yard").result()
    archive.close()

    again = open_archive()
    assert len(check.settle(again)) == 2
    assert list(again.recordings_folder.glob("*/*/*.mp4")) == []
    assert [info.token for info in again.recordings()] == ["hall"]


@pytest.mark.parametrize("damage", ["lost", "garbled", "empty"])
def test_a_lost_index_is_rebuilt_from_the_files(
    archive: Archive, open_archive: Open, tmp_path: Path, damage: str
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(6) + footage(2, start_us=1_700_000_100_000_000, first_pts=7_654_321 + 100 * 90_000)
    record(archive, units)
    before = archive.index.after(1, 0, most=99)
    archive.close()
    for name in INDEX_FILES:
        (tmp_path / name).unlink(missing_ok=True)
    if damage == "garbled":
        (tmp_path / INDEX_FILE).write_bytes(b"rubbish" * 1000)
        with pytest.raises(IndexDamaged):
            open_archive()
    if damage == "empty":
        (tmp_path / INDEX_FILE).touch()
        check.rebuild(tmp_path)

    again, findings = opened_whole(tmp_path, open_archive)
    assert bool(findings) == (damage != "empty")
    after = again.index.after(1, 0, most=99)
    assert [row._replace(id=0) for row in after] == [row._replace(id=0) for row in before]
    assert again.recording("hall").content == "the hall"
    assert read_all(again) == units
    assert check.verify(again) == []
    assert len(list(tmp_path.glob("*.damaged-1"))) == (damage != "lost")


def test_repair_makes_the_index_say_what_the_files_say(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(8)
    record(archive, units)
    first, second, third, _ = sorted(archive.folder_of("hall").glob("*/*.mp4"))
    first.unlink()
    heads = whole_fragments(second)
    with second.open("r+b") as file:
        file.truncate(heads[1].offset + 10)
    shutil.copy(third, third.with_name("235959.000000.mp4"))

    wrong = {Path(finding.path).name for finding in check.verify(archive)}
    assert wrong == {first.name, second.name, "235959.000000.mp4"}
    check.repair(archive)
    assert check.verify(archive) == []


def test_what_a_damaged_file_lost_is_a_gap_once_it_is_repaired(archive: Archive, open_archive: Open) -> None:
    archive._options = WriterOptions(segment_us=5_000_000)
    record(archive, footage(15))
    first, second, _ = sorted(archive.folder_of("hall").glob("*/*.mp4"))
    with first.open("r+b") as file:
        file.truncate(whole_fragments(first)[2].offset + 10)
    second.unlink()
    check.repair(archive)
    assert check.verify(archive) == []

    expected = [(START_US, START_US + 2_000_000), (START_US + 10_000_000, START_US + 15_000_000)]
    with archive.reader("hall") as reader:
        assert reader.sections(0, 1 << 60) == expected
    assert [(each.start_us, each.end_us) for each in archive.index.coverage(1, 0, 1 << 60)] == expected
    archive.close()
    check.rebuild(archive.folder)
    again = open_archive()
    with again.reader("hall") as reader:
        assert reader.sections(0, 1 << 60) == expected
        assert [gap[:2] for gap in reader.gaps(0, 1 << 60)] == [(expected[0][1], expected[1][0])]


def test_footage_that_only_seems_to_go_on_is_found_and_parted(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=5_000_000)
    record(archive, footage(15))
    second = archive.index.after(1, START_US + 1)[0]
    archive.index.database.write(
        lambda connection: connection.execute("DELETE FROM segments WHERE id = ?", (second.id,))
    ).result()
    archive.file_of("hall", second).unlink()

    assert [finding.problem for finding in check.verify(archive)] == [
        "follows a gap, the index says that it continues"
    ]
    check.repair(archive)
    assert check.verify(archive) == []


def test_footage_of_a_clock_that_was_set_back_parts_nothing(archive: Archive, open_archive: Open) -> None:
    archive._options = WriterOptions(segment_us=4_000_000)
    record(
        archive, [*footage(20), *footage(1, start_us=START_US + 5_000_000, first_pts=7_654_321 + 20 * 90_000)]
    )
    assert check.verify(archive) == []
    (latest,) = archive.index.before(1, START_US + 5_000_001)
    with closing(sqlite3.connect(archive.folder / INDEX_FILE)) as connection, connection:
        connection.execute("UPDATE segments SET state = 0, end_us = start_us WHERE id = ?", (latest.id,))
    archive.close()
    archive, findings = check.opened(archive.folder, open_archive)
    assert [finding.problem for finding in findings] == ["was open"]
    assert archive.index.gaps(1, 0, 1 << 62) == []
    assert check.verify(archive) == []
    archive.close()
    check.rebuild(archive.folder)
    archive = open_archive()
    assert archive.index.gaps(1, 0, 1 << 62) == []
    with archive.reader("hall") as reader:
        assert reader.sections(0, 1 << 62)[-1][1] == START_US + 20_000_000


@pytest.mark.parametrize("is_emptied", [True, False])
def test_a_recording_that_an_empty_index_does_not_know_is_entered(
    archive: Archive, open_archive: Open, is_emptied: bool
) -> None:
    units = footage(4)
    record(archive, units)
    archive.close()
    index = archive.folder / INDEX_FILE
    index.unlink()
    if is_emptied:
        index.touch()
    else:
        open_archive().close()  # what makes an empty one
    reopened = open_archive()
    assert [str(each) for each in check.verify(reopened)] == [
        str(check.Finding("recordings/hall", "is not in the index"))
    ]
    reopened.close()

    again, findings = check.opened(archive.folder, open_archive)
    assert check.Finding("recordings/hall", "was not in the index") in findings
    assert read_all(again) == units
    assert again.recording("hall").content == "the hall"
    assert check.verify(again) == []


def spoilt_inside(file: Path, table: str) -> None:
    """Garble the first page of a table or an index: the file still opens, and most of it can be read."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name=?", [table]).fetchone()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * page_bytes)
        raw.write(b"\xa5" * page_bytes)


def parts_of_the_index(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE rootpage > 0")]


def test_an_index_that_opens_but_is_damaged_inside_is_rebuilt_when_repaired(
    archive: Archive, open_archive: Open, tmp_path: Path
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(4)
    record(archive, units)
    before = archive.index.after(1, 0, most=99)
    archive.close()
    for number, part in enumerate(parts_of_the_index(tmp_path / INDEX_FILE), start=1):
        spoilt_inside(tmp_path / INDEX_FILE, part)
        findings = check.mend(tmp_path, open_archive)
        assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-{number}") in findings, part
        assert check.mend(tmp_path, open_archive) == [], part

    again = open_archive()
    assert [row._replace(id=0) for row in again.index.after(1, 0, most=99)] == [
        row._replace(id=0) for row in before
    ]
    assert read_all(again) == units


def test_killed_at_any_instant_it_starts_again_and_every_segment_plays(tmp_path: Path) -> None:
    promised: dict[int, int] = {}
    chance = random.Random(11)
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", RECORDER, str(tmp_path), str(Path(__file__).parents[2])],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(chance.randrange(2, 14)):
            start_us, count = map(int, process.stdout.readline().split())
            promised[start_us] = count
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.wait()
        process.stdout.close()
        for line in rest.splitlines(keepends=True):
            if line.endswith("\n"):
                promised[int(line.split()[0])] = int(line.split()[1])

    archive, _ = check.opened(tmp_path, lambda: Archive(tmp_path, report=lambda *_: None))
    try:
        assert check.verify(archive) == []
        rows = archive.index.after(1, 0, most=999)
        assert all(row.state is SegmentState.SEALED for row in rows)
        clip = real_clip()
        bounds = [*sorted(promised), 1 << 60]
        for start_us, end_us in pairwise(bounds):
            ours = [row for row in rows if start_us <= row.start_us < end_us]
            found = [unit for unit in read_all(archive, start_us) if unit.utc_us < end_us]
            assert found == footage(200, start_us=start_us, clip=clip)[: len(found)], "whole, and none twice"
            fragments = sum(len(whole_fragments(archive.file_of("hall", row))) for row in ours)
            assert fragments * 4 >= promised[start_us] * 3, "each fragment tells once, each seal again"
        for row in rows[:: max(1, len(rows) // 4)]:
            found = played(archive.file_of("hall", row))
            assert found.packets[0]
            assert found.complaints == []
    finally:
        archive.close()


@pytest.mark.parametrize("is_settled", [False, True])
def test_an_index_whose_rebuilding_was_interrupted_is_rebuilt_to_the_end(
    archive: Archive, open_archive: Open, is_settled: bool
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    days = 5
    for day in range(days):
        record(archive, footage(4, start_us=START_US + day * 86_400_000_000))
    archive.create(RecordingInfo(token="yard", content="the yard"))
    record(archive, footage(2), token="yard")
    expected = [segment.path for segment in archive.index.after(1, 0, most=99)]
    archive.close()
    for name in INDEX_FILES:
        (archive.folder / name).unlink(missing_ok=True)
    if is_settled:
        (archive.folder / INDEX_FILE).touch()

    class Killed(BaseException):
        pass

    def kill(done: int, _files: int) -> None:
        if done == 2:
            raise Killed

    for begin in (check.opened if is_settled else check.mend, check.opened):
        with pytest.raises(Killed):
            begin(archive.folder, open_archive, kill)
    again, _ = check.opened(archive.folder, open_archive)
    ids = {info.token: recording_id for recording_id, info in again.index.recordings()}
    assert set(ids) == {"hall", "yard"}
    assert [segment.path for segment in again.index.after(ids["hall"], 0, most=99)] == expected
    assert check.verify(again) == []
    assert len(again.index.gaps(ids["hall"], 0, 1 << 62)) == days - 1


def test_what_was_half_entered_and_then_taken_away_is_forgotten(archive: Archive, open_archive: Open) -> None:
    record(archive, footage(2))
    archive.close()
    with closing(sqlite3.connect(archive.folder / INDEX_FILE)) as connection, connection:
        connection.execute("UPDATE recordings SET is_removing = 2")
    shutil.rmtree(archive.folder_of("hall"))
    again, _ = check.opened(archive.folder, open_archive)
    assert again.recordings() == []
    assert again.index.oldest_deletable(None, (), most=9) == []


def test_an_index_from_a_backup_learns_of_all_that_was_recorded_since(
    archive: Archive, open_archive: Open
) -> None:
    for day in range(2):
        record(archive, footage(2, start_us=START_US + day * 86_400_000_000))
    archive.close()
    index = archive.folder / INDEX_FILE
    shutil.copy(index, archive.folder / "backup")
    archive = open_archive()
    for hours in (25, 48, 72, 96, 120):
        record(archive, footage(2, start_us=START_US + hours * 3_600_000_000))
    archive.close()
    shutil.copy(archive.folder / "backup", index)

    again, findings = check.opened(archive.folder, open_archive)
    assert len(findings) == 5
    assert check.verify(again) == []


@pytest.mark.parametrize("part", ["recordings", "segments", "segments_unsealed", "segments_by_age"])
def test_an_index_that_opens_and_cannot_be_read_is_rebuilt_at_the_start(
    archive: Archive, open_archive: Open, part: str
) -> None:
    units = footage(4)
    record(archive, units)
    archive.close()
    spoilt_inside(archive.folder / INDEX_FILE, part)

    again, findings = opened_whole(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-1") in findings
    assert read_all(again) == units
    assert check.verify(again) == []


def test_what_a_server_seals_begins_or_deletes_during_a_check_is_no_finding(
    archive: Archive, open_archive: Open
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, footage(6))
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(footage(1, start_us=START_US + 60_000_000))
    writer.flush()
    is_written = Event()
    archive._disk.submit(is_written.set)
    assert is_written.wait(20)
    rows = archive.index.after(1, 0, most=99)
    looking = open_archive()

    def meanwhile(looked_at: int, _files: int) -> None:
        if looked_at == 1:
            writer.close().result(20)
            delete_segments(archive, {1: "hall"}, lambda: rows[1:2], Deleted())
            archive.create(RecordingInfo(token="yard"))
            record(archive, footage(1), token="yard")

    rotten = archive.file_of("hall", rows[2])
    with rotten.open("ab") as file:
        file.write(b"rubbish")
    stray = rotten.with_name("235959.000000.mp4")
    shutil.copy(rotten, stray)
    seen = check.verify(looking, meanwhile)
    lasting = check.lasting(looking, seen)
    assert {Path(each.path).name for each in lasting} == {rotten.name, stray.name}
    assert {Path(each.path).name for each in seen} > {rotten.name, stray.name}
    archive.release(writer)


def test_pipes_folders_and_names_that_are_no_text_among_the_segments_are_left_alone(
    archive: Archive, open_archive: Open, tmp_path: Path
) -> None:
    units = footage(2)
    record(archive, units)
    archive.close()
    [segment] = archive.folder_of("hall").glob("*/*.mp4")
    odd = [segment.with_name(name) for name in ("pipe.mp4", "folder.mp4", "link.mp4", "n\udcff.mp4")]
    os.mkfifo(odd[0])
    odd[1].mkdir()
    odd[2].symlink_to("/nowhere")
    shutil.copy(segment, odd[3])
    other_day = segment.parent.with_name("d\udcff")
    shutil.copytree(segment.parent, other_day, ignore=lambda *_: [each.name for each in odd])
    (tmp_path / INDEX_FILE).unlink()
    again, findings = opened_whole(tmp_path, open_archive)
    assert [each.problem for each in findings] == ["was missing"]
    assert (check.verify(again), check.repair(again)) == ([], [])
    assert read_all(again) == units
    assert all(os.path.lexists(each) for each in (*odd, other_day / segment.name))


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_file_that_somebody_put_among_the_segments_is_left_alone(
    archive: Archive, open_archive: Open, is_indexed: bool
) -> None:
    units = footage(2)
    record(archive, units)
    [segment] = archive.folder_of("hall").glob("*/*.mp4")
    clip = segment.with_name("evidence.mp4")
    clip.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + bytes(range(256)))
    moved = segment.rename(segment.with_name("renamed.mp4"))
    archive.close()
    if not is_indexed:
        (archive.folder / INDEX_FILE).unlink()

    again, _ = check.opened(archive.folder, open_archive)
    check.repair(again)
    assert clip.exists()
    assert moved.exists(), "a segment by another name is one"
    assert check.verify(again) == []
    assert read_all(again) == units


@pytest.mark.parametrize("state", [SegmentState.OPEN, SegmentState.DELETING])
def test_a_file_that_the_disk_refuses_keeps_nothing_else_from_being_settled(
    archive: Archive, open_archive: Open, monkeypatch: pytest.MonkeyPatch, state: SegmentState
) -> None:
    archive.create(RecordingInfo(token="yard"))
    for token in ("hall", "yard"):
        record(archive, footage(2), token=token)
    with closing(sqlite3.connect(archive.folder / INDEX_FILE)) as connection, connection:
        connection.execute("UPDATE segments SET state = ?", (state,))
    archive.close()

    def refuse(file: Path) -> None:
        if "hall" in file.parts:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(check, "salvage", lambda file: refuse(file) or salvage(file))
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda file, **how: refuse(file) or unlink(file, **how))
    again, findings = check.opened(archive.folder, open_archive)
    assert findings[0].problem == "was left as it was: Input/output error"
    assert [row.recording_id for row in again.index.unfinished()] == [1]
    monkeypatch.undo()
    assert check.settle(again)
    assert again.index.unfinished() == []
    assert check.verify(again) == []
