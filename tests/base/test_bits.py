"""Bit strings: what was written is read, what is missing is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.base.bits import BitReader, BitsExhausted


def exp_golomb(number: int) -> str:
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def packed(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return int(bits or "0", 2).to_bytes(len(bits) // 8, "big")


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(0)).map(lambda each: (each[0], each[1] % (1 << each[0])))
    )
)
def test_numbers_of_any_width_are_read_back(numbers: list[tuple[int, int]]) -> None:
    bits = BitReader(packed("".join(f"{value:0{width}b}" for width, value in numbers)))
    assert [bits.read(width) for width, _ in numbers] == [value for _, value in numbers]


@given(st.lists(st.integers(0, 1 << 31)))
def test_unsigned_exp_golomb_numbers_are_read_back(numbers: list[int]) -> None:
    bits = BitReader(packed("".join(map(exp_golomb, numbers))))
    assert [bits.ue() for _ in numbers] == numbers


@given(st.lists(st.integers(-(1 << 30), 1 << 30)))
def test_signed_exp_golomb_numbers_are_read_back(numbers: list[int]) -> None:
    written = (2 * number - 1 if number > 0 else -2 * number for number in numbers)
    bits = BitReader(packed("".join(map(exp_golomb, written))))
    assert [bits.se() for _ in numbers] == numbers


def test_reading_past_the_end_is_refused() -> None:
    bits = BitReader(b"\xff")
    bits.skip(6)
    with pytest.raises(BitsExhausted, match="3 bits wanted where 2 are left"):
        bits.read(3)
    with pytest.raises(BitsExhausted):
        BitReader(bytes(8)).ue()
