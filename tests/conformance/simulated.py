"""A small faithful device of the tester's own, without a socket: what the base suite asks for."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import msgspec

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract import faults
from vedette.contract.device import Device, network, relays, scopes, system, users
from vedette.contract.device import network_interfaces as interfaces
from vedette.contract.operation import answers
from vedette.contract.schema import network as net
from vedette.contract.schema import network_interfaces as nif
from vedette.contract.schema import system as sys_
from vedette.contract.schema.io import RelayIdleState, RelayMode, RelayOutput, RelayOutputSettings
from vedette.contract.schema.security import RemoteUser, UserLevel
from vedette.contract.schema.security import User as UserMessage
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.security.users import User, Users

PREFIX = "onvif://www.onvif.org"
ADMIN = User(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR)
HOME = "192.0.2.7"
HOST = f"{HOME}:8080"
GIVEN = "192.0.2.77"  # by DHCP
TESTER = "192.0.2.9"


def _check(kind: type[IPv4Address] | type[IPv6Address], text: str | None, fault: type[Exception]) -> None:
    try:
        kind(text or "")
    except ValueError:
        raise fault(f"{text!r} is no address") from None


def _four(address: str) -> nif.PrefixedIPv4Address:
    return nif.PrefixedIPv4Address(address=address, prefix_length=24)


def _six(address: str) -> nif.PrefixedIPv6Address:
    return nif.PrefixedIPv6Address(address=address, prefix_length=64)


class State:
    """Everything the device keeps."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.people = {ADMIN.name: (UserLevel.ADMINISTRATOR, ADMIN.password)}
        self.remote: RemoteUser | None = None
        self.hostname = "camera"
        self.dns = net.DNSInformation(from_dhcp=False)
        self.ntp = net.NTPInformation(from_dhcp=False)
        self.dyndns = net.DynamicDNSInformation(type=net.DynamicDNSType.NO_UPDATE, ttl=timedelta(seconds=9))
        self.protocols = {
            net.NetworkProtocolType.HTTP: (True, (80,)),
            net.NetworkProtocolType.RTSP: (True, (554,)),
        }
        self.gateway = net.NetworkGateway()
        self.zero_on = False
        self.filter = net.IPAddressFilter(type=net.IPAddressFilterType.DENY)
        self.kind = sys_.SetDateTimeType.MANUAL
        self.daylight = False
        self.zone = "UTC0"
        self.offset_us = 0
        self.synchronized = 0
        self.mode = sys_.DiscoveryMode.DISCOVERABLE
        self.fixed = (
            f"{PREFIX}/Profile/T",
            f"{PREFIX}/type/video_encoder",
            f"{PREFIX}/hardware/Model",
            f"{PREFIX}/name/Maker",
        )
        self.own: tuple[str, ...] = (f"{PREFIX}/location/hall",)
        self.version = 1
        self.hold(nif.IPv4Configuration(manual=(_four(HOME),), dhcp=False))  # as told, and as in force
        self.six = nif.IPv6Configuration(dhcp=nif.IPv6DHCPConfiguration.OFF, link_local=(_six("fe80::7"),))
        self.needs_reboot = False  # for new addresses to hold
        self.reboots = 0
        self.relay = RelayOutputSettings(
            mode=RelayMode.BISTABLE, delay_time=timedelta(seconds=1), idle_state=RelayIdleState.OPEN
        )
        self.said: list[str] = []  # Hello and Bye, in order
        self.gets_after_s = 0.0  # how long it takes to get an address, or the servers that DHCP tells
        self._got_s = 0.0

    def users(self) -> Users:
        """The users who may log in."""
        return Users(
            tuple(
                User(name=name, password=password, level=level)
                for name, (level, password) in self.people.items()
            )
        )

    @property
    def address(self) -> str:
        """Where it is reached."""
        from_dhcp = self.held.from_dhcp
        return self.held.manual[0].address if from_dhcp is None else from_dhcp.address

    def begin_to_get(self) -> None:
        """Start to look for what others give."""
        self._got_s = self.clock.monotonic_s() + self.gets_after_s

    @property
    def has_got(self) -> bool:
        """Whether that has come."""
        return self.clock.monotonic_s() >= self._got_s

    def hold(self, four: nif.IPv4Configuration) -> None:
        """Have these addresses from the start."""
        self.four = self.held = four

    def reboot(self) -> None:
        """Go and come back."""
        self.reboots += 1
        self.held = self.four
        if self.mode is sys_.DiscoveryMode.DISCOVERABLE:
            self.said += ["Bye", "Hello"]

    def tell_scopes(self) -> None:
        """The scopes changed."""
        self.version += 1
        if self.mode is sys_.DiscoveryMode.DISCOVERABLE:
            self.said.append("Hello")


