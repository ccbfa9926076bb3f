"""A small disk that fills: retention makes room, recording goes on, and viewers notice nothing."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from interop.check import Check, expect
from interop.program import run
from interop.segments import require_playable
from interop.site import Site
from interop.vedette import PASSWORD, CameraLine, Vedette

DISK_MIB = 320
FLOOR_MIB = 140  # ten seconds of three cameras below it, there is still room
CAMERAS = ("one", "two", "three")
FILLING_S = 45.0  # long enough to write the disk full, were nothing deleted
FULL_S = 12.0
AFTER_S = 8.0
DELETED = "vedette_retention_deleted_bytes_total "


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, in memory."""
    folder.mkdir()
    run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", folder], limit_s=5).require_success(
        "mount"
    )
    try:
        yield folder
    finally:
        run(["umount", "--lazy", folder], limit_s=5)


def free_mib(folder: Path) -> float:
    """What is free."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize / (1 << 20)


@dataclass
class Watch:
    """What was seen while time went by."""

    vedette: Vedette
    least_free_mib: float = DISK_MIB
    problems: set[str] = field(default_factory=set)

    def go_on(self, seconds: float) -> None:
        """Look at disk and health ten times a second; every camera must go on giving pictures."""
        before = self._units()
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.least_free_mib = min(self.least_free_mib, free_mib(self.vedette.data))
            health = self.vedette.get("/healthz")
            if health.status_code != 200:
                self.problems.update(health.text.splitlines())
            time.sleep(0.1)
        slow = {
            name: count - before[name]
            for name, count in self._units().items()
            if count - before[name] < seconds * 25 * 0.9
        }
        expect(not slow, f"pictures in {seconds:.0f} s: {slow}")

    def _units(self) -> dict[str, int]:
        return {name: state["main"]["units_total"] for name, state in self.vedette.camera_states().items()}


def _noise(folder: Path) -> Path:
    """A film that hardly compresses: two megabytes a second."""
    path = folder / "noise.mkv"
    words = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi"]
    words += ["-i", "testsrc2=size=640x360:rate=25:duration=6,noise=alls=60:allf=t"]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "18M", "-minrate", "18M", "-maxrate", "18M"]
    run([*words, "-bufsize", "18M", "-pix_fmt", "yuv420p", "-g", "25", path], limit_s=60).require_success(
        path.name
    )
    return path


def _filled(site: Site) -> str:
    folder = site.folder / "full-disk"
    folder.mkdir()
    film = _noise(folder)
    with small_disk(folder / "data") as disk:
        lines = [CameraLine(name, f"file:{film}") for name in CAMERAS]
        vedette = Vedette(folder, lines, segment_s=2.0, free_floor_gib=FLOOR_MIB / 1024)
        try:
            vedette.start()
            vedette.wait_live(*CAMERAS)
            return _watched(vedette, disk)
        finally:
            vedette.kill()


def _fill(file: Path) -> None:
    """Append until nothing more goes in; without a buffer, which would fail once more at the close."""
    with file.open("ab", buffering=0) as opened, suppress(OSError):
        while True:
            opened.write(bytes(1 << 20))


def _watched(vedette: Vedette, disk: Path) -> str:
    filling = Watch(vedette)
    filling.go_on(FILLING_S)
    expect(not filling.problems, f"while retention could make room: {filling.problems}")
    (line,) = [each for each in vedette.get("/metrics").text.splitlines() if each.startswith(DELETED)]
    deleted_mib = float(line.split()[1]) / (1 << 20)
    expect(deleted_mib > 0, "nothing was deleted")

    stranger = disk / "stranger"
    _fill(stranger)
    full = Watch(vedette)
    full.go_on(FULL_S)
    _fill(stranger)
    vedette.kill()
    restarted_s = vedette.start()
    vedette.wait_live(*CAMERAS)
    stranger.unlink()
    freed_s = time.time()
    after = Watch(vedette)
    after.go_on(AFTER_S)

    for name in CAMERAS:
        spans = vedette.get(f"/api/timeline/{name}").json()["spans"]
        end_s = spans[-1][1] / 1e6
        expect(end_s > freed_s + AFTER_S / 2, f"{name} is not recorded any more")
    vedette.stop()
    checked = subprocess.run(
        [Path(sys.executable).parent / "vedette", "check", "--data", vedette.data],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "VEDETTE_PASSWORD": PASSWORD},
    )
    expect(checked.returncode == 0, f"vedette check: {checked.stdout.strip()[:300]}")
    frames = require_playable(vedette.segments())
    made = f"{deleted_mib:.0f} MiB deleted in time, never less than {filling.least_free_mib:.0f} MiB free"
    told = f"filled by a stranger, it went on ({len(full.problems)} problems told)"
    again = f"started again in {restarted_s:.1f} s while it was full, and went on after that"
    return f"{made}; {told}; {again}; {frames} frames play"


MAY_RUN = os.geteuid() == 0 and shutil.which("mount") is not None
NOTE = "" if MAY_RUN else "only root may mount a small disk: nothing was shown of a full one"
CHECKS = (
    (Check("FFmpeg", "plays what is kept of a disk that filled", _filled, limit_s=150, is_alone=True),)
    if MAY_RUN
    else ()
)
