"""The device service as clients meet it, through real bytes."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.media import Media
from vedette.contract.media.streaming import Capabilities as MediaCapabilities
from vedette.contract.media.streaming import (
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    ProfileCapabilities,
    StreamingCapabilities,
)
from vedette.contract.operation import answers
from vedette.contract.schema.capabilities import CapabilityCategory
from vedette.contract.schema.network import NetworkHostType
from vedette.contract.schema.security import User, UserLevel
from vedette.contract.schema.system import DiscoveryMode, ScopeDefinition, SetDateTimeType, TimeZone
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.capabilities import Abilities, Announcement
from vedette.device.hardware.virtual_host import VirtualHost
from vedette.device.identity import identity_of, made_identity
from vedette.device.network import HostNetwork
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_filter import AddressFilter
from vedette.device.network_protocols import Move, NetworkProtocols, OpenPorts, Spoken
from vedette.device.offer import Offer
from vedette.device.scopes import SCOPES_MOST, ScopeList, fixed_scopes
from vedette.device.services.device import device_handlers
from vedette.device.settings.document import Settings
from vedette.device.settings.network import ProtocolSettings
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings
from vedette.security.passwords import Vault
from vedette.security.users import User as KnownUser
from vedette.security.users import Users
from vedette.wire.codec import decode
from vedette.wire.namespaces import TDS, TRT

UUID_OF_IT = UUID("4a7d1f02-6f3b-4b9e-8f55-0a1b2c3d4e5f")
CLOCK_AT = DateTime(time=Time(hour=22, minute=13, second=20), date=Date(year=2023, month=11, day=14))
LOCATION = "onvif://www.onvif.org/location/city/lund"


class MediaHandlers:
    """Enough of a second service to be listed."""

    @answers(Media.get_service_capabilities)
    async def capabilities(self, request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
        return GetServiceCapabilitiesResponse(
            capabilities=MediaCapabilities(
                profile_capabilities=ProfileCapabilities(maximum_number_of_profiles=24),
                streaming_capabilities=StreamingCapabilities(rtp_rtsp_tcp=True, rtp_tcp=True),
            )
        )


class FreePorts:
    """Every port is free, and nobody listens."""

    def hold(self, ports: frozenset[int], spoken: frozenset[Spoken]) -> Move:
        return self

    def make(self) -> None:
        pass

    def undo(self) -> None:
        pass


class Scene:
    """A device with the whole device service, its settings on a disk, on a made-up host."""

    def __init__(self, folder: Path, loop_of: Any) -> None:
        self.folder = folder
        self.store = SettingsStore.open(folder / "settings.json", self._fresh)
        self.vault = Vault(bytes(32))
        self.accounts = Accounts(self.store, self.vault)
        self.network = HostNetwork(folder)
        self.offer = Offer([MediaHandlers()])
        identity = identity_of(self.store.current.system)
        announcement = Announcement(self.offer, StreamAddresses(rtsp_port=8554), Abilities(time_servers=4))
        self.scopes = ScopeList(self.store, lambda: fixed_scopes(identity, self.offer))
        for handlers in device_handlers(
            announcement=announcement,
            identity=identity,
            scopes=self.scopes,
            accounts=self.accounts,
            network=self._domain(),
        ):
            self.offer.add(handlers)
        self.loop = loop_of(offer=self.offer, users=lambda: self.accounts.users)

    def _domain(self) -> NetworkDomain:
        clock = ManualClock()
        host = VirtualHost(
            self.store, self.network, machine_name=lambda: "machine", clock=clock, has_radio=False
        )
        ports = OpenPorts(http=ProtocolSettings(ports=(8080,)), rtsp=ProtocolSettings(ports=(8554,)))
        return NetworkDomain.over(
            host,
            store=self.store,
            vault=self.vault,
            clock=clock,
            protocols=NetworkProtocols(self.store, FreePorts(), configured=(8080, 8554), now=ports),
            address_filter=AddressFilter(self.store),
        )

    def _fresh(self) -> Settings:
        users = Users(
            (
                KnownUser(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR),
                KnownUser(name="viewer", password="only looking", level=UserLevel.USER),
            )
        )
        return Settings(
            system=made_identity(SystemSettings(), UUID_OF_IT), users=users.stored(Vault(bytes(32)))
        )

    def host_file(self, path: str, text: str) -> None:
        """Put a file on the made-up host."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    async def call(self, operation: Any, **fields: Any) -> Any:
        return await self.loop.call(operation, **fields)


