"""Brings trouble upon the page in Chromium and prints what it shows and says then, as JSON.

Usage: chromium_trouble.py URL USER PASSWORD CAMERA
Begins when the camera has been recorded for half a minute.
"""

import json
import sys
from contextlib import contextmanager

from chromium_page import CHROMIUM, FLAGS, PLAYS, until_plays
from playwright.sync_api import sync_playwright

# Sockets that were opened before `deafS` hear nothing any more, as behind a network that is gone. The next
# fragment of the camera `toSpoil` begins with a box that is shorter than its own head: nobody can play on.
# What those opened before `slowS` tell of their pictures comes `lateS` late, as over a slow link. While
# `isWithheld` is set no pictures come. Live streams with `refusing` in their address cannot be played.
DEAF = """() => {
  const begins = (data) => typeof data !== "string" && data.byteLength > 8
    && [0x70726674, 0x6d6f6f66].includes(new DataView(data).getUint32(4));  // prft, moof
  window.WebSocket = class extends WebSocket {
    constructor(...words) {
      super(...words);
      this.openedS = performance.now() / 1000;
    }
    set onmessage(take) {
      super.onmessage = (event) => {
        if (this.openedS < window.deafS) return;
        if (window.isWithheld && typeof event.data !== "string") return;
        const isSpoilt = window.toSpoil && this.url.includes(`/${window.toSpoil}`) && begins(event.data);
        if (isSpoilt) window.toSpoil = "";
        const told = typeof event.data === "string" && JSON.parse(event.data);
        if (told && told.mime && window.refusing && this.url.includes(window.refusing)) {
          take({ data: JSON.stringify({ problem: "no" }) });
          return;
        }
        if (told && told.sent_s) {
          const lateS = this.openedS < window.slowS ? window.lateS : 0;
          take({ data: JSON.stringify({ ...told, sent_s: told.sent_s - lateS }) });
          return;
        }
        take(isSpoilt ? { data: new Uint8Array([0, 0, 0, 4, 109, 111, 111, 102]).buffer } : event);
      };
    }
  };
}"""
SLOW = "(lateS) => Object.assign(window, { lateS, slowS: performance.now() / 1000 })"
# Half hours from 01:30 in summer to 03:00 in winter of the day on which Berlin sets its clocks back.
CHANGED_HOUR = """async () => {
  const { spoken } = await import(new URL("times.js", location.href));
  const beganMs = Date.UTC(2026, 9, 24, 23, 30);
  return [0, 1, 2, 3, 4, 5].map((half) => spoken((beganMs + half * 1800e3) * 1000));
}"""
LATER = """async () => {
  const { Scrub } = await import(new URL("scrub.js", location.href));
  const { nowUs } = await import(new URL("times.js", location.href));
  const went = [];
  const led = { onSeek: () => went.push("footage"), onLive: () => went.push("live") };
  const scrub = new Scrub(document.querySelector(".scrub").cloneNode(true), led);
  for (const latestS of [-2, 3600]) {
    scrub.latestUs = nowUs() + latestS * 1e6;
    for (const seconds of [-60, 0, 5, 3590, 3700]) scrub.seek(nowUs() + seconds * 1e6);
  }
  return went;
}"""
# Whether the scrub bar tells the day at midnight, and the hour at noon, in the zone of Berlin.
MIDNIGHT = """async () => {
  const { tickLabel } = await import(new URL("times.js", location.href));
  const beganS = Date.UTC(2026, 9, 23, 22) / 1000;
  return [0, 43200].map((afterS) => !tickLabel(beganS + afterS, 43200).includes(":"));
}"""
RECORDED = """async (camera) => {
  const { spans } = await (await fetch(`api/timeline/${camera}`)).json();
  return spans.length > 0 && Date.now() - spans[0][0] / 1000 > 30e3;
}"""
# The page as if it were in a tab that nobody looks at, or no longer.
HIDDEN = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CANCEL = """(bar) => bar.dispatchEvent(new PointerEvent("pointercancel", { pointerId: 1, bubbles: true }))"""


