"""The incremental parser of an RTSP connection: messages mixed with interleaved frames, cut at any byte.

A recorder takes tens of thousands of frames a second through `receive`, so its loop makes nothing per
frame but one memoryview into the chunk it was given; only a frame cut by the chunk's end is copied.
"""

import re
import struct
from collections.abc import Callable, Mapping, Sequence, Sized
from typing import NamedTuple

import msgspec

from vedette.base.errors import LimitExceeded, PeerError
from vedette.protocols.rtsp.message import Headers, MalformedMessage, Message, Request, Response

_FRAME = 0x24  # "$", RFC 2326 §10.12
_frame_head = struct.Struct(">BBH").unpack_from
_BLANK = re.compile(rb"\n\r?\n")
_LEADING = re.compile(rb"[\r\n]*")
_START = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{0,31}(?:[ \t/]|\Z)")
_LENIENT_START = re.compile(rb"RTSP/|[A-Z_]{3,16} |[A-Z_]{0,16}\Z")
_START_MOST_BYTES = 34
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_VERSION = re.compile(r"[A-Za-z]{1,16}/[0-9]{1,3}\.[0-9]{1,3}")
_STATUS_LINE = re.compile(
    r"([A-Za-z]{1,16}/[0-9]{1,3}\.[0-9]{1,3})[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?", re.DOTALL
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(r"[0-9]{1,12}")
# A frame that looks like RTP or RTCP (version 2) on a small channel, or a response.
_RESUMPTION = re.compile(rb"\$[\x00-\x3f]..[\x80-\xbf]|RTSP/1\.", re.DOTALL)
_RESUMPTION_MOST_BYTES = 7
_ANSWER_BEGINS = b"RTSP/1."
_ANSWER = re.compile(rb"RTSP/1\.[0-9] [1-9][0-9]{2}[^\r\n]*\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)+\r\n")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one message may hold; more is answered with LimitExceeded."""

    head_bytes: int = 16 << 10
    headers: int = 100
    body_bytes: int = 1 << 20


class Interleaved(NamedTuple):
    """Consecutive frames of one channel. The views stay valid; they keep the chunk they point into alive."""

    channel: int
    packets: list[memoryview]


class Skipped(NamedTuple):
    """Bytes that were neither message nor frame, passed over by a lenient parser."""

    size_bytes: int


class Broken(NamedTuple):
    """The peer broke the rules for good: always the last event, the parser takes nothing after it."""

    error: PeerError


FrameTaker = Callable[[bytes, int], int]
Parsed = Request | Response | Interleaved | Skipped | Broken


class Parser:
    """Takes one direction of a connection; one parser serves one connection.

    A lenient parser (for clients, since cameras err) ignores header lines it cannot read and passes over
    garbage between messages up to the next response or plausible frame. Otherwise garbage breaks the
    connection. Source: RFC 2326 §4 to §7, §10.12.

    `takers` take a channel's frames where they lie, instead of an event: called with the chunk and the
    place of a whole frame, a taker returns the place behind the last frame that it took, one at least.
    `doubt` is called where garbage begins: the frame before it may not be what was meant. While answers are
    `due`, a lenient parser finds one also amid a frame; then both are whole.
    """

    def __init__(self, limits: Limits | None = None, *, is_lenient: bool = False) -> None:
        self._limits = limits or Limits()
        self._is_lenient = is_lenient
        self._rest = bytearray()  # what the last chunk began and did not finish
        self._head: Message | None = None  # read, and waiting for its body
        self._body_bytes = 0
        self._skipped = 0
        self._is_skipping = False
        self._is_broken = False
        self.takers: dict[int, FrameTaker] = {}
        self.doubt: Callable[[], None] = _no_doubt
        self.due: Sized = ()

    @property
    def is_between(self) -> bool:
        """Whether all that came was whole: a message or a frame begins with the next byte."""
        return not (self._rest or self._head or self._is_skipping or self._is_broken)

    def receive(self, data: bytes) -> list[Parsed]:
        """Take a chunk; what it completes, in order. Never raises: a peer's breach is a Broken event."""
        events: list[Parsed] = []
        if self._is_broken:
            return events
        try:
            if self.due and self._is_lenient:
                data = self._untangled(data, events)
            self._parse(data, events)
        except PeerError as error:
            self._is_broken = True
            self._rest = bytearray()
            events.append(Broken(error))
        return events

    def _parse(self, data: bytes, events: list[Parsed]) -> None:
        position = 0
        if self._rest:
            if self._rest[0] == _FRAME and self._head is None and not self._is_skipping:
                position = self._finish_frame(data, events)
            else:
                self._rest += data
                if self._head is not None and len(self._rest) < self._body_bytes:
                    return
                data = bytes(self._rest)
                self._rest = bytearray()
        end = len(data)
        while position < end:
            if self._head is not None:
                after = self._body(data, position, events)
            elif self._is_skipping:
                after = self._skip(data, position, events)
            elif data[position] == _FRAME:
                after = _frames(data, position, events, self.takers)
            else:
                after = self._message(data, position, events)
            if after < 0:
                self._rest += data[position:] if position else data
                return
            position = after

    def _untangled(self, data: bytes, events: list[Parsed]) -> bytes:
        """Take an answer out of the frame amid which it came; what is then to be parsed.

        Some cameras write answers with no regard to a frame that they have written in part.
        """
        is_amid = self._head is not None or self._is_skipping
        if is_amid or (_ANSWER_BEGINS not in data and _ANSWER_BEGINS not in self._rest):
            return data
        whole = bytes(self._rest) + data
        if (found := _ANSWER.search(whole)) is None:
            return data
        after = 0
        while after <= found.start():
            at = after
            if whole[at] != _FRAME:
                return data  # not amid a frame
            after = at + 4 + int.from_bytes(whole[at + 2 : at + 4], "big")
        if whole[after : after + 1] == b"$":
            return data  # a frame carries it
        head = _head(_text(found[0]), self._limits.headers, is_lenient=True)
        if _body_length(head.headers, self._limits.body_bytes):
            return data
        self._rest = bytearray()
        events.append(head)
        return whole[: found.start()] + whole[found.end() :]

    def _finish_frame(self, data: bytes, events: list[Parsed]) -> int:
        """Complete the frame at the head of `_rest`; how much of `data` that took."""
        rest = self._rest
        used = 0
        if len(rest) < 4:
            used = 4 - len(rest)
            rest += data[:used]
            if len(rest) < 4:
                return len(data)
        missing = 4 + (rest[2] << 8 | rest[3]) - len(rest)
        part = data[used : used + missing]
        rest += part
        if len(part) < missing:
            return len(data)
        whole = bytes(rest)
        self._rest = bytearray()
        if (taker := self.takers.get(whole[1])) is not None:
            taker(whole, 0)
        else:
            events.append(Interleaved(whole[1], [memoryview(whole)[4:]]))
        return used + missing

    def _message(self, data: bytes, position: int, events: list[Parsed]) -> int:
        """Read the head at `position`; where it ends, or -1 when it is not whole."""
        leading = _LEADING.match(data, position)
        start = leading.end() if leading else position
        if start > position:
            return start
        begins = _LENIENT_START if self._is_lenient else _START
        if not begins.match(data[start : start + _START_MOST_BYTES]):
            if not self._is_lenient:
                raise MalformedMessage(f"neither a message nor a frame: {data[start : start + 16]!r}")
            self._is_skipping = True
            self._skipped = 0
            self.doubt()
            return start
        most = self._limits.head_bytes
        blank = _BLANK.search(data, start, start + most)
        if blank is None:
            if len(data) - start >= most:
                raise LimitExceeded(f"a message head of more than {most} bytes")
            return -1
        try:
            head = _head(
                _text(data[start : blank.start()]), self._limits.headers, is_lenient=self._is_lenient
            )
            self._body_bytes = _body_length(head.headers, self._limits.body_bytes)
        except MalformedMessage:
            if not self._is_lenient:
                raise
            events.append(Skipped(blank.end() - start))
            self.doubt()
            return blank.end()
        if self._body_bytes:
            self._head = head
        else:
            events.append(head)
        return blank.end()

    def _body(self, data: bytes, position: int, events: list[Parsed]) -> int:
        after = position + self._body_bytes
        if after > len(data) or self._head is None:
            return -1
        events.append(msgspec.structs.replace(self._head, body=data[position:after]))
        self._head = None
        return after

    def _skip(self, data: bytes, position: int, events: list[Parsed]) -> int:
        found = _RESUMPTION.search(data, position)
        if found is None:
            kept = max(position, len(data) - _RESUMPTION_MOST_BYTES + 1)
            self._skipped += kept - position
            if kept > position:
                return kept
            return -1
        self._is_skipping = False
        self._skipped += found.start() - position
        events.append(Skipped(self._skipped))
        return found.start()


def _no_doubt() -> None:
    """Nobody takes frames."""


def _frames(data: bytes, position: int, events: list[Parsed], takers: Mapping[int, FrameTaker]) -> int:
    """Cut whole frames from `position` on; where they end, or -1 when not even one is whole."""
    view = memoryview(data)
    end = len(data)
    start = position
    channel = -1
    packets: list[memoryview] = []
    last = events[-1] if events else None
    if isinstance(last, Interleaved):
        channel, packets = last
    append = packets.append
    while position + 4 <= end:
        mark, on_channel, size = _frame_head(data, position)
        after = position + 4 + size
        if mark != _FRAME or after > end:
            break
        if (taker := takers.get(on_channel)) is not None:
            channel = -1
            position = taker(data, position)
            continue
        if on_channel != channel:
            channel = on_channel
            packets = []
            append = packets.append
            events.append(Interleaved(channel, packets))
        append(view[position + 4 : after])
        position = after
    return position if position > start else -1


def _head(text: str, most_headers: int, *, is_lenient: bool) -> Message:
    text = text.replace("\r\n", "\n").rstrip("\r")
    if not is_lenient and (control := _CONTROL.search(text)):
        raise MalformedMessage(f"control character {control[0]!r} in a message head")
    lines = _CONTROL.sub(" ", text).split("\n")
    headers = _headers(lines[1:], most_headers, is_lenient=is_lenient)
    first = lines[0].strip()
    status_line = _STATUS_LINE.fullmatch(first)
    if status_line is not None:
        version, status, reason = status_line.groups()
        return Response(status=int(status), reason=reason or "", headers=headers, version=version.upper())
    words = first.split()
    if len(words) < 3 or not _VERSION.fullmatch(words[-1]) or not _NAME.fullmatch(words[0]):
        raise MalformedMessage(f"neither a request line nor a status line: {first[:80]!r}")
    # A URL with a blank in it is wrong, and unambiguous all the same.
    url = first[len(words[0]) : -len(words[-1])].strip()
    return Request(method=words[0], url=url, headers=headers, version=words[-1].upper())


def _headers(lines: Sequence[str], most: int, *, is_lenient: bool) -> Headers:
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        name = "".join(name.split())
        if not colon or not _NAME.fullmatch(name):
            if is_lenient:
                continue
            raise MalformedMessage(f"a header line that is none: {line[:80]!r}")
        found.append((name, value.strip()))
        if len(found) > most:
            raise LimitExceeded(f"more than {most} header lines")
    return Headers(found)


def _body_length(headers: Headers, most: int) -> int:
    lengths = set(headers.all("Content-Length"))
    if not lengths:
        return 0
    value = lengths.pop()
    if lengths or not _LENGTH.fullmatch(value):
        raise MalformedMessage(f"Content-Length {sorted({value, *lengths})!r}"[:120])
    if int(value) > most:
        raise LimitExceeded(f"a body of {value} bytes, more than {most}")
    return int(value)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
