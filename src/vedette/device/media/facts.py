"""What a live stream is: its codec and size from its tracks, its rates from what went by."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from vedette.base.clock import until_tick
from vedette.device.cameras import Camera, Cameras
from vedette.device.media.rates import RateMeter
from vedette.device.settings.document import Settings
from vedette.device.settings.media import KnownStream
from vedette.device.settings.store import SettingsNotSaved, SettingsStore
from vedette.media.codecs.h265 import SPS
from vedette.media.hub import Stream, StreamState
from vedette.media.unit import Track, TrackKind

OBSERVE_EVERY_S = 5.0
_BITRATE_STEP_KBPS = 64
_AUDIO_KBPS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 448, 640)
_H264_PROFILES = {66: "Baseline", 77: "Main", 88: "Extended", 100: "High"}
_H265_MAIN_10 = 2  # ITU-T H.265 §A.3.3


class StreamFacts:
    """Knows of every stream what it is or last was, and remembers that on disk.

    Rates are measured when a stream comes, comes back or changes its tracks, not all the time: they are to
    be what its encoder was set to, not how much moves in the picture.
    """

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._known = {each.stream: each for each in store.current.media.known}
        self._meters: dict[str, RateMeter] = {}
        self._tracks: dict[str, tuple[Track, ...]] = {}  # those that were last looked at
        self._watchers: list[Callable[[], None]] = []
        self.revision = 0  # counts what was learnt

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` when something was learnt, in the middle of whatever asked."""
        self._watchers.append(watcher)

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
            self._forget({stream.name for camera in cameras for stream in camera.streams})
            await self._keep()

    def _forget(self, left: set[str]) -> None:
        """A camera that is removed may come back as another one."""
        for name in self._known.keys() - left:
            del self._known[name]
            self._tracks.pop(name, None)
            self._meters.pop(name, None)

    async def _keep(self) -> None:
        known = tuple(each for _, each in sorted(self._known.items()))
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
            self._tracks.pop(stream.name, None)  # it may come back set otherwise
            return
        if self._tracks.get(stream.name) is not stream.tracks:
            self._tracks[stream.name] = stream.tracks
            known, seen = self._known.get(stream.name), _described(stream)
            if known is None or _shape(known) != _shape(seen):
                self._learn(seen)
            self._begin_measuring(stream)
        if stream.name in self._meters:
            self._measure(stream)

    def _learn(self, known: KnownStream) -> None:
        self._known[known.stream] = known
        self.revision += 1
        for watcher in self._watchers:
            watcher()

    def _begin_measuring(self, stream: Stream) -> None:
        before = self._meters.pop(stream.name, None)
        if before is not None:
            before.end()
        if any(each.kind is TrackKind.VIDEO for each in stream.tracks):
            self._meters[stream.name] = RateMeter(stream)

    def _measure(self, stream: Stream) -> None:
        rates = self._meters[stream.name].rates()
        if rates is None:
            return
        self._meters.pop(stream.name).end()
        before = self._known[stream.name]
        heard = rates.audio_kbps
        measured = msgspec.structs.replace(
            before,
            fps=min(max(round(rates.fps), 1), 240),
            exact_fps=_usual_rate(rates.fps),
            gop=min(max(rates.gop, 1), 3000),
            bitrate_kbps=max(-(-round(rates.bitrate_kbps) // _BITRATE_STEP_KBPS), 1) * _BITRATE_STEP_KBPS,
            audio_kbps=min(_AUDIO_KBPS, key=lambda each: abs(each - heard)) if heard else before.audio_kbps,
            is_measured=True,
        )
        if not (before.is_measured and _is_alike(before, measured)):
            self._learn(measured)


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
        fps=usual.fps,
        bitrate_kbps=usual.bitrate_kbps,
        gop=1 if video and video.codec == "JPEG" else usual.gop,
        audio_codec=audio.codec if audio else "",
        audio_hz=audio.clock_hz if audio else 0,
        audio_channels=audio.channels or 1 if audio else 0,
        has_metadata=_first(stream.tracks, TrackKind.METADATA) is not None,
    )


def _shape(known: KnownStream) -> KnownStream:
    """What a new encoder setting at the camera would change; the measured rates left out."""
    return msgspec.structs.replace(
        known, fps=0, exact_fps=0, bitrate_kbps=0, gop=0, audio_kbps=0, is_measured=False
    )


def _first(tracks: tuple[Track, ...], kind: TrackKind) -> Track | None:
    return next((track for track in tracks if track.kind is kind), None)


def _profile(track: Track) -> str:
    """The encoding profile by its parameter sets; Main where they are not known yet."""
    if track.codec == "JPEG":
        return ""
    if track.codec == "H264" and track.setup and len(track.setup[0]) > 1:
        return _H264_PROFILES.get(track.setup[0][1], "High")
    if track.codec == "H265":
        sps = next((nal for nal in track.setup if nal[0] >> 1 & 63 == SPS and len(nal) > 3), b"")
        return "Main10" if sps and sps[3] & 31 == _H265_MAIN_10 else "Main"
    return "Main"


def _usual_rate(fps: float) -> float:
    """What an encoder was set to that gave `fps`: a whole number within 1 %, else to a tenth; 0.1 to 240."""
    is_whole = abs(fps - round(fps)) * 100 <= fps
    return min(max(float(round(fps)) if is_whole else round(fps, 1), 0.1), 240.0)


def _is_alike(before: KnownStream, now: KnownStream) -> bool:
    """Whether rates that were measured twice can be those of one setting: scenes and networks differ."""
    return (
        before.exact_fps > 0
        and abs(now.exact_fps - before.exact_fps) * 10 <= before.exact_fps
        and abs(now.gop - before.gop) * 10 <= before.gop
        and before.bitrate_kbps <= now.bitrate_kbps * 2 <= before.bitrate_kbps * 4
        and before.audio_kbps * 3 <= now.audio_kbps * 4 <= before.audio_kbps * 5
    )