def without(page, pattern, change):
    """Have the page told something else than the server tells."""
    page.route(pattern, lambda route: route.fulfill(json=change(route.fetch().json())))


def sound_alone(told):
    """The list of cameras where every camera sends sound alone."""
    for each in told["cameras"]:
        each["main"].update(codec="", audio="AAC")
    return told


def of_footage(page, card, video):
    """Trouble with what was recorded."""
    seen = {}
    bar = card.locator(".scrub")
    box = bar.bounding_box()
    video.evaluate("(video) => video.removeAttribute('autoplay')")  # Firefox heeds it only with more in store
    with begun_anew(page, video):
        bar.click(position={"x": box["width"] * (1 - 20 / 600), "y": 10})  # twenty seconds ago
    seen["plays"] = until_plays(page, video)
    page.wait_for_timeout(3000)
    instants = [bar.get_attribute("aria-valuenow")]
    spacer = "document.body.style.paddingTop = "
    page.evaluate(spacer + "'5000px'; scrollTo(0, 0)")
    page.wait_for_timeout(1500)
    page.evaluate(spacer + "''; scrollTo(0, 0)")
    page.wait_for_timeout(500)
    seen["went_back_s"] = int(instants[0]) - int(bar.get_attribute("aria-valuenow"))
    page.evaluate("window.isWithheld = true")
    card.locator(".message", has_text="waiting for the recording").wait_for(timeout=10_000)
    page.evaluate("window.isWithheld = false")
    card.locator(".message", has_text="waiting").wait_for(state="hidden", timeout=10_000)
    seen["goes_on"] = until_plays(page, video)
    bar.focus()
    page.keyboard.press("Control+f")
    page.wait_for_timeout(500)
    seen["full"] = page.evaluate("Boolean(document.fullscreenElement)")
    opened = []
    page.on("websocket", lambda socket: opened.append(1) if "/playback/" in socket.url else None)
    for _ in range(20):
        page.keyboard.down("ArrowLeft")
        page.wait_for_timeout(30)
    card.locator(".still").wait_for(timeout=10_000)
    page.keyboard.up("ArrowLeft")
    seen["after_held_key"] = until_plays(page, video)
    seen["opened_by_held_key"] = len(opened)
    page.keyboard.press("End")
    until_plays(page, video)
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + 10)
    page.mouse.down()
    card.locator(".still").wait_for(timeout=10_000)
    with begun_anew(page, video):
        page.evaluate(f"window.toSpoil = '{card.get_attribute('data-token')}'")
    seen["still_while_held"] = card.locator(".still").is_visible()
    bar.evaluate(CANCEL)
    page.wait_for_timeout(500)
    seen["still_after_cancel"] = card.locator(".still").is_visible()
    page.mouse.up()
    without(page, "**/api/timeline/**", lambda told: {"spans": []})
    page.wait_for_timeout(6000)
    seen["old_footage"] = bar.get_attribute("aria-disabled")
    page.unroute_all(behavior="wait")
    return seen


@contextmanager
def begun_anew(page, video):
    """Do something to the video, and wait until it has begun anew and plays."""
    former = video.evaluate("(video) => video.src")
    yield
    is_another = "([video, former]) => video.src && video.src !== former"  # the error itself may pass unseen
    page.wait_for_function(is_another, arg=[video.element_handle(), former], timeout=15_000)
    page.wait_for_timeout(1000)
    until_plays(page, video)


