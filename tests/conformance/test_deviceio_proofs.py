"""The Device IO suite tested: every case passes a faithful device and fails one that breaks its rule."""

import asyncio
from collections.abc import Callable

import pytest
from tests.conformance.breaks import (
    Accepts,
    Break,
    Edits,
    Forgets,
    Refuses,
    RefusesWith,
    adds,
    doubles,
    drops,
    says,
)
from tests.conformance.conftest import Examine, examiner_of
from tests.conformance.deviceio_simulated import (
    ActiveDevice,
    DiscreteDevice,
    IODevice,
    SlowDevice,
    ToggledDevice,
    UntoggledDevice,
)

from vedette.conformance.case import written_cases
from vedette.conformance.facts import cases
from vedette.conformance.features import Features
from vedette.conformance.trees import find_all, values
from vedette.conformance.verdicts import Verdict
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import TMD

Make = Callable[[], Break]
HAVING = ("PTZ", "DeviceIO")
STATE = "NotificationMessage/Message/Message/Data/SimpleItem/@Value"


def told(operation: str, path: str) -> tuple[Make, ...]:
    """There must be an answer, with something in it, each thing once."""
    return (
        lambda: Refuses(operation),
        lambda: Edits(operation, drops(path)),
        lambda: Edits(operation, doubles(path)),
    )


def counted(attribute: str) -> tuple[Make, ...]:
    """The capabilities must say how many there are."""
    return (
        lambda: Refuses("GetServiceCapabilities"),
        lambda: Edits("GetServiceCapabilities", says(f"Capabilities/@{attribute}", "7")),
        lambda: Edits("GetServiceCapabilities", without(f"{attribute}")),
    )


def refused_rightly(operation: str) -> tuple[Make, ...]:
    """What a refusal must not be: left out, or with another fault."""
    return (lambda: Accepts(operation), lambda: RefusesWith(operation))


def without(attribute: str) -> Callable[[XmlElement], None]:
    """Removes an attribute of the capabilities."""

    def edit(answer: XmlElement) -> None:
        for each in find_all(answer, "Capabilities"):
            del each.attrib[attribute]

    return edit


def hides(operation: str, state: str) -> Callable[[XmlElement], None]:
    """Does not tell that something came to be in a state."""

    def edit(answer: XmlElement) -> None:
        for each in find_all(answer, "NotificationMessage"):
            message = find_all(each, "Message/Message")[0]
            if message.get("PropertyOperation") == operation and values(
                message, "Data/SimpleItem/@Value"
            ) == [state]:
                answer.remove(each)

    return edit


def described(topic: str) -> tuple[Make, ...]:
    """An event must be described as the standard does."""
    base = f"TopicSet/Device/Trigger/{topic}"
    inner = f"{base}/MessageDescription"
    return (
        lambda: Refuses("GetEventProperties"),
        lambda: Edits("GetEventProperties", drops(base)),
        lambda: Edits("GetEventProperties", says(f"{inner}/@IsProperty", "false")),
        lambda: Edits("GetEventProperties", says(f"{inner}/Source/SimpleItemDescription/@Name", "Token")),
        lambda: Edits("GetEventProperties", says(f"{inner}/Source/SimpleItemDescription/@Type", "xs:int")),
        lambda: Edits("GetEventProperties", says(f"{inner}/Data/SimpleItemDescription/@Name", "State")),
        lambda: Edits("GetEventProperties", says(f"{inner}/Data/SimpleItemDescription/@Type", "xs:string")),
    )


def pulled() -> tuple[Make, ...]:
    """The state must be told to a new subscriber, in the standard's items."""
    message = "NotificationMessage/Message/Message"
    return (
        lambda: Refuses("CreatePullPointSubscription"),
        lambda: Refuses("PullMessages"),
        lambda: Edits("PullMessages", drops("NotificationMessage")),
        lambda: Edits("PullMessages", says(f"{message}/@PropertyOperation", "Deleted")),
        lambda: Edits("PullMessages", says("NotificationMessage/Topic", "tns1:Other")),
        lambda: Edits("PullMessages", says(f"{message}/Source/SimpleItem/@Name", "Token")),
        lambda: Edits("PullMessages", says(f"{message}/Data/SimpleItem/@Name", "State")),
        lambda: Edits("PullMessages", says(STATE, "perhaps")),
    )


