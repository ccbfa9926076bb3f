"""What a live stream is: its codec and size from its tracks, its rates from what went by."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from vedette.base.clock import until_tick
from vedette.device.cameras import Camera, Cameras
from vedette.device.settings.document import Settings
from vedette.device.settings.media import KnownStream
from vedette.device.settings.store import SettingsNotSaved, SettingsStore
from vedette.media.hub import Stream, StreamState
from vedette.media.unit import AccessUnit, Track, TrackKind

OBSERVE_EVERY_S = 5.0
MEASURED_OVER_US = 4_000_000
LONGEST_WAIT_US = 30_000_000  # for a second key frame
FEWEST_FRAMES = 5
_BITRATE_STEP_KBPS = 64
_H264_PROFILES = {66: "Baseline", 77: "Main", 88: "Extended", 100: "High"}


class _Sample(NamedTuple):
    """A stream's counters at one moment; `key_utc_us` is when its latest key frame was captured."""

    key_frames: int
    key_utc_us: int
    octets: int
    utc_us: int


class StreamFacts:
    """Knows of every stream what it is or last was; measures it once and remembers that on disk."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._known = {each.stream: each for each in store.current.media.known}
        self._first: dict[str, _Sample] = {}
        self._tracks: dict[str, tuple[Track, ...]] = {}  # those that were last looked at
        self.revision = 0  # counts what was learnt

    def of(self, stream: Stream) -> KnownStream:
        """What is known; a stream that was never live is assumed to be H.264 at the usual size."""
        self._observe(stream)
        found = self._known.get(stream.name)
        return assumed(stream.name) if found is None else found

    def look(self, cameras: Iterable[Camera]) -> None:
        """Look at every stream of these cameras."""
        for camera in cameras:
            for stream in camera.streams:
                self._observe(stream)

    async def run(self, cameras: Cameras) -> None:
        """Measure the cameras' streams and keep what was learnt, until cancelled."""
        while True:
            await asyncio.sleep(until_tick(OBSERVE_EVERY_S))
            self.look(cameras)
            await self._keep({stream.name for camera in cameras for stream in camera.streams})

    async def _keep(self, names: set[str]) -> None:
        known = tuple(each for name, each in sorted(self._known.items()) if name in names)
        if known == self._store.current.media.known:
            return

        def edit(document: Settings) -> Settings:
            return msgspec.structs.replace(
                document, media=msgspec.structs.replace(document.media, known=known)
            )

        try:
            await self._store.change(edit)
        except SettingsNotSaved:
            return  # the store has told the operator; it is tried again with the next look

    def _observe(self, stream: Stream) -> None:
        if stream.state is not StreamState.LIVE or not stream.tracks:
            return
        if self._tracks.get(stream.name) is not stream.tracks:
            self._tracks[stream.name] = stream.tracks
            known, seen = self._known.get(stream.name), _described(stream)
            if known is None or _shape(known) != _shape(seen):
                self._learn(seen)
                self._first.pop(stream.name, None)
        known = self._known[stream.name]
        if not known.is_measured:
            self._measure(stream, known)

    def _learn(self, known: KnownStream) -> None:
        self._known[known.stream] = known
        self.revision += 1

    def _measure(self, stream: Stream, known: KnownStream) -> None:
        group = stream.kept_group
        if not group:
            return
        now = _Sample(stream.key_frames_total, group[0].utc_us, stream.bytes_total, stream.last_unit_utc_us)
        first = self._first.setdefault(stream.name, now)
        span_us = now.utc_us - first.utc_us
        keys = now.key_frames - first.key_frames
        if span_us < MEASURED_OVER_US or (keys < 1 and span_us < LONGEST_WAIT_US):
            return
        group_us = (now.key_utc_us - first.key_utc_us) / keys if keys else span_us
        fps = _frame_rate(stream, group) or round(1_000_000 / max(group_us, 1))
        bitrate_kbps = (now.octets - first.octets) * 8000 / span_us
        self._learn(
            msgspec.structs.replace(
                known,
                fps=min(max(fps, 1), 240),
                gop=min(max(round(fps * group_us / 1_000_000), 1), 3000),
                bitrate_kbps=max(-(-round(bitrate_kbps) // _BITRATE_STEP_KBPS), 1) * _BITRATE_STEP_KBPS,
                is_measured=True,
            )
        )


def assumed(name: str) -> KnownStream:
    """What a stream is taken for before it was ever live."""
    if name.endswith("/sub"):
        return KnownStream(stream=name, codec="H264", width=640, height=360, profile="Main", bitrate_kbps=512)
    return KnownStream(stream=name, codec="H264", width=1920, height=1080, profile="Main")


def _described(stream: Stream) -> KnownStream:
    video = _first(stream.tracks, TrackKind.VIDEO)
    audio = _first(stream.tracks, TrackKind.AUDIO)
    usual = assumed(stream.name)
    return KnownStream(
        stream=stream.name,
        codec=video.codec if video else "",
        width=video.width or usual.width if video else 0,
        height=video.height or usual.height if video else 0,
        profile=_profile(video) if video else "",
        fps=_frame_rate(stream, stream.kept_group) or usual.fps,
        bitrate_kbps=usual.bitrate_kbps,
        gop=1 if video and video.codec == "JPEG" else usual.gop,
        audio_codec=audio.codec if audio else "",
        audio_hz=audio.clock_hz if audio else 0,
        audio_channels=audio.channels or 1 if audio else 0,
        has_metadata=_first(stream.tracks, TrackKind.METADATA) is not None,
    )


def _shape(known: KnownStream) -> KnownStream:
    """What a new encoder setting at the camera would change; the measured rates left out."""
    return msgspec.structs.replace(known, fps=0, bitrate_kbps=0, gop=0, is_measured=False)


def _first(tracks: tuple[Track, ...], kind: TrackKind) -> Track | None:
    return next((track for track in tracks if track.kind is kind), None)


def _profile(track: Track) -> str:
    """The encoding profile by its parameter sets; Main where they are not known yet."""
    if track.codec == "JPEG":
        return ""
    if track.codec == "H264" and track.setup and len(track.setup[0]) > 1:
        return _H264_PROFILES.get(track.setup[0][1], "High")
    return "Main"


def _frame_rate(stream: Stream, group: tuple[AccessUnit, ...]) -> int:
    """Frames per second in a group of pictures, 0 where it has too few to tell."""
    video = _first(stream.tracks, TrackKind.VIDEO)
    if video is None:
        return 0
    times = [unit.pts for unit in group if unit.track == video.number]
    ticks = max(times, default=0) - min(times, default=0)
    if len(times) < FEWEST_FRAMES or ticks <= 0:
        return 0
    return round((len(times) - 1) * video.clock_hz / ticks)
