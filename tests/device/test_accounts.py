"""The administrator as the operator names it."""

import asyncio
from pathlib import Path

from vedette.device.accounts import Accounts
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import vault_at


def test_a_password_that_the_administrator_has_already_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    store = SettingsStore.open(file, Settings)
    accounts = Accounts(store, vault_at(tmp_path / "key"))

    async def scenario() -> None:
        await accounts.set_administrator("correct-horse-9")
        before = file.read_bytes()
        await accounts.set_administrator("correct-horse-9")
        assert file.read_bytes() == before
        await accounts.set_administrator("another-horse-9")
        assert file.read_bytes() != before

    asyncio.run(scenario())
    user = accounts.users.get("admin")
    assert user is not None
    assert user.password == "another-horse-9"
