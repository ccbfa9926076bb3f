"""Fan-out: one 1080p25 4 Mbit/s stream to many viewers, against a C program that only sends it."""

import json
import statistics
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import CLIP_FPS, Camera, Lab, Product
from bench.process import Running, children_of, free_port
from bench.viewer import wait_until_live

TCP_VIEWERS = (100, 200, 400, 1600)
UDP_VIEWERS = (200,)
QUICK_VIEWERS = (50,)
PARSED_VIEWERS = 200  # beyond this the generator looks into every K-th connection only
SPARE_S = 60.0

RATIO = "{n} viewers: CPU / floor"
LATE = "{n} viewers: frames later than 40 ms"
DELIVERED = "{n} viewers: frames delivered"
LEAST_DELIVERED = 99.0  # a server that falls behind sends less and looks cheap: its ratio says nothing
QUIET_SHARE = 0.05
SATURATED_SHARE = 0.9  # a generator as busy as this reads late what came in time

Sample = dict[str, Any]


def load(lab: Lab, url: str, server: Running, *, viewers: int, is_udp: bool) -> Sample:
    """One loadgen run against a running server: its JSON object, and the CPU in µs per viewer-second."""
    if children_of(server.pid):
        raise BenchError("the server has child processes; loadgen measures one process")
    # A new viewer is first sent the whole kept group of pictures; the window opens when that is over.
    warmup_s = 3 + viewers / 200
    command = ["taskset", "-c", str(lab.load_core), lab.program("loadgen"), "-u", url, "-n", str(viewers)]
    command += [
        "-t",
        "udp" if is_udp else "tcp",
        "-w",
        str(warmup_s),
        "-d",
        str(lab.window_s),
        "-P",
        str(server.pid),
    ]
    command += ["-s", str(max(1, viewers // PARSED_VIEWERS))]
    limit_s = warmup_s + lab.window_s + SPARE_S
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit_s)
    if done.returncode:
        raise BenchError(f"loadgen failed: {done.stderr.strip()}\n{server.output}")
    sample: Sample = json.loads(done.stdout)
    if sample["dead"] or not sample["frames"]:
        raise BenchError(f"{sample['dead']} of {viewers} viewers were closed, {sample['frames']} frames came")
    # Under load the kernel moves work from the sender's time into ksoftirqd; both belong to the server.
    sample["cpu_us"] = (sample["srv_cpu"] + sample["ksoft0"]) / sample["T"] / viewers * 1e6
    sample["delivered"] = 100 * sample["frames"] / (sample["parsed"] * sample["T"] * CLIP_FPS)
    sample["others"] = (sample["core0"] - sample["srv_cpu"] - sample["ksoft0"]) / sample["T"]
    return sample


def floor_sample(lab: Lab, viewers: int, *, is_udp: bool) -> Sample:
    """The bare C program; it has no ingest."""
    port = free_port()
    with lab.on_server_core(lab.program("floor"), "-p", str(port), "-f", lab.clip(), "-M", "send") as floor:
        floor.wait_for_port(port)
        return load(lab, f"rtsp://127.0.0.1:{port}/x", floor, viewers=viewers, is_udp=is_udp)


def product_sample(lab: Lab, viewers: int, *, is_udp: bool) -> Sample:
    """The server under test, taking the clip from a synthetic RTSP camera on the load core."""
    cam, source = lab.start_cam()
    with cam, Product(lab, [Camera(name="cam0", source=source)]) as product:
        url = product.live_url("cam0")
        wait_until_live(url)
        time.sleep(1)
        return load(lab, url, product.running, viewers=viewers, is_udp=is_udp)


def measure(lab: Lab, viewers: int, *, is_udp: bool) -> tuple[list[Sample], list[Sample]]:
    """Floor and product, alternating."""
    results = lab.alternate(
        f"{viewers} {'UDP' if is_udp else 'TCP'} viewers",
        {
            "floor": partial(floor_sample, lab, viewers, is_udp=is_udp),
            "product": partial(product_sample, lab, viewers, is_udp=is_udp),
        },
    )
    return results["floor"], results["product"]


def total_us(samples: list[Sample]) -> float:
    """CPU of the whole server per second in µs, median."""
    return statistics.median(float(each["cpu_us"] * each["n"]) for each in samples)


def warnings(samples: Sequence[Sample]) -> str:
    """What makes these samples doubtful, as the end of a note; empty when nothing does."""
    found = ""
    others = max(float(each["others"]) for each in samples)
    if others > QUIET_SHARE:
        found += f"; NOT QUIET: other work took up to {100 * others:.0f} % of the server's core"
    generator = max(float(each["lg_cpu"]) / float(each["T"]) for each in samples)
    if generator > SATURATED_SHARE:
        found += f"; GENERATOR SATURATED: it took up to {100 * generator:.0f} % of its core"
    return found


def figures(
    viewers: int, floor: list[Sample], product: list[Sample], idle: tuple[float, float]
) -> list[Figure]:
    """What so many viewers give; `idle` is what floor and product cost with one viewer, µs a second."""
    floor_us = statistics.median(each["cpu_us"] for each in floor)
    product_us = [each["cpu_us"] for each in product]
    late = [100 * each["late40"] / max(1, each["lat_n"]) for each in product]
    gaps = sum(each["gaps"] for each in product)
    net = (total_us(product) - idle[1]) / max(1.0, total_us(floor) - idle[0])
    floor_late = statistics.median(100 * each["late40"] / max(1, each["lat_n"]) for each in floor)
    note = f"{statistics.median(product_us):.0f} / {floor_us:.0f} µs per viewer-second; ingest counts"
    note += warnings((*floor, *product))
    delivered = Figure(
        name=DELIVERED.format(n=viewers),
        value=min(float(each["delivered"]) for each in product),
        unit="%",
        note=f"the least of all rounds; floor {min(float(each['delivered']) for each in floor):.1f} %",
    )
    return [
        median_figure(RATIO.format(n=viewers), [each / floor_us for each in product_us], "×", note),
        Figure(name=f"{viewers} viewers: the same, net of one viewer", value=net, unit="×"),
        median_figure(LATE.format(n=viewers), late, "%", f"floor {floor_late:.2f} %"),
        delivered,
        Figure(name=f"{viewers} viewers: packets missing", value=gaps, unit=""),
    ]


def run(lab: Lab, *, sizes: tuple[int, ...], is_udp: bool) -> list[Figure]:
    """The baseline with one viewer, then every number of viewers."""
    floor, product = measure(lab, 1, is_udp=is_udp)
    idle = (total_us(floor), total_us(product))
    note = f"floor {idle[0] / 1000:.2f}; what ingest and one viewer cost"
    found = [Figure(name="1 viewer: CPU", value=idle[1] / 1000, unit="ms/s", note=note)]
    for viewers in lab.chosen(sizes, QUICK_VIEWERS):
        found += figures(viewers, *measure(lab, viewers, is_udp=is_udp), idle)
    return found


TCP = Scenario(
    name="fanout-tcp",
    about="one live stream to 100, 200, 400 and 1,600 viewers over TCP, against `floor -M send`",
    targets={
        RATIO.format(n=100): Target(at_most=1.4),
        RATIO.format(n=200): Target(at_most=1.4),
        RATIO.format(n=400): Target(at_most=1.25),
        RATIO.format(n=1600): Target(at_most=1.25),
        LATE.format(n=1600): Target(at_most=0.5),
        **{DELIVERED.format(n=viewers): Target(at_least=LEAST_DELIVERED) for viewers in TCP_VIEWERS},
    },
    run=partial(run, sizes=TCP_VIEWERS, is_udp=False),
)

UDP = Scenario(
    name="fanout-udp",
    about="one live stream to 200 viewers over UDP, against `floor -U gsommsg`",
    targets={
        RATIO.format(n=200): Target(at_most=1.25),
        DELIVERED.format(n=200): Target(at_least=LEAST_DELIVERED),
    },
    run=partial(run, sizes=UDP_VIEWERS, is_udp=True),
)
