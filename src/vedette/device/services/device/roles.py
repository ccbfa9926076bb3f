"""Device service: user roles, and the login used at other devices."""

from vedette.contract.device import Device
from vedette.contract.device import users as tds
from vedette.contract.operation import answers
from vedette.device.offer import Offer
from vedette.device.remote_user import RemoteUser
from vedette.device.roles import Roles


class RoleHandlers:
    """Reads and changes roles; they can name whatever `offer` answers in the end."""

    def __init__(self, roles: Roles, offer: Offer) -> None:
        self._roles = roles
        self._offer = offer

    @answers(Device.get_user_roles)
    async def get_user_roles(self, request: tds.GetUserRoles) -> tds.GetUserRolesResponse:
        """All roles, or the one that is named."""
        if request.user_role is None:
            return tds.GetUserRolesResponse(user_roles=self._roles.all())
        return tds.GetUserRolesResponse(user_roles=(self._roles.require(request.user_role),))

    @answers(Device.set_user_role)
    async def set_user_role(self, request: tds.SetUserRole) -> tds.SetUserRoleResponse:
        """Make or replace a role."""
        await self._roles.set(request.user_role, self._offer)
        return tds.SetUserRoleResponse()

    @answers(Device.delete_user_role)
    async def delete_user_role(self, request: tds.DeleteUserRole) -> tds.DeleteUserRoleResponse:
        """Delete a role."""
        await self._roles.delete(request.user_role)
        return tds.DeleteUserRoleResponse()


class RemoteUserHandlers:
    """Reads and changes the login used at other devices."""

    def __init__(self, remote: RemoteUser) -> None:
        self._remote = remote

    @answers(Device.get_remote_user)
    async def get_remote_user(self, request: tds.GetRemoteUser) -> tds.GetRemoteUserResponse:
        """The name; the password is never told."""
        return tds.GetRemoteUserResponse(remote_user=self._remote.told())

    @answers(Device.set_remote_user)
    async def set_remote_user(self, request: tds.SetRemoteUser) -> tds.SetRemoteUserResponse:
        """Use another login, or none."""
        await self._remote.set(request.remote_user)
        return tds.SetRemoteUserResponse()
