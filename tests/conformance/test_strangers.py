"""What devices were seen to do that must not mislead the tester."""

import asyncio

from tests.conformance.breaks import Break, Refuses, Replies
from tests.conformance.conftest import Examine, examiner_of

from vedette.client.auth import Reply, Request
from vedette.conformance.verdicts import Verdict


def test_a_device_that_cannot_list_its_services_is_still_reached() -> None:
    def broken(request: Request, reply: Reply) -> Reply:
        return Reply(status=500, body=b"TypeError")

    async def reached(breaks: Break) -> dict[str, str]:
        examiner, _ = examiner_of()
        examiner.target.transport.inner.breaks = breaks  # type: ignore[attr-defined]
        await examiner.reach()
        return examiner.identity

    assert asyncio.run(reached(Replies("GetServices", broken)))["manufacturer"] == "Maker"


def test_addresses_are_judged_where_the_protocols_are_not_told(examine: Examine) -> None:
    [report] = examine("DEVICE-1-1-31", breaks=[Refuses("GetNetworkProtocols")])

    assert report.results[0].verdict is Verdict.WARN
    assert "GetNetworkProtocols is refused" in report.results[0].reason