def of_live(page, card, video):
    """Trouble with the live picture."""
    seen = {}
    when = card.locator(".when")
    until_plays(page, video)
    page.wait_for_timeout(1500)
    card.locator("button.play").click()
    page.wait_for_timeout(500)
    seen["paused"] = when.inner_text()
    card.locator("button.play").click()
    page.wait_for_timeout(1500)
    seen["live"] = when.inner_text()
    page.evaluate(HIDDEN, arg=True)
    page.wait_for_timeout(500)
    seen["unseen"] = [video.evaluate("(video) => video.readyState")]
    page.evaluate(HIDDEN, arg=False)
    seen["unseen"].append(until_plays(page, video))
    video.evaluate("(video) => video.pause()")  # as a browser does by itself; it is sent no more after 20 s
    page.wait_for_timeout(22_000)
    with begun_anew(page, video):
        video.evaluate("(video) => { video.play(); }")
    seen["after_pause"] = when.inner_text()
    page.evaluate("window.deafS = performance.now() / 1000")
    when.wait_for(state="hidden", timeout=12_000)
    when.wait_for(state="visible", timeout=20_000)
    seen["after_silence"] = when.inner_text()
    page.evaluate(SLOW, 12)
    card.locator(".when", has_text="behind").wait_for(timeout=10_000)
    seen["slow"] = [when.inner_text()]
    with begun_anew(page, video):
        page.evaluate(SLOW, 40)
    seen["slow"].append(when.inner_text())
    with begun_anew(page, video):
        page.evaluate(f"window.toSpoil = '{card.get_attribute('data-token')}'")
    seen["after_damage"] = [video.evaluate(PLAYS), when.inner_text()]
    before = video.evaluate("(video) => video.currentTime")
    page.wait_for_timeout(1500)
    seen["moves_s"] = video.evaluate("(video) => video.currentTime") - before
    return seen


def of_answers(page, card):
    """What the page makes of what it is told."""
    seen = {}
    stills = []
    without(page, "**/api/cameras", sound_alone)
    page.wait_for_timeout(3500)
    card.locator("button.live").click()
    card.locator(".message", has_text="sound").wait_for(timeout=10_000)
    page.wait_for_timeout(1500)
    page.on("request", lambda request: stills.append(request.url) if "/snapshot/" in request.url else None)
    page.wait_for_timeout(2500)
    seen["stills_of_sound"] = len(stills)
    page.unroute_all(behavior="wait")
    page.route("**/api/cameras", lambda route: route.fulfill(status=401, body="log in"))
    page.locator("#alert").wait_for(timeout=10_000)
    seen["alert"] = page.locator("#alert").inner_text()
    page.unroute_all(behavior="wait")
    page.locator("#alert").wait_for(state="hidden", timeout=10_000)
    asked = []
    page.route("**/api/io", lambda route: (asked.append(1), route.fulfill(status=403, json={})))
    page.wait_for_timeout(6000)
    seen["asked_though_forbidden"] = len(asked) - 1
    return seen


def of_zones(browser, url, login):
    """How many of six moments around the changed hour are told apart, and whether both of a pair say how."""
    context = browser.new_context(http_credentials=login, timezone_id="Europe/Berlin")
    page = context.new_page()
    page.goto(url)
    told = page.evaluate(CHANGED_HOUR)
    labels = page.evaluate(MIDNIGHT)
    context.close()
    return {
        "days": labels,
        "moments": len(set(told)),
        "lengths": [len(told[0]) < len(told[1]), len(told[5]) < len(told[4])],
    }


def main(url, user, password, camera):
    """All of it, with one page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        login = {"username": user, "password": password}
        context = browser.new_context(http_credentials=login, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.add_init_script(f"({DEAF})()")
        page.goto(url)
        card = page.locator(f"article[data-token={camera}]")
        card.wait_for(timeout=10_000)
        card.scroll_into_view_if_needed()
        video = card.locator("video")
        page.wait_for_function(RECORDED, arg=camera, polling=1000, timeout=40_000)
        until_plays(page, video)
        seen = {**of_footage(page, card, video), **of_live(page, card, video), **of_answers(page, card)}
        seen.update(of_zones(browser, url, login))
        seen["later"] = page.evaluate(LATER)
        browser.close()
    return {**seen, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
