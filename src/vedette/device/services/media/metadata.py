"""First media service: answers about metadata."""

from vedette.contract.media import Media
from vedette.contract.media import metadata as m
from vedette.contract.operation import answers
from vedette.device.media.configurations import Kind
from vedette.device.media.profiles import Profiles
from vedette.device.services.media.translation import Translation


class MetadataHandlers:
    """Metadata configurations."""

    def __init__(self, profiles: Profiles, translation: Translation) -> None:
        self._profiles = profiles
        self._translation = translation

    @answers(Media.get_metadata_configurations)
    async def get_metadata_configurations(
        self, request: m.GetMetadataConfigurations
    ) -> m.GetMetadataConfigurationsResponse:
        """Every metadata configuration."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.METADATA)
        return m.GetMetadataConfigurationsResponse(
            configurations=tuple(self._translation.metadata(each, uses) for each in found)
        )

    @answers(Media.get_metadata_configuration)
    async def get_metadata_configuration(
        self, request: m.GetMetadataConfiguration
    ) -> m.GetMetadataConfigurationResponse:
        """One metadata configuration."""
        found = self._translation.configurations.require(Kind.METADATA, request.configuration_token)
        return m.GetMetadataConfigurationResponse(
            configuration=self._translation.metadata(found, self._profiles.use_counts())
        )

    @answers(Media.get_compatible_metadata_configurations)
    async def get_compatible_metadatas(
        self, request: m.GetCompatibleMetadataConfigurations
    ) -> m.GetCompatibleMetadataConfigurationsResponse:
        """The metadata configurations that suit a profile."""
        uses = self._profiles.use_counts()
        found = self._translation.chosen(Kind.METADATA, profile=request.profile_token)
        return m.GetCompatibleMetadataConfigurationsResponse(
            configurations=tuple(self._translation.metadata(each, uses) for each in found)
        )

    @answers(Media.get_metadata_configuration_options)
    async def get_metadata_options(
        self, request: m.GetMetadataConfigurationOptions
    ) -> m.GetMetadataConfigurationOptionsResponse:
        """What metadata configurations can be set to."""
        self._translation.chosen(
            Kind.METADATA, token=request.configuration_token, profile=request.profile_token
        )
        return m.GetMetadataConfigurationOptionsResponse(options=self._translation.metadata_options())

    @answers(Media.set_metadata_configuration)
    async def set_metadata_configuration(
        self, request: m.SetMetadataConfiguration
    ) -> m.SetMetadataConfigurationResponse:
        """Set what a metadata stream carries."""
        await self._translation.set_metadata(request.configuration)
        return m.SetMetadataConfigurationResponse()
