"""The relay behind an HTTP interface: what it asks for, and what it makes of the answers."""

import asyncio

import pytest

from vedette.client.auth import Login, Reply, Request
from vedette.client.errors import Unreachable
from vedette.client.transport import LoopbackTransport
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.webhook import WebhookRelay

CLOSING = Request(method="POST", url="http://192.0.2.7/on", body=b"{}")
OPENING = Request(method="POST", url="http://192.0.2.7/off")
CHALLENGE = (("www-authenticate", 'Digest realm="relay", nonce="n1", qop="auth", algorithm=SHA-256'),)


class Box:
    """The other end: answers with `replies` in turn, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[Request] = []
        self.relay = WebhookRelay(CLOSING, OPENING, Login("op", "secret"), LoopbackTransport(self.answer))

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def test_each_state_has_an_address_of_its_own() -> None:
    async def scene() -> None:
        box = Box(Reply(status=204))
        await box.relay.put(is_closed=True)
        await box.relay.put(is_closed=False)
        await box.relay.close()
        assert box.asked == [CLOSING, OPENING]

    asyncio.run(scene())


def test_a_challenge_is_answered() -> None:
    async def scene() -> None:
        box = Box(Reply(status=401, headers=CHALLENGE), Reply(status=200))
        await box.relay.put(is_closed=True)
        (name, value) = box.asked[1].headers[-1]
        assert (name, value[:6]) == ("Authorization", "Digest")

    asyncio.run(scene())


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_a_refusal_means_that_the_contact_did_not_move(status: int) -> None:
    async def scene() -> None:
        with pytest.raises(HardwareFailed, match=str(status)):
            await Box(Reply(status=status)).relay.put(is_closed=True)

    asyncio.run(scene())


def test_silence_means_that_the_contact_did_not_move() -> None:
    async def nobody(request: Request) -> Reply:
        raise Unreachable(f"{request.url}: cannot connect")

    async def scene() -> None:
        relay = WebhookRelay(CLOSING, OPENING, Login("", ""), LoopbackTransport(nobody))
        with pytest.raises(HardwareFailed, match="cannot connect"):
            await relay.put(is_closed=False)

    asyncio.run(scene())
