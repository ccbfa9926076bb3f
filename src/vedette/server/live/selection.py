"""A media profile's live media as something an RTSP URL can name: the stream's tracks that it holds."""

from collections.abc import Callable

from vedette.device.media.metadata_streams import ChosenStream
from vedette.device.media.stream_uris import Selection, StreamUris
from vedette.media.unit import Track, TrackKind
from vedette.server.live.resource import LiveGroups, LiveResource, LiveSession
from vedette.server.rtsp.media import MediaRefused


class ProfileStreams:
    """Finds the live media of profiles by their paths."""

    def __init__(self, uris: StreamUris, groups: LiveGroups) -> None:
        self._uris = uris
        self._groups = groups

    def find(self, path: str) -> "ProfileResource | None":
        """The resource of a profile's path, None where no profile has it or it holds no media."""
        selection = self._uris.selection(path)
        if selection is None:
            return None
        return ProfileResource(self._groups, selection, lambda: self._uris.selection(path))


class ProfileResource(LiveResource):
    """Those of a stream's tracks that a profile holds.

    `select` says once more what it holds: a fixed profile holds sound only once its camera has told of some.
    """

    def __init__(
        self, groups: LiveGroups, selection: Selection, select: Callable[[], Selection | None]
    ) -> None:
        super().__init__(groups, selection.stream)
        self.session_timeout_s = selection.session_timeout_s
        self._select = select
        self._sent = selection.sent or selection.stream

    async def tracks(self) -> tuple[Track, ...]:
        """The tracks of the profile's kinds."""
        tracks = await super().tracks()
        selection = self._select()
        kinds = frozenset[TrackKind]() if selection is None else selection.kinds
        chosen = tuple(track for track in tracks if track.kind in kinds)
        if not chosen:
            raise MediaRefused(503, f"stream {self.stream.name} has nothing of what the profile holds")
        return chosen

    def open(self) -> LiveSession:
        """See LiveResource."""
        return ProfileSession(self._groups, self._sent)


class ProfileSession(LiveSession):
    """A viewer of a profile, who first hears the states of the properties that the profile tells of."""

    def begin(self) -> None:
        """See LiveSession."""
        super().begin()
        self._tell_states()

    def key_frame_wanted(self) -> None:
        """See LiveSession; a synchronization point holds the states as well (26.06 §5.1.3)."""
        super().key_frame_wanted()
        self._tell_states()

    def _tell_states(self) -> None:
        if isinstance(self.stream, ChosenStream):
            self.stream.tell_states()
