"""What GetCapabilities tells about every service."""

from enum import StrEnum

from vedette.contract.schema.values import OnvifVersion
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class CapabilityCategory(StrEnum):
    """Capability category: the named values."""

    ALL = "All"
    ANALYTICS = "Analytics"
    DEVICE = "Device"
    EVENTS = "Events"
    IMAGING = "Imaging"
    MEDIA = "Media"
    PTZ = "PTZ"


@message(TT)
class AnalyticsCapabilities:
    """Analytics capabilities."""

    xaddr: str = element("XAddr")
    rule_support: bool
    analytics_module_support: bool


@message(TT)
class NetworkCapabilitiesExtension:
    """Network capabilities extension."""

    dot11_configuration: bool | None = None


@message(TT)
class NetworkCapabilities:
    """Network capabilities."""

    ip_filter: bool | None = element("IPFilter", default=None)
    zero_configuration: bool | None = None
    ip_version6: bool | None = element("IPVersion6", default=None)
    dyn_dns: bool | None = element("DynDNS", default=None)
    extension: NetworkCapabilitiesExtension | None = None


@message(TT)
class SystemCapabilitiesExtension:
    """System capabilities extension."""

    http_firmware_upgrade: bool | None = None
    http_system_backup: bool | None = None
    http_system_logging: bool | None = None
    http_support_information: bool | None = None


@message(TT)
class SystemCapabilities:
    """System capabilities."""

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
    """IO capabilities extension2."""


@message(TT)
class IOCapabilitiesExtension:
    """IO capabilities extension."""

    auxiliary: bool | None = None
    auxiliary_commands: tuple[str, ...] = ()
    extension: IOCapabilitiesExtension2


@message(TT)
class IOCapabilities:
    """IO capabilities."""

    input_connectors: int | None = None
    relay_outputs: int | None = None
    extension: IOCapabilitiesExtension | None = None


@message(TT)
class SecurityCapabilitiesExtension2:
    """Security capabilities extension2."""

    dot1x: bool = element("Dot1X")
    supported_eap_methods: tuple[int, ...] = element("SupportedEAPMethod", default=())
    remote_user_handling: bool


@message(TT)
class SecurityCapabilitiesExtension:
    """Security capabilities extension."""

    tls1_0: bool = element("TLS1.0")
    extension: SecurityCapabilitiesExtension2 | None = None


@message(TT)
class SecurityCapabilities:
    """Security capabilities."""

    tls1_1: bool = element("TLS1.1")
    tls1_2: bool = element("TLS1.2")
    onboard_key_generation: bool
    access_policy_config: bool
    x_509_token: bool = element("X.509Token")
    saml_token: bool = element("SAMLToken")
    kerberos_token: bool
    rel_token: bool = element("RELToken")
    extension: SecurityCapabilitiesExtension | None = None


@message(TT)
class DeviceCapabilities:
    """Device capabilities."""

    xaddr: str = element("XAddr")
    network: NetworkCapabilities | None = None
    system: SystemCapabilities | None = None
    io: IOCapabilities | None = element("IO", default=None)
    security: SecurityCapabilities | None = None


@message(TT)
class EventCapabilities:
    """Event capabilities."""

    xaddr: str = element("XAddr")
    ws_subscription_policy_support: bool = element("WSSubscriptionPolicySupport")
    ws_pull_point_support: bool = element("WSPullPointSupport")
    ws_pausable_subscription_manager_interface_support: bool = element(
        "WSPausableSubscriptionManagerInterfaceSupport"
    )


@message(TT)
class ImagingCapabilities:
    """Imaging capabilities."""

    xaddr: str = element("XAddr")


@message(TT)
class RealTimeStreamingCapabilities:
    """Real time streaming capabilities."""

    rtp_multicast: bool | None = element("RTPMulticast", default=None)
    rtp_tcp: bool | None = element("RTP_TCP", default=None)
    rtp_rtsp_tcp: bool | None = element("RTP_RTSP_TCP", default=None)


@message(TT)
class ProfileCapabilities:
    """Profile capabilities."""

    maximum_number_of_profiles: int


@message(TT)
class MediaCapabilitiesExtension:
    """Media capabilities extension."""

    profile_capabilities: ProfileCapabilities


@message(TT)
class MediaCapabilities:
    """Media capabilities."""

    xaddr: str = element("XAddr")
    streaming_capabilities: RealTimeStreamingCapabilities
    extension: MediaCapabilitiesExtension | None = None


@message(TT)
class PTZCapabilities:
    """PTZ capabilities."""

    xaddr: str = element("XAddr")


@message(TT)
class DeviceIOCapabilities:
    """Device IO capabilities."""

    xaddr: str = element("XAddr")
    video_sources: int
    video_outputs: int
    audio_sources: int
    audio_outputs: int
    relay_outputs: int


@message(TT)
class DisplayCapabilities:
    """Display capabilities."""

    xaddr: str = element("XAddr")
    fixed_layout: bool


@message(TT)
class RecordingCapabilities:
    """Recording capabilities."""

    xaddr: str = element("XAddr")
    receiver_source: bool
    media_profile_source: bool
    dynamic_recordings: bool
    dynamic_tracks: bool
    max_string_length: int


@message(TT)
class SearchCapabilities:
    """Search capabilities."""

    xaddr: str = element("XAddr")
    metadata_search: bool
    nl_search: bool | None = element("NLSearch", default=None)
    image_search: bool | None = None


@message(TT)
class ReplayCapabilities:
    """Replay capabilities."""

    xaddr: str = element("XAddr")


@message(TT)
class ReceiverCapabilities:
    """Receiver capabilities."""

    xaddr: str = element("XAddr")
    rtp_multicast: bool = element("RTP_Multicast")
    rtp_tcp: bool = element("RTP_TCP")
    rtp_rtsp_tcp: bool = element("RTP_RTSP_TCP")
    supported_receivers: int
    maximum_rtspuri_length: int = element("MaximumRTSPURILength")


@message(TT)
class AnalyticsDeviceCapabilities:
    """Analytics device capabilities."""

    xaddr: str = element("XAddr")
    rule_support: bool | None = None


@message(TT)
class CapabilitiesExtension2:
    """Capabilities extension2."""


@message(TT)
class CapabilitiesExtension:
    """Capabilities extension."""

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
    """Capabilities."""

    analytics: AnalyticsCapabilities | None = None
    device: DeviceCapabilities | None = None
    events: EventCapabilities | None = None
    imaging: ImagingCapabilities | None = None
    media: MediaCapabilities | None = None
    ptz: PTZCapabilities | None = element("PTZ", default=None)
    extension: CapabilitiesExtension | None = None