RELAY_SET: tuple[Make, ...] = (
    lambda: Refuses("SetRelayOutputSettings"),
    lambda: Forgets("SetRelayOutputSettings"),
    lambda: Refuses("GetRelayOutputOptions"),
    lambda: Edits("GetRelayOutputOptions", drops("RelayOutputOptions")),
    lambda: Edits("GetRelayOutputOptions", doubles("RelayOutputOptions")),
    lambda: Edits("GetRelayOutputOptions", says("RelayOutputOptions/@token", "other")),
)
DELAYS: tuple[Make, ...] = (
    lambda: Edits("GetRelayOutputOptions", drops("RelayOutputOptions/DelayTimes")),
    lambda: Edits("GetRelayOutputOptions", says("RelayOutputOptions/DelayTimes", "5")),
    lambda: Edits("GetRelayOutputOptions", says("RelayOutputOptions/DelayTimes", "9 1")),
    lambda: Edits("GetRelayOutputs", says("RelayOutputs/Properties/DelayTime", "PT7S")),
)
SWITCHED: tuple[Make, ...] = (
    *RELAY_SET,
    *pulled(),
    lambda: Refuses("SetRelayOutputState"),
    lambda: Forgets("SetRelayOutputState"),
    lambda: Edits("PullMessages", says(STATE, "active")),
    lambda: Edits("PullMessages", says(STATE, "inactive")),
    lambda: Edits("PullMessages", hides("Changed", "active")),
    lambda: Edits("PullMessages", hides("Changed", "inactive")),
    lambda: Edits("PullMessages", hides("Initialized", "inactive")),
)
SET_PORT: tuple[Make, ...] = (
    lambda: Refuses("GetSerialPorts"),
    lambda: Edits("GetSerialPorts", drops("SerialPort")),
    lambda: Refuses("GetSerialPortConfiguration"),
    lambda: Edits("GetSerialPortConfiguration", says("SerialPortConfiguration/@token", "other")),
    lambda: Refuses("GetSerialPortConfigurationOptions"),
    lambda: Edits("GetSerialPortConfigurationOptions", says("SerialPortOptions/@token", "other")),
)
PARTS = {"BaudRate": "1201", "ParityBit": "Extended", "CharacterLength": "99", "StopBit": "1.75"}

