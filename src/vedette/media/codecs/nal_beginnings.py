"""What a payload of H.264 or H.265 is, told by how it begins, and remembered."""

import struct
from typing import TypeVar

from vedette.media.codecs.nal import NalFormat

FRAME_BYTES = 16  # before an interleaved packet's payload: RFC 2326 §10.12 and RFC 3550 §5.1
BEGINNINGS_MOST = 4096

Told = TypeVar("Told")


class Beginnings(dict[bytes, Told]):
    """What is told of payloads, by as many of their bytes as a fragment's head has.

    `unpack` takes an interleaved frame up to there: mark and channel, size; flags, type and sequence;
    timestamp and source; beginning of the payload.
    """

    def __init__(self, form: NalFormat) -> None:
        super().__init__()
        self.form = form
        self.unpack = struct.Struct(f">HHIQ{form.header_bytes + 1}s").unpack_from

    def __missing__(self, begun: bytes) -> Told:
        if len(self) >= BEGINNINGS_MOST:
            self.clear()
        told = self[begun] = self.tell(begun)
        return told

    def tell(self, begun: bytes) -> Told:
        """What a payload is that begins so."""
        raise NotImplementedError
