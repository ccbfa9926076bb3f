"""Users of roles that clients made: the page, pictures and files go by the operations that the roles name."""

from typing import Any

import httpx2
import pytest
import websockets

from vedette.contract.schema.security import UserLevel, UserRole
from vedette.device.settings.document import CameraSettings
from vedette.device.uploads import UploadKind
from vedette.security.users import User
from vedette.storage.index import Usage

DOOR = CameraSettings(name="door", source="file:/nowhere/door.mp4", record=True)
FORBIDDEN = 403


async def with_role(site: Any, *functions: str) -> httpx2.DigestAuth:
    """The login of a new user who has one role with these functions."""
    offer = site.server.services.offer
    await site.server.upkeep.roles.set(UserRole(name="Chosen", functions=functions), offer)
    extra = User(name="extra", password="extra person", level=UserLevel.EXTENDED, roles=("Chosen",))
    await site.server.accounts.change(lambda users: users.create([extra]))
    return httpx2.DigestAuth(extra.name, extra.password)


EVERYWHERE = (
    "/",
    "/api/cameras",
    "/snapshot/door",
    "/api/timeline/door",
    "/api/frame/door",
    "/api/export/door",
    "/api/io",
    "/metrics",
    "/system/backup",
    "/system/support",
    "/system/log/system",
)


@pytest.mark.parametrize(
    ("functions", "opened"),
    [
        (("tr2:GetProfiles",), {"/", "/api/cameras"}),
        (("trt:GetSnapshotUri",), {"/snapshot/door"}),
        (("trp:GetReplayUri",), {"/api/timeline/door", "/api/frame/door", "/api/export/door"}),
        (("tse:GetRecordingInformation",), {"/api/timeline/door"}),
        (("tmd:GetDigitalInputs",), {"/api/io"}),
        (("tds:GetSystemBackup",), {"/system/backup"}),
        (("tds:GetSystemSupportInformation",), {"/system/support"}),
        (("tds:GetSystemLog",), {"/system/log/system"}),
        (("tds:GetUsers", "tr2:GetStreamUri"), set()),
    ],
)
def test_a_role_opens_what_its_operations_lead_to_and_nothing_else(
    running: Any, play: Any, functions: tuple[str, ...], opened: set[str]
) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            login = await with_role(site, *functions)
            found = set()
            for path in EVERYWHERE:
                status = (await site.stranger.get(path, auth=login)).status_code
                assert status != 401, path
                if status != FORBIDDEN:
                    found.add(path)
            assert found == opened
            for method, path in (("DELETE", "/api/cameras/door"), ("PUT", "/api/io/inputs/input1")):
                refused = await site.stranger.request(method, path, auth=login, json={"closed": True})
                assert refused.status_code == FORBIDDEN

    play(scene())


def test_a_role_tells_only_its_own_part_of_what_is_told_together(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            login = await with_role(site, "tr2:GetProfiles", "tmd:GetDigitalInputs")
            everything = (await site.client.get("/api/io")).json()
            assert everything["relays"]
            assert everything["serial"]
            states = (await site.stranger.get("/api/io", auth=login)).json()
            assert states == {"relays": [], "inputs": everything["inputs"], "serial": []}
            assert states["inputs"]

    play(scene())


@pytest.mark.parametrize(
    ("functions", "told"), [((), (0, 0, 0)), (("tse:GetRecordingInformation",), (5, 9, 70))]
)
def test_the_list_of_cameras_tells_what_is_recorded_to_those_who_may_know(
    running: Any,
    play: Any,
    monkeypatch: pytest.MonkeyPatch,
    functions: tuple[str, ...],
    told: tuple[int, int, int],
) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            monkeypatch.setattr(site.server.archive, "usage", lambda name: Usage(5, 9, 70, 1))
            login = await with_role(site, "tr2:GetProfiles", *functions)
            (camera,) = (await site.stranger.get("/api/cameras", auth=login)).json()["cameras"]
            recording = camera["recording"]
            assert (recording["from_utc_us"], recording["to_utc_us"], recording["bytes"]) == told

    play(scene())


@pytest.mark.parametrize(
    ("function", "path"), [("tr2:GetStreamUri", "/api/live/door"), ("trp:GetReplayUri", "/api/playback/door")]
)
def test_a_role_opens_the_socket_of_what_it_may_watch(
    running: Any, play: Any, function: str, path: str
) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            login = await with_role(site, function, "tr2:GetProfiles")
            page = await site.stranger.get("/", auth=login)
            cookie = page.headers["set-cookie"].partition(";")[0]
            url = site.base.replace("http", "ws")
            for each in ("/api/live/door", "/api/playback/door"):
                if each == path:
                    async with websockets.connect(url + each, additional_headers={"Cookie": cookie}):
                        pass
                else:
                    with pytest.raises(websockets.InvalidStatus):
                        await websockets.connect(url + each, additional_headers={"Cookie": cookie})

    play(scene())


def test_uploads_are_for_those_who_may_ask_for_their_address(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            login = await with_role(site, "tds:StartSystemRestore")
            uploads = site.server.upkeep.uploads
            restore, upgrade = uploads.open(UploadKind.BACKUP), uploads.open(UploadKind.FIRMWARE)
            assert (await site.stranger.post(restore, auth=login, content=b"none")).status_code == 415
            assert (await site.stranger.post(upgrade, auth=login, content=b"none")).status_code == FORBIDDEN
            assert uploads.kind_of(upgrade) is UploadKind.FIRMWARE

    play(scene())


def test_where_viewing_is_open_a_login_that_is_shown_still_counts(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running(DOOR, anonymous_viewing=True) as site:
            nobody = (await site.stranger.get("/api/io")).json()
            assert nobody["relays"]
            assert nobody["inputs"] == nobody["serial"] == []
            await site.client.get("/metrics")  # there the client is asked to log in, and does so from now on
            assert (await site.client.get("/api/io")).json()["inputs"]
            wrong = await site.stranger.get("/api/cameras", headers={"Authorization": "Digest nonsense"})
            assert wrong.status_code == 401

    play(scene())
