"""Programs under measurement: started on one core, watched through /proc, ended by their own id."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.figures import BenchError

STOP_WITHIN_S = 10.0
LOG_TAIL_BYTES = 2000
PORTS = range(20_000, 32_000)

_ports = iter(random.sample(PORTS, len(PORTS)))


def require_command(name: str, why: str) -> str:
    """The path of a program, or a BenchError that says what it is for."""
    found = shutil.which(name)
    if found is None:
        raise BenchError(f"the command {name!r} is not installed; it is needed {why}")
    return found


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody has: given out once, and never by the system to who connects."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise BenchError(f"no free port from {PORTS.start} on is left")


def thread_time_s(pid: int) -> float:
    """Time on the CPU of all living threads of one process, to the nanosecond."""
    total_ns = 0
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return 0.0
    for thread in threads:
        try:
            text = Path(f"/proc/{pid}/task/{thread}/schedstat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total_ns += int(text.split()[0])
    return total_ns / 1e9


def resident_kb(pid: int) -> int:
    """VmRSS of one process, 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def children_of(pid: int) -> list[int]:
    """Living child processes, grandchildren included."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    direct = [int(each) for each in text.split()]
    return direct + [deeper for each in direct for deeper in children_of(each)]


class Running:
    """A started program; leaving the `with` block ends it. Its output goes to the log file."""

    def __init__(
        self, command: Sequence[str], *, core: int, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.command = list(command)
        self.log = log
        pinned = ["taskset", "-c", str(core), *command]
        self.started_s = time.monotonic()
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                pinned,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if environment is None else {**os.environ, **environment},
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id; taskset replaces itself by the program."""
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    @property
    def output(self) -> str:
        """The last part of what it wrote."""
        return self.log.read_text(errors="replace")[-LOG_TAIL_BYTES:] if self.log.exists() else ""

    @property
    def cpu_s(self) -> float:
        """CPU time of the process and its living children so far."""
        return sum(thread_time_s(pid) for pid in (self.pid, *children_of(self.pid)))

    @property
    def resident_kb(self) -> int:
        """Resident memory of the process and its living children."""
        return sum(resident_kb(pid) for pid in (self.pid, *children_of(self.pid)))

    @property
    def descriptors(self) -> int:
        """Open file descriptors of the process."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def require_running(self) -> None:
        """Raise BenchError with the program's last words if it has ended."""
        if not self.is_running:
            raise BenchError(f"{Path(self.command[0]).name} ended ({self.process.returncode}): {self.output}")

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that does not help; nothing if it has ended."""
        if not self.is_running:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_for_port(self, port: int, *, within_s: float = 10.0) -> None:
        """Return once something listens on the port; BenchError when the program ends or time is up."""
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s:
            self.require_running()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise BenchError(f"{' '.join(self.command)} does not listen on {port}: {self.output}")
