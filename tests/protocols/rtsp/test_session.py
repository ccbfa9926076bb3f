"""Sessions: the table of moves, time-outs, and requests that wait for their answer."""

import itertools
from pathlib import Path

import pytest

from vedette.base.errors import CallerError
from vedette.protocols.rtsp.headers import LowerTransport, Transport
from vedette.protocols.rtsp.message import Method
from vedette.protocols.rtsp.session import (
    TRANSITIONS,
    MethodNotValidInState,
    Session,
    SessionTable,
    SessionTrack,
    State,
)


@pytest.mark.parametrize(("state", "method"), list(itertools.product(State, Method)))
def test_every_move_is_in_the_table_or_refused(state: State, method: Method) -> None:
    session = Session("s")
    session.state = state
    after = TRANSITIONS.get((state, method))
    if after is None:
        with pytest.raises(MethodNotValidInState):
            session.request(method)
        assert session.state is state
    else:
        session.request(method)
        assert session.expected_state is after
        session.accept(method)
        assert session.state is after


def test_the_design_page_draws_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "design" / "rtsp.md"
    drawn = set()
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] in {state.value for state in State}:
            drawn.add((State(cells[0]), Method(cells[1]), State(cells[2])))

    assert drawn == {(before, method, after) for (before, method), after in TRANSITIONS.items()}


def test_a_refusal_gives_later_requests_their_old_state_back() -> None:
    session = Session("s")
    session.state = State.PLAYING
    session.request(Method.PAUSE)
    session.request(Method.PLAY)
    session.refuse(Method.PAUSE)
    session.accept(Method.PLAY)

    assert session.state is State.PLAYING


def test_only_a_living_session_is_touched() -> None:
    session = Session("s", timeout_s=10.0, now_s=5.0)
    session.touch(8.0)
    assert session.deadline_s == 18.0
    session.end()
    session.touch(9.0)
    assert session.deadline_s is None


def test_tracks_are_known_by_their_url_a_trailing_slash_aside() -> None:
    session = Session("s")
    session.add_track(SessionTrack(url="rtsp://h/a", transport=Transport()))
    session.add_track(SessionTrack(url="rtsp://h/b", transport=Transport()))
    assert not session.is_interleaved
    tcp = Transport(lower=LowerTransport.TCP, interleaved=(0, 1))
    session.add_track(SessionTrack(url="rtsp://h/a/", transport=tcp))

    assert [track.url for track in session.tracks] == ["rtsp://h/b", "rtsp://h/a/"]
    assert session.is_interleaved
    session.remove_track("rtsp://h/a")
    assert session.track("rtsp://h/a") is None


def test_a_table_ends_silent_sessions_without_a_connection_only() -> None:
    table = SessionTable(timeout_s=10.0, most=2)
    kept, orphan = table.open("kept", 0.0), table.open("orphan", 0.0)
    kept.connection = "connection"
    assert table.is_full
    assert table.deadline_s == 10.0

    assert table.pass_time(10.0) == [orphan]
    assert table.sessions == (kept,)
    assert table.find("orphan") is None
    table.close(kept)
    table.close(kept)
    assert table.deadline_s is None


def test_an_id_is_used_once_and_the_table_is_bounded() -> None:
    table = SessionTable(most=2)
    table.open("a", 0.0)
    with pytest.raises(CallerError):
        table.open("a", 0.0)
    table.open("b", 0.0)
    with pytest.raises(CallerError):
        table.open("c", 0.0)


def test_a_session_may_have_a_timeout_of_its_own() -> None:
    table = SessionTable(timeout_s=10.0)

    assert table.open("its own", 5.0, 90.0).deadline_s == 95.0
    assert table.open("the table's", 5.0).deadline_s == 15.0
