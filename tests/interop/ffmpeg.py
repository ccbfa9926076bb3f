"""FFmpeg: live streams in every transport and codec, and the refusals."""

import re
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from interop.check import Check, NotShown, expect
from interop.footage import FOOTAGE, Footage
from interop.program import run, tail
from interop.site import DRAWN, Site
from interop.vedette import USER

SECONDS = 3
FIRST_FRAME_MOST_S = 3.0  # the start of ffprobe and its probing included
WAYS = {"tcp": "TCP", "udp": "UDP", "http": "an HTTP tunnel"}
HASH_LINE = re.compile(r"^\d+, *(-?\d+), *(-?\d+), *(\d+), *(\d+), *([0-9a-f]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Frames:
    """Decoded frames as FFmpeg's framemd5 lists them: times and hashes."""

    times: tuple[int, ...]
    hashes: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Frames":
        """Those of a framemd5 file."""
        rows = HASH_LINE.findall(path.read_text(encoding="ascii"))
        return cls(tuple(int(row[1]) for row in rows), tuple(row[4] for row in rows))

    def require_moving(self, least: int) -> None:
        """At least `least` frames, times that rise, pictures that change; raises NotShown otherwise."""
        expect(len(self.times) >= least, f"only {len(self.times)} frames of {least}")
        rising = all(after > before for before, after in zip(self.times, self.times[1:], strict=False))
        expect(rising, f"times do not rise: {self.times[:20]}")
        changed = len(set(self.hashes)) / len(self.hashes)
        expect(changed > 0.9, f"only {changed:.0%} of the frames differ")


def _watch(site: Site, url: str, transport: str, tracks: tuple[str, ...]) -> dict[str, Path]:
    """Play for some seconds; what came of each track, as files. Errors of the decoder are failures."""
    stem = site.folder / f"ffmpeg-{time.monotonic_ns()}"
    outputs: dict[str, Path] = {}
    words: list[str | Path] = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-rtsp_transport",
        transport,
        "-i",
        url,
    ]
    for track in tracks:
        outputs[track] = stem.with_suffix(f".{track}")
        form = ["-c", "copy", "-f", "data"] if track == "d" else ["-f", "framemd5"]
        words += ["-map", f"0:{track}:0", "-t", str(SECONDS), *form, outputs[track]]
    output = run(words, limit_s=SECONDS + 12).require_success("ffmpeg")
    expect(not output.err.strip(), f"ffmpeg complained: {tail(output.err)}")
    return outputs


