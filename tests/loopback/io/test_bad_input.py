"""Whatever stands in a request: a fault of the standard or a success, never a defect, never half a change."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.contract.schema.security import UserLevel

Play = Callable[[Coroutine[Any, Any, None]], None]
ENVELOPE = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tmd="http://www.onvif.org/ver10/deviceIO/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema"><e:Body>{}</e:Body></e:Envelope>'
)
REQUESTS = (
    '<tmd:SetRelayOutputSettings><tmd:RelayOutput token="{}"><tt:Properties><tt:Mode>{}</tt:Mode>'
    "<tt:DelayTime>{}</tt:DelayTime><tt:IdleState>{}</tt:IdleState></tt:Properties></tmd:RelayOutput>"
    "</tmd:SetRelayOutputSettings>",
    "<tds:SetRelayOutputState><tds:RelayOutputToken>{}</tds:RelayOutputToken>"
    "<tds:LogicalState>{}</tds:LogicalState></tds:SetRelayOutputState>",
    '<tmd:SetDigitalInputConfigurations><tmd:DigitalInputs token="{}" IdleState="{}"/>'
    '<tmd:DigitalInputs token="{}"/></tmd:SetDigitalInputConfigurations>',
    '<tmd:SetSerialPortConfiguration><tmd:SerialPortConfiguration token="{}" type="{}">'
    "<tmd:BaudRate>{}</tmd:BaudRate><tmd:ParityBit>{}</tmd:ParityBit>"
    "<tmd:CharacterLength>{}</tmd:CharacterLength><tmd:StopBit>{}</tmd:StopBit>"
    "</tmd:SerialPortConfiguration><tmd:ForcePersistance>{}</tmd:ForcePersistance>"
    "</tmd:SetSerialPortConfiguration>",
    "<tmd:SendReceiveSerialCommand><tmd:Token>{}</tmd:Token><tmd:SerialData><tmd:Binary>{}</tmd:Binary>"
    "</tmd:SerialData><tmd:TimeOut>PT0S</tmd:TimeOut><tmd:DataLength>{}</tmd:DataLength>"
    "<tmd:Delimiter>{}</tmd:Delimiter></tmd:SendReceiveSerialCommand>",
    "<tmd:SendReceiveSerialCommand><tmd:Token>{}</tmd:Token><tmd:SerialData><tmd:String>{}</tmd:String>"
    "<tmd:Binary>{}</tmd:Binary></tmd:SerialData><tmd:TimeOut>PT0S</tmd:TimeOut></tmd:SendReceiveSerialCommand>",
)
VALUES = (
    *("", "bell", "door", "wire", "attic", "Monostable", "Bistable", "open", "closed", "active", "RS232"),
    *("PT1S", "-PT1S", "PT0.0000001S", "P9999999999Y", "0", "8", "9600", "-1", "2147483648", "1" * 400),
    *("1.0", "1e308", "NaN", "INF", "-INF", "None", "Extended", "true", "AA==", "?", "é" * 300, "x" * 5000),
)
VALUE = st.sampled_from(VALUES)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(REQUESTS), st.lists(VALUE, min_size=7, max_size=7))
def test_every_refusal_is_a_fault_of_the_standard(
    rig: Any, play: Play, request_form: str, values: list[str]
) -> None:
    async def scene() -> None:
        before = rig.store.current
        body = ENVELOPE.format(request_form.format(*values)).encode()
        answer = await rig.loop.ask(body, level=UserLevel.ADMINISTRATOR)
        rig.port.close()
        assert answer.status in (200, 400), answer.body
        assert answer.status == 200 or rig.store.current is before

    play(scene())


@pytest.mark.parametrize("request_form", REQUESTS[:4])
def test_an_empty_request_is_refused_too(rig: Any, play: Play, request_form: str) -> None:
    async def scene() -> None:
        name = request_form[1:].partition(">")[0]
        answer = await rig.loop.ask(ENVELOPE.format(f"<{name}/>").encode(), level=UserLevel.ADMINISTRATOR)
        assert answer.status == 400

    play(scene())
