"""Password rules, warnings of failed logins, access policy, digest algorithms and places."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.operation import Access
from vedette.contract.schema.geometry import GeoLocation, GeoOrientation, LocalLocation, LocationEntity
from vedette.contract.schema.security import User, UserLevel
from vedette.contract.schema.values import BinaryData
from vedette.device.access_policy import AccessPolicy
from vedette.device.accounts import Accounts
from vedette.device.dispatch import Dispatcher
from vedette.device.events import EventBroker
from vedette.device.failure_warnings import FailureWarnings
from vedette.device.geo import PLACES_MOST, Places
from vedette.device.notifications import Event
from vedette.device.security_policies import SecurityPolicies
from vedette.device.services.device.places import PlaceHandlers
from vedette.device.services.device.security_policies import SecurityPolicyHandlers
from vedette.device.services.device.users import UserHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.protocols.http1.digest import Algorithm
from vedette.security.audit import Audit
from vedette.security.passwords import Vault
from vedette.security.policy import AccessRule
from vedette.security.users import User as KnownUser
from vedette.security.users import Users

LUND = LocationEntity(entity="Device", geo_location=GeoLocation(lon=13.2, lat=55.7, elevation=80.0))


class Scene:
    def __init__(self, folder: Path, loop_of: Any) -> None:
        self.store = SettingsStore.open(folder / "settings.json", self._fresh)
        self.accounts = Accounts(self.store, Vault(bytes(32)))
        self.policies = SecurityPolicies(self.store)
        self.access = AccessPolicy(self.store)
        self.loop = loop_of(
            UserHandlers(self.accounts),
            SecurityPolicyHandlers(self.policies, self.access),
            PlaceHandlers(Places(self.store)),
            users=lambda: self.accounts.users,
        )
        self.loop.dispatcher = Dispatcher(
            self.loop.dispatcher.offer,
            self.loop.authenticator,
            Audit(ManualClock()),
            rule=AccessRule(allows=self.access.allows),
        )

    def _fresh(self) -> Settings:
        people = (
            KnownUser(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR),
            KnownUser(name="operator", password="battery staple", level=UserLevel.OPERATOR),
        )
        return Settings(users=Users(people).stored(Vault(bytes(32))))

    async def call(self, operation: Any, **fields: Any) -> Any:
        return await self.loop.call(operation, **fields)

    async def password(self, password: str) -> None:
        """Give the operator another password."""
        user = User(username="operator", password=password, user_level=UserLevel.OPERATOR)
        await self.call(Device.set_user, users=(user,))


@pytest.fixture
def scene(tmp_path: Path, loop_of: Any) -> Scene:
    return Scene(tmp_path, loop_of)


@pytest.mark.parametrize(
    ("rule", "weak", "strong"),
    [
        ({"min_len": 12}, "elevenchars", "twelve chars"),
        ({"uppercase": 2}, "only One here", "Two Are here"),
        ({"number": 3}, "with 12 digits", "with 123 digits"),
        ({"special_chars": 1}, "nothingspecial9", "something-special"),
        ({"block_username_occurrence": True}, "the OPERATOR said", "somebody said"),
    ],
)
def test_password_rules_are_told_and_enforced(
    scene: Scene, play: Any, rule: dict[str, Any], weak: str, strong: str
) -> None:
    async def run() -> None:
        await scene.call(Device.set_password_complexity_configuration, **rule)
        told = await scene.call(Device.get_password_complexity_configuration)
        assert {name: getattr(told, name) for name in rule} == rule
        with pytest.raises(faults.PasswordTooWeak):
            await scene.password(weak)
        await scene.call(Device.set_password_complexity_configuration, min_len=20)
        new = User(username="operator2", password=weak[:9], user_level=UserLevel.USER)
        with pytest.raises(faults.Password):
            await scene.call(Device.create_users, users=(new,))
        await scene.call(Device.set_password_complexity_configuration, min_len=len(strong))
        await scene.password(strong)
        assert scene.accounts.users.get("operator").password == strong

    play(run())


def test_the_options_contain_every_setting(scene: Scene, play: Any) -> None:
    async def run() -> None:
        options = await scene.call(Device.get_password_complexity_options, level=UserLevel.OPERATOR)
        assert (options.min_len_range.min, options.min_len_range.max) == (8, 128)
        rules = (("min_len", "MinLen", options.min_len_range), ("number", "Number", options.number_range))
        for name, element, limits in rules:
            for wrong in (limits.min - 1, limits.max + 1):
                with pytest.raises(faults.InvalidArgValDevice, match=f"{element} is {wrong}"):
                    await scene.call(Device.set_password_complexity_configuration, **{name: wrong})
        with pytest.raises(faults.InvalidArgValDevice):
            await scene.call(Device.set_password_complexity_configuration, uppercase=100, number=100)
        assert scene.policies.passwords.uppercase == 0

    play(run())


def test_a_lock_holds(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.call(
            Device.set_password_complexity_configuration, min_len=10, policy_configuration_locked=True
        )
        with pytest.raises(faults.InvalidArgValDevice):
            await scene.call(Device.set_password_complexity_configuration, min_len=8)
        with pytest.raises(faults.InvalidArgValDevice):
            await scene.call(Device.set_password_history_configuration, enabled=True, length=2)
        told = await scene.call(Device.get_password_complexity_configuration)
        assert (told.min_len, told.policy_configuration_locked) == (10, True)

    play(run())


def test_former_passwords_cannot_come_again(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.set_password_history_configuration, enabled=True, length=2)
        assert (await scene.call(Device.get_password_history_configuration)).length == 2
        await scene.password("second password")
        await scene.password("second password")  # only the level could have changed
        with pytest.raises(faults.PasswordTooWeak):
            await scene.password("battery staple")
        await scene.password("third password")
        with pytest.raises(faults.PasswordTooWeak):
            await scene.password("second password")
        await scene.password("battery staple")
        for wrong in (0, 25):
            with pytest.raises(faults.InvalidArgValDevice):
                await scene.call(Device.set_password_history_configuration, enabled=True, length=wrong)
        assert b"second password" not in scene.store.path.read_bytes()
        again = SettingsStore.open(scene.store.path, Settings)
        assert Accounts(again, Vault(bytes(32))).users.get("operator").former

    play(run())


class Ear:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def receive(self, event: Event) -> None:
        self.events.append(event)


def test_too_many_failed_logins_are_told_once_a_period(scene: Scene, play: Any) -> None:
    async def run() -> None:
        clock, ear = ManualClock(), Ear()
        broker = EventBroker(clock)
        broker.attach(ear)
        warnings = FailureWarnings(scene.store, broker, clock, lambda _peer: "eth0")
        options = await scene.call(Device.get_auth_failure_warning_options)
        assert options.monitor_period_range.min == options.auth_failure_range.min == 1
        await scene.call(
            Device.set_auth_failure_warning_configuration,
            enabled=True,
            monitor_period=30,
            max_auth_failures=2,
        )
        told = await scene.call(Device.get_auth_failure_warning_configuration)
        assert (told.enabled, told.monitor_period, told.max_auth_failures) == (True, 30, 2)
        scene.loop.authenticator.watch_failures(warnings.failed)
        for _ in range(4):
            warnings.failed("192.0.2.9")
        assert [(each.source, each.data) for each in ear.events] == [
            ((("NetworkInterface", "eth0"),), (("SourceIPv4", "192.0.2.9"),))
        ]
        clock.advance(31.0)
        for _ in range(3):
            warnings.failed("fe80::7%eth0")
        assert ear.events[1].data == (("SourceIPv6", "fe80::7"),)
        for wrong in ({"monitor_period": 0}, {"max_auth_failures": 0}):
            with pytest.raises(faults.InvalidArgValDevice):
                await scene.call(
                    Device.set_auth_failure_warning_configuration,
                    **{"enabled": True, "monitor_period": 1, "max_auth_failures": 1, **wrong},
                )

    play(run())


def test_other_limits_of_failed_logins_count_from_the_next_failure(scene: Scene, play: Any) -> None:
    async def run() -> None:
        clock, ear = ManualClock(), Ear()
        broker = EventBroker(clock)
        broker.attach(ear)
        warnings = FailureWarnings(scene.store, broker, clock, lambda _peer: "eth0")
        limit = Device.set_auth_failure_warning_configuration
        await scene.call(limit, enabled=True, monitor_period=86_400, max_auth_failures=5)
        for _ in range(4):
            warnings.failed("192.0.2.9")
        await scene.call(limit, enabled=True, monitor_period=10, max_auth_failures=2)
        for _ in range(3):
            warnings.failed("192.0.2.9")
        assert len(ear.events) == 1

    play(run())


def test_the_access_policy_is_read_changed_and_obeyed(scene: Scene, play: Any) -> None:
    async def run() -> None:
        file = (await scene.call(Device.get_access_policy)).policy_file
        policy = json.loads(file.data)
        assert policy["classes"]["WRITE_SYSTEM"] == ["Administrator"]
        with pytest.raises(faults.NotAuthorized):
            await scene.call(Device.get_users, level=UserLevel.OPERATOR)
        policy["classes"]["READ_SYSTEM_SECRET"].append("Operator")
        changed = BinaryData(content_type=file.content_type, data=json.dumps(policy).encode())
        await scene.call(Device.set_access_policy, policy_file=changed)
        await scene.call(Device.get_users, level=UserLevel.OPERATOR)
        again = AccessPolicy(SettingsStore.open(scene.store.path, Settings))
        assert again.allows(UserLevel.OPERATOR, Access.READ_SYSTEM_SECRET)
        assert not again.allows(UserLevel.USER, Access.READ_SYSTEM_SECRET)

    play(run())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda policy: b"",
        lambda policy: b"\xff\x00",
        lambda policy: json.dumps({**policy, "format": "other"}).encode(),
        lambda policy: json.dumps({**policy, "classes": {}}).encode(),
        lambda policy: json.dumps(policy).replace("Operator", "Everybody").encode(),
        lambda policy: json.dumps(policy).replace('"Administrator"', '"User"').encode(),
        lambda policy: b" " * 70_000,
    ],
)
def test_a_policy_that_is_none_is_refused(scene: Scene, play: Any, spoil: Any) -> None:
    async def run() -> None:
        policy = json.loads((await scene.call(Device.get_access_policy)).policy_file.data)
        before = scene.store.current
        with pytest.raises(faults.PolicyFormat):
            await scene.call(Device.set_access_policy, policy_file=BinaryData(data=spoil(policy)))
        assert scene.store.current == before

    play(run())


def test_digest_algorithms_can_be_chosen(scene: Scene, play: Any) -> None:
    async def run() -> None:
        assert scene.policies.algorithms == (Algorithm.SHA256, Algorithm.MD5)
        await scene.call(Device.set_hashing_algorithm, algorithm=("SHA-256",))
        assert scene.policies.algorithms == (Algorithm.SHA256,)
        for wrong in (("SHA-1",), ("MD5", "none")):
            with pytest.raises(faults.InvalidArgValDevice):
                await scene.call(Device.set_hashing_algorithm, algorithm=wrong)

    play(run())


def test_places_are_kept_replaced_and_forgotten(scene: Scene, play: Any) -> None:
    gate = LocationEntity(
        entity="VideoSource", token="gate", local_location=LocalLocation(x=1.0), geo_source="map"
    )

    async def run() -> None:
        await scene.call(Device.set_geo_location, locations=(LUND, gate))
        turned = LocationEntity(entity="Device", geo_orientation=GeoOrientation(yaw=90.0))
        await scene.call(Device.set_geo_location, locations=(turned,))
        told = (await scene.call(Device.get_geo_location, level=UserLevel.OPERATOR)).locations
        assert [(each.entity, each.geo_location, each.geo_orientation) for each in told] == [
            ("Device", None, GeoOrientation(yaw=90.0)),
            ("VideoSource", None, None),
        ]
        assert told[1] == msgspec.structs.replace(gate, fixed=False)
        with pytest.raises(faults.NoConfig):
            await scene.call(
                Device.delete_geo_location, locations=(gate, LocationEntity(entity="Device", token="x"))
            )
        await scene.call(Device.delete_geo_location, locations=(gate,))
        assert len((await scene.call(Device.get_geo_location)).locations) == 1
        assert SettingsStore.open(scene.store.path, Settings).current.places[0].entity == "Device"

    play(run())


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ([LocationEntity(geo_location=GeoLocation(lon=181.0))], faults.InvalidArgVal),
        ([LocationEntity(geo_location=GeoLocation(lat=float("nan")))], faults.InvalidArgVal),
        ([LocationEntity(auto_geo=True)], faults.NoAutoGeo),
        ([LocationEntity(fixed=True)], faults.InvalidArgVal),
        ([LocationEntity(token="t" * 300)], faults.InvalidArgVal),
        ([LocationEntity(token=str(n)) for n in range(PLACES_MOST)], faults.TooManyEntries),
    ],
)
def test_a_place_that_cannot_be_changes_nothing(
    scene: Scene, play: Any, wrong: list[LocationEntity], fault: type[faults.Fault]
) -> None:
    async def run() -> None:
        with pytest.raises(fault):
            await scene.call(Device.set_geo_location, locations=(LUND, *wrong))
        assert scene.store.current.places == ()

    play(run())
