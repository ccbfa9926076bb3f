"""Who may do what: the default access policy."""

from collections.abc import Callable

from vedette.contract.operation import Access
from vedette.contract.schema.security import UserLevel

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


def allowed(level: UserLevel, access: Access) -> bool:
    """Whether a user of that level may perform an operation of that access class."""
    return level in ALLOWED[access]


class ViewingPolicy:
    """Who may watch streams: those who may read media, and everybody where the operator says so."""

    def __init__(self, *, is_open: bool = False, allows: Allows = allowed) -> None:
        self.is_open = is_open
        self._allows = allows

    def allows(self, level: UserLevel) -> bool:
        """Whether a user of that level may describe and play live streams and see snapshots."""
        return self.is_open or self._allows(level, Access.READ_MEDIA)
