"""VLC: plays recorded segments and an exported file, and live streams where it was built with RTSP."""

import glob
import sys
from pathlib import Path

from interop.check import Check, expect
from interop.program import run, tail
from interop.site import Site
from interop.vedette import PASSWORD

SECONDS = 4
# Debian leaves this plugin out of its VLC (bug 981439), and with it all of RTSP.
RTSP_PLUGIN = "/usr/lib/*/vlc/plugins/access/liblive555_plugin.so"


def _vlc(site: Site, words: list[str | Path], *, limit_s: float) -> str:
    """What `cvlc` says. VLC does not run as root; root runs it as nobody, with a home of its own."""
    home = site.folder / "vlc-home"
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    whole: list[str | Path] = ["env", f"HOME={home}", f"XDG_RUNTIME_DIR={home}", "cvlc", "--no-color", "-vv"]
    whole += [*words, "vlc://quit"]
    if Path("/proc/self").stat().st_uid == 0:
        whole = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *whole]
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


def _live(shows: str, *options: str) -> Check:
    def check(site: Site) -> str:
        url = site.main.rtsp("live/alaw/main")
        name = f"live-{len(options)}"
        path = _written(site, url, name, options=(*options, f"--run-time={SECONDS}"))
        seen = _frames(path, "h264")
        expect(seen >= (SECONDS - 2) * 25, f"{seen} frames in {SECONDS} s")
        return f"{seen} frames in {SECONDS} s"

    return Check("VLC", shows, check, limit_s=60)


HAS_RTSP = bool(glob.glob(RTSP_PLUGIN))
NOTE = "" if HAS_RTSP else "this VLC was built without RTSP (Debian bug 981439): its live checks do not apply"
LIVE = (_live("live over TCP", "--rtsp-tcp"), _live("live over UDP"))
CHECKS = (
    _segment("alaw", "h264"),
    _segment("h265", "hevc"),
    Check("VLC", "plays an export", _export, limit_s=60),
    *(LIVE if HAS_RTSP else ()),
)
