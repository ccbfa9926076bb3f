"""The commands that speak to devices and recorders, with the network replaced."""

import asyncio
import errno
import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vedette.cli.api import RecorderApi
from vedette.cli.exits import Exit
from vedette.cli.main import main
from vedette.cli.output import ProgressBar
from vedette.client.auth import Login, Reply, Request
from vedette.client.errors import LedAstray, Unreachable, Untrusted
from vedette.client.first_frame import FirstFrame
from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetServicesResponse, ServiceEntry
from vedette.contract.device.system import GetDeviceInformationResponse, RestoreSystemResponse
from vedette.contract.envelope import Dispatch, fault_envelope, response_envelope, to_soap
from vedette.contract.events import (
    Events,
    NotificationProducer,
    PullMessagesResponse,
    PullPointSubscription,
    Subscribe,
    SubscribeResponse,
)
from vedette.contract.faults import ActionNotSupported, Fault, IncompleteConfiguration, NoProfile
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import GetProfilesResponse, MediaProfile
from vedette.contract.media2.streaming import GetSnapshotUriResponse, GetStreamUriResponse
from vedette.contract.schema.notification import EndpointReference
from vedette.contract.schema.recording import RecordingSourceInformation
from vedette.contract.schema.search import (
    FindRecordingResultList,
    RecordingInformation,
    RecordingStatus,
    SearchState,
)
from vedette.contract.schema.values import OnvifVersion
from vedette.contract.search import FindRecordingsResponse, GetRecordingSearchResultsResponse, Search
from vedette.media.unit import Track, TrackKind
from vedette.wire.namespaces import TDS, TEV, TR2, TSE

HOST = "192.0.2.7"
JPEG = b"\xff\xd8 a picture"


class FakeNetwork:
    """Stands where the HTTP transport is; `answers` maps method and path to what comes back."""

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        self.answers = answers
        self.requests: list[Request] = []
        self.timeouts_s: list[float] = []  # of downloads

    def __call__(self, **_: Any) -> "FakeNetwork":
        return self

    async def send(self, request: Request, **_: Any) -> Reply:
        self.requests.append(request)
        answer = self.answers.get((request.method, request.target))
        if answer is None:
            raise Unreachable(f"{request.method} {request.target}: nobody")
        return answer(request) if callable(answer) else answer

    async def download(
        self, request: Request, take: Callable[[bytes, int], None], *, answer_timeout_s: float
    ) -> Reply:
        self.timeouts_s.append(answer_timeout_s)
        reply = await self.send(request)
        for start in range(0, len(reply.body), 4):
            take(reply.body[start : start + 4], len(reply.body))
        return reply

    async def aclose(self) -> None:
        """Nothing to close."""


def soap(request: Request) -> Reply:
    """A device with one profile and one recording."""
    incoming = Dispatch((Device, Media2, Search, PullPointSubscription)).identify(request.body)
    try:
        return Reply(status=200, body=response_envelope(incoming.operation, told(incoming.operation.name)))
    except Fault as fault:
        return Reply(status=400, body=fault_envelope(to_soap(fault, "")))


def told(name: str) -> Any:
    version = OnvifVersion(major=26, minor=6)
    match name:
        case "GetServices":
            entries = (
                (TDS, "device_service"),
                (TR2, "media2_service"),
                (TSE, "search_service"),
                (TEV, "event_service"),
            )
            return GetServicesResponse(
                services=tuple(
                    ServiceEntry(namespace=space, xaddr=f"http://{HOST}/onvif/{path}", version=version)
                    for space, path in entries
                )
            )
        case "GetDeviceInformation":
            return GetDeviceInformationResponse(
                manufacturer="Toy", model="One", firmware_version="2", serial_number="3", hardware_id="4"
            )
        case "GetProfiles":
            return GetProfilesResponse(profiles=(MediaProfile(token="main", name="Main"),))
        case "GetStreamUri":
            return GetStreamUriResponse(uri=f"rtsp://someone:secret@{HOST}/main")
        case "GetSnapshotUri":
            return GetSnapshotUriResponse(uri=f"http://{HOST}/picture")
        case "FindRecordings":
            return FindRecordingsResponse(search_token="s")
        case "GetRecordingSearchResults":
            return GetRecordingSearchResultsResponse(result_list=found())
    raise ActionNotSupported(f"{name} is not offered")


