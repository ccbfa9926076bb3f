"""systemd: the unit of docs/operations.md starts, is restarted when killed or hung, and ends in time."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.process import free_port

from interop.check import Check, NotShown, expect
from interop.program import end_group, run, start, tail
from interop.site import PROGRAMS, STOP_MOST_S, Site
from interop.vedette import HOST

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
UNIT = "vedette.service"
WATCHDOG_S = 3
READY_MOST_S = 20.0


def documented_unit() -> str:
    """The unit as the page has it."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("```ini\n[Unit]")
    text, fence, _ = rest.partition("```")
    expect(fence, "docs/operations.md has no unit")
    return "[Unit]" + text


def unit_for(program: Path, data: Path) -> str:
    """The documented unit with other paths, and as the user who runs this."""
    lines = []
    for line in documented_unit().splitlines():
        name, _, value = line.partition("=")
        if name == "ExecStart":
            line = f"ExecStart={program} serve {value.partition(' serve ')[2]}"
        if name != "User":
            lines.append(line.replace("/srv/vedette", str(data)))
    return "\n".join(lines) + "\n"


class Manager:
    """A systemd of its own and the service in it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        limit_s = time.monotonic() + 5
        while (found := _child(process.pid)) is None:
            expect(time.monotonic() < limit_s and process.poll() is None, "systemd did not start")
            time.sleep(0.05)
        self._inside = ["nsenter", "--target", found, "--mount", "--pid", "--cgroup"]

    def tell(self, *words: str) -> str:
        """What systemctl says."""
        return run([*self._inside, "systemctl", *words], limit_s=20).out.strip()

    def state(self, name: str) -> str:
        """A property of the service."""
        return self.tell("show", UNIT, "--property", name, "--value")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the service's process."""
        run([*self._inside, "kill", f"-{number.value}", self.state("MainPID")], limit_s=5)

    def wait(self, is_so: Callable[[], bool], what: str) -> float:
        """The seconds until it is so."""
        began_s = time.monotonic()
        while not is_so():
            if time.monotonic() - began_s > READY_MOST_S:
                raise NotShown(f"not {what} within {READY_MOST_S:.0f} s: {self.tell('show', UNIT)[:300]}")
            time.sleep(0.1)
        return time.monotonic() - began_s


def _child(parent: int) -> str | None:
    """The process of a systemd that another one has started."""
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                return pid
    return None


@contextmanager
def managed(folder: Path) -> Iterator[Manager]:
    """systemd with the units of a folder."""
    name = f"vedette-{os.getpid()}"
    with (folder / "systemd.log").open("wb") as log:
        process = start([PROGRAMS / "systemd_alone.sh", folder, UNIT, name], log)
        try:
            yield Manager(process)
        except NotShown as problem:
            said = tail((folder / "systemd.log").read_text(errors="replace"))
            raise NotShown(f"{problem}; systemd: {said}") from problem
        finally:
            end_group(process)
            process.wait()
            _forget_groups(name)


def _forget_groups(name: str) -> None:
    """Remove the control groups; the last processes leave them a moment after they were killed."""
    for tree in (Path("/sys/fs/cgroup/systemd") / name, Path("/sys/fs/cgroup") / name):
        limit_s = time.monotonic() + 3
        while tree.exists() and time.monotonic() < limit_s:
            for folder, _, _ in os.walk(tree, topdown=False):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()
            time.sleep(0.1)


def _serves(site: Site) -> str:
    folder = site.folder / "systemd"
    data = folder / "data"
    data.mkdir(parents=True)
    http_port, rtsp_port = free_port(), free_port()
    toml = folder / "vedette.toml"
    toml.write_text(
        f'[server]\nhost = "{HOST}"\nhttp_port = {http_port}\nrtsp_port = {rtsp_port}\ndiscovery = false\n'
        '[[camera]]\nname = "yard"\nsource = "drawn:"\n',
        encoding="utf-8",
    )
    text = unit_for(Path(sys.executable).parent / "vedette", data).replace("/etc/vedette.toml", str(toml))
    (folder / UNIT).write_text(text, encoding="utf-8")
    checked = run(["systemd-analyze", "verify", folder / UNIT], limit_s=20)
    expect(not checked.err.strip(), f"systemd-analyze: {checked.err.strip()[:300]}")
    more = folder / f"{UNIT}.d"
    more.mkdir()
    (more / "here.conf").write_text(
        f"[Unit]\nDefaultDependencies=no\n[Service]\nWatchdogSec={WATCHDOG_S}\n",
        encoding="utf-8",
    )
    with managed(folder) as manager:

        def is_up_again(times: int) -> Callable[[], bool]:
            return lambda: (
                manager.state("NRestarts") == str(times) and manager.state("ActiveState") == "active"
            )

        ready_s = manager.wait(is_up_again(0), "ready")
        expect(manager.state("StatusText"), "it tells no status")
        manager.signal(signal.SIGKILL)
        killed_s = manager.wait(is_up_again(1), "up again after kill -9")
        manager.signal(signal.SIGSTOP)
        hung_s = manager.wait(is_up_again(2), "up again after it hung")
        expect(
            hung_s > WATCHDOG_S / 2, f"restarted {hung_s:.1f} s after it hung, before its watchdog could know"
        )
        began_s = time.monotonic()
        manager.tell("stop", UNIT)
        stopped_s = time.monotonic() - began_s
        expect(stopped_s < STOP_MOST_S, f"it took {stopped_s:.1f} s to stop")
        result = manager.state("Result"), manager.state("ExecMainStatus")
        expect(result == ("success", "0"), f"it ended as {result}")
    return (
        f"ready after {ready_s:.1f} s, back {killed_s:.1f} s after kill -9 and {hung_s:.1f} s after it hung "
        f"(watchdog {WATCHDOG_S} s), stopped in {stopped_s:.2f} s"
    )


def _may_run() -> bool:
    """Whether this machine lets us make the namespaces that a systemd of our own needs."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    words = ["unshare", "--fork", "--pid", "--mount", "--ipc", "--uts", "--cgroup", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


MAY_RUN = _may_run()
NOTE = "" if MAY_RUN else "no namespaces for a systemd of our own here: the unit was not run"
CHECK = Check("systemd", "runs the documented unit", _serves, limit_s=90, is_alone=True)
CHECKS = (CHECK,) if MAY_RUN else ()
