"""Device management service: services, capabilities and addresses."""

from enum import StrEnum

from vedette.contract.faults import NoSuchService
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.capabilities import Capabilities, CapabilityCategory
from vedette.contract.schema.values import OnvifVersion
from vedette.wire.message import XmlElement, anything, attribute, element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class AnyCapabilities:
    """The capabilities of a service in its own vocabulary."""

    content: tuple[XmlElement, ...] = anything()


@message(TDS, name="Service")
class ServiceEntry:
    """One service of the device: where it is and which version it has."""

    namespace: str
    xaddr: str = element("XAddr")
    capabilities: AnyCapabilities | None = None
    version: OnvifVersion


@message(TDS)
class NetworkCapabilities:
    """What the device offers in networking."""

    ip_filter: bool | None = attribute("IPFilter", default=None)
    zero_configuration: bool | None = attribute("ZeroConfiguration", default=None)
    ip_version6: bool | None = attribute("IPVersion6", default=None)
    dyn_dns: bool | None = attribute("DynDNS", default=None)
    dot11_configuration: bool | None = attribute("Dot11Configuration", default=None)
    dot1x_configurations: int | None = attribute("Dot1XConfigurations", default=None)
    hostname_from_dhcp: bool | None = attribute("HostnameFromDHCP", default=None)
    ntp: int | None = attribute("NTP", default=None)
    dhcpv6: bool | None = attribute("DHCPv6", default=None)


@message(TDS)
class SecurityCapabilities:
    """What the device offers in security and user management."""

    tls1_0: bool | None = attribute("TLS1.0", default=None)
    tls1_1: bool | None = attribute("TLS1.1", default=None)
    tls1_2: bool | None = attribute("TLS1.2", default=None)
    onboard_key_generation: bool | None = attribute("OnboardKeyGeneration", default=None)
    access_policy_config: bool | None = attribute("AccessPolicyConfig", default=None)
    default_access_policy: bool | None = attribute("DefaultAccessPolicy", default=None)
    dot1x: bool | None = attribute("Dot1X", default=None)
    remote_user_handling: bool | None = attribute("RemoteUserHandling", default=None)
    x509_token: bool | None = attribute("X.509Token", default=None)
    saml_token: bool | None = attribute("SAMLToken", default=None)
    kerberos_token: bool | None = attribute("KerberosToken", default=None)
    username_token: bool | None = attribute("UsernameToken", default=None)
    http_digest: bool | None = attribute("HttpDigest", default=None)
    rel_token: bool | None = attribute("RELToken", default=None)
    json_web_token: bool | None = attribute("JsonWebToken", default=None)
    supported_eap_methods: tuple[int, ...] = attribute("SupportedEAPMethods", listed=True, default=())
    max_users: int | None = attribute("MaxUsers", default=None)
    max_user_name_length: int | None = attribute("MaxUserNameLength", default=None)
    max_password_length: int | None = attribute("MaxPasswordLength", default=None)
    security_policies: tuple[str, ...] = attribute("SecurityPolicies", listed=True, default=())
    max_password_history: int | None = attribute("MaxPasswordHistory", default=None)
    hashing_algorithms: tuple[str, ...] = attribute("HashingAlgorithms", listed=True, default=())
    max_user_roles: int | None = attribute("MaxUserRoles", default=None)


