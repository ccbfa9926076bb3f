"""GStreamer: rtspsrc watching live and playing recordings back, with Debian's own Python and plugins."""

import json
from itertools import pairwise
from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import DRAWN, PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER

SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's GObject bindings belong to
FRAMES = 60
STEP_NS = 40_000_000
SECONDS_1900_TO_1970 = 2_208_988_800


def _played(url: str, frames: int, limit_s: float, **more: Any) -> dict[str, Any]:
    wanted = {"url": url, "user": USER, "password": PASSWORD, "frames": frames, "limit_s": limit_s, **more}
    words = [SYSTEM_PYTHON, PROGRAMS / "gst_player.py", json.dumps(wanted)]
    result: dict[str, Any] = run_json(words, limit_s=limit_s + 10)
    expect(not result["problem"], f"rtspsrc: {result['problem']}")
    return result


def _live(way: str, protocols: str, camera: str) -> Check:
    def check(site: Site) -> str:
        is_tunnel = protocols == "http"
        port = site.main.http_port if is_tunnel else site.main.rtsp_port
        url = f"{'rtsph' if is_tunnel else 'rtsp'}://{HOST}:{port}/live/{camera}/main"
        # By default rtspsrc takes the group of pictures that comes at once for a fast clock.
        more = {} if is_tunnel else {"protocols": protocols}
        result = _played(url, FRAMES, 12, buffer_mode="none", **more)
        pictures = result["pictures"]
        expect(len(pictures) >= FRAMES, f"{len(pictures)} of {FRAMES} frames: {result['ended']}")
        steps = [after["pts"] - before["pts"] for before, after in pairwise(pictures)]
        expect(min(steps) > 0, "times do not rise")
        different = len({each["md5"] for each in pictures})
        expect(different > FRAMES * 0.9, f"only {different} different pictures")
        if camera != DRAWN:
            odd = [step for step in steps if abs(step - STEP_NS) > 2_000_000]
            expect(not odd, f"frames are {odd} ns apart, not 40 ms")
        size = "×".join(map(str, pictures[0]["size"]))
        sound = ", ".join(f"{count} × {name}" for name, count in sorted(result["others"].items()))
        first_s = pictures[0]["at_s"]
        return f"{len(pictures)} frames of {size}, the first after {first_s:.2f} s; {sound}"

    return Check("GStreamer", f"live {camera} over {way}", check)


def _default_clock(site: Site) -> str:
    """With the jitter buffer as it is by default: every frame comes, and no time goes back."""
    url = f"rtsp://{HOST}:{site.main.rtsp_port}/live/alaw/main"
    pictures = _played(url, FRAMES, 12, protocols="tcp")["pictures"]
    expect(len(pictures) >= FRAMES, f"{len(pictures)} of {FRAMES} frames")
    steps = [after["pts"] - before["pts"] for before, after in pairwise(pictures)]
    expect(min(steps) >= 0, "times go back")
    return f"{len(pictures)} frames, at most {max(steps) / 1e6:.0f} ms apart"


def _replay(shows: str, *, seconds: float, rate: float = 1.0, **options: Any) -> Check:
    def check(site: Site) -> str:
        start_us, _ = site.main.recorded_us("alaw", seconds + 3)
        from_us = start_us + 1_500_000
        to_us = from_us + round(seconds * 1_000_000)
        url = f"rtsp://{HOST}:{site.main.rtsp_port}/replay/alaw"
        spans = {"from_utc_us": from_us, "to_utc_us": to_us}
        more = {**spans, **options, "latency": 200 if options["rate_control"] else 3000}
        result = _played(url, 10_000, seconds + 12, onvif=True, rate=rate, **more)
        pictures = result["pictures"]
        expect(result["ended"] == "end of stream", f"{result['ended']} after {len(pictures)} frames")
        times_us = [each["pts"] // 1000 - SECONDS_1900_TO_1970 * 1_000_000 for each in pictures]
        step_us = 1_000_000 if more.get("key_units") else 40_000  # the footage has a key frame every second
        count = seconds * 1_000_000 / step_us
        # A live rtspsrc discards the first unit (docs/design/replay.md), a key frame; what needs it is odd.
        is_first_group_whole = more["rate_control"] or more.get("key_units")
        least = count - 1 if is_first_group_whole else count - 26
        expect(least <= len(pictures) <= count + 26, f"{len(pictures)} frames, not about {count:.0f}")
        inside = [us for us in times_us if from_us - 1_040_000 <= us <= to_us + 1_040_000]
        expect(len(inside) == len(times_us), "a frame is of another time than was asked for")
        signed_us = -step_us if rate < 0 else step_us
        surely = times_us[1:-1] if is_first_group_whole else times_us[26:-1]
        odd = [b - a for a, b in pairwise(surely) if abs(b - a - signed_us) > 2000]
        expect(not odd, f"{len(odd)} frames are {odd[:5]} µs apart, not {signed_us}")
        taken_s = pictures[-1]["at_s"] - pictures[0]["at_s"]
        if more["rate_control"]:
            expect(abs(taken_s - seconds) < 1.5, f"{seconds:.0f} s of footage took {taken_s:.2f} s")
        else:
            expect(taken_s * 3 < seconds, f"{seconds:.0f} s of footage took {taken_s:.2f} s")
        return (
            f"{len(pictures)} frames of {seconds:.0f} s in {taken_s:.2f} s, each with its UTC, then the end"
        )

    return Check("GStreamer", shows, check, limit_s=90)


def _plain_replay(site: Site) -> str:
    """Without its ONVIF mode rtspsrc asks for seconds since 1900, as it reads them in our description."""
    site.main.recorded_us("alaw", 6)
    url = f"rtsp://{HOST}:{site.main.rtsp_port}/replay/alaw"
    pictures = _played(url, FRAMES, 12, protocols="tcp")["pictures"]
    expect(len(pictures) >= FRAMES, f"{len(pictures)} of {FRAMES} frames")
    odd = [
        b["pts"] - a["pts"] for a, b in pairwise(pictures) if abs(b["pts"] - a["pts"] - STEP_NS) > 2_000_000
    ]
    expect(not odd, f"frames are {odd[:5]} ns apart, not 40 ms")
    taken_s = pictures[-1]["at_s"] - pictures[0]["at_s"]
    expect(abs(taken_s - FRAMES / 25) < 1.0, f"{FRAMES} frames took {taken_s:.2f} s")
    return f"{len(pictures)} frames 40 ms apart, the first after {pictures[0]['at_s']:.2f} s"


CHECKS = (
    _live("TCP", "tcp", "alaw"),
    _live("UDP", "udp", "alaw"),
    _live("an HTTP tunnel", "http", "alaw"),
    _live("TCP", "tcp", DRAWN),
    _live("TCP", "tcp", "h265"),
    _live("TCP", "tcp", "mjpeg"),
    Check("GStreamer", "live with the default jitter buffer", _default_clock),
    Check("GStreamer", "replay as any RTSP address", _plain_replay),
    _replay("replay with rate control (onvif-mode)", seconds=4, rate_control=True),
    _replay("replay without rate control (onvif-mode)", seconds=6, rate_control=False),
    _replay("replay backwards without rate control (onvif-mode)", seconds=6, rate=-1.0, rate_control=False),
    _replay("replay of key frames without rate control", seconds=10, rate_control=False, key_units=True),
)
