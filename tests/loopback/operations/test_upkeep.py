"""Logs, support information, backups, factory defaults and restarts of a whole server."""

import asyncio
import hashlib
import io
import json
import logging
from typing import Any

import httpx2
import msgspec
import pytest

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.operation import Operation
from vedette.contract.schema.security import User, UserLevel
from vedette.contract.schema.system import DiscoveryMode, FactoryDefaultType, SystemLogType
from vedette.device.settings.document import VERSION, CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import UNKNOWN_PLACE

SOAP = {"Content-Type": "application/soap+xml"}
BYTES = {"Content-Type": "application/octet-stream"}
PASSWORD = "correct-horse-9"
GUARD = User(username="guard", password="night shift 7", user_level=UserLevel.OPERATOR)


async def ask(site: Any, operation: Operation[Any, Any, Any], **fields: Any) -> Any:
    body = request_envelope(operation, operation.request(**fields), message_id="urn:uuid:1")
    answer = await site.client.post("/onvif/device_service", content=body, headers=SOAP)
    return read_response(operation, answer.content, tolerant=False)


def test_logs_are_told_in_messages_and_over_http(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            for kind in SystemLogType:
                with pytest.raises((faults.AccesslogUnavailable, faults.SystemlogUnavailable)):
                    await ask(site, Device.get_system_log, log_type=kind)
            early = await ask(site, Device.get_system_uris)
            for each in early.system_log_uris.system_logs:
                assert "nothing has been written" in (await site.client.get(each.uri)).text
            logging.getLogger("vedette.test").warning("a line with a password=hidden and \x01")
            logging.getLogger("vedette.audit").warning("somebody came in")
            told = (await ask(site, Device.get_system_log, log_type=SystemLogType.SYSTEM)).system_log
            assert "a line with a password=… and \N{REPLACEMENT CHARACTER}" in told.string
            assert "somebody" not in told.string
            uris = await ask(site, Device.get_system_uris)
            by_kind = {each.type: each.uri for each in uris.system_log_uris.system_logs}
            assert "somebody came in" in (await site.client.get(by_kind[SystemLogType.ACCESS])).text
            assert "a line with" in (await site.client.get(by_kind[SystemLogType.SYSTEM])).text
            for uri in (*by_kind.values(), uris.support_info_uri, uris.system_backup_uri):
                assert (await site.stranger.get(uri)).status_code == 401
            assert (await site.client.get(f"{site.base}/system/other")).status_code == 404
            assert (await site.client.post(uris.support_info_uri)).status_code == 405

    play(scene())


def test_a_device_whose_operator_has_discovery_off_says_so_and_stays_so(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:  # without discovery
            told = await ask(site, Device.get_discovery_mode)
            assert told.discovery_mode is DiscoveryMode.NON_DISCOVERABLE
            with pytest.raises(faults.OperationProhibited, match="operator"):
                await ask(site, Device.set_discovery_mode, discovery_mode=DiscoveryMode.DISCOVERABLE)
            await ask(site, Device.set_discovery_mode, discovery_mode=DiscoveryMode.NON_DISCOVERABLE)

    play(scene())


def test_support_information_tells_the_state_and_no_secret(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running(CameraSettings(name="gate", source="drawn:?seed=1")) as site:
            told = (await ask(site, Device.get_system_support_information)).support_information.string
            assert "gate: " in told
            assert "MiB free of" in told
            assert PASSWORD not in told
            uris = await ask(site, Device.get_system_uris)
            assert (await site.client.get(uris.support_info_uri)).text.startswith("== device\nVedette")

    play(scene())


def test_a_backup_brings_everything_back_at_once(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            store = site.server.store
            await ask(site, Device.create_users, users=(GUARD,))
            await ask(site, Device.set_hostname, name="before")
            uris = await ask(site, Device.get_system_uris)
            backup = (await site.client.get(uris.system_backup_uri)).content
            assert b"night shift" not in backup
            assert store.current.maintenance.last_backup_utc_us > 0
            await ask(site, Device.delete_users, usernames=("guard",))
            await ask(site, Device.set_hostname, name="after")
            path = (await ask(site, Device.start_system_restore)).upload_uri
            assert (await site.stranger.post(path, content=backup, headers=BYTES)).status_code == 401
            assert (await site.client.post(path, content=backup, headers=BYTES)).status_code == 200
            assert store.current.system.hostname == "before"
            assert site.server.accounts.users.get("guard").password == "night shift 7"
            assert site.server.upkeep.restart.is_asked
            assert (await site.client.post(path, content=backup, headers=BYTES)).status_code == 404

    play(scene())


def test_a_disk_that_takes_no_settings_is_named_and_a_backup_is_to_be_had(
    running: Any, play: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with running() as site:
            store = site.server.store
            before = store.current
            store.path.with_name("settings.json.new").mkdir()  # what is written first
            with pytest.raises(faults.Action, match=r"nothing has changed: .*Is a directory"):
                await ask(site, Device.set_hostname, name="other")
            uris = await ask(site, Device.get_system_uris)
            assert (await site.client.get(uris.system_backup_uri)).json()["format"] == "vedette backup"
            body = request_envelope(Device.get_system_backup, Device.get_system_backup.request())
            answer = await site.client.post("/onvif/device_service", content=body, headers=SOAP)
            assert b"vedette backup" in answer.content
            assert store.current == before
            assert all(each.exc_info is None for each in caplog.records)

    play(scene())


def _spoilt(backup: bytes) -> dict[str, bytes]:
    whole = json.loads(backup)
    return {
        "empty": b"",
        "not json": b"\xff\xfe\x00",
        "cut": backup[: len(backup) // 2],
        "changed": backup.replace(b'"hostname":"before"', b'"hostname":"forged"'),
        "too new": json.dumps({**whole, "version": 99}).encode(),
        "not understood": _made_of(whole, {**whole["settings"], "walls": {"height_m": 2}}),
    }


def _made_of(backup: dict[str, Any], settings: dict[str, Any]) -> bytes:
    checksum = hashlib.sha256(msgspec.json.encode(settings)).hexdigest()
    return msgspec.json.encode({**backup, "settings": settings, "sha256": checksum})


@pytest.mark.parametrize("how", ["empty", "not json", "cut", "changed", "too new", "not understood"])
def test_a_spoilt_backup_is_415_and_changes_nothing(running: Any, play: Any, how: str) -> None:
    async def scene() -> None:
        async with running() as site:
            await ask(site, Device.set_hostname, name="before")
            uris = await ask(site, Device.get_system_uris)
            backup = (await site.client.get(uris.system_backup_uri)).content
            before = site.server.store.current
            path = (await ask(site, Device.start_system_restore)).upload_uri
            spoilt = _spoilt(backup)[how]
            assert (await site.client.post(path, content=spoilt, headers=BYTES)).status_code == 415
            assert site.server.store.current == before
            assert not site.server.upkeep.restart.is_asked

    play(scene())


def test_a_backup_that_an_older_program_made_is_brought_back(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            await ask(site, Device.set_hostname, name="before")
            uris = await ask(site, Device.get_system_uris)
            backup = (await site.client.get(uris.system_backup_uri)).json()
            older = _made_of({**backup, "version": 1}, {**backup["settings"], "version": 1})
            await ask(site, Device.set_hostname, name="after")
            path = (await ask(site, Device.start_system_restore)).upload_uri
            assert (await site.client.post(path, content=older, headers=BYTES)).status_code == 200
            assert site.server.store.current.system.hostname == "before"
            assert site.server.store.current.version == VERSION

    play(scene())


@pytest.mark.parametrize("kind", list(FactoryDefaultType))
def test_a_reset_takes_back_what_was_set(running: Any, play: Any, kind: FactoryDefaultType) -> None:
    async def scene() -> None:
        async with running() as site:
            store = site.server.store
            before = store.current.system
            former = store.path.with_name("settings.json.before")
            former.write_bytes(b"{}")  # of before an upgrade, with passwords
            await ask(site, Device.create_users, users=(GUARD,))
            await ask(site, Device.set_hostname, name="gate")
            await ask(site, Device.add_scopes, scope_items=("onvif://www.onvif.org/location/city/lund",))
            await ask(site, Device.set_system_factory_default, factory_default=kind)
            after = store.current
            is_hard = kind is FactoryDefaultType.HARD
            assert after.system.scopes == (UNKNOWN_PLACE,)
            assert (after.system.endpoint, after.system.serial_number) == (
                before.endpoint,
                before.serial_number,
            )
            assert [each.name for each in after.users] == ([] if is_hard else ["admin", "guard"])
            assert after.system.hostname == ("" if is_hard else "gate")
            assert former.exists() is not is_hard
            assert after.maintenance.last_reset_utc_us > 0
            assert SettingsStore.open(store.path, Settings).current == after
            await site.server.upkeep.restart.wait()

    play(scene())


def _call(client: httpx2.Client, port: int, operation: Operation[Any, Any, Any]) -> Any:
    body = request_envelope(operation, operation.request(), message_id="urn:uuid:1")
    url = f"http://127.0.0.1:{port}/onvif/device_service"
    return read_response(operation, client.post(url, content=body, headers=SOAP).content, tolerant=False)


def test_a_reboot_is_answered_and_then_the_process_begins_anew(start_process: Any) -> None:
    login = httpx2.DigestAuth("admin", PASSWORD)
    with start_process() as process, httpx2.Client(auth=login) as client:
        process.welcome()
        assert "Restarting" in _call(client, process.http_port, Device.system_reboot).message
        process.output.clear()
        process.welcome()
        assert process.running.poll() is None  # the same process number goes on
        users = _call(client, process.http_port, Device.get_users).users
        assert [each.username for each in users] == ["admin"]
        assert process.ends_within_s(4) == 0


def test_the_infrared_lamp_takes_the_colours_away(running: Any, play: Any) -> None:
    async def scene() -> None:
        camera = CameraSettings(name="gate", source="drawn:?seed=1")
        async with running(camera, CameraSettings(name="file", source="file:none.mp4")) as site:
            told = (await ask(site, Device.get_service_capabilities)).capabilities.misc.auxiliary_commands
            assert told == ("tt:IRLamp|On", "tt:IRLamp|Off")
            old = (await ask(site, Device.get_capabilities)).capabilities.device.io
            assert old.extension.auxiliary_commands == told
            for wrong in ("tt:Wiper|On", ""):
                with pytest.raises(faults.AuxiliaryDataNotSupported):
                    await ask(site, Device.send_auxiliary_command, auxiliary_command=wrong)
            await ask(site, Device.send_auxiliary_command, auxiliary_command="tt:IRLamp|On")
            await _seen(site, is_grey=True)
            await ask(site, Device.send_auxiliary_command, auxiliary_command="tt:IRLamp|Off")
            await _seen(site, is_grey=False)

    play(scene())


async def _seen(site: Any, *, is_grey: bool) -> None:
    """Wait until snapshots have, or have not, colours."""
    av = pytest.importorskip("av")
    async with asyncio.timeout(10):
        while True:
            answer = await site.client.get("/snapshot/gate")
            if answer.status_code == 200:
                with av.open(io.BytesIO(answer.content)) as picture:
                    frame = next(picture.decode(video=0)).to_ndarray(format="yuv444p")
                if bool(abs(frame[1:].astype(int) - 128).max() < 16) is is_grey:
                    return
            await asyncio.sleep(0.05)


def test_a_server_without_drawn_cameras_has_no_lamp(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            assert (await ask(site, Device.get_service_capabilities)).capabilities.misc is None
            with pytest.raises(faults.AuxiliaryDataNotSupported):
                await ask(site, Device.send_auxiliary_command, auxiliary_command="tt:IRLamp|On")

    play(scene())
