"""Boxes of the ISO base media file format: writing them, and reading them within their bounds."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from vedette.base.errors import PeerError

HEADER_BYTES = 8
LARGE_HEADER_BYTES = 16  # with the 64-bit size
UUID_BYTES = 16
_HEADER = struct.Struct(">I4s")
MOST_CHILDREN = 100_000  # boxes in one container; a garbled file must not keep us busy


class MalformedFile(PeerError):
    """A file is not what the ISO base media file format allows; the message names the box."""


class BoxHeader(NamedTuple):
    """Where a box lies: `offset` and `size` cover the whole box, `header_bytes` what precedes its content.

    `size` is 0 where the box runs to the end of the file.
    """

    kind: bytes
    offset: int
    size: int
    header_bytes: int


class Box(NamedTuple):
    """A box that is wholly in memory, without its header."""

    kind: bytes
    content: memoryview


def box(kind: bytes, *payloads: bytes) -> bytes:
    """A box around its payloads; raises ValueError when it does not fit into a 32-bit size.

    Source: ISO/IEC 14496-12 §4.2.
    """
    size = HEADER_BYTES + sum(map(len, payloads))
    if size > 0xFFFF_FFFF:
        raise ValueError(f"box {kind!r} of {size} bytes needs a 64-bit size")
    return b"".join((size.to_bytes(4, "big"), kind, *payloads))


def full_box(kind: bytes, version: int, flags: int, *payloads: bytes) -> bytes:
    """A box that opens with a version (0-255) and 24 bits of flags. Source: ISO/IEC 14496-12 §4.2."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *payloads)


def uuid_box(usertype: bytes, *payloads: bytes) -> bytes:
    """A box of a private type, named by 16 bytes; players skip it."""
    return box(b"uuid", usertype, *payloads)


def large_box_header(kind: bytes, content_bytes: int) -> bytes:
    """The 16 bytes before `content_bytes` of content, with a 64-bit size."""
    return struct.pack(">I4sQ", 1, kind, LARGE_HEADER_BYTES + content_bytes)


def parse_header(data: bytes | memoryview, at: int, file_offset: int) -> BoxHeader | None:
    """The header at `at` in `data`, which lies at `file_offset` in the file; None when more bytes are needed.

    Raises MalformedFile when the size is smaller than the header.
    """
    if len(data) - at < HEADER_BYTES:
        return None
    size, kind = struct.unpack_from(">I4s", data, at)
    header_bytes = HEADER_BYTES
    if size == 1:
        if len(data) - at < LARGE_HEADER_BYTES:
            return None
        (size,) = struct.unpack_from(">Q", data, at + HEADER_BYTES)
        header_bytes = LARGE_HEADER_BYTES
    if size < header_bytes and size != 0:
        raise MalformedFile(f"box {kind!r} at {file_offset} claims {size} bytes")
    return BoxHeader(kind, file_offset, size, header_bytes)


def children(content: bytes | memoryview) -> Iterator[Box]:
    """The boxes in `content`, in order.

    Raises MalformedFile when one does not end within `content`, or when there are more than MOST_CHILDREN.
    """
    view = memoryview(content)
    at, whole = 0, len(view)
    for _ in range(MOST_CHILDREN):
        if at == whole:
            return
        if whole - at >= HEADER_BYTES:  # as nearly all are: a day has millions
            size, kind = _HEADER.unpack_from(view, at)
            if HEADER_BYTES <= size <= whole - at:
                yield Box(kind, view[at + HEADER_BYTES : at + size])
                at += size
                continue
        header = parse_header(view, at, at)
        if header is None:
            raise MalformedFile(f"{len(view) - at} stray bytes after the last box")
        end = at + header.size if header.size else len(view)
        if end > len(view):
            raise MalformedFile(f"box {header.kind!r} of {header.size} bytes runs over its container's end")
        yield Box(header.kind, view[at + header.header_bytes : end])
        at = end
    raise MalformedFile(f"more than {MOST_CHILDREN} boxes in one container")


def child(content: bytes | memoryview, kind: bytes) -> memoryview:
    """The content of the first child of that kind; raises MalformedFile when there is none."""
    for each in children(content):
        if each.kind == kind:
            return each.content
    raise MalformedFile(f"no box {kind!r}")


def fields(form: str, content: memoryview, at: int = 0) -> tuple[int, ...]:
    """Big-endian fields (`struct` letters) at `at`; raises MalformedFile when they run over the end."""
    try:
        return struct.unpack_from(">" + form, content, at)
    except struct.error as error:
        raise MalformedFile(f"a box ends before its fields {form!r} at {at}") from error


def uuid_content(content: memoryview, usertype: bytes) -> memoryview | None:
    """What follows `usertype` in the content of a `uuid` box, or None when it is another type."""
    if bytes(content[:UUID_BYTES]) != usertype:
        return None
    return content[UUID_BYTES:]
