"""What the device announces; every word follows from what it answers, and both ways to ask agree."""

from collections.abc import Callable
from typing import Any

import msgspec

from vedette.contract.device import Device
from vedette.contract.device.capabilities import (
    AnyCapabilities,
    DeviceServiceCapabilities,
    MiscCapabilities,
    NetworkCapabilities,
    SecurityCapabilities,
    ServiceEntry,
    SystemCapabilities,
)
from vedette.contract.operation import Service
from vedette.device.addresses import SERVICE_PATHS, StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.geo import PLACES_MOST
from vedette.device.network_port_access import CONFIGURATIONS_MOST, EAP_METHODS
from vedette.device.offer import STANDARD_VERSION, AnyOperation, Offer
from vedette.device.roles import ROLES_MOST
from vedette.device.security_policies import HISTORY_MOST
from vedette.protocols.http1.digest import Algorithm
from vedette.security.users import UserRules
from vedette.wire.codec import to_element
from vedette.wire.message import XmlName
from vedette.wire.namespaces import TDS


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot be told from the operations: the ways to log in, and what listens."""

    user_rules: UserRules = UserRules()
    algorithms: tuple[Algorithm, ...] = (Algorithm.SHA256, Algorithm.MD5)
    accepts_tokens: bool = True
    has_tls: Callable[[], bool] = lambda: False
    has_ipv6: bool = False
    has_discovery: bool = True
    auxiliary_commands: Callable[[], tuple[str, ...]] = tuple
    time_servers: int = 0
    storage_places: int = 0


class Announcement:
    """The services of an offer, their addresses and what each can do."""

    def __init__(self, offer: Offer, addresses: StreamAddresses, abilities: Abilities) -> None:
        self.offer = offer
        self.addresses = addresses
        self.abilities = abilities

    def services(self) -> dict[str, type[Service]]:
        """The services that have an address of their own, by namespace, the device service first."""
        found: dict[str, type[Service]] = {}
        for service in self.offer.services:
            if service.namespace in SERVICE_PATHS:
                found.setdefault(service.namespace, service)
        return found

    async def entries(self, context: RequestContext, *, with_capabilities: bool) -> tuple[ServiceEntry, ...]:
        """The list of services. Source: Core, GetServices (26.06 §8.1.2.2)."""
        entries = []
        for namespace in self.services():
            content = await self.capabilities_of(namespace, context) if with_capabilities else None
            name = XmlName(namespace, "Capabilities")
            entries.append(
                ServiceEntry(
                    namespace=namespace,
                    xaddr=self.addresses.service(context, namespace),
                    capabilities=content and AnyCapabilities(content=(to_element(content, name),)),
                    version=STANDARD_VERSION,
                )
            )
        return tuple(entries)

    async def capabilities_of(self, namespace: str, context: RequestContext) -> Any:
        """What a service says it can do, in its own words; None if it is not there or says nothing."""
        if namespace == TDS:
            return self.device()
        for service in self.offer.services:
            operation = getattr(service, "get_service_capabilities", None)
            if service.namespace == namespace and operation is not None and self.offer.answers(operation):
                response = await self.offer.require(operation)(operation.request(), context)
                return response.capabilities
        return None

    def device(self) -> DeviceServiceCapabilities:
        """The capabilities of the device service. Source: Core, table 9 (26.06 §8.1.2.3)."""
        return DeviceServiceCapabilities(
            network=self._network(),
            security=self._security(),
            system=self._system(),
            misc=self._misc(),
        )

    def _misc(self) -> MiscCapabilities | None:
        commands = self.abilities.auxiliary_commands()
        return MiscCapabilities(auxiliary_commands=commands) if commands else None

    def _network(self) -> NetworkCapabilities:
        answers = self.offer.answers
        has_port_access = answers(Device.create_dot1x_configuration)
        return NetworkCapabilities(
            ip_filter=answers(Device.set_ip_address_filter),
            zero_configuration=answers(Device.get_zero_configuration),
            ip_version6=self.abilities.has_ipv6,
            dyn_dns=answers(Device.get_dynamic_dns),
            dot11_configuration=answers(Device.get_dot11_capabilities),
            dot1x_configurations=CONFIGURATIONS_MOST if has_port_access else 0,
            hostname_from_dhcp=answers(Device.set_hostname_from_dhcp),
            ntp=self.abilities.time_servers if answers(Device.set_ntp) else 0,
            dhcpv6=False,
        )

    def _security(self) -> SecurityCapabilities:
        abilities, answers = self.abilities, self.offer.answers
        has_port_access = answers(Device.create_dot1x_configuration)
        return SecurityCapabilities(
            tls1_0=False,
            tls1_1=False,
            tls1_2=abilities.has_tls(),
            onboard_key_generation=False,
            access_policy_config=answers(Device.set_access_policy),
            default_access_policy=True,
            dot1x=has_port_access,
            supported_eap_methods=EAP_METHODS if has_port_access else (),
            remote_user_handling=answers(Device.set_remote_user),
            x509_token=False,
            saml_token=False,
            kerberos_token=False,
            username_token=abilities.accepts_tokens,
            http_digest=True,
            rel_token=False,
            json_web_token=False,
            max_users=abilities.user_rules.users_most,
            max_user_name_length=abilities.user_rules.name_most,
            max_password_length=abilities.user_rules.password_most_chars,
            hashing_algorithms=tuple(each.value for each in abilities.algorithms),
            security_policies=_security_policies(answers),
            max_password_history=(
                HISTORY_MOST if answers(Device.set_password_history_configuration) else None
            ),
            max_user_roles=ROLES_MOST if answers(Device.set_user_role) else None,
        )

    def _system(self) -> SystemCapabilities:
        answers, has_discovery = self.offer.answers, self.abilities.has_discovery
        has_addresses = answers(Device.get_system_uris)
        return SystemCapabilities(
            discovery_resolve=has_discovery,
            discovery_bye=has_discovery,
            remote_discovery=answers(Device.get_remote_discovery_mode),
            system_backup=answers(Device.get_system_backup),
            system_logging=answers(Device.get_system_log),
            http_firmware_upgrade=answers(Device.start_firmware_upgrade),
            cloud_firmware_upgrade=answers(Device.upgrade_firmware),
            http_system_backup=answers(Device.start_system_restore),
            http_system_logging=has_addresses,
            http_support_information=has_addresses,
            storage_configuration=answers(Device.get_storage_configurations),
            max_storage_configurations=self.abilities.storage_places or None,
            geo_location_entries=PLACES_MOST if answers(Device.set_geo_location) else 0,
            discovery_not_supported=not has_discovery,
            network_config_not_supported=not answers(Device.set_network_interfaces),
            user_config_not_supported=not answers(Device.create_users),
        )


def _security_policies(answers: Callable[[AnyOperation], bool]) -> tuple[str, ...]:
    """The names by which the standard knows the policies. Source: Core, table 9 (26.06 §8.1.2.3)."""
    policies: dict[str, AnyOperation] = {
        "PasswordComplexity": Device.set_password_complexity_configuration,
        "AuthFailureWarnings": Device.set_auth_failure_warning_configuration,
    }
    return tuple(name for name, operation in policies.items() if answers(operation))
