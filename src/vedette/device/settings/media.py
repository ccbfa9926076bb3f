"""The media section: profiles, what configurations were set to, and what streams were last seen to be."""

import msgspec

from vedette.media.sources.settings import VideoSettings

SESSION_TIMEOUT_S = 60  # of live RTSP
SESSION_TIMEOUT_LEAST_S = 10
SESSION_TIMEOUT_MOST_S = 3600


def session_timeout_for(seconds: float) -> int:
    """The nearest time-out that is offered; 0 is what clients send who mean none in particular."""
    if seconds <= 0:
        return SESSION_TIMEOUT_S
    return round(min(max(seconds, SESSION_TIMEOUT_LEAST_S), SESSION_TIMEOUT_MOST_S))


class ProfileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A media profile that was made or changed; `configurations` are tokens, one of each kind at most.

    A fixed profile stands here only after it was changed.
    """

    token: str
    name: str
    is_fixed: bool = False
    configurations: tuple[str, ...] = ()


class ConfigurationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What any configuration can be given: a name and, for encoders and metadata, where multicast would go
    and how long a live RTSP session with it lives without a sign of life.

    Multicast is not offered; the address is kept because clients expect to read what they wrote.
    """

    token: str
    name: str = ""
    multicast_address: str = "0.0.0.0"  # none, as the standard writes it
    multicast_port: int = 0
    multicast_ttl: int = 1
    session_timeout_s: int = SESSION_TIMEOUT_S


class MetadataSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a metadata stream shall carry; None is what the client left out, and reads back so.

    `events` are the filter elements as XML text; None is no events, an empty tuple all of them.
    """

    token: str
    analytics: bool | None = True
    ptz_status: bool | None = None
    ptz_position: bool = False
    events: tuple[str, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is asked for."""
        return not (self.analytics or self.ptz_status or self.ptz_position or self.events is not None)


class DrawnEncoder(msgspec.Struct, frozen=True, kw_only=True):
    """What the encoder of a drawn camera's stream was set to; `stream` is its name in the hub."""

    stream: str
    video: VideoSettings


class KnownStream(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream was when it was last seen, for answers while it is not live.

    `codec`, `audio_codec` are names in `media.codecs.CODECS`, an empty one means that there is no such
    track. `gop` counts frames. While `is_measured` is false, rates are assumptions; `audio_kbps` is 0 until
    it was measured. `fps` is a whole number, as releases before read it back; `exact_fps` is 0 until it was
    measured by one that keeps it.
    """

    stream: str
    codec: str = ""
    width: int = 0
    height: int = 0
    profile: str = ""
    fps: int = 25
    exact_fps: float = 0.0
    bitrate_kbps: int = 4096
    gop: int = 50
    audio_codec: str = ""
    audio_hz: int = 0
    audio_channels: int = 0
    audio_kbps: int = 0
    has_metadata: bool = False
    is_measured: bool = False

    @property
    def frame_rate(self) -> float:
        """Frames per second as well as they are known."""
        return self.exact_fps or float(self.fps)


class MediaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The section."""

    profiles: tuple[ProfileSettings, ...] = ()
    configurations: tuple[ConfigurationSettings, ...] = ()
    metadata: tuple[MetadataSettings, ...] = ()
    encoders: tuple[DrawnEncoder, ...] = ()
    known: tuple[KnownStream, ...] = ()


def without_camera(media: MediaSettings, name: str) -> MediaSettings:
    """The section without what was said of a camera; profiles that clients made stay."""
    streams = {f"{name}/{which}" for which in ("main", "sub")}
    fixed = {each.replace("/", "_") for each in streams}
    tokens = {f"{kind}_{name}" for kind in ("vsc", "asc", "md")}
    tokens |= {f"{kind}_{each}" for kind in ("ve", "ae") for each in fixed}
    return msgspec.structs.replace(
        media,
        profiles=tuple(each for each in media.profiles if not (each.is_fixed and each.token in fixed)),
        configurations=tuple(each for each in media.configurations if each.token not in tokens),
        metadata=tuple(each for each in media.metadata if each.token not in tokens),
        encoders=tuple(each for each in media.encoders if each.stream not in streams),
        known=tuple(each for each in media.known if each.stream not in streams),
    )
