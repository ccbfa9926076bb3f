"""Runs of packets: put together, and parted again."""

from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.rtp.runs import SEGMENTS_MOST, SEGMENTS_MOST_BYTES, Run, parted, uniform_runs

PACKETS = st.lists(
    st.one_of(st.binary(min_size=1, max_size=9), st.sampled_from([bytes(1412), bytes(1400), bytes(700)])),
    max_size=200,
)


def packets_of(run: Run) -> list[bytes]:
    data, each, count = run
    assert (count - 1) * each < len(data) <= count * each
    return [bytes(data[i * each : (i + 1) * each]) for i in range(count)]


@given(PACKETS)
def test_runs_hold_every_packet_and_fit_one_send(packets: list[bytes]) -> None:
    runs = uniform_runs(packets)
    assert [packet for run in runs for packet in packets_of(run)] == packets
    assert all(run.packet_count <= SEGMENTS_MOST and len(run.data) <= SEGMENTS_MOST_BYTES for run in runs)


@given(PACKETS, st.integers(min_value=-5, max_value=200_000))
def test_a_part_has_as_many_packets_as_fit_and_the_rest_has_the_others(
    packets: list[bytes], most_bytes: int
) -> None:
    first, rest = parted(uniform_runs(packets), most_bytes)
    of_first, of_rest = ([packet for run in part for packet in packets_of(run)] for part in (first, rest))
    assert of_first + of_rest == packets
    size = sum(map(len, of_first))
    assert not of_first or size <= most_bytes
    # The packets of a run count as its longest: a shorter last one may stay behind.
    assert not of_rest or size + rest[0].segment_bytes > most_bytes
