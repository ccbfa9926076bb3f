"""The bench itself: builds C programs and clip, pins, alternates, and starts the server under test."""

import fcntl
import os
import resource
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from bench.figures import BenchError
from bench.process import Running, free_port, require_command

T = TypeVar("T")

SOURCES = Path(__file__).parent
ROOT = SOURCES.parent
CACHE = ROOT / ".cache" / "bench"
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "asker": ("asker.c", "latency.c", "process_stats.c", "rtsp_common.c"),
    "cam": ("cam.c", "connection.c", "clip.c", "rtsp_common.c"),
    "floor": ("floor.c", "connection.c", "clip.c", "rtsp_common.c"),
    "loadgen": ("loadgen.c", "latency.c", "process_stats.c", "rtsp_common.c"),
    "recfloor": ("recfloor.c", "rtsp_common.c"),
}
CLIP_FPS = 25
CLIP_SECONDS = 20
READY_WITHIN_S = 20.0
ADMIN_PASSWORD = "bench-only-secret"


def build_program(name: str, into: Path, *flags: str) -> Path:
    """Compile one C program unless it is newer than all sources; `floor` with io_uring where that links.

    `flags` are compiler options besides the usual ones. Raises BenchError.
    """
    program = into / name
    newest = max(each.stat().st_mtime for each in SOURCES.glob("*.[ch]"))
    if program.exists() and program.stat().st_mtime > newest:
        return program
    compiler = require_command("gcc", "to build the programs in bench/ (Debian: apt install gcc)")
    into.mkdir(parents=True, exist_ok=True)
    base = [compiler, "-O2", "-Wall", "-Wextra", "-o", str(program), *PROGRAMS[name], *flags]
    variants = [[*base, "-DWITH_LIBURING", "-luring"], base] if name == "floor" else [base]
    for command in variants:
        done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return program
    raise BenchError(f"{name} does not compile:\n{done.stderr}")


