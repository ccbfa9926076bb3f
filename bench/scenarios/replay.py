"""Replay: how soon the first frame comes in a month of sixteen cameras, and how fast footage is fetched."""

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import CLIP_FPS, Camera, Lab, Product
from bench.viewer import Viewer

CAMERAS = 16
DAYS = 30
QUICK_DAYS = 1
PLACES = 30
QUICK_PLACES = 4
REQUESTS = 60
QUICK_REQUESTS = 8
SEED = 2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REPLAY = {"Require": "onvif-replay"}
NOBODY = "rtsp://127.0.0.1:9/nothing"  # the cameras stay away; their footage counts

FIRST_FRAME = "request to first frame"
THROUGHPUT = "Rate-Control=no: times real time"


def clock(utc_us: int) -> str:
    """An open range from an instant on, as in `Range: clock=…`."""
    at = EPOCH + timedelta(microseconds=utc_us)
    return f"clock={at:%Y%m%dT%H%M%S}.{at.microsecond:06d}Z-"


def first_frame_s(url: str, utc_us: int) -> tuple[float, float]:
    """Seconds from PLAY, and from before the connection was opened, to the first whole frame."""
    opened_s = time.monotonic()
    with Viewer(url) as viewer:
        base = viewer.set_up(REPLAY)
        asked_s = time.monotonic()
        viewer.play(base, {**REPLAY, "Range": clock(utc_us)})
        came_s = viewer.wait_for_frame()
    return came_s - asked_s, came_s - opened_s


def times_real_time(url: str, utc_us: int, footage_s: int, most_s: float) -> float:
    """Media seconds delivered per second, over most of the footage or for so long."""
    enough = int(footage_s * CLIP_FPS * 0.9)
    with Viewer(url) as viewer:
        base = viewer.set_up(REPLAY)
        begin_s = last_s = time.monotonic()
        viewer.play(base, {**REPLAY, "Rate-Control": "no", "Range": clock(utc_us)})
        frames = 0
        for packet in viewer.packets():
            frames += packet.is_last
            last_s = packet.received_s
            if frames >= enough or last_s - begin_s > most_s:
                break
    if not frames:
        raise BenchError(f"{url}: no frames at {clock(utc_us)}")
    return frames / CLIP_FPS / (last_s - begin_s)


def run(lab: Lab) -> list[Figure]:
    """Make the archive, then ask at random instants, each in a session of its own."""
    from bench.footage import SEGMENT_US, make_footage

    data = lab.directory("replay")
    footage = make_footage(
        data,
        Path(lab.clip()),
        cameras=CAMERAS,
        days=QUICK_DAYS if lab.is_quick else DAYS,
        places=QUICK_PLACES if lab.is_quick else PLACES,
        say=lab.say,
    )
    cameras = [Camera(name=f"cam{number}", source=NOBODY, record=True) for number in range(CAMERAS)]
    chance = random.Random(SEED)
    from_play, from_connect = [], []
    with Product(lab, cameras, data=data) as product:
        lab.say("replay: random instants")
        for _ in range(QUICK_REQUESTS if lab.is_quick else REQUESTS):
            name, start_us = chance.choice(footage.places)
            utc_us = start_us + chance.randrange(SEGMENT_US * 9 // 10)
            played_s, opened_s = first_frame_s(product.replay_url(name), utc_us)
            from_play.append(played_s * 1e3)
            from_connect.append(opened_s * 1e3)
        lab.say("replay: throughput")
        name, start_us = footage.run
        rates = [
            times_real_time(product.replay_url(name), start_us, footage.run_s, lab.window_s)
            for _ in range(lab.rounds)
        ]
    note = f"{len(from_play)} instants, index of {footage.rows} segments; slowest {max(from_play):.0f} ms"
    return [
        median_figure(FIRST_FRAME, from_play, "ms", note),
        median_figure("connection, DESCRIBE, SETUP and PLAY to first frame", from_connect, "ms"),
        median_figure(THROUGHPUT, rates, "×", "one viewer in Python on the other core"),
    ]


SCENARIO = Scenario(
    name="replay",
    about="request to first frame in an index of 30 days of 16 cameras; throughput without rate control",
    targets={FIRST_FRAME: Target(at_most=30), THROUGHPUT: Target(at_least=20)},
    run=run,
)
