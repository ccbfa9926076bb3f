"""The users of this device: in the settings document with sealed passwords, in memory opened."""

from collections.abc import Callable

import msgspec

from vedette.contract.schema.security import UserLevel
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault
from vedette.security.users import User, UserChange, Users

ADMINISTRATOR = "admin"


class Accounts:
    """The one owner of the users. Raises PasswordUnreadable when the vault's key is not theirs."""

    def __init__(self, store: SettingsStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._stored = store.current.users
        self._users = Users.opened(self._stored, vault)

    @property
    def users(self) -> Users:
        """Everybody, as the settings have it now."""
        stored = self._store.current.users
        if stored is not self._stored:
            self._users = Users.opened(stored, self._vault)
            self._stored = stored
        return self._users

    async def change(self, edit: Callable[[Users], Users]) -> None:
        """Replace the users for good; what `edit` raises (UserRefused) reaches the caller."""

        def changed(settings: Settings) -> Settings:
            users = edit(Users.opened(settings.users, self._vault))
            return msgspec.structs.replace(settings, users=users.stored(self._vault))

        await self._store.change(changed)

    async def set_administrator(self, password: str) -> None:
        """Make the first administrator, or give it another password."""

        def edit(users: Users) -> Users:
            if users.get(ADMINISTRATOR) is None:
                new = User(name=ADMINISTRATOR, password=password, level=UserLevel.ADMINISTRATOR)
                return users.create([new])
            change = UserChange(name=ADMINISTRATOR, password=password, level=UserLevel.ADMINISTRATOR)
            return users.change([change])

        await self.change(edit)
