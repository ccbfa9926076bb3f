"""What searches are measured in, and the floor beside them."""

from datetime import UTC, datetime

import pytest
from bench.figures import BenchError
from bench.footage import DOOR, MOTION, make_index
from bench.scenarios.search import DAY_US, KINDS, PAGE, events, recordings, require_same
from bench.search_floor import Question, answered

from vedette.contract.schema.search import (
    FindEventResultList,
    FindRecordingResultList,
    RecordingInformation,
    RecordingStatus,
    SearchState,
)
from vedette.contract.search import (
    FindEventsResponse,
    FindRecordingsResponse,
    GetEventSearchResultsResponse,
    GetRecordingSearchResultsResponse,
)

NALS = ("6742c01ed9008402", "68cb83cb20", "658801")
CAMERAS = 2


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A day of two cameras: its folder and what it holds."""
    folder = tmp_path_factory.mktemp("index")
    clip = folder / "clip.h264"
    clip.write_bytes(b"".join(b"\0\0\0\1" + bytes.fromhex(nal) for nal in NALS))
    data = folder / "data"
    data.mkdir()
    return data, make_index(data, clip, cameras=CAMERAS, days=1, say=lambda text: None)


def rows(folder, question):
    """How many rows the floor finds."""
    return next(answered(folder, [question]))[1]


def test_the_index_holds_a_segment_a_minute_and_events_of_every_camera(made):
    _, indexed = made
    assert indexed.rows == CAMERAS * 1440
    assert indexed.events == CAMERAS * (144 + 1) * 2
    assert indexed.end_us - indexed.start_us == DAY_US


def test_the_floor_reads_the_rows_that_answer_a_question(made):
    folder, indexed = made
    whole = {"start_us": indexed.start_us, "end_us": indexed.end_us + DAY_US}
    assert rows(folder, Question()) == CAMERAS
    assert rows(folder, Question(recording="cam1")) == 1
    assert rows(folder, Question(recording="cam1", **whole)) == (144 + 1) * 2
    assert rows(folder, Question(topic=DOOR, **whole)) == CAMERAS * 2
    assert rows(folder, Question(recording="cam0", topic=MOTION, **whole)) == 144 * 2
    first = Question(start_us=indexed.start_us, end_us=indexed.start_us)
    assert rows(folder, first) == 2


def test_the_cpu_of_every_question_is_told(made):
    folder, _ = made
    found = list(answered(folder, [Question()] * 3))
    assert len(found) == 3
    assert all(cpu_s > 0 for cpu_s, _ in found)


@pytest.mark.parametrize(("found", "is_same"), [(289, False), (290, True), (294, True), (295, False)])
def test_a_search_that_finds_something_else_than_the_floor_is_no_measurement(found, is_same):
    if is_same:
        require_same("x", found, 290)
    else:
        with pytest.raises(BenchError, match="290"):
            require_same("x", found, 290)


class Pages:
    """Answers searches in two pages."""

    def __init__(self, begun, told, results):
        self.asked = []
        self.begun, self.told, self.results = begun, told, results

    def ask(self, operation, **fields):
        """The first request begins; each of the others gets a page."""
        self.asked.append((operation, fields))
        if len(self.asked) == 1:
            return self.begun
        state = SearchState.SEARCHING if len(self.asked) == 2 else SearchState.COMPLETED
        return self.told(result_list=self.results(search_state=state))


def test_results_are_asked_for_to_the_last_page():
    pages = Pages(
        FindRecordingsResponse(search_token="s"),
        GetRecordingSearchResultsResponse,
        lambda search_state: FindRecordingResultList(
            search_state=search_state,
            recording_information=(
                RecordingInformation(
                    recording_token="cam0",
                    source=None,
                    content="",
                    recording_status=RecordingStatus.STOPPED,
                ),
            ),
        ),
    )
    assert recordings(pages, Question()) == 2
    assert [operation.name for operation, _ in pages.asked[1:]] == ["GetRecordingSearchResults"] * 2
    assert pages.asked[1][1]["max_results"] == PAGE


def test_events_are_asked_for_by_camera_topic_and_time():
    pages = Pages(FindEventsResponse(search_token="s"), GetEventSearchResultsResponse, FindEventResultList)
    asked = Question(recording="cam1", topic=DOOR, start_us=1_000_000, end_us=2_000_000)
    assert events(pages, asked) == 0
    fields = pages.asked[0][1]
    assert fields["scope"].included_recordings == ("cam1",)
    assert [each.text for each in fields["search_filter"].content] == [DOOR]
    assert fields["start_point"] == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert len(pages.asked) == 3


def test_every_kind_of_search_has_a_bound_for_its_latency():
    from bench.scenarios.search import LATENCY, SCENARIO

    assert set(SCENARIO.targets) == {LATENCY.format(name=name) for name in KINDS}
