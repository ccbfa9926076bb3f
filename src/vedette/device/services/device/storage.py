"""Device service: storage configurations."""

from vedette.contract.device import Device
from vedette.contract.device import storage as tds
from vedette.contract.operation import answers
from vedette.device.storage_configurations import StorageConfigurations


class StorageHandlers:
    """Reads and changes where footage can go."""

    def __init__(self, storage: StorageConfigurations) -> None:
        self._storage = storage

    @answers(Device.get_storage_configurations)
    async def get_storage_configurations(
        self, request: tds.GetStorageConfigurations
    ) -> tds.GetStorageConfigurationsResponse:
        """Every configuration."""
        return tds.GetStorageConfigurationsResponse(storage_configurations=self._storage.all())

    @answers(Device.create_storage_configuration)
    async def create_storage_configuration(
        self, request: tds.CreateStorageConfiguration
    ) -> tds.CreateStorageConfigurationResponse:
        """Take a folder into use."""
        token = await self._storage.create(request.storage_configuration)
        return tds.CreateStorageConfigurationResponse(token=token)

    @answers(Device.get_storage_configuration)
    async def get_storage_configuration(
        self, request: tds.GetStorageConfiguration
    ) -> tds.GetStorageConfigurationResponse:
        """One configuration."""
        return tds.GetStorageConfigurationResponse(storage_configuration=self._storage.require(request.token))

    @answers(Device.set_storage_configuration)
    async def set_storage_configuration(
        self, request: tds.SetStorageConfiguration
    ) -> tds.SetStorageConfigurationResponse:
        """Use another folder."""
        await self._storage.set(request.storage_configuration)
        return tds.SetStorageConfigurationResponse()

    @answers(Device.delete_storage_configuration)
    async def delete_storage_configuration(
        self, request: tds.DeleteStorageConfiguration
    ) -> tds.DeleteStorageConfigurationResponse:
        """Forget a folder."""
        await self._storage.delete(request.token)
        return tds.DeleteStorageConfigurationResponse()
