"""What both media services say alike: sources, metadata, multicast and names."""

import ipaddress
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import msgspec
from lxml import etree

from vedette.base.errors import PeerError
from vedette.contract.faults import ConfigModify, Fault, IncompatibleConfiguration, InvalidArgVal, NoConfig
from vedette.contract.schema.audio import (
    AudioEncoder2Configuration,
    AudioEncoderConfiguration,
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
)
from vedette.contract.schema.geometry import IntRectangle, IntRectangleRange
from vedette.contract.schema.media import (
    EventSubscription,
    MetadataConfiguration,
    MetadataConfigurationOptions,
    PTZFilter,
    PTZStatusFilterOptions,
)
from vedette.contract.schema.multicast import MulticastConfiguration
from vedette.contract.schema.network import IPAddress, IPType
from vedette.contract.schema.notification import Filter
from vedette.contract.schema.values import ConfigurationEntity, IntRange
from vedette.contract.schema.video import (
    RotateMode,
    VideoSourceConfiguration,
    VideoSourceConfigurationOptions,
)
from vedette.contract.topics import TOPICS
from vedette.device.event_filters import EventFilter
from vedette.device.events import declared_names
from vedette.device.media.configurations import (
    Configuration,
    Configurations,
    Kind,
    audio_source_token,
    video_source_token,
)
from vedette.device.media.encoders import AudioEncoder, Encoders, VideoEncoder, VideoOptions
from vedette.device.media.profiles import NAME_MOST, Profile, Profiles
from vedette.device.settings.media import ConfigurationSettings, MetadataSettings, session_timeout_for
from vedette.wire.message import XmlElement
from vedette.wire.parser import parse

EVENTS_MOST_CHARS = 16 << 10

T = TypeVar("T")
AudioConfiguration = TypeVar("AudioConfiguration", AudioEncoderConfiguration, AudioEncoder2Configuration)


