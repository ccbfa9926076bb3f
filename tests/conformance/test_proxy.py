"""The proxy that breaks one rule of a device that is faithful."""

import asyncio

from tests.conformance.breaks import Break, Edits, says
from tests.conformance.conftest import SimulatedDevice
from tests.conformance.proxy import Proxy, Trial
from tests.conformance.simulated import ADMIN

from vedette.base.clock import ManualClock
from vedette.client.auth import Reply, Request
from vedette.client.transport import HttpTransport

PATH = "http://192.0.2.7:8080/onvif/device_service"


class Served(Proxy):
    """The simulated device on a socket."""

    def __init__(self) -> None:
        super().__init__(PATH)
        self._simulated = SimulatedDevice(ManualClock())

    async def _answer(self, request: Request) -> Reply:
        reply = await self._simulated.answer(request)
        return Reply(
            status=reply.status, headers=reply.headers, body=self._renamed(reply.body, is_answer=True)
        )


def test_a_proxied_device_is_itself_until_a_rule_is_broken() -> None:
    async def information(breaks: Break) -> tuple[bytes, bool]:
        async with Served().listening() as url:
            proxy = Proxy(url)
            proxy.breaks = breaks
            async with proxy.listening() as proxied:
                transport = HttpTransport()
                body = (
                    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
                    b'<GetServices xmlns="http://www.onvif.org/ver10/device/wsdl"><IncludeCapability>false'
                    b"</IncludeCapability></GetServices></s:Body></s:Envelope>"
                )
                headers = (("Content-Type", "application/soap+xml"),)
                request = Request(method="POST", url=proxied, headers=headers, body=body)
                reply = await transport.send(request, answer_timeout_s=5.0, is_repeatable=False)
                await transport.aclose()
                assert proxied.encode() in reply.body or breaks.__class__ is Edits
                return reply.body, proxy.has_broken

    _, whole = asyncio.run(information(Break()))
    body, broken = asyncio.run(information(Edits("GetServices", says("Service/XAddr", "nowhere"))))

    assert not whole
    assert broken
    assert b">nowhere<" in body


def test_a_trial_tells_which_breaks_go_unnoticed() -> None:
    async def tried(*names: str) -> list[str]:
        async with Served().listening() as url:
            return await Trial(url, ADMIN.name, ADMIN.password).run(names)

    assert asyncio.run(tried("DEVICE-2-1-32")) == []
