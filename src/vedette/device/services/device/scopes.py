"""Device service: scopes and discovery."""

from vedette.contract.device import Device
from vedette.contract.device.scopes import (
    AddScopes,
    AddScopesResponse,
    GetDiscoveryMode,
    GetDiscoveryModeResponse,
    GetScopes,
    GetScopesResponse,
    RemoveScopes,
    RemoveScopesResponse,
    SetDiscoveryMode,
    SetDiscoveryModeResponse,
    SetScopes,
    SetScopesResponse,
)
from vedette.contract.operation import answers
from vedette.contract.schema.system import Scope, ScopeDefinition
from vedette.device.scopes import ScopeList


class ScopeHandlers:
    """Reads and changes the scopes."""

    def __init__(self, scopes: ScopeList) -> None:
        self._scopes = scopes

    @answers(Device.get_scopes)
    async def get_scopes(self, request: GetScopes) -> GetScopesResponse:
        """Every scope, and whether it can be changed."""
        fixed = (Scope(scope_def=ScopeDefinition.FIXED, scope_item=each) for each in self._scopes.fixed)
        others = (
            Scope(scope_def=ScopeDefinition.CONFIGURABLE, scope_item=each)
            for each in self._scopes.configurable
        )
        return GetScopesResponse(scopes=(*fixed, *others))

    @answers(Device.set_scopes)
    async def set_scopes(self, request: SetScopes) -> SetScopesResponse:
        """Replace the configurable scopes."""
        await self._scopes.replace(request.scopes)
        return SetScopesResponse()

    @answers(Device.add_scopes)
    async def add_scopes(self, request: AddScopes) -> AddScopesResponse:
        """Add configurable scopes."""
        await self._scopes.add(request.scope_items)
        return AddScopesResponse()

    @answers(Device.remove_scopes)
    async def remove_scopes(self, request: RemoveScopes) -> RemoveScopesResponse:
        """Take configurable scopes away."""
        return RemoveScopesResponse(scope_items=await self._scopes.remove(request.scope_items))

    @answers(Device.get_discovery_mode)
    async def get_discovery_mode(self, request: GetDiscoveryMode) -> GetDiscoveryModeResponse:
        """Whether the device answers discovery."""
        return GetDiscoveryModeResponse(discovery_mode=self._scopes.mode)

    @answers(Device.set_discovery_mode)
    async def set_discovery_mode(self, request: SetDiscoveryMode) -> SetDiscoveryModeResponse:
        """Answer discovery or stay silent."""
        await self._scopes.set_mode(request.discovery_mode)
        return SetDiscoveryModeResponse()
