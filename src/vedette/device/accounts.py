"""The users of this device: in the settings document with sealed passwords, in memory opened."""

from collections.abc import Callable

import msgspec

from vedette.contract.schema.security import UserLevel
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault
from vedette.security.users import PREDEFINED_ROLES, User, UserChange, UserRules, Users

ADMINISTRATOR = "admin"


class Accounts:
    """The one owner of the users. Raises PasswordUnreadable when the vault's key is not theirs."""

    def __init__(self, store: SettingsStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._stored = store.current.users
        self._users = Users.opened(self._stored, vault, _rules(store.current))
        self._watchers: list[Callable[[frozenset[str]], None]] = []
        store.watch(self._changed)

    @property
    def users(self) -> Users:
        """Everybody, as the settings have it now."""
        return self._users

    def watch(self, watcher: Callable[[frozenset[str]], None]) -> None:
        """Call `watcher` with the names of users who are gone or have another password, level or roles."""
        self._watchers.append(watcher)

    def _changed(self, before: Settings, after: Settings) -> None:
        if after.users == before.users and _rules(after) == _rules(before):
            return
        were, self._users = self._users, Users.opened(after.users, self._vault, _rules(after))
        others = frozenset(each.name for each in were if self._users.get(each.name) != each)
        if others:
            for watcher in self._watchers:
                watcher(others)

    async def change(self, edit: Callable[[Users], Users], rules: UserRules | None = None) -> None:
        """Replace the users for good; what `edit` raises (UserRefused) reaches the caller.

        The rules are those of the security settings, unless others are given.
        """

        def changed(settings: Settings) -> Settings:
            users = edit(Users.opened(settings.users, self._vault, rules or _rules(settings)))
            return msgspec.structs.replace(settings, users=users.stored(self._vault))

        await self._store.change(changed)

    async def set_administrator(self, password: str) -> None:
        """Make the first administrator, or give it another password: the operator's word, under no policy."""

        def edit(users: Users) -> Users:
            if users.get(ADMINISTRATOR) is None:
                new = User(name=ADMINISTRATOR, password=password, level=UserLevel.ADMINISTRATOR)
                return users.create([new])
            change = UserChange(name=ADMINISTRATOR, password=password, level=UserLevel.ADMINISTRATOR)
            return users.change([change])

        known = self._users.get(ADMINISTRATOR)
        if known is None or (known.password, known.level) != (password, UserLevel.ADMINISTRATOR):
            await self.change(edit, UserRules(roles=_role_names(self._store.current)))


def _rules(settings: Settings) -> UserRules:
    passwords = settings.security.passwords
    return UserRules(
        password_least=passwords.least,
        uppercase=passwords.uppercase,
        digits=passwords.digits,
        special=passwords.special,
        blocks_name=passwords.blocks_name,
        history=passwords.history if passwords.has_history else 0,
        roles=_role_names(settings),
    )


def _role_names(settings: Settings) -> frozenset[str]:
    return frozenset((*PREDEFINED_ROLES, *(each.name for each in settings.security.roles)))
