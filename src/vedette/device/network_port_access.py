"""802.1X configurations as the device service keeps them."""

from collections.abc import Callable

import msgspec

from vedette.contract.faults import Action, InvalidArgVal, OperationProhibited
from vedette.contract.schema.security import Dot1XConfiguration
from vedette.device.settings.document import Settings
from vedette.device.settings.network import PORT_ACCESS_SEALED_FOR, NetworkSettings, PortAccessSettings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault

CONFIGURATIONS_MOST = 8
EAP_METHODS = (21, 25)  # IANA, EAP method types: EAP-TTLS and PEAP, which take a password
TEXT_MOST_CHARS = 255


class PortAccessList:
    """The configurations; passwords are taken and never told.

    Source: Core, IEEE 802.1X configuration (26.06 Annex D.2).
    """

    def __init__(self, store: SettingsStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    @property
    def all(self) -> tuple[PortAccessSettings, ...]:
        """Every configuration."""
        return self._store.current.network.port_access

    def require(self, token: str) -> PortAccessSettings:
        """One configuration; raises InvalidArgVal."""
        return _required(self.all, token)

    async def create(self, wanted: Dot1XConfiguration) -> None:
        """Add a configuration; raises InvalidArgVal, and Action where no more fit."""

        def edit(now: tuple[PortAccessSettings, ...]) -> tuple[PortAccessSettings, ...]:
            if any(each.token == wanted.dot1x_configuration_token for each in now):
                raise InvalidArgVal(f"Dot1XConfigurationToken {wanted.dot1x_configuration_token!r} exists")
            if len(now) >= CONFIGURATIONS_MOST:
                raise Action(f"{CONFIGURATIONS_MOST} 802.1X configurations are all that fit")
            return (*now, self._checked(wanted, None))

        await self._change(lambda network: edit(network.port_access))

    async def replace(self, wanted: Dot1XConfiguration) -> None:
        """Change a configuration; a password that is left out stays. Raises InvalidArgVal."""

        def edit(now: tuple[PortAccessSettings, ...]) -> tuple[PortAccessSettings, ...]:
            before = _required(now, wanted.dot1x_configuration_token)
            after = self._checked(wanted, before)
            return tuple(after if each is before else each for each in now)

        await self._change(lambda network: edit(network.port_access))

    async def delete(self, tokens: tuple[str, ...]) -> None:
        """Delete configurations, all or none; raises InvalidArgVal, OperationProhibited for one in use."""

        def edit(network: NetworkSettings) -> tuple[PortAccessSettings, ...]:
            used = {each.port_access for own in network.interfaces for each in own.wireless}
            for token in tokens:
                _required(network.port_access, token)
                if token in used:
                    raise OperationProhibited(f"a wireless network uses the 802.1X configuration {token!r}")
            return tuple(each for each in network.port_access if each.token not in tokens)

        await self._change(edit)

    def _checked(self, wanted: Dot1XConfiguration, before: PortAccessSettings | None) -> PortAccessSettings:
        token = wanted.dot1x_configuration_token
        _check_text("Dot1XConfigurationToken", token, 64)
        _check_text("Identity", wanted.identity, TEXT_MOST_CHARS)
        if wanted.anonymous_id is not None:
            _check_text("AnonymousID", wanted.anonymous_id, TEXT_MOST_CHARS)
        if wanted.eap_method not in EAP_METHODS:
            raise InvalidArgVal(f"EAPMethod {wanted.eap_method} is not spoken; {EAP_METHODS} are")
        if wanted.ca_certificate_ids:
            raise InvalidArgVal(f"there is no CA certificate {wanted.ca_certificate_ids[0][:64]!r} to use")
        method = wanted.eap_method_configuration
        if method is not None and method.tls_configuration is not None:
            raise InvalidArgVal(f"TLSConfiguration does not go with EAPMethod {wanted.eap_method}")
        if method is not None and method.password:
            _check_text("Password", method.password, TEXT_MOST_CHARS)
            sealed = self._vault.seal(method.password, PORT_ACCESS_SEALED_FOR + token)
        elif before is not None and before.password:
            sealed = before.password
        else:
            raise InvalidArgVal(f"EAPMethod {wanted.eap_method} needs a Password")
        return PortAccessSettings(
            token=token,
            identity=wanted.identity,
            anonymous_id=wanted.anonymous_id,
            eap_method=wanted.eap_method,
            password=sealed,
        )

    async def _change(self, edit: Callable[[NetworkSettings], tuple[PortAccessSettings, ...]]) -> None:
        def edited(document: Settings) -> Settings:
            network = msgspec.structs.replace(document.network, port_access=edit(document.network))
            return msgspec.structs.replace(document, network=network)

        await self._store.change(edited)


def _required(every: tuple[PortAccessSettings, ...], token: str) -> PortAccessSettings:
    for each in every:
        if each.token == token:
            return each
    raise InvalidArgVal(f"there is no 802.1X configuration {token[:64]!r}")


def _check_text(name: str, text: str, most: int) -> None:
    if not 1 <= len(text) <= most:
        raise InvalidArgVal(f"{name} of {len(text)} characters, not 1 to {most}")
