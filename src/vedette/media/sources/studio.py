"""Turns the scene into access units: pictures at every wanted size, sound, and the objects' metadata."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from vedette.base.timestamps import rescale
from vedette.media.sources import scene_metadata
from vedette.media.sources.overlay import Overlay
from vedette.media.sources.renderer import SceneRenderer
from vedette.media.sources.scene import Scene, Viewport
from vedette.media.sources.settings import AudioSettings, VideoSettings
from vedette.media.sources.tone import ToneEncoder
from vedette.media.sources.video_encoder import CLOCK_HZ, VideoEncoder
from vedette.media.unit import AccessUnit, Track, TrackKind

METADATA_HZ = 5  # documents per second
VIDEO, AUDIO, METADATA = 0, 1, 2  # track numbers


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How the scene is looked at: where the camera points, what is burned in, by which light."""

    viewport: Viewport = Viewport()
    overlay: Overlay = Overlay()
    is_infrared: bool = False


class Take(NamedTuple):
    """What one frame gave for one lane: its tracks, and the units in publishing order, perhaps none."""

    lane: int
    tracks: tuple[Track, ...]
    units: list[AccessUnit]

    @property
    def has_picture(self) -> bool:
        """Whether a picture is among the units."""
        return any(unit.track == VIDEO for unit in self.units)


class _Lane:
    """One size and encoding of the picture."""

    def __init__(self, scene: Scene, settings: VideoSettings) -> None:
        if settings.fps > scene.fps:
            raise ValueError(f"{settings.fps} frames per second of a scene that has {scene.fps}")
        self.fps = settings.fps
        self.place = -1  # the number, by its own rate, of its latest picture
        self.wants_key = False
        self.is_interrupted = False  # since its latest picture
        self.encoder = VideoEncoder(settings, number=VIDEO)
        self.renderer = SceneRenderer(scene, settings.width, settings.height, self.encoder.colours)


class Studio:
    """Draws and encodes; knows neither clock nor thread. All lanes share sound and metadata."""

    def __init__(
        self,
        scene: Scene,
        videos: Sequence[VideoSettings],
        audio: AudioSettings | None,
        *,
        has_metadata: bool,
    ) -> None:
        self._scene = scene
        self._lanes = [_Lane(scene, settings) for settings in videos]
        self._tone = ToneEncoder(audio, number=AUDIO) if audio else None
        self._metadata = (
            Track(number=METADATA, kind=TrackKind.METADATA, codec="METADATA", clock_hz=CLOCK_HZ)
            if has_metadata
            else None
        )
        self._metadata_every = max(1, scene.fps // METADATA_HZ)
        self._tracks = [self._tracks_of(lane) for lane in self._lanes]

    def reconfigure(self, lane: int, settings: VideoSettings) -> None:
        """Encode a lane with other settings from the next frame on, beginning with a key frame.

        Raises SourceLost or ValueError when that cannot be; the lane then stays as it was.
        """
        self._lanes[lane] = _Lane(self._scene, settings)
        self._tracks[lane] = self._tracks_of(self._lanes[lane])

    def take(
        self,
        frame: int,
        utc_us: int,
        view: View,
        *,
        keys: Collection[int] = (),
        is_discontinuous: bool = False,
    ) -> list[Take]:
        """The units of one frame for every lane; the next picture of the lanes in `keys` is a key frame."""
        media_us = rescale(frame, self._scene.fps, 1_000_000)
        pts = rescale(frame, self._scene.fps, CLOCK_HZ)
        shared: list[AccessUnit] = []
        if self._tone:
            shared = self._tone.until(media_us, utc_us, is_discontinuous=is_discontinuous)
        if self._metadata and frame % self._metadata_every == 0:
            seen = self._scene.objects_at(frame)
            shared.append(
                AccessUnit(
                    track=METADATA,
                    utc_us=utc_us,
                    pts=pts,
                    data=scene_metadata.document(seen, view.viewport, utc_us),
                    is_key=True,
                    is_discontinuous=is_discontinuous,
                )
            )
        takes = []
        for number, lane in enumerate(self._lanes):
            units = shared
            lane.wants_key = lane.wants_key or number in keys
            place = frame * lane.fps // self._scene.fps
            is_due = place != lane.place  # also where the frame that was due was skipped
            lane.place = place
            lane.is_interrupted = lane.is_interrupted or is_discontinuous
            if is_due and lane.encoder.has_room(pts):
                canvas = lane.renderer.draw(frame, utc_us, view.viewport, view.overlay)
                if view.is_infrared:
                    canvas = canvas.without_colours()
                picture = lane.encoder.encode(
                    canvas, pts, utc_us, wants_key=lane.wants_key, is_discontinuous=lane.is_interrupted
                )
                lane.wants_key = lane.is_interrupted = False
                units = [picture, *shared]
            takes.append(Take(number, self._tracks[number], units))
        return takes

    def _tracks_of(self, lane: _Lane) -> tuple[Track, ...]:
        tracks = [lane.encoder.track]
        if self._tone:
            tracks.append(self._tone.track)
        if self._metadata:
            tracks.append(self._metadata)
        return tuple(tracks)