@message(TDS)
class SystemCapabilities:
    """What the device offers in upkeep: discovery, backup, upgrade, logs, storage."""

    discovery_resolve: bool | None = attribute("DiscoveryResolve", default=None)
    discovery_bye: bool | None = attribute("DiscoveryBye", default=None)
    remote_discovery: bool | None = attribute("RemoteDiscovery", default=None)
    system_backup: bool | None = attribute("SystemBackup", default=None)
    system_logging: bool | None = attribute("SystemLogging", default=None)
    cloud_firmware_upgrade: bool | None = attribute("CloudFirmwareUpgrade", default=None)
    http_firmware_upgrade: bool | None = attribute("HttpFirmwareUpgrade", default=None)
    http_system_backup: bool | None = attribute("HttpSystemBackup", default=None)
    http_system_logging: bool | None = attribute("HttpSystemLogging", default=None)
    http_support_information: bool | None = attribute("HttpSupportInformation", default=None)
    storage_configuration: bool | None = attribute("StorageConfiguration", default=None)
    max_storage_configurations: int | None = attribute("MaxStorageConfigurations", default=None)
    storage_configuration_renewal: bool | None = attribute("StorageConfigurationRenewal", default=None)
    geo_location_entries: int | None = attribute("GeoLocationEntries", default=None)
    auto_geo: tuple[str, ...] = attribute("AutoGeo", listed=True, default=())
    storage_types_supported: tuple[str, ...] = attribute("StorageTypesSupported", listed=True, default=())
    discovery_not_supported: bool | None = attribute("DiscoveryNotSupported", default=None)
    network_config_not_supported: bool | None = attribute("NetworkConfigNotSupported", default=None)
    user_config_not_supported: bool | None = attribute("UserConfigNotSupported", default=None)
    addons: tuple[str, ...] = attribute("Addons", listed=True, default=())
    hardware_type: str | None = attribute("HardwareType", default=None)


@message(TDS)
class MiscCapabilities:
    """The auxiliary commands that the device accepts."""

    auxiliary_commands: tuple[str, ...] = attribute("AuxiliaryCommands", listed=True, default=())


@message(TDS)
class DeviceServiceCapabilities:
    """What the device service offers, chapter by chapter."""

    network: NetworkCapabilities
    security: SecurityCapabilities
    system: SystemCapabilities
    misc: MiscCapabilities | None = None


class HardwareTypes(StrEnum):
    """Kinds of hardware that a device may say it is."""

    CAMERA = "Camera"
    MULTI_SENSOR_CAMERA = "MultiSensorCamera"
    ENCODER = "Encoder"
    INTERCOM = "Intercom"
    ACCESS_CONTROL = "AccessControl"
    SPEAKER = "Speaker"
    RECORDER = "Recorder"
    MICROPHONE = "Microphone"
    DISPLAY = "Display"
    IO_DEVICE = "IO-Device"


@message(TDS)
class GetServices:
    """Asks which services there are and where."""

    include_capability: bool


@message(TDS)
class GetServicesResponse:
    """Answers with the services."""

    services: tuple[ServiceEntry, ...] = element("Service")


@message(TDS)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TDS)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: DeviceServiceCapabilities


@message(TDS)
class GetEndpointReference:
    """Asks for the endpoint reference."""


@message(TDS)
class GetEndpointReferenceResponse:
    """Answers with the endpoint reference."""

    guid: str = element("GUID")


@message(TDS)
class GetWsdlUrl:
    """Asks for the wsdl url."""


@message(TDS)
class GetWsdlUrlResponse:
    """Answers with the wsdl url."""

    wsdl_url: str


@message(TDS)
class GetCapabilities:
    """Asks for the capabilities."""

    categories: tuple[CapabilityCategory, ...] = element("Category", default=())


@message(TDS)
class GetCapabilitiesResponse:
    """Answers with the capabilities."""

    capabilities: Capabilities


class Offers(Service):
    """Services, capabilities and addresses."""

    get_services = Operation(
        GetServices,
        GetServicesResponse,
        access=Access.PRE_AUTH,
        source="Core, GetServices (26.06 §8.1.2.2)",
        iec="IEC 60839-11-31 8.2.2",
    )

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Core, GetServiceCapabilities (26.06 §8.1.2.3)",
        iec="IEC 60839-11-31 8.2.2",
    )

    get_endpoint_reference = Operation(
        GetEndpointReference,
        GetEndpointReferenceResponse,
        access=Access.PRE_AUTH,
        source="Core, GetEndpointReference (26.06 §8.4.9)",
        iec="IEC 60839-11-31 8.5.24",
    )

    get_wsdl_url = Operation(
        GetWsdlUrl,
        GetWsdlUrlResponse,
        access=Access.PRE_AUTH,
        source="Core, GetWsdlUrl (26.06 §8.1.1)",
        iec="IEC 60839-11-31 8.2.1",
        deprecated=True,
    )

    get_capabilities = Operation(
        GetCapabilities,
        GetCapabilitiesResponse,
        access=Access.PRE_AUTH,
        faults=(NoSuchService,),
        source="Core, GetCapabilities (26.06 §8.1.2.4)",
    )
