"""Vedette killed with SIGKILL again and again while it records; FFmpeg then plays every segment."""

import time
from statistics import median

from interop.check import Check, expect
from interop.footage import ALAW
from interop.segments import require_playable
from interop.site import Site
from interop.vedette import CameraLine, Vedette

ROUNDS = 5
RESTART_MOST_S = 2.0
LOSS_MOST_S = 1.0 + 0.6  # the open fragment, which is a group of pictures, and what was under way


def _killed(site: Site) -> str:
    line = CameraLine(ALAW.name, f"file:{ALAW.make(site.folder)}")
    vedette = Vedette(site.folder / "power-cut", [line], segment_s=3.0)
    starts, kills = [], []
    try:
        for number in range(ROUNDS):
            starts.append(vedette.start())
            vedette.wait_live(ALAW.name)
            time.sleep(2.0 + 0.37 * number)
            kills.append(time.time())
            vedette.kill()
        starts.append(vedette.start())
        vedette.wait_live(ALAW.name)
        spans = vedette.get(f"/api/timeline/{ALAW.name}").json()["spans"]
        stopped_s = vedette.stop()
    finally:
        vedette.kill()
    restarts = starts[1:]
    usual_s = median(restarts)  # a busy machine may hold up one of them
    expect(usual_s < RESTART_MOST_S, f"restarts took {', '.join(f'{each:.2f}' for each in restarts)} s")
    ends = [max(end / 1e6 for begin, end in spans if begin / 1e6 < killed) for killed in kills]
    losses = [killed - end for killed, end in zip(kills, ends, strict=True)]
    expect(max(losses) < LOSS_MOST_S, f"{max(losses):.2f} s of footage before a kill are lost")
    segments = vedette.segments()
    frames = require_playable(segments)
    times = f"restarts of {min(restarts):.2f} to {max(restarts):.2f} s, at most {max(losses):.2f} s lost"
    return f"{times}; {frames} frames in {len(segments)} segments play; stopped in {stopped_s:.2f} s"


CHECKS = (
    Check("FFmpeg", f"plays every segment after {ROUNDS} power cuts", _killed, limit_s=90, is_alone=True),
)
