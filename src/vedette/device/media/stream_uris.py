"""Where a profile's media are found, and what a live address stands for."""

from urllib.parse import parse_qs

import msgspec

from vedette.contract.faults import IncompleteConfiguration, NoProfile
from vedette.device.addresses import StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.media.configurations import Configurations, Kind
from vedette.device.media.profiles import Profile, Profiles
from vedette.device.settings.media import MetadataSettings
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
    """What a live address delivers: a stream's tracks of some kinds, metadata as `metadata` says."""

    profile: str
    stream: Stream
    kinds: frozenset[TrackKind]
    metadata: MetadataSettings | None = None


class StreamUris:
    """Makes the addresses of profiles' media.

    A fixed profile has the plain path of its camera's stream, another one names itself in the query, so
    that no address changes with what a profile holds.
    """

    def __init__(
        self, profiles: Profiles, configurations: Configurations, addresses: StreamAddresses
    ) -> None:
        self._profiles = profiles
        self._configurations = configurations
        self._addresses = addresses

    def rtsp(self, context: RequestContext, profile: Profile) -> str:
        """For RTSP, the media over UDP or interleaved; raises IncompleteConfiguration."""
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

    def selection(self, path: str, query: str = "") -> Selection:
        """What a live path delivers; raises NoProfile for one that is nobody's.

        A fixed profile that lacks what a stream needs delivers its stream whole, since its address is
        the camera's own. Raises IncompleteConfiguration for other profiles that lack it.
        """
        named = parse_qs(query).get("profile", [""])[0]
        token = named or path.removeprefix(LIVE_PATH).strip("/").replace("/", "_")
        profile = self._profiles.require(token)
        if not named and self._plain_path(profile) != path.rstrip("/"):
            raise NoProfile(f"no stream at {path!r}")
        metadata = profile.configurations.get(Kind.METADATA)
        stream = profile.stream
        if stream is None and profile.is_fixed:
            return self._whole(profile)
        if stream is None:
            raise IncompleteConfiguration(f"profile {token!r} holds no source with its encoder")
        return Selection(
            profile=token,
            stream=stream,
            kinds=frozenset(_CARRIES[kind] for kind in profile.configurations if kind in _CARRIES),
            metadata=None if metadata is None else self._configurations.metadata(metadata.token),
        )

    def _whole(self, profile: Profile) -> Selection:
        stream = self._profiles.home(profile)
        return Selection(profile=profile.token, stream=stream, kinds=frozenset(TrackKind))

    def _path(self, profile: Profile) -> str:
        if profile.stream is None:
            raise IncompleteConfiguration(f"profile {profile.token!r} holds no source with its encoder")
        if profile.is_fixed:
            return self._plain_path(profile)
        camera, _, which = profile.stream.name.partition("/")
        return f"{LIVE_PATH}{camera}/{which}?profile={profile.token}"

    def _plain_path(self, profile: Profile) -> str:
        return LIVE_PATH + self._profiles.home(profile).name if profile.is_fixed else ""
