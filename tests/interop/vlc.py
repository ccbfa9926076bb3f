"""VLC: shows live streams by every transport it has, and plays recorded segments and an exported file."""

import re
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from interop.check import Check, NotShown, expect
from interop.program import end_group, run, start, tail
from interop.site import DRAWN, Site
from interop.vedette import PASSWORD

SECONDS = 4
AUDIO_DECODER = re.compile(r'using audio decoder module "(\w+)"')


def program(cache: Path) -> list[str | Path]:
    """VLC as it lies in `cache`, called by the loader of its own C library; root runs it as nobody."""
    libraries = next((cache / "interop-vlc" / "root" / "usr" / "lib").glob("*-linux-gnu*"), None)
    if libraries is None:
        raise NotShown("there is no VLC in the cache")
    loader = next(libraries.glob("ld-linux*.so*"))
    path = ":".join(map(str, (libraries, libraries / "pulseaudio", libraries / "vlc")))
    words: list[str | Path] = [loader, "--library-path", path, libraries.parents[1] / "bin" / "vlc"]
    if Path("/proc/self").stat().st_uid == 0:
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *words]
    return words


def _vlc(site: Site, words: list[str | Path], *, limit_s: float) -> str:
    """What VLC says without a screen. VLC does not run as root, so it gets a home that anybody may use."""
    home = site.folder / "vlc-home"
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    whole: list[str | Path] = ["env", f"HOME={home}", f"XDG_RUNTIME_DIR={home}", *program(site.cache)]
    whole += ["--intf=dummy", "--no-color", "-vv", *words, "vlc://quit"]
    return run(whole, limit_s=limit_s).err


def _frames(path: Path, codec: str) -> int:
    """The frames of a file, counted by ffprobe."""
    words: list[str | Path] = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v"]
    words += ["-show_entries", "stream=codec_name,nb_read_frames", "-of", "csv=p=0", path]
    found = run(words, limit_s=20).require_success("ffprobe").out.split()
    expect(found, f"no video in {path.name}")
    name, count = found[0].split(",")[:2]
    expect(name == codec, f"{path.name} holds {name}")
    return int(count)


def _written(site: Site, address: str | Path, name: str, *, options: tuple[str, ...] = ()) -> Path:
    """What VLC makes of an address when it writes it down as a transport stream."""
    folder = site.folder / "vlc-out"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    path = folder / f"{name}.ts"
    said = _vlc(site, [*options, f"--sout=#std{{access=file,mux=ts,dst={path}}}", address], limit_s=30)
    expect(path.exists() and path.stat().st_size, f"VLC wrote nothing: {tail(said)}")
    return path


def _readable(site: Site, path: Path, name: str) -> Path:
    """A copy that nobody may read."""
    copy = site.folder / name
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o644)
    return copy


def _segment(camera: str, codec: str) -> Check:
    def check(site: Site) -> str:
        finished = [path for path in site.main.segments() if path.parent.parent.name == camera][:-1]
        expect(finished, f"{camera} has no finished segment yet")
        copy = _readable(site, finished[0], f"vlc-{camera}.mp4")
        there = _frames(copy, codec)
        seen = _frames(_written(site, copy, f"segment-{camera}"), codec)
        expect(seen >= there - 10, f"VLC passed {seen} of {there} frames on")
        return f"{seen} of {there} frames of {codec}"

    return Check("VLC", f"plays a recorded segment of {camera}", check, limit_s=60)


def _export(site: Site) -> str:
    """`vedette export`, then VLC decodes and shows it."""
    span = site.main.camera_states()["alaw"]["recording"]
    path = site.folder / "export.mp4"
    words: list[str | Path] = [Path(sys.executable).parent / "vedette", "export", "alaw"]
    start_s = span["from_utc_us"] / 1e6 + 2
    words += ["--data", site.main.data, "--from", _utc(start_s), "--to", _utc(start_s + SECONDS), path]
    run(words, limit_s=20, environment={"VEDETTE_PASSWORD": PASSWORD}).require_success("vedette export")
    copy = _readable(site, path, "vlc-export.mp4")
    said = _vlc(site, ["--vout=dummy", "--aout=dummy", copy], limit_s=SECONDS + 15)
    expect("Received first picture" in said, f"no picture: {tail(said)}")
    late = said.count("picture is too late")
    return f"decodes and shows {_frames(copy, 'h264')} frames of an export, {late} of them too late"


