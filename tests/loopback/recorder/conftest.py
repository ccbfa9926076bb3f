"""A device without sockets: requests go in as XML and come back as XML, validated on the way."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from tests.storage.conftest import sample_entry

from vedette.base.clock import ManualClock
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.schema.security import UserLevel
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.context import RequestContext
from vedette.device.dispatch import Dispatcher
from vedette.device.events import EventBroker
from vedette.device.jobs import Recorder, wanted_by
from vedette.device.offer import Offer
from vedette.device.recordings import Recordings
from vedette.device.reports import Reporter
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator, Identity, Login
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import Users
from vedette.storage.archive import Archive
from vedette.storage.events import EventLog
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import RetentionLimits

OPERATOR = Identity(user_name="operator", level=UserLevel.OPERATOR, login=Login.DIGEST)


class Door(Protocol):
    """Calls an operation at a path; the answer's schema errors fail the test."""

    def __call__(self, operation: Any, request: Any, path: str = ..., **context: Any) -> Awaitable[Any]: ...


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def door_to(clock: ManualClock, oracle: Any) -> Callable[..., Door]:
    """Makes the door to some handlers."""

    def make(*handlers: object) -> Door:
        authenticator = Authenticator(
            Users,
            clock,
            nonces=DigestNonces(),
            tokens=UsedTokens(),
            lockout=Lockout(),
            audit=Audit(clock),
        )
        dispatcher = Dispatcher(Offer(handlers), authenticator, Audit(clock))

        async def call(
            operation: Any, request: Any, path: str = "/onvif/x", *, to: str = "", **context: Any
        ) -> Any:
            body = request_envelope(
                operation, request, to=to or f"http://nvr.example{path}", message_id="urn:uuid:1"
            )
            known = RequestContext(identity=OPERATOR, host="nvr.example:8080", path=path)
            answer = await dispatcher.answer(body, msgspec.structs.replace(known, **context))
            if answer.status == 200:
                assert oracle.problems(answer.body) == []
            return read_response(operation, answer.body, tolerant=False)

        return call

    return make


VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)
START_US = 1_699_990_000_000_000  # before the clock's start, so that footage lies in the past
SECOND_US = 1_000_000


def footage(start_us: int, seconds: int, tracks: tuple[Track, ...]) -> list[AccessUnit]:
    """25 frames a second, a key frame each second, audio every 40 ms."""
    units = []
    for frame in range(seconds * 25):
        at_us = start_us + frame * 40_000
        if VIDEO in tracks:
            units.append(
                AccessUnit(track=0, utc_us=at_us, pts=frame * 3600, data=bytes(100), is_key=frame % 25 == 0)
            )
        if AUDIO in tracks:
            units.append(AccessUnit(track=1, utc_us=at_us, pts=frame * 320, data=bytes(320), is_key=True))
    return units


class Nvr:
    """A recorder with the cameras hall and door, whose streams and footage a test makes."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.clock = clock
        self.hub = Hub()
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        fixed = [
            CameraSettings(name="hall", title="Hall", source="file:/hall.mp4"),
            CameraSettings(name="door", source="rtsp://user:secret@door.example/live?token=x"),
        ]
        self.cameras = Cameras(self.hub, self.store, fixed, lambda camera: [])
        self.log = EventLog(folder / "events.sqlite")
        self.archive = Archive(
            folder,
            report=lambda recording, problem: self.recorder.report(recording, problem),
            sync_interval_s=0.02,
            sample_entry=sample_entry,
        )
        self.recorder = Recorder(
            self.archive,
            self.cameras,
            clock,
            limits=RetentionLimits(least_free_bytes=0),
            is_wanted=wanted_by(self.store),
        )
        self.broker = EventBroker(clock, self.log)
        self.reporter = Reporter(self.broker, self.recorder, self.cameras)
        self.recordings = Recordings(self.archive, self.recorder, self.cameras, self.store)
        self.addresses = StreamAddresses(rtsp_port=8554)

    def create(self, token: str) -> None:
        """Make an empty recording, as the recorder does at its start."""
        self.archive.create(RecordingInfo(token=token, source_id=token, source_name=token.title()))

    def units(self, start_us: int, seconds: int) -> list[AccessUnit]:
        """What a camera without sound sends."""
        return footage(start_us, seconds, (VIDEO,))

    def record(
        self, token: str, from_s: int, seconds: int, tracks: tuple[Track, ...] = (VIDEO, AUDIO)
    ) -> None:
        """Add footage from `from_s` seconds after START_US on; all of it is sealed."""
        if token not in [each.token for each in self.archive.recordings()]:
            self.create(token)
        writer = self.archive.writer(token)
        writer.tracks_changed(tracks)
        writer.receive(footage(START_US + from_s * SECOND_US, seconds, tracks))
        writer.close().result(20)
        self.archive.release(writer)

    def close(self) -> None:
        """Close the files."""
        self.recorder.close()
        self.archive.close()
        self.log.close()


@pytest.fixture
def nvr(tmp_path: Path, clock: ManualClock) -> Iterator[Nvr]:
    nvr = Nvr(tmp_path, clock)
    yield nvr
    nvr.close()
