"""The key file and generated passwords."""

from pathlib import Path

import pytest

from vedette.security.passwords import KeyFileUnusable, generated_password, vault_at


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "password.key"
    sealed = vault_at(path).seal("secret", "admin")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["password.key"]
    assert vault_at(path).open(sealed, "admin") == "secret"


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "password.key"
    vault_at(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileUnusable, match="mode 600"):
        vault_at(path)


def test_a_damaged_or_unreachable_key_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "password.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    for each in (path, tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(KeyFileUnusable, match=str(each)):
            vault_at(each)


def test_generated_passwords_are_long_and_never_alike() -> None:
    made = {generated_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(each) for each in made} == {16}
