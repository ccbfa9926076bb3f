"""Taking a release of this program from a client: verified, unpacked, tried, and begun at the restart."""

import asyncio
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import AsyncIterable, Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vedette.base.errors import VedetteError
from vedette.contract.topics.device import DEVICE_OPERATION_MODE_UPLOAD_INITIATED, MONITORING_UPLOAD_STATUS
from vedette.device.events import EventBroker
from vedette.device.firmware_archive import (
    ARCHIVE_MOST_BYTES,
    PIECE_BYTES,
    FirmwareInvalid,
    Manifest,
    copy_files,
    read_manifest,
    require_suitable,
    version_numbers,
)
from vedette.device.firmware_releases import ReleaseNotKept, Releases
from vedette.device.restart import Restart

_log = logging.getLogger(__name__)

TRIAL_S = 120.0
PROGRESS_STEP = 5  # percent between two events
UNPACKED_MOST_BYTES = 1 << 30
_TRIAL = "import vedette, vedette.server.lifecycle as it; print(vedette.__version__, it.__file__, sep='\\n')"
_LEFT_OUT = ("scripts", "headers", "data")  # of a wheel's own installation scheme


class FirmwareFailed(VedetteError):
    """The release is in order and could not be installed all the same; what runs stays as it is."""


class UploadStatus:
    """Tells subscribers of uploads. Source: Core, Upload Status, Device Management (26.06 §8.9.3, §8.9.8)."""

    def __init__(self, broker: EventBroker) -> None:
        self._broker = broker
        self._told = 0
        broker.declare(MONITORING_UPLOAD_STATUS, DEVICE_OPERATION_MODE_UPLOAD_INITIATED)
        self._publish()

    def begin(self) -> None:
        """An upload begins."""
        self._broker.publish(DEVICE_OPERATION_MODE_UPLOAD_INITIATED)
        self.tell(0.0)

    def tell(self, percent: float) -> None:
        """Take in how much has come; small steps are not told."""
        step = int(percent) // PROGRESS_STEP * PROGRESS_STEP
        if step != self._told:
            self._told = step
            self._publish()

    def _publish(self) -> None:
        name = MONITORING_UPLOAD_STATUS.data[0].name
        self._broker.publish(MONITORING_UPLOAD_STATUS, data=((name, f"{self._told:.1f}"),))


class Firmware:
    """Upgrades this program to releases that one of `keys` has signed.

    `running` is the version that runs. `status` is told how much of a release has come, where its size is
    known. Source: Core, StartFirmwareUpgrade (26.06 §8.3.9).
    """

    def __init__(
        self,
        releases: Releases,
        keys: tuple[Ed25519PublicKey, ...],
        restart: Restart,
        *,
        running: str,
        status: UploadStatus,
    ) -> None:
        self._releases = releases
        self._keys = keys
        self._restart = restart
        self._running = running
        self._status = status
        self._is_busy = False

    def require_free(self) -> None:
        """Raise FirmwareFailed while an upgrade or a restart is under way."""
        if self._is_busy or self._restart.is_asked:
            raise FirmwareFailed("another upgrade or a restart is under way")

    async def upgrade(self, chunks: AsyncIterable[bytes], size_bytes: int = 0, *, version: str = "") -> str:
        """Install what comes and ask for the restart; the new version.

        `size_bytes` is how much is to come, 0 where that is not known; `version` is the only one that is
        taken, where it is not empty. Raises FirmwareInvalid or FirmwareFailed, and whatever `chunks`
        raises; then nothing has changed.
        """
        self.require_free()
        self._is_busy = True
        self._status.begin()
        try:
            folder = await asyncio.to_thread(self._releases.incoming)
            archive = folder / "archive"
            try:
                await self._receive(chunks, archive, size_bytes)
            except BaseException:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                raise
            manifest = await asyncio.to_thread(self._install, archive, folder, version)
        except ReleaseNotKept as error:
            raise FirmwareFailed(str(error)) from error
        finally:
            self._is_busy = False
        self._restart.ask(f"release {manifest.version} is to begin")
        return manifest.version

    async def _receive(self, chunks: AsyncIterable[bytes], archive: Path, size_bytes: int) -> None:
        """Write what comes to a file."""
        waiting = bytearray()
        total = 0
        with await asyncio.to_thread(_opened, archive) as file:
            async for chunk in chunks:
                waiting += chunk
                total += len(chunk)
                if total > ARCHIVE_MOST_BYTES:
                    raise FirmwareInvalid(f"more than {ARCHIVE_MOST_BYTES} bytes")
                if len(waiting) >= PIECE_BYTES:
                    await asyncio.to_thread(_written, file.write, bytes(waiting))
                    waiting.clear()
                if size_bytes:
                    self._status.tell(min(100.0, 100.0 * total / size_bytes))
            await asyncio.to_thread(_written, file.write, bytes(waiting))

    def _install(self, archive: Path, folder: Path, version: str) -> Manifest:
        """Verify, unpack, try and adopt, then remove the folder; runs in a thread.

        Who waits for it may be cancelled, but what it works with must stay there until it has ended.
        """
        try:
            return self._adopted(archive, folder, version)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _adopted(self, archive: Path, folder: Path, version: str) -> Manifest:
        unpacked = folder / "unpacked"
        try:
            with archive.open("rb") as source:
                manifest = read_manifest(source, self._keys)
                if version and version_numbers(manifest.version) != version_numbers(version):
                    raise FirmwareInvalid(f"a release of version {manifest.version}, not {version}")
                require_suitable(manifest, self._running)
                wheels = copy_files(source, manifest, folder)
            unpacked.mkdir(mode=0o700)
            for wheel in wheels:
                unpack_wheel(wheel, unpacked)
        except OSError as error:
            raise FirmwareFailed(f"{folder}: {error.strerror}") from error
        try_out(unpacked, manifest.version)
        digest = hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()
        self._releases.adopt(unpacked, manifest.version, digest)
        _log.warning("release %s is installed", manifest.version)
        return manifest


