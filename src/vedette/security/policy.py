"""Who may do what: the default access policy."""

from collections.abc import Callable
from typing import Any

from vedette.contract.operation import Access, Operation
from vedette.contract.schema.security import UserLevel

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


class ViewingPolicy:
    """Who may watch streams: those who may read media, and everybody where the operator says so.

    By its roles, an extended user may watch what one of `addresses` would have told it the address of.
    """

    def __init__(
        self, *, is_open: bool = False, allows: Allows = allowed, grants: Grants = no_grants
    ) -> None:
        self.is_open = is_open
        self._allows = allows
        self._grants = grants

    def allows(
        self, level: UserLevel, roles: tuple[str, ...] = (), addresses: tuple[AnyOperation, ...] = ()
    ) -> bool:
        """Whether a user of that level may describe and play live streams and see snapshots."""
        if self.is_open or self._allows(level, Access.READ_MEDIA):
            return True
        return bool(roles) and any(self._grants(roles, each) for each in addresses)
