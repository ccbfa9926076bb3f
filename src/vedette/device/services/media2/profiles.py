"""Second media service: answers about profiles."""

from collections.abc import Sequence

from vedette.contract.media2 import Media2
from vedette.contract.media2 import profiles as m
from vedette.contract.operation import answers
from vedette.device.media.profiles import Profiles
from vedette.device.services.media2.translation import Translation


class ProfileHandlers:
    """Profiles, and the configurations that are put into them and taken out."""

    def __init__(self, profiles: Profiles, translation: Translation) -> None:
        self._profiles = profiles
        self._translation = translation

    @answers(Media2.create_profile)
    async def create_profile(self, request: m.CreateProfile) -> m.CreateProfileResponse:
        """Make a profile, with configurations if they are named."""
        made = await self._profiles.create(request.name, configurations=_named(request.configurations))
        return m.CreateProfileResponse(token=made.token)

    @answers(Media2.get_profiles)
    async def get_profiles(self, request: m.GetProfiles) -> m.GetProfilesResponse:
        """One profile or all, with the types of configurations that are asked for."""
        chosen = self._profiles.all() if request.token is None else (self._profiles.require(request.token),)
        uses = self._profiles.use_counts() if request.types else {}
        found = tuple(self._translation.profile(each, request.types, uses) for each in chosen)
        return m.GetProfilesResponse(profiles=found)

    @answers(Media2.add_configuration)
    async def add_configuration(self, request: m.AddConfiguration) -> m.AddConfigurationResponse:
        """Put configurations into a profile, and rename it if a name is given."""
        await self._profiles.add(request.profile_token, _named(request.configurations), name=request.name)
        return m.AddConfigurationResponse()

    @answers(Media2.remove_configuration)
    async def remove_configuration(self, request: m.RemoveConfiguration) -> m.RemoveConfigurationResponse:
        """Take configurations out of a profile; their tokens do not matter."""
        await self._profiles.remove(request.profile_token, [each.type for each in request.configurations])
        return m.RemoveConfigurationResponse()

    @answers(Media2.delete_profile)
    async def delete_profile(self, request: m.DeleteProfile) -> m.DeleteProfileResponse:
        """Delete a profile that is not fixed."""
        await self._profiles.delete(request.token)
        return m.DeleteProfileResponse()


def _named(references: Sequence[m.ConfigurationRef]) -> list[tuple[str, str]]:
    return [(each.type, each.token or "") for each in references]
