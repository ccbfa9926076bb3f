"""What the checks share: the Vedette that clients visit, the addresses, the folders."""

from dataclasses import dataclass, field
from pathlib import Path

from interop.check import expect
from interop.footage import FOOTAGE
from interop.soap_recorder import SoapRecorder
from interop.vedette import CameraLine, Vedette

PROGRAMS = Path(__file__).resolve().parent / "programs"
DRAWN = "yard"
STOP_MOST_S = 3.0


@dataclass
class Site:
    """One run of the stage. `folder` vanishes afterwards, `reports` stays, `cache` holds the clients."""

    folder: Path
    reports: Path
    cache: Path
    main: Vedette = field(init=False)
    soap: SoapRecorder = field(init=False)

    def __post_init__(self) -> None:
        cameras = [CameraLine(DRAWN, "drawn:?seed=7")]
        cameras += [CameraLine(each.name, f"file:{self.folder / each.name}.mkv") for each in FOOTAGE]
        self.main = Vedette(self.folder / "main", cameras)
        self.soap = SoapRecorder(self.main.http_port)

    def python(self, client: str) -> Path:
        """The interpreter of the environment that scripts/interop made for a client."""
        return self.cache / "interop-venv" / client / "bin" / "python"

    def open(self) -> str:
        """Make the footage and start Vedette with it; what was started, in words."""
        for each in FOOTAGE:
            each.make(self.folder)
        taken_s = self.main.start()
        self.soap.start()
        live_s = self.main.wait_live(DRAWN, *(each.name for each in FOOTAGE))
        return f"answers after {taken_s:.2f} s, {1 + len(FOOTAGE)} cameras live {live_s:.2f} s later"

    def end(self) -> str:
        """Ask the shared Vedette to end; how long it took, and whether it logged a defect of its own."""
        stopped_s = self.main.stop()
        expect(stopped_s < STOP_MOST_S, f"it took {stopped_s:.1f} s")
        log = self.main.log()
        traces = [line for line in log.splitlines() if "Traceback" in line]
        expect(not traces, f"{len(traces)} traces in its log, see vedette.log in the reports")
        return f"ended {stopped_s:.2f} s after SIGTERM, no trace in its log"

    def close(self) -> None:
        """End what was started."""
        self.soap.stop()
        self.main.kill()
