"""User roles, and the login used at other devices."""

from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.media2 import Media2
from vedette.contract.replay import Replay
from vedette.contract.schema.security import RemoteUser as RemoteUserMessage
from vedette.contract.schema.security import User, UserExtension, UserLevel, UserRole
from vedette.device.access_policy import AccessPolicy
from vedette.device.accounts import Accounts
from vedette.device.dispatch import Dispatcher
from vedette.device.offer import Offer
from vedette.device.remote_user import RemoteUser
from vedette.device.roles import ROLES_MOST, Roles
from vedette.device.security_policies import SecurityPolicies
from vedette.device.services.device.roles import RemoteUserHandlers, RoleHandlers
from vedette.device.services.device.security_policies import SecurityPolicyHandlers
from vedette.device.services.device.users import UserHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.audit import Audit
from vedette.security.authentication import Identity, Login
from vedette.security.passwords import Vault
from vedette.security.policy import AccessRule
from vedette.security.users import User as KnownUser
from vedette.security.users import Users
from vedette.server.rtsp.gate import Gate, Refused

EDITOR = UserRole(name="PolicyEditor", functions=("tds:GetAccessPolicy", "tds:SetHashingAlgorithm"))


class Scene:
    def __init__(self, folder: Path, loop_of: Any) -> None:
        self.vault = Vault(bytes(32))
        people = (
            KnownUser(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR),
            KnownUser(name="extra", password="extra person", level=UserLevel.EXTENDED, roles=("onvif:User",)),
        )
        fresh = Settings(users=Users(people).stored(self.vault))
        self.store = SettingsStore.open(folder / "settings.json", lambda: fresh)
        self.accounts = Accounts(self.store, self.vault)
        self.access = AccessPolicy(self.store)
        self.roles = Roles(self.store, self.access.allows)
        self.remote = RemoteUser(self.store, self.vault)
        offer = Offer()
        offer.add(RoleHandlers(self.roles, offer))
        self.loop = loop_of(
            UserHandlers(self.accounts),
            SecurityPolicyHandlers(SecurityPolicies(self.store), self.access),
            RemoteUserHandlers(self.remote),
            offer=offer,
            users=lambda: self.accounts.users,
        )
        self.loop.dispatcher = Dispatcher(
            offer,
            self.loop.authenticator,
            Audit(ManualClock()),
            rule=AccessRule(allows=self.access.allows, grants=self.roles.grants),
        )

    async def call(self, operation: Any, *, level: UserLevel = UserLevel.ADMINISTRATOR, **fields: Any) -> Any:
        return await self.loop.call(operation, level=level, **fields)

    async def give(self, *roles: str, level: UserLevel = UserLevel.EXTENDED) -> None:
        """Give the extended user these roles."""
        extension = UserExtension(roles=roles) if roles else None
        user = User(username="extra", password="extra person", user_level=level, extension=extension)
        await self.call(Device.set_user, users=(user,))


@pytest.fixture
def scene(tmp_path: Path, loop_of: Any) -> Scene:
    return Scene(tmp_path, loop_of)


def test_a_role_gives_exactly_its_functions(scene: Scene, play: Any) -> None:
    async def run() -> None:
        extended = UserLevel.EXTENDED
        await scene.call(Device.set_user_role, user_role=EDITOR)
        await scene.call(Device.get_user_roles, level=extended)
        with pytest.raises(faults.NotAuthorized):
            await scene.call(Device.get_access_policy, level=extended)
        await scene.give("PolicyEditor")
        await scene.call(Device.get_access_policy, level=extended)
        await scene.call(Device.set_hashing_algorithm, level=extended, algorithm=("SHA-256",))
        for other in (Device.get_user_roles, Device.get_users):
            with pytest.raises(faults.NotAuthorized):
                await scene.call(other, level=extended)
        await scene.give("PolicyEditor", "onvif:User")
        await scene.call(Device.get_user_roles, level=extended)
        await scene.call(Device.set_user_role, user_role=UserRole(name="PolicyEditor", functions=()))
        with pytest.raises(faults.NotAuthorized):
            await scene.call(Device.get_access_policy, level=extended)

    play(run())


