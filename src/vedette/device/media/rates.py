"""Frame rate, group length and bit rates of a stream, counted from what goes by."""

from collections.abc import Sequence
from typing import NamedTuple

from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind

MEASURED_OVER_S = 4
SOUND_OVER_S = 2  # the least of sound, which begins with the video or a little later
LONGEST_WAIT_S = 30  # for a second key frame
OUTAGE_S = 1  # of media time that something was lost in; a packet now and then does not matter
JUMP_S = 60  # where nothing was: there are slow cameras


class Rates(NamedTuple):
    """Frames per second, frames from one key frame to the next, and kilobits per second.

    `audio_kbps` is 0 where too little sound went by.
    """

    fps: float
    gop: int
    bitrate_kbps: float
    audio_kbps: float


class SoundMeter:
    """Counts the bits of an audio track over its latest stretch without a gap."""

    def __init__(self, track: Track) -> None:
        self.number = track.number
        self._hz = track.clock_hz
        self._begin_pts: int | None = None
        self._newest_pts = self._octets = self._newest_octets = 0

    def count(self, unit: AccessUnit) -> None:
        """Hear of the next unit of the track."""
        passed = unit.pts - self._newest_pts
        if self._begin_pts is None or unit.is_discontinuous or not 0 <= passed <= OUTAGE_S * self._hz:
            self._begin_pts, self._octets = unit.pts, 0
        else:
            self._octets += self._newest_octets
        self._newest_pts, self._newest_octets = unit.pts, len(unit.data)

    def kbps(self) -> float:
        """Kilobits per second, 0 while that does not tell yet."""
        ticks = 0 if self._begin_pts is None else self._newest_pts - self._begin_pts
        return self._octets * 8 * self._hz / ticks / 1000 if ticks >= SOUND_OVER_S * self._hz else 0


class RateMeter:
    """A sink that counts the first video and audio track of a stream from its latest key frame on.

    Whole groups of pictures are counted, since with B-frames nothing less tells how many pictures a time
    holds. In open groups pictures come behind a key frame that are shown before it: they are of the group
    before. The longest group counts: key frames that somebody asked for make others shorter.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._track: Track | None = None
        self._sound: SoundMeter | None = None
        self._begin_pts: int | None = None  # of the first key frame
        self._key_pts = 0  # of the latest key frame
        self._newest_pts = 0
        self._frames = 0  # from the first key frame on
        self._octets = 0
        self._whole = (0, 0, 0)  # frames, octets and ticks up to the latest key frame
        self._settled = (0, 0, 0)  # the same, where no more can come of the group before
        self._group = 0  # frames of the latest whole group
        self._longest = 0
        stream.attach(self, is_patient=True)
        self.receive(stream.kept_group)

    def end(self) -> None:
        """Count no more."""
        self._stream.detach(self)

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """See Sink."""
        self._track = next((each for each in tracks if each.kind is TrackKind.VIDEO), None)
        sounds = (SoundMeter(each) for each in tracks if each.kind is TrackKind.AUDIO)
        self._sound = next(sounds, None)
        self._restart()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """See Sink."""
        if self._track is None:
            return
        for unit in units:
            if unit.track == self._track.number:
                most_s = OUTAGE_S if unit.is_discontinuous else JUMP_S
                if abs(unit.pts - self._newest_pts) > most_s * self._track.clock_hz:
                    self._restart()
                if unit.is_key:
                    self._close_group(unit.pts)
                if self._begin_pts is not None:
                    self._count(unit)
            elif self._sound is not None and unit.track == self._sound.number:
                self._sound.count(unit)

    def rates(self) -> Rates | None:
        """What was counted, None while that does not tell yet."""
        if self._track is None or self._begin_pts is None:
            return None
        hz, so_far = self._track.clock_hz, self._newest_pts - self._begin_pts
        frames, octets, ticks = self._settled
        if ticks <= 0:
            if so_far < LONGEST_WAIT_S * hz:
                return None
            frames, octets, ticks = self._frames - 1, self._octets, so_far
        elif so_far < MEASURED_OVER_S * hz:
            return None
        kbps = octets * 8 * hz / ticks / 1000
        audio_kbps = 0 if self._sound is None else self._sound.kbps()
        return Rates(frames * hz / ticks, self._longest or frames, kbps, audio_kbps)

    def _restart(self) -> None:
        self._begin_pts = None
        self._key_pts = self._newest_pts = self._frames = self._octets = self._group = self._longest = 0
        self._whole = self._settled = (0, 0, 0)

    def _count(self, unit: AccessUnit) -> None:
        if unit.pts < self._key_pts:
            if self._key_pts == self._begin_pts:
                return  # of a group that was not counted
            frames, octets, ticks = self._whole
            self._whole = frames + 1, octets + len(unit.data), ticks
            self._group += 1
        elif not unit.is_key:
            self._settle()
        self._frames += 1
        self._octets += len(unit.data)
        self._newest_pts = max(self._newest_pts, unit.pts)

    def _settle(self) -> None:
        self._settled = self._whole
        self._longest = max(self._longest, self._group)

    def _close_group(self, pts: int) -> None:
        self._key_pts = pts
        if self._begin_pts is None:
            self._begin_pts = self._newest_pts = pts
            return
        self._settle()
        self._group = self._frames - self._whole[0]
        self._whole = self._frames, self._octets, pts - self._begin_pts