class NetworkPart:
    """The network chapters."""

    def __init__(self, state: State) -> None:
        self.state = state

    @answers(Device.get_hostname)
    async def get_hostname(self, request: network.GetHostname) -> network.GetHostnameResponse:
        return network.GetHostnameResponse(
            hostname_information=net.HostnameInformation(from_dhcp=False, name=self.state.hostname)
        )

    @answers(Device.set_hostname)
    async def set_hostname(self, request: network.SetHostname) -> network.SetHostnameResponse:
        if "_" in request.name:
            raise faults.InvalidHostname(request.name)
        self.state.hostname = request.name
        return network.SetHostnameResponse()

    @answers(Device.get_dns)
    async def get_dns(self, request: network.GetDNS) -> network.GetDNSResponse:
        told = self.state.dns
        if not self.state.has_got:
            told = msgspec.structs.replace(told, dns_from_dhcp=())  # type: ignore[type-var]
        return network.GetDNSResponse(dns_information=told)

    @answers(Device.set_dns)
    async def set_dns(self, request: network.SetDNS) -> network.SetDNSResponse:
        for each in request.dns_manual:
            if each.type is net.IPType.IPV4:
                _check(IPv4Address, each.ipv4_address, faults.InvalidIPv4Address)
            else:
                _check(IPv6Address, each.ipv6_address, faults.InvalidIPv6Address)
        given = (net.IPAddress(type=net.IPType.IPV4, ipv4_address=TESTER),) if request.from_dhcp else ()
        self.state.begin_to_get()
        self.state.dns = net.DNSInformation(
            from_dhcp=request.from_dhcp,
            search_domains=request.search_domains,
            dns_from_dhcp=given,
            dns_manual=request.dns_manual,
        )
        return network.SetDNSResponse()

    @answers(Device.get_ntp)
    async def get_ntp(self, request: network.GetNTP) -> network.GetNTPResponse:
        told = self.state.ntp
        if not self.state.has_got:
            told = msgspec.structs.replace(told, ntp_from_dhcp=())  # type: ignore[type-var]
        return network.GetNTPResponse(ntp_information=told)

    @answers(Device.set_ntp)
    async def set_ntp(self, request: network.SetNTP) -> network.SetNTPResponse:
        for each in request.ntp_manual:
            if each.type is net.NetworkHostType.IPV4:
                _check(IPv4Address, each.ipv4_address, faults.InvalidIPv4Address)
            else:
                _check(IPv6Address, each.ipv6_address, faults.InvalidIPv6Address)
        given = net.NetworkHost(type=net.NetworkHostType.IPV4, ipv4_address=TESTER)
        self.state.begin_to_get()
        self.state.ntp = net.NTPInformation(
            from_dhcp=request.from_dhcp,
            ntp_from_dhcp=(given,) if request.from_dhcp else (),
            ntp_manual=request.ntp_manual,
        )
        return network.SetNTPResponse()

    @answers(Device.get_dynamic_dns)
    async def get_dynamic_dns(self, request: network.GetDynamicDNS) -> network.GetDynamicDNSResponse:
        return network.GetDynamicDNSResponse(dynamic_dns_information=self.state.dyndns)

    @answers(Device.set_dynamic_dns)
    async def set_dynamic_dns(self, request: network.SetDynamicDNS) -> network.SetDynamicDNSResponse:
        self.state.dyndns = net.DynamicDNSInformation(type=request.type, name=request.name, ttl=request.ttl)
        return network.SetDynamicDNSResponse()

    @answers(Device.get_network_protocols)
    async def get_protocols(
        self, request: network.GetNetworkProtocols
    ) -> network.GetNetworkProtocolsResponse:
        return network.GetNetworkProtocolsResponse(
            network_protocols=tuple(
                net.NetworkProtocol(name=name, enabled=is_on, ports=ports)
                for name, (is_on, ports) in self.state.protocols.items()
            )
        )

    @answers(Device.set_network_protocols)
    async def set_protocols(
        self, request: network.SetNetworkProtocols
    ) -> network.SetNetworkProtocolsResponse:
        for each in request.network_protocols:
            if each.name not in self.state.protocols:
                raise faults.ServiceNotSupported(each.name)
        for each in request.network_protocols:
            self.state.protocols[each.name] = (each.enabled, each.ports)
        return network.SetNetworkProtocolsResponse()

    @answers(Device.get_network_default_gateway)
    async def get_gateway(
        self, request: network.GetNetworkDefaultGateway
    ) -> network.GetNetworkDefaultGatewayResponse:
        return network.GetNetworkDefaultGatewayResponse(network_gateway=self.state.gateway)

    @answers(Device.set_network_default_gateway)
    async def set_gateway(
        self, request: network.SetNetworkDefaultGateway
    ) -> network.SetNetworkDefaultGatewayResponse:
        for four in request.ipv4_addresses:
            _check(IPv4Address, four, faults.InvalidGatewayAddress)
        for six in request.ipv6_addresses:
            _check(IPv6Address, six, faults.InvalidGatewayAddress)
        self.state.gateway = net.NetworkGateway(
            ipv4_addresses=request.ipv4_addresses, ipv6_addresses=request.ipv6_addresses
        )
        return network.SetNetworkDefaultGatewayResponse()

    @answers(Device.get_zero_configuration)
    async def get_zero(self, request: network.GetZeroConfiguration) -> network.GetZeroConfigurationResponse:
        return network.GetZeroConfigurationResponse(
            zero_configuration=net.NetworkZeroConfiguration(
                interface_token="eth0",
                enabled=self.state.zero_on,
                addresses=("169.254.1.1",) if self.state.zero_on and self.state.has_got else (),
            )
        )

    @answers(Device.set_zero_configuration)
    async def set_zero(self, request: network.SetZeroConfiguration) -> network.SetZeroConfigurationResponse:
        self.state.begin_to_get()
        self.state.zero_on = request.enabled
        return network.SetZeroConfigurationResponse()

    @answers(Device.get_ip_address_filter)
    async def get_filter(self, request: network.GetIPAddressFilter) -> network.GetIPAddressFilterResponse:
        return network.GetIPAddressFilterResponse(ip_address_filter=self.state.filter)

    @answers(Device.set_ip_address_filter)
    async def set_filter(self, request: network.SetIPAddressFilter) -> network.SetIPAddressFilterResponse:
        self.state.filter = request.ip_address_filter
        return network.SetIPAddressFilterResponse()

    @answers(Device.add_ip_address_filter)
    async def add_filter(self, request: network.AddIPAddressFilter) -> network.AddIPAddressFilterResponse:
        more = (*self.state.filter.ipv4_addresses, *request.ip_address_filter.ipv4_addresses)
        self.state.filter = msgspec.structs.replace(self.state.filter, ipv4_addresses=more)  # type: ignore[type-var]
        return network.AddIPAddressFilterResponse()

    @answers(Device.remove_ip_address_filter)
    async def remove_filter(
        self, request: network.RemoveIPAddressFilter
    ) -> network.RemoveIPAddressFilterResponse:
        gone = request.ip_address_filter.ipv4_addresses
        left = tuple(each for each in self.state.filter.ipv4_addresses if each not in gone)
        self.state.filter = msgspec.structs.replace(self.state.filter, ipv4_addresses=left)  # type: ignore[type-var]
        return network.RemoveIPAddressFilterResponse()

    @answers(Device.get_network_interfaces)
    async def get_interfaces(
        self, request: interfaces.GetNetworkInterfaces
    ) -> interfaces.GetNetworkInterfacesResponse:
        one = nif.NetworkInterface(
            token="eth0",
            enabled=True,
            info=nif.NetworkInterfaceInfo(hw_address="02:00:00:00:00:07"),
            ipv4=nif.IPv4NetworkInterface(enabled=True, config=self.state.four),
            ipv6=nif.IPv6NetworkInterface(enabled=True, config=self.state.six),
        )
        return interfaces.GetNetworkInterfacesResponse(network_interfaces=(one,))

    @answers(Device.set_network_interfaces)
    async def set_interfaces(
        self, request: interfaces.SetNetworkInterfaces
    ) -> interfaces.SetNetworkInterfacesResponse:
        wanted = request.network_interface
        for four in () if wanted.ipv4 is None else wanted.ipv4.manual:
            _check(IPv4Address, four.address, faults.InvalidIPv4Address)
        for six in () if wanted.ipv6 is None else wanted.ipv6.manual:
            _check(IPv6Address, six.address, faults.InvalidIPv6Address)
        if wanted.ipv4 is not None and wanted.ipv4.dhcp is not None:
            self.state.four = nif.IPv4Configuration(
                manual=() if wanted.ipv4.dhcp else wanted.ipv4.manual,
                from_dhcp=_four(GIVEN) if wanted.ipv4.dhcp else None,
                dhcp=wanted.ipv4.dhcp,
            )
        if wanted.ipv6 is not None and wanted.ipv6.dhcp is not None:
            self.state.six = _shown(wanted.ipv6, wanted.ipv6.dhcp)
        if not self.state.needs_reboot:
            self.state.held = self.state.four
            self.state.said.append("Hello")
        return interfaces.SetNetworkInterfacesResponse(reboot_needed=self.state.needs_reboot)


