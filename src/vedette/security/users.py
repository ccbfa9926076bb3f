"""The users of the machine as an immutable value, and the rules by which they change."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from vedette.base.errors import VedetteError
from vedette.contract.schema.security import UserLevel
from vedette.security.passwords import Vault

LEVELS = (UserLevel.ADMINISTRATOR, UserLevel.OPERATOR, UserLevel.USER)

# The roles that stand for levels, the mightiest first. Source: Core, User roles (26.06 §5.9.4.5).
PREDEFINED_ROLES = {f"onvif:{level}": level for level in LEVELS}


class UserRefused(VedetteError):
    """A change of users was refused; subclasses bear the names of the standard's faults."""


class UsernameClash(UserRefused):
    """A user of that name exists, or the name is given twice."""


class UsernameMissing(UserRefused):
    """No user has that name."""


class UsernameTooLong(UserRefused):
    """The name is too long."""


class UsernameTooShort(UserRefused):
    """The name is empty."""


class UsernameUnusable(UserRefused):
    """The name has control characters, which no login header can carry."""


class PasswordTooLong(UserRefused):
    """The password is too long."""


class PasswordTooWeak(UserRefused):
    """The password is missing, against the rules or used before; the fault is Password in CreateUsers."""


class TooManyUsers(UserRefused):
    """There is no room for so many users."""


class AnonymousNotAllowed(UserRefused):
    """Nobody can be added to the anonymous level."""


class RoleUnusable(UserRefused):
    """A role does not exist, or the user's level has no roles."""


class FixedUser(UserRefused):
    """The user is the last administrator."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who may log in.

    `former` are the digests of former passwords, the latest first. `roles` are those of an extended user.
    """

    name: str
    password: str
    level: UserLevel
    former: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def standing(self) -> UserLevel:
        """The level whose rights the user has: of an extended one that of the mightiest predefined role."""
        if self.level is not UserLevel.EXTENDED:
            return self.level
        return next((level for role, level in PREDEFINED_ROLES.items() if role in self.roles), self.level)

    def __repr__(self) -> str:
        return f"User({self.name!r}, {self.level})"


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """New level and password of an existing user; no password means that it is to be cleared.

    `roles` None leaves an extended user's roles as they are.
    """

    name: str
    password: str | None
    level: UserLevel
    roles: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"UserChange({self.name!r}, {self.level})"


class StoredUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user as the settings document keeps it; the password and digests of former ones are sealed."""

    name: str
    level: UserLevel
    sealed_password: str
    former: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class UserRules(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for names and passwords, in characters.

    `uppercase`, `digits` and `special` count what a password must have at least; `blocks_name` refuses
    one that contains the user's name. A user's last `history` former passwords cannot come again. Extended
    users must have some of `roles`.
    """

    users_most: int = 64
    name_most: int = 64
    password_least: int = 8
    password_most_chars: int = 128
    uppercase: int = 0
    digits: int = 0
    special: int = 0
    blocks_name: bool = False
    history: int = 0
    roles: frozenset[str] = frozenset(PREDEFINED_ROLES)


