"""What new passwords must be like, and when failed logins are told of."""

from collections.abc import Callable

import msgspec

from vedette.contract.faults import InvalidArgValDevice
from vedette.device.settings.document import Settings
from vedette.device.settings.security import (
    PASSWORD_LEAST_CHARS,
    PasswordSettings,
    SecuritySettings,
    WarningSettings,
)
from vedette.device.settings.store import SettingsStore
from vedette.protocols.http1.digest import Algorithm
from vedette.security.users import UserRules

PASSWORD_MOST_CHARS = UserRules().password_most_chars
HISTORY_MOST = 24
PERIOD_MOST_S = 86_400
FAILURES_MOST = 1000
# The rules that count something, by the names of PasswordSettings, as clients know them.
_COUNTS = {"least": "MinLen", "uppercase": "Uppercase", "digits": "Number", "special": "SpecialChars"}
ALGORITHMS = (Algorithm.SHA256, Algorithm.MD5)


class SecurityPolicies:
    """Reads and changes the security section, each change whole or not at all.

    A change that is not allowed raises InvalidArgValDevice. Source: Core, Security Policies and
    SetHashingAlgorithm (26.06 §8.5, §5.9.3.1).
    """

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    @property
    def passwords(self) -> PasswordSettings:
        """What new passwords must be like."""
        return self._store.current.security.passwords

    @property
    def warnings(self) -> WarningSettings:
        """When failed logins are told of."""
        return self._store.current.security.warnings

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """The algorithms that digest logins may use, the preferred one first."""
        chosen = self._store.current.security.algorithms
        return tuple(each for each in ALGORITHMS if not chosen or each.value in chosen)

    async def set_complexity(self, **wanted: int | bool | None) -> None:
        """Change some rules, by the names of PasswordSettings; None leaves a rule as it is.

        Once locked, nothing can be changed until a hard factory default.
        """
        given = {name: value for name, value in wanted.items() if value is not None}
        for name, element in _COUNTS.items():
            least = PASSWORD_LEAST_CHARS if name == "least" else 0
            _check(element, int(given.get(name, least)), least, PASSWORD_MOST_CHARS)

        def edit(security: SecuritySettings) -> SecuritySettings:
            if security.passwords.is_locked:
                raise InvalidArgValDevice("the password rules are locked until a hard factory default")
            passwords = msgspec.structs.replace(security.passwords, **given)
            needed = passwords.uppercase + passwords.digits + passwords.special
            if needed > PASSWORD_MOST_CHARS:
                raise InvalidArgValDevice(f"no password of {PASSWORD_MOST_CHARS} characters has {needed}")
            return msgspec.structs.replace(security, passwords=passwords)

        await self._change(edit)

    async def set_history(self, *, is_enabled: bool, length: int) -> None:
        """Remember that many former passwords of every user, or none."""
        _check("Length", length, 1, HISTORY_MOST)

        def edit(security: SecuritySettings) -> SecuritySettings:
            if security.passwords.is_locked:
                raise InvalidArgValDevice("the password rules are locked until a hard factory default")
            passwords = msgspec.structs.replace(security.passwords, has_history=is_enabled, history=length)
            return msgspec.structs.replace(security, passwords=passwords)

        await self._change(edit)

    async def set_warnings(self, *, is_enabled: bool, period_s: int, failures_most: int) -> None:
        """Tell of failures from now on, or no longer."""
        _check("MonitorPeriod", period_s, 1, PERIOD_MOST_S)
        _check("MaxAuthFailures", failures_most, 1, FAILURES_MOST)
        warnings = WarningSettings(is_enabled=is_enabled, period_s=period_s, failures_most=failures_most)
        await self._change(lambda security: msgspec.structs.replace(security, warnings=warnings))

    async def set_algorithms(self, names: tuple[str, ...]) -> None:
        """Offer only these algorithms in digest challenges."""
        known = {each.value for each in ALGORITHMS}
        if not names or not known.issuperset(names):
            raise InvalidArgValDevice(f"the algorithms are {', '.join(sorted(known))}, not {names[:8]}")
        await self._change(lambda security: msgspec.structs.replace(security, algorithms=names))

    async def _change(self, edit: Callable[[SecuritySettings], SecuritySettings]) -> None:
        def changed(document: Settings) -> Settings:
            return msgspec.structs.replace(document, security=edit(document.security))

        await self._store.change(changed)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidArgValDevice(f"{name} is {value}, not {least} to {most}")
