"""Session descriptions: typed, read tolerantly, written strictly. Source: RFC 4566, RFC 8866."""

import re
from collections.abc import Iterable

import msgspec

from vedette.base.errors import LimitExceeded, PeerError

SDP_MOST_BYTES = 256 << 10
LINES_MOST = 4096
MEDIA_MOST = 64

_MEDIA = re.compile(r"(\S+)\s+(\d{1,5})(?:/(\d{1,5}))?\s+(\S+)((?:\s+\S+)*)", re.ASCII)
_BREAK = re.compile(r"\r\n|\n|\r")
_LINE_END = re.compile(r"[\r\n\0]")


class NoSessionDescription(PeerError):
    """A text without a single line of a session description."""


class Attribute(msgspec.Struct, frozen=True):
    """One `a=` line: a flag when `value` is None."""

    name: str
    value: str | None = None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The `o=` line. The version counts changes of the description. Source: RFC 4566 §5.2."""

    username: str = "-"
    session_id: str = "0"
    session_version: str = "0"
    net_type: str = "IN"
    address_type: str = "IP4"
    address: str = "0.0.0.0"


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """The `c=` line; a multicast `address` may end in `/ttl` or `/ttl/count`. Source: RFC 4566 §5.7."""

    address: str
    net_type: str = "IN"
    address_type: str = "IP4"


class Bandwidth(msgspec.Struct, frozen=True):
    """A `b=` line: `AS` in kbit/s, `TIAS`, `RS` and `RR` in bit/s. Source: RFC 4566 §5.8, RFC 3890."""

    kind: str
    value: int


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    """What session and media have in common."""

    information: str | None = None
    connection: Connection | None = None
    bandwidths: tuple[Bandwidth, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    def has(self, name: str) -> bool:
        """Whether an attribute of that name is there, as flag or with a value."""
        return any(each.name == name for each in self.attributes)

    def attribute(self, name: str) -> str | None:
        """The first value of that attribute, or None."""
        return next(
            (each.value for each in self.attributes if each.name == name and each.value is not None), None
        )

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that attribute, in order."""
        return tuple(each.value for each in self.attributes if each.name == name and each.value is not None)

    @property
    def control(self) -> str | None:
        """The control URL as written. Source: RFC 2326 C.1.1."""
        return self.attribute("control")

    @property
    def direction(self) -> str | None:
        """`sendonly`, `recvonly`, `sendrecv`, `inactive`, or None where nothing is said."""
        directions = ("sendonly", "recvonly", "sendrecv", "inactive")
        return next((each.name for each in self.attributes if each.name in directions), None)


class MediaDescription(_Section, frozen=True, kw_only=True):
    """One `m=` line and what belongs to it. `formats` are payload types for RTP profiles."""

    kind: str
    port: int = 0
    port_count: int = 1
    protocol: str = "RTP/AVP"
    formats: tuple[str, ...] = ()

    @property
    def payload_types(self) -> tuple[int, ...]:
        """The RTP payload types among the formats, in order of preference."""
        return tuple(int(each) for each in self.formats if _is_number(each) and int(each) < 128)

    def rtpmap(self, payload_type: int) -> str | None:
        """`H264/90000` and the like, or None where the payload type is a static one or not explained."""
        return self._of_payload_type("rtpmap", payload_type)

    def fmtp(self, payload_type: int) -> str | None:
        """The format parameters of a payload type, or None."""
        return self._of_payload_type("fmtp", payload_type)

    def frame_size(self, payload_type: int) -> tuple[int, int] | None:
        """Width and height by `framesize` (RFC 6064 §4.1) or `x-dimensions`, None where neither tells."""
        told = self._of_payload_type("framesize", payload_type) or self.attribute("x-dimensions") or ""
        width, _, height = told.replace(",", "-").partition("-")
        sizes = [int(each) for each in (width.strip(), height.strip()) if _is_number(each)]
        return (sizes[0], sizes[1]) if len(sizes) == 2 and all(0 < each < 1 << 16 for each in sizes) else None

    def _of_payload_type(self, name: str, payload_type: int) -> str | None:
        for value in self.all(name):
            number, _, rest = value.strip().partition(" ")
            if _is_number(number) and int(number) == payload_type:
                return rest.strip()
        return None


class SessionDescription(_Section, frozen=True, kw_only=True):
    """A whole description. `times` are the `t=` lines as written."""

    origin: Origin = Origin()
    name: str = "-"
    uri: str | None = None
    times: tuple[str, ...] = ("0 0",)
    media: tuple[MediaDescription, ...] = ()

    def to_text(self) -> str:
        """The description in the standard's order with CRLF; line breaks inside values become blanks."""
        origin = self.origin
        lines = [
            "v=0",
            f"o={origin.username} {origin.session_id} {origin.session_version} "
            f"{origin.net_type} {origin.address_type} {origin.address}",
            f"s={self.name}",
        ]
        if self.information is not None:
            lines.append(f"i={self.information}")
        if self.uri is not None:
            lines.append(f"u={self.uri}")
        lines += _connection_lines(self)
        lines += [f"t={time}" for time in self.times]
        lines += _attribute_lines(self.attributes)
        for media in self.media:
            count = "" if media.port_count == 1 else f"/{media.port_count}"
            lines.append(
                " ".join((f"m={media.kind}", f"{media.port}{count}", media.protocol, *media.formats))
            )
            if media.information is not None:
                lines.append(f"i={media.information}")
            lines += _connection_lines(media)
            lines += _attribute_lines(media.attributes)
        return "".join(_LINE_END.sub(" ", line) + "\r\n" for line in lines)


