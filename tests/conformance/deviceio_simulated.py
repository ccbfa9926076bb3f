"""The simulated device with relays, inputs, serial ports and sources: what the Device IO suite asks for."""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from tests.conformance.announced import ADDRESS, event_properties, subscribed
from tests.conformance.conftest import SimulatedDevice
from tests.conformance.simulated import State, SystemPart

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract import events, faults
from vedette.contract.device import Device
from vedette.contract.device import capabilities as offers
from vedette.contract.device.relays import (
    GetRelayOutputs,
    GetRelayOutputsResponse,
    SetRelayOutputState,
    SetRelayOutputStateResponse,
)
from vedette.contract.deviceio import DeviceIO, audio, contacts, serial, video
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.media import Media
from vedette.contract.media import video as media_video
from vedette.contract.operation import answers
from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.io import (
    DigitalIdleState,
    DigitalInput,
    RelayIdleState,
    RelayLogicalState,
    RelayMode,
    RelayOutput,
    RelayOutputSettings,
)
from vedette.contract.schema.items import ItemList, Message, PropertyOperation, SimpleItem
from vedette.contract.schema.notification import (
    NotificationContent,
    NotificationMessage,
    TopicExpression,
)
from vedette.contract.schema.values import FloatItems, IntItems, OnvifVersion
from vedette.contract.schema.video import VideoSource
from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT, DEVICE_TRIGGER_RELAY
from vedette.contract.topics.topic import Topic
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.namespaces import TDS, TEV, TMD, TRT