class Users:
    """All users, each name once. Every change returns a new value or raises and changes nothing.

    Source: Core, Security (26.06 §8.4.3-§8.4.6).
    """

    def __init__(self, users: Iterable[User] = (), rules: UserRules | None = None) -> None:
        self.rules = rules or UserRules()
        self._users = {user.name: user for user in users}

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def __len__(self) -> int:
        return len(self._users)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Users) and self._users == other._users

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Users({list(self)!r})"

    def get(self, name: str) -> User | None:
        """The user of exactly that name."""
        return self._users.get(name)

    def create(self, new: Iterable[User]) -> "Users":
        """With these users added."""
        users = dict(self._users)
        for user in new:
            self._check_name(user.name)
            self._check_password(user.name, user.password)
            self._check_level(user.level, user.roles)
            if user.name in users:
                raise UsernameClash(f"a user {user.name!r} exists already")
            users[user.name] = user
        if len(users) > self.rules.users_most:
            raise TooManyUsers(f"{len(users)} users; {self.rules.users_most} are supported")
        return Users(users.values(), self.rules)

    def delete(self, names: Iterable[str]) -> "Users":
        """Without these users."""
        users = dict(self._users)
        for name in names:
            self._require(name)
            users.pop(name, None)
        return self._with_administrator(users)

    def change(self, changes: Iterable[UserChange]) -> "Users":
        """With these users' levels and passwords replaced."""
        users = dict(self._users)
        for change in changes:
            user = self._require(change.name)
            self._check_password(change.name, change.password or "")
            kept = user.roles if change.level is UserLevel.EXTENDED else ()
            roles = kept if change.roles is None else change.roles
            self._check_level(change.level, roles)
            changed = self._with_password(user, change.password or "", change.level)
            users[change.name] = msgspec.structs.replace(changed, roles=roles)
        return self._with_administrator(users)

    @property
    def has_administrator(self) -> bool:
        """Whether anybody could change settings."""
        return any(user.level is UserLevel.ADMINISTRATOR for user in self)

    def stored(self, vault: Vault) -> tuple[StoredUser, ...]:
        """What the settings document keeps: everyone, passwords sealed."""
        return tuple(
            StoredUser(
                name=user.name,
                level=user.level,
                sealed_password=vault.seal(user.password, user.name),
                former=tuple(vault.seal(each, user.name) for each in user.former),
                roles=user.roles,
            )
            for user in self
        )

    @classmethod
    def opened(cls, stored: Iterable[StoredUser], vault: Vault, rules: UserRules | None = None) -> "Users":
        """The users of a settings document; raises PasswordUnreadable."""
        return cls(
            (
                User(
                    name=each.name,
                    password=vault.open(each.sealed_password, each.name),
                    level=each.level,
                    former=tuple(vault.open(former, each.name) for former in each.former),
                    roles=each.roles,
                )
                for each in stored
            ),
            rules,
        )

    def _require(self, name: str) -> User:
        user = self._users.get(name)
        if user is None:
            raise UsernameMissing(f"no user is named {name!r}")
        return user

    def _with_administrator(self, users: dict[str, User]) -> "Users":
        changed = Users(users.values(), self.rules)
        if self.has_administrator and not changed.has_administrator:
            raise FixedUser("the last administrator must stay")
        return changed

    def _check_name(self, name: str) -> None:
        if not name:
            raise UsernameTooShort("a user needs a name")
        if len(name) > self.rules.name_most:
            raise UsernameTooLong(f"a name of {len(name)} characters; {self.rules.name_most} are supported")
        if any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in name):
            raise UsernameUnusable(f"the name {name!r} has control characters")

    def _check_level(self, level: UserLevel, roles: tuple[str, ...]) -> None:
        if level is UserLevel.ANONYMOUS:
            raise AnonymousNotAllowed("nobody can be added to the anonymous level")
        if level is UserLevel.EXTENDED:
            unknown = set(roles) - self.rules.roles
            if unknown or not roles:
                raise RoleUnusable(
                    f"no role {min(unknown)[:80]!r}" if unknown else "an extended user needs a role"
                )
        elif roles:
            raise RoleUnusable(f"users of level {level} have no roles")

    def _check_password(self, name: str, password: str) -> None:
        if len(password) > self.rules.password_most_chars:
            raise PasswordTooLong(
                f"a password of {len(password)} characters; {self.rules.password_most_chars} are supported"
            )
        rules = self.rules
        if len(password) < rules.password_least:
            raise PasswordTooWeak(f"a password needs {rules.password_least} characters")
        if password.casefold() == name.casefold():
            raise PasswordTooWeak("the password is the name")
        if rules.blocks_name and name.casefold() in password.casefold():
            raise PasswordTooWeak("the password contains the name")
        for kind, needed, has in (
            ("uppercase letters", rules.uppercase, sum(map(str.isupper, password))),
            ("digits", rules.digits, sum(map(str.isdigit, password))),
            ("special characters", rules.special, sum(not letter.isalnum() for letter in password)),
        ):
            if has < needed:
                raise PasswordTooWeak(f"a password needs {needed} {kind}")

    def _with_password(self, user: User, password: str, level: UserLevel) -> User:
        """The user with a password that is the present one, or not among the former ones."""
        if password == user.password:
            return msgspec.structs.replace(user, level=level)
        former = (_digest(user.name, user.password), *user.former)[: self.rules.history]
        if _digest(user.name, password) in former:
            raise PasswordTooWeak(f"{user.name!r} has used that password before")
        return msgspec.structs.replace(user, password=password, level=level, former=former)


def _digest(name: str, password: str) -> str:
    return sha256(f"{name}\0{password}".encode()).hexdigest()