def _opened(archive: Path) -> BinaryIO:
    try:
        return archive.open("xb")
    except OSError as error:
        raise FirmwareFailed(f"the release cannot be kept: {error.strerror}") from error


def _written(write: Callable[[bytes], int], data: bytes) -> None:
    try:
        write(data)
    except OSError as error:
        raise FirmwareFailed(f"the release cannot be kept: {error.strerror}") from error


def unpack_wheel(wheel: Path, folder: Path) -> None:
    """Put a wheel's modules into a folder; programs and headers are left out.

    Raises FirmwareInvalid for what is no wheel or has names that lead elsewhere, and OSError.
    """
    total = 0
    try:
        with zipfile.ZipFile(wheel) as content:
            for member in content.infolist():
                place = _place(member.filename)
                if member.is_dir() or place is None:
                    continue
                total += member.file_size
                if total > UNPACKED_MOST_BYTES:
                    raise FirmwareInvalid(f"{wheel.name} holds more than {UNPACKED_MOST_BYTES} bytes")
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                with content.open(member) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FirmwareInvalid(f"{wheel.name} is no wheel: {error}") from error


def _place(name: str) -> PurePosixPath | None:
    """Where a member of a wheel belongs; None for nowhere. Source: PyPA, binary distribution format."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise FirmwareInvalid(f"{name[:80]!r} leads out of its wheel")
    if path.parts and path.parts[0].endswith(".data"):
        scheme = path.parts[1] if len(path.parts) > 1 else ""
        return None if scheme in _LEFT_OUT else PurePosixPath(*path.parts[2:])
    return path


def environment_of(folder: Path, before: dict[str, str]) -> dict[str, str]:
    """The environment in which an interpreter finds the modules of an unpacked release first."""
    paths = [str(folder), *(each for each in before.get("PYTHONPATH", "").split(os.pathsep) if each)]
    return {**before, "PYTHONPATH": os.pathsep.join(paths)}


def try_out(folder: Path, version: str) -> None:
    """See in a process of its own that an unpacked release can be imported here; blocks.

    Raises FirmwareFailed with the last line of what it says.
    """
    command = [sys.executable, "-c", _TRIAL]
    environment = environment_of(folder, dict(os.environ))
    try:
        ran = subprocess.run(
            command, cwd=folder.parent, env=environment, capture_output=True, timeout=TRIAL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FirmwareFailed(f"release {version} cannot be tried: {error}") from error
    said = ran.stdout.decode("utf-8", "replace").splitlines()
    if ran.returncode or len(said) != 2 or said[0] != version or not said[1].startswith(str(folder)):
        lines = (ran.stderr or ran.stdout).decode("utf-8", "replace").splitlines()
        last = next((each for each in reversed(lines) if each.strip()), "it says nothing")
        raise FirmwareFailed(f"release {version} does not run here: {last[:300]}")
