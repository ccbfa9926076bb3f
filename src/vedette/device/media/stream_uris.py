"""Where a profile's media are found, and what a live path stands for."""

import msgspec

from vedette.contract.faults import IncompleteConfiguration
from vedette.device.addresses import StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.media.configurations import Configurations, Kind
from vedette.device.media.metadata_streams import ChosenStreams
from vedette.device.media.profiles import Profile, Profiles
from vedette.device.settings.media import SESSION_TIMEOUT_S, session_timeout_for
from vedette.media.hub import Stream
from vedette.media.unit import TrackKind

LIVE_PATH = "/live/"
WEB_SOCKET_URI = "ws:/rtsp"  # scheme and path alone: the client knows host and port
_CARRIES = {
    Kind.VIDEO_ENCODER: TrackKind.VIDEO,
    Kind.AUDIO_ENCODER: TrackKind.AUDIO,
    Kind.METADATA: TrackKind.METADATA,
}


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What a live path delivers: a stream's tracks of some kinds, in sessions that may be silent for so long.

    `sent` has the tracks of `stream`, with the metadata that were chosen; None is the stream itself.
    """

    stream: Stream
    kinds: frozenset[TrackKind]
    sent: Stream | None = None
    session_timeout_s: int = SESSION_TIMEOUT_S


class StreamUris:
    """Makes the addresses of profiles' media.

    A fixed profile has the path of its camera's stream, `/live/<camera>/<main|sub>`, another one a path
    by its token, `/live/<token>`; so no address changes with what a profile holds.
    """

    def __init__(
        self,
        profiles: Profiles,
        configurations: Configurations,
        addresses: StreamAddresses,
        chosen: ChosenStreams,
    ) -> None:
        self._profiles = profiles
        self._configurations = configurations
        self._addresses = addresses
        self._chosen = chosen

    def rtsp(self, context: RequestContext, profile: Profile) -> str:
        """For RTSP, the media over UDP or interleaved.

        Raises IncompleteConfiguration, InvalidStreamSetup while RTSP is off.
        """
        return self._addresses.rtsp(context, self._path(profile))

    def tunnel(self, context: RequestContext, profile: Profile) -> str:
        """For RTSP over HTTP: scheme and port of the web service. Raises IncompleteConfiguration.

        Source: Media2, GetStreamUri (26.06 §5.4.1).
        """
        return self._addresses.http(context, self._path(profile))

    def snapshot(self, context: RequestContext, profile: Profile) -> str:
        """For JPEG pictures by HTTP GET; raises IncompleteConfiguration for a profile without video."""
        encoder = profile.configurations.get(Kind.VIDEO_ENCODER)
        if encoder is None or encoder.stream is None:
            raise IncompleteConfiguration(f"profile {profile.token!r} has no video encoder")
        which = encoder.stream.name.rpartition("/")[2]
        return self._addresses.http(context, f"/snapshot/{encoder.camera.name}?stream={which}")

    def selection(self, path: str) -> Selection | None:
        """What a path delivers now, None where no profile has it or the one that has it holds nothing.

        A fixed profile that holds nothing delivers its stream whole, since its path is the camera's own.
        """
        if not path.startswith(LIVE_PATH):
            return None
        profile = self._profiles.find(path.removeprefix(LIVE_PATH).replace("/", "_"))
        if profile is None or _own_path(profile) != path:
            return None
        stream = self._profiles.stream_of(profile)
        if stream is not None:
            return Selection(
                stream=stream,
                sent=self._sent(profile, stream),
                kinds=self._kinds(profile),
                session_timeout_s=_session_timeout_s(profile),
            )
        return None if profile.home is None else Selection(stream=profile.home, kinds=frozenset(TrackKind))

    def _sent(self, profile: Profile, stream: Stream) -> Stream:
        metadata = profile.configurations.get(Kind.METADATA)
        return stream if metadata is None else self._chosen.of(stream, metadata.token)

    def _kinds(self, profile: Profile) -> frozenset[TrackKind]:
        """The kinds of tracks that a profile asks for; metadata that are to carry nothing count as none."""
        kinds = {_CARRIES[kind] for kind in profile.configurations if kind in _CARRIES}
        metadata = profile.configurations.get(Kind.METADATA)
        if metadata is not None and self._configurations.metadata(metadata.token).is_empty:
            kinds.discard(TrackKind.METADATA)
        return frozenset(kinds)

    def _path(self, profile: Profile) -> str:
        if self._profiles.stream_of(profile) is None:
            raise IncompleteConfiguration(f"profile {profile.token!r} holds no source with its encoder")
        return _own_path(profile)


def _session_timeout_s(profile: Profile) -> int:
    """What its video encoder was given, without one its audio encoder; that of metadata is to be ignored.

    Source: Media, SetVideoEncoderConfiguration: a hint, which a device may adapt (26.06 §5.5.5).
    """
    for kind in (Kind.VIDEO_ENCODER, Kind.AUDIO_ENCODER):
        if (encoder := profile.configurations.get(kind)) is not None:
            return session_timeout_for(encoder.settings.session_timeout_s)
    return SESSION_TIMEOUT_S


def _own_path(profile: Profile) -> str:
    return LIVE_PATH + (profile.token if profile.home is None else profile.home.name)
