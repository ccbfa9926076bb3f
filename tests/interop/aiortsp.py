"""aiortsp: an RTSP client in Python, which logs in by the oldest form of digest."""

from functools import partial
from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER

WATCHED_S = 3.0
PICTURES_LEAST = 70


def _live(scheme: str, site: Site) -> str:
    url = f"{scheme}://{USER}:{PASSWORD}@{HOST}:{site.main.rtsp_port}/live/alaw/main"
    words = [site.python("aiortsp"), PROGRAMS / "aiortsp_client.py", url, str(WATCHED_S)]
    result: dict[str, Any] = run_json(words, limit_s=20)
    expect(result["lost"] == 0, f"{result['lost']} packets were lost")
    expect(result["pictures"] >= PICTURES_LEAST, f"only {result['pictures']} pictures in {WATCHED_S:.0f} s")
    return f"{result['packets']} packets, {result['pictures']} pictures in {WATCHED_S:.0f} s, none lost"


CHECKS = (
    Check("aiortsp", "live over UDP", partial(_live, "rtsp")),
    Check("aiortsp", "live over TCP", partial(_live, "rtspt")),
)
