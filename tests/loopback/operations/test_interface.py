"""The JSON interface, the figures and the cameras' states in words, over a whole server."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import Identity
from tests.loopback.rtsp.scripted_camera import Camera

from vedette.device.reports import Reporter
from vedette.device.settings import store as store_module
from vedette.device.settings.document import CameraSettings
from vedette.device.settings.store import SettingsNotSaved
from vedette.server.assemble import Server
from vedette.server.browser import admin
from vedette.server.logs import JsonFormatter
from vedette.storage.errors import StorageError

Play = Callable[[Any], None]
SECRET = "hunter2-and-more"


@asynccontextmanager
async def strict_camera() -> AsyncIterator[int]:
    """The port of a camera that lets nobody in."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                count = next(line for line in head.split("\r\n") if line.lower().startswith("cseq"))
                challenge = 'WWW-Authenticate: Digest realm="camera", nonce="7f3a"'
                writer.write(f"RTSP/1.0 401 Unauthorized\r\n{count}\r\n{challenge}\r\n\r\n".encode())
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def test_each_camera_says_in_words_what_is_wrong_and_the_others_go_on(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene() -> None:
        async with strict_camera() as port:
            strict = CameraSettings(
                name="strict",
                source=f"rtsp://127.0.0.1:{port}/a",
                user="viewer",
                password=SECRET,
                record=False,
            )
            in_url = CameraSettings(
                name="inside", source=f"rtsp://viewer:{SECRET}@127.0.0.1:{port}/a", record=False
            )
            gone = CameraSettings(name="gone", source="rtsp://127.0.0.1:1/a", record=False)
            missing = CameraSettings(name="missing", source="file:/nowhere/a.mp4", record=False)
            async with running(strict, in_url, gone, missing) as site:
                cameras = list(site.server.cameras)
                await site.until(lambda: all(camera.main.problem for camera in cameras))
                answer = (await site.client.get("/api/cameras")).json()["cameras"]
                problems = {each["token"]: each["problem"] for each in answer}
                assert {each["state"] for each in answer} == {"waiting"}
                for name in ("strict", "inside"):
                    assert "refuses the credentials: wrong user or password" in problems[name]
                assert problems["gone"].endswith(
                    "Connection refused; check its address and port, and that it is on"
                )
                assert "/nowhere/a.mp4" in problems["missing"]
                assert SECRET not in json.dumps(answer)
                snapshot = await site.client.get("/snapshot/missing")
                assert snapshot.status_code == 503
                assert "/nowhere/a.mp4" in snapshot.text

    play(scene())
    written = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert "strict" in written
    assert SECRET not in written
    assert SECRET not in caplog.text


def test_a_camera_behind_tls_is_told_by_its_certificate_and_then_added_with_it(
    running: Any, play: Play, tmp_path: Path
) -> None:
    identity = Identity(tmp_path / "camera.pem")

    async def scene() -> None:
        camera = Camera()
        camera.tls = identity.server()
        await camera.start()
        fixed = CameraSettings(name="fixed", source=camera.url, ca_file=str(identity.path), record=False)
        async with running(fixed) as site:
            await camera.playing.wait()
            camera.playing.clear()
            added = {"name": "door", "source": camera.url, "record": False}
            assert (await site.client.post("/api/cameras", json=added)).status_code == 201
            door = site.server.cameras.require("door").main
            await site.until(lambda: identity.fingerprint in door.problem)
            assert (await site.client.delete("/api/cameras/door")).status_code == 204
            added["fingerprint"] = identity.fingerprint
            assert (await site.client.post("/api/cameras", json=added)).status_code == 201
            await camera.playing.wait()
        await camera.stop()

    play(scene())


def test_a_recording_says_whether_footage_is_written_and_why_not(running: Any, play: Play) -> None:
    gone = CameraSettings(name="gone", source="rtsp://127.0.0.1:1/a")
    unwanted = CameraSettings(name="unwanted", source="rtsp://127.0.0.1:1/a", record=False)

    async def scene() -> None:
        async with running(gone, unwanted) as site:

            async def recording() -> Any:
                (camera, other) = (await site.client.get("/api/cameras")).json()["cameras"]
                assert other["recording"] is None
                return camera["recording"]

            await site.until(lambda: site.server.cameras.require("gone").main.problem)
            assert (await recording())["state"] == "waiting"
            site.server.recorder.report("gone", StorageError("the disk went away"))
            await asyncio.sleep(0)
            told = await recording()
            assert (told["state"], told["problem"]) == ("error", "the disk went away")

    play(scene())


def test_who_asks_before_everything_is_made_is_told_to_ask_again(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    early: list[str] = []
    listen = Server._listen

    def ask_at_once(server: Server, listener: Any) -> None:
        listen(server, listener)
        monkeypatch.setattr(server, "_host", waiting_host(server))

    def waiting_host(server: Server) -> Any:
        make = server._host

        async def host(ending: Any) -> Any:
            for request in ("GET /healthz", "GET /api/live/a", "POST /onvif/device_service"):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.http_address.port)
                upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n" if "live" in request else ""
                writer.write(f"{request} HTTP/1.1\r\nHost: a\r\n{upgrade}Content-Length: 0\r\n\r\n".encode())
                early.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.close()
            return await make(ending)

        return host

    monkeypatch.setattr(Server, "_listen", ask_at_once)

    async def scene() -> None:
        async with running() as site:
            assert (await site.client.get("/healthz")).status_code == 200

    play(scene())
    assert [each.split()[1] for each in early] == ["503", "503", "503"]
    assert all("Retry-After: 1" in each for each in early)
    assert "incident" not in caplog.text


BAD_CAMERAS = (
    (b"", "truncated"),
    (b"{", "truncated"),
    (b"[]", "object"),
    (b'{"name": "a"}', "source"),
    (b'{"name": "a", "source": "drawn:", "color": 1}', "color"),
    (b'{"name": 1, "source": "drawn:"}', "$.name"),
    (b'{"name": "a/b", "source": "drawn:"}', "a/b"),
    (b'{"name": "a", "source": "ftp://host/"}', "ftp"),
    (b'{"name": "a", "source": "drawn:?seed=-1"}', "seed"),
    (b'{"name": "a", "source": "rtsp://host/", "transport": "sctp"}', "sctp"),
    (b'{"name": "a", "source": "rtsp://h/", "record": "yes"}', "$.record"),
    (b"\xff\xfe", "JSON"),
    (b"[" * 3000, ""),
)


def test_a_camera_that_cannot_be_is_refused_with_the_reason_and_nothing_changes(
    running: Any, play: Play
) -> None:
    async def scene() -> None:
        async with running() as site:
            before = site.server.store.path.read_bytes()
            for body, reason in BAD_CAMERAS:
                response = await site.client.post("/api/cameras", content=body)
                assert response.status_code == 400, body
                assert reason in response.json()["problem"]
                assert site.server.store.path.read_bytes() == before
                assert len(site.server.cameras) == 0

    play(scene())


def test_odd_requests_are_answered_with_the_reason(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(
            CameraSettings(name="door", source="file:/nowhere", record=False), anonymous_viewing=True
        ) as site:
            for path, status in (
                ("/api/none", 404),
                ("/api/timeline/none", 404),
                ("/api/frame/none", 404),
                ("/api/timeline/door?from_us=--5", 400),
                ("/api/timeline/door?from_us=²", 400),
                ("/api/timeline/door?from_us=-1", 400),
                ("/api/timeline/door?from_us=99999999999999999999", 400),
                ("/api/timeline/door?from_us=5&to_us=4", 400),
                ("/api/timeline/door?from_us=0", 400),
                ("/api/frame/door?at_us=1e3", 400),
                ("/api/export/none?from_us=1&to_us=5", 404),
                ("/api/export/door?from_us=5&to_us=4", 400),
                ("/api/export/door?from_us=0&to_us=9999999999999", 400),
                ("/snapshot/none", 404),
                ("/snapshot/door?stream=sub", 404),
                ("/snapshot/door?stream=main?7", 503),  # not another stream, where a client appends something
                ("/snapshot/door?width=x", 400),
                ("/snapshot/door?width=²", 400),
                ("/snapshot/door?height=9999", 400),
                ("/snapshot/door", 503),
                ("/none", 404),
                ("/../etc/passwd", 404),
            ):
                response = await site.stranger.get(path)
                assert response.status_code == status, (path, response.text)
                assert response.text.strip()
                head = await site.stranger.head(path)
                assert (head.status_code, head.content) == (status, b""), path
            assert (await site.client.put("/api/cameras", content=b"")).status_code == 405
            assert (await site.client.delete("/api/cameras/door")).status_code == 400
            assert (await site.stranger.post("/")).status_code == 405

    play(scene())


def test_head_is_answered_where_get_is_and_makes_no_export(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.Admin, "_require_footage", lambda *_: None)

    async def scene() -> None:
        async with running() as site:
            got, asked = [await site.client.request(each, "/api/cameras") for each in ("GET", "HEAD")]
            assert asked.status_code == 200
            assert asked.headers["content-length"] == got.headers["content-length"]
            assert asked.content == b""
            asked = await site.client.head("/api/export/door?from_us=1&to_us=5")
            assert (asked.status_code, asked.headers["content-type"]) == (200, "video/mp4")
            assert (await site.client.get("/api/export/door?from_us=1&to_us=5")).status_code == 404
            assert (await site.stranger.head("/api/frame/door")).status_code == 401
            refused = await site.client.put("/api/cameras", content=b"")
            assert refused.headers["allow"] == "GET, HEAD, POST"

    play(scene())


def test_a_disk_that_refuses_the_settings_is_told_and_the_camera_not_added(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object, content: bytes) -> None:
        raise SettingsNotSaved("settings.json: No space left on device")

    async def scene() -> None:
        async with running() as site:
            monkeypatch.setattr(store_module, "write_atomically", full)
            response = await site.client.post("/api/cameras", json={"name": "a", "source": "file:/x"})
            assert response.status_code == 503
            assert "No space left" in response.json()["problem"]
            assert len(site.server.cameras) == 0

    play(scene())


def test_passwords_of_cameras_are_sealed_on_disk(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            new = {"name": "a", "source": "rtsp://127.0.0.1:1/", "user": "viewer", "password": SECRET}
            response = await site.client.post("/api/cameras", json=new)
            assert response.status_code == 201
            assert SECRET not in response.text
            assert SECRET not in site.server.store.path.read_text()

    play(scene())


def test_figures_and_health_are_there_from_the_start(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(CameraSettings(name="door", source="file:/nowhere")) as site:
            figures = (await site.client.get("/metrics")).text
            for name in ("vedette_stream_live", "vedette_recording_state", "vedette_rtsp_connections"):
                assert f"# TYPE {name} gauge\n" in figures
            assert 'vedette_stream_live{camera="door",stream="main"} 0\n' in figures
            assert (await site.stranger.get("/healthz")).text.strip() == "ok"
            index = site.server.folder / "index.sqlite"
            assert index.exists()

    play(scene())


def test_a_defect_beside_recording_is_told_and_ends_nothing(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        failed = asyncio.Event()

        def report(_: Reporter) -> None:
            failed.set()
            raise KeyError("a defect")

        monkeypatch.setattr(Reporter, "report", report)
        async with running(CameraSettings(name="door", source="file:/nowhere")) as site:
            await failed.wait()
            answer = await site.stranger.get("/healthz")
            assert answer.status_code == 503
            assert answer.text.startswith("reports: ended by a defect of this program")
            assert (await site.client.get("/api/cameras")).status_code == 200

    play(scene())
