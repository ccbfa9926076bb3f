"""The C programs build and talk to each other."""

import json
import shutil
import struct
import subprocess
import sys

import pytest
from bench.harness import PROGRAMS, ROOT, build_program
from bench.process import Running, free_port
from bench.scenarios.record import sent_frames

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("taskset") is None, reason="needs gcc and taskset"
)

FRAMES = 25
SPS = bytes.fromhex("6742c01ed9008402")
PPS = bytes.fromhex("68cb83cb20")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """All of them, freshly built; unoptimised, for speed of the test, and refusing warnings."""
    place = tmp_path_factory.mktemp("programs")
    return {name: str(build_program(name, place, "-O0", "-Werror")) for name in PROGRAMS}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """NAL units that look like one second of H.264; nobody here decodes them."""
    path = tmp_path_factory.mktemp("clip") / "clip.h264"
    nals = [SPS, PPS]
    for number in range(FRAMES):
        head = b"\x65\x88" if number == 0 else b"\x41\x9a"
        nals.append(head + bytes([number + 1]) * 4000)
    path.write_bytes(b"".join(b"\0\0\0\1" + nal for nal in nals))
    return str(path)


def viewed(programs, url, *extra):
    """What loadgen says of a fraction of a second."""
    command = [programs["loadgen"], "-u", url, "-n", "3", "-w", "0.1", "-d", "0.3", *extra]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return json.loads(done.stdout)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_viewers_of_the_floor_receive_every_packet_with_its_send_time(programs, clip, tmp_path, transport):
    port = free_port()
    command = [programs["floor"], "-p", str(port), "-f", clip, "-d", "20"]
    with Running(command, core=0, log=tmp_path / "floor.log") as floor:
        floor.wait_for_port(port)
        seen = viewed(programs, f"rtsp://127.0.0.1:{port}/x", "-t", transport, "-P", str(floor.pid))
    assert (seen["dead"], seen["gaps"], seen["ooo"]) == (0, 0, 0)
    assert seen["frames"] >= 15
    assert seen["lat_n"] == seen["frames"]
    assert seen["rss_kb"] > 0


def test_the_recorder_writes_every_frame_the_camera_sent(programs, clip, tmp_path):
    port = free_port()
    url = f"rtsp://127.0.0.1:{port}/x"
    camera = [programs["cam"], "serve", "-p", str(port), "-f", clip, "-d", "0.8"]
    with Running(camera, core=0, log=tmp_path / "cam.log") as cam:
        cam.wait_for_port(port)
        recorder = [programs["recfloor"], "-u", url, "-k", "2", "-o", str(tmp_path), "-d", "10"]
        subprocess.run(recorder, check=True, timeout=10)
        cam.process.wait(10)
        sent = sent_frames(cam.output)
    recorded = 0
    for path in sorted(tmp_path.glob("cam*.raw")):
        data, at = path.read_bytes(), 0
        while at < len(data):
            (length,) = struct.unpack_from(">I", data, at)
            recorded += (data[at + 4] & 31) in (1, 5)
            at += 4 + length
        assert at == len(data)
    assert recorded == sent > 0


@pytest.mark.parametrize("rate", [(), ("-r", "200")])
def test_asker_counts_every_answer_and_how_late_it_came(programs, tmp_path, rate):
    port = free_port()
    (tmp_path / "answer").write_bytes(b"<answer/>")
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
    record = [struct.pack("<II", number % 2, len(request)) + request for number in range(4000)]
    (tmp_path / "requests").write_bytes(b"".join(record))
    echo = [sys.executable, "-m", "bench.h11_echo", str(port), str(tmp_path / "answer")]
    asker = [programs["asker"], "-p", str(port), "-f", str(tmp_path / "requests"), "-n", "2", *rate]
    with Running(echo, core=0, log=tmp_path / "echo.log", environment={"PYTHONPATH": str(ROOT)}) as server:
        server.wait_for_port(port)
        command = [*asker, "-w", "0.05", "-d", "0.2", "-P", str(server.pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    seen = json.loads(done.stdout)

    assert seen["bad"] == 0
    assert seen["good"] > 5
    assert seen["p99"] >= seen["p50"] >= 0
    assert seen["srv_cpu"] > 0
