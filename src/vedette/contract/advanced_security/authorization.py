"""Security configuration service: tokens and authorization servers."""

from vedette.contract.faults import (
    CertPathValidationPolicyID,
    InvalidConfig,
    KeyID,
    MaxAuthorizationServers,
    MaxIssuersExceeded,
    NoConfig,
    ReferenceExists,
    TooManyAudiences,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.values import DeviceEntity
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class CustomClaim:
    """A claim that a token must carry, with the values that are accepted."""

    name: str
    supported_values: tuple[str, ...] = element(listed=True)


@message(TAS)
class JWTConfiguration:
    """Which bearer tokens the device accepts, from whom, and how it checks them."""

    audiences: tuple[str, ...] = element(listed=True)
    trusted_issuers: tuple[str, ...] = ()
    key_ids: tuple[str, ...] = element("KeyID", default=())
    validation_policy: str | None = None
    custom_claims: tuple[CustomClaim, ...] = ()


@message(TAS)
class AuthorizationServerConfigurationData:
    """How to reach an authorization server and prove who asks."""

    type: str = attribute("Type")
    client_auth: str | None = attribute("ClientAuth", default=None)
    server_uri: str
    client_id: str | None = element("ClientID", default=None)
    client_secret: str | None = None
    scope: str | None = None
    key_id: str | None = element("KeyID", default=None)
    certificate_id: str | None = element("CertificateID", default=None)
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)


@message(TAS)
class AuthorizationServerConfiguration(DeviceEntity):
    """A configured authorization server under its token."""

    data: AuthorizationServerConfigurationData


@message(TAS)
class GetJWTConfiguration:
    """Asks for the JWT configuration."""


@message(TAS)
class GetJWTConfigurationResponse:
    """Answers with the JWT configuration."""

    configuration: JWTConfiguration


@message(TAS)
class SetJWTConfiguration:
    """Changes the JWT configuration."""

    configuration: JWTConfiguration


@message(TAS)
class SetJWTConfigurationResponse:
    """Tells that the JWT configuration changed."""


@message(TAS)
class GetAuthorizationServerConfigurations:
    """Asks for the authorization server configurations."""

    token: str | None = None


@message(TAS)
class GetAuthorizationServerConfigurationsResponse:
    """Answers with the authorization server configurations."""

    configurations: tuple[AuthorizationServerConfiguration, ...] = element("Configuration", default=())


@message(TAS)
class CreateAuthorizationServerConfiguration:
    """Makes a new authorization server configuration."""

    configuration: AuthorizationServerConfigurationData


@message(TAS)
class CreateAuthorizationServerConfigurationResponse:
    """Tells that the authorization server configuration was made."""

    token: str


@message(TAS)
class SetAuthorizationServerConfiguration:
    """Changes the authorization server configuration."""

    configuration: AuthorizationServerConfiguration


@message(TAS)
class SetAuthorizationServerConfigurationResponse:
    """Tells that the authorization server configuration changed."""


@message(TAS)
class DeleteAuthorizationServerConfiguration:
    """Deletes the authorization server configuration."""

    token: str


@message(TAS)
class DeleteAuthorizationServerConfigurationResponse:
    """Tells that the authorization server configuration was deleted."""


class Authorization(Service):
    """Tokens and authorization servers."""

    get_jwt_configuration = Operation(
        GetJWTConfiguration,
        GetJWTConfigurationResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetJWTConfiguration (26.06 §5.5.6.1)",
    )

    set_jwt_configuration = Operation(
        SetJWTConfiguration,
        SetJWTConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(KeyID, CertPathValidationPolicyID, TooManyAudiences, MaxIssuersExceeded),
        source="Security, SetJWTConfiguration (26.06 §5.5.6.2)",
    )

    get_authorization_server_configurations = Operation(
        GetAuthorizationServerConfigurations,
        GetAuthorizationServerConfigurationsResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(NoConfig,),
        source="Security, GetAuthorizationServerConfigurations (26.06 §5.5.5.1)",
    )

    create_authorization_server_configuration = Operation(
        CreateAuthorizationServerConfiguration,
        CreateAuthorizationServerConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaxAuthorizationServers, InvalidConfig),
        source="Security, CreateAuthorizationServerConfiguration (26.06 §5.5.5.2)",
    )

    set_authorization_server_configuration = Operation(
        SetAuthorizationServerConfiguration,
        SetAuthorizationServerConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoConfig, InvalidConfig),
        source="Security, SetAuthorizationServerConfiguration (26.06 §5.5.5.3)",
    )

    delete_authorization_server_configuration = Operation(
        DeleteAuthorizationServerConfiguration,
        DeleteAuthorizationServerConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoConfig, ReferenceExists),
        source="Security, DeleteAuthorizationServerConfiguration (26.06 §5.5.5.4)",
    )