@pytest.fixture
def scene(tmp_path: Path, loop_of: Any) -> Scene:
    return Scene(tmp_path, loop_of)


def test_services_are_listed_where_the_client_reached_us(scene: Scene, play: Any) -> None:
    async def run() -> None:
        response = await scene.call(Device.get_services, level=None, include_capability=True)
        assert [(each.namespace, each.xaddr) for each in response.services] == [
            (TDS, "http://camera.example:8080/onvif/device_service"),
            (TRT, "http://camera.example:8080/onvif/media_service"),
        ]
        own = (await scene.call(Device.get_service_capabilities)).capabilities
        assert decode(type(own), response.services[0].capabilities.content[0]) == own
        bare = await scene.call(Device.get_services, include_capability=False)
        assert {each.capabilities for each in bare.services} == {None}

    play(run())


def test_both_ways_to_ask_for_capabilities_agree(scene: Scene, play: Any) -> None:
    async def run() -> None:
        own = (await scene.call(Device.get_service_capabilities)).capabilities
        old = (await scene.call(Device.get_capabilities, level=None)).capabilities
        for chapter in ("network", "system", "security"):
            told = getattr(old.device, chapter)
            for name in set(told.__struct_fields__) & set(getattr(own, chapter).__struct_fields__):
                assert getattr(told, name) == getattr(getattr(own, chapter), name), name
        assert old.media.streaming_capabilities.rtp_rtsp_tcp
        assert old.media.extension.profile_capabilities.maximum_number_of_profiles == 24
        assert (old.ptz, old.events, old.extension) == (None, None, None)

    play(run())


def test_what_is_announced_is_answered(scene: Scene, play: Any) -> None:
    async def run() -> None:
        told = (await scene.call(Device.get_service_capabilities)).capabilities
        assert told.security.username_token
        assert told.security.http_digest
        assert told.security.hashing_algorithms == ("SHA-256", "MD5")
        assert not told.system.user_config_not_supported
        assert not told.system.network_config_not_supported
        assert told.network.ntp == 4
        assert told.network.ip_filter
        assert not told.system.system_logging

    play(run())


def test_a_category_without_service_is_refused(scene: Scene, play: Any) -> None:
    async def run() -> None:
        media = await scene.call(Device.get_capabilities, categories=(CapabilityCategory.MEDIA,))
        assert media.capabilities.media is not None
        assert media.capabilities.device is None
        with pytest.raises(faults.NoSuchService):
            await scene.call(Device.get_capabilities, categories=(CapabilityCategory.PTZ,))

    play(run())


def test_the_device_says_who_it_is(scene: Scene, play: Any) -> None:
    async def run() -> None:
        told = await scene.call(Device.get_device_information, level=UserLevel.USER)
        assert (told.manufacturer, told.serial_number) == ("Vedette", "4A7D1F026F3B")
        reference = await scene.call(Device.get_endpoint_reference, level=None)
        assert reference.guid == f"urn:uuid:{UUID_OF_IT}"
        address = await scene.call(Device.get_wsdl_url, level=None)
        assert address.wsdl_url == "http://camera.example:8080/onvif/device_service?wsdl"

    play(run())


