"""Settings of the network and the clock that change while others are being set."""

import asyncio
from typing import Any

import pytest
from tests.loopback.network.test_network import LATER, host, protocol

from vedette.contract.device import Device
from vedette.contract.schema.network import NetworkHostType, NetworkProtocolType
from vedette.contract.schema.system import SetDateTimeType
from vedette.device.network_protocols import Spoken
from vedette.protocols.ntp import Measurement


@pytest.mark.parametrize("has_tls", [True, False])
def test_a_certificate_that_comes_or_goes_while_ports_move_counts(
    scene: Any, play: Any, *, has_tls: bool
) -> None:
    protocols = scene.network.protocols
    protocols.follow_tls(has_tls=not has_tls)
    scene.store.watch(lambda _before, _after: protocols.follow_tls(has_tls=has_tls))

    async def run() -> None:
        await scene.call(Device.set_network_protocols, network_protocols=(protocol("HTTP", 8081),))
        told = (await scene.call(Device.get_network_protocols)).network_protocols
        assert [each.ports for each in told if each.name == "HTTP"] == [(8081,)]
        assert (NetworkProtocolType.HTTPS in [each.name for each in told]) is has_tls
        assert (Spoken.HTTPS in scene.ports.spoken) is has_tls

    play(run())


def test_two_who_set_the_time_at_once_do_not_move_it_twice(make_scene: Any, play: Any) -> None:
    scene = make_scene(is_settable=True)

    async def run() -> None:
        setting = (
            scene.call(
                Device.set_system_date_and_time,
                date_time_type=SetDateTimeType.MANUAL,
                daylight_savings=False,
                utc_date_time=LATER,
            )
            for _ in range(2)
        )
        await asyncio.gather(*setting)
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.utc_date_time == LATER

    play(run())


def test_what_a_time_server_says_of_a_clock_is_void_once_a_client_has_set_it(
    make_scene: Any, play: Any
) -> None:
    scene = make_scene(is_settable=True)
    by_hand = {"date_time_type": SetDateTimeType.MANUAL, "daylight_savings": False}

    async def ask(server: str, clock: Any) -> Measurement:
        await scene.call(Device.set_system_date_and_time, **by_hand, utc_date_time=LATER)
        asked.set()
        return Measurement(offset_us=5_000_000, delay_us=1000, stratum=1)

    asked = asyncio.Event()

    async def run() -> None:
        await scene.call(
            Device.set_ntp, from_dhcp=False, ntp_manual=(host(NetworkHostType.IPV4, "192.0.2.4"),)
        )
        await scene.call(
            Device.set_system_date_and_time, date_time_type=SetDateTimeType.NTP, daylight_savings=False
        )
        following = asyncio.create_task(scene.network.clock.run(ask))
        await asked.wait()
        await scene.call(Device.set_ntp, from_dhcp=True)  # saved behind whatever was done with the answer
        told = (await scene.call(Device.get_system_date_and_time)).system_date_and_time
        assert told.utc_date_time == LATER
        following.cancel()

    play(run())
