"""Parts of what HTTP sends, asked for by their bytes. Source: RFC 9110 §13.1.5, §14."""

import re
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.protocols.http1.request import Headers

_RANGE = re.compile(r"bytes=\s*([0-9]{0,19})-([0-9]{0,19})\s*", re.IGNORECASE)


class NotSatisfiable(PeerError):
    """Nothing of what there is lies in the range that was asked for."""


class ByteRange(NamedTuple):
    """Bytes from `begin` on, to the one before `end`."""

    begin: int
    end: int

    def of(self, size: int) -> str:
        """As Content-Range tells it."""
        return f"bytes {self.begin}-{self.end - 1}/{size}"


def wanted_range(headers: Headers, size: int, tag: str) -> ByteRange | None:
    """Which bytes a GET asks for, of so many whose entity tag is `tag`; None for all of them.

    Several ranges at once, units other than bytes and what is no range are not heeded, and no range is where
    If-Range names another tag. Raises NotSatisfiable.
    """
    found = _RANGE.fullmatch(headers.get("range").strip())
    if found is None or headers.get("if-range", tag).strip() != tag:
        return None
    first, last = found.groups()
    if not first:
        if not last:
            return None
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < begin:
            return None
    if begin >= size:
        raise NotSatisfiable(f"there are {size} bytes")
    return ByteRange(begin, end)