PROOFS: dict[str, tuple[Make, ...]] = {
    "DEVICEIO-1-1-1": told("GetRelayOutputs", "RelayOutputs"),
    "DEVICEIO-1-1-2": (*told("GetRelayOutputs", "RelayOutputs"), *counted("RelayOutputs")),
    "DEVICEIO-1-1-3": (
        *told("GetRelayOutputOptions", "RelayOutputOptions"),
        lambda: Edits("GetRelayOutputOptions", says("RelayOutputOptions/@token", "other")),
        lambda: Edits("GetRelayOutputOptions", says("RelayOutputOptions/Mode", "Tristable")),
        lambda: Edits("GetRelayOutputOptions", drops("RelayOutputOptions/Mode")),
        lambda: Edits("GetRelayOutputs", drops("RelayOutputs")),
    ),
    "DEVICEIO-1-1-4": (
        *RELAY_SET,
        *DELAYS,
        lambda: Edits("GetRelayOutputs", says("RelayOutputs/Properties/Mode", "Bistable"), skip=2),
        lambda: Edits("GetRelayOutputs", says("RelayOutputs/Properties/Mode", "Monostable")),
        lambda: Edits("GetRelayOutputs", says("RelayOutputs/Properties/IdleState", "open")),
        lambda: Edits("GetRelayOutputs", says("RelayOutputs/Properties/IdleState", "closed")),
        lambda: Edits("GetRelayOutputs", drops("RelayOutputs"), skip=1),
        lambda: Edits("GetRelayOutputs", says("RelayOutputs/@token", "other"), skip=1),
    ),
    "DEVICEIO-1-1-5": refused_rightly("SetRelayOutputSettings"),
    **dict.fromkeys(("DEVICEIO-1-2-1", "DEVICEIO-1-2-2"), SWITCHED),
    **dict.fromkeys(("DEVICEIO-1-2-3", "DEVICEIO-1-2-4"), (*SWITCHED, *DELAYS)),
    "DEVICEIO-2-1-1": (*described("DigitalInput"), *pulled()),
    "DEVICEIO-2-1-2": described("Relay"),
    "DEVICEIO-3-1-1": told("GetDigitalInputs", "DigitalInputs"),
    "DEVICEIO-3-1-2": (*told("GetDigitalInputs", "DigitalInputs"), *counted("DigitalInputs")),
    "DEVICEIO-3-1-3": (
        lambda: Edits("GetDigitalInputs", drops("DigitalInputs")),
        lambda: Refuses("GetDigitalInputConfigurationOptions"),
        lambda: Refuses("GetDigitalInputConfigurationOptions", skip=1),
        lambda: Edits("GetDigitalInputConfigurationOptions", drops("DigitalInputOptions/IdleState"), skip=2),
        lambda: Edits(
            "GetDigitalInputConfigurationOptions", says("DigitalInputOptions/IdleState", "perhaps")
        ),
    ),
    "DEVICEIO-3-1-4": (
        lambda: Forgets("SetDigitalInputConfigurations"),
        lambda: Refuses("SetDigitalInputConfigurations"),
        lambda: Refuses("GetDigitalInputConfigurationOptions"),
        lambda: Edits("GetDigitalInputs", says("DigitalInputs/@IdleState", "open")),
        lambda: Edits("GetDigitalInputs", says("DigitalInputs/@IdleState", "closed")),
        lambda: Edits("GetDigitalInputs", drops("DigitalInputs"), skip=1),
        lambda: Edits("GetDigitalInputs", says("DigitalInputs/@token", "other"), skip=1),
    ),
    "DEVICEIO-4-1-1": (
        lambda: Refuses("GetAudioSources"),
        lambda: Edits("GetAudioSources", drops("Token")),
    ),
    "DEVICEIO-5-1-1": (
        lambda: Refuses("GetVideoSources"),
        lambda: Refuses("GetVideoSources", skip=1),
        lambda: Edits("GetVideoSources", drops("Token")),
        lambda: Edits("GetVideoSources", adds("", f"{{{TMD}}}Token", "v3")),
        lambda: Edits("GetVideoSources", says("VideoSources/@token", "other"), skip=1),
    ),
    "DEVICEIO-6-1-1": (*told("GetSerialPorts", "SerialPort"), *counted("SerialPorts")),
    "DEVICEIO-6-1-2": (
        *SET_PORT,
        *(
            lambda name=name: Edits(
                "GetSerialPortConfigurationOptions", drops(f"SerialPortOptions/{name}List/Items")
            )
            for name in PARTS
        ),
        *(
            lambda name=name, value=value: Edits(
                "GetSerialPortConfiguration", says(f"SerialPortConfiguration/{name}", value)
            )
            for name, value in PARTS.items()
        ),
    ),
    "DEVICEIO-6-1-3": (
        *SET_PORT,
        lambda: Forgets("SetSerialPortConfiguration"),
        lambda: Refuses("SetSerialPortConfiguration"),
        lambda: Refuses("SetSerialPortConfiguration", skip=1),
        *(
            lambda name=name, value=value: Edits(
                "GetSerialPortConfiguration", says(f"SerialPortConfiguration/{name}", value), skip=1
            )
            for name, value in PARTS.items()
        ),
        lambda: Edits(
            "GetSerialPortConfiguration", says("SerialPortConfiguration/@type", "RS485FullDuplex"), skip=1
        ),
    ),
    "DEVICEIO-6-1-4": (
        lambda: Edits("GetSerialPorts", drops("SerialPort")),
        *(lambda skip=skip: Refuses("SendReceiveSerialCommand", skip=skip) for skip in range(4)),
    ),
    "DEVICEIO-6-1-5": (
        lambda: Edits("GetSerialPorts", drops("SerialPort")),
        *(lambda skip=skip: Refuses("SendReceiveSerialCommand", skip=skip) for skip in range(2)),
    ),
    "DEVICEIO-6-1-6": refused_rightly("GetSerialPortConfiguration"),
    "DEVICEIO-6-1-7": refused_rightly("GetSerialPortConfigurationOptions"),
    "DEVICEIO-6-1-8": (
        *SET_PORT,
        *refused_rightly("SetSerialPortConfiguration"),
        *(
            lambda name=name, value=value: Edits(
                "GetSerialPortConfiguration", says(f"SerialPortConfiguration/{name}", value), skip=1
            )
            for name, value in PARTS.items()
        ),
    ),
    "DEVICEIO-7-1-1": (*told("GetVideoSources", "Token"), *counted("VideoSources")),
    "DEVICEIO-8-1-1": (*told("GetAudioOutputs", "Token"), *counted("AudioOutputs")),
}