def _utc(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sought(site: Site) -> str:
    """Over its remote control: the length, a seek, a pause and how time goes on behind it."""
    home = site.folder / "vlc-home"
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    control = home / "control"
    words: list[str | Path] = ["env", f"HOME={home}", f"XDG_RUNTIME_DIR={home}", *program(site.cache)]
    words += ["--intf=oldrc", "--rc-unix", control, "--rc-fake-tty", "--vout=dummy", "--aout=dummy"]
    words += ["--no-color", "--rtsp-tcp", site.main.rtsp("replay/alaw")]
    site.main.recorded_us("alaw", 12)
    with (site.folder / "vlc-control.log").open("wb") as log:
        process = start(words, log)
    try:
        return _led(control)
    finally:
        end_group(process)
        process.wait()


def _led(control: Path) -> str:
    with _Control(control) as vlc:
        begin = vlc.until("get_time", lambda seconds: seconds >= 2)
        length = vlc.number("get_length")
        vlc.ask("seek 8")
        there = vlc.until("get_time", lambda seconds: seconds >= 7)
        expect(there <= 11, f"behind a seek to 8 s it shows {there} s")
        vlc.ask("pause")
        paused = vlc.number("get_time")
        time.sleep(3)
        expect(vlc.number("get_time") <= paused + 1, "time goes on in a pause")
        vlc.ask("pause")
        resumed = vlc.until("get_time", lambda seconds: seconds > paused)
        expect(resumed <= paused + 3, f"paused at {paused} s it goes on at {resumed} s")
        vlc.ask("seek 2")
        back = vlc.until("get_time", lambda seconds: seconds <= 4)
    expect(length >= 12, f"it says the recording is {length} s long")
    return f"of {length} s it plays from {begin}, {there} and {back} s, and pauses at {paused} s"


class _Control:
    """VLC's remote control at a socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(0.4)

    def __enter__(self) -> "_Control":
        for _ in range(100):
            time.sleep(0.2)
            with suppress(OSError):
                self._socket.connect(str(self._path))
                return self
        raise NotShown("VLC opens no remote control")

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, words: str) -> str:
        """What it answers, and has said before."""
        self._socket.sendall(words.encode() + b"\n")
        said = b""
        with suppress(TimeoutError):
            while more := self._socket.recv(65536):
                said += more
        return said.decode(errors="replace")

    def number(self, words: str) -> int:
        """The number that it answers with, -1 without one."""
        found = re.findall(r"^(?:> )?(\d+)\s*$", self.ask(words), re.MULTILINE)
        return int(found[-1]) if found else -1

    def until(self, words: str, is_so: Callable[[int], bool]) -> int:
        """The first number that is as it should be, within 15 s."""
        number = -1
        for _ in range(30):
            number = self.number(words)
            if number >= 0 and is_so(number):
                return number
            time.sleep(0.1)
        raise NotShown(f"VLC answers {words} with {number}")


def _live(camera: str, codec: str, shows: str, *options: str) -> Check:
    def check(site: Site) -> str:
        url = site.main.rtsp(f"live/{camera}/main")
        port = f"--rtsp-http-port={site.main.http_port}"  # heeded only with --rtsp-http
        name = "-".join(("live", camera, *options)).replace("--", "")
        path = _written(site, url, name, options=(*options, port, f"--run-time={SECONDS}"))
        seen = _frames(path, codec)
        expect(seen >= (SECONDS - 2) * 25, f"{seen} frames in {SECONDS} s")
        return f"{seen} frames of {codec} in {SECONDS} s"

    return Check("VLC", shows, check, limit_s=60)


def _watched(site: Site) -> str:
    """VLC decodes the drawn camera and shows it, sound and all."""
    words = ["--rtsp-tcp", "--vout=dummy", "--aout=dummy", f"--run-time={SECONDS}"]
    said = _vlc(site, [*words, site.main.rtsp(f"live/{DRAWN}/main")], limit_s=SECONDS + 20)
    expect("Received first picture" in said, f"no picture: {tail(said)}")
    sound = AUDIO_DECODER.search(said)
    expect(sound, f"no sound: {tail(said)}")
    late = said.count("picture is too late")
    return f"first picture shown, sound by {sound[1]}, {late} pictures too late in {SECONDS} s"


CHECKS = (
    _live("alaw", "h264", "live over TCP", "--rtsp-tcp"),
    _live("alaw", "h264", "live over UDP"),
    _live("alaw", "h264", "live by HTTP tunnel", "--rtsp-http"),
    _live("h265", "hevc", "live H.265 over TCP", "--rtsp-tcp"),
    Check("VLC", "shows a live picture with sound", _watched, limit_s=60),
    _segment("alaw", "h264"),
    _segment("h265", "hevc"),
    Check("VLC", "plays an export", _export, limit_s=60),
    Check("VLC", "seeks and pauses in a replay", _sought, limit_s=90),
)
