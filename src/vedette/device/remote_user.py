"""The login with which this device signs in at others, where they were given none of their own."""

import msgspec

from vedette.contract.faults import InvalidArgVal
from vedette.contract.schema.security import RemoteUser as RemoteUserMessage
from vedette.device.settings.document import Settings
from vedette.device.settings.security import RemoteLogin
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault

NAME_MOST_CHARS = 64
PASSWORD_MOST_BYTES = 128


class RemoteUser:
    """Keeps one name and password, sealed in the settings.

    Passwords are sent as they are: how they would be derived is not in the standard any more.
    Source: Core, GetRemoteUser and SetRemoteUser (26.06 §8.4.7, §8.4.8).
    """

    def __init__(self, store: SettingsStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def told(self) -> RemoteUserMessage | None:
        """What clients may know of it: never the password."""
        stored = self._store.current.security.remote
        if stored is None:
            return None
        return RemoteUserMessage(username=stored.name, use_derived_password=False)

    def login(self) -> tuple[str, str] | None:
        """Name and password, None where there is none; raises PasswordUnreadable."""
        stored = self._store.current.security.remote
        if stored is None:
            return None
        return stored.name, self._vault.open(stored.sealed_password, stored.name)

    async def set(self, wanted: RemoteUserMessage | None) -> None:
        """Sign in so from now on, or not at all; raises InvalidArgVal.

        Without a password, the one of the same name stays.
        """
        if wanted is not None:
            _check(wanted)

        def edit(document: Settings) -> Settings:
            remote = None if wanted is None else self._sealed(wanted, document.security.remote)
            return msgspec.structs.replace(
                document, security=msgspec.structs.replace(document.security, remote=remote)
            )

        await self._store.change(edit)

    def _sealed(self, wanted: RemoteUserMessage, before: RemoteLogin | None) -> RemoteLogin:
        if wanted.password is None:
            if before is None or before.name != wanted.username:
                raise InvalidArgVal("Password: the remote user has none")
            return before
        return RemoteLogin(
            name=wanted.username, sealed_password=self._vault.seal(wanted.password, wanted.username)
        )


def _check(wanted: RemoteUserMessage) -> None:
    name, password = wanted.username, wanted.password or ""
    if not 0 < len(name) <= NAME_MOST_CHARS or not name.isprintable():
        raise InvalidArgVal(f"Username: 1 to {NAME_MOST_CHARS} signs that can be printed")
    if len(password.encode()) > PASSWORD_MOST_BYTES:
        raise InvalidArgVal(f"Password: longer than {PASSWORD_MOST_BYTES} bytes")
    if wanted.use_derived_password:
        raise InvalidArgVal("UseDerivedPassword: passwords are not derived here")
