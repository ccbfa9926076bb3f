"""Start: from the process to the first live frame of a drawn camera, and the memory it then needs."""

import time

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import Camera, Lab, Product
from bench.viewer import Viewer

GIVE_UP_S = 20.0
MEMORY_AFTER_S = 15.0
QUICK_MEMORY_AFTER_S = 3.0

FIRST_FRAME = "process start to first live frame"
MEMORY = "memory with one drawn camera"


def first_frame_s(url: str, started_s: float) -> float:
    """Try until a whole frame has come; seconds since the process was started."""
    while time.monotonic() - started_s < GIVE_UP_S:
        try:
            with Viewer(url) as viewer:
                viewer.play(viewer.set_up(), {"Range": "npt=0.000-"})
                return viewer.wait_for_frame() - started_s
        except (OSError, BenchError):
            time.sleep(0.01)
    raise BenchError(f"{url}: no frame within {GIVE_UP_S:g} s of the start")


def run(lab: Lab) -> list[Figure]:
    """Several starts; memory is read while one viewer had come and gone."""
    starts, memory = [], []
    for turn in range(lab.rounds):
        lab.say(f"start: round {turn + 1} of {lab.rounds}")
        product = Product(lab, [Camera(name="cam0", source="drawn:?seed=1")])
        with product.running as running:
            starts.append(first_frame_s(product.live_url("cam0"), running.started_s))
            time.sleep(QUICK_MEMORY_AFTER_S if lab.is_quick else MEMORY_AFTER_S)
            running.require_running()
            memory.append(running.resident_kb / 1024)
    return [median_figure(FIRST_FRAME, starts, "s"), median_figure(MEMORY, memory, "MB")]


SCENARIO = Scenario(
    name="start",
    about="process start to first live frame, and memory with one drawn camera",
    targets={FIRST_FRAME: Target(at_most=2), MEMORY: Target(at_most=150)},
    run=run,
)