@pytest.mark.parametrize("case_id", PROOFS)
def test_a_case_passes_a_faithful_device_and_fails_a_broken_one(examine: Examine, case_id: str) -> None:
    breaks = [Break(), *(make() for make in PROOFS[case_id])]
    faithful, *broken = (
        report.results[0] for report in examine(case_id, breaks=breaks, having=HAVING, device=IODevice)
    )

    assert faithful.verdict is Verdict.PASS, faithful.reason
    assert faithful.could_restore, faithful.put_back
    assert [each.verdict for each in broken] == [Verdict.FAIL] * len(broken), [
        (number, each.verdict, each.reason)
        for number, each in enumerate(broken)
        if each.verdict is not Verdict.FAIL
    ]


def test_every_case_is_written_and_proven() -> None:
    facts = {name: each for name, each in cases().items() if each.suite == "deviceio"}
    written = {name for name, case in written_cases().items() if case.facts.suite == "deviceio"}

    assert len(facts) == 27
    assert written == set(PROOFS) == {name for name, each in facts.items() if each.is_proven} == set(facts)


def test_a_case_leaves_relays_inputs_and_ports_as_they_were(examine: Examine) -> None:
    for case_id in PROOFS:
        [report] = examine(case_id, having=HAVING, device=ActiveDevice)

        assert report.results[0].verdict is Verdict.PASS, report.results[0].reason
        assert report.results[0].could_restore


@pytest.mark.parametrize("case_id", ["DEVICEIO-1-1-4", "DEVICEIO-1-2-3", "DEVICEIO-1-2-4"])
def test_relays_with_a_few_delays_are_set_to_one_of_them(examine: Examine, case_id: str) -> None:
    [report] = examine(case_id, having=HAVING, device=DiscreteDevice)

    assert report.results[0].verdict is Verdict.PASS, report.results[0].reason


@pytest.mark.parametrize("case_id", ["DEVICEIO-6-1-4", "DEVICEIO-6-1-5"])
def test_a_serial_port_that_answers_too_late_fails(examine: Examine, case_id: str) -> None:
    [report] = examine(case_id, having=HAVING, device=SlowDevice)

    assert report.results[0].verdict is Verdict.FAIL
    assert "within" in report.results[0].reason


def test_a_toggled_input_must_be_told_where_somebody_toggles_one(examine: Examine) -> None:
    [good] = examine("DEVICEIO-2-1-1", having=HAVING, device=ToggledDevice)
    [bad] = examine("DEVICEIO-2-1-1", having=HAVING, device=UntoggledDevice)

    assert good.results[0].verdict is Verdict.PASS, good.results[0].reason
    assert bad.results[0].verdict is Verdict.FAIL


def test_an_input_whose_event_does_not_follow_its_idle_state_is_warned_of(examine: Examine) -> None:
    still = Edits("PullMessages", says(STATE, "false"))

    [report] = examine("DEVICEIO-3-1-4", breaks=[still], having=HAVING, device=IODevice)

    assert report.results[0].verdict is Verdict.WARN
    assert "does not follow" in report.results[0].reason


def test_a_relay_told_in_another_state_first_is_warned_of(examine: Examine) -> None:
    def told_twice(answer: XmlElement) -> None:
        first = next(iter(find_all(answer, "NotificationMessage")), None)
        if first is not None and values(first, "Message/Message/Data/SimpleItem/@Value") == ["active"]:
            doubles("NotificationMessage")(answer)
            says("Message/Message/Data/SimpleItem/@Value", "inactive")(first)

    twice = Edits("PullMessages", told_twice)
    [report] = examine("DEVICEIO-1-2-1", breaks=[twice], having=HAVING, device=IODevice)

    assert report.results[0].verdict is Verdict.WARN, report.results[0].reason


def test_kinds_of_relays_are_found_out_by_the_services_own_operations() -> None:
    async def discovered() -> Features:
        examiner, _ = examiner_of(IODevice)
        await examiner.reach()
        return await examiner.discover()

    found = asyncio.run(discovered())

    for kind in ("Bistable/Open", "Bistable/Closed", "Monostable/Open", "Monostable/Closed"):
        assert found.is_certain(f"DeviceIO/RelayOutputs/{kind}")
    assert found.is_certain("DeviceIO/RelayOutputs/Options")
    assert found.is_certain("DeviceIO/SerialPorts")
    assert not found.is_supported("Device/IO/RelayOutputs")  # the older words are not spoken
