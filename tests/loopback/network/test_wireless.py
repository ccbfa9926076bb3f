"""Wireless networks and 802.1X as clients meet them, on the simulated host's radio."""

from typing import Any

import pytest

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.schema.network_interfaces import (
    Dot11Configuration,
    Dot11PSKSet,
    Dot11SecurityConfiguration,
    Dot11SecurityMode,
    Dot11StationMode,
    NetworkInterfaceSetConfiguration,
    NetworkInterfaceSetConfigurationExtension,
)
from vedette.contract.schema.security import Dot1XConfiguration, EAPMethodConfiguration, TLSConfiguration
from vedette.device.hardware.virtual_radio import ASSOCIATE_S, AUTHENTICATE_S, RETRY_S, SCAN_S
from vedette.wire.message import HexBytes


def psk(passphrase: str | None) -> Dot11SecurityConfiguration:
    given = None if passphrase is None else Dot11PSKSet(passphrase=passphrase)
    return Dot11SecurityConfiguration(mode=Dot11SecurityMode.PSK, psk=given)


def dot1x(token: str | None) -> Dot11SecurityConfiguration:
    return Dot11SecurityConfiguration(mode=Dot11SecurityMode.DOT1X, dot1x=token)


def joining(
    security: Dot11SecurityConfiguration,
    ssid: bytes = b"Vedette PSK",
    alias: str = "home",
    mode: Dot11StationMode = Dot11StationMode.INFRASTRUCTURE,
) -> Dot11Configuration:
    return Dot11Configuration(ssid=HexBytes(ssid), mode=mode, alias=alias, priority=1, security=security)


def wireless(*networks: Dot11Configuration) -> dict[str, Any]:
    extension = NetworkInterfaceSetConfigurationExtension(dot11=networks)
    return {
        "interface_token": "wlan0",
        "network_interface": NetworkInterfaceSetConfiguration(extension=extension),
    }


async def status_alias(scene: Any) -> str:
    status = (await scene.call(Device.get_dot11_status, interface_token="wlan0")).status
    return str(status.active_config_alias)


