"""Reads numbers of any width from bytes: the parameter sets of video and audio codecs."""

from vedette.base.errors import PeerError

BITS_MOST_BYTES = 4096  # a parameter set is rarely 100 bytes


class BitsExhausted(PeerError):
    """A bit string ended before the value that had to be in it."""


class BitReader:
    """Big-endian bits of a short byte string; reading past its end raises BitsExhausted."""

    def __init__(self, data: bytes) -> None:
        """Only the first 4096 bytes of `data` are looked at."""
        data = data[:BITS_MOST_BYTES]
        self._value = int.from_bytes(data, "big")
        self.left = len(data) * 8  # bits not read yet

    def read(self, count: int) -> int:
        """The next `count` bits as an unsigned number; 0 bits are 0."""
        if count > self.left:
            raise BitsExhausted(f"{count} bits wanted where {self.left} are left")
        self.left -= count
        return self._value >> self.left & ((1 << count) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return self.read(1) == 1

    def skip(self, count: int) -> None:
        """Pass over `count` bits."""
        self.read(count)

    def ue(self) -> int:
        """An unsigned Exp-Golomb number (ITU-T H.264 §9.1), at most 32 bits wide."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise BitsExhausted("an Exp-Golomb number of more than 32 bits")
        return (1 << zeros) - 1 + self.read(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number (ITU-T H.264 §9.1.1)."""
        number = self.ue()
        return (number + 1) // 2 if number & 1 else -(number // 2)
