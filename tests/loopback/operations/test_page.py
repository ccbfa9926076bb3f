"""The page's way in: digest once, then a cookie; changes from our own page alone; sockets for users."""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx2
import msgspec
import pytest
import websockets

from vedette.contract.device import Device
from vedette.contract.device.system import GetSystemDateAndTime
from vedette.contract.device.users import CreateUsers
from vedette.contract.envelope import request_envelope
from vedette.contract.events import NotificationProducer, Subscribe
from vedette.contract.operation import Access
from vedette.contract.schema.notification import EndpointReference
from vedette.contract.schema.security import User as StandIn
from vedette.contract.schema.security import UserLevel, UserRole
from vedette.device.settings.document import CameraSettings
from vedette.device.sources import SourceMaker
from vedette.media.hub import Stream
from vedette.media.sources.canvas import Canvas
from vedette.media.sources.settings import VideoSettings
from vedette.media.sources.video_encoder import VideoEncoder
from vedette.media.unit import AccessUnit
from vedette.protocols.http1.digest import authorize, parse_challenges
from vedette.security.users import User, UserChange

Play = Callable[[Any], None]
SERVICE = "/onvif/device_service"
DOOR = CameraSettings(name="door", source="file:/nowhere/door.mp4", record=False)


async def logged_in(site: Any) -> str:
    """A cookie as the page got it."""
    response = await site.client.get("/")
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert re.fullmatch(r"vedette=[\w.]+; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict", cookie)
    return str(cookie.partition(";")[0])


async def status_with(site: Any, cookie: str, method: str = "GET", path: str = "/api/cameras") -> int:
    """The status of a request with that cookie."""
    response = await site.stranger.request(method, path, headers={"Cookie": cookie.encode("latin-1")})
    return int(response.status_code)