def make_clip(into: Path, *, seconds: int = CLIP_SECONDS) -> Path:
    """The 1080p25 4 Mbit/s H.264 test clip, made once."""
    clip = into / f"clip-{seconds}s.h264"
    if clip.exists():
        return clip
    ffmpeg = require_command("ffmpeg", "to make the test clip (Debian: apt install ffmpeg)")
    into.mkdir(parents=True, exist_ok=True)
    partial = into / f".{clip.name}"
    source = f"testsrc2=size=1920x1080:rate={CLIP_FPS}"
    encoder = "-c:v libx264 -preset veryfast -tune zerolatency -b:v 4M -maxrate 4M -bufsize 4M -g 50"
    command = [ffmpeg, "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds)]
    command += [*encoder.split(), "-bsf:v", "h264_mp4toannexb", "-f", "h264", str(partial)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"ffmpeg could not make the clip: {done.stderr.strip()}")
    partial.rename(clip)
    return clip


def raise_descriptor_limit() -> None:
    """Let this process and what it starts open as many descriptors as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass(frozen=True, kw_only=True)
class Camera:
    """One camera of the server under test."""

    name: str
    source: str
    record: bool = False


@dataclass(kw_only=True)
class Lab:
    """Where scenarios get their programs, places and lengths from."""

    scratch: Path
    rounds: int = 3
    window_s: float = 10.0
    is_quick: bool = False
    sizes: tuple[int, ...] = ()  # restricts the numbers of viewers or cameras; empty: the scenario's own
    python: str = sys.executable
    server_command: str = ""  # stands in for the product; see scripts/bench --help
    server_core: int = 0
    load_core: int = 1
    say: Callable[[str], None] = print
    _serial: int = 0
    _started: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        require_command("taskset", "to pin server and load to cores (Debian: apt install util-linux)")
        cores = os.cpu_count() or 1
        if cores < 2:
            raise BenchError("two cores are needed: one for the server, one for the load")
        self._claim()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        raise_descriptor_limit()

    def _claim(self) -> None:
        """Have the scratch directory to ourselves until this process ends, and with it the lock."""
        self.scratch.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.scratch.with_suffix(".lock"), os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise BenchError("another bench is running here: two at once would measure each other") from None

    def program(self, name: str) -> str:
        """Path of a C program, built if need be."""
        return str(build_program(name, CACHE))

    def clip(self) -> str:
        """Path of the test clip, made if need be."""
        return str(make_clip(CACHE))

    def place(self, name: str) -> Path:
        """A path in the scratch directory that was not given out before."""
        self._serial += 1
        return self.scratch / f"{self._serial:04d}-{name}"

    def directory(self, name: str) -> Path:
        """A fresh empty directory in the scratch directory."""
        made = self.place(name)
        made.mkdir()
        return made

    def on_server_core(self, *command: str) -> Running:
        """Start what is measured."""
        return self._start(command, self.server_core)

    def on_load_core(self, *command: str) -> Running:
        """Start what makes the load."""
        return self._start(command, self.load_core)

    def _start(self, command: Sequence[str], core: int) -> Running:
        started = Running(command, core=core, log=self.place(f"{Path(command[0]).name}.log"))
        self._started = [*(each for each in self._started if each.is_running), started]
        return started

    def end_all(self) -> None:
        """End what was started and still runs; a scenario that is interrupted may not have come to it."""
        for each in self._started:
            each.stop()

    def chosen(self, sizes: Sequence[int], quick: Sequence[int]) -> Sequence[int]:
        """The numbers to run: those asked for, the few quick ones, or all."""
        return self.sizes or (quick if self.is_quick else sizes)

    def alternate(self, what: str, variants: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
        """Run every variant in turn, A B A B, so that a disturbance meets both."""
        results: dict[str, list[T]] = {name: [] for name in variants}
        for turn in range(self.rounds):
            for name, run in variants.items():
                self.say(f"{what}: {name}, round {turn + 1} of {self.rounds}")
                results[name].append(run())
        return results

    def start_cam(self, *extra: str) -> "tuple[Running, str]":
        """A synthetic camera on the load core, and its URL."""
        port = free_port()
        cam = self.on_load_core(self.program("cam"), "serve", "-p", str(port), "-f", self.clip(), *extra)
        cam.wait_for_port(port)
        return cam, f"rtsp://127.0.0.1:{port}/x"


class Product:
    """The server under test with its cameras, on the server core; ready when the block is entered."""

    def __init__(
        self, lab: Lab, cameras: Sequence[Camera], *, data: Path | None = None, segment_s: int = 60
    ) -> None:
        self.http_port = free_port()
        self.rtsp_port = free_port()
        self.data = data or lab.directory("data")
        self.uses_stand_in = bool(lab.server_command)
        config = lab.place("vedette.toml")
        config.write_text(configuration(cameras, segment_s=segment_s))
        words = {
            "http_port": str(self.http_port),
            "rtsp_port": str(self.rtsp_port),
            "config": str(config),
            "data": str(self.data),
            "clip": lab.clip() if "{clip}" in lab.server_command else "",
            "floor": lab.program("floor") if "{floor}" in lab.server_command else "",
        }
        if lab.server_command:
            command = [word.format(**words) for word in shlex.split(lab.server_command)]
        else:
            command = [
                lab.python,
                "-m",
                "vedette",
                "serve",
                "--config",
                str(config),
                "--data",
                str(self.data),
            ]
            command += [
                "--host",
                "127.0.0.1",
                "--http-port",
                words["http_port"],
                "--rtsp-port",
                words["rtsp_port"],
            ]
            command += ["--admin-password", ADMIN_PASSWORD]
        self.running = lab.on_server_core(*command)

    def __enter__(self) -> Self:
        try:
            self._wait_until_ready()
        except BaseException:
            self.running.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.running.stop()

    def live_url(self, camera: str) -> str:
        """Where a camera's main stream is watched."""
        return f"rtsp://127.0.0.1:{self.rtsp_port}/live/{camera}/main"

    def replay_url(self, camera: str) -> str:
        """Where a camera's recording is played back."""
        return f"rtsp://127.0.0.1:{self.rtsp_port}/replay/{camera}"

    def _wait_until_ready(self) -> None:
        if self.uses_stand_in:
            self.running.wait_for_port(self.rtsp_port)
            return
        end_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < end_s:
            self.running.require_running()
            if self._is_healthy():
                return
            time.sleep(0.05)
        raise BenchError(f"the server is not ready after {READY_WITHIN_S:g} s: {self.running.output}")

    def _is_healthy(self) -> bool:
        url = f"http://127.0.0.1:{self.http_port}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def configuration(cameras: Sequence[Camera], *, segment_s: int = 60) -> str:
    """The operator's file for a run: viewing without login, nothing announced on the network."""
    lines = [
        "[server]",
        "anonymous_viewing = true",
        "most_connections_per_address = 4000",  # all viewers come from this machine
        "discovery = false",
        "",
        "[storage]",
        f"segment_s = {segment_s}",
    ]
    for camera in cameras:
        record = "true" if camera.record else "false"
        lines += [
            "",
            "[[camera]]",
            f'name = "{camera.name}"',
            f'source = "{camera.source}"',
            f"record = {record}",
        ]
    return "\n".join(lines) + "\n"
