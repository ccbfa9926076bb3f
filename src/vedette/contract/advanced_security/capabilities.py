"""Security configuration service: capabilities."""

from enum import StrEnum

from vedette.contract.advanced_security.values import AlgorithmIdentifier
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class KeystoreCapabilities:
    """How many keys, certificates and policies fit into the keystore, and which algorithms it knows."""

    maximum_number_of_keys: int | None = attribute("MaximumNumberOfKeys", default=None)
    maximum_number_of_certificates: int | None = attribute("MaximumNumberOfCertificates", default=None)
    maximum_number_of_certification_paths: int | None = attribute(
        "MaximumNumberOfCertificationPaths", default=None
    )
    set_cert_path: bool | None = attribute("SetCertPath", default=None)
    rsa_key_pair_generation: bool | None = attribute("RSAKeyPairGeneration", default=None)
    ecc_key_pair_generation: bool | None = attribute("ECCKeyPairGeneration", default=None)
    key_pair_generation: tuple[str, ...] = attribute("KeyPairGeneration", listed=True, default=())
    rsa_key_lengths: tuple[int, ...] = attribute("RSAKeyLengths", listed=True, default=())
    elliptic_curves: tuple[str, ...] = attribute("EllipticCurves", listed=True, default=())
    pkcs10_external_certification_with_rsa: bool | None = attribute(
        "PKCS10ExternalCertificationWithRSA", default=None
    )
    pkcs10: bool | None = attribute("PKCS10", default=None)
    self_signed_certificate_creation_with_rsa: bool | None = attribute(
        "SelfSignedCertificateCreationWithRSA", default=None
    )
    self_signed_certificate_creation: bool | None = attribute("SelfSignedCertificateCreation", default=None)
    x509_versions: tuple[int, ...] = attribute("X509Versions", listed=True, default=())
    maximum_number_of_passphrases: int | None = attribute("MaximumNumberOfPassphrases", default=None)
    pkcs8_rsa_key_pair_upload: bool | None = attribute("PKCS8RSAKeyPairUpload", default=None)
    pkcs8: bool | None = attribute("PKCS8", default=None)
    pkcs12_certificate_with_rsa_private_key_upload: bool | None = attribute(
        "PKCS12CertificateWithRSAPrivateKeyUpload", default=None
    )
    pkcs12: bool | None = attribute("PKCS12", default=None)
    password_based_encryption_algorithms: tuple[str, ...] = attribute(
        "PasswordBasedEncryptionAlgorithms", listed=True, default=()
    )
    password_based_mac_algorithms: tuple[str, ...] = attribute(
        "PasswordBasedMACAlgorithms", listed=True, default=()
    )
    maximum_number_of_crls: int | None = attribute("MaximumNumberOfCRLs", default=None)
    maximum_number_of_certification_path_validation_policies: int | None = attribute(
        "MaximumNumberOfCertificationPathValidationPolicies", default=None
    )
    enforce_tls_web_client_auth_ext_key_usage: bool | None = attribute(
        "EnforceTLSWebClientAuthExtKeyUsage", default=None
    )
    no_private_key_sharing: bool | None = attribute("NoPrivateKeySharing", default=None)
    signature_algorithms: tuple[AlgorithmIdentifier, ...] = ()


@message(TAS)
class TLSServerCapabilities:
    """What the TLS server can be told to do."""

    tls_server_supported: tuple[str, ...] = attribute("TLSServerSupported", listed=True, default=())
    enabled_versions_supported: bool | None = attribute("EnabledVersionsSupported", default=None)
    maximum_number_of_tls_certification_paths: int | None = attribute(
        "MaximumNumberOfTLSCertificationPaths", default=None
    )
    tls_client_auth_supported: bool | None = attribute("TLSClientAuthSupported", default=None)
    cn_maps_to_user_supported: bool | None = attribute("CnMapsToUserSupported", default=None)
    maximum_number_of_tls_certification_path_validation_policies: int | None = attribute(
        "MaximumNumberOfTLSCertificationPathValidationPolicies", default=None
    )


@message(TAS)
class Dot1XCapabilities:
    """How many 802.1X configurations there may be, and with which methods."""

    maximum_number_of_dot1x_configurations: int | None = attribute(
        "MaximumNumberOfDot1XConfigurations", default=None
    )
    dot1x_methods: tuple[str, ...] = attribute("Dot1XMethods", listed=True, default=())


@message(TAS)
class AuthorizationServerConfigurationCapabilities:
    """How many authorization servers there may be, and of which kinds."""

    max_configurations: int | None = attribute("MaxConfigurations", default=None)
    configuration_types_supported: tuple[str, ...] = attribute(
        "ConfigurationTypesSupported", listed=True, default=()
    )
    client_authentication_methods_supported: tuple[str, ...] = attribute(
        "ClientAuthenticationMethodsSupported", listed=True, default=()
    )


@message(TAS)
class MediaSigningCapabilities:
    """Whether media can be signed, also with keys of the user."""

    media_signing_supported: bool | None = attribute("MediaSigningSupported", default=None)
    user_media_signing_key_supported: bool | None = attribute("UserMediaSigningKeySupported", default=None)


@message(TAS)
class Capabilities:
    """What the security service offers, part by part."""

    keystore_capabilities: KeystoreCapabilities
    tls_server_capabilities: TLSServerCapabilities = element("TLSServerCapabilities")
    dot1x_capabilities: Dot1XCapabilities | None = element("Dot1XCapabilities", default=None)
    authorization_server: AuthorizationServerConfigurationCapabilities | None = None
    media_signing: MediaSigningCapabilities | None = None


class KeyStatus(StrEnum):
    """How far the making of a key has come."""

    OK = "ok"
    GENERATING = "generating"
    CORRUPT = "corrupt"


class KeyPairAlgorithm(StrEnum):
    """The algorithms a key pair may be for."""

    RSA = "RSA"
    ECC = "ECC"


class AuthorizationServerConfigurationType(StrEnum):
    """The ways to obtain a token from an authorization server."""

    O_AUTH_AUTHORIZATION_CODE = "OAuthAuthorizationCode"
    O_AUTH_CLIENT_CREDENTIALS = "OAuthClientCredentials"
    OIDC2AUTHORIZATION_CODE = "OIDC2AuthorizationCode"


class ClientAuthenticationMethod(StrEnum):
    """The ways a client proves itself to an authorization server."""

    CLIENT_SECRET_BASIC = "client_secret_basic"
    CLIENT_SECRET_POST = "client_secret_post"
    CLIENT_SECRET_JWT = "client_secret_jwt"
    PRIVATE_KEY_JWT = "private_key_jwt"
    TLS_CLIENT_AUTH = "tls_client_auth"
    SELF_SIGNED_TLS_CLIENT_AUTH = "self_signed_tls_client_auth"


@message(TAS)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TAS)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


class Capability(Service):
    """Capabilities."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Security, GetServiceCapabilities (26.06 §5.5.7.1)",
    )