def found() -> FindRecordingResultList:
    source = RecordingSourceInformation(
        source_id="x", name="Front door", location="", description="", address=""
    )
    recording = RecordingInformation(
        recording_token="door", source=source, content="", recording_status=RecordingStatus.RECORDING
    )
    return FindRecordingResultList(search_state=SearchState.COMPLETED, recording_information=(recording,))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> FakeNetwork:
    """One device that is a recorder too."""
    state = {"token": "door", "name": "Front door", "state": "live", "main": {"codec": "H264"}}
    made = FakeNetwork(
        {
            **{("POST", f"/onvif/{name}_service"): soap for name in ("device", "media2", "search")},
            ("GET", "/picture"): Reply(status=200, body=JPEG),
            ("GET", "/api/cameras"): Reply(status=200, body=json.dumps({"cameras": [state]}).encode()),
            ("POST", "/api/cameras"): Reply(status=201, body=b"{}"),
            ("DELETE", "/api/cameras/door"): Reply(status=204),
            ("DELETE", "/api/cameras/yard"): Reply(status=404, body=b'{"problem":"no camera \'yard\'"}'),
        }
    )
    monkeypatch.setattr("vedette.client.camera.HttpTransport", made)
    monkeypatch.setattr("vedette.cli.api.HttpTransport", made)
    for name in ("VEDETTE_USER", "VEDETTE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return made


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


def test_cameras_of_a_running_recorder(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    server = ["--server", f"http://{HOST}:8080"]
    assert main(["camera", "list", *server]) == Exit.OK
    told = capsys.readouterr().out
    assert "Front door" in told
    assert "H264 0x0" in told
    assert "fps" not in told, "the rate of single pictures is not known"
    assert main(["camera", "add", "yard", "rtsp://me:geheim@192.0.2.9/main", *server]) == Exit.OK
    sent = json.loads(network.requests[-1].body)
    assert (sent["name"], sent["source"], sent["user"], sent["password"]) == (
        "yard",
        "rtsp://192.0.2.9/main",
        "me",
        "geheim",
    )
    assert main(["camera", "remove", "door", *server]) == Exit.OK
    assert main(["camera", "remove", "yard", *server]) == Exit.FAILED
    captured = capsys.readouterr()
    assert captured.err == "vedette camera: no camera 'yard'\n"
    assert "geheim" not in captured.out


def test_an_export_is_fetched_whole_or_not_at_all(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    path = "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"
    network.answers["GET", path] = Reply(status=200, body=b"a whole film")
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.OK
    assert (tmp_path / "a.mp4").read_bytes() == b"a whole film"
    network.answers["GET", path] = Reply(status=404, body=b'{"problem":"no footage"}')
    assert main(["export", "door", str(tmp_path / "b.mp4"), *span]) == Exit.FAILED
    assert f"no footage; what there is: vedette recordings {HOST}" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["a.mp4"]


def test_an_export_that_is_fetched_shows_a_bar_before_its_first_byte(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[bool, int, int]] = []

    def update(_: ProgressBar, done: int, whole: int) -> None:
        is_asked = any("/api/export" in each.url for each in network.requests)
        shown.append((is_asked, done, whole))

    monkeypatch.setattr(ProgressBar, "update", update)
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    path = "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"
    network.answers["GET", path] = Reply(status=200, body=b"a whole film")
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == Exit.OK
    assert shown[0] == (False, 0, 1)
    assert shown[-1][:2] == (True, 12)


def test_an_export_that_is_fetched_and_told_to_stop_leaves_nothing(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def download(api: RecorderApi, path: str, write: Any, *_: Any, **__: Any) -> None:
        write(b"a part")
        signal.raise_signal(signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(RecorderApi, "download", download)
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z", "--server", HOST]
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span]) == 128 + signal.SIGTERM
    assert "a.mp4 was complete" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--close-gaps", "--no-metadata"])
def test_an_export_refuses_what_a_running_recorder_cannot_do(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    span = ["--from", "-2m", "--to", "-1m", "--server", HOST]
    assert main(["export", "door", str(tmp_path / "a.mp4"), *span, option]) == Exit.USAGE
    assert f"{option} needs the data folder" in capsys.readouterr().err
    assert not network.requests


def test_a_server_that_answers_anything_is_no_recorder(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Reply(status=200, headers=(("content-type", "text/html"),), body=b"<html>")
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/door")):
        network.answers[method, f"/api/cameras{path}"] = page
    network.answers["GET", "/api/export/door?from_us=1777636800000000&to_us=1777636801000000"] = page
    span = ["--from", "2026-05-01T12:00:00Z", "--to", "2026-05-01T12:00:01Z"]
    for words in (
        ["export", "door", str(tmp_path / "a.mp4"), *span],
        ["camera", "add", "yard", "rtsp://192.0.2.9/main"],
        ["camera", "remove", "door"],
        ["camera", "list"],
    ):
        assert main([*words, "--server", HOST]) == Exit.UNREACHABLE, words
        captured = capsys.readouterr()
        assert "Vedette recorder" in captured.err
        assert not captured.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("problem", "option"),
    [
        (Untrusted("x: its certificate is not trusted"), "--ca FILE, or --insecure"),
        (LedAstray("x"), "--xaddr"),
    ],
)
def test_a_problem_that_an_option_solves_names_the_option(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str], problem: Unreachable, option: str
) -> None:
    def fail(_: Request) -> Reply:
        raise problem

    network.answers["GET", "/api/cameras"] = fail
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    assert option in capsys.readouterr().err


def test_an_export_of_more_footage_is_waited_for_longer(network: FakeNetwork, tmp_path: Path) -> None:
    for hours, name in ((1, "a"), (24, "b")):
        start_us = 1_777_636_800_000_000
        path = f"/api/export/door?from_us={start_us}&to_us={start_us + hours * 3_600_000_000}"
        network.answers["GET", path] = Reply(status=200, body=b"a whole film")
        end = f"2026-05-0{1 + hours // 24}T{(12 + hours) % 24:02d}:00:00Z"
        span = ["--from", "2026-05-01T12:00:00Z", "--to", end, "--server", HOST]
        assert main(["export", "door", str(tmp_path / f"{name}.mp4"), *span]) == Exit.OK
    assert network.timeouts_s == [180.0, 120.0 + 24 * 60.0]


def test_a_refused_login_has_its_own_status(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=401)
    assert main(["camera", "list", "--server", HOST]) == Exit.NOT_AUTHORIZED
    assert "VEDETTE_USER" in capsys.readouterr().err


def test_a_password_that_is_missing_is_asked_for_on_a_terminal_and_else_named(
    network: FakeNetwork, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(
        status=401, headers=(("www-authenticate", 'Digest realm="r", nonce="n", qop="auth"'),)
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["camera", "list", "--server", HOST, "--user", "admin"]) == Exit.NOT_AUTHORIZED
    assert "wants the password of 'admin'" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")
    assert main(["camera", "list", "--server", HOST, "--user", "admin"]) == Exit.NOT_AUTHORIZED
    assert asked == ["password of admin: "]
    assert "wrong password" in capsys.readouterr().err


def test_a_camera_that_gives_nothing_has_no_size_and_no_rate(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = {"token": "yard", "name": "Yard", "state": "waiting", "problem": "no answer", "main": {"width": 0}}
    network.answers["GET", "/api/cameras"] = Reply(status=200, body=json.dumps({"cameras": [idle]}).encode())
    assert main(["camera", "list", "--server", HOST]) == Exit.OK
    assert capsys.readouterr().out == "yard  Yard  waiting  -  not recorded  no answer\n"


def test_another_server_than_a_recorder_is_told(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=404, body=b"<html>")
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    assert "is no Vedette recorder" in capsys.readouterr().err


def test_a_recorder_that_starts_is_not_called_something_else(
    network: FakeNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    network.answers["GET", "/api/cameras"] = Reply(status=503, body=b"starting")
    assert main(["camera", "list", "--server", HOST]) == Exit.UNREACHABLE
    told = capsys.readouterr().err
    assert "it is starting or busy" in told
    assert "no Vedette recorder" not in told


def test_options_go_before_the_url_and_the_url_before_the_environment(
    network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_USER", "env")
    monkeypatch.setenv("VEDETTE_PASSWORD", "e")
    challenge = Reply(status=401, headers=(("www-authenticate", 'Digest realm="r", nonce="n", qop="auth"'),))
    network.answers["GET", "/api/cameras"] = challenge
    shown = []
    for arguments in (
        ["http://url:u@192.0.2.7", "--user", "opt", "--password", "o"],
        ["http://url:u@192.0.2.7"],
        [HOST],
    ):
        assert main(["camera", "list", "--server", *arguments]) == Exit.NOT_AUTHORIZED
        authorization = dict(network.requests[-1].headers)["Authorization"]
        shown.append(authorization.partition('username="')[2].partition('"')[0])
    assert shown == ["opt", "url", "env"]


def test_no_profile_means_no_picture(
    network: FakeNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(request: Request) -> Reply:
        return Reply(status=400, body=fault_envelope(to_soap(NoProfile("no profile 'attic'"), "")))

    network.answers["POST", "/onvif/media2_service"] = refuse
    assert main(["snapshot", HOST, "-o", str(tmp_path / "a.jpg"), "--profile", "attic"]) == Exit.FAILED
    assert "attic" in capsys.readouterr().err
