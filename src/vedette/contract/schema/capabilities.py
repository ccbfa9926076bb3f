"""What GetCapabilities tells about every service."""

from enum import StrEnum

from vedette.contract.schema.values import OnvifVersion
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class CapabilityCategory(StrEnum):
    """The parts of GetCapabilities that can be asked for."""

    ALL = "All"
    ANALYTICS = "Analytics"
    DEVICE = "Device"
    EVENTS = "Events"
    IMAGING = "Imaging"
    MEDIA = "Media"
    PTZ = "PTZ"


@message(TT)
class AnalyticsCapabilities:
    """Where the analytics service is, and whether it has rules and modules."""

    xaddr: str = element("XAddr")
    rule_support: bool
    analytics_module_support: bool


@message(TT)
class NetworkCapabilitiesExtension:
    """Whether there are wireless interfaces."""

    dot11_configuration: bool | None = None


@message(TT)
class NetworkCapabilities:
    """Which network settings can be changed."""

    ip_filter: bool | None = element("IPFilter", default=None)
    zero_configuration: bool | None = None
    ip_version6: bool | None = element("IPVersion6", default=None)
    dyn_dns: bool | None = element("DynDNS", default=None)
    extension: NetworkCapabilitiesExtension | None = None


@message(TT)
class SystemCapabilitiesExtension:
    """Which upkeep goes over HTTP."""

    http_firmware_upgrade: bool | None = None
    http_system_backup: bool | None = None
    http_system_logging: bool | None = None
    http_support_information: bool | None = None


@message(TT)
class SystemCapabilities:
    """Which upkeep the device allows, and its version of the standard."""

    discovery_resolve: bool
    discovery_bye: bool
    remote_discovery: bool
    system_backup: bool
    system_logging: bool
    firmware_upgrade: bool
    supported_versions: tuple[OnvifVersion, ...]
    extension: SystemCapabilitiesExtension | None = None


@message(TT)
class IOCapabilitiesExtension2:
    """A place for more about inputs and outputs."""


@message(TT)
class IOCapabilitiesExtension:
    """Which auxiliary commands there are."""

    auxiliary: bool | None = None
    auxiliary_commands: tuple[str, ...] = ()
    extension: IOCapabilitiesExtension2


@message(TT)
class IOCapabilities:
    """How many digital inputs and relays there are."""

    input_connectors: int | None = None
    relay_outputs: int | None = None
    extension: IOCapabilitiesExtension | None = None


@message(TT)
class SecurityCapabilitiesExtension2:
    """Which kinds of 802.1X and remote users there are."""

    dot1x: bool = element("Dot1X")
    supported_eap_methods: tuple[int, ...] = element("SupportedEAPMethod", default=())
    remote_user_handling: bool


@message(TT)
class SecurityCapabilitiesExtension:
    """Whether TLS 1.0 is offered."""

    tls1_0: bool = element("TLS1.0")
    extension: SecurityCapabilitiesExtension2 | None = None


@message(TT)
class SecurityCapabilities:
    """Which security functions the device has."""

    tls1_1: bool = element("TLS1.1")
    tls1_2: bool = element("TLS1.2")
    onboard_key_generation: bool
    access_policy_config: bool
    x509_token: bool = element("X.509Token")
    saml_token: bool = element("SAMLToken")
    kerberos_token: bool
    rel_token: bool = element("RELToken")
    extension: SecurityCapabilitiesExtension | None = None


@message(TT)
class DeviceCapabilities:
    """Where the device service is, and what it offers."""

    xaddr: str = element("XAddr")
    network: NetworkCapabilities | None = None
    system: SystemCapabilities | None = None
    io: IOCapabilities | None = element("IO", default=None)
    security: SecurityCapabilities | None = None


@message(TT)
class EventCapabilities:
    """Where the event service is, and which interfaces it has."""

    xaddr: str = element("XAddr")
    ws_subscription_policy_support: bool = element("WSSubscriptionPolicySupport")
    ws_pull_point_support: bool = element("WSPullPointSupport")
    ws_pausable_subscription_manager_interface_support: bool = element(
        "WSPausableSubscriptionManagerInterfaceSupport"
    )


