"""Chromium: the page with its live picture, the picture that the scrub bar leads to, and trouble."""

from itertools import pairwise
from statistics import median
from typing import Any

from interop.check import Check, expect
from interop.program import run_json
from interop.site import DRAWN, PROGRAMS, Site
from interop.vedette import PASSWORD, USER

OTHERS = ("h264b", "alaw")  # with B-frames, and without
# Of pictures that a browser cannot play, live and in footage.
SHOWN_INSTEAD = ("one picture a second is shown", "the picture of this moment is shown")


def _page(site: Site) -> str:
    words = [site.python("browser"), PROGRAMS / "chromium_page.py", f"{site.main.http}/", USER, PASSWORD]
    words += [site.reports, DRAWN, *OTHERS]
    seen = run_json(words, limit_s=110, environment={"HOME": str(site.folder)})
    expect(seen["refused"] == 401, f"without login the page is answered with {seen['refused']}")
    expect(not seen["problems"], f"the page has errors: {seen['problems']}")
    expect(seen["badge"] == "live", f"the state says {seen['badge']}")
    for name, looks in seen["more"]:
        _require_moving(f"the live picture of {name}", looks)
    expect(not any(seen["sound"]["unheard"]), "there is a button for sound that browsers cannot play")
    # Off at first; on by a click, and with the twin's click off again; off by `m`; on by the space bar, also
    # when footage plays.
    turns = [(False, False), (True, False), (False, True), (False, False), (True, False)]
    pressed = [[[str(on).lower() for on in pair], [not on for on in pair]] for pair in turns]
    expect(seen["sound"]["pressed"] == pressed, f"the sound buttons go through {seen['sound']['pressed']}")
    notes = [f"browsers cannot play JPEG: {each}" for each in SHOWN_INSTEAD]
    expect(seen["notes"] == notes, f"of single pictures it says {seen['notes']}")
    live_s = _require_moving("the live picture", seen["live"])
    expect(seen["when"] != "LIVE", "the scrub bar leads nowhere")
    expect(
        seen["hint_over"] <= 0.5, f"the time at the scrub bar is cut off by {seen['hint_over']:.0f} pixels"
    )
    back_s = _require_moving("the recorded picture", seen["back"])
    first = seen["live"][0]
    expect(seen["full"] == [True, False], f"`f` twice makes full screen {seen['full']}")
    hole_s = seen["unseen_at_hole_s"]
    expect(0 <= hole_s < 0.5, f"{hole_s:.2f} s before a hole in footage were not seen (-1: none was passed)")
    unseen_s = seen["unseen_s"]
    expect(0 <= unseen_s < 0.5, f"{unseen_s:.2f} s before a gap were not seen (-1: none, or nothing behind)")
    sought_s = seen["sought_unseen_s"]
    told = f"{sought_s:.3f} s right before a gap were not seen (-1: what was gone to, or nothing behind)"
    expect(0 <= sought_s < 0.5, told)
    expect(seen["label"].endswith(" renamed"), f"the scrub bar of a renamed camera is {seen['label']}")
    expect(seen["days"] == [False, True], f"days are told of today and yesterday: {seen['days']}")
    moving = (
        f"live picture {first['width']} wide moves on {live_s:.2f} s a second, recorded one {back_s:.2f} s"
    )
    return f"{moving}; so do those of {', '.join(OTHERS)}"


def _require_moving(what: str, looks: list[dict[str, Any]]) -> float:
    """How fast it plays: the median, since a live picture that has fallen behind leaps to the latest one."""
    first = looks[0]
    rate = median((b["time"] - a["time"]) / (b["at"] - a["at"]) for a, b in pairwise(looks))
    expect(first["width"] > 0, f"{what} is not there")
    expect(0.3 < rate < 3, f"{what} moves on by {rate:.2f} s a second")
    expect(len({look["hash"] for look in looks}) > 2, f"{what} stands still")
    expect(10 < first["brightness"] < 245, f"{what} is of one colour: brightness {first['brightness']:.0f}")
    return rate