def parse_sdp(data: bytes | str) -> SessionDescription:
    """A description as real devices send it.

    Any order, any line ends, missing lines, junk between lines, Latin-1 where it is not UTF-8; what
    cannot be read is left out. Raises NoSessionDescription when nothing at all could be read,
    LimitExceeded beyond the limits of this file.
    """
    if len(data) > SDP_MOST_BYTES:
        raise LimitExceeded(f"a session description of {len(data)} bytes, more than {SDP_MOST_BYTES}")
    session, media = _sections(_BREAK.split(_decoded(data)))
    common = _common(session)
    fields = dict(session)
    origin = _origin(fields.get("o", ""))
    return SessionDescription(
        origin=origin,
        name=fields.get("s", "-"),
        uri=fields.get("u"),
        times=tuple(value for kind, value in session if kind == "t"),
        media=tuple(each for each in map(_media, media) if each is not None),
        information=fields.get("i"),
        connection=common.connection,
        bandwidths=common.bandwidths,
        attributes=common.attributes,
    )


_Lines = list[tuple[str, str]]


def _sections(lines: Iterable[str]) -> tuple[_Lines, list[_Lines]]:
    """The session's lines, and those of each media section, `m=` first."""
    session: _Lines = []
    media: list[_Lines] = []
    count = 0
    for line in lines:
        text = line.strip("\ufeff \t\0")
        if len(text) < 2 or text[1] != "=" or not text[0].isalpha():
            continue
        count += 1
        if count > LINES_MOST:
            raise LimitExceeded(f"a session description of more than {LINES_MOST} lines")
        kind, value = text[0].lower(), text[2:].strip()
        if kind == "m":
            media.append([])
            if len(media) > MEDIA_MOST:
                raise LimitExceeded(f"a session description of more than {MEDIA_MOST} media")
        (media[-1] if media else session).append((kind, value))
    if not count:
        raise NoSessionDescription("no line of a session description")
    return session, media


def _media(lines: _Lines) -> MediaDescription | None:
    found = _MEDIA.fullmatch(lines[0][1])
    if found is None:
        return None
    common = _common(lines[1:])
    port = int(found[2])
    return MediaDescription(
        kind=found[1].lower(),
        port=port if port < 65536 else 0,
        port_count=max(1, int(found[3] or 1)),
        protocol=found[4],
        formats=tuple(found[5].split()),
        information=common.information,
        connection=common.connection,
        bandwidths=common.bandwidths,
        attributes=common.attributes,
    )


def _common(lines: _Lines) -> _Section:
    information = next((value for kind, value in lines if kind == "i"), None)
    connections = (_connection(value) for kind, value in lines if kind == "c")
    bandwidths = (_bandwidth(value) for kind, value in lines if kind == "b")
    return _Section(
        information=information,
        connection=next((each for each in connections if each is not None), None),
        bandwidths=tuple(each for each in bandwidths if each is not None),
        attributes=tuple(_attribute(value) for kind, value in lines if kind == "a" and value),
    )


def _origin(value: str) -> Origin:
    words = value.split()
    if len(words) < 6:
        return Origin()
    return Origin(
        username=words[0],
        session_id=words[1],
        session_version=words[2],
        net_type=words[3],
        address_type=words[4],
        address=words[5],
    )


def _connection(value: str) -> Connection | None:
    words = value.split()
    if len(words) < 3:
        return None
    return Connection(net_type=words[0], address_type=words[1], address=words[2])


def _bandwidth(value: str) -> Bandwidth | None:
    kind, colon, number = value.partition(":")
    number = number.strip()
    if not colon or not _is_number(number) or not kind.strip():
        return None
    return Bandwidth(kind.strip(), int(number))


def _attribute(value: str) -> Attribute:
    name, colon, rest = value.partition(":")
    return Attribute(name.strip(), rest.strip() if colon else None)


def _connection_lines(section: _Section) -> list[str]:
    lines = []
    if (connection := section.connection) is not None:
        lines.append(f"c={connection.net_type} {connection.address_type} {connection.address}")
    lines += [f"b={bandwidth.kind}:{bandwidth.value}" for bandwidth in section.bandwidths]
    return lines


def _attribute_lines(attributes: Iterable[Attribute]) -> list[str]:
    return [f"a={each.name}" if each.value is None else f"a={each.name}:{each.value}" for each in attributes]


def _decoded(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