def test_the_radio_scans_authenticates_and_joins(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.refused(faults.NotConnectedDot11, Device.get_dot11_status, interface_token="wlan0")
        await scene.call(Device.set_network_interfaces, **wireless(joining(psk("simulated air"))))
        await scene.refused(faults.NotConnectedDot11, Device.get_dot11_status, interface_token="wlan0")
        scene.machine.advance(SCAN_S + ASSOCIATE_S + AUTHENTICATE_S)
        assert await status_alias(scene) == "home"
        told = (await scene.call(Device.get_network_interfaces)).network_interfaces[-1]
        assert told.extension.interface_type == 71
        assert told.extension.dot11[0].security.psk is None
        assert "simulated air" not in scene.store.path.read_text()
        await scene.call(Device.set_network_interfaces, **wireless(joining(psk(None))))
        scene.machine.advance(SCAN_S + ASSOCIATE_S + AUTHENTICATE_S)
        assert await status_alias(scene) == "home"
        found = (await scene.call(Device.scan_available_dot11_networks, interface_token="wlan0")).networks
        assert b"Vedette PSK" in [each.ssid for each in found]
        can = (await scene.call(Device.get_dot11_capabilities)).capabilities
        assert can.multiple_configuration

    play(run())


def test_a_wrong_passphrase_fails_for_good(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.set_network_interfaces, **wireless(joining(psk("another one"))))
        for _ in range(20):
            scene.machine.advance(RETRY_S / 7)
            await scene.refused(faults.NotConnectedDot11, Device.get_dot11_status, interface_token="wlan0")

    play(run())


@pytest.mark.parametrize(
    ("networks", "fault"),
    [
        ((joining(psk(None)),), faults.MissingPSK),
        ((joining(psk("short")),), faults.InvalidArgVal),
        ((joining(dot1x("nobody")),), faults.MissingDot1X),
        ((joining(Dot11SecurityConfiguration(mode=Dot11SecurityMode.WEP)),), faults.InvalidSecurityMode),
        ((joining(psk("long enough"), mode=Dot11StationMode.AD_HOC),), faults.InvalidStationMode),
        ((joining(psk("long enough")), joining(psk("long enough"))), faults.InvalidArgVal),
        ((joining(psk("long enough"), ssid=b"x" * 33),), faults.InvalidArgVal),
    ],
)
def test_a_wireless_network_that_cannot_be_is_refused(
    scene: Any, play: Any, networks: Any, fault: Any
) -> None:
    play(scene.refused(fault, Device.set_network_interfaces, **wireless(*networks)))


def test_wires_have_no_radio(scene: Any, play: Any) -> None:
    async def run() -> None:
        token = (await scene.wired()).token
        fields = wireless(joining(psk("long enough"))) | {"interface_token": token}
        await scene.refused(faults.InvalidDot11, Device.set_network_interfaces, **fields)
        for operation in (Device.get_dot11_status, Device.scan_available_dot11_networks):
            await scene.refused(faults.NotDot11, operation, interface_token=token)
            await scene.refused(faults.InvalidNetworkInterface, operation, interface_token="nowhere")

    play(run())


def access(token: str, password: str | None = "simulated port", **fields: Any) -> Dot1XConfiguration:
    wanted: dict[str, Any] = {"identity": "camera", "eap_method": 25}
    if password is not None:
        wanted["eap_method_configuration"] = EAPMethodConfiguration(password=password)
    return Dot1XConfiguration(dot1x_configuration_token=token, **(wanted | fields))


def test_the_device_identifies_itself_to_an_802_1x_network(scene: Any, play: Any) -> None:
    async def run() -> None:
        await scene.call(Device.create_dot1x_configuration, dot1x_configuration=access("work", "wrong"))
        network = joining(dot1x("work"), ssid=b"Vedette 802.1X", alias="office")
        await scene.call(Device.set_network_interfaces, **wireless(network))
        scene.machine.advance(SCAN_S + ASSOCIATE_S + AUTHENTICATE_S)
        await scene.refused(faults.NotConnectedDot11, Device.get_dot11_status, interface_token="wlan0")
        await scene.call(Device.set_dot1x_configuration, dot1x_configuration=access("work"))
        scene.machine.advance(SCAN_S + ASSOCIATE_S + AUTHENTICATE_S)
        assert await status_alias(scene) == "office"
        await scene.call(Device.set_dot1x_configuration, dot1x_configuration=access("work", None))
        one = await scene.call(Device.get_dot1x_configuration, dot1x_configuration_token="work")
        every = await scene.call(Device.get_dot1x_configurations)
        assert every.dot1x_configurations == (one.dot1x_configuration,)
        assert one.dot1x_configuration.eap_method_configuration is None
        await scene.refused(
            faults.OperationProhibited,
            Device.delete_dot1x_configuration,
            dot1x_configuration_tokens=("work",),
        )
        await scene.call(Device.set_network_interfaces, **wireless(joining(psk("long enough"))))
        await scene.call(Device.delete_dot1x_configuration, dot1x_configuration_tokens=("work",))
        assert (await scene.call(Device.get_dot1x_configurations)).dot1x_configurations == ()

    play(run())


@pytest.mark.parametrize(
    "wanted",
    [
        access("new", None),
        access("new", identity=""),
        access("new", eap_method=13),
        access("new", ca_certificate_ids=("ca",)),
        access(
            "new",
            eap_method_configuration=EAPMethodConfiguration(
                tls_configuration=TLSConfiguration(certificate_id="own"), password="x"
            ),
        ),
        access("old"),
        access(""),
    ],
)
def test_an_802_1x_configuration_that_cannot_be_is_refused(scene: Any, play: Any, wanted: Any) -> None:
    async def run() -> None:
        await scene.call(Device.create_dot1x_configuration, dot1x_configuration=access("old"))
        await scene.refused(
            faults.InvalidArgVal, Device.create_dot1x_configuration, dot1x_configuration=wanted
        )
        await scene.refused(
            faults.InvalidArgVal, Device.set_dot1x_configuration, dot1x_configuration=access("new")
        )

    play(run())
