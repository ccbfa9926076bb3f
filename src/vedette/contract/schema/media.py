"""Profiles of the first media service, metadata configuration and stream set-up."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.audio import (
    AudioDecoderConfiguration,
    AudioEncoderConfiguration,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
)
from vedette.contract.schema.encoding import VideoEncoderConfiguration
from vedette.contract.schema.items import Config
from vedette.contract.schema.multicast import MulticastConfiguration
from vedette.contract.schema.notification import Filter
from vedette.contract.schema.ptz import PTZConfiguration
from vedette.contract.schema.values import ConfigurationEntity
from vedette.contract.schema.video import VideoSourceConfiguration
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class AnalyticsEngineConfiguration:
    """The analytics modules."""

    analytics_modules: tuple[Config, ...] = element("AnalyticsModule", default=())


@message(TT)
class RuleEngineConfiguration:
    """The rules."""

    rules: tuple[Config, ...] = element("Rule", default=())


@message(TT)
class VideoAnalyticsConfiguration(ConfigurationEntity):
    """The analytics modules and rules of a profile."""

    analytics_engine_configuration: AnalyticsEngineConfiguration
    rule_engine_configuration: RuleEngineConfiguration


@message(TT)
class PTZFilter:
    """Which PTZ data go into the metadata stream."""

    status: bool
    position: bool
    field_of_view: bool | None = None


@message(TT)
class EventSubscription:
    """Which events go into the metadata stream."""

    filter: Filter | None = None


@message(TT)
class SensorDataFilter:
    """Which sensor data go into the metadata stream."""

    sensor_ids: tuple[str, ...] = element("SensorID", default=())
    types: tuple[str, ...] = element("Type", default=())


@message(TT)
class MetadataConfiguration(ConfigurationEntity):
    """What goes into the metadata stream of a profile."""

    compression_type: str | None = attribute("CompressionType", default=None)
    geo_location: bool | None = attribute("GeoLocation", default=None)
    shape_polygon: bool | None = attribute("ShapePolygon", default=None)
    secure_streaming_protocol_algorithm: str | None = attribute(
        "SecureStreamingProtocolAlgorithm", default=None
    )
    ptz_status: PTZFilter | None = element("PTZStatus", default=None)
    events: EventSubscription | None = None
    analytics: bool | None = None
    multicast: MulticastConfiguration
    session_timeout: timedelta
    analytics_engine_configuration: AnalyticsEngineConfiguration | None = None
    sensor_data: SensorDataFilter | None = None


@message(TT)
class ProfileExtension:
    """The audio output and decoder of a profile."""

    audio_output_configuration: AudioOutputConfiguration | None = None
    audio_decoder_configuration: AudioDecoderConfiguration | None = None


@message(TT)
class Profile:
    """A named set of configurations, in the first media service."""

    token: str = attribute("token")
    fixed: bool | None = attribute("fixed", default=None)
    name: str
    video_source_configuration: VideoSourceConfiguration | None = None
    audio_source_configuration: AudioSourceConfiguration | None = None
    video_encoder_configuration: VideoEncoderConfiguration | None = None
    audio_encoder_configuration: AudioEncoderConfiguration | None = None
    video_analytics_configuration: VideoAnalyticsConfiguration | None = None
    ptz_configuration: PTZConfiguration | None = element("PTZConfiguration", default=None)
    metadata_configuration: MetadataConfiguration | None = None
    extension: ProfileExtension | None = None


@message(TT)
class PTZStatusFilterOptions:
    """Which PTZ data the metadata stream can carry."""

    pan_tilt_status_supported: bool
    zoom_status_supported: bool
    pan_tilt_position_supported: bool | None = None
    zoom_position_supported: bool | None = None
    field_of_view_supported: bool | None = None


@message(TT)
class SensorDataFilterOptions:
    """Which sensor data the metadata stream can carry."""

    sensor_id_filter_supported: bool = element("SensorIDFilterSupported")
    type_filter_supported: bool


@message(TT)
class MetadataConfigurationOptionsExtension:
    """How the metadata stream can be compressed."""

    compression_types: tuple[str, ...] = element("CompressionType", default=())


@message(TT)
class MetadataConfigurationOptions:
    """What the metadata stream can carry."""

    geo_location: bool | None = attribute("GeoLocation", default=None)
    max_content_filter_size: int | None = attribute("MaxContentFilterSize", default=None)
    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    ptz_status_filter_options: PTZStatusFilterOptions = element("PTZStatusFilterOptions")
    sensor_data_filter_options: SensorDataFilterOptions | None = None
    extension: MetadataConfigurationOptionsExtension | None = None


class StreamType(StrEnum):
    """Unicast or multicast."""

    RTP_UNICAST = "RTP-Unicast"
    RTP_MULTICAST = "RTP-Multicast"


class TransportProtocol(StrEnum):
    """The protocols that carry a stream, in the first media service."""

    UDP = "UDP"
    TCP = "TCP"
    RTSP = "RTSP"
    HTTP = "HTTP"


@message(TT)
class Transport:
    """The protocol that carries a stream."""

    protocol: TransportProtocol


@message(TT)
class StreamSetup:
    """How a stream shall be delivered, in the first media service."""

    stream: StreamType
    transport: Transport


@message(TT)
class MediaUri:
    """An address and how long it is valid."""

    uri: str
    invalid_after_connect: bool
    invalid_after_reboot: bool
    timeout: timedelta


class MetadataCompressionType(StrEnum):
    """How metadata are compressed."""

    NONE = "None"
    GZIP = "GZIP"
    EXI = "EXI"


class ImageSendingType(StrEnum):
    """Whether pictures of objects go into the metadata, and how."""

    EMBEDDED = "Embedded"
    LOCAL_STORAGE = "LocalStorage"
    REMOTE_STORAGE = "RemoteStorage"
