"""HTTP's parser: the fast way means what h11 means, cuts change nothing, junk is refused as documented."""

import h11
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.protocols.http1.request import RequestHead, RequestReader, plain_head

TOKEN = st.sampled_from(
    [
        b"Host",
        b"host",
        b"Content-Length",
        b"Connection",
        b"Transfer-Encoding",
        b"X-A",
        b"x\x00",
        b"Expect",
        b"X Y",
        b"",
    ]
)
VALUE = st.sampled_from(
    [
        b"a",
        b"",
        b" a ",
        b"0",
        b"5",
        b"+5",
        b"5, 5",
        b"0x5",
        b"close",
        b"chunked",
        b"\xe9",
        b"a\x00",
        b"a\tb",
        b"\x7f",
    ]
)
FIELD = st.builds(
    lambda name, colon, value: name + colon + value, TOKEN, st.sampled_from([b":", b": ", b" :", b""]), VALUE
)
LINE_END = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r"])
REQUEST_LINE = st.builds(
    lambda method, target, version: b" ".join((method, target, version)),
    st.sampled_from([b"GET", b"POST", b"HEAD", b"get", b"BREW", b"", b"G\xc3"]),
    st.sampled_from([b"/", b"/a?b", b"http://x/y", b"*", b"", b"/ x", b"/\xe9", b"/\x01"]),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"", b"HTTP/1.1 "]),
)


@st.composite
def head_bytes(draw: st.DrawFn) -> bytes:
    lines = [draw(REQUEST_LINE), *draw(st.lists(FIELD, max_size=5))]
    return b"".join(line + draw(LINE_END) for line in lines) + draw(
        st.sampled_from([b"\r\n", b"\r\n", b"\n"])
    )


@given(
    st.one_of(
        head_bytes(),
        st.binary(max_size=80).map(lambda junk: b"GET / HTTP/1.1\r\nHost: a\r\n" + junk + b"\r\n\r\n"),
    )
)
@settings(max_examples=200, deadline=None)
@example(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\ty \r\n\r\n")
def test_what_the_fast_way_accepts_means_the_same_to_h11(raw: bytes) -> None:
    head = plain_head(raw)
    if head is None:
        return
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(raw)
    event = connection.next_event()
    assert isinstance(event, h11.Request)
    assert (event.method.decode(), event.target.decode(), event.http_version) == (
        head.method,
        head.target,
        b"1.1",
    )
    assert [(name.decode(), value.decode("latin-1")) for name, value in event.headers] == [
        (name.lower(), value) for name, value in head.headers
    ]
    lengths = [int(value) for name, value in event.headers if name == b"content-length"]
    assert (lengths or [0]) == [head.length_bytes]
    assert not any(name == b"transfer-encoding" for name, _ in event.headers)
    following = connection.next_event()
    assert isinstance(following, h11.EndOfMessage) == (head.length_bytes == 0)


def read_all(pieces: list[bytes]) -> list[object]:
    """Everything a reader finds: heads, bodies (joined), and the name of what ended it."""
    reader = RequestReader(head_most_bytes=2048)
    found: list[object] = []
    body = b""
    head: RequestHead | None = None
    try:
        for piece in pieces:
            reader.receive(piece)
            while True:
                if head is None:
                    head = reader.next_head()
                    if head is None:
                        break
                    found.append((head.method, head.target, list(head.headers), head.keeps_alive))
                body += reader.read_body()
                if not reader.is_body_done:
                    break
                found.append(body)
                head, body = None, b""
    except PeerError as error:
        found.append(type(error).__name__)
    return found


MESSAGES = st.lists(
    st.one_of(
        head_bytes(),
        st.just(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        st.binary(max_size=30).map(
            lambda body: b"POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        ),
        st.binary(min_size=1, max_size=30).map(
            lambda body: (
                b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
                % (len(body), body)
            )
        ),
        st.binary(max_size=40),
    ),
    max_size=4,
).map(b"".join)


@given(MESSAGES, st.data())
@settings(max_examples=100, deadline=None)
def test_the_same_requests_are_read_however_the_bytes_are_cut(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read_all(pieces) == read_all([stream])


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused_as_documented(junk: bytes) -> None:
    read_all([junk])
    read_all([b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + junk])


def test_old_tunnel_clients_are_understood() -> None:
    reader = RequestReader()
    reader.receive(
        b"GET /live.sdp HTTP/1.1\nx-sessioncookie: abc\nAccept : application/x-rtsp-tunnelled\n\nrest"
    )
    head = reader.next_head()
    assert head is not None
    assert head.is_raw_tunnel
    assert head.headers.get("x-sessioncookie") == "abc"
    assert reader.take_rest() == b"rest"


def test_a_head_that_never_ends_is_refused() -> None:
    reader = RequestReader(head_most_bytes=2048)
    assert read_all([b"GET / HTTP/1.1\r\n", b"X: " + b"y" * 3000]) == ["RequestTooLarge"]
    assert reader.next_head() is None
