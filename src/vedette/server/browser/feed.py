"""Units as the fragments a browser's MediaSource takes."""

from collections.abc import Callable, Sequence

import msgspec

from vedette.base.errors import PeerError
from vedette.media.codecs import codec_named
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.h264 import H264
from vedette.media.codecs.h265 import SPS, parse_sps
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.movie import MovieTrack, file_type, fragmented_movie
from vedette.storage.assembly import Assembler

SILENCE_MOST_US = 1_500_000  # of pictures without their sound: where that ends a browser stands still
APART_MOST_US = 500_000  # pictures that are further apart have something missing between them


class NotPlayable(Exception):
    """No track of the stream can be played by a browser."""


class PictureGroups:
    """Puts units together that only make sense together: a picture, those shown before it, the sound around.

    What comes out ends where the next group begins, so that the time of the last picture is known.
    """

    def __init__(self, video: int) -> None:
        self._video = video
        self._held: list[AccessUnit] = []
        self._highest = 0

    def take(self, units: Sequence[AccessUnit]) -> tuple[list[AccessUnit], int]:
        """The units that are ready, and the media time at which the next picture is due."""
        end = 0
        for unit in units:
            if unit.track == self._video and (unit.is_key or unit.pts > self._highest):
                self._highest = unit.pts
                end = len(self._held)
            self._held.append(unit)
        ready, self._held = self._held[:end], self._held[end:]
        pictures = [unit.pts for unit in ready if unit.track == self._video]
        if not pictures:
            return ready, 0
        if pictures[-1] == max(pictures):
            return ready, self._held[0].pts
        last_but_one, last = sorted(pictures)[-2:]  # the next picture to be decoded is not the next one shown
        return ready, last + last - last_but_one