class Entities:
    """Turns the domain's configurations into the standard's types and back."""

    metadata_may_lack_source = False  # Media2, General (26.06 §5.2.1) has them depend on one

    def __init__(self, configurations: Configurations, encoders: Encoders, profiles: Profiles) -> None:
        self.configurations = configurations
        self.encoders = encoders
        self.profiles = profiles

    def chosen(
        self, kind: Kind, *, token: str | None = None, profile: str | None = None
    ) -> tuple[Configuration, ...]:
        """One configuration, those that suit a profile, or all; raises NoConfig, NoProfile.

        Source: Media2, Get<entity>Configurations (26.06 §5.3.2).
        """
        if token is not None:
            if profile is not None:
                self.profiles.require(profile)
            return (self.configurations.require(kind, token),)
        if profile is not None:
            return self._compatible(kind, profile)
        return self.configurations.of_kind(kind)

    def suitable(self, kind: Kind, token: str | None, profile: str | None) -> tuple[Configuration, ...]:
        """As `chosen`, for options: one that does not suit the profile raises IncompatibleConfiguration.

        Source: Media2, Get<entity>ConfigurationOptions (26.06 §5.3.4).
        """
        found = self.chosen(kind, token=token, profile=profile)
        if token is None or profile is None:
            return found
        if not any(each.token == token for each in self._compatible(kind, profile)):
            raise IncompatibleConfiguration(f"{token} does not suit profile {profile}")
        return found

    def some(self, kind: Kind, found: tuple[Configuration, ...]) -> tuple[Configuration, ...]:
        """`found`; raises NoConfig for none: an answer without options would break the schema."""
        if not found:
            raise NoConfig(f"no {kind} configuration suits this")
        return found

    def _compatible(self, kind: Kind, profile: str) -> tuple[Configuration, ...]:
        found = self.profiles.require(profile)
        return self.profiles.compatible(found, kind, may_lack_source=self.metadata_may_lack_source)

    def video_source(self, of: Configuration, uses: Mapping[str, int]) -> VideoSourceConfiguration:
        """A video source configuration: always the whole picture."""
        width, height = self.encoders.source_size(of.camera)
        return VideoSourceConfiguration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            source_token=video_source_token(of.camera),
            bounds=IntRectangle(x=0, y=0, width=width, height=height),
        )

    def video_source_options(self, of: tuple[Configuration, ...]) -> VideoSourceConfigurationOptions:
        """What video source configurations can be set to: what they are."""
        sizes = [self.encoders.source_size(each.camera) for each in of]
        return VideoSourceConfigurationOptions(
            maximum_number_of_profiles=self.profiles.most,
            bounds_range=IntRectangleRange(
                x_range=IntRange(min=0, max=0),
                y_range=IntRange(min=0, max=0),
                width_range=_range([width for width, _ in sizes]),
                height_range=_range([height for _, height in sizes]),
            ),
            video_source_tokens_available=tuple(video_source_token(each.camera) for each in of),
        )

    async def set_video_source(self, wanted: VideoSourceConfiguration) -> None:
        """Rename a video source configuration; raises NoConfig, ConfigModify for all else."""
        found = self.configurations.require(Kind.VIDEO_SOURCE, wanted.token)
        present = self.video_source(found, {})
        if wanted.source_token != present.source_token:
            raise ConfigModify(f"{wanted.token} stays with {present.source_token}")
        if wanted.bounds != present.bounds:
            raise ConfigModify(f"the bounds of {wanted.token} are the whole picture")
        rotate = wanted.extension and wanted.extension.rotate
        if rotate and rotate.mode is not RotateMode.OFF:
            raise ConfigModify("pictures are not rotated here")
        await self.configurations.change(found, renamed(found, wanted))

    def audio_source(self, of: Configuration, uses: Mapping[str, int]) -> AudioSourceConfiguration:
        """An audio source configuration."""
        return AudioSourceConfiguration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            source_token=audio_source_token(of.camera),
        )

    def audio_source_options(self, of: tuple[Configuration, ...]) -> AudioSourceConfigurationOptions:
        """What audio source configurations can be set to: what they are."""
        return AudioSourceConfigurationOptions(
            input_tokens_available=tuple(audio_source_token(each.camera) for each in of)
        )

    async def set_audio_source(self, wanted: AudioSourceConfiguration) -> None:
        """Rename an audio source configuration; raises NoConfig, ConfigModify for all else."""
        found = self.configurations.require(Kind.AUDIO_SOURCE, wanted.token)
        if wanted.source_token != audio_source_token(found.camera):
            raise ConfigModify(f"{wanted.token} stays with {audio_source_token(found.camera)}")
        await self.configurations.change(found, renamed(found, wanted))

    def metadata(self, of: Configuration, uses: Mapping[str, int]) -> MetadataConfiguration:
        """A metadata configuration as it was set."""
        metadata = self.configurations.metadata(of.token)
        ptz = None if metadata.ptz_status is None else PTZFilter(status=False, position=False)
        return MetadataConfiguration(
            token=of.token,
            name=of.name,
            use_count=uses.get(of.token, 0),
            ptz_status=ptz,
            events=_subscription(metadata.events),
            analytics=metadata.analytics,
            multicast=multicast(of.settings),
            session_timeout=timedelta(seconds=of.settings.session_timeout_s),
        )

    def metadata_options(self) -> MetadataConfigurationOptions:
        """What metadata configurations can be set to: no camera here has PTZ."""
        return MetadataConfigurationOptions(
            ptz_status_filter_options=PTZStatusFilterOptions(
                pan_tilt_status_supported=False, zoom_status_supported=False
            )
        )

    async def set_metadata(self, wanted: MetadataConfiguration) -> None:
        """Set a metadata configuration; raises NoConfig, ConfigModify for what the options rule out.

        Parameters of analytics modules are ignored. Source: Media2, Metadata Configuration (26.06 §5.2.8).
        """
        found = self.configurations.require(Kind.METADATA, wanted.token)
        if wanted.compression_type not in (None, "", "None"):
            raise ConfigModify(f"metadata are not compressed with {wanted.compression_type!r}")
        ptz = wanted.ptz_status
        if ptz is not None and (ptz.status or ptz.position):
            raise ConfigModify(f"{found.camera.name} has no PTZ to tell of")
        metadata = MetadataSettings(
            token=found.token,
            analytics=wanted.analytics,
            ptz_status=None if ptz is None else ptz.status,
            ptz_position=ptz is not None and ptz.position,
            events=None if wanted.events is None else _event_filter(wanted.events.filter),
        )
        settings = addressed(renamed(found, wanted), wanted.multicast, wanted.session_timeout)
        await self.configurations.change(found, settings, metadata=metadata)

    def present_video(self, of: Configuration) -> VideoEncoder:
        """What a video encoder configuration is now; raises NoConfig when the stream lost its video."""
        video = None if of.stream is None else self.encoders.video(of.camera, of.stream)
        if video is None:
            raise NoConfig(f"{of.token} has no video")
        return video

    def present_audio(self, of: Configuration) -> AudioEncoder:
        """What an audio encoder configuration is now; raises NoConfig when the stream lost its sound."""
        audio = None if of.stream is None else self.encoders.audio(of.camera, of.stream)
        if audio is None:
            raise NoConfig(f"{of.token} has no sound")
        return audio

    def video_options(self, of: tuple[Configuration, ...]) -> list[VideoOptions]:
        """What several video encoders can be set to, one after the other."""
        streams = ((each.camera, each.stream) for each in of if each.stream is not None)
        return [
            options for camera, stream in streams for options in self.encoders.video_options(camera, stream)
        ]


