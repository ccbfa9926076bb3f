"""Recording: K cameras of 4 Mbit/s to disk, against a C recorder and one `ffmpeg -c copy` per camera.

Three times: each picture in one burst, which the C recorder takes in one read, in five pieces, and packet by
packet, as a network brings it.
"""

import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import Camera, Lab, Product
from bench.process import Running, require_command

CAMERAS = (16, 64)
QUICK_CAMERAS = (2, 4)
SETTLE_S = 4.0
START_WITHIN_S = 60.0
LAST_GROUP_S = 1.0  # between the camera's last byte and the end of the recorder

WAYS = {  # how a picture of about 14 packets arrives, and in how many pieces that is, a millisecond apart
    "{k} cameras": 1,
    "{k} cameras, pictures in pieces": 5,
    "{k} cameras, packet by packet": 15,
}
CPU_FLOOR = "{what}: CPU / floor"
CPU_FFMPEG = "{what}: CPU / ffmpeg -c copy"
LOST = "{what}: frames lost"
DOUBLED = "{what}: frames doubled"
SPOILT = "{what}: frames not as they were sent"
SLOPE = "memory per camera"
SLICES = "1-5"  # the NAL units that pictures are made of
MEASURED = [way.format(k=cameras) for cameras in CAMERAS for way in WAYS]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run: CPU per camera-second, memory at its end, and what became of the frames."""

    cpu_ms: float
    resident_mb: float
    sent_frames: int = 0
    recorded_frames: int = 0
    spoilt_frames: int = 0


def window(lab: Lab, recorders: Sequence[Running], cameras: int, has_started: Callable[[], bool]) -> Sample:
    """Wait until everything is recording, let it settle, and measure one window."""
    end_s = time.monotonic() + START_WITHIN_S
    while not has_started():
        for each in recorders:
            each.require_running()
        if time.monotonic() > end_s:
            raise BenchError(f"not all {cameras} cameras are recorded after {START_WITHIN_S:g} s")
        time.sleep(0.1)
    time.sleep(SETTLE_S)
    before_s, begin_s = sum(each.cpu_s for each in recorders), time.monotonic()
    time.sleep(lab.window_s)
    used_s, passed_s = sum(each.cpu_s for each in recorders) - before_s, time.monotonic() - begin_s
    for each in recorders:
        each.require_running()
    return Sample(
        cpu_ms=used_s / passed_s / cameras * 1e3,
        resident_mb=sum(each.resident_kb for each in recorders) / 1024,
    )


def growing_files(directory: Path, pattern: str) -> int:
    """Files with content."""
    return sum(1 for each in directory.rglob(pattern) if each.stat().st_size > 0)


def start_cam(lab: Lab, pieces: int) -> tuple[Running, str]:
    """A synthetic camera that sends each picture in so many pieces, and its URL."""
    return lab.start_cam("-x", str(pieces))


def floor_sample(lab: Lab, cameras: int, pieces: int) -> Sample:
    """The C recorder."""
    directory = lab.directory("floor")
    cam, source = start_cam(lab, pieces)
    with cam:
        command = [
            lab.program("recfloor"),
            "-u",
            source,
            "-k",
            str(cameras),
            "-o",
            str(directory),
            "-m",
            "parse",
        ]
        with lab.on_server_core(*command) as recorder:
            sample = window(lab, [recorder], cameras, lambda: growing_files(directory, "*.raw") == cameras)
    shutil.rmtree(directory)
    return sample


def ffmpeg_sample(lab: Lab, cameras: int, pieces: int) -> Sample:
    """One ffmpeg process for each camera, copying into fragmented MP4."""
    ffmpeg = require_command("ffmpeg", "to compare recording with (Debian: apt install ffmpeg)")
    directory = lab.directory("ffmpeg")
    with ExitStack() as stack:
        cam, source = start_cam(lab, pieces)
        stack.enter_context(cam)
        recorders = []
        for index in range(cameras):
            command = [ffmpeg, "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", source]
            command += ["-c", "copy", "-movflags", "+frag_keyframe+empty_moov"]
            command.append(str(directory / f"{index}.mp4"))
            recorders.append(stack.enter_context(lab.on_server_core(*command)))
        sample = window(lab, recorders, cameras, lambda: growing_files(directory, "*.mp4") == cameras)
    shutil.rmtree(directory)
    return sample


def product_sample(lab: Lab, cameras: int, pieces: int) -> Sample:
    """The server under test; every frame the cameras sent is then looked for in its files."""
    cam, source = start_cam(lab, pieces)
    with cam:
        watched = [Camera(name=f"cam{index}", source=source, record=True) for index in range(cameras)]
        with Product(lab, watched) as product:
            directory = product.data
            sample = window(
                lab, [product.running], cameras, lambda: growing_files(directory, "*.mp4") >= cameras
            )
            cam.stop()
            time.sleep(LAST_GROUP_S)
    recorded, spoilt = recorded_frames(directory, Path(lab.clip()))
    shutil.rmtree(directory)
    return Sample(
        cpu_ms=sample.cpu_ms,
        resident_mb=sample.resident_mb,
        sent_frames=sent_frames(cam.output),
        recorded_frames=recorded,
        spoilt_frames=spoilt,
    )


def sent_frames(output: str) -> int:
    """The number of frames in cam's parting words."""
    found = re.search(r"^sent (\d+) drops (\d+)$", output, re.MULTILINE)
    if found is None:
        raise BenchError(f"cam did not say what it sent: {output}")
    if int(found[2]):
        raise BenchError(f"cam itself dropped {found[2]} frames: the recorder does not keep up at all")
    return int(found[1])