def _trouble(site: Site) -> str:
    words = [
        site.python("browser"),
        PROGRAMS / "chromium_trouble.py",
        f"{site.main.http}/",
        USER,
        PASSWORD,
        DRAWN,
    ]
    seen = run_json(words, limit_s=160, environment={"HOME": str(site.folder)})
    expect(not seen["problems"], f"the page has errors: {seen['problems']}")
    expect(seen["plays"], "footage plays only where a browser begins it by itself")
    expect(seen["went_back_s"] <= 0, f"footage that was out of sight went back by {seen['went_back_s']} s")
    expect(seen["goes_on"], "footage that is waited for does not go on when it comes")
    expect(not seen["full"], "Ctrl+F, the browser's own search, makes full screen")
    expect(seen["still_while_held"], "the live picture comes before the one that the bar is held at")
    opened = seen["opened_by_held_key"]
    expect(seen["after_held_key"], "footage does not play when a key was held down")
    expect(
        opened == 2, f"a key that is held down has footage begun {opened} times, not where it begins and ends"
    )
    expect(
        not seen["still_after_cancel"], "a picture of the recording stays where the pointer was taken away"
    )
    expect(seen["old_footage"] == "false", "footage from before the bar's range cannot be gone to")
    usual, set_back = seen["later"][:5], seen["later"][5:]
    expect(usual == ["footage", *["live"] * 4], f"around now the bar leads to {usual}")
    led = ["footage", "live", "footage", "footage", "live"]
    expect(set_back == led, f"where a clock was set back the bar leads to {set_back}")
    said = [seen["paused"], seen["live"], seen["after_silence"]]
    expect(said == ["paused", "LIVE", "LIVE"], f"paused, going on and behind a silence it says {said}")
    expect(seen["unseen"] == [0, True], f"pictures come unseen, or none do later: {seen['unseen']}")
    expect(seen["after_pause"] == "LIVE", f"behind a browser's own pause it says {seen['after_pause']}")
    expect(seen["slow"] == ["12 s behind", "LIVE"], f"over a slow link it says {seen['slow']}")
    expect(seen["after_damage"] == [True, "LIVE"], f"behind damage the picture is {seen['after_damage']}")
    expect(seen["moves_s"] > 0.3, f"behind a silence the picture moves on {seen['moves_s']:.2f} s in 1.5 s")
    expect(seen["stills_of_sound"] == 0, "pictures are asked for of a camera that sends sound alone")
    expect(seen["moments"] == 6, "hours that come twice, when the clocks are set back, are not told apart")
    expect(seen["days"] == [True, False], f"the scrub bar tells days at midnight and noon: {seen['days']}")
    expect(seen["lengths"] == [True, True], "the zone is told, or not, of other hours than those")
    expect("logged in" in seen["alert"], f"without a login the page says {seen['alert']!r}")
    expect(seen["asked_though_forbidden"] == 0, "what is forbidden is asked for again and again")
    return (
        "a silent connection is told and replaced; pauses, the bar, the keys and refusals do as they should"
    )


def _limits(site: Site) -> str:
    words = [site.python("browser"), PROGRAMS / "chromium_limits.py", f"{site.main.http}/", USER, PASSWORD]
    seen = run_json([*words, DRAWN], limit_s=110, environment={"HOME": str(site.folder)})
    expect(not seen["problems"], f"the page has errors: {seen['problems']}")
    expect(seen["full"] == ["refused", ""], f"where full screen is refused it says {seen['full']}")
    slowness = {"told": ["hold", "go on"], "anew": True}
    expect(seen["slowness"] == slowness, f"of a browser that is too slow this becomes: {seen['slowness']}")
    refused = [[["stream=main"], True, ""], [[], False, "no: one picture a second is shown"]]
    expect(seen["refused"] == refused, f"where streams cannot be played it tries {seen['refused']}")
    missing = [f"this browser finds no key frame in the picture: {each}" for each in SHOWN_INSTEAD]
    expect(seen["missing"] == missing, f"where it finds no key frame it says {seen['missing']}")
    return "footage waits for a slow browser, live pictures begin anew; of two streams it plays what it can"


CHECKS = (
    Check("Chromium", "the page: live picture and scrub bar", _page, limit_s=130),
    Check("Chromium", "the page in trouble", _trouble, limit_s=180),
    Check("Chromium", "the page and what a browser cannot do", _limits, limit_s=120),
)
