"""The section of security: what passwords must be like, when failures are told, who may do what."""

import msgspec

PASSWORD_LEAST_CHARS = 8


class PasswordSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What new passwords must have at least; `history` former ones of a user cannot come again."""

    least: int = PASSWORD_LEAST_CHARS
    uppercase: int = 0
    digits: int = 0
    special: int = 0
    blocks_name: bool = False
    is_locked: bool = False
    has_history: bool = False
    history: int = 5


class WarningSettings(msgspec.Struct, frozen=True, kw_only=True):
    """More than `failures_most` failed logins within `period_s` of the first are told as an event."""

    is_enabled: bool = False
    period_s: int = 60
    failures_most: int = 10


class AccessClass(msgspec.Struct, frozen=True, kw_only=True):
    """Which levels, in the standard's words, may perform the operations of one access class."""

    access: str
    levels: tuple[str, ...]


class RoleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A role that was made; `functions` are operations by prefix and name (`tds:GetUsers`)."""

    name: str
    functions: tuple[str, ...]


class RemoteLogin(msgspec.Struct, frozen=True, kw_only=True):
    """The login used at other devices."""

    name: str
    sealed_password: str


class SecuritySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`algorithms` of digest logins, by name, empty for all; `policy` empty for the default policy."""

    passwords: PasswordSettings = PasswordSettings()
    warnings: WarningSettings = WarningSettings()
    algorithms: tuple[str, ...] = ()
    policy: tuple[AccessClass, ...] = ()
    roles: tuple[RoleSettings, ...] = ()
    remote: RemoteLogin | None = None
