"""Device service: users."""

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.device.users import (
    CreateUsers,
    CreateUsersResponse,
    DeleteUsers,
    DeleteUsersResponse,
    GetUsers,
    GetUsersResponse,
    SetUser,
    SetUserResponse,
)
from vedette.contract.faults import Fault
from vedette.contract.operation import answers
from vedette.contract.schema.security import User as UserMessage
from vedette.contract.schema.security import UserExtension
from vedette.device.accounts import Accounts
from vedette.security import users as refusals
from vedette.security.users import User, UserChange, UserRefused

_FAULTS: dict[type[UserRefused], type[Fault]] = {
    refusals.UsernameClash: faults.UsernameClash,
    refusals.UsernameMissing: faults.UsernameMissing,
    refusals.UsernameTooLong: faults.UsernameTooLong,
    refusals.UsernameTooShort: faults.UsernameTooShort,
    refusals.PasswordTooLong: faults.PasswordTooLong,
    refusals.PasswordTooWeak: faults.PasswordTooWeak,
    refusals.TooManyUsers: faults.TooManyUsers,
    refusals.AnonymousNotAllowed: faults.AnonymousNotAllowed,
    refusals.FixedUser: faults.FixedUser,
}


class UserHandlers:
    """Reads and changes the users."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    @answers(Device.get_users)
    async def get_users(self, request: GetUsers) -> GetUsersResponse:
        """Names and levels; passwords are never told."""
        return GetUsersResponse(
            users=tuple(
                UserMessage(
                    username=each.name,
                    user_level=each.level,
                    extension=UserExtension(roles=each.roles) if each.roles else None,
                )
                for each in self._accounts.users
            )
        )

    @answers(Device.create_users)
    async def create_users(self, request: CreateUsers) -> CreateUsersResponse:
        """Make users, all or none."""
        new = tuple(
            User(
                name=each.username,
                password=each.password or "",
                level=each.user_level,
                roles=each.extension.roles if each.extension else (),
            )
            for each in request.users
        )
        try:
            await self._accounts.change(lambda users: users.create(new))
        except refusals.PasswordTooWeak as error:
            raise faults.Password(str(error)) from error
        except UserRefused as error:
            raise _fault(error) from error
        return CreateUsersResponse()

    @answers(Device.set_user)
    async def set_user(self, request: SetUser) -> SetUserResponse:
        """Change users' levels and passwords, all or none."""
        changes = tuple(
            UserChange(
                name=each.username,
                password=each.password,
                level=each.user_level,
                roles=each.extension.roles if each.extension else None,
            )
            for each in request.users
        )
        try:
            await self._accounts.change(lambda users: users.change(changes))
        except UserRefused as error:
            raise _fault(error) from error
        return SetUserResponse()

    @answers(Device.delete_users)
    async def delete_users(self, request: DeleteUsers) -> DeleteUsersResponse:
        """Delete users, all or none."""
        try:
            await self._accounts.change(lambda users: users.delete(request.usernames))
        except UserRefused as error:
            raise _fault(error) from error
        return DeleteUsersResponse()


def _fault(error: UserRefused) -> Fault:
    return _FAULTS.get(type(error), faults.InvalidArgVal)(str(error))
