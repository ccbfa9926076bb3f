"""A camera that is not ours, GStreamer's RTSP server, recorded over TCP and UDP and killed in the middle."""

import subprocess
import time
from itertools import takewhile
from pathlib import Path

from bench.process import free_port

from interop.check import Check, expect
from interop.gstreamer import SYSTEM_PYTHON
from interop.program import end_group, start
from interop.segments import require_playable, slice_hashes
from interop.site import PROGRAMS, Site
from interop.vedette import HOST, CameraLine, Vedette

RUN_S = 6.0
AWAY_S = 3.0
BACK_MOST_S = 8.0
CAMERA = "stranger"


class Stranger:
    """The camera process; it logs each frame that it encodes."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._runs = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is watched."""
        return f"rtsp://{HOST}:{self.port}/camera"

    def start(self) -> None:
        """Start it, again after `kill`."""
        self._runs += 1
        words: list[str | Path] = [
            SYSTEM_PYTHON,
            PROGRAMS / "gst_camera.py",
            str(self.port),
            self._frames(self._runs),
        ]
        with (self._folder / "camera.log").open("ab") as log:
            self._process = start(words, log)

    def kill(self) -> None:
        """Pull its plug."""
        if self._process is not None:
            end_group(self._process)
            self._process.wait()
            self._process = None

    def sent(self) -> list[dict[str, int]]:
        """The hashes of the frames of each run, in order, and when they were encoded (UTC, µs)."""
        runs = [self._frames(number) for number in range(1, self._runs + 1)]
        lines = [[line.split() for line in path.read_text(encoding="ascii").splitlines()] for path in runs]
        return [{name: int(utc_us) for name, utc_us in run} for run in lines]

    def _frames(self, number: int) -> Path:
        return self._folder / f"frames-{number}.txt"


def _recorded(transport: str) -> Check:
    def check(site: Site) -> str:
        folder = site.folder / f"stranger-{transport}"
        folder.mkdir()
        camera = Stranger(folder)
        vedette = Vedette(folder, [CameraLine(CAMERA, camera.url, transport=transport)], segment_s=4.0)
        try:
            camera.start()
            vedette.start()
            vedette.wait_live(CAMERA)
            time.sleep(RUN_S)
            camera.kill()
            time.sleep(AWAY_S)
            camera.start()
            back_s = vedette.wait_live(CAMERA, limit_s=BACK_MOST_S)
            time.sleep(RUN_S)
            spans = vedette.get(f"/api/timeline/{CAMERA}").json()["spans"]
            asked_us = time.time_ns() // 1000
            vedette.stop()
        finally:
            vedette.kill()
            camera.kill()
        return _compared(camera, vedette, spans, back_s=back_s, asked_us=asked_us)

    return Check(
        "GStreamer RTSP server", f"recorded over {transport.upper()}, killed in between", check, limit_s=70
    )


def _compared(
    camera: Stranger, vedette: Vedette, spans: list[list[int]], *, back_s: float, asked_us: int
) -> str:
    """Compare what the camera encoded with what was recorded until `asked_us`, when Vedette was to end."""
    segments = vedette.segments()
    frames = require_playable(segments)
    recorded = slice_hashes(segments)
    expect(len(spans) == 2, f"the timeline has {len(spans)} spans, not one before and one after the gap")
    gap_s = (spans[1][0] - spans[0][1]) / 1e6
    expect(AWAY_S - 0.5 < gap_s < AWAY_S + BACK_MOST_S, f"the gap is {gap_s:.1f} s long")
    missing = []
    at = 0
    for run in camera.sent():  # each run begins with the same pictures, so only their order tells
        sent = list(run)
        expect(at < len(recorded) and recorded[at] in run, "a recorded frame is not the camera's")
        first = sent.index(recorded[at])
        pairs = zip(recorded[at:], sent[first:], strict=False)
        count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        missing.append(sum(1 for name in sent[first + count :] if run[name] < asked_us))
        at += count
    expect(at == len(recorded), f"frames are lost, doubled or out of order after number {at}")
    expect(max(missing) <= 5, f"the last {max(missing)} frames before an end are missing")
    away = f"back {back_s:.1f} s after the restart, gap of {gap_s:.1f} s"
    kept = f"none lost or doubled but the last {max(missing)} before an end"
    return f"{frames} frames in {len(segments)} segments, {kept}; {away}"


CHECKS = (_recorded("tcp"), _recorded("udp"))
