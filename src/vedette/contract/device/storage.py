"""Device management service: storage configurations."""

from enum import StrEnum

from vedette.contract.faults import ConfigModify, MaxStorageConfigurations, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.values import DeviceEntity
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class UserCredential:
    """How the device proves itself to a storage place."""

    user_name: str
    password: str | None = None
    token: str | None = None


@message(TDS)
class ConfigurationRenewal:
    """How the access data of a storage place is renewed."""

    renewal_endpoint: str
    authorization_server: str
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    error: str | None = None


@message(TDS)
class StorageConfigurationData:
    """Where recordings or exports may be put, and with which credentials."""

    type: str = attribute("type")
    region: str | None = attribute("Region", default=None)
    local_path: str | None = None
    storage_uri: str | None = None
    user: UserCredential | None = None
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    configuration_renewal: ConfigurationRenewal | None = None


@message(TDS)
class StorageConfiguration(DeviceEntity):
    """A storage place under its token."""

    data: StorageConfigurationData


class StorageType(StrEnum):
    """The kinds of storage places."""

    NFS = "NFS"
    CIFS = "CIFS"
    CDMI = "CDMI"
    FTP = "FTP"
    OBJECT_STORAGE_S3 = "ObjectStorageS3"
    OBJECT_STORAGE_AZURE = "ObjectStorageAzure"


@message(TDS)
class GetStorageConfigurations:
    """Asks for the storage configurations."""


@message(TDS)
class GetStorageConfigurationsResponse:
    """Answers with the storage configurations."""

    storage_configurations: tuple[StorageConfiguration, ...] = ()


@message(TDS)
class CreateStorageConfiguration:
    """Makes a new storage configuration."""

    storage_configuration: StorageConfigurationData


@message(TDS)
class CreateStorageConfigurationResponse:
    """Tells that the storage configuration was made."""

    token: str


@message(TDS)
class GetStorageConfiguration:
    """Asks for the storage configuration."""

    token: str


@message(TDS)
class GetStorageConfigurationResponse:
    """Answers with the storage configuration."""

    storage_configuration: StorageConfiguration


@message(TDS)
class SetStorageConfiguration:
    """Changes the storage configuration."""

    storage_configuration: StorageConfiguration


@message(TDS)
class SetStorageConfigurationResponse:
    """Tells that the storage configuration changed."""


@message(TDS)
class DeleteStorageConfiguration:
    """Deletes the storage configuration."""

    token: str


@message(TDS)
class DeleteStorageConfigurationResponse:
    """Tells that the storage configuration was deleted."""


class Storage(Service):
    """Storage configurations."""

    get_storage_configurations = Operation(
        GetStorageConfigurations,
        GetStorageConfigurationsResponse,
        access=Access.READ_MEDIA,
        source="Core, GetStorageConfigurations (26.06 §8.8.3)",
    )

    create_storage_configuration = Operation(
        CreateStorageConfiguration,
        CreateStorageConfigurationResponse,
        access=Access.ACTUATE,
        faults=(MaxStorageConfigurations,),
        source="Core, CreateStorageConfiguration (26.06 §8.8.4)",
    )

    get_storage_configuration = Operation(
        GetStorageConfiguration,
        GetStorageConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Core, GetStorageConfiguration (26.06 §8.8.5)",
    )

    set_storage_configuration = Operation(
        SetStorageConfiguration,
        SetStorageConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify),
        source="Core, SetStorageConfiguration (26.06 §8.8.6)",
    )

    delete_storage_configuration = Operation(
        DeleteStorageConfiguration,
        DeleteStorageConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig,),
        source="Core, DeleteStorageConfiguration (26.06 §8.8.7)",
    )