def translated(
    of: Profile,
    kind: Kind,
    translate: Callable[[Configuration, Mapping[str, int]], T],
    uses: Mapping[str, int],
) -> T | None:
    """What a profile holds of a kind, in a service's own type."""
    held = of.configurations.get(kind)
    return None if held is None else translate(held, uses)


def renamed(of: Configuration, wanted: ConfigurationEntity) -> ConfigurationSettings:
    """The configuration's settings with the name that is wanted; raises InvalidArgVal."""
    if len(wanted.name) > NAME_MOST:
        raise InvalidArgVal(f"a name has at most {NAME_MOST} characters, this one {len(wanted.name)}")
    if wanted.name == of.name:
        return of.settings  # also where nobody ever named it: it goes on following the camera's title
    return msgspec.structs.replace(of.settings, name=wanted.name)


def require_same_sound(wanted: AudioConfiguration, present: AudioConfiguration) -> None:
    """Raise ConfigModify for an audio encoder that is to sound other than it does."""
    sound = present.encoding, present.bitrate, present.sample_rate
    if (wanted.encoding, wanted.bitrate, wanted.sample_rate) != sound:
        raise ConfigModify(f"{wanted.token} is {sound[0]} of {sound[1]} kbit/s at {sound[2]} kHz")


def whole(value: float, name: str) -> int:
    """The nearest integer; raises ConfigModify for what is no finite number."""
    if not math.isfinite(value):
        raise ConfigModify(f"{name} is {value}")
    return round(value)


def whole_rate(fps: float) -> int:
    """Frames per second where only whole ones can be told: the nearest, half of one counts."""
    return max(math.floor(fps + 0.5), 1)


def wanted_rate(limit: float, present: float) -> float:
    """The frame rate that a client wants: the present one where it wants that or what was told for it, else
    the nearest whole one. Raises ConfigModify for what is no finite number.
    """
    wanted = whole(limit, "FrameRateLimit")
    return present if limit == present or wanted == whole_rate(present) else wanted


def addressed(
    settings: ConfigurationSettings,
    wanted: MulticastConfiguration | None,
    session_timeout: timedelta | None = None,
) -> ConfigurationSettings:
    """The settings with a multicast address and a session timeout; raises ConfigModify."""
    if session_timeout is not None:
        timeout_s = session_timeout_for(session_timeout.total_seconds())
        settings = msgspec.structs.replace(settings, session_timeout_s=timeout_s)
    if wanted is None:
        return settings
    if wanted.auto_start:
        raise ConfigModify("multicast is not offered")
    is_v6 = wanted.address.type is IPType.IPV6
    text = (wanted.address.ipv6_address if is_v6 else wanted.address.ipv4_address) or ""
    try:
        address = (ipaddress.IPv6Address if is_v6 else ipaddress.IPv4Address)(text)
    except ValueError as error:
        raise ConfigModify(f"multicast address {text!r}: {error}") from error
    if not (0 <= wanted.port <= 65535 and 0 <= wanted.ttl <= 255):
        raise ConfigModify(f"multicast port {wanted.port}, TTL {wanted.ttl}")
    return msgspec.structs.replace(
        settings,
        multicast_address=str(address),
        multicast_port=wanted.port,
        multicast_ttl=wanted.ttl,
    )


def multicast(settings: ConfigurationSettings) -> MulticastConfiguration:
    """The multicast address that was written; nothing is sent there."""
    text = settings.multicast_address
    if ":" in text:
        address = IPAddress(type=IPType.IPV6, ipv6_address=text)
    else:
        address = IPAddress(type=IPType.IPV4, ipv4_address=text)
    return MulticastConfiguration(
        address=address, port=settings.multicast_port, ttl=settings.multicast_ttl, auto_start=False
    )


def _range(values: list[int]) -> IntRange:
    return IntRange(min=min(values, default=0), max=max(values, default=0))


def _event_filter(wanted: Filter | None) -> tuple[str, ...]:
    texts = tuple(_text(each) for each in wanted.content) if wanted is not None else ()
    if sum(len(text) for text in texts) > EVENTS_MOST_CHARS:
        raise ConfigModify(f"an event filter of more than {EVENTS_MOST_CHARS} characters")
    try:
        chosen = EventFilter(wanted, declared_names(TOPICS.values()))
    except (Fault, PeerError) as error:
        raise ConfigModify(f"event filter: {error}") from error
    if chosen.looks_inside:  # that would need MaxContentFilterSize to be announced
        raise ConfigModify("event filter: streams are filtered by topic only, not by what messages contain")
    return texts


def _text(part: XmlElement) -> str:
    return etree.tostring(part, encoding="unicode", with_tail=False)


def _subscription(events: tuple[str, ...] | None) -> EventSubscription | None:
    if events is None:
        return None
    if not events:
        return EventSubscription()
    return EventSubscription(filter=Filter(content=tuple(parse(text.encode()) for text in events)))
