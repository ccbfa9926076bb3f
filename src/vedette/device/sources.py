"""Makes the sources of a camera from the addresses in its settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from vedette.base.clock import Clock
from vedette.device.cameras import Camera, CameraRefused
from vedette.media.hub import Stream
from vedette.media.sources.source import Source

RtspSources = Callable[[str, Stream, Camera], Source]


class SourceMaker:
    """Makes sources; `rtsp` makes those of RTSP addresses and knows how to unseal passwords."""

    def __init__(self, clock: Clock, rtsp: RtspSources) -> None:
        self._clock = clock
        self._rtsp = rtsp

    def __call__(self, camera: Camera) -> list[Source]:
        """The sources of a camera: one for a drawn scene, else one a stream."""
        settings = camera.settings
        if settings.source.startswith("drawn:"):
            return [self._drawn(camera)]
        sources = [self._single(settings.source, camera.main, camera)]
        if camera.sub is not None and settings.sub_source:
            sources.append(self._single(settings.sub_source, camera.sub, camera))
        return sources

    def _single(self, address: str, stream: Stream, camera: Camera) -> Source:
        if address.startswith("file:"):
            from vedette.media.sources.file import FileSource

            return FileSource(Path(address.removeprefix("file:")), stream, clock=self._clock)
        return self._rtsp(address, stream, camera)

    def _drawn(self, camera: Camera) -> Source:
        from vedette.media.sources.pattern import PatternSource
        from vedette.media.sources.settings import AudioSettings

        audio: Any = AudioSettings() if camera.settings.audio else None
        return PatternSource(
            camera.title, camera.streams, clock=self._clock, seed=seed_of(camera.settings.source), audio=audio
        )


def seed_of(address: str) -> int:
    """The seed of `drawn:?seed=N`, 1 where none is named; raises CameraRefused."""
    values = parse_qs(address.removeprefix("drawn:").lstrip("?"))
    text = values.get("seed", ["1"])[0]
    if not text.isdigit():
        raise CameraRefused(f"seed {text!r} is no number")
    return int(text)
