"""The access policy that clients can read and set: which levels may perform which operations."""

from collections.abc import Mapping

import msgspec

from vedette.contract.faults import PolicyFormat
from vedette.contract.operation import Access
from vedette.contract.schema.security import UserLevel
from vedette.device.settings.document import Settings
from vedette.device.settings.security import AccessClass
from vedette.device.settings.store import SettingsStore
from vedette.security.policy import ALLOWED
from vedette.security.users import LEVELS

FORMAT = "vedette access policy 1"
CONTENT_TYPE = "application/json"
POLICY_MOST_BYTES = 64 << 10
CHANGEABLE = tuple(each for each in Access if each is not Access.PRE_AUTH)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policy as it is exchanged: for every access class the levels that may."""

    format: str
    classes: dict[str, tuple[str, ...]]


class AccessPolicy:
    """Decides by the policy that was set, else by the standard's default.

    Administrators may do everything under every policy, so that nobody locks the device; what needs no
    login cannot be taken away. Source: Core, GetAccessPolicy and SetAccessPolicy (26.06 §8.4.1, §8.4.2).
    """

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._stored: tuple[AccessClass, ...] = ()
        self._allowed: Mapping[Access, frozenset[UserLevel]] = ALLOWED

    def allows(self, level: UserLevel, access: Access) -> bool:
        """Whether a user of that level may perform an operation of that access class."""
        stored = self._store.current.security.policy
        if stored is not self._stored:
            self._stored = stored
            changed = {Access(each.access): frozenset(map(UserLevel, each.levels)) for each in stored}
            self._allowed = {**ALLOWED, **changed}
        return level in self._allowed[access]

    def file(self) -> bytes:
        """The policy in force."""
        classes = {
            access.value: tuple(level.value for level in LEVELS if self.allows(level, access))
            for access in CHANGEABLE
        }
        return msgspec.json.format(msgspec.json.encode(_File(format=FORMAT, classes=classes)), indent=1)

    async def set(self, content: bytes) -> None:
        """Put another policy in force; raises PolicyFormat."""
        policy = _read(content)

        def edit(document: Settings) -> Settings:
            security = msgspec.structs.replace(document.security, policy=policy)
            return msgspec.structs.replace(document, security=security)

        await self._store.change(edit)


def _read(content: bytes) -> tuple[AccessClass, ...]:
    if len(content) > POLICY_MOST_BYTES:
        raise PolicyFormat(f"a policy of {len(content)} bytes; {POLICY_MOST_BYTES} are read")
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyFormat(f"not a policy: {error}") from error
    if file.format != FORMAT:
        raise PolicyFormat(f"the format {file.format[:40]!r} is not {FORMAT!r}")
    if set(file.classes) != set(CHANGEABLE):
        raise PolicyFormat(f"the classes must be {', '.join(CHANGEABLE)}")
    for access, levels in file.classes.items():
        if not set(levels) <= set(LEVELS):
            raise PolicyFormat(f"{access}: the levels are {', '.join(LEVELS)}")
        if UserLevel.ADMINISTRATOR not in levels:
            raise PolicyFormat(f"{access}: administrators cannot be left out")
    return tuple(AccessClass(access=access, levels=levels) for access, levels in file.classes.items())
