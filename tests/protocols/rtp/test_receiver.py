"""Reception: order, loss, doubles, new sources, and the reports about them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.rtp.packets import build_packet

from vedette.base.timestamps import ntp_from_utc_us
from vedette.protocols.rtp.clock import CameraClock, TrackClock
from vedette.protocols.rtp.payload import Assembled, FrameOpening, TakenUnits
from vedette.protocols.rtp.receiver import Received, RtpReceiver
from vedette.protocols.rtp.rtcp import SenderReport
from vedette.protocols.rtp.runs import interleaved

START_US = 1_700_000_000_000_000
TICKS = 900


class OneByOne:
    """Each packet is a unit; a payload that begins with `+` may be continued by `-` payloads."""

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []

    def take_units(self, data: bytes, at: int, opening: FrameOpening) -> TakenUnits | None:
        return None

    def take_frames(self, data: bytes, at: int, opening: FrameOpening) -> tuple[int, int]:
        count = 0
        while at < len(data):
            after = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
            head = (
                int.from_bytes(data[at : at + 2], "big"),
                int.from_bytes(data[at + 4 : at + 6], "big"),
                int.from_bytes(data[at + 6 : at + 8], "big"),
                int.from_bytes(data[at + 8 : at + 16], "big"),
            )
            if head != opening._replace(expected=opening.expected + count) or data[at + 16 : at + 17] != b"-":
                break
            self.pieces.append(data[at + 17 : after])
            at, count = after, count + 1
        return at, count

    def receive(
        self,
        payload: memoryview,
        rtp_timestamp: int,
        *,
        marker: bool,
        lost: bool,
        extension: memoryview | None = None,
    ) -> list[Assembled]:
        if payload[:1] == b"+":
            self.pieces.append(payload[1:])
            return []
        data = b"".join([*self.pieces, payload])
        self.pieces.clear()
        return [Assembled(data, is_key=True, rtp_timestamp=rtp_timestamp, is_discontinuous=lost, setup=None)]

    def abandon(self) -> None:
        self.pieces.clear()

    def finish(self) -> list[Assembled]:
        return []


def receiver(payload_type: int | None = 96) -> RtpReceiver:
    return RtpReceiver(OneByOne(), 90_000, TrackClock(90_000, CameraClock()), payload_type=payload_type)


def packet(
    number: int, *, ssrc: int = 1, payload_type: int = 96, first: int = 0xFFF0, text: str = ""
) -> memoryview:
    return memoryview(
        build_packet(
            (text or f"unit {number:04}").encode(),
            payload_type=payload_type,
            sequence=first + number,
            timestamp=number * TICKS,
            ssrc=ssrc,
            marker=True,
        )
    )


def numbers(units: list[Received]) -> list[int]:
    return [int(unit.data[5:]) for unit in units]


def fed(
    to: RtpReceiver, packets: list[memoryview], *, reorder: bool = False, now_us: int = START_US
) -> list[Received]:
    units: list[Received] = []
    for place, each in enumerate(packets):
        units += to.receive([each], now_us + place * 10_000, reorder=reorder)
    return units


def test_packets_that_continue_a_unit_are_taken_in_one_go() -> None:
    to = receiver()
    texts = ["+one.", "-two.", "-three.", "end."]
    packets = [
        memoryview(
            build_packet(
                text.encode(), payload_type=96, sequence=place, timestamp=5, ssrc=1, marker=text == "end."
            )
        )
        for place, text in enumerate(texts)
    ]
    chunk = interleaved([bytes(each) for each in packets], 0)
    units: list[Received] = []
    assert to.receive_frames(chunk, 0, 0, START_US, units) == len(chunk)
    assert [unit.data for unit in units] == [b"one.two.three.end."]
    assert to.packets_lost == to.packets_refused == 0


def test_a_gap_on_tcp_is_told_at_once() -> None:
    units = fed(receiver(), [packet(number) for number in (0, 1, 4, 5)])
    assert numbers(units) == [0, 1, 4, 5]
    assert [unit.is_discontinuous for unit in units] == [False, False, True, False]


@settings(max_examples=60)
@given(st.data())
def test_packets_that_overtake_others_a_little_are_put_in_order(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 80))
    delays = data.draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    order = sorted(range(1, count + 1), key=lambda number: number + delays[number - 1])
    doubled = data.draw(st.lists(st.sampled_from(order), max_size=5))
    to = receiver()
    units = fed(to, [packet(0)], reorder=True)
    units += to.receive([packet(number) for number in [*order, *doubled]], START_US, reorder=True)
    assert numbers(units) == list(range(count + 1))
    assert not any(unit.is_discontinuous for unit in units)
    assert to.packets_refused == len(doubled)


def test_a_packet_that_never_comes_is_given_up_by_count() -> None:
    to = receiver()
    packets = [packet(number) for number in range(100) if number != 10]
    units = to.receive(packets[:10], START_US, reorder=True)
    assert numbers(to.receive(packets[10:72], START_US, reorder=True)) == []
    units += to.receive(packets[72:], START_US, reorder=True)
    assert numbers(units) == [number for number in range(100) if number != 10]
    assert [unit.pts // TICKS for unit in units if unit.is_discontinuous] == [11]
    assert to.packets_lost == 1


def test_a_packet_that_never_comes_is_given_up_by_time() -> None:
    to = receiver()
    assert numbers(to.receive([packet(0), packet(2)], START_US, reorder=True)) == [0]
    assert numbers(to.receive([packet(3)], START_US + 100_000, reorder=True)) == []
    assert numbers(to.receive([packet(4)], START_US + 300_000, reorder=True)) == [2, 3, 4]


def test_nothing_waits_longer_for_another_packet_that_is_lost() -> None:
    to = receiver()
    assert numbers(to.receive([packet(0), packet(2), packet(4), packet(6)], START_US, reorder=True)) == [0]
    assert numbers(to.receive([], START_US + 300_000, reorder=True)) == [2, 4, 6]


def test_what_waits_is_given_at_the_end() -> None:
    to = receiver()
    assert numbers(to.receive([packet(0), packet(2), packet(4)], START_US, reorder=True)) == [0]
    assert numbers(to.finish(START_US)) == [2, 4]
    assert to.packets_lost == 2


def test_a_late_packet_is_dropped() -> None:
    units = fed(receiver(), [packet(number) for number in (0, 1, 3, 2, 4, 4, 5)])
    assert numbers(units) == [0, 1, 3, 4, 5]


def test_a_new_source_is_taken_once_two_packets_follow_each_other() -> None:
    to = receiver()
    units = fed(to, [packet(0), packet(1), packet(70, ssrc=9, first=500), packet(2)])
    assert numbers(units) == [0, 1, 2]
    units = fed(to, [packet(number, ssrc=9, first=500) for number in (3, 4, 5)], now_us=START_US + 40_000)
    assert numbers(units) == [3, 4, 5]
    assert [unit.is_discontinuous for unit in units] == [True, False, False]
    assert to.ssrc == 9


def test_a_source_that_begins_anew_is_followed() -> None:
    to = receiver()
    fed(to, [packet(number, first=0) for number in range(3000, 3010)])
    units = fed(to, [packet(number, first=0) for number in (5, 6, 7)])
    assert numbers(units) == [5, 6, 7]
    assert [unit.is_discontinuous for unit in units] == [True, False, False]


def test_a_stray_packet_from_long_ago_does_not_come_back_with_a_new_beginning() -> None:
    to = receiver()
    fed(to, [packet(number, first=0) for number in range(3000, 3010)])
    assert fed(to, [packet(5, first=0)]) == []
    fed(to, [packet(number, first=0) for number in range(3010, 3020)])
    units = fed(to, [packet(number, first=0) for number in (6, 7)], now_us=START_US + 60_000_000)
    assert numbers(units) == [6, 7]


def test_other_payload_types_and_reports_on_the_same_port_are_passed_over() -> None:
    to = receiver()
    odd = [
        memoryview(b""),
        memoryview(b"\x80\xc8\0\6" + bytes(24)),
        packet(7, payload_type=97),
        memoryview(b"\x80" * 14),
    ]
    units = fed(to, [packet(0), *odd, packet(1)])
    assert numbers(units) == [0, 1]
    assert to.packets_refused == 4


def test_the_payload_type_of_the_first_packet_counts_when_none_is_given() -> None:
    units = fed(receiver(None), [packet(0, payload_type=107), packet(1), packet(1, payload_type=107)])
    assert numbers(units) == [0, 1]


def test_reports_state_what_was_lost_since_the_last_and_ever() -> None:
    to = receiver()
    assert to.report_block(START_US) is None
    fed(to, [packet(number) for number in range(100) if number % 4])
    block = to.report_block(START_US)
    assert block is not None
    assert (block.ssrc, block.lost, block.fraction_lost) == (1, 24, 24 * 256 // 99)
    assert block.highest_sequence == 0xFFF0 + 99
    fed(to, [packet(number) for number in range(100, 200)], now_us=START_US + 1_000_000)
    again = to.report_block(START_US)
    assert again is not None
    assert (again.lost, again.fraction_lost, again.highest_sequence) == (24, 0, 0xFFF0 + 199)


def test_reports_answer_the_latest_sender_report() -> None:
    to = receiver()
    fed(to, [packet(0)])
    to.receive_report(SenderReport(1, ntp_from_utc_us(START_US), 0, 1, 8), START_US)
    to.receive_report(SenderReport(7, ntp_from_utc_us(0), 0, 1, 8), START_US + 1)
    block = to.report_block(START_US + 1_500_000)
    assert block is not None
    assert block.last_report == ntp_from_utc_us(START_US) >> 16 & 0xFFFF_FFFF
    assert block.delay == 98_304


def test_jitter_is_nothing_for_packets_on_time_and_grows_with_their_delays() -> None:
    steady, shaken = receiver(), receiver()
    for number in range(200):
        steady.receive([packet(number)], START_US + number * 10_000)
        shaken.receive([packet(number)], START_US + number * 10_000 + number % 2 * 5000)
    quiet, loud = steady.report_block(START_US), shaken.report_block(START_US)
    assert quiet is not None
    assert loud is not None
    assert quiet.jitter == 0
    assert 400 <= loud.jitter <= 450