OPEN, CLOSED = RelayIdleState.OPEN, RelayIdleState.CLOSED
RELAYS = ("r1", "r2")
INPUTS = ("i1", "i2")
PORTS = ("s1", "s2")
SOURCES = ("v1", "v2")
TOPICS = (DEVICE_TRIGGER_RELAY, DEVICE_TRIGGER_DIGITAL_INPUT)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class IOState(State):
    """Everything this device keeps besides: relays, circuits, ports, and what is to be told."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        settings = RelayOutputSettings(
            mode=RelayMode.MONOSTABLE, delay_time=timedelta(seconds=2), idle_state=OPEN
        )
        self.relays = dict.fromkeys(RELAYS, settings)
        self.active = dict.fromkeys(RELAYS, False)
        self.until_s: dict[str, float] = {}
        self.idle = dict.fromkeys(INPUTS, DigitalIdleState.OPEN)
        self.ports = {
            token: serial.SerialPortConfiguration(
                token=token,
                type=serial.SerialPortType.RS232,
                baud_rate=9600,
                parity_bit=serial.ParityBit.NONE,
                character_length=8,
                stop_bit=1.0,
            )
            for token in PORTS
        }
        self.topic: Topic | None = None
        self.told: deque[NotificationMessage] = deque()

    def require_relay(self, token: str) -> None:
        """Raises RelayToken for one that is not there."""
        if token not in self.relays:
            raise faults.RelayToken(token)

    def switch(self, token: str, *, is_active: bool) -> None:
        """Make a relay active or inactive, and tell it."""
        self.active[token] = is_active
        self.until_s.pop(token, None)
        settings = self.relays[token]
        if is_active and settings.mode is RelayMode.MONOSTABLE:
            self.until_s[token] = self.clock.monotonic_s() + settings.delay_time.total_seconds()
        self.tell(DEVICE_TRIGGER_RELAY, token, PropertyOperation.CHANGED)

    def pass_time(self) -> None:
        """Let relays fall back whose time has come."""
        for token, until_s in tuple(self.until_s.items()):
            if self.clock.monotonic_s() >= until_s:
                self.switch(token, is_active=False)

    def tell(self, topic: Topic, token: str, operation: PropertyOperation) -> None:
        """Tell the state of one relay or input to who subscribed to it."""
        if topic is not self.topic:
            return
        if topic is DEVICE_TRIGGER_RELAY:
            state = RelayLogicalState.ACTIVE if self.active[token] else RelayLogicalState.INACTIVE
            value = state.value
        else:  # every circuit is open
            value = "false" if self.idle[token] is DigitalIdleState.OPEN else "true"
        self.told.append(_message(topic, token, value, operation))


def _message(topic: Topic, token: str, value: str, operation: PropertyOperation) -> NotificationMessage:
    source = ItemList(simple_items=(SimpleItem(name=topic.source[0].name, value=token),))
    data = ItemList(simple_items=(SimpleItem(name=topic.data[0].name, value=value),))
    return NotificationMessage(
        topic=TopicExpression(dialect=CONCRETE_SET, value=topic.expression),
        message=NotificationContent(
            message=Message(utc_time=NOW, property_operation=operation, source=source, data=data)
        ),
    )


class ServicesPart:
    """The services there are."""

    @answers(Device.get_services)
    async def services(self, request: offers.GetServices) -> offers.GetServicesResponse:
        version = OnvifVersion(major=21, minor=12)
        return offers.GetServicesResponse(
            services=tuple(
                offers.ServiceEntry(namespace=each, xaddr=ADDRESS, version=version)
                for each in (TDS, TEV, TMD, TRT)
            )
        )

    @answers(DeviceIO.get_service_capabilities)
    async def capabilities(
        self, request: contacts.GetServiceCapabilities
    ) -> contacts.GetServiceCapabilitiesResponse:
        return contacts.GetServiceCapabilitiesResponse(
            capabilities=contacts.Capabilities(
                video_sources=len(SOURCES),
                audio_sources=1,
                audio_outputs=1,
                relay_outputs=len(RELAYS),
                serial_ports=len(PORTS),
                digital_inputs=len(INPUTS),
                digital_input_options=True,
            )
        )

    @answers(DeviceIO.get_video_sources)
    async def video_sources(self, request: video.GetVideoSources) -> video.GetVideoSourcesResponse:
        return video.GetVideoSourcesResponse(tokens=SOURCES)

    @answers(Media.get_video_sources)
    async def media_video_sources(
        self, request: media_video.GetVideoSources
    ) -> media_video.GetVideoSourcesResponse:
        size = VideoResolution(width=640, height=360)
        return media_video.GetVideoSourcesResponse(
            video_sources=tuple(
                VideoSource(token=each, framerate=25.0, resolution=size) for each in reversed(SOURCES)
            )
        )

    @answers(DeviceIO.get_audio_sources)
    async def audio_sources(self, request: audio.GetAudioSources) -> audio.GetAudioSourcesResponse:
        return audio.GetAudioSourcesResponse(tokens=("a1",))

    @answers(DeviceIO.get_audio_outputs)
    async def audio_outputs(self, request: audio.GetAudioOutputs) -> audio.GetAudioOutputsResponse:
        return audio.GetAudioOutputsResponse(tokens=("o1",))


class ContactsPart:
    """Relays and inputs."""

    def __init__(self, state: IOState, discrete: tuple[float, ...] = ()) -> None:
        self.state = state
        self.discrete = discrete

    @answers(DeviceIO.get_relay_outputs)
    async def get_relays(self, request: GetRelayOutputs) -> GetRelayOutputsResponse:
        return GetRelayOutputsResponse(
            relay_outputs=tuple(
                RelayOutput(token=token, properties=each) for token, each in self.state.relays.items()
            )
        )

    @answers(DeviceIO.get_relay_output_options)
    async def relay_options(
        self, request: contacts.GetRelayOutputOptions
    ) -> contacts.GetRelayOutputOptionsResponse:
        chosen = RELAYS if request.relay_output_token is None else (request.relay_output_token,)
        for token in chosen:
            self.state.require_relay(token)
        return contacts.GetRelayOutputOptionsResponse(
            relay_output_options=tuple(
                contacts.RelayOutputOptions(
                    token=token,
                    modes=tuple(RelayMode),
                    delay_times=self.discrete or (0.5, 60.0),
                    discrete=bool(self.discrete),
                )
                for token in chosen
            )
        )

    @answers(DeviceIO.set_relay_output_settings)
    async def set_relay(
        self, request: contacts.SetRelayOutputSettings
    ) -> contacts.SetRelayOutputSettingsResponse:
        self.state.require_relay(request.relay_output.token)
        wanted = request.relay_output.properties
        is_timed = self.discrete and wanted.mode is RelayMode.MONOSTABLE
        if is_timed and wanted.delay_time.total_seconds() not in self.discrete:
            raise faults.ModeError(str(wanted.delay_time))
        self.state.relays[request.relay_output.token] = wanted
        return contacts.SetRelayOutputSettingsResponse()

    @answers(DeviceIO.set_relay_output_state)
    async def switch(self, request: SetRelayOutputState) -> SetRelayOutputStateResponse:
        self.state.require_relay(request.relay_output_token)
        is_active = request.logical_state is RelayLogicalState.ACTIVE
        self.state.switch(request.relay_output_token, is_active=is_active)
        return SetRelayOutputStateResponse()

    @answers(DeviceIO.get_digital_inputs)
    async def get_inputs(self, request: contacts.GetDigitalInputs) -> contacts.GetDigitalInputsResponse:
        return contacts.GetDigitalInputsResponse(
            digital_inputs=tuple(
                DigitalInput(token=token, idle_state=idle) for token, idle in self.state.idle.items()
            )
        )

    @answers(DeviceIO.get_digital_input_configuration_options)
    async def input_options(
        self, request: contacts.GetDigitalInputConfigurationOptions
    ) -> contacts.GetDigitalInputConfigurationOptionsResponse:
        return contacts.GetDigitalInputConfigurationOptionsResponse(
            digital_input_options=contacts.DigitalInputConfigurationOptions(
                idle_states=tuple(DigitalIdleState)
            )
        )

    @answers(DeviceIO.set_digital_input_configurations)
    async def set_inputs(
        self, request: contacts.SetDigitalInputConfigurations
    ) -> contacts.SetDigitalInputConfigurationsResponse:
        for each in request.digital_inputs:
            assert each.idle_state is not None
            if self.state.idle[each.token] is not each.idle_state:
                self.state.idle[each.token] = each.idle_state
                self.state.tell(DEVICE_TRIGGER_DIGITAL_INPUT, each.token, PropertyOperation.CHANGED)
        return contacts.SetDigitalInputConfigurationsResponse()


BAUDS, PARITIES, BITS, STOPS = (
    (1200, 9600, 19200),
    (serial.ParityBit.NONE, serial.ParityBit.ODD),
    (7, 8),
    (1.0, 2.0),
)


class SerialPart:
    """Serial ports. `lag_s` is how much longer than is right an answer takes."""

    def __init__(self, state: IOState, lag_s: float) -> None:
        self.state = state
        self.lag_s = lag_s

    def _require(self, token: str) -> serial.SerialPortConfiguration:
        if token not in self.state.ports:
            raise faults.InvalidSerialPort(token)
        return self.state.ports[token]

    @answers(DeviceIO.get_serial_ports)
    async def ports(self, request: serial.GetSerialPorts) -> serial.GetSerialPortsResponse:
        return serial.GetSerialPortsResponse(
            serial_ports=tuple(serial.SerialPort(token=each) for each in self.state.ports)
        )

    @answers(DeviceIO.get_serial_port_configuration)
    async def get(
        self, request: serial.GetSerialPortConfiguration
    ) -> serial.GetSerialPortConfigurationResponse:
        return serial.GetSerialPortConfigurationResponse(
            serial_port_configuration=self._require(request.serial_port_token)
        )

    @answers(DeviceIO.get_serial_port_configuration_options)
    async def options(
        self, request: serial.GetSerialPortConfigurationOptions
    ) -> serial.GetSerialPortConfigurationOptionsResponse:
        return serial.GetSerialPortConfigurationOptionsResponse(
            serial_port_options=serial.SerialPortConfigurationOptions(
                token=self._require(request.serial_port_token).token,
                baud_rate_list=IntItems(items=BAUDS),
                parity_bit_list=serial.ParityBitList(items=PARITIES),
                character_length_list=IntItems(items=BITS),
                stop_bit_list=FloatItems(items=STOPS),
            )
        )

    @answers(DeviceIO.set_serial_port_configuration)
    async def set(
        self, request: serial.SetSerialPortConfiguration
    ) -> serial.SetSerialPortConfigurationResponse:
        wanted = request.serial_port_configuration
        self._require(wanted.token)
        offered: Iterable[tuple[object, tuple[object, ...]]] = (
            (wanted.baud_rate, BAUDS),
            (wanted.parity_bit, PARITIES),
            (wanted.character_length, BITS),
            (wanted.stop_bit, STOPS),
        )
        if any(value not in choices for value, choices in offered):
            raise faults.ConfigModify("not offered")
        self.state.ports[wanted.token] = wanted
        return serial.SetSerialPortConfigurationResponse()

    @answers(DeviceIO.send_receive_serial_command)
    async def command(
        self, request: serial.SendReceiveSerialCommand
    ) -> serial.SendReceiveSerialCommandResponse:
        self._require(request.token or "")
        asked_s = 0.5 if request.time_out is None else request.time_out.total_seconds()
        self.state.clock.advance((0.5 if asked_s < 0 else asked_s) + self.lag_s)
        return serial.SendReceiveSerialCommandResponse(serial_data=serial.SerialData(binary=b""))


class TriggerPart:
    """One pull point, of which one topic is subscribed; `is_toggled` has an input change when asked."""

    def __init__(self, state: IOState, *, is_toggled: bool) -> None:
        self.state = state
        self.is_toggled = is_toggled

    @answers(Events.get_event_properties)
    async def properties(self, request: events.GetEventProperties) -> events.GetEventPropertiesResponse:
        return event_properties(TOPICS)

    @answers(Events.create_pull_point_subscription)
    async def subscribe(
        self, request: events.CreatePullPointSubscription
    ) -> events.CreatePullPointSubscriptionResponse:
        text = "" if request.filter is None else (request.filter.content[0].text or "")
        state = self.state
        state.topic = next(each for each in TOPICS if each.path == text)
        state.told.clear()
        for token in RELAYS if state.topic is DEVICE_TRIGGER_RELAY else INPUTS:
            state.tell(state.topic, token, PropertyOperation.INITIALIZED)
        return subscribed(state.clock)

    @answers(PullPointSubscription.pull_messages)
    async def pull(self, request: events.PullMessages) -> events.PullMessagesResponse:
        state = self.state
        state.pass_time()
        if not state.told and self.is_toggled:
            state.idle["i2"] = DigitalIdleState.CLOSED  # as good as a circuit that closes
            state.tell(DEVICE_TRIGGER_DIGITAL_INPUT, "i2", PropertyOperation.CHANGED)
        now = datetime_from_utc_us(state.clock.utc_us())
        told = (state.told.popleft(),) if state.told else ()
        return events.PullMessagesResponse(
            current_time=now, termination_time=now + timedelta(minutes=1), notification_messages=told
        )

    @answers(PullPointSubscription.unsubscribe)
    async def unsubscribe(self, request: events.Unsubscribe) -> events.UnsubscribeResponse:
        return events.UnsubscribeResponse()


class IODevice(SimulatedDevice):
    """A device with two relays, two inputs and two serial ports."""

    brings: frozenset[str] = frozenset()
    lag_s = 0.0
    discrete: tuple[float, ...] = ()

    def made_state(self, clock: ManualClock) -> IOState:
        return IOState(clock)

    def parts(self) -> tuple[object, ...]:
        state = self.state
        assert isinstance(state, IOState)
        return (
            ServicesPart(),
            SystemPart(state),
            ContactsPart(state, self.discrete),
            SerialPart(state, self.lag_s),
            TriggerPart(state, is_toggled="input-toggles" in self.brings),
        )


class ToggledDevice(IODevice):
    """Somebody toggles an input of it all the time."""

    brings = frozenset(("input-toggles",))


class UntoggledDevice(IODevice):
    """Somebody says that an input is toggled, and none is; or it is not told."""

    brings = frozenset(("input-toggles",))

    def parts(self) -> tuple[object, ...]:
        *others, _ = super().parts()
        assert isinstance(self.state, IOState)
        return (*others, TriggerPart(self.state, is_toggled=False))


class SlowDevice(IODevice):
    """Its serial ports answer much too late."""

    lag_s = 100.0


class DiscreteDevice(IODevice):
    """Its relays know a few delays only."""

    discrete = (1.0, 4.0, 30.0)


class ActiveDevice(IODevice):
    """Its relays and their modes are not at rest when the tester comes."""

    def made_state(self, clock: ManualClock) -> IOState:
        return ActiveState(clock)


class ActiveState(IOState):
    """The relays are active and pulse for a minute."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.active = dict.fromkeys(RELAYS, True)
        self.relays = {
            token: msgspec.structs.replace(each, idle_state=CLOSED)  # type: ignore[type-var]
            for token, each in self.relays.items()
        }