def pictures_of(path: Path) -> list[str]:
    """What each picture of a file is, without what its container or stream puts around it: MD5 by ffmpeg."""
    ffmpeg = require_command("ffmpeg", "to look at recorded frames (Debian: apt install ffmpeg)")
    filters = ["h264_mp4toannexb"] if path.suffix == ".mp4" else []
    command = [ffmpeg, "-nostdin", "-loglevel", "error", "-i", str(path), "-map", "0:v", "-c", "copy"]
    command += ["-bsf:v", ",".join([*filters, f"filter_units=pass_types={SLICES}"])]
    command += ["-f", "framehash", "-hash", "md5", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"ffmpeg cannot read {path.name}: {done.stderr.strip()}")
    return [line.rpartition(",")[2].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


def recorded_frames(data: Path, clip: Path) -> tuple[int, int]:
    """Video frames in all segments below the data directory, and how many of them are none of the clip's."""
    sent = set(pictures_of(clip))
    with ThreadPoolExecutor(2) as pool:
        found = [each for file in pool.map(pictures_of, sorted(data.rglob("*.mp4"))) for each in file]
    return len(found), sum(each not in sent for each in found)


def figures(what: str, samples: dict[str, list[Sample]]) -> list[Figure]:
    """What one number of cameras gives, in one way of sending."""
    cpu = {name: statistics.median(each.cpu_ms for each in runs) for name, runs in samples.items()}
    memory = {name: statistics.median(each.resident_mb for each in runs) for name, runs in samples.items()}
    product = samples["product"]
    missing = [each.sent_frames - each.recorded_frames for each in product]
    sent = sum(each.sent_frames for each in product)
    note = "; ".join(f"{name} {cpu[name]:.2f} ms, {memory[name]:.0f} MB" for name in samples)
    to_floor = [each.cpu_ms / cpu["floor"] for each in product]
    to_ffmpeg = [each.cpu_ms / cpu["ffmpeg"] for each in product]
    lost, doubled = sum(max(0, each) for each in missing), sum(max(0, -each) for each in missing)
    return [
        median_figure(CPU_FLOOR.format(what=what), to_floor, "×", note),
        median_figure(CPU_FFMPEG.format(what=what), to_ffmpeg, "×"),
        Figure(name=LOST.format(what=what), value=lost, unit="", note=f"of {sent} sent"),
        Figure(name=DOUBLED.format(what=what), value=doubled, unit=""),
        Figure(name=SPOILT.format(what=what), value=sum(each.spoilt_frames for each in product), unit=""),
    ]


def run(lab: Lab) -> list[Figure]:
    """Every number of cameras, and the slope of memory between the smallest and the largest."""
    found: list[Figure] = []
    memory: dict[int, float] = {}
    for cameras in lab.chosen(CAMERAS, QUICK_CAMERAS):
        for way, pieces in WAYS.items():
            what = way.format(k=cameras)
            samples = lab.alternate(
                f"recording {what}",
                {
                    "floor": partial(floor_sample, lab, cameras, pieces),
                    "product": partial(product_sample, lab, cameras, pieces),
                    "ffmpeg": partial(ffmpeg_sample, lab, cameras, pieces),
                },
            )
            found += figures(what, samples)
            memory[cameras] = statistics.median(each.resident_mb for each in samples["product"])
    if len(memory) > 1:
        few, many = min(memory), max(memory)
        slope = (memory[many] - memory[few]) / (many - few)
        found.append(
            Figure(name=SLOPE, value=slope, unit="MB", note=f"slope between {few} and {many} cameras")
        )
    return found


SCENARIO = Scenario(
    name="record",
    about="16 and 64 cameras to disk, against `recfloor -m parse` and `ffmpeg -c copy`; frames compared",
    targets={
        **{CPU_FLOOR.format(what=what): Target(at_most=2.2) for what in MEASURED},
        **{CPU_FFMPEG.format(what=what): Target(at_most=0.75) for what in MEASURED},
        **{LOST.format(what=what): Target(at_most=0) for what in MEASURED},
        **{DOUBLED.format(what=what): Target(at_most=0) for what in MEASURED},
        **{SPOILT.format(what=what): Target(at_most=0) for what in MEASURED},
        SLOPE: Target(at_most=3),
    },
    run=run,
)