def _shown(
    wanted: nif.IPv6NetworkInterfaceSetConfiguration, dhcp: nif.IPv6DHCPConfiguration
) -> nif.IPv6Configuration:
    is_stateful = dhcp is nif.IPv6DHCPConfiguration.STATEFUL
    return nif.IPv6Configuration(
        accept_router_advert=wanted.accept_router_advert,
        dhcp=dhcp,
        manual=wanted.manual,
        link_local=(_six("fe80::7"),),
        from_dhcp=(_six("2001:db8::77"),) if is_stateful else (),
        from_ra=(_six("2001:db8:1::7"),) if wanted.accept_router_advert else (),
    )


class SystemPart:
    """Time, identity, scopes, files, reboot."""

    def __init__(self, state: State) -> None:
        self.state = state

    @answers(Device.get_system_date_and_time)
    async def get_time(self, request: system.GetSystemDateAndTime) -> system.GetSystemDateAndTimeResponse:
        now = datetime_from_utc_us(self.state.clock.utc_us() + self.state.offset_us)
        stamp = DateTime(
            time=Time(hour=now.hour, minute=now.minute, second=now.second),
            date=Date(year=now.year, month=now.month, day=now.day),
        )
        return system.GetSystemDateAndTimeResponse(
            system_date_and_time=sys_.SystemDateTime(
                date_time_type=self.state.kind,
                daylight_savings=self.state.daylight,
                time_zone=sys_.TimeZone(tz=self.state.zone),
                utc_date_time=stamp,
            )
        )

    @answers(Device.set_system_date_and_time)
    async def set_time(self, request: system.SetSystemDateAndTime) -> system.SetSystemDateAndTimeResponse:
        zone = self.state.zone if request.time_zone is None else request.time_zone.tz
        if not any(each.isdigit() for each in zone):
            raise faults.InvalidTimeZone(zone)
        if request.utc_date_time is not None and request.utc_date_time.date.month > 12:
            raise faults.InvalidDateTime("no such month")
        self.state.zone, self.state.daylight = zone, request.daylight_savings
        self.state.kind = request.date_time_type
        self.state.synchronized += 1
        return system.SetSystemDateAndTimeResponse()

    @answers(Device.get_device_information)
    async def information(self, request: system.GetDeviceInformation) -> system.GetDeviceInformationResponse:
        return system.GetDeviceInformationResponse(
            manufacturer="Maker", model="Model", firmware_version="1", serial_number="7", hardware_id="A"
        )

    @answers(Device.get_system_log)
    async def log(self, request: system.GetSystemLog) -> system.GetSystemLogResponse:
        if request.log_type is sys_.SystemLogType.ACCESS:
            raise faults.AccesslogUnavailable("none kept")
        return system.GetSystemLogResponse(system_log=sys_.SystemLog(string="started"))

    @answers(Device.get_system_uris)
    async def uris(self, request: system.GetSystemUris) -> system.GetSystemUrisResponse:
        log = sys_.SystemLogUri(type=sys_.SystemLogType.SYSTEM, uri=f"http://{HOST}/files/log")
        return system.GetSystemUrisResponse(
            system_log_uris=sys_.SystemLogUriList(system_logs=(log,)),
            support_info_uri=f"http://{HOST}/files/support",
            system_backup_uri=f"http://{HOST}/files/backup",
        )

    @answers(Device.start_system_restore)
    async def restore(self, request: system.StartSystemRestore) -> system.StartSystemRestoreResponse:
        return system.StartSystemRestoreResponse(
            upload_uri=f"http://{HOST}/upload", expected_down_time=timedelta(seconds=1)
        )

    @answers(Device.start_firmware_upgrade)
    async def upgrade(self, request: system.StartFirmwareUpgrade) -> system.StartFirmwareUpgradeResponse:
        return system.StartFirmwareUpgradeResponse(
            upload_uri=f"http://{HOST}/firmware",
            upload_delay=timedelta(seconds=1),
            expected_down_time=timedelta(seconds=1),
        )

    @answers(Device.system_reboot)
    async def reboot(self, request: system.SystemReboot) -> system.SystemRebootResponse:
        self.state.reboot()
        return system.SystemRebootResponse(message="soon")

    @answers(Device.set_system_factory_default)
    async def default(
        self, request: system.SetSystemFactoryDefault
    ) -> system.SetSystemFactoryDefaultResponse:
        self.state.hostname = "camera"
        if request.factory_default is sys_.FactoryDefaultType.HARD:
            self.state.reboot()
        return system.SetSystemFactoryDefaultResponse()

    @answers(Device.send_auxiliary_command)
    async def auxiliary(self, request: system.SendAuxiliaryCommand) -> system.SendAuxiliaryCommandResponse:
        if not request.auxiliary_command.startswith("tt:IRLamp"):
            raise faults.AuxiliaryDataNotSupported(request.auxiliary_command)
        return system.SendAuxiliaryCommandResponse()

    @answers(Device.get_scopes)
    async def get_scopes(self, request: scopes.GetScopes) -> scopes.GetScopesResponse:
        kinds = ((self.state.fixed, "FIXED"), (self.state.own, "CONFIGURABLE"))
        return scopes.GetScopesResponse(
            scopes=tuple(
                sys_.Scope(scope_def=sys_.ScopeDefinition[kind], scope_item=each)
                for items, kind in kinds
                for each in items
            )
        )

    @answers(Device.set_scopes)
    async def set_scopes(self, request: scopes.SetScopes) -> scopes.SetScopesResponse:
        self.state.own = request.scopes
        self.state.tell_scopes()
        self.state.said.clear()  # nobody listens yet when the tester replaces them
        return scopes.SetScopesResponse()

    @answers(Device.add_scopes)
    async def add_scopes(self, request: scopes.AddScopes) -> scopes.AddScopesResponse:
        self.state.own = (*self.state.own, *request.scope_items)
        self.state.tell_scopes()
        return scopes.AddScopesResponse()

    @answers(Device.remove_scopes)
    async def remove_scopes(self, request: scopes.RemoveScopes) -> scopes.RemoveScopesResponse:
        self.state.own = tuple(each for each in self.state.own if each not in request.scope_items)
        self.state.tell_scopes()
        return scopes.RemoveScopesResponse(scope_items=request.scope_items)

    @answers(Device.get_discovery_mode)
    async def get_mode(self, request: scopes.GetDiscoveryMode) -> scopes.GetDiscoveryModeResponse:
        return scopes.GetDiscoveryModeResponse(discovery_mode=self.state.mode)

    @answers(Device.set_discovery_mode)
    async def set_mode(self, request: scopes.SetDiscoveryMode) -> scopes.SetDiscoveryModeResponse:
        self.state.mode = request.discovery_mode
        return scopes.SetDiscoveryModeResponse()


