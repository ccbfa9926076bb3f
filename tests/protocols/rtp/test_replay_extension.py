"""The replay extension: its bytes, its flags, its neighbours."""

from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.rtp.replay_extension import (
    ReplayStamp,
    build_replay_extension,
    join_extensions,
    split_extension,
)

STAMPS = st.builds(
    ReplayStamp,
    st.integers(0, 4_000_000_000_000_000),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 255),
)


@given(STAMPS, st.sampled_from((b"", b"\xff\xd8\0\0", b"\xff\xff\0\1abcd")))
def test_what_is_built_is_split(stamp: ReplayStamp, jpeg: bytes) -> None:
    whole = join_extensions(build_replay_extension(stamp), jpeg)
    found, rest = split_extension(memoryview(whole))
    assert found == stamp
    assert bytes(rest or b"") == jpeg
    assert int.from_bytes(whole[2:4], "big") * 4 + 4 == len(whole)


def test_the_bytes_are_those_of_the_standard() -> None:
    stamp = ReplayStamp(
        0, is_clean_point=True, is_section_end=False, is_discontinuous=True, is_terminal=True, cseq=0x1234
    )
    assert build_replay_extension(stamp).hex() == "abac000383aa7e8000000000b0340000"


def test_extensions_of_others_are_passed_over() -> None:
    assert split_extension(memoryview(b"\xbe\xde\0\1abcd")) == (None, None)
    assert split_extension(memoryview(b"\xab\xac\0\1abcd")) == (None, None)
    stamp, rest = split_extension(memoryview(b"\xab\xac\0\4" + bytes(12) + b"abcd"))
    assert stamp is not None
    assert rest is None
