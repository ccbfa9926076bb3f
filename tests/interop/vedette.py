"""A Vedette of our own to show to clients: `vedette serve` on free ports in a folder of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from bench.process import free_port

from interop.check import NotShown
from interop.program import end_group, start, tail

USER = "admin"
PASSWORD = "interop-4-all"
START_MOST_S = 15.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class CameraLine:
    """One `[[camera]]` of the operator's file."""

    name: str
    source: str
    sub_source: str = ""
    transport: str = "tcp"
    record: bool = True

    def toml(self) -> str:
        """The table as text."""
        rows = {"name": self.name, "title": self.name.title(), "source": self.source}
        if self.sub_source:
            rows["sub_source"] = self.sub_source
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())
        return f'[[camera]]\n{text}transport = "{self.transport}"\nrecord = {str(self.record).lower()}\n'


@dataclass
class Vedette:
    """One server process; `start` may follow `kill`, on the same data and ports."""

    folder: Path
    cameras: Sequence[CameraLine]
    host: str = HOST
    has_discovery: bool = False
    segment_s: float = 10.0
    free_floor_gib: float = 0.1
    http_port: int = field(default_factory=free_port)
    rtsp_port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def http(self) -> str:
        """The address of the HTTP port."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def device_service(self) -> str:
        """Where ONVIF clients begin."""
        return f"{self.http}/onvif/device_service"

    @property
    def data(self) -> Path:
        """Where it keeps its recordings."""
        return self.folder / "data"

    def rtsp(self, path: str, *, port: int | None = None, user: str = USER, password: str = PASSWORD) -> str:
        """An RTSP address with login; with the port of HTTP it is for the tunnel."""
        login = f"{user}:{password}@" if user else ""
        return f"rtsp://{login}{HOST}:{port or self.rtsp_port}/{path}"

    def start(self) -> float:
        """Start it; the seconds until it answers. Raises NotShown when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "vedette.toml"
        configuration.write_text(self._configuration(), encoding="utf-8")
        program = Path(sys.executable).parent / "vedette"
        began_s = time.monotonic()
        with (self.folder / "log").open("ab") as log:
            words = [program, "serve", "--config", configuration, "--data", self.data]
            # As an installed program: with its compiled modules kept from one start to the next.
            kept = {"PYTHONDONTWRITEBYTECODE": ""}
            self.process = start([*words, "--admin-password", PASSWORD], log, kept)
        while True:
            taken_s = time.monotonic() - began_s
            if self._answers():
                return taken_s
            if taken_s > START_MOST_S or self.process.poll() is not None:
                raise NotShown(f"vedette did not start within {taken_s:.1f} s: {tail(self.log())}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self.process is not None:
            end_group(self.process)
            self.process.wait()
            self.process = None

    def stop(self) -> float:
        """Ask it to end; the seconds it took. Raises NotShown when it did not within 5 s."""
        if self.process is None:
            return 0.0
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5.0)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NotShown("vedette did not end within 5 s of SIGTERM") from None
        self.process = None
        return time.monotonic() - began_s

    def get(self, path: str) -> httpx2.Response:
        """One GET with login."""
        return httpx2.get(self.http + path, auth=httpx2.DigestAuth(USER, PASSWORD), timeout=10.0)

    def camera_states(self) -> dict[str, Any]:
        """What it says of its cameras, by their names."""
        return {each["token"]: each for each in self.get("/api/cameras").json()["cameras"]}

    def recorded_us(self, camera: str, least_s: float) -> tuple[int, int]:
        """The span of a camera's recording, once it is `least_s` long."""
        for _ in range(60):
            recording = self.camera_states()[camera]["recording"]
            span = recording["from_utc_us"], recording["to_utc_us"]
            if span[1] - span[0] >= least_s * 1_000_000:
                return span
            time.sleep(1)
        raise AssertionError(f"nothing recorded of {camera}")

    def wait_live(self, *names: str, limit_s: float = 10.0) -> float:
        """Wait until the cameras are live and recorded; the seconds it took."""
        began_s = time.monotonic()
        while True:
            states = self.camera_states()
            missing = [name for name in names if states[name]["state"] != "live"]
            if not missing:
                return time.monotonic() - began_s
            if time.monotonic() - began_s > limit_s:
                problems = ", ".join(f"{name}: {states[name]['problem']}" for name in missing)
                raise NotShown(f"not live within {limit_s:.0f} s: {problems}")
            time.sleep(0.1)

    def log(self) -> str:
        """What it logged."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def segments(self) -> list[Path]:
        """The recorded files, oldest first by name."""
        return sorted(path for path in self.data.rglob("*.mp4"))

    def _answers(self) -> bool:
        try:
            httpx2.get(self.http + "/healthz", timeout=1.0)
        except httpx2.HTTPError:
            return False
        return True

    def _configuration(self) -> str:
        lines = [
            "[server]",
            f'host = "{self.host}"',
            f"http_port = {self.http_port}",
            f"rtsp_port = {self.rtsp_port}",
            f"discovery = {str(self.has_discovery).lower()}",
            "[storage]",
            f"segment_s = {self.segment_s}",
            f"free_floor_gib = {self.free_floor_gib}",
            "",
        ]
        return "\n".join(lines) + "\n".join(camera.toml() for camera in self.cameras)