class UserPart:
    """Users, the remote user and the relay."""

    def __init__(self, state: State) -> None:
        self.state = state

    @answers(Device.get_users)
    async def get_users(self, request: users.GetUsers) -> users.GetUsersResponse:
        return users.GetUsersResponse(
            users=tuple(
                UserMessage(username=name, user_level=level) for name, (level, _) in self.state.people.items()
            )
        )

    @answers(Device.create_users)
    async def create(self, request: users.CreateUsers) -> users.CreateUsersResponse:
        for each in request.users:
            if each.username in self.state.people:
                raise faults.UsernameClash(each.username)
        for each in request.users:
            self.state.people[each.username] = (each.user_level, each.password or "")
        return users.CreateUsersResponse()

    @answers(Device.set_user)
    async def change(self, request: users.SetUser) -> users.SetUserResponse:
        self._require(each.username for each in request.users)
        for each in request.users:
            self.state.people[each.username] = (each.user_level, each.password or "")
        return users.SetUserResponse()

    @answers(Device.delete_users)
    async def delete(self, request: users.DeleteUsers) -> users.DeleteUsersResponse:
        self._require(request.usernames)
        if ADMIN.name in request.usernames:
            raise faults.FixedUser(ADMIN.name)
        for name in request.usernames:
            del self.state.people[name]
        return users.DeleteUsersResponse()

    def _require(self, names: Any) -> None:
        for name in names:
            if name not in self.state.people:
                raise faults.UsernameMissing(name)

    @answers(Device.get_remote_user)
    async def get_remote(self, request: users.GetRemoteUser) -> users.GetRemoteUserResponse:
        return users.GetRemoteUserResponse(remote_user=self.state.remote)

    @answers(Device.set_remote_user)
    async def set_remote(self, request: users.SetRemoteUser) -> users.SetRemoteUserResponse:
        wanted = request.remote_user
        self.state.remote = wanted and RemoteUser(
            username=wanted.username, use_derived_password=wanted.use_derived_password
        )
        return users.SetRemoteUserResponse()

    @answers(Device.get_relay_outputs)
    async def get_relays(self, request: relays.GetRelayOutputs) -> relays.GetRelayOutputsResponse:
        return relays.GetRelayOutputsResponse(
            relay_outputs=(RelayOutput(token="r1", properties=self.state.relay),)
        )

    @answers(Device.set_relay_output_settings)
    async def set_relay(
        self, request: relays.SetRelayOutputSettings
    ) -> relays.SetRelayOutputSettingsResponse:
        if request.relay_output_token != "r1":
            raise faults.RelayToken(request.relay_output_token)
        self.state.relay = request.properties
        return relays.SetRelayOutputSettingsResponse()

    @answers(Device.set_relay_output_state)
    async def switch(self, request: relays.SetRelayOutputState) -> relays.SetRelayOutputStateResponse:
        if request.relay_output_token != "r1":
            raise faults.RelayToken(request.relay_output_token)
        return relays.SetRelayOutputStateResponse()