def _drawn(stream: str) -> Check:
    def check(site: Site) -> str:
        files = _watch(site, site.main.rtsp(f"live/{DRAWN}/{stream}"), "tcp", ("v", "a", "d"))
        video, audio = Frames.read(files["v"]), Frames.read(files["a"])
        video.require_moving(SECONDS * 25 // 2)  # on a busy machine the drawing leaves frames out
        expect(len(audio.times) >= SECONDS * 50 - 25, f"only {len(audio.times)} packets of sound")
        documents = files["d"].read_text(encoding="utf-8").count("</tt:MetadataStream>")
        expect(documents >= SECONDS, f"only {documents} metadata documents")
        sound = f"{len(audio.times)} packets of PCMU"
        return f"{len(video.times)} frames, {sound}, {documents} metadata documents in {SECONDS} s"

    return Check("FFmpeg", f"live drawn {stream} stream with sound and metadata", check)


def _gapless(transport: str) -> Check:
    def check(site: Site) -> str:
        port = site.main.http_port if transport == "http" else None
        files = _watch(site, site.main.rtsp("live/alaw/main", port=port), transport, ("v", "a"))
        video, audio = Frames.read(files["v"]), Frames.read(files["a"])
        video.require_moving(SECONDS * 25 - 5)
        # FFmpeg 5.1's parser loses the time of the very first frame, with GStreamer's server just so.
        steps = {after - before for before, after in pairwise(video.times[1:])}
        expect(steps == {1}, f"steps between frames are {sorted(steps)}, not 1/25 s each")
        expect(len(audio.times) >= SECONDS * 7, f"only {len(audio.times)} packets of sound")
        return f"{len(video.times)} frames 1/25 s apart, {len(audio.times)} packets of sound"

    return Check("FFmpeg", f"live over {WAYS[transport]}, no frame missing", check)


def _first_frame(site: Site) -> str:
    """The first packet of video is a key frame, and it is there at once."""
    taken = []
    for _ in range(3):
        began_s = time.monotonic()
        url = site.main.rtsp(f"live/{DRAWN}/main")
        words = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-select_streams", "v"]
        words += ["-read_intervals", "%+#1", "-show_entries", "packet=flags,size", "-of", "csv=p=0", url]
        output = run(words, limit_s=10).require_success("ffprobe")
        taken.append(time.monotonic() - began_s)
        first = output.out.strip().split(",")
        expect("K" in output.out.splitlines()[0], f"the first packet is no key frame: {first}")
        time.sleep(0.33)
    expect(max(taken) < FIRST_FRAME_MOST_S, f"it took {max(taken):.2f} s")
    return f"a key frame each time, after {min(taken):.2f} to {max(taken):.2f} s with start and probing"


def _refusal(shows: str, user: str, password: str, path: str, wanted: str) -> Check:
    def check(site: Site) -> str:
        url = site.main.rtsp(path, user=user, password=password)
        output = run(["ffprobe", "-v", "error", "-rtsp_transport", "tcp", url], limit_s=10)
        expect(output.code != 0, "it was let in")
        if wanted not in output.err:
            raise NotShown(f"refused otherwise: {tail(output.err)}")
        return f"refused with {wanted}"

    return Check("FFmpeg", shows, check)


def _codec(footage: Footage) -> Check:
    def check(site: Site) -> str:
        url = site.main.rtsp(f"live/{footage.name}/main")
        words = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=codec_name"]
        codecs = run([*words, "-of", "csv=p=0", url], limit_s=15).require_success("ffprobe").out.split()
        expect(codecs[:2] == [footage.video, footage.audio], f"it sees {codecs}")
        files = _watch(site, url, "tcp", ("v", "a"))
        video, audio = Frames.read(files["v"]), Frames.read(files["a"])
        video.require_moving(SECONDS * 25 - 5)
        expect(len(audio.times) >= SECONDS * 10, f"only {len(audio.times)} packets of sound")
        return f"{footage.video} and {footage.audio}: {len(video.times)} frames, {len(audio.times)} of sound"

    return Check("FFmpeg", f"live {footage.name} of a file camera", check)


def _sought(site: Site) -> str:
    """The length of a recording, and a seek: packets from the key frame before on, with their time in it."""
    site.main.recorded_us("alaw", 9)
    words = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-read_intervals", "5.5%+#100"]
    words += ["-show_entries", "packet=codec_type,pts_time:format=duration", "-of", "csv=p=0"]
    lines = run([*words, site.main.rtsp("replay/alaw")], limit_s=30).require_success("ffprobe").out.split()
    length_s = float(lines.pop())
    times_s = [float(line.split(",")[1]) for line in lines if line.startswith("video") and "N/A" not in line]
    expect(length_s >= 9, f"the recording is said to be {length_s} s long")
    expect(times_s, "no picture has a time")
    expect(4.4 <= times_s[0] <= 5.6, f"behind a seek to 5.5 s the first time is {times_s[0]} s")
    return f"of {length_s:.1f} s it plays from {times_s[0]:.2f} s on where 5.5 s was asked for"


CHECKS = (
    _drawn("main"),
    _drawn("sub"),
    *(_gapless(transport) for transport in WAYS),
    Check("FFmpeg", "seeks in a replay", _sought, limit_s=100),
    Check("FFmpeg", "first frame is a key frame, at once", _first_frame),
    _refusal("no login", "", "", f"live/{DRAWN}/main", "401 Unauthorized"),
    _refusal("wrong password", USER, "wrong", f"live/{DRAWN}/main", "401 Unauthorized"),
    _refusal("no such camera", USER, "interop-4-all", "live/nowhere/main", "404 Not Found"),
    *(_codec(footage) for footage in FOOTAGE),
)