def test_a_cookie_serves_until_it_is_forged_or_its_user_changes(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            cookie = await logged_in(site)
            assert await status_with(site, cookie) == 200
            assert await status_with(site, f'odd="; {cookie}; other=1') == 200
            until, name, signature = cookie.removeprefix("vedette=").split(".")
            for forged in (
                f"{int(until) + 1}.{name}.{signature}",
                f"{until}.{b'operator'.hex()}.{signature}",
                f"{until}.{name}.{signature[:-1]}{'0' if signature[-1] != '0' else '1'}",
                f"{until}.ff.{signature}",
                f"{until}.f.{signature}",
                f"{until}.{name}",
                "..",
                "",
                "\x80" * 40,
            ):
                assert await status_with(site, f"vedette={forged}") == 401, forged
            accounts = site.server.accounts
            await accounts.set_administrator("another-password-1")
            assert await status_with(site, cookie) == 401

    play(scene())


def test_the_cookie_of_a_deleted_or_demoted_user_is_worth_what_the_user_is(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            accounts = site.server.accounts
            guard = User(name="wärter", password="a-good-password-1", level=UserLevel.ADMINISTRATOR)
            await accounts.change(lambda users: users.create([guard]))
            digest = httpx2.DigestAuth(guard.name, guard.password)
            response = await site.stranger.get("/", auth=digest)
            cookie = response.headers["set-cookie"].partition(";")[0]
            assert await status_with(site, cookie, "DELETE", "/api/cameras/none") == 404
            change = UserChange(name=guard.name, password=guard.password, level=UserLevel.USER)
            await accounts.change(lambda users: users.change([change]))
            assert await status_with(site, cookie) == 200
            assert await status_with(site, cookie, "DELETE", "/api/cameras/none") == 403
            await accounts.change(lambda users: users.delete([guard.name]))
            assert await status_with(site, cookie) == 401

    play(scene())


def test_changes_come_from_our_own_page_or_from_no_page(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            cookie = {"Cookie": await logged_in(site)}
            new = {"name": "yard", "source": "file:/nowhere/yard.mp4"}
            for origin in ("http://evil.example", "null", f"{site.base}.evil.example", "http://127.0.0.1"):
                refused = await site.stranger.post(
                    "/api/cameras", json=new, headers={**cookie, "Origin": origin}
                )
                assert refused.status_code == 403, origin
            assert len(site.server.cameras) == 0
            taken = await site.stranger.post(
                "/api/cameras", json=new, headers={**cookie, "Origin": site.base}
            )
            assert taken.status_code == 201
            assert (await site.stranger.delete("/api/cameras/yard")).status_code == 401
            assert (await site.client.delete("/api/cameras/yard")).status_code == 204

    play(scene())


def test_a_page_of_somebody_else_calls_no_operation_with_the_login_a_browser_keeps(
    running: Any, play: Play
) -> None:
    new = User(name="guest", password="a-guests-word-1", level=UserLevel.ADMINISTRATOR)
    stands_for = StandIn(username=new.name, password=new.password, user_level=new.level)
    call = request_envelope(Device.create_users, CreateUsers(users=(stands_for,)))

    async def scene() -> None:
        async with running() as site:
            for origin in ("http://evil.example", "null"):
                # Without a type, as a browser sends bytes to another's server without asking that server.
                refused = await site.client.post(SERVICE, content=call, headers={"Origin": origin})
                assert refused.status_code == 403, origin
                upload = await site.client.post("/system/upload/backup/x", headers={"Origin": origin})
                assert upload.status_code == 403, origin
            assert site.server.accounts.users.get("guest") is None
            for headers in ({"Origin": site.base}, {}):
                taken = await site.client.post(SERVICE, content=call, headers=headers)
                assert taken.status_code == (200 if headers else 400)  # the second time there is one
            time = request_envelope(Device.get_system_date_and_time, GetSystemDateAndTime())
            told = await site.stranger.post(SERVICE, content=time, headers={"Origin": "http://evil.example"})
            assert told.status_code == 200

    play(scene())


@pytest.mark.parametrize("path", ["/api/live/door", "/api/playback/door"])
def test_sockets_are_for_users_on_our_own_page(running: Any, play: Play, path: str) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            url = site.base.replace("http", "ws") + path
            cookie = await logged_in(site)
            for headers, status in (
                ({}, 401),
                ({"Cookie": cookie + "0"}, 401),
                ({"Cookie": cookie, "Origin": "http://evil.example"}, 403),
            ):
                with pytest.raises(websockets.InvalidStatus) as refusal:
                    await websockets.connect(url, additional_headers=headers)
                assert refusal.value.response.status_code == status
            if "playback" in path:
                async with websockets.connect(url, additional_headers={"Cookie": cookie}) as socket:
                    assert "no recording" in str(await socket.recv())

    play(scene())


def test_who_is_not_logged_in_reads_what_to_do(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            refusal = await site.stranger.get("/")
            assert refusal.status_code == 401
            assert "The first user is admin." in refusal.text
            assert "VEDETTE_ADMIN_PASSWORD" in refusal.text

    play(scene())


def test_a_wrong_login_at_a_socket_is_one_failure(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            failures: list[str] = []
            authenticator = site.server._application._login._authenticator
            authenticator.watch_failures(failures.append)
            path = "/api/live/door"
            headers = (await site.stranger.get("/api/cameras")).headers
            challenges = parse_challenges(headers.get_list("www-authenticate"))
            wrong = authorize(challenges, "GET", path, "admin", "guess-at-it", cnonce="c")
            url = site.base.replace("http", "ws") + path
            with pytest.raises(websockets.InvalidStatus) as refusal:
                await websockets.connect(url, additional_headers={"Authorization": wrong})
            assert refusal.value.response.status_code == 401
            assert failures == ["127.0.0.1"]

    play(scene())


def pictures(stream: Stream) -> list[AccessUnit]:
    """Publish a few real pictures."""
    encoder = VideoEncoder(VideoSettings(width=64, height=64), number=0)
    canvas = Canvas(64, 64)
    stream.announce((encoder.track,))
    units = [encoder.encode(canvas, i * 3600, 1_700_000_000_000_000 + i * 40_000) for i in range(10)]
    stream.publish(units)
    return units


def test_who_watches_on_the_page_is_a_viewer(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceMaker, "__call__", lambda self, camera: [])  # the test publishes itself

    async def scene() -> None:
        async with running(DOOR) as site:
            stream = site.server.cameras.require("door").main
            pictures(stream)
            url = site.base.replace("http", "ws") + "/api/live/door"
            async with websockets.connect(
                url, additional_headers={"Cookie": await logged_in(site)}
            ) as socket:
                assert "video/mp4" in str(await socket.recv())
                assert b"ftyp" in await socket.recv()
                (camera,) = (await site.client.get("/api/cameras")).json()["cameras"]
                assert camera["main"]["viewers"] == 1
                figures = (await site.client.get("/metrics")).text
                assert 'vedette_stream_viewers{camera="door",stream="main"} 1\n' in figures
            await site.until(lambda: not stream.is_awaited)
            figures = (await site.client.get("/metrics")).text
            assert 'vedette_stream_viewers{camera="door",stream="main"} 0\n' in figures

    play(scene())


async def watches(site: Any, user: User) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A player that has logged in by RTSP, with its login kept by the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.rtsp_address.port)
    url = f"rtsp://127.0.0.1:{site.server.rtsp_address.port}/live/door/main"
    writer.write(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    challenges = parse_challenges(re.findall(r"(?m)^WWW-Authenticate: (.*?)\r$", head))
    login = authorize(challenges, "DESCRIBE", url, user.name, user.password, cnonce="c")
    writer.write(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 2\r\nAuthorization: {login}\r\n\r\n".encode())
    assert b" 200 OK" in await reader.readuntil(b"m=video")
    writer.write(
        f"SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast\r\n\r\n".encode()
    )
    assert b" 200 OK" in await reader.readuntil(b"CSeq: 3\r\n")
    return reader, writer


async def subscribes(site: Any, login: httpx2.DigestAuth) -> None:
    """Have events sent to where nobody takes them."""
    nowhere = EndpointReference(address="http://127.0.0.1:9/events")
    call = request_envelope(NotificationProducer.subscribe, Subscribe(consumer_reference=nowhere))
    assert (await site.stranger.post("/onvif/events_service", content=call, auth=login)).status_code == 200


async def changed(site: Any, change: str, name: str, password: str) -> None:
    """Change what a user of a role is or may."""
    if change in ("a policy", "another policy"):
        access = Access.READ_MEDIA if change == "a policy" else Access.ACTUATE
        policy = msgspec.json.decode(site.server.upkeep.access.file())
        policy["classes"][access] = ["Administrator"]
        await site.server.upkeep.access.set(msgspec.json.encode(policy))
    elif change in ("a role", "another role"):
        which = "Watching" if change == "a role" else "Idle"
        await site.server.upkeep.roles.set(UserRole(name=which, functions=()), site.server.services.offer)
    elif change in ("deleted", "somebody else"):
        await site.server.accounts.change(
            lambda users: users.delete([name if change == "deleted" else "other"])
        )
    else:
        level = UserLevel.USER if change == "another level" else UserLevel.OPERATOR
        new = "a-good-password-3" if change == "another password" else password
        await site.server.accounts.change(
            lambda users: users.change([UserChange(name=name, password=new, level=level)])
        )


WATCHING = ("trt:GetStreamUri", "tr2:GetProfiles", "wsntw:Subscribe")


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ("deleted", True),
        ("another password", True),
        ("another level", True),
        ("somebody else", False),
        ("a policy", True),
        ("another policy", False),
        ("a role", True),
        ("another role", False),
    ],
)
def test_what_a_user_watches_ends_with_the_user_and_the_right(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch, change: str, ends: bool
) -> None:
    monkeypatch.setattr(SourceMaker, "__call__", lambda self, camera: [])
    guard = User(name="guard", password="a-good-password-1", level=UserLevel.OPERATOR)
    if "role" in change:
        guard = msgspec.structs.replace(guard, level=UserLevel.EXTENDED, roles=("Watching",))
    other = User(name="other", password="a-good-password-2", level=UserLevel.USER)

    async def scene() -> None:
        async with running(DOOR) as site:
            for name in ("Watching", "Idle"):
                role = UserRole(name=name, functions=WATCHING)
                await site.server.upkeep.roles.set(role, site.server.services.offer)
            await site.server.accounts.change(lambda users: users.create([guard, other]))
            stream = site.server.cameras.require("door").main
            pictures(stream)
            login = httpx2.DigestAuth(guard.name, guard.password)
            await subscribes(site, login)
            cookie = (await site.stranger.get("/", auth=login)).headers["set-cookie"].partition(";")[0]
            url = site.base.replace("http", "ws") + "/api/live/door"
            reader, writer = await watches(site, guard)
            async with websockets.connect(url, additional_headers={"Cookie": cookie}) as page:
                await page.recv()
                await changed(site, change, guard.name, guard.password)
                if ends:
                    async with asyncio.timeout(5):
                        await reader.read()  # to its end
                        await page.wait_closed()
                    assert page.close_code == 1008
                    await site.until(lambda: not stream.is_awaited)
                    await site.until(lambda: len(site.server.services.pull_points) == 0)
                else:
                    writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 4\r\n\r\n")
                    await reader.readuntil(b"CSeq: 4\r\n")
                    assert stream.is_awaited
                    assert len(site.server.services.pull_points) == 1
            writer.close()

    play(scene())


def test_pages_and_pictures_are_not_for_strangers(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            for path in ("/", "/page.css", "/api/cameras", "/metrics", "/snapshot/door", "/api/frame/door"):
                response = await site.stranger.get(path)
                assert response.status_code in (401, 404), path
                assert response.status_code == 404 or "digest" in response.headers["www-authenticate"].lower()
            assert (await site.stranger.get("/healthz")).status_code in (200, 503)

    play(scene())


def test_anonymous_viewing_opens_what_is_watched_and_nothing_that_changes(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR, anonymous_viewing=True) as site:
            assert (await site.stranger.get("/")).status_code == 200
            assert (await site.stranger.get("/api/cameras")).status_code == 200
            assert (await site.stranger.get("/metrics")).status_code == 401
            assert (await site.stranger.delete("/api/cameras/door")).status_code == 401

    play(scene())


def test_prometheus_has_its_figures_by_basic_and_nothing_else(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(trusted_proxies=("127.0.0.1",)) as site:
            stranger, login = site.stranger, ("admin", "correct-horse-9")
            assert (await stranger.get("/metrics", auth=login)).status_code == 200  # from this machine
            assert (await stranger.get("/metrics", auth=("admin", "guess-at-it"))).status_code == 401
            assert (await stranger.get("/api/cameras", auth=login)).status_code == 401
            for scheme, status in (("http", 401), ("https", 200)):
                elsewhere = {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": scheme}
                answer = await stranger.get("/metrics", auth=login, headers=elsewhere)
                assert answer.status_code == status
                assert not [each for each in answer.headers.get_list("www-authenticate") if "asic" in each]

    play(scene())


@pytest.mark.parametrize(
    "field", ["Forwarded: for=192.0.2.9", "X-Forwarded-For: 127.0.0.1", "Via: 1.1 front"]
)
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_this_machine(
    running: Any, play: Play, field: str
) -> None:
    async def scene() -> None:
        async with running() as site:  # nobody is trusted
            name, _, value = field.partition(": ")
            login = ("admin", "correct-horse-9")
            answer = await site.stranger.get("/metrics", auth=login, headers={name: value})
            assert answer.status_code == 401
            assert (await site.stranger.get("/metrics", auth=login)).status_code == 200

    play(scene())


def test_many_changes_at_once_end_in_one_of_their_orders(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            new = {"name": "yard", "source": "file:/nowhere/yard.mp4", "record": False}
            await site.client.get("/api/cameras")
            added = await asyncio.gather(*(site.client.post("/api/cameras", json=new) for _ in range(6)))
            assert sorted(each.status_code for each in added) == [201, 400, 400, 400, 400, 400]
            assert [camera.name for camera in site.server.store.current.cameras] == ["yard"]
            gone = await asyncio.gather(*(site.client.delete("/api/cameras/yard") for _ in range(4)))
            assert sorted(each.status_code for each in gone) == [204, 404, 404, 404]
            assert site.server.store.current.cameras == ()

    play(scene())


def test_a_query_of_too_many_fields_is_refused_and_is_no_error_of_ours(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    query = "&".join(["from_us=1"] * 300)

    async def scene() -> None:
        async with running(DOOR) as site:
            for path in ("/snapshot/door", "/api/timeline/door", "/api/frame/door", "/api/export/door"):
                assert (await site.client.get(f"{path}?{query}")).status_code == 400, path
            cookie = {"Cookie": await logged_in(site)}
            for kind in ("live", "playback"):
                url = f"{site.base.replace('http', 'ws')}/api/{kind}/door?{query}"
                async with websockets.connect(url, additional_headers=cookie) as socket:
                    assert "256 fields" in str(await socket.recv())

    play(scene())
    assert "Traceback" not in caplog.text


def test_changes_on_the_page_are_in_the_audit_log(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "vedette.audit")

    async def scene() -> None:
        async with running() as site:
            new = {"name": "yard", "source": "file:/nowhere/yard.mp4", "record": False}
            await site.client.get("/api/cameras")
            assert (await site.client.post("/api/cameras", json=new)).status_code == 201
            assert (await site.client.post("/api/cameras", json=new)).status_code == 400
            assert (await site.client.delete("/api/cameras/yard")).status_code == 204

    play(scene())
    told = [vars(each)["audit"] for each in caplog.records if each.name == "vedette.audit"]
    assert [(each["action"], each["user"], each["peer"], each["outcome"]) for each in told] == [
        ("POST /api/cameras", "admin", "127.0.0.1", "done"),
        ("POST /api/cameras", "admin", "127.0.0.1", "refused with 400"),
        ("DELETE /api/cameras/yard", "admin", "127.0.0.1", "done"),
    ]


def test_who_may_not_do_what_is_in_the_audit_log(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "vedette.audit")
    guard = User(name="guard", password="a-good-password-1", level=UserLevel.USER)

    async def scene() -> None:
        async with running(DOOR) as site:
            await site.server.accounts.change(lambda users: users.create([guard]))
            login = httpx2.DigestAuth(guard.name, guard.password)
            for method, path in (("DELETE", "/api/cameras/door"), ("GET", "/system/backup")):
                assert (await site.stranger.request(method, path, auth=login)).status_code == 403
            evil = {"Cookie": await logged_in(site), "Origin": "http://evil.example"}
            assert (await site.stranger.delete("/api/cameras/door", headers=evil)).status_code == 403
            url = site.base.replace("http", "ws") + "/api/live/door"
            with pytest.raises(websockets.InvalidStatus):
                await websockets.connect(url, additional_headers=evil)

    play(scene())
    told = [vars(each)["audit"] for each in caplog.records if each.name == "vedette.audit"]
    assert [(each["action"], each["user"]) for each in told if each["outcome"] == "forbidden"] == [
        ("DELETE /api/cameras/door", "guard"),
        ("GET /system/backup", "guard"),
        ("DELETE /api/cameras/door", "admin"),
        ("GET /api/live/door", "admin"),
    ]
