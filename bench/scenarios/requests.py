"""Requests: SOAP with digest over kept connections, as many as a core answers, and how late at half that."""

import json
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import ADMIN_PASSWORD, ROOT, Camera, Lab, Product
from bench.process import Running, free_port
from bench.requests_file import ASKED, example, write_requests
from bench.scenarios.fanout import load
from bench.viewer import wait_until_live

CONNECTIONS = 16
WARMUP_S = 1.0
MOST_PER_S = 6000  # requests are prepared for this rate; nobody here answers more
RIVAL_MOST_PER_S = 16_000
VIEWERS = 100
WANTED_PER_S = 1500
HALF_PER_S = WANTED_PER_S / 2

RATE = "{name}: requests per second and core"
LATENESS = f"{{name}}: 99th percentile at {HALF_PER_S:.0f} a second"
RATIO = "{name}: h11 echo / vedette"
LATE = f"{VIEWERS} viewers at {HALF_PER_S:.0f} requests a second: frames later than 40 ms"

Sample = dict[str, Any]


def ask(lab: Lab, port: int, server: Running, requests: Path, *, rate: float = 0.0) -> Sample:
    """One run of asker."""
    command = [
        "taskset",
        "-c",
        str(lab.load_core),
        lab.program("asker"),
        "-p",
        str(port),
        "-f",
        str(requests),
    ]
    command += ["-n", str(CONNECTIONS), "-w", str(WARMUP_S), "-d", str(lab.window_s), "-P", str(server.pid)]
    command += ["-r", str(rate)] if rate else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=lab.window_s + 60)
    if done.returncode:
        raise BenchError(f"asker failed: {done.stderr.strip()}\n{server.output}")
    sample: Sample = json.loads(done.stdout)
    if sample["bad"] or not sample["good"]:
        raise BenchError(
            f"{sample['bad']} of {sample['bad'] + sample['good']} requests were not answered 200"
        )
    return sample


def prepared(lab: Lab, product: Product, name: str, per_s: float) -> Path:
    """A file of requests that lasts for one run."""
    path = lab.place("requests.bin")
    each = int(per_s * (WARMUP_S + lab.window_s) / CONNECTIONS) + 1
    write_requests(path, product.http_port, name, ADMIN_PASSWORD, connections=CONNECTIONS, each=each)
    return path


def asked(lab: Lab, product: Product, name: str, *, rate: float = 0.0) -> Sample:
    """The product, as fast as it can or at a rate."""
    requests = prepared(lab, product, name, rate * 1.1 or MOST_PER_S)
    try:
        return ask(lab, product.http_port, product.running, requests, rate=rate)
    finally:
        requests.unlink()


def asked_of_h11(lab: Lab, product: Product, name: str) -> Sample:
    """The rival answers the same requests with the same bytes."""
    content = lab.place("answer.xml")
    content.write_bytes(example(product.http_port, name, ADMIN_PASSWORD))
    port = free_port()
    requests = prepared(lab, product, name, RIVAL_MOST_PER_S)
    command = [lab.python, "-m", "bench.h11_echo", str(port), str(content)]
    with lab.on_server_core("env", f"PYTHONPATH={ROOT}", *command) as rival:
        rival.wait_for_port(port)
        try:
            return ask(lab, port, rival, requests)
        finally:
            requests.unlink()


def per_core(sample: Sample) -> float:
    """Requests in a second of the server's CPU: what a core gives that nobody else uses."""
    return float(sample["good"] / sample["srv_cpu"])


def figures_of(lab: Lab, product: Product, name: str) -> list[Figure]:
    """Throughput beside the rival's, and lateness at half of what is wanted."""
    runs = lab.alternate(
        f"requests: {name}",
        {"vedette": partial(asked, lab, product, name), "h11": partial(asked_of_h11, lab, product, name)},
    )
    own, rival = [per_core(each) for each in runs["vedette"]], [per_core(each) for each in runs["h11"]]
    lab.say(f"requests: {name} at {HALF_PER_S:.0f} a second")
    calm = asked(lab, product, name, rate=HALF_PER_S)
    size = runs["vedette"][0]["bytes"] / runs["vedette"][0]["good"]
    measured = [each["good"] / each["T"] for each in runs["vedette"]]
    note = f"{1e6 / statistics.median(own):.0f} µs each, answers of {size:.0f} bytes; by the clock "
    note += f"{statistics.median(measured):.0f} a second"
    return [
        median_figure(RATE.format(name=name), own, "1/s", note),
        Figure(
            name=LATENESS.format(name=name),
            value=calm["p99"],
            unit="ms",
            note=f"median {calm['p50']} ms, most {calm['max']} ms",
        ),
        median_figure(
            RATIO.format(name=name),
            [statistics.median(rival) / each for each in own],
            "×",
            f"{statistics.median(rival):.0f} a second for the same bytes, without login or XML",
        ),
    ]


def with_viewers(lab: Lab, product: Product, rate: float) -> Figure:
    """What live viewers notice of requests."""
    requests = prepared(lab, product, "GetDeviceInformation", rate * 8)
    command = [
        lab.program("asker"),
        "-p",
        str(product.http_port),
        "-f",
        str(requests),
        "-n",
        str(CONNECTIONS),
    ]
    command += ["-r", str(rate), "-w", "0", "-d", str(6 * lab.window_s)]
    lab.say(f"requests: {VIEWERS} viewers, {rate:.0f} requests a second")
    with lab.on_load_core(*command) as asker:
        sample = load(lab, product.live_url("cam0"), product.running, viewers=VIEWERS, is_udp=False)
        asker.require_running()
    requests.unlink()
    late = 100 * sample["late40"] / max(1, sample["lat_n"])
    note = f"{rate:.0f} requests a second; {sample['frames']} frames, the latest after {sample['max']:.0f} ms"
    return Figure(name=LATE, value=late, unit="%", note=note)


def run(lab: Lab) -> list[Figure]:
    """Every request alone, then requests beside viewers."""
    cam, source = lab.start_cam()
    with cam, Product(lab, [Camera(name="cam0", source=source)]) as product:
        wait_until_live(product.live_url("cam0"))
        time.sleep(1)
        found = []
        for name in ASKED:
            found += figures_of(lab, product, name)
        return [*found, with_viewers(lab, product, HALF_PER_S)]


SCENARIO = Scenario(
    name="requests",
    about="GetDeviceInformation and GetProfiles with digest and keep-alive, against an h11 echo",
    targets={
        **{RATE.format(name=name): Target(at_least=WANTED_PER_S) for name in ASKED},
        **{LATENESS.format(name=name): Target(at_most=10) for name in ASKED},
        LATE: Target(at_most=0),
    },
    run=run,
)
