"""One incoming track: RTP packets in, access units out, under the track they belong to."""

from collections.abc import Sequence
from typing import NamedTuple

from vedette.media.codecs.codec import Codec
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.clock import CameraClock, Times, TrackClock
from vedette.protocols.rtp.receiver import Received, RtpReceiver


class Batch(NamedTuple):
    """Units in order, all of one track; a track other than the last batch's has a new setup."""

    track: Track
    units: list[AccessUnit]


class TrackReceiver:
    """Receives one track. `receiver` takes its RTCP and gives its counts.

    `camera` is shared by all tracks of one camera. `times` replaces the live time line (ReplayClock).
    """

    def __init__(
        self,
        codec: Codec,
        track: Track,
        camera: CameraClock,
        *,
        payload_type: int | None = None,
        times: Times | None = None,
    ) -> None:
        self.track = track
        self._codec = codec
        self.receiver = RtpReceiver(
            codec.depacketizer(track),
            track.clock_hz,
            times or TrackClock(track.clock_hz, camera),
            payload_type=payload_type,
        )

    def receive(
        self, packets: Sequence[memoryview], now_utc_us: int, *, reorder: bool = False
    ) -> list[Batch]:
        """Take packets as RtpReceiver does; several batches when the setup changed."""
        received = self.receiver.receive(packets, now_utc_us, reorder=reorder)
        batches: list[Batch] = []
        units: list[AccessUnit] = []
        for each in received:
            if each.setup is not None:
                if units:
                    batches.append(Batch(self.track, units))
                    units = []
                self.track = self._codec.with_setup(self.track, each.setup)
            units.append(self._unit(each))
        if units:
            batches.append(Batch(self.track, units))
        return batches

    def _unit(self, received: Received) -> AccessUnit:
        return AccessUnit(
            track=self.track.number,
            utc_us=received.utc_us,
            pts=received.pts,
            data=received.data,
            is_key=received.is_key,
            is_discontinuous=received.is_discontinuous,
        )
