"""What is elsewhere: followed for pictures, told for calls."""

import asyncio
from typing import Any

import pytest

from vedette.client import ClientError
from vedette.client.auth import Reply, Request
from vedette.client.profiles import snapshot
from vedette.contract.faults import NotAuthorized
from vedette.contract.media2.streaming import GetSnapshotUriResponse


class Moved:
    """A device whose picture is elsewhere: `places` maps addresses to where they lead, or to the picture."""

    def __init__(self, toy: Any, places: dict[str, str], start: str) -> None:
        self.device = toy()
        self.device.handlers["GetSnapshotUri"] = self._picture
        self.places = places
        self.start = start
        self.asked: list[tuple[str, bool]] = []  # address, and whether a login went there
        self._soap, self.device.answer = self.device.answer, self.answer

    async def _picture(self, _: Any) -> GetSnapshotUriResponse:
        return GetSnapshotUriResponse(uri=self.start)

    async def answer(self, request: Request) -> Reply:
        """The picture wants a login, redirections do not."""
        if request.method != "GET":
            reply: Reply = await self._soap(request)
            return reply
        has_login = "Authorization" in dict(request.headers)
        self.asked.append((request.url, has_login))
        where = self.places[request.url]
        if where != "picture":
            return Reply(status=302, headers=(("location", where),))
        if has_login:
            return Reply(status=200, body=b"\xff\xd8")
        challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'
        return Reply(status=401, headers=(("www-authenticate", challenge),))

    def snapshot(self) -> bytes:
        """What the client gets."""

        async def scene() -> bytes:
            async with self.device.camera() as camera:
                return await snapshot(camera, "main")

        return asyncio.run(scene())


def test_redirections_to_a_picture_are_followed_with_the_login(toy: Any) -> None:
    places = {
        "http://192.0.2.7/a/picture": "new?size=1",
        "http://192.0.2.7/a/new?size=1": "https://127.0.0.1/picture",  # its inner address
        "https://192.0.2.7/picture": "picture",
    }
    moved = Moved(toy, places, "http://192.0.2.7/a/picture")
    assert moved.snapshot() == b"\xff\xd8"
    assert moved.asked[-1] == ("https://192.0.2.7/picture", True)


def test_another_host_does_not_get_the_login(toy: Any) -> None:
    places = {"http://192.0.2.7/a": "http://198.51.100.1/b", "http://198.51.100.1/b": "picture"}
    moved = Moved(toy, places, "http://192.0.2.7/a")
    with pytest.raises(NotAuthorized, match=r"leads to http://198\.51\.100\.1/b, another host"):
        moved.snapshot()
    assert [has_login for _, has_login in moved.asked] == [False, False]


def test_redirections_in_a_circle_end(toy: Any) -> None:
    moved = Moved(toy, {"http://192.0.2.7/a": "/a"}, "http://192.0.2.7/a")
    with pytest.raises(ClientError, match="from one address to the next"):
        moved.snapshot()


def test_a_redirection_to_nowhere_is_told(toy: Any) -> None:
    moved = Moved(toy, {"http://192.0.2.7/a": ""}, "http://192.0.2.7/a")
    with pytest.raises(ClientError, match="status 302"):
        moved.snapshot()


def test_where_a_redirection_of_a_call_leads_is_told_whole(toy: Any) -> None:
    device = toy()
    moved = Reply(status=307, headers=(("location", "new?size=1"),))

    async def answer(_: Request) -> Reply:
        return moved

    device.answer = answer

    async def scene() -> None:
        async with device.camera():
            pass

    with pytest.raises(ClientError, match=r"refers to http://192\.0\.2\.7/onvif/new\?size=1"):
        asyncio.run(scene())
