"""The configurations that media profiles are put together from; they follow from the cameras."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from vedette.contract.faults import NoConfig
from vedette.device.cameras import Camera, Cameras
from vedette.device.media.encoders import Encoders, VideoEncoder
from vedette.device.settings.document import Settings
from vedette.device.settings.media import ConfigurationSettings, MediaSettings, MetadataSettings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Stream


class Kind(StrEnum):
    """The kinds of configurations that this device has, in the standard's words.

    Source: Media2, ConfigurationEnumeration (26.06 §5.2.1).
    """

    VIDEO_SOURCE = "VideoSource"
    VIDEO_ENCODER = "VideoEncoder"
    AUDIO_SOURCE = "AudioSource"
    AUDIO_ENCODER = "AudioEncoder"
    METADATA = "Metadata"


_WORDS = {
    Kind.VIDEO_SOURCE: "picture",
    Kind.VIDEO_ENCODER: "video",
    Kind.AUDIO_SOURCE: "microphone",
    Kind.AUDIO_ENCODER: "sound",
    Kind.METADATA: "metadata",
}


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration. `stream` is what an encoder feeds; sources and metadata belong to the camera."""

    kind: Kind
    token: str
    camera: Camera
    stream: Stream | None = None
    settings: ConfigurationSettings

    @property
    def name(self) -> str:
        """What people call it."""
        which = "" if self.stream is None else " " + self.stream.name.rpartition("/")[2]
        return self.settings.name or f"{self.camera.title[:40]}{which} {_WORDS[self.kind]}"


def video_source_token(camera: Camera) -> str:
    """The token of a camera's video source."""
    return f"vs_{camera.name}"


def audio_source_token(camera: Camera) -> str:
    """The token of a camera's audio source."""
    return f"as_{camera.name}"


class Configurations:
    """Every configuration there is now, and what each was set to."""

    def __init__(self, cameras: Cameras, encoders: Encoders, store: SettingsStore) -> None:
        self._cameras = cameras
        self._encoders = encoders
        self._store = store
        self._watchers: list[Callable[[Kind, str], None]] = []
        self._settings: MediaSettings | None = None  # those that `_found` was made from
        self._basis: tuple[tuple[Camera, ...], int] = ((), -1)
        self._found: dict[str, Configuration] = {}

    def watch(self, watcher: Callable[[Kind, str], None]) -> None:
        """Call `watcher` with kind and token of each configuration that was changed."""
        self._watchers.append(watcher)

    def changed(self, configuration: Configuration) -> None:
        """Tell the watchers."""
        for watcher in self._watchers:
            watcher(configuration.kind, configuration.token)

    def by_token(self) -> Mapping[str, Configuration]:
        """Every configuration, cameras in their order; the same mapping until something changes."""
        media = self._store.current.media
        cameras = tuple(self._cameras)
        basis = cameras, self._encoders.revision(cameras)
        if media is not self._settings or basis != self._basis:
            self._settings, self._basis = media, basis
            self._found = self._made(media, cameras)
        return self._found

    def _made(self, media: MediaSettings, cameras: tuple[Camera, ...]) -> dict[str, Configuration]:
        stored = {each.token: each for each in media.configurations}
        found: dict[str, Configuration] = {}
        for camera in cameras:
            for kind, token, stream in self._tokens(camera):
                settings = stored.get(token) or ConfigurationSettings(token=token)
                found[token] = Configuration(
                    kind=kind, token=token, camera=camera, stream=stream, settings=settings
                )
        return found

    def of_kind(self, kind: Kind) -> tuple[Configuration, ...]:
        """Every configuration of a kind."""
        return tuple(each for each in self.by_token().values() if each.kind is kind)

    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that there are configurations of now, and those of video, which every camera has."""
        there = {each.kind for each in self.by_token().values()} | {Kind.VIDEO_SOURCE, Kind.VIDEO_ENCODER}
        return tuple(kind for kind in Kind if kind in there)

    def require(self, kind: Kind, token: str) -> Configuration:
        """The configuration of that kind and token; raises NoConfig."""
        found = self.by_token().get(token)
        if found is None or found.kind is not kind:
            raise NoConfig(f"no {kind} configuration {token!r}")
        return found

    def metadata(self, token: str) -> MetadataSettings:
        """What a metadata configuration was set to."""
        for each in self._store.current.media.metadata:
            if each.token == token:
                return each
        return MetadataSettings(token=token)

    def metadata_stream(self, configuration: Configuration) -> Stream | None:
        """The first of the camera's streams that carries metadata."""
        camera = configuration.camera
        streams = (each for each in camera.streams if self._encoders.has_metadata(camera, each))
        return next(streams, None)

    async def change(
        self,
        configuration: Configuration,
        settings: ConfigurationSettings,
        *,
        metadata: MetadataSettings | None = None,
        video: VideoEncoder | None = None,
    ) -> None:
        """Keep what a configuration is set to, all of it or nothing, and have `video` encoded.

        Raises SettingsNotSaved, ConfigModify for video that cannot be encoded.
        """

        def edit(document: Settings) -> Settings:
            media = document.media
            others = tuple(each for each in media.configurations if each.token != settings.token)
            media = msgspec.structs.replace(media, configurations=(*others, settings))
            return msgspec.structs.replace(document, media=_with_metadata(media, metadata))

        camera, stream = configuration.camera, configuration.stream
        is_kept = (
            video is not None
            and stream is not None
            and await self._encoders.set_video(camera, stream, video, edit)
        )
        if not is_kept:
            await self._store.change(edit)
        self.changed(configuration)

    def _tokens(self, camera: Camera) -> "list[tuple[Kind, str, Stream | None]]":
        encoders = self._encoders
        streams = [(stream, stream.name.rpartition("/")[2]) for stream in camera.streams]
        sounding = [each for each in streams if encoders.audio(camera, each[0]) is not None]
        rows: list[tuple[Kind, str, Stream | None]] = [(Kind.VIDEO_SOURCE, f"vsc_{camera.name}", None)]
        if sounding:
            rows.append((Kind.AUDIO_SOURCE, f"asc_{camera.name}", None))
        for stream, which in streams:
            if encoders.video(camera, stream) is not None:
                rows.append((Kind.VIDEO_ENCODER, f"ve_{camera.name}_{which}", stream))
        rows += [(Kind.AUDIO_ENCODER, f"ae_{camera.name}_{which}", stream) for stream, which in sounding]
        if any(encoders.has_metadata(camera, stream) for stream, _ in streams):
            rows.append((Kind.METADATA, f"md_{camera.name}", None))
        return rows


def _with_metadata(media: MediaSettings, metadata: MetadataSettings | None) -> MediaSettings:
    if metadata is None:
        return media
    others = tuple(each for each in media.metadata if each.token != metadata.token)
    return msgspec.structs.replace(media, metadata=(*others, metadata))