def test_the_clock_shows_utc_and_the_chosen_zone(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.call(
            Device.set_system_date_and_time,
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=True,
            time_zone=TimeZone(tz="CET-1CEST,M3.5.0,M10.5.0/3"),
        )
        told = (await scene.call(Device.get_system_date_and_time, level=None)).system_date_and_time
        assert told.utc_date_time == CLOCK_AT
        assert told.local_date_time.time.hour == 23
        assert (told.time_zone.tz, told.daylight_savings) == ("CET-1CEST,M3.5.0,M10.5.0/3", True)

    play(run())


def test_summer_time_is_told_where_the_zone_has_one(scene: Scene, play: Any) -> None:
    # libonvif takes the flag for an hour, and cannot log in at a device in UTC that tells it.
    async def run() -> None:
        for zone, is_told in (("UTC0", False), ("PST8PDT", True), ("<+0330>-3:30", False)):
            await scene.call(
                Device.set_system_date_and_time,
                date_time_type=SetDateTimeType.MANUAL,
                daylight_savings=True,
                time_zone=TimeZone(tz=zone),
            )
            told = (await scene.call(Device.get_system_date_and_time, level=None)).system_date_and_time
            assert (told.time_zone.tz, told.daylight_savings) == (zone, is_told)

    play(run())


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"time_zone": TimeZone(tz="INVALID")}, faults.InvalidTimeZone),
        ({"date_time_type": SetDateTimeType.NTP}, faults.NtpServerUndefined),
        ({"utc_date_time": msgspec.structs.replace(CLOCK_AT, date=Date(year=2023, month=13, day=1))}, None),
        ({"utc_date_time": msgspec.structs.replace(CLOCK_AT, date=Date(year=2001, month=1, day=1))}, None),
    ],
)
def test_a_clock_that_cannot_be_had_is_refused(
    scene: Scene, play: Any, fields: dict[str, Any], fault: type[faults.Fault] | None
) -> None:
    async def run() -> None:
        before = scene.store.current
        wanted = {"date_time_type": SetDateTimeType.MANUAL, "daylight_savings": False, **fields}
        expected = fault or (faults.InvalidDateTime, faults.OperationProhibited)
        with pytest.raises(expected):
            await scene.call(Device.set_system_date_and_time, **wanted)
        assert scene.store.current == before

    play(run())


def test_the_hosts_time_servers_make_the_clock_follow_them(scene: Scene, play: Any) -> None:
    scene.host_file("etc/chrony.conf", "# comment\npool ntp.example.net iburst\nserver 192.0.2.7\n")

    async def run() -> None:
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.date_time_type is SetDateTimeType.NTP
        servers = (await scene.call(Device.get_ntp)).ntp_information.ntp_manual
        assert [each.type for each in servers] == [NetworkHostType.DNS, NetworkHostType.IPV4]
        await scene.call(
            Device.set_system_date_and_time,
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=False,
            utc_date_time=CLOCK_AT,
        )
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.date_time_type is SetDateTimeType.MANUAL

    play(run())


def test_scopes_are_kept_and_fixed_ones_stay(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.add_scopes, scope_items=(LOCATION, "urn:mine"))
        fixed = scene.scopes.fixed[0]
        await scene.call(Device.set_scopes, scopes=(fixed, LOCATION))
        told = (await scene.call(Device.get_scopes, level=UserLevel.USER)).scopes
        changeable = [each.scope_item for each in told if each.scope_def is ScopeDefinition.CONFIGURABLE]
        assert changeable == [LOCATION]
        assert SettingsStore.open(scene.store.path, Settings).current.system.scopes == (LOCATION,)
        with pytest.raises(faults.FixedScope):
            await scene.call(Device.remove_scopes, scope_items=(LOCATION, fixed))
        with pytest.raises(faults.NoScope):
            await scene.call(Device.remove_scopes, scope_items=("urn:none",))
        with pytest.raises(faults.TooManyScopes):
            await scene.call(
                Device.add_scopes, scope_items=tuple(f"urn:n:{number}" for number in range(SCOPES_MOST))
            )
        with pytest.raises(faults.InvalidArgVal):
            await scene.call(Device.add_scopes, scope_items=("no scope at all",))
        removed = await scene.call(Device.remove_scopes, scope_items=(f" {LOCATION}\n",))
        assert removed.scope_items == (LOCATION,)

    play(run())


def test_every_mandatory_kind_of_scope_is_fixed(scene: Scene) -> None:
    for kind in ("Profile", "hardware", "name"):
        assert any(f"onvif://www.onvif.org/{kind}/" in each for each in scene.scopes.fixed)


def test_discovery_can_be_silenced(scene: Scene, play: Any) -> None:
    async def run() -> None:
        version = scene.store.current.system.metadata_version
        await scene.call(Device.set_discovery_mode, discovery_mode=DiscoveryMode.NON_DISCOVERABLE)
        told = await scene.call(Device.get_discovery_mode)
        assert told.discovery_mode is DiscoveryMode.NON_DISCOVERABLE
        assert scene.store.current.system.metadata_version == version + 1

    play(run())


