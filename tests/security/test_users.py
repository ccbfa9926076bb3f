"""Users as a value: every rule refuses by name and changes nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.contract.schema.security import UserLevel
from vedette.security.passwords import PasswordUnreadable, Vault
from vedette.security.users import (
    AnonymousNotAllowed,
    FixedUser,
    PasswordTooLong,
    PasswordTooWeak,
    RoleUnusable,
    StoredUser,
    TooManyUsers,
    User,
    UserChange,
    UsernameClash,
    UsernameMissing,
    UsernameTooLong,
    UsernameTooShort,
    UsernameUnusable,
    UserRefused,
    UserRules,
    Users,
)

ADMIN = User(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR)
GUARD = User(name="guard", password="battery staple", level=UserLevel.OPERATOR)
USERS = Users((ADMIN, GUARD))


def person(name: str = "new", password: str = "long enough", level: UserLevel = UserLevel.USER) -> User:
    return User(name=name, password=password, level=level)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        ([person("admin")], UsernameClash),
        ([person("twice"), person("twice")], UsernameClash),
        ([person("")], UsernameTooShort),
        ([person("x" * 65)], UsernameTooLong),
        ([person("a\r\nb")], UsernameUnusable),
        ([person(password="short")], PasswordTooWeak),
        ([person("long enough", "Long Enough")], PasswordTooWeak),
        ([person(password="ä" * 129)], PasswordTooLong),
        ([person(level=UserLevel.ANONYMOUS)], AnonymousNotAllowed),
        ([person(level=UserLevel.EXTENDED)], RoleUnusable),
        ([person(str(n)) for n in range(63)], TooManyUsers),
    ],
)
def test_a_user_that_cannot_be_is_refused_by_name(new: list[User], refusal: type[UserRefused]) -> None:
    with pytest.raises(refusal):
        USERS.create([person("fine"), *new])
    assert Users((ADMIN, GUARD)) == USERS


def test_at_least_32_users_fit_with_passwords_of_128_characters() -> None:
    users = USERS.create(person(f"user {n}", "ä" * 128) for n in range(62))
    assert len(users) == 64


def test_deleting_keeps_the_rest() -> None:
    assert [user.name for user in USERS.delete(["guard"])] == ["admin"]


def test_the_last_administrator_can_neither_go_nor_step_down() -> None:
    with pytest.raises(FixedUser):
        USERS.delete(["guard", "admin"])
    with pytest.raises(FixedUser):
        USERS.change([UserChange(name="admin", password="long enough", level=UserLevel.USER)])
    two = USERS.create([person("boss", level=UserLevel.ADMINISTRATOR)])
    assert [user.name for user in two.delete(["admin"])] == ["guard", "boss"]


def test_an_unknown_user_is_named() -> None:
    with pytest.raises(UsernameMissing, match="'ghost'"):
        USERS.delete(["guard", "ghost"])
    with pytest.raises(UsernameMissing, match="'ghost'"):
        USERS.change([UserChange(name="ghost", password="long enough", level=UserLevel.USER)])


def test_a_password_cannot_be_cleared() -> None:
    with pytest.raises(PasswordTooWeak):
        USERS.change([UserChange(name="guard", password=None, level=UserLevel.USER)])


def test_a_change_replaces_level_and_password() -> None:
    changed = USERS.change([UserChange(name="guard", password="new password", level=UserLevel.USER)])
    guard = changed.get("guard")
    assert guard is not None
    assert (guard.password, guard.level) == ("new password", UserLevel.USER)
    assert USERS.get("guard") == GUARD


def test_no_password_shows_in_a_description() -> None:
    change = UserChange(name="guard", password="new password", level=UserLevel.USER)
    assert "battery" not in repr(USERS)
    assert "new password" not in repr(change)


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        NAMES, st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=30), max_size=5
    )
)
def test_stored_users_come_back_and_show_no_password(passwords: dict[str, str]) -> None:
    vault = Vault(bytes(range(32)))
    users = Users(person(name, password) for name, password in passwords.items())
    stored = users.stored(vault)
    assert Users.opened(stored, vault) == users
    assert all(passwords[each.name] not in each.sealed_password for each in stored)


def test_a_sealed_password_opens_only_for_its_own_user_and_key() -> None:
    vault = Vault(bytes(32))
    sealed = vault.seal("secret", "admin")
    assert sealed != vault.seal("secret", "admin")
    for stored, key in (
        (StoredUser(name="guard", level=UserLevel.USER, sealed_password=sealed), vault),
        (StoredUser(name="admin", level=UserLevel.USER, sealed_password=sealed), Vault(bytes(31) + b"x")),
        (StoredUser(name="admin", level=UserLevel.USER, sealed_password=sealed[:-4]), vault),
        (StoredUser(name="admin", level=UserLevel.USER, sealed_password="v1:?"), vault),
        (StoredUser(name="admin", level=UserLevel.USER, sealed_password=""), vault),
    ):
        with pytest.raises(PasswordUnreadable, match=stored.name):
            Users.opened([stored], key)


def test_rules_can_be_narrower() -> None:
    with pytest.raises(TooManyUsers):
        Users((ADMIN,), UserRules(users_most=1)).create([GUARD])