def test_a_predefined_role_stands_for_its_level(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.give("onvif:Administrator")
        await scene.call(Device.set_user_role, level=UserLevel.EXTENDED, user_role=EDITOR)
        found = await scene.call(Device.get_user_roles, level=UserLevel.EXTENDED)
        assert [each.name for each in found.user_roles] == [
            "onvif:Administrator",
            "onvif:Operator",
            "onvif:User",
            "PolicyEditor",
        ]
        assert found.user_roles[-1] == EDITOR
        assert not any(each.functions for each in found.user_roles[:3])
        one = await scene.call(Device.get_user_roles, user_role="onvif:User")
        assert [each.name for each in one.user_roles] == ["onvif:User"]

    play(run())


def test_roles_of_users_are_told_and_kept(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.set_user_role, user_role=EDITOR)
        await scene.give("PolicyEditor", "onvif:User")
        await scene.give()
        found = await scene.call(Device.get_users)
        assert [each.extension and each.extension.roles for each in found.users] == [
            None,
            ("PolicyEditor", "onvif:User"),
        ]
        await scene.call(Device.delete_user_role, user_role="PolicyEditor")
        found = await scene.call(Device.get_users)
        assert found.users[1].extension.roles == ("onvif:User",)
        await scene.give(level=UserLevel.OPERATOR)
        assert (await scene.call(Device.get_users)).users[1].extension is None

    play(run())


@pytest.mark.parametrize(
    ("name", "functions", "fault"),
    [
        ("onvif:Better", (), faults.OnvifPrefix),
        ("onvif:User", (), faults.OnvifPrefix),
        ("two words", (), faults.InvalidArgVal),
        ("", (), faults.InvalidArgVal),
        ("n" * 65, (), faults.InvalidArgVal),
        ("Fine", ("tds:GetUsers", "tptz:AbsoluteMove"), faults.FunctionNotImplemented),
        ("Fine", ("GetUsers",), faults.FunctionNotImplemented),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    scene: Scene, play: Any, name: str, functions: tuple[str, ...], fault: type[Exception]
) -> None:
    async def run() -> None:
        before = scene.store.current
        with pytest.raises(fault):
            await scene.call(Device.set_user_role, user_role=UserRole(name=name, functions=functions))
        assert scene.store.current is before

    play(run())


def test_no_role_is_made_beyond_the_limit_or_deleted_without_being_there(scene: Scene, play: Any) -> None:
    async def run() -> None:
        for number in range(ROLES_MOST - 3):
            await scene.roles.set(UserRole(name=f"r{number}", functions=()), scene.loop.dispatcher.offer)
        with pytest.raises(faults.TooManyUserRoles):
            await scene.call(Device.set_user_role, user_role=EDITOR)
        await scene.call(Device.set_user_role, user_role=UserRole(name="r7", functions=("tds:GetUsers",)))
        with pytest.raises(faults.InvalidUserRole):
            await scene.call(Device.delete_user_role, user_role="ghost")
        with pytest.raises(faults.OnvifPrefix):
            await scene.call(Device.delete_user_role, user_role="onvif:User")
        with pytest.raises(faults.InvalidUserRole):
            await scene.call(Device.get_user_roles, user_role="ghost")

    play(run())


@pytest.mark.parametrize(
    ("level", "roles"),
    [(UserLevel.EXTENDED, ("ghost",)), (UserLevel.OPERATOR, ("onvif:User",))],
)
def test_users_get_only_roles_that_they_can_have(
    scene: Scene, play: Any, level: UserLevel, roles: tuple[str, ...]
) -> None:
    async def run() -> None:
        with pytest.raises(faults.InvalidArgVal):
            await scene.give(*roles, level=level)
        user = User(
            username="new", password="long enough", user_level=level, extension=UserExtension(roles=roles)
        )
        with pytest.raises(faults.InvalidArgVal):
            await scene.call(Device.create_users, users=(user,))

    play(run())


@pytest.mark.parametrize(
    ("function", "seen", "refused"),
    [
        (Media2.get_stream_uri, "rtsp://here/live/gate/main", "rtsp://here/replay/gate"),
        (Replay.get_replay_uri, "rtsp://here/replay/gate", "rtsp://here/live/gate/main"),
    ],
)
def test_who_may_ask_for_an_address_may_watch_what_is_there(
    scene: Scene, function: Any, seen: str, refused: str
) -> None:
    rule = AccessRule(grants=lambda roles, operation: roles == ("watcher",) and operation is function)
    gate = Gate(scene.loop.authenticator, rule)
    known = Identity(user_name="extra", level=UserLevel.EXTENDED, login=Login.DIGEST, roles=("watcher",))
    assert gate.admit("DESCRIBE", seen, None, "192.0.2.1", known) is known
    with pytest.raises(Refused):
        gate.admit("DESCRIBE", refused, None, "192.0.2.1", known)


def test_the_remote_user_is_kept_sealed_and_its_password_never_told(scene: Scene, play: Any) -> None:
    async def run() -> None:
        assert (await scene.call(Device.get_remote_user)).remote_user is None
        wanted = RemoteUserMessage(username="recorder", password="open sesame", use_derived_password=False)
        await scene.call(Device.set_remote_user, remote_user=wanted)
        told = (await scene.call(Device.get_remote_user)).remote_user
        assert (told.username, told.password) == ("recorder", None)
        assert scene.remote.login() == ("recorder", "open sesame")
        assert b"sesame" not in scene.store.path.read_bytes()
        same = RemoteUserMessage(username="recorder", use_derived_password=False)
        await scene.call(Device.set_remote_user, remote_user=same)
        assert scene.remote.login() == ("recorder", "open sesame")
        await scene.call(Device.set_remote_user)
        assert scene.remote.login() is None

    play(run())


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        (RemoteUserMessage(username="", password="x", use_derived_password=False), "Username"),
        (RemoteUserMessage(username="a", use_derived_password=False), "Password"),
        (RemoteUserMessage(username="a", password="x" * 129, use_derived_password=False), "Password"),
        (RemoteUserMessage(username="a", password="x", use_derived_password=True), "UseDerivedPassword"),
    ],
)
def test_a_remote_user_that_cannot_sign_in_is_refused_by_element(
    scene: Scene, play: Any, wrong: RemoteUserMessage, element: str
) -> None:
    async def run() -> None:
        with pytest.raises(faults.InvalidArgVal, match=element):
            await scene.call(Device.set_remote_user, remote_user=wrong)
        assert scene.remote.told() is None

    play(run())
