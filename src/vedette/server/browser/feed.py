"""Units as the fragments a browser's MediaSource takes."""

from collections.abc import Sequence

from vedette.media.codecs import codec_named
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.movie import MovieTrack, file_type, fragmented_movie
from vedette.storage.assembly import Assembler

PLAYABLE = {"H264": "avc1", "AAC": "mp4a"}


class NotPlayable(Exception):
    """No track of the stream can be played by a browser."""


class Feed:
    """One stream's init segment and fragments; holds the tracks that browsers can play, video first.

    Raises NotPlayable when there is no H.264 video among `tracks`.
    """

    def __init__(self, tracks: Sequence[Track]) -> None:
        video = next((t for t in tracks if t.kind is TrackKind.VIDEO and t.codec in PLAYABLE), None)
        if video is None or not video.setup:
            found = ", ".join(track.codec for track in tracks if track.kind is TrackKind.VIDEO)
            raise NotPlayable(f"browsers play H.264, this is {found or 'no video'}")
        audio = next((t for t in tracks if t.kind is TrackKind.AUDIO and t.codec in PLAYABLE), None)
        self._tracks = (video,) if audio is None else (video, audio)
        self._numbers = frozenset(track.number for track in self._tracks)
        self._video = video.number
        self._assembler: Assembler | None = None

    @property
    def mime(self) -> str:
        """The type for MediaSource.addSourceBuffer. Source: RFC 6381 §3.3."""
        names = [_codec_parameter(track) for track in self._tracks]
        return f'video/mp4; codecs="{",".join(names)}"'

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

    def fragments(self, units: Sequence[AccessUnit]) -> bytes:
        """Units as fragments, one after the other; nothing before the first key frame."""
        wanted = [unit for unit in units if unit.track in self._numbers]
        if self._assembler is None:
            first = next((i for i, u in enumerate(wanted) if u.track == self._video and u.is_key), None)
            if first is None:
                return b""
            wanted = wanted[first:]
            self._assembler = Assembler(self._tracks, wanted[0].utc_us)
        if not wanted:
            return b""
        pieces = self._assembler.fragments(wanted)
        return b"".join(part for piece in pieces for part in (piece.head, *piece.media))


def _codec_parameter(track: Track) -> str:
    if track.codec == "H264":
        return f"avc1.{track.setup[0][1:4].hex()}"
    return f"mp4a.40.{track.setup[0][0] >> 3}"