@message(TT)
class ImagingCapabilities:
    """Where the imaging service is."""

    xaddr: str = element("XAddr")


@message(TT)
class RealTimeStreamingCapabilities:
    """The transports of real-time streaming."""

    rtp_multicast: bool | None = element("RTPMulticast", default=None)
    rtp_tcp: bool | None = element("RTP_TCP", default=None)
    rtp_rtsp_tcp: bool | None = element("RTP_RTSP_TCP", default=None)


@message(TT)
class ProfileCapabilities:
    """The number of profiles."""

    maximum_number_of_profiles: int


@message(TT)
class MediaCapabilitiesExtension:
    """How many profiles there may be."""

    profile_capabilities: ProfileCapabilities


@message(TT)
class MediaCapabilities:
    """Where the media service is, and how it streams."""

    xaddr: str = element("XAddr")
    streaming_capabilities: RealTimeStreamingCapabilities
    extension: MediaCapabilitiesExtension | None = None


@message(TT)
class PTZCapabilities:
    """Where the PTZ service is."""

    xaddr: str = element("XAddr")


@message(TT)
class DeviceIOCapabilities:
    """Where the input and output service is, and how much it has."""

    xaddr: str = element("XAddr")
    video_sources: int
    video_outputs: int
    audio_sources: int
    audio_outputs: int
    relay_outputs: int


@message(TT)
class DisplayCapabilities:
    """Where the display service is."""

    xaddr: str = element("XAddr")
    fixed_layout: bool


@message(TT)
class RecordingCapabilities:
    """Where the recording service is, and what it offers."""

    xaddr: str = element("XAddr")
    receiver_source: bool
    media_profile_source: bool
    dynamic_recordings: bool
    dynamic_tracks: bool
    max_string_length: int


@message(TT)
class SearchCapabilities:
    """Where the search service is."""

    xaddr: str = element("XAddr")
    metadata_search: bool
    nl_search: bool | None = element("NLSearch", default=None)
    image_search: bool | None = None


@message(TT)
class ReplayCapabilities:
    """Where the replay service is."""

    xaddr: str = element("XAddr")


@message(TT)
class ReceiverCapabilities:
    """Where the receiver service is, and what it offers."""

    xaddr: str = element("XAddr")
    rtp_multicast: bool = element("RTP_Multicast")
    rtp_tcp: bool = element("RTP_TCP")
    rtp_rtsp_tcp: bool = element("RTP_RTSP_TCP")
    supported_receivers: int
    maximum_rtsp_uri_length: int = element("MaximumRTSPURILength")


@message(TT)
class AnalyticsDeviceCapabilities:
    """Where the analytics device service is."""

    xaddr: str = element("XAddr")
    rule_support: bool | None = None


@message(TT)
class CapabilitiesExtension2:
    """A place for capabilities of still later services."""


@message(TT)
class CapabilitiesExtension:
    """The capabilities of services that came later."""

    device_io: DeviceIOCapabilities | None = element("DeviceIO", default=None)
    display: DisplayCapabilities | None = None
    recording: RecordingCapabilities | None = None
    search: SearchCapabilities | None = None
    replay: ReplayCapabilities | None = None
    receiver: ReceiverCapabilities | None = None
    analytics_device: AnalyticsDeviceCapabilities | None = None
    extensions: CapabilitiesExtension2 | None = None


@message(TT)
class Capabilities:
    """The capabilities of every service, as GetCapabilities gives them."""

    analytics: AnalyticsCapabilities | None = None
    device: DeviceCapabilities | None = None
    events: EventCapabilities | None = None
    imaging: ImagingCapabilities | None = None
    media: MediaCapabilities | None = None
    ptz: PTZCapabilities | None = element("PTZ", default=None)
    extension: CapabilitiesExtension | None = None
