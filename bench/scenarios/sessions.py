"""Sessions: memory and descriptors after ten thousand RTSP sessions were opened and closed."""

import time

from bench.figures import Figure, Scenario, Target
from bench.harness import Camera, Lab, Product
from bench.process import Running
from bench.viewer import Viewer, wait_until_live

SESSIONS = 10_000
QUICK_SESSIONS = 300
WARM_SESSIONS = 1000  # caches and arenas fill before the first reading
QUICK_WARM_SESSIONS = 100
SETTLE_S = 2.0
SAY_EVERY = 1000

GROWTH = "memory growth over the sessions"
DESCRIPTORS = "descriptors left open"


def one_session(url: str, number: int) -> None:
    """Open, play until the first frame, and leave: every second time without a word."""
    with Viewer(url) as viewer:
        base = viewer.set_up()
        viewer.play(base, {"Range": "npt=0.000-"})
        viewer.wait_for_frame()
        if number % 2:
            viewer.send("TEARDOWN", base)


def many_sessions(lab: Lab, url: str, count: int, server: Running) -> None:
    """One after the other."""
    for number in range(count):
        one_session(url, number)
        if number and number % SAY_EVERY == 0:
            lab.say(f"sessions: {number} of {count}")
            server.require_running()


def run(lab: Lab) -> list[Figure]:
    """Memory and descriptors before and after, in one server."""
    count, warm = (QUICK_SESSIONS, QUICK_WARM_SESSIONS) if lab.is_quick else (SESSIONS, WARM_SESSIONS)
    cam, source = lab.start_cam()
    with cam, Product(lab, [Camera(name="cam0", source=source)]) as product:
        url = product.live_url("cam0")
        wait_until_live(url)
        many_sessions(lab, url, warm, product.running)
        time.sleep(SETTLE_S)
        before_kb, before_open = product.running.resident_kb, product.running.descriptors
        begin_s = time.monotonic()
        many_sessions(lab, url, count, product.running)
        rate = count / (time.monotonic() - begin_s)
        time.sleep(SETTLE_S)
        growth_mb = (product.running.resident_kb - before_kb) / 1024
        left_open = product.running.descriptors - before_open
    note = f"{count} sessions after {warm}; from {before_kb / 1024:.0f} MB"
    return [
        Figure(name=GROWTH, value=growth_mb, unit="MB", note=note),
        Figure(name=DESCRIPTORS, value=left_open, unit=""),
        Figure(name="sessions per second", value=rate, unit="1/s", note="one client, one after the other"),
    ]


SCENARIO = Scenario(
    name="sessions",
    about="memory and descriptors after 10,000 opened and closed RTSP sessions",
    # Flat: what the allocator and the kept group of pictures (1 MB) vary by anyway.
    targets={GROWTH: Target(at_most=3), DESCRIPTORS: Target(at_most=0)},
    run=run,
)