def test_a_new_user_can_log_in_and_a_deleted_one_cannot(scene: Scene, play: Any) -> None:
    guard = User(username="guard", password="night shift", user_level=UserLevel.OPERATOR)

    async def run() -> None:
        await scene.call(Device.create_users, users=(guard,))
        await scene.call(Device.get_device_information, level=UserLevel.OPERATOR)
        told = (await scene.call(Device.get_users)).users
        assert [(each.username, each.password) for each in told][-1] == ("guard", None)
        promoted = msgspec.structs.replace(guard, user_level=UserLevel.ADMINISTRATOR)
        await scene.call(Device.set_user, users=(promoted,))
        assert scene.accounts.users.get("guard").level is UserLevel.ADMINISTRATOR
        await scene.call(Device.delete_users, usernames=("guard",))
        assert scene.accounts.users.get("guard") is None

    play(run())


@pytest.mark.parametrize(
    ("operation", "name", "password", "level", "fault"),
    [
        (Device.create_users, "viewer", "long enough", UserLevel.USER, faults.UsernameClash),
        (Device.create_users, "new", "short", UserLevel.USER, faults.Password),
        (Device.create_users, "new", "x" * 200, UserLevel.USER, faults.PasswordTooLong),
        (Device.create_users, "n" * 65, "long enough", UserLevel.USER, faults.UsernameTooLong),
        (Device.create_users, "", "long enough", UserLevel.USER, faults.UsernameTooShort),
        (Device.create_users, "new", "long enough", UserLevel.ANONYMOUS, faults.AnonymousNotAllowed),
        (Device.create_users, "new", "long enough", UserLevel.EXTENDED, faults.InvalidArgVal),
        (Device.set_user, "nobody", "long enough", UserLevel.USER, faults.UsernameMissing),
        (Device.set_user, "viewer", "short", UserLevel.USER, faults.PasswordTooWeak),
        (Device.set_user, "viewer", None, UserLevel.USER, faults.PasswordTooWeak),
        (Device.set_user, "admin", "long enough", UserLevel.USER, faults.FixedUser),
    ],
)
def test_a_user_that_cannot_be_is_refused_by_name(
    scene: Scene,
    play: Any,
    operation: Any,
    name: str,
    password: str | None,
    level: UserLevel,
    fault: type[faults.Fault],
) -> None:
    async def run() -> None:
        before = scene.store.current
        good = User(username="fine", password="long enough", user_level=UserLevel.USER)
        bad = User(username=name, password=password, user_level=level)
        users = (good, bad) if operation is Device.create_users else (bad,)
        with pytest.raises(fault):
            await scene.call(operation, users=users)
        assert scene.store.current == before

    play(run())


def test_the_last_administrator_and_unknown_users_cannot_be_deleted(scene: Scene, play: Any) -> None:
    async def run() -> None:
        with pytest.raises(faults.FixedUser):
            await scene.call(Device.delete_users, usernames=("admin",))
        with pytest.raises(faults.UsernameMissing):
            await scene.call(Device.delete_users, usernames=("viewer", "nobody"))
        assert scene.accounts.users.get("viewer") is not None

    play(run())


def test_the_host_name_is_kept(scene: Scene, play: Any) -> None:
    async def run() -> None:
        assert (await scene.call(Device.get_hostname, level=None)).hostname_information.name
        await scene.call(Device.set_hostname, name="gate-3.example")
        told = await scene.call(Device.get_hostname)
        assert told.hostname_information.name == "gate-3.example"
        for wrong in ("-gate", "a" * 64, "under_score"):
            with pytest.raises(faults.InvalidHostname):
                await scene.call(Device.set_hostname, name=wrong)

    play(run())


def test_the_hosts_network_is_told_as_it_is(scene: Scene, play: Any) -> None:
    scene.host_file("etc/resolv.conf", "search lan example.net\nnameserver 192.0.2.53\nnameserver fd00::53\n")
    scene.host_file(
        "proc/net/route",
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n"
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n",
    )

    async def run() -> None:
        dns = (await scene.call(Device.get_dns)).dns_information
        assert dns.search_domains == ("lan", "example.net")
        assert [each.ipv4_address or each.ipv6_address for each in dns.dns_manual] == [
            "192.0.2.53",
            "fd00::53",
        ]
        gateway = (await scene.call(Device.get_network_default_gateway)).network_gateway
        assert gateway.ipv4_addresses == ("192.0.2.1",)
        protocols = (await scene.call(Device.get_network_protocols)).network_protocols
        assert [(each.name, each.ports) for each in protocols] == [("HTTP", (8080,)), ("RTSP", (8554,))]
        interfaces = (await scene.call(Device.get_network_interfaces)).network_interfaces
        assert all(each.token and each.info.hw_address for each in interfaces)

    play(run())
