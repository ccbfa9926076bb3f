"""The commands that speak to devices, with the network replaced."""

import errno
import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.cli.fake_network import HOST, JPEG, FakeNetwork, soap

from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.client.auth import Login, Reply, Request
from vedette.client.first_frame import FirstFrame
from vedette.contract.device import Device
from vedette.contract.device.system import RestoreSystemResponse
from vedette.contract.envelope import Dispatch, fault_envelope, response_envelope, to_soap
from vedette.contract.events import (
    Events,
    NotificationProducer,
    PullMessagesResponse,
    PullPointSubscription,
    Subscribe,
    SubscribeResponse,
)
from vedette.contract.faults import IncompleteConfiguration, NoProfile
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import GetProfilesResponse, MediaProfile
from vedette.contract.schema.notification import EndpointReference
from vedette.media.unit import Track, TrackKind


def test_a_call_prints_json(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", HOST, "Device.GetDeviceInformation", "--compact"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["Manufacturer"] == "Toy"


def test_a_fault_is_told_in_its_own_words(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", HOST, "Device.GetHostname"]) == Exit.FAILED
    assert capsys.readouterr().err == "vedette call: GetHostname is not offered\n"


def test_a_missing_service_is_told(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", HOST, "PTZ.GetNodes"]) == Exit.FAILED
    assert "no PTZ service" in capsys.readouterr().err


def test_a_subscription_is_called_at_its_own_address(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    from datetime import UTC, datetime

    def pull(request: Request) -> Reply:
        incoming = Dispatch((PullPointSubscription,)).identify(request.body)
        now = datetime(2026, 5, 1, tzinfo=UTC)
        answer = PullMessagesResponse(current_time=now, termination_time=now)
        return Reply(status=200, body=response_envelope(incoming.operation, answer))

    network.answers["POST", "/onvif/subscription/1"] = pull
    url = f"http://{HOST}/onvif/subscription/1"
    arguments = ["PullPointSubscription.PullMessages", "Timeout=PT1S", "MessageLimit=1"]
    assert main(["call", url, *arguments]) == Exit.OK
    assert "TerminationTime" in capsys.readouterr().out


def test_subscribing_is_asked_of_the_event_service(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Subscribe] = []

    def subscribe(request: Request) -> Reply:
        incoming = Dispatch((Events, NotificationProducer)).identify(request.body)
        assert incoming.operation.name == "Subscribe"
        asked.append(incoming.decode())
        reference = EndpointReference(address=f"http://{HOST}/onvif/subscription/7")
        answer = SubscribeResponse(subscription_reference=reference)
        return Reply(status=200, body=response_envelope(incoming.operation, answer, incoming.addressing))

    network.answers["POST", "/onvif/event_service"] = subscribe
    arguments = ["ConsumerReference.Address=http://192.0.2.9:9000/", "Filter.Topic=tns1:Device//."]
    for name in ("NotificationProducer", "notification_producer"):
        assert (
            main(["call", HOST, f"{name}.Subscribe", *arguments, "InitialTerminationTime=PT1M", "--compact"])
            == Exit.OK
        )
    told = json.loads(capsys.readouterr().out.splitlines()[0])
    assert told["SubscriptionReference"]["Address"].endswith("/subscription/7")
    assert asked[0].consumer_reference.address == "http://192.0.2.9:9000/"
    assert asked[0].initial_termination_time == "PT1M"
    assert asked[0].filter is not None


def test_a_file_beside_the_message_goes_out_as_a_package(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backup").write_bytes(b"\x00 what was kept")
    brought: list[bytes | None] = []

    def restore(request: Request) -> Reply:
        kind = dict(request.headers)["Content-Type"]
        if not kind.startswith("multipart/related"):
            return soap(request)
        incoming = Dispatch((Device,)).identify(request.body, content_type=kind)
        brought.extend(each.data.include.content for each in incoming.decode().backup_files)
        return Reply(status=200, body=response_envelope(incoming.operation, RestoreSystemResponse()))

    network.answers["POST", "/onvif/device_service"] = restore
    arguments = ["BackupFiles.Name=old", f"BackupFiles.Data=@{tmp_path}/backup"]
    assert main(["call", HOST, "Device.RestoreSystem", *arguments]) == Exit.OK
    assert brought == [b"\x00 what was kept"]
    assert json.loads(capsys.readouterr().out) == {}


def test_a_snapshot_is_written_once(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "a.jpg"
    assert main(["snapshot", HOST, "-o", str(target)]) == Exit.OK
    assert target.read_bytes() == JPEG
    assert main(["snapshot", HOST, "-o", str(target)]) == Exit.FAILED
    assert main(["snapshot", HOST, "-o", str(target), "--force"]) == Exit.OK
    network.answers["GET", "/picture"] = Reply(status=503)
    assert main(["snapshot", HOST, "-o", str(target), "--force"]) == Exit.FAILED
    network.answers["GET", "/picture"] = Reply(status=401)
    assert main(["snapshot", HOST, "-o", str(target), "--force"]) == Exit.NOT_AUTHORIZED


def test_a_snapshot_that_finds_no_room_leaves_what_was_there(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("vedette.storage.draft.os.fsync", full)
    target = tmp_path / "a.jpg"
    assert main(["snapshot", HOST, "-o", str(target)]) == Exit.FAILED
    assert not [*tmp_path.iterdir()]
    target.write_bytes(b"the one before")
    assert main(["snapshot", HOST, "-o", str(target), "--force"]) == Exit.FAILED
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.jpg", b"the one before")]


def test_a_snapshot_goes_into_a_pipe_and_through_a_link(network: FakeNetwork, tmp_path: Path) -> None:
    pipe, link, target = (tmp_path / name for name in ("pipe", "link", "target"))
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert main(["snapshot", HOST, "-o", str(pipe), "--force"]) == Exit.OK
        assert os.read(reading, 100) == JPEG
    finally:
        os.close(reading)
    target.write_bytes(b"the one before")
    link.symlink_to(target)
    assert main(["snapshot", HOST, "-o", str(link), "--force"]) == Exit.OK
    assert link.is_symlink()
    assert target.read_bytes() == JPEG


def test_a_probe_tells_all_but_passwords(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", HOST, "--no-play"]) == Exit.OK
    out = capsys.readouterr().out
    for part in ("Toy One", "26.06", "media/wsdl", f"rtsp://{HOST}/main"):
        assert part in out
    assert "secret" not in out


def test_a_probe_goes_on_after_a_profile_that_gives_no_stream(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    def two(request: Request) -> Reply:
        operation = Dispatch((Media2,)).identify(request.body).operation
        if operation.name == "GetProfiles":
            profiles = (MediaProfile(token="empty", name="Empty"), MediaProfile(token="main", name="Main"))
            return Reply(
                status=200, body=response_envelope(operation, GetProfilesResponse(profiles=profiles))
            )
        if b">empty<" in request.body:
            return Reply(status=400, body=fault_envelope(to_soap(IncompleteConfiguration("no encoder"), "")))
        return soap(request)

    network.answers["POST", "/onvif/media2_service"] = two
    assert main(["probe", HOST, "--no-play"]) == Exit.FAILED
    out = capsys.readouterr().out
    assert "no encoder" in out
    assert f"rtsp://{HOST}/main" in out


def test_a_probe_goes_on_after_a_device_that_does_not_say_what_it_is(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    def short(request: Request) -> Reply:
        reply = soap(request)
        return msgspec.structs.replace(
            reply, body=re.sub(rb"<tds:HardwareId>.*</tds:HardwareId>", b"", reply.body)
        )

    network.answers["POST", "/onvif/device_service"] = short
    assert main(["probe", HOST, "--no-play"]) == Exit.FAILED
    out = capsys.readouterr().out
    assert "HardwareId is missing" in out
    assert f"rtsp://{HOST}/main" in out


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        ((TrackKind.AUDIO, TrackKind.VIDEO), "picture"),
        ((TrackKind.AUDIO, TrackKind.METADATA), "sound"),
        ((TrackKind.METADATA,), "document"),
    ],
)
def test_a_probe_tells_what_came_first(
    network: FakeNetwork,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kinds: tuple[TrackKind, ...],
    first: str,
) -> None:
    tracks = tuple(
        Track(number=number, kind=kind, codec="PCMU", clock_hz=8000) for number, kind in enumerate(kinds)
    )

    async def played(url: str, **_: Any) -> FirstFrame:
        return FirstFrame(tracks=tracks, after_s=0.25, left_out=())

    monkeypatch.setattr("vedette.client.first_frame.first_frame", played)
    main(["probe", HOST])
    assert f"; first {first} after 250 ms" in capsys.readouterr().out


def test_a_device_without_media_has_no_profiles(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.client.profiles.TR2", "urn:other")
    assert main(["probe", HOST]) == Exit.OK
    assert "profiles: none" in capsys.readouterr().out


def test_a_name_in_the_url_takes_its_password_from_elsewhere(
    network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for arguments, environment in ((["--password", "o"], ""), ([], "e"), (["--password", "o"], "e")):
        monkeypatch.setenv("VEDETTE_PASSWORD", environment)
        used: list[tuple[str, str]] = []

        def noted(user: str, password: str, used: list[tuple[str, str]] = used, **_: Any) -> Login:
            used.append((user, password))
            return Login(user, password)

        monkeypatch.setattr("vedette.client.camera.Login", noted)
        monkeypatch.setattr("vedette.cli.api.Login", noted)
        assert main(["probe", f"http://url@{HOST}", "--no-play", *arguments]) == Exit.OK
        assert main(["camera", "list", "--server", f"http://url@{HOST}", *arguments]) == Exit.OK
        shown += used
    assert shown == [("url", "o")] * 2 + [("url", "e")] * 2 + [("url", "o")] * 2


def test_recordings_of_a_device_are_searched(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recordings", HOST]) == Exit.OK
    assert capsys.readouterr().out == "door  Front door\n  no footage\n"
    assert main(["recordings", HOST, "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == [
        {"token": "door", "name": "Front door", "spans": [], "tracks": []}
    ]


def test_no_profile_means_no_picture(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(request: Request) -> Reply:
        return Reply(status=400, body=fault_envelope(to_soap(NoProfile("no profile 'attic'"), "")))

    network.answers["POST", "/onvif/media2_service"] = refuse
    assert main(["snapshot", HOST, "-o", str(tmp_path / "a.jpg"), "--profile", "attic"]) == Exit.FAILED
    assert "attic" in capsys.readouterr().err
