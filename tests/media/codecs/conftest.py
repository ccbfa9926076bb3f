"""Packets of one track in, its units out, as a client receives them."""

from collections.abc import Callable, Sequence

import pytest

from vedette.media.codecs import codec_named
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.clock import CameraClock, TrackClock
from vedette.protocols.rtp.receiver import RtpReceiver

Receive = Callable[[Track, Sequence[Sequence[bytes]]], tuple[list[AccessUnit], Track]]


def received(track: Track, batches: Sequence[Sequence[bytes]]) -> tuple[list[AccessUnit], Track]:
    """The units of batches that come 40 ms apart, and the track as the band left it."""
    codec = codec_named(track.codec)
    receiver = RtpReceiver(
        codec.depacketizer(track), track.clock_hz, TrackClock(track.clock_hz, CameraClock()), payload_type=96
    )
    units: list[AccessUnit] = []
    for place, packets in enumerate(batches):
        views = [memoryview(packet) for packet in packets]
        for each in receiver.receive(views, 1_700_000_000_000_000 + 40_000 * place):
            if each.setup is not None:
                track = codec.with_setup(track, each.setup)
            units.append(
                AccessUnit(
                    track=track.number,
                    utc_us=each.utc_us,
                    pts=each.pts,
                    data=each.data,
                    is_key=each.is_key,
                    is_discontinuous=each.is_discontinuous,
                )
            )
    return units, track


@pytest.fixture(scope="session")
def receive() -> Receive:
    """`received`, for tests that share it."""
    return received
