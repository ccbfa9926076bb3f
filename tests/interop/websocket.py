"""RTSP over WebSocket, by the websockets library and a client of its own: live, and replay unpaced."""

from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER


def _played(site: Site, path: str, seconds: float, **headers: str) -> dict[str, Any]:
    url = f"ws://{HOST}:{site.main.http_port}/rtsp"
    target = f"rtsp://{HOST}:{site.main.http_port}/{path}"
    words = [
        site.python("websocket"),
        PROGRAMS / "websocket_rtsp.py",
        url,
        target,
        USER,
        PASSWORD,
        str(seconds),
    ]
    words += [f"{name}: {value}" for name, value in headers.items()]
    result: dict[str, Any] = run_json(words, limit_s=seconds + 15)
    expect(result["play"] == 200, f"PLAY was answered with {result['play']}")
    return result


def _live(site: Site) -> str:
    result = _played(site, "live/alaw/main", 3.0)
    expect(result["subprotocol"] == "rtsp.onvif.org", f"the subprotocol is {result['subprotocol']}")
    expect(result["lost"] == 0, f"{result['lost']} packets were lost")
    expect(result["units"] >= 70, f"only {result['units']} frames in 3 s")
    expect(result["first_is_key"], "the first frame is no key frame")
    return f"{result['packets']} packets, {result['units']} frames in 3 s, the first a key frame"


def _replay(site: Site) -> str:
    result = _played(site, "replay/alaw", 4.0, **{"Rate-Control": "no", "Require": "onvif-replay"})
    expect(result["lost"] == 0, f"{result['lost']} packets were lost")
    expect(result["stamped"] >= result["units"], "frames without the replay extension")
    footage_s = result["first_second_s"]
    expect(footage_s >= 12, f"only {footage_s:.1f} s of footage within the first second")
    return f"{footage_s:.1f} s of footage within the first second, {result['units']} frames in all"


CHECKS = (
    Check("WebSocket", "live", _live),
    Check("WebSocket", "replay without rate control", _replay),
)
