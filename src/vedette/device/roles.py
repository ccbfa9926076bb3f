"""User roles: which operations they give to extended users, whatever the access policy says."""

import msgspec

from vedette.contract.faults import (
    FunctionNotImplemented,
    InvalidArgVal,
    InvalidUserRole,
    OnvifPrefix,
    TooManyUserRoles,
)
from vedette.contract.schema.security import UserRole
from vedette.device.offer import AnyOperation, Offer
from vedette.device.settings.document import Settings
from vedette.device.settings.security import RoleSettings
from vedette.device.settings.store import SettingsStore
from vedette.security.policy import Allows
from vedette.security.users import PREDEFINED_ROLES, StoredUser
from vedette.wire.namespaces import PREFIXES

ROLES_MOST = 32  # the predefined ones count too
NAME_MOST_CHARS = 64
RESERVED_PREFIX = "onvif:"


class Roles:
    """Keeps roles, and tells what they give.

    A function is the name of an operation behind the usual prefix of its service (`tds:GetUsers`); a role
    can name only what `offer` answers. Source: Core, User roles (26.06 §5.9.4.5, §8.4.10).
    """

    def __init__(self, store: SettingsStore, allows: Allows) -> None:
        self._store = store
        self._allows = allows

    def grants(self, roles: tuple[str, ...], operation: AnyOperation) -> bool:
        """Whether one of these roles gives an operation; predefined ones give what their level may do."""
        known = {each.name: each.functions for each in self._store.current.security.roles}
        function = function_name(operation)
        for role in roles:
            level = PREDEFINED_ROLES.get(role)
            if level is not None and self._allows(level, operation.access):
                return True
            if function in known.get(role, ()):
                return True
        return False

    def all(self) -> tuple[UserRole, ...]:
        """Every role, the predefined ones first and without functions."""
        return (
            *(UserRole(name=name, functions=()) for name in PREDEFINED_ROLES),
            *(UserRole(name=each.name, functions=each.functions) for each in self._stored),
        )

    def require(self, name: str) -> UserRole:
        """One role; raises InvalidUserRole."""
        for each in self.all():
            if each.name == name:
                return each
        raise InvalidUserRole(f"no role {name[:80]!r}")

    async def set(self, wanted: UserRole, offer: Offer) -> None:
        """Make or replace a role.

        Raises OnvifPrefix, InvalidArgVal for a name that no role can have, FunctionNotImplemented and
        TooManyUserRoles.
        """
        _check_name(wanted.name)
        implemented = {function_name(each) for each in offer.answered_operations()}
        unknown = sorted(set(wanted.functions) - implemented)
        if unknown:
            raise FunctionNotImplemented(f"Functions: {unknown[0][:80]!r} is not answered here")
        role = RoleSettings(name=wanted.name, functions=tuple(dict.fromkeys(wanted.functions)))

        def edit(document: Settings) -> Settings:
            roles = {each.name: each for each in document.security.roles} | {role.name: role}
            if len(roles) + len(PREDEFINED_ROLES) > ROLES_MOST:
                raise TooManyUserRoles(f"{ROLES_MOST} roles are supported, the predefined ones included")
            return _with_roles(document, tuple(roles.values()))

        await self._store.change(edit)

    async def delete(self, name: str) -> None:
        """Delete a role and take it from everybody who has it; raises OnvifPrefix, InvalidUserRole."""
        if name.startswith(RESERVED_PREFIX):
            raise OnvifPrefix(f"the role {name[:80]!r} cannot be deleted")

        def edit(document: Settings) -> Settings:
            left = tuple(each for each in document.security.roles if each.name != name)
            if len(left) == len(document.security.roles):
                raise InvalidUserRole(f"no role {name[:80]!r}")
            users = tuple(_without_role(each, name) for each in document.users)
            return msgspec.structs.replace(_with_roles(document, left), users=users)

        await self._store.change(edit)

    @property
    def _stored(self) -> tuple[RoleSettings, ...]:
        return self._store.current.security.roles


def function_name(operation: AnyOperation) -> str:
    """An operation as roles name it."""
    return f"{PREFIXES[operation.service.namespace]}:{operation.name}"


def _check_name(name: str) -> None:
    if name.startswith(RESERVED_PREFIX):
        raise OnvifPrefix(f"the role {name[:80]!r} cannot be made or changed")
    if not 0 < len(name) <= NAME_MOST_CHARS or not name.isprintable() or " " in name:
        raise InvalidArgVal(f"Name: a role's name has 1 to {NAME_MOST_CHARS} signs and no space")


def _with_roles(document: Settings, roles: tuple[RoleSettings, ...]) -> Settings:
    return msgspec.structs.replace(document, security=msgspec.structs.replace(document.security, roles=roles))


def _without_role(user: StoredUser, name: str) -> StoredUser:
    return msgspec.structs.replace(user, roles=tuple(each for each in user.roles if each != name))
