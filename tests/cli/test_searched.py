"""What a recorder tells of its footage becomes stretches of time, by track."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.cli.searched import Change, spans_of, union
from vedette.client.auth import Reply, Request
from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetServicesResponse, ServiceEntry
from vedette.contract.envelope import Dispatch, fault_envelope, response_envelope, to_soap
from vedette.contract.faults import ActionNotSupported, Fault
from vedette.contract.schema.items import ItemList, Message, SimpleItem
from vedette.contract.schema.notification import NotificationContent, NotificationMessage
from vedette.contract.schema.recording import RecordingSourceInformation, TrackType
from vedette.contract.schema.search import (
    FindEventResult,
    FindEventResultList,
    FindRecordingResultList,
    RecordingInformation,
    RecordingStatus,
    SearchState,
    TrackInformation,
)
from vedette.contract.schema.values import OnvifVersion
from vedette.contract.search import (
    EndSearchResponse,
    FindEventsResponse,
    FindRecordingsResponse,
    GetEventSearchResultsResponse,
    GetRecordingSearchResultsResponse,
    Search,
)
from vedette.wire.namespaces import TDS, TSE

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        ([], []),
        ([(10, True)], [(10, 90)]),
        ([(10, False)], []),
        ([(10, True), (20, False), (30, True)], [(10, 20), (30, 90)]),
        ([(30, True), (20, False), (10, True)], [(10, 20), (30, 90)]),
        ([(10, True), (15, True), (20, False), (25, False)], [(10, 20)]),
        ([(10, True), (20, False), (20, True)], [(10, 20), (20, 90)]),
        ([(95, True)], []),
    ],
)
def test_changes_become_stretches(changes: list[tuple[int, bool]], spans: list[tuple[int, int]]) -> None:
    assert spans_of([Change(*each) for each in changes], 90) == spans


def test_stretches_that_touch_become_one() -> None:
    assert union([(5, 9), (1, 3), (3, 4), (6, 7)]) == [(1, 4), (5, 9)]


def state(track: str, second: int, value: str) -> FindEventResult:
    data = ItemList(simple_items=(SimpleItem(name="IsDataPresent", value=value),))
    return FindEventResult(
        recording_token="door",
        track_token=track,
        time=at(second),
        event=NotificationMessage(
            message=NotificationContent(message=Message(utc_time=at(second), data=data))
        ),
        start_state_event=False,
    )


class Recorder:
    """A device with one recording of two tracks; the search gives its results one by one."""

    def __init__(self, *, has_history: bool) -> None:
        self.has_history = has_history
        self.ended = 0
        self.results = [state("V", 0, "true"), state("A", 0, "true"), state("A", 20, "false")]
        self.results += [state("V", 30, "false"), state("V", 40, "1")]

    def __call__(self, **_: Any) -> "Recorder":
        return self

    async def send(self, request: Request, **_: Any) -> Reply:
        operation = Dispatch((Device, Search)).identify(request.body).operation
        try:
            return Reply(status=200, body=response_envelope(operation, self.told(operation.name)))
        except Fault as fault:
            return Reply(status=400, body=fault_envelope(to_soap(fault, "")))

    async def aclose(self) -> None:
        """Nothing to close."""

    def told(self, name: str) -> Any:
        match name:
            case "GetServices":
                version = OnvifVersion(major=26, minor=6)
                names = ((TDS, "device_service"), (TSE, "search_service"))
                entries = [
                    ServiceEntry(namespace=space, xaddr=f"http://192.0.2.7/onvif/{path}", version=version)
                    for space, path in names
                ]
                return GetServicesResponse(services=tuple(entries))
            case "FindRecordings":
                return FindRecordingsResponse(search_token="r")
            case "GetRecordingSearchResults":
                return GetRecordingSearchResultsResponse(result_list=self.recordings())
            case "FindEvents" if self.has_history:
                return FindEventsResponse(search_token="e")
            case "GetEventSearchResults":
                results = (self.results.pop(0),)
                progress = SearchState.SEARCHING if self.results else SearchState.COMPLETED
                return GetEventSearchResultsResponse(
                    result_list=FindEventResultList(search_state=progress, results=results)
                )
            case "EndSearch":
                self.ended += 1
                return EndSearchResponse(endpoint=NOON)
        raise ActionNotSupported(f"{name} is not offered")

    def recordings(self) -> FindRecordingResultList:
        source = RecordingSourceInformation(
            source_id="x", name="Front door", location="", description="", address=""
        )
        tracks = tuple(
            TrackInformation(
                track_token=token, track_type=kind, description="", data_from=at(0), data_to=at(60)
            )
            for token, kind in (("V", TrackType.VIDEO), ("A", TrackType.AUDIO))
        )
        recording = RecordingInformation(
            recording_token="door",
            source=source,
            earliest_recording=at(0),
            latest_recording=at(60),
            content="",
            tracks=tracks,
            recording_status=RecordingStatus.RECORDING,
        )
        return FindRecordingResultList(search_state=SearchState.COMPLETED, recording_information=(recording,))


def spans(found: list[dict[str, Any]]) -> list[tuple[float, float]]:
    return [
        tuple((datetime.fromisoformat(each[side]) - NOON).total_seconds() for side in ("from", "to"))
        for each in found
    ]


@pytest.mark.parametrize(
    ("has_history", "video", "audio"),
    [(True, [(0, 30), (40, 60)], [(0, 20)]), (False, [(0, 60)], [(0, 60)])],
)
def test_a_recorder_s_footage_is_told_by_track_as_far_as_it_knows_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    has_history: bool,
    video: list[tuple[int, int]],
    audio: list[tuple[int, int]],
) -> None:
    recorder = Recorder(has_history=has_history)
    monkeypatch.setattr("vedette.client.camera.HttpTransport", recorder)
    assert main(["recordings", "192.0.2.7", "--json"]) == Exit.OK
    (door,) = json.loads(capsys.readouterr().out)
    assert spans(door["spans"]) == video
    assert [(each["token"], each["type"], spans(each["spans"])) for each in door["tracks"]] == [
        ("V", "Video", video),
        ("A", "Audio", audio),
    ]
    assert recorder.ended == 1 + has_history


def test_a_search_that_answers_at_once_with_nothing_is_slowed_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(has_history=False)
    asked = 0
    whole = recorder.recordings

    def unready() -> FindRecordingResultList:
        nonlocal asked
        asked += 1
        return whole() if asked > 3 else FindRecordingResultList(search_state=SearchState.SEARCHING)

    monkeypatch.setattr(recorder, "recordings", unready)
    monkeypatch.setattr("vedette.client.camera.HttpTransport", recorder)
    begin_s = time.monotonic()
    assert main(["recordings", "192.0.2.7"]) == Exit.OK
    assert time.monotonic() - begin_s > 0.25


def test_a_track_is_named_where_it_differs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vedette.client.camera.HttpTransport", Recorder(has_history=True))
    assert main(["recordings", "192.0.2.7"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[-1] for line in lines] == [
        "Front door",
        "0:00:30",
        "0:00:20",
        "A (Audio)",
        "0:00:20",
    ]
