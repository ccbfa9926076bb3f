"""The encoders of drawn cameras: what they were set to, and the running source that obeys."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from vedette.contract.faults import ConfigModify
from vedette.device.cameras import Camera, drawing_of
from vedette.device.settings.document import Settings
from vedette.device.settings.media import DrawnEncoder
from vedette.device.settings.store import SettingsNotSaved, SettingsStore
from vedette.media.hub import Stream, StreamState
from vedette.media.sources.settings import (
    AAC_AUDIO,
    MAIN_VIDEO,
    SUB_VIDEO,
    AudioEncoding,
    AudioSettings,
    VideoSettings,
)
from vedette.media.sources.source import SourceLost
from vedette.media.unit import AccessUnit, Track

_log = logging.getLogger(__name__)

SHOWN_WITHIN_S = 5.0

Edit = Callable[[Settings], Settings]


def unchanged(document: Settings) -> Settings:
    """Edits nothing."""
    return document


class Reconfigurable(Protocol):
    """A source whose encoders, and whose light, can be changed while it runs."""

    is_infrared: bool

    async def reconfigure(self, lane: int, settings: VideoSettings) -> None:
        """Encode one stream with other settings; raises SourceLost or ValueError, changing nothing."""
        ...


class DrawnEncoders:
    """Owns what drawn cameras encode; sources are adopted as they are made."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._sources: dict[str, Reconfigurable] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._is_infrared = False

    def adopt(self, camera: Camera, source: Reconfigurable) -> None:
        """From now on `source` draws the camera."""
        self._sources[camera.name] = source
        source.is_infrared = self._is_infrared

    def light(self, *, is_infrared: bool) -> None:
        """Light the scenes of all cameras, of those to come too, by infrared or as by day."""
        self._is_infrared = is_infrared
        for source in self._sources.values():
            source.is_infrared = is_infrared

    def videos(self, camera: Camera) -> tuple[VideoSettings, ...]:
        """The video settings of each of a camera's streams."""
        return tuple(self.video(camera, stream) for stream in camera.streams)

    def video(self, camera: Camera, stream: Stream) -> VideoSettings:
        """What a stream is encoded with."""
        for each in self._store.current.media.encoders:
            if each.stream == stream.name:
                return each.video
        return MAIN_VIDEO if stream is camera.main else SUB_VIDEO

    def audio(self, camera: Camera) -> AudioSettings | None:
        """What a camera's sound is encoded with, None when it has none."""
        if not camera.settings.audio:
            return None
        is_aac = drawing_of(camera.settings.source).audio is AudioEncoding.AAC
        return AAC_AUDIO if is_aac else AudioSettings()

    async def set_video(
        self, camera: Camera, stream: Stream, video: VideoSettings, also: Edit = unchanged
    ) -> None:
        """Encode with other settings, now and after a restart; raises ConfigModify, SettingsNotSaved.

        What `also` edits is kept together with them. Those who set one stream at once do so one after the
        other, so that what is kept is what is encoded.
        """
        async with self._turns[stream.name]:
            before = self.video(camera, stream)
            if video == before:
                await self._store.change(also)
                return
            await self._apply(camera, stream, video)
            try:
                await self._keep(stream, video, also)
            except SettingsNotSaved:
                await self._apply(camera, stream, before)
                raise

    async def _keep(self, stream: Stream, video: VideoSettings, also: Edit) -> None:
        def edit(document: Settings) -> Settings:
            document = also(document)
            others = (each for each in document.media.encoders if each.stream != stream.name)
            encoders = (*others, DrawnEncoder(stream=stream.name, video=video))
            return msgspec.structs.replace(
                document, media=msgspec.structs.replace(document.media, encoders=encoders)
            )

        await self._store.change(edit)

    async def _apply(self, camera: Camera, stream: Stream, video: VideoSettings) -> None:
        source = self._sources.get(camera.name)
        if source is None:
            return
        try:
            await source.reconfigure(camera.streams.index(stream), video)
        except (SourceLost, ValueError) as error:
            raise ConfigModify(str(error)) from error
        if stream.state is StreamState.LIVE:
            await _shown(stream, video)


class _Awaited:
    """A sink that waits for pictures of a codec and size."""

    def __init__(self, video: VideoSettings) -> None:
        self._video = video
        self.is_there = asyncio.Event()

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        wanted = (self._video.encoding, self._video.width, self._video.height)
        if any((track.codec, track.width, track.height) == wanted for track in tracks):
            self.is_there.set()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        pass


async def _shown(stream: Stream, video: VideoSettings) -> None:
    """Wait until the stream has such pictures, for a while: whoever set them asks for them next."""
    awaited = _Awaited(video)
    stream.attach(awaited)
    try:
        async with asyncio.timeout(SHOWN_WITHIN_S):
            await awaited.is_there.wait()
    except TimeoutError:
        _log.warning("%s: no %s of %dx%d yet", stream.name, video.encoding, video.width, video.height)
    finally:
        stream.detach(awaited)