class Feed:
    """One stream's init segment and fragments; holds the tracks that browsers can play, video first.

    Raises NotPlayable when there is no H.264 or H.265 video among `tracks`. Which of it a browser can play it
    finds out itself, by `mime`.
    """

    def __init__(self, tracks: Sequence[Track]) -> None:
        video = next((t for t in tracks if t.kind is TrackKind.VIDEO and t.codec in PLAYABLE), None)
        if video is None:
            found = ", ".join(track.codec for track in tracks if track.kind is TrackKind.VIDEO)
            raise NotPlayable(f"browsers cannot play {found}" if found else "there is no video")
        audio = next((t for t in tracks if t.kind is TrackKind.AUDIO and t.codec in PLAYABLE), None)
        self._tracks = (video,) if audio is None else (video, audio)
        try:
            self._codecs = ",".join(PLAYABLE[track.codec](track) for track in self._tracks)
        except PeerError as error:
            raise NotPlayable(f"{video.codec} that browsers cannot be told of: {error}") from error
        self._numbers = frozenset(track.number for track in self._tracks)
        self._video = video.number
        self._assembler: Assembler | None = None
        self._silent_until_us: int | None = None  # sound from before is left out
        self._latest_us = self._silent_us = 0  # of the pictures; how much of them since there was sound
        self._groups = PictureGroups(video.number)

    @property
    def mime(self) -> str:
        """The type for MediaSource.addSourceBuffer. Source: RFC 6381 §3.3."""
        return f'video/mp4; codecs="{self._codecs}"'

    def lacks_sound(self, units: Sequence[AccessUnit]) -> bool:
        """Whether the sound stays away while the pictures go on, up to these units, which come next.

        Some cameras announce sound and never send it, others stop. What is missing of both does not count.
        """
        for unit in units if len(self._tracks) > 1 else ():
            if unit.track == self._video:
                apart_us = unit.utc_us - (self._latest_us or unit.utc_us)
                self._silent_us += min(max(0, apart_us), APART_MOST_US)
                self._latest_us = max(self._latest_us, unit.utc_us)
            elif unit.track in self._numbers:
                self._silent_us = 0
        return self._silent_us > SILENCE_MOST_US

    def without_sound(self) -> "Feed":
        """A feed of the same pictures alone."""
        return Feed(self._tracks[:1])

    def init_segment(self, utc_us: int) -> bytes:
        """The head of the file, media time zero being `utc_us`."""
        movie_tracks = [
            MovieTrack(
                track.number + 1,
                track.kind.value,
                track.clock_hz,
                [codec_named(track.codec).sample_entry(track)],
                track.width,
                track.height,
            )
            for track in self._tracks
        ]
        return file_type(is_fragmented=True) + fragmented_movie(movie_tracks, utc_us)[0]

    def live_fragments(self, units: Sequence[AccessUnit]) -> bytes:
        """Units as they come as fragments; the latest picture waits for the next one, which tells its length.

        Without that a browser takes a picture that was left out for a jump in time, and drops everything up
        to the next key frame.
        """
        ready, following = self._groups.take(units)
        return self.fragments(ready, following) if ready else b""

    def fragments(self, units: Sequence[AccessUnit], following: int | None = None) -> bytes:
        """Units as fragments, one after the other; nothing from before the first key frame.

        Sound often comes behind the picture that was captured after it. It has no place on a media time line
        that begins with that picture: pushed to its beginning, it would stay late by as much.

        `following` is the media time of the next picture where it is known.
        """
        wanted = [unit for unit in units if unit.track in self._numbers]
        if self._assembler is None:
            first = next((i for i, u in enumerate(wanted) if u.track == self._video and u.is_key), None)
            if first is None:
                return b""
            wanted = wanted[first:]
            self._silent_until_us = wanted[0].utc_us
            self._assembler = Assembler(self._tracks, wanted[0].utc_us)
        wanted = self._from_beginning(wanted)
        if not wanted:
            return b""
        wanted = [self._with_entry_told(unit) if unit.is_key else unit for unit in wanted]
        pieces = self._assembler.fragments(wanted, following)
        return b"".join(part for piece in pieces for part in (piece.head, *piece.media))

    def _with_entry_told(self, unit: AccessUnit) -> AccessUnit:
        """Chromium goes by the NAL units, whatever the file says: it begins with nothing else.

        There are cameras whose key frames after the first are intra pictures behind parameter sets.
        """
        form = codec_named(self._tracks[0].codec)
        if unit.track != self._video or not isinstance(form, H264):
            return unit
        data = form.with_entry_told(unit.data)
        return unit if data is unit.data else msgspec.structs.replace(unit, data=data)

    def _from_beginning(self, units: list[AccessUnit]) -> list[AccessUnit]:
        """The units without the sound from before the first picture."""
        begin_us, kept = self._silent_until_us, []
        if begin_us is None:
            return units
        for unit in units:
            if unit.track != self._video and begin_us is not None:
                if unit.utc_us < begin_us:
                    continue
                begin_us = None
            kept.append(unit)
        self._silent_until_us = begin_us
        return kept


def _avc(track: Track) -> str:
    if not track.setup:
        raise MalformedMedia("no parameter sets yet")
    return f"avc1.{track.setup[0][1:4].hex()}"


def _hevc(track: Track) -> str:
    """Profile, compatible profiles with the first one's bit lowest, tier and level, constraints.

    Source: ISO/IEC 14496-15 Annex E.
    """
    sets = [nal for nal in track.setup if nal[0] >> 1 & 63 == SPS]
    if not sets:
        raise MalformedMedia("no parameter sets yet")
    profile = parse_sps(sets[0]).profile
    space, tier = ("", "A", "B", "C")[profile[0] >> 6], "LH"[profile[0] >> 5 & 1]
    compatible = int(f"{int.from_bytes(profile[1:5]):032b}"[::-1], 2)
    constraints = "".join(f".{byte:x}" for byte in profile[5:11].rstrip(b"\0"))
    return f"hvc1.{space}{profile[0] & 31}.{compatible:X}.{tier}{profile[11]}{constraints}"


def _aac(track: Track) -> str:
    return f"mp4a.40.{track.setup[0][0] >> 3}"


PLAYABLE: dict[str, Callable[[Track], str]] = {"H264": _avc, "H265": _hevc, "AAC": _aac}
