"""Digital inputs, sources and outputs, and what the capabilities count."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace as replaced

from vedette.contract.deviceio import DeviceIO
from vedette.contract.deviceio.contacts import Capabilities
from vedette.contract.faults import (
    ConfigModify,
    InvalidArgVal,
    NoAudioOutput,
    NoConfig,
    NoVideoOutput,
    NoVideoSource,
    SenderFault,
    SettingsInvalid,
)
from vedette.contract.schema.audio import AudioOutputConfiguration
from vedette.contract.schema.capabilities import CapabilityCategory, IOCapabilities
from vedette.contract.schema.geometry import IntRectangle
from vedette.contract.schema.io import DigitalIdleState, DigitalInput, VideoOutputConfiguration
from vedette.device.addresses import StreamAddresses
from vedette.device.capabilities import Abilities, Announcement
from vedette.device.hardware.inputs import NotSimulated
from vedette.device.legacy_capabilities import LegacyAnnouncement

Play = Callable[[Coroutine[Any, Any, None]], None]
OPEN, CLOSED = DigitalIdleState.OPEN, DigitalIdleState.CLOSED


def set_to(*states: tuple[str, DigitalIdleState | None]) -> tuple[DigitalInput, ...]:
    return tuple(DigitalInput(token=token, idle_state=state) for token, state in states)


def test_capabilities_count_what_is_listed(rig: Any, play: Play) -> None:
    async def scene() -> None:
        response = await rig.call(DeviceIO.get_service_capabilities, level=None)
        assert response.capabilities == Capabilities(
            video_sources=2,
            video_outputs=0,
            audio_sources=1,
            audio_outputs=0,
            relay_outputs=2,
            serial_ports=1,
            digital_inputs=2,
            digital_input_options=True,
        )

    play(scene())


def test_an_input_is_active_while_it_is_not_idle(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        rig.io.inputs.require("door").put(is_closed=True)
        rig.io.inputs.require("door").put(is_closed=True)
        await rig.call(DeviceIO.set_digital_input_configurations, digital_inputs=set_to(("door", CLOSED)))
        rig.io.inputs.require("door").put(is_closed=False)
        assert rig.states("door") == ["false", "true", "false", "true"]
        assert rig.states("tamper") == ["false"]
        listed = await rig.call(DeviceIO.get_digital_inputs)
        assert listed.digital_inputs == set_to(("door", CLOSED), ("tamper", OPEN))

    play(scene())


def test_options_are_the_same_for_one_input_and_for_all(rig: Any, play: Play) -> None:
    async def scene() -> None:
        every = await rig.call(DeviceIO.get_digital_input_configuration_options)
        one = await rig.call(DeviceIO.get_digital_input_configuration_options, token="door")
        assert every == one
        assert set(one.digital_input_options.idle_states) == {OPEN, CLOSED}
        with pytest.raises(NoConfig, match="attic"):
            await rig.call(DeviceIO.get_digital_input_configuration_options, token="attic")

    play(scene())


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ((("door", CLOSED), ("attic", OPEN)), NoConfig),
        ((("tamper", CLOSED), ("door", CLOSED), ("tamper", OPEN)), SettingsInvalid),
        ((), SenderFault),
    ],
)
def test_inputs_are_set_all_or_none(
    rig: Any, play: Play, wanted: tuple[tuple[str, DigitalIdleState], ...], fault: type[Exception]
) -> None:
    async def scene() -> None:
        named = {NoConfig: "attic", SettingsInvalid: "tamper"}.get(fault)
        with pytest.raises(fault, match=named):
            await rig.call(DeviceIO.set_digital_input_configurations, digital_inputs=set_to(*wanted))
        listed = await rig.call(DeviceIO.get_digital_inputs)
        assert listed.digital_inputs == set_to(("door", OPEN), ("tamper", OPEN))

    play(scene())


def test_an_input_whose_request_names_no_state_keeps_its_own(rig: Any, play: Play) -> None:
    async def scene() -> None:
        wanted = set_to(("door", CLOSED), ("tamper", CLOSED))
        await rig.call(DeviceIO.set_digital_input_configurations, digital_inputs=wanted)
        wanted = set_to(("door", None), ("tamper", OPEN))
        await rig.call(DeviceIO.set_digital_input_configurations, digital_inputs=wanted)
        listed = await rig.call(DeviceIO.get_digital_inputs)
        assert listed.digital_inputs == set_to(("door", CLOSED), ("tamper", OPEN))

    play(scene())


def test_sources_are_those_of_the_media_service(rig: Any, play: Play) -> None:
    async def scene() -> None:
        assert (await rig.call(DeviceIO.get_video_sources)).tokens == ("vs_yard", "vs_gate")
        assert (await rig.call(DeviceIO.get_audio_sources)).tokens == ("as_gate",)
        video = await rig.call(DeviceIO.get_video_source_configuration, video_source_token="vs_gate")
        assert video.video_source_configuration.source_token == "vs_gate"
        options = await rig.call(
            DeviceIO.get_video_source_configuration_options, video_source_token="vs_gate"
        )
        assert options.video_source_configuration_options.video_source_tokens_available == ("vs_gate",)
        audio = await rig.call(DeviceIO.get_audio_source_configuration, audio_source_token="as_gate")
        assert audio.audio_source_configuration.source_token == "as_gate"
        sounds = await rig.call(DeviceIO.get_audio_source_configuration_options, audio_source_token="as_gate")
        assert sounds.audio_source_options.input_tokens_available == ("as_gate",)

    play(scene())


def test_configurations_of_sources_can_be_renamed_and_nothing_else(rig: Any, play: Play) -> None:
    async def scene() -> None:
        video = await rig.call(DeviceIO.get_video_source_configuration, video_source_token="vs_gate")
        audio = await rig.call(DeviceIO.get_audio_source_configuration, audio_source_token="as_gate")
        renamed = replaced(video.video_source_configuration, name="Gate")
        await rig.call(DeviceIO.set_video_source_configuration, configuration=renamed, force_persistence=True)
        sound = replaced(audio.audio_source_configuration, name="Bell")
        await rig.call(DeviceIO.set_audio_source_configuration, configuration=sound, force_persistence=True)
        cut = replaced(renamed, name="Cut", bounds=IntRectangle(x=0, y=0, width=10, height=10))
        with pytest.raises(ConfigModify):
            await rig.call(DeviceIO.set_video_source_configuration, configuration=cut, force_persistence=True)
        video = await rig.call(DeviceIO.get_video_source_configuration, video_source_token="vs_gate")
        assert video.video_source_configuration == renamed
        audio = await rig.call(DeviceIO.get_audio_source_configuration, audio_source_token="as_gate")
        assert audio.audio_source_configuration == sound

    play(scene())


def test_unknown_sources_are_refused_by_name(rig: Any, play: Play) -> None:
    async def scene() -> None:
        for operation in (
            DeviceIO.get_video_source_configuration,
            DeviceIO.get_video_source_configuration_options,
        ):
            with pytest.raises(NoVideoSource, match="vs_attic"):
                await rig.call(operation, video_source_token="vs_attic")
        for operation in (
            DeviceIO.get_audio_source_configuration,
            DeviceIO.get_audio_source_configuration_options,
        ):
            with pytest.raises(InvalidArgVal, match="as_yard"):
                await rig.call(operation, audio_source_token="as_yard")

    play(scene())


def test_there_are_no_outputs_and_every_one_is_refused_by_name(rig: Any, play: Play) -> None:
    async def scene() -> None:
        assert (await rig.call(DeviceIO.get_video_outputs)).video_outputs == ()
        assert (await rig.call(DeviceIO.get_audio_outputs)).tokens == ()
        monitor = VideoOutputConfiguration(token="monitor", name="M", use_count=0, output_token="o")
        speaker = AudioOutputConfiguration(
            token="speaker", name="S", use_count=0, output_token="o", output_level=50
        )
        for operation in (
            DeviceIO.get_video_output_configuration,
            DeviceIO.get_video_output_configuration_options,
        ):
            with pytest.raises(NoVideoOutput, match="monitor"):
                await rig.call(operation, video_output_token="monitor")
        for operation in (
            DeviceIO.get_audio_output_configuration,
            DeviceIO.get_audio_output_configuration_options,
        ):
            with pytest.raises(NoAudioOutput, match="speaker"):
                await rig.call(operation, audio_output_token="speaker")
        with pytest.raises(NoVideoOutput, match="monitor"):
            await rig.call(
                DeviceIO.set_video_output_configuration, configuration=monitor, force_persistence=True
            )
        with pytest.raises(NoAudioOutput, match="speaker"):
            await rig.call(
                DeviceIO.set_audio_output_configuration, configuration=speaker, force_persistence=True
            )

    play(scene())


def test_only_a_simulated_circuit_can_be_closed_by_hand(rig: Any) -> None:
    class Real:
        is_closed = False

    circuit = type(rig.io.inputs.require("door"))("real", Real(), rig.store, rig.broker)
    assert not circuit.is_virtual
    with pytest.raises(NotSimulated, match="real"):
        circuit.put(is_closed=True)


def test_capabilities_in_their_first_form_count_alike(rig: Any, play: Play) -> None:
    async def scene() -> None:
        announcement = Announcement(rig.loop.dispatcher.offer, StreamAddresses(rtsp_port=8554), Abilities())
        legacy = LegacyAnnouncement(announcement)
        every = await legacy.capabilities(rig.loop.context, ())
        assert every.extension is not None
        counted = every.extension.device_io
        assert counted is not None
        assert (counted.video_sources, counted.audio_sources, counted.relay_outputs) == (2, 1, 2)
        device = (await legacy.capabilities(rig.loop.context, (CapabilityCategory.DEVICE,))).device
        assert device is not None
        assert device == every.device
        assert device.io == IOCapabilities(input_connectors=2, relay_outputs=2)

    play(scene())
