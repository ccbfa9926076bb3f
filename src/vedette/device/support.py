"""What somebody who helps from afar needs to know about this device; no secrets."""

import platform
import resource
import shutil
import sys
import threading
from pathlib import Path

import msgspec

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.schema.system import SystemLogType
from vedette.device.cameras import Cameras
from vedette.device.firmware_releases import Releases
from vedette.device.identity import DeviceIdentity
from vedette.device.jobs import Recorder
from vedette.device.journal import Journal, NothingLogged
from vedette.device.offer import Offer
from vedette.device.settings.store import SettingsStore

LOG_MOST_CHARS = 20_000


class SupportReport:
    """Writes the report afresh from what is so now."""

    def __init__(
        self,
        *,
        identity: DeviceIdentity,
        store: SettingsStore,
        cameras: Cameras,
        recorder: Recorder,
        offer: Offer,
        journal: Journal,
        folder: Path,
        clock: Clock,
    ) -> None:
        self._identity = identity
        self._store = store
        self._cameras = cameras
        self._recorder = recorder
        self._offer = offer
        self._journal = journal
        self._folder = folder
        self._clock = clock
        self._began_s = clock.monotonic_s()

    def text(self) -> str:
        """The report, for people to read."""
        now = datetime_from_utc_us(self._clock.utc_us()).isoformat(timespec="seconds")
        sections = (
            ("device", [*self._device(), f"time: {now}"]),
            ("process", self._process()),
            ("storage", self._storage()),
            ("cameras", self._camera_lines()),
            ("recording", self._jobs()),
            ("services", [each.__name__ for each in self._offer.services]),
            ("settings", self._settings()),
            ("log", [self._log()]),
        )
        return "\n".join(f"== {title}\n" + "\n".join(lines) + "\n" for title, lines in sections)

    def _device(self) -> list[str]:
        own, release = self._identity, Releases(self._folder).state
        return [
            f"{own.manufacturer} {own.model} {own.firmware_version}",
            f"serial number: {own.serial_number}",
            f"endpoint: {own.endpoint}",
            f"release: {release.active or 'none'}, before it {release.previous or 'the installed program'}",
        ]

    def _process(self) -> list[str]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return [
            f"host: {platform.platform()}, {platform.machine()}",
            f"python: {sys.version.split()[0]}",
            f"running for: {self._clock.monotonic_s() - self._began_s:.0f} s",
            f"processor time: {used.ru_utime:.1f} s user, {used.ru_stime:.1f} s system",
            f"memory at most: {used.ru_maxrss} KiB",
            f"threads: {threading.active_count()}",
        ]

    def _storage(self) -> list[str]:
        try:
            disk = shutil.disk_usage(self._folder)
        except OSError as error:
            return [f"unreadable: {error.strerror}"]
        return [f"{disk.free >> 20} MiB free of {disk.total >> 20} MiB"]

    def _camera_lines(self) -> list[str]:
        return [
            f"{each.name}: {'live' if each.is_live else 'no picture'}, "
            + (", ".join(f"{track.kind} {track.codec}" for track in each.main.tracks) or "no tracks known")
            for each in self._cameras
        ]

    def _jobs(self) -> list[str]:
        return [
            f"{job.recording}: {job.state}{f' ({job.problem})' if job.problem else ''}"
            for job in self._recorder.jobs
        ]

    def _settings(self) -> list[str]:
        """How much there is in each section; the contents are for backups."""
        document = self._store.current
        return [
            f"{name}: {len(msgspec.json.encode(getattr(document, name)))} bytes"
            for name in document.__struct_fields__
        ]

    def _log(self) -> str:
        try:
            return self._journal.text(SystemLogType.SYSTEM)[-LOG_MOST_CHARS:]
        except NothingLogged as nothing:
            return str(nothing)
