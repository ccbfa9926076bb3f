"""Several datagrams in one system call: Linux's `sendmmsg`, which Python's sockets do not have.

The messages name no receiver: they go to connected sockets, so one row of them serves every viewer.
"""

import ctypes
import socket
import struct
from collections.abc import Callable, Sequence

from vedette.protocols.rtp.runs import Run

UDP_SEGMENT = 103  # linux/udp.h: the kernel cuts one buffer into datagrams of this size
_SEGMENT = struct.Struct("=H")
_CONTROL = struct.Struct("@NiiH0N")  # cmsghdr, the size, and what aligns it


class _Buffer(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("buffers", ctypes.POINTER(_Buffer)),
        ("buffer_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Counted(ctypes.Structure):
    _fields_ = (("message", _Message), ("length", ctypes.c_uint))


def segmented(size: int) -> tuple[int, int, bytes]:
    """The ancillary data that has a buffer cut into datagrams of this size."""
    return socket.IPPROTO_UDP, UDP_SEGMENT, _SEGMENT.pack(size)


class Messages:
    """Runs as `sendmmsg` takes them: `send_together(descriptor, address, count, 0)`.

    Belongs to the runs; the address holds as long as this does.
    """

    __slots__ = ("_kept", "address", "count")

    def __init__(self, runs: Sequence[Run]) -> None:
        self.count = len(runs)
        row, buffers = (_Counted * self.count)(), (_Buffer * self.count)()
        self._kept: list[object] = [row, buffers]
        self.address = ctypes.addressof(row)
        for place, (data, size, packets) in enumerate(runs):
            buffers[place].base, buffers[place].length = self._place(bytes(data)), len(data)
            message = row[place].message
            message.buffers, message.buffer_count = ctypes.pointer(buffers[place]), 1
            if packets > 1:
                length = socket.CMSG_LEN(_SEGMENT.size)
                control = _CONTROL.pack(length, socket.IPPROTO_UDP, UDP_SEGMENT, size)
                message.control, message.control_length = self._place(control), len(control)

    def _place(self, data: bytes) -> int | None:
        """Where the bytes lie, which are kept there."""
        held = ctypes.c_char_p(data)
        self._kept.append(held)
        return ctypes.cast(held, ctypes.c_void_p).value


SendTogether = Callable[[int, int, int, int], int]


def _found() -> SendTogether | None:
    try:
        call = ctypes.CDLL(None, use_errno=True).sendmmsg
    except (OSError, AttributeError):
        return None  # not Linux: datagrams go one call each
    call.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    call.restype = ctypes.c_int
    return call


# How many messages the system took; -1, and ctypes.get_errno() says why, when it did not take the first.
send_together = _found()
