"""Makes the sources of a camera from the addresses in its settings."""

from collections.abc import Callable
from pathlib import Path

from vedette.base.clock import Clock
from vedette.device.cameras import Camera, drawing_of
from vedette.device.media.drawn import DrawnEncoders
from vedette.media.hub import Stream
from vedette.media.sources.source import Source

RtspSources = Callable[[str, Stream, Camera], Source]


class SourceMaker:
    """Makes sources; `rtsp` makes those of RTSP addresses and knows how to unseal passwords.

    `drawn` knows what drawn cameras are to encode, and adopts their sources.
    """

    def __init__(self, clock: Clock, rtsp: RtspSources, drawn: DrawnEncoders) -> None:
        self._clock = clock
        self._rtsp = rtsp
        self._drawn_encoders = drawn

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

            path, has_audio = Path(address.removeprefix("file:")), camera.settings.audio
            return FileSource(path, stream, clock=self._clock, has_audio=has_audio)
        return self._rtsp(address, stream, camera)

    def _drawn(self, camera: Camera) -> Source:
        from vedette.media.sources.pattern import PatternSource

        source = PatternSource(
            camera.title,
            camera.streams,
            clock=self._clock,
            seed=drawing_of(camera.settings.source).seed,
            videos=self._drawn_encoders.videos(camera),
            audio=self._drawn_encoders.audio(camera),
        )
        self._drawn_encoders.adopt(camera, source)
        return source
