"""Who may do what: the default access policy, and the one rule that every way in asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vedette.contract.operation import Access, Operation
from vedette.contract.schema.security import UserLevel
from vedette.security.authentication import Identity

AnyOperation = Operation[..., Any, Any]

_ADMINISTRATOR = frozenset({UserLevel.ADMINISTRATOR})
_OPERATORS = _ADMINISTRATOR | {UserLevel.OPERATOR}
_USERS = _OPERATORS | {UserLevel.USER}

# Source: Core, Default Access Policy Definition (26.06 §5.9.4.4, table 7).
ALLOWED = {
    Access.PRE_AUTH: _USERS | {UserLevel.ANONYMOUS, UserLevel.EXTENDED},
    Access.READ_SYSTEM: _USERS,
    Access.READ_SYSTEM_SENSITIVE: _OPERATORS,
    Access.READ_SYSTEM_SECRET: _ADMINISTRATOR,
    Access.WRITE_SYSTEM: _ADMINISTRATOR,
    Access.UNRECOVERABLE: _ADMINISTRATOR,
    Access.READ_MEDIA: _USERS,
    Access.ACTUATE: _OPERATORS,
}


Allows = Callable[[UserLevel, Access], bool]
Grants = Callable[[tuple[str, ...], AnyOperation], bool]  # whether one of a user's roles gives an operation


def allowed(level: UserLevel, access: Access) -> bool:
    """Whether a user of that level may perform an operation of that access class."""
    return level in ALLOWED[access]


def no_grants(_roles: tuple[str, ...], _operation: AnyOperation) -> bool:
    """Where there are no roles."""
    return False


@dataclass(frozen=True)
class Entrance:
    """A way to something that is no operation itself: a stream, a picture, a file.

    It is for those who may call one of `operations`, which tell the way to it or what is behind it. Where
    the standard has no operation for it, it is for those who may do what is of the class `access`.
    """

    operations: tuple[AnyOperation, ...] = ()
    access: Access | None = None

    @property
    def is_media(self) -> bool:
        """Whether it leads to what is watched."""
        return Access.READ_MEDIA in (self.access, *(each.access for each in self.operations))


class AccessRule:
    """The rule by which SOAP, RTSP, the page and files let somebody in.

    The access policy (`allows`) gives classes of operations to levels, roles (`grants`) give single
    operations beyond it. Where `is_viewing_open`, everybody may enter what leads to media.

    Source: Core, Default Access Policy Definition and User roles (26.06 §5.9.4.4, §5.9.4.5).
    """

    def __init__(
        self, *, allows: Allows = allowed, grants: Grants = no_grants, is_viewing_open: bool = False
    ) -> None:
        self._is_viewing_open = is_viewing_open
        self._allows = allows
        self._grants = grants

    def may_call(self, identity: Identity, operation: AnyOperation) -> bool:
        """Whether somebody may call an operation."""
        if self._allows(identity.level, operation.access):
            return True
        return bool(identity.roles) and self._grants(identity.roles, operation)

    def may_enter(self, identity: Identity, entrance: Entrance) -> bool:
        """Whether somebody may have what is behind an entrance."""
        if self._is_viewing_open and entrance.is_media:
            return True
        if entrance.access is not None and self._allows(identity.level, entrance.access):
            return True
        return any(self.may_call(identity, each) for each in entrance.operations)
