"""Firefox: the page with its live pictures, the picture that the scrub bar leads to, and sound."""

from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import DRAWN, PROGRAMS, Site
from interop.vedette import PASSWORD, USER

SOUNDING = ("h265", "h264b")  # both with AAC, and both such as Firefox plays


def _page(site: Site) -> str:
    words = [site.python("websocket"), PROGRAMS / "firefox_page.py", f"{site.main.http}/", USER, PASSWORD]
    words += [site.reports, DRAWN, *SOUNDING]
    seen = run_json(words, limit_s=110, environment={"HOME": str(site.folder)})
    expect(not seen["problems"], f"the page has errors: {seen['problems']}")
    for name, look in seen["live"].items():
        _require_moving(f"the live picture of {name}", look)
    _require_moving("the recorded picture", seen["back"])
    behind_s = seen["back"]["behind_s"]
    expect(seen["back"]["when"] != "LIVE" and behind_s > 5, f"the scrub bar leads {behind_s:.0f} s back")
    # Whether there is a button, it is pressed, muted, paused; then a click at the first, at the second.
    turns = [[False, False], [True, False], [False, True]]
    wanted = [[[True, str(on).lower(), not on, False] for on in pair] for pair in turns]
    expect(seen["sound"] == wanted, f"the sound buttons go through {seen['sound']}")
    for name, look in seen["heard"].items():
        _require_moving(f"the live picture of {name} behind a click for sound", look)
    pictures = sum(look["pictures"] for look in seen["live"].values())
    names = ", ".join(seen["live"])
    return f"live pictures of {names} move ({pictures} seen), so does the recorded one {behind_s:.0f} s back"


def _require_moving(what: str, look: dict[str, Any]) -> None:
    expect(look["pictures"] > 2, f"{what} is not there, or stands still")
    expect(look["passed_s"] > 1, f"{what} goes on by {look['passed_s']:.2f} s")
    expect(10 < look["brightness"] < 245, f"{what} is of one colour: brightness {look['brightness']:.0f}")


CHECKS = (Check("Firefox", "the page: live pictures, scrub bar, sound", _page, limit_s=120),)
