"""The parser: messages and frames, however they are cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import CallerError, LimitExceeded
from vedette.protocols.rtsp.message import Headers, MalformedMessage, Request, Response
from vedette.protocols.rtsp.parser import Broken, Interleaved, Limits, Parser, Skipped

REQUEST = b"PLAY rtsp://h/p RTSP/1.0\r\nCSeq: 1\r\n\r\n"
RESPONSE = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabc"


def frame(channel: int, packet: bytes) -> bytes:
    return b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet


def flat(events: list) -> list:
    """Events without the borders between batches: each packet by itself."""
    found: list = []
    for event in events:
        if isinstance(event, Interleaved):
            found += [(event.channel, bytes(packet)) for packet in event.packets]
        elif isinstance(event, Broken):
            found.append((type(event.error), str(event.error)))
        else:
            found.append(event)
    return found


def parsed(data: bytes, cuts: list[int] | None = None, *, is_lenient: bool = False) -> list:
    parser = Parser(is_lenient=is_lenient)
    borders = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    events: list = []
    for start, end in pairwise(borders):
        events += parser.receive(data[start:end])
    return flat(events)


def only(data: bytes, *, is_lenient: bool = False) -> Request | Response | Broken:
    (event,) = Parser(is_lenient=is_lenient).receive(data)
    return event


def test_frames_of_one_channel_come_as_one_batch_of_views_into_the_chunk() -> None:
    data = frame(0, b"a") + frame(0, b"bc") + frame(1, b"") + frame(0, b"d")
    first, second, third = Parser().receive(data)

    assert (first.channel, [bytes(each) for each in first.packets]) == (0, [b"a", b"bc"])
    assert all(packet.obj is data for packet in first.packets)
    assert (second.channel, [bytes(each) for each in second.packets]) == (1, [b""])
    assert third.channel == 0


def test_a_frame_cut_by_the_chunk_joins_the_batch_it_belongs_to() -> None:
    parser = Parser()
    data = frame(0, b"abcdef")
    assert parser.receive(data[:2]) == []
    assert parser.receive(data[2:7]) == []
    (batch,) = parser.receive(data[7:] + frame(0, b"g"))
    assert [bytes(each) for each in batch.packets] == [b"abcdef", b"g"]


def test_an_answer_amid_many_frames_is_not_taken_for_a_frame() -> None:
    # read as the head of a frame, its "SP" would be a length of 21,328 bytes
    frames = [frame(0, bytes(1400))] * 20
    assert parsed(frames[0] + RESPONSE + b"".join(frames)) == parsed(frames[0]) + parsed(
        RESPONSE
    ) + 20 * parsed(frames[0])


PARTS = st.sampled_from(
    [
        REQUEST,
        RESPONSE,
        b"\r\n",
        b"\n\r\n",
        frame(0, b""),
        frame(0, b"x" * 40),
        frame(2, b"$RTSP/1.0 \r\n\r\n"),
        b"RTSP/1.0 200\nCSeq: 2\n\n",
        b"SET_PARAMETER * RTSP/1.0\r\nCSeq:3\r\nFold: a\r\n\tb\r\nContent-Length : 2\r\n\r\n$\x00",
    ]
)
RUBBISH = st.sampled_from(
    [b"\x00\x01\x02", b"nonsense", b"$$$$", frame(200, b"\x80abc"), b"RTSP/9", b"$\x01\x00\x04\x80ab"]
)


@given(st.lists(PARTS, max_size=8).map(b"".join), st.lists(st.integers(0, 1000), max_size=12))
@settings(max_examples=80, deadline=None)
def test_the_events_are_the_same_however_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    whole = parsed(data)

    assert not any(isinstance(event, tuple) and isinstance(event[0], type) for event in whole)
    assert parsed(data, cuts) == whole
    assert parsed(data, list(range(len(data)))) == whole


@pytest.mark.parametrize("is_lenient", [False, True])
@given(
    st.lists(PARTS | RUBBISH | st.binary(max_size=12), max_size=8).map(b"".join),
    st.lists(st.integers(0, 1000)),
)
@settings(max_examples=80, deadline=None)
def test_rubbish_is_met_alike_however_the_bytes_are_cut(
    is_lenient: bool, data: bytes, cuts: list[int]
) -> None:
    def but_the_wording(events: list) -> list:
        return [
            event[0] if isinstance(event, tuple) and isinstance(event[0], type) else event for event in events
        ]

    whole = but_the_wording(parsed(data, is_lenient=is_lenient))

    assert but_the_wording(parsed(data, cuts, is_lenient=is_lenient)) == whole
    assert but_the_wording(parsed(data, list(range(len(data))), is_lenient=is_lenient)) == whole


def test_a_request_and_a_response_survive_the_wire() -> None:
    request = Request(
        method="SETUP", url="rtsp://h/ü", headers=Headers([("CSeq", "1"), ("A", "b")]), body=b"x"
    )
    response = Response(status=404, reason="Not Found", headers=Headers([("CSeq", "1")]))

    for message in (request, response):
        back = only(message.to_bytes())
        assert isinstance(back, Request | Response)
        assert [line for line in back.headers if line[0] != "Content-Length"] == list(message.headers)
        assert back.body == message.body
        assert Parser().receive(back.to_bytes().replace(b"Content-Length: 1\r\n", b"", 1))[0] == back


def test_a_line_break_cannot_be_smuggled_into_a_message() -> None:
    with pytest.raises(CallerError):
        Response(status=200, headers=Headers([("A", "b\r\nC: d")])).to_bytes()


def test_what_peers_get_wrong_is_understood() -> None:
    answer = only(b"\r\n\nrtsp/1.0  200\nCSEQ:5\nSession : 7\nFolded: a,\n  b\nContent- Length: 2 \n\nhi")
    assert isinstance(answer, Response)
    assert (answer.status, answer.reason, answer.body) == (200, "", b"hi")
    assert answer.headers.get("cseq") == "5"
    assert answer.headers.get("Session") == "7"
    assert answer.headers.get("folded") == "a, b"

    request = only(b"SETUP rtsp://h/a /video  RTSP/1.0\r\n\r\n")
    assert isinstance(request, Request)
    assert request.url == "rtsp://h/a /video"

    latin = only(b"RTSP/1.0 200 \xe4\r\n\r\n")
    assert isinstance(latin, Response)
    assert latin.reason == "ä"


def test_header_lines_keep_their_order_and_number() -> None:
    headers = Headers([("A", "1"), ("b", "2"), ("a", "3")])

    assert headers.all("A") == ("1", "3")
    assert headers.joined("a") == "1, 3"
    assert headers.joined("c") is None
    assert "B" in headers
    assert 3 not in headers
    assert len(headers) == 3
    assert headers == Headers(list(headers))
    assert hash(headers) == hash(Headers(list(headers)))


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00",
        b"one two\r\n\r\n",
        b"PLAY rtsp://h RTSP\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nno colon\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nA: \x00\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nA: b\rC: d\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"RTSP/1.0 9999 What\r\n\r\n",
    ],
)
def test_what_is_no_message_breaks_a_strict_parser(data: bytes) -> None:
    parser = Parser()
    (event,) = parser.receive(data)

    assert isinstance(event, Broken)
    assert isinstance(event.error, MalformedMessage)
    assert parser.receive(REQUEST) == []


@pytest.mark.parametrize(
    "data",
    [
        b"PLAY rtsp://h RTSP/1.0\r\n" + b"A: b\r\n" * 101 + b"\r\n",
        b"PLAY " + b"x" * 20000,
        b"PLAY rtsp://h RTSP/1.0\r\nA: " + b"x" * 17000 + b"\r\n\r\n",
        b"PLAY rtsp://h RTSP/1.0\r\nContent-Length: 1048577\r\n\r\n",
    ],
)
def test_an_oversized_message_breaks_any_parser(data: bytes) -> None:
    for is_lenient in (False, True):
        for cuts in ([], [1, 100, 16384]):
            assert parsed(data, cuts, is_lenient=is_lenient)[0][0] is LimitExceeded


def test_limits_are_the_caller_s_to_set() -> None:
    event = Parser(Limits(body_bytes=2)).receive(RESPONSE)[0]

    assert isinstance(event, Broken)
    assert isinstance(event.error, LimitExceeded)


def test_a_lenient_parser_finds_its_way_back() -> None:
    parser = Parser(is_lenient=True)
    events = parser.receive(b"\xff\xff$\xf0nothing" + frame(0, b"\x80abc") + b"##" + RESPONSE)

    assert events[0] == Skipped(len(b"\xff\xff$\xf0nothing"))
    assert flat(events[1:2]) == [(0, b"\x80abc")]
    assert events[2] == Skipped(2)
    assert isinstance(events[3], Response)


ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nSession: 12\r\n\r\n"


@pytest.mark.parametrize("place", range(1, 24))
def test_an_answer_that_is_due_is_found_amid_a_frame(place: int) -> None:
    """Some cameras write it between two writes of one frame."""
    first, second = frame(0, b"\x80" + bytes(range(19))), frame(0, b"\x80second")
    data = first[:place] + ANSWER + first[place:] + second
    ends = (place, place + len(ANSWER))
    for cut in (*range(1, ends[0] + 1), *range(ends[1], len(data))):
        parser = Parser(is_lenient=True)
        parser.due = {7}
        events = parser.receive(data[:cut]) + parser.receive(data[cut:])
        assert [each.status for each in events if isinstance(each, Response)] == [200]
        assert flat([each for each in events if not isinstance(each, Response)]) == [
            (0, first[4:]),
            (0, second[4:]),
        ]
        assert parser.is_between


def test_an_answer_between_frames_and_one_that_a_frame_carries_are_left_where_they_are() -> None:
    carrying = frame(2, b"\x80" + ANSWER)
    for data in (frame(0, b"\x80a") + ANSWER + frame(0, b"\x80b"), carrying + frame(0, b"\x80b"), carrying):
        plain, due = Parser(is_lenient=True), Parser(is_lenient=True)
        due.due = {7}
        assert flat(due.receive(data + frame(0, b"\x80c"))) == flat(plain.receive(data + frame(0, b"\x80c")))


def test_what_came_before_garbage_is_doubted_in_its_place() -> None:
    heard: list[str] = []
    parser = Parser(is_lenient=True)
    parser.doubt = lambda: heard.append("doubt")

    def take(data: bytes, at: int) -> int:
        heard.append(data[at + 5 : at + 6].decode())
        return at + 4 + data[at + 3]

    parser.takers[0] = take
    parser.receive(frame(0, b"\x80a") + b"left over" + frame(0, b"\x80b") + b"RTSP/1.0 abc\r\n\r\n")
    assert heard == ["a", "doubt", "b", "doubt"]


def test_a_lenient_parser_leaves_out_what_it_cannot_read() -> None:
    odd = b"RTSP/1.0 200 OK\r\nnonsense\r\nCSeq: 1\r\nWeird\x01: 2\r\n\r\n"
    assert flat(Parser(is_lenient=True).receive(b"RTSP/1.0 abc\r\n\r\n" + odd)) == [
        Skipped(16),
        Response(status=200, reason="OK", headers=Headers([("CSeq", "1"), ("Weird", "2")])),
    ]


def test_many_small_pieces_of_a_large_body_cost_no_quadratic_time() -> None:
    parser = Parser()
    parser.receive(b"SET_PARAMETER * RTSP/1.0\r\nContent-Length: 200000\r\n\r\n")
    events: list = []
    for _ in range(20000):
        events += parser.receive(b"0123456789")
    (message,) = events
    assert len(message.body) == 200000


@pytest.mark.parametrize(
    "data", [frame(0, b"abc"), RESPONSE, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n" + frame(1, b"")]
)
def test_it_is_between_messages_and_frames_where_one_has_ended(data: bytes) -> None:
    for size in range(1, len(data)):
        parser = Parser(is_lenient=True)
        found = parser.receive(data[:size])
        assert parser.is_between == (bool(found) and data[:size].endswith(b"\r\n\r\n"))
    parser = Parser(is_lenient=True)
    assert parser.is_between
    parser.receive(data)
    assert parser.is_between


def test_rubbish_is_no_place_between_messages() -> None:
    parser = Parser(is_lenient=True)
    parser.receive(b"rubbish and more of it")
    assert not parser.is_between
    strict = Parser()
    strict.receive(b"\xff\xff rubbish")
    assert not strict.is_between
