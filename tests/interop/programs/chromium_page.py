"""Opens the page in Chromium and prints what moves there, as JSON.

Usage: chromium_page.py URL USER PASSWORD FOLDER CAMERA [CAMERA …]
Screenshots go to FOLDER. Every camera's live picture is looked at, the first one's recording as well, also
over a hole and a gap that are put into what the page is sent.
"""

import json
import sys

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
]
SINGLE = "mjpeg"  # a camera that no browser can play
PIXELS = """(video) => {
  const canvas = document.createElement("canvas");
  canvas.width = 160; canvas.height = 90;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 160, 90);
  const data = context.getImageData(0, 0, 160, 90).data;
  let sum = 0, hash = 0;
  for (let at = 0; at < data.length; at += 4) {
    sum += data[at] + data[at + 1] + data[at + 2];
    hash = (hash * 31 + data[at] + 3 * data[at + 1] + 7 * data[at + 2]) >>> 0;
  }
  const brightness = sum / (160 * 90 * 3);
  return { at: performance.now() / 1000, time: video.currentTime, hash, brightness, width: video.videoWidth };
}"""
# Whoever asks for the stream of `twin` is sent that of another camera.
TWIN = """(name) => {
  window.WebSocket = class extends WebSocket {
    constructor(url) {
      super(String(url).replace("/twin", `/${name}`));
    }
  };
}"""
# Whether footage plays in a card, and its sound is decoded.
HEARD = """(card) => {
  const video = card.querySelector("video");
  const isLive = card.querySelector("button.live").getAttribute("aria-pressed") === "true";
  return !isLive && !video.paused && video.currentTime > 0 && video.webkitAudioDecodedByteCount > 0;
}"""
PLAYS = "(video) => video.readyState >= 2 && video.currentTime > 0 && !video.paused"

# Whether a message is the beginning of a fragment: large ones come in several.
BEGINS = """(data) => data instanceof ArrayBuffer && data.byteLength > 8
    && new DataView(data).getUint32(4) === 0x70726674"""  # prft
# Has every beginning of a fragment changed before the page takes it: CHANGE is given a view of it, and which
# fragment of its socket it is. `kind` tells the box at a place.
CHANGED = """() => {
  const begins = BEGINS;
  const kind = (view, at) => view.getUint32(at + 4);
  const change = CHANGE;
  window.WebSocket = class extends WebSocket {
    set onmessage(take) {
      let fragments = 0;
      super.onmessage = (event) => {
        if (begins(event.data)) change(new DataView(event.data), fragments += 1);
        take(event);
      };
    }
  };
}""".replace("BEGINS", BEGINS)

# Lets some fragments of footage through, in however many messages, then lets them follow once more as if from
# an hour later. With `soughtS` they are told to begin so long before what the page has asked for.
GAP = """([count, soughtS]) => {
  const begins = BEGINS;
  const askedUs = (socket) => Number(new URL(socket.url).searchParams.get("from_us"));
  window.WebSocket = class extends WebSocket {
    set onmessage(take) {
      const before = [];
      let fragments = 0;
      super.onmessage = ({ data }) => {
        if (data === "{}") return take({ data });
        fragments += begins(data);
        if (soughtS && typeof data === "string") {
          data = JSON.stringify({ ...JSON.parse(data), from_us: askedUs(this) - soughtS * 1e6 });
        }
        if (fragments <= count) {
          take({ data });
          before.push(data);
        } else if (before.length) {
          const told = JSON.parse(before.shift());
          take({ data: JSON.stringify({ ...told, from_us: told.from_us + 3600e6 }) });
          for (const data of before.splice(0)) take({ data });
        }
      };
    }
  };
}""".replace("BEGINS", BEGINS)
# Has the fragments of footage from the third on come with times that are five seconds later: browsers play on
# over what lasts less than two of the longest pictures before it, and those of a busy machine may last long.
HOLE = CHANGED.replace(
    "CHANGE",
    """(view, fragment) => {
  for (let at = 0; fragment > 2 && at < view.byteLength - 16; at++) {
    if (kind(view, at) !== 0x74666474) continue;  // tfdt, of version 1
    view.setBigUint64(at + 12, view.getBigUint64(at + 12) + 450000n);
    return;
  }
}""",
)
# Plays from a minute ago; resolves to how much of what was before a hole had not been seen when it passed. It
# is none where a browser shows the last picture for longer than it should, here as before a gap.
UNSEEN_AT_HOLE = """(card) => new Promise((done) => {
  const video = card.querySelector("video");
  let time = 0, end = 0, behind = Infinity;
  card.querySelector("button.back").click();
  const watch = setInterval(() => {
    if (video.currentTime >= behind) {
      clearInterval(watch);
      done(Math.max(0, end - time));
    }
    time = video.currentTime;
    if (video.buffered.length < 2) return;
    end = video.buffered.end(0);
    behind = video.buffered.start(1);
  }, 20);
  setTimeout(() => done(-1), 20000);
})"""
# Plays from a minute ago; resolves to how much of what was there had not been seen when it passed the gap.
UNSEEN = """(card) => new Promise((done) => {
  const video = card.querySelector("video");
  let time = 0, end = 0;
  card.querySelector("button.back").click();
  const watch = setInterval(() => {
    if (video.currentTime < time - 0.5) {
      clearInterval(watch);
      done(Math.max(0, end - time));
    }
    time = video.currentTime;
    end = video.buffered.length ? video.buffered.end(video.buffered.length - 1) : end;
  }, 20);
  setTimeout(() => done(-1), 15000);
})"""


# Whether the day is told of now and of a day before, on a machine whose clock is a day behind the server's.
DAYS = """async () => {
  const { followClock, nowUs, spoken } = await import(new URL("times.js", location.href));
  followClock((Date.now() + 86400e3) * 1000);
  return [nowUs(), nowUs() - 86400e6].map((us) => spoken(us).length > spoken(nowUs()).length);
}"""


def renamed(page, card):
    """What the scrub bar of a camera that got another name is called."""

    def rename(route):
        told = route.fetch().json()
        for each in told["cameras"]:
            each["name"] += " renamed"
        route.fulfill(json=told)

    page.route("**/api/cameras", rename)
    card.locator(".name", has_text="renamed").wait_for(timeout=10_000)
    page.unroute("**/api/cameras")
    return card.locator(".scrub").get_attribute("aria-label")


def sound(page, name, unheard):
    """What the sound buttons of a camera and of its twin do, live and of its recording, and which of the
    cameras whose sound browsers do not play have one."""
    page.evaluate(TWIN, name)

    def with_twin(route):
        told = route.fetch().json()
        twin = next(each for each in told["cameras"] if each["token"] == name)
        route.fulfill(
            json={**told, "cameras": [*told["cameras"], {**twin, "token": "twin", "recording": None}]}
        )

    page.route("**/api/cameras", with_twin)
    cards = [page.locator(f"article[data-token={each}]") for each in (name, "twin")]
    buttons = [card.get_by_role("button", name="Sound") for card in cards]
    seen = {"unheard": [page.locator(f"article[data-token={each}] .sound").is_visible() for each in unheard]}

    def pressed():
        muted = [card.locator("video").evaluate("(video) => video.muted") for card in cards]
        return [[button.get_attribute("aria-pressed") for button in buttons], muted]

    for card, button in zip(cards, buttons, strict=True):
        card.wait_for(timeout=10_000)
        card.scroll_into_view_if_needed()
        button.wait_for(timeout=20_000)
    seen["pressed"] = [pressed()]
    for button in buttons:
        button.click()
        seen["pressed"].append(pressed())
    cards[1].locator(".scrub").focus()
    page.keyboard.press("m")
    seen["pressed"].append(pressed())
    buttons[0].focus()
    page.keyboard.press("Space")
    cards[0].locator("button.back").click()
    page.wait_for_function(HEARD, arg=cards[0].element_handle(), timeout=20_000)
    seen["pressed"].append(pressed())
    page.unroute_all(behavior="wait")
    cards[1].wait_for(state="detached", timeout=10_000)
    cards[0].locator("button.live").click()
    return seen


def single_pictures(page, name):
    """What is said of a camera whose pictures no browser can play, live and of its recording."""
    card = page.locator(f"article[data-token={name}]")
    card.scroll_into_view_if_needed()
    seen = []
    for button in ("live", "back"):
        card.locator(f"button.{button}").click()
        card.locator(".note", has_text="is shown").wait_for(timeout=10_000)
        card.locator(".still").wait_for(timeout=10_000)
        seen.append(card.locator(".note").text_content())
    return seen


def over_a_gap(page, card, *, fragments=2, sought_s=0):
    """Seconds before a gap that were never seen; -1 where nothing was seen before it, or behind it."""
    page.reload()
    until_plays(page, card.locator("video"))
    page.evaluate(GAP, [fragments, sought_s])
    return card.evaluate(UNSEEN)


def over_a_hole(page, card):
    """Seconds before a hole in footage that were never seen; -1 where none was passed."""
    page.evaluate(HOLE)
    return card.evaluate(UNSEEN_AT_HOLE)


def full_screen(page, card):
    """Whether the page is in full screen, after `f` each of two times."""
    card.locator(".scrub").focus()
    seen = []
    for _ in range(2):
        page.keyboard.press("f")
        page.wait_for_timeout(1000)
        seen.append(page.evaluate("Boolean(document.fullscreenElement)"))
    return seen


def looks(page, video):
    """The picture now and each of three seconds later."""
    seen = [video.evaluate(PIXELS)]
    for _ in range(3):
        page.wait_for_timeout(1000)
        seen.append(video.evaluate(PIXELS))
    return seen


def until_plays(page, video):
    """Whether the video moves; waits for it for ten seconds."""
    for _ in range(100):
        if video.evaluate(PLAYS):
            return True
        page.wait_for_timeout(100)
    return False


def main(url, user, password, folder, camera, *others):
    """The live pictures, then a place in the recording."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        refused = browser.new_context().request.get(url).status
        context = browser.new_context(
            http_credentials={"username": user, "password": password}, viewport={"width": 1280, "height": 900}
        )
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(url)
        card = page.locator(f"article[data-token={camera}]")
        card.wait_for(timeout=10_000)
        card.scroll_into_view_if_needed()
        video = card.locator("video")
        until_plays(page, video)
        live = looks(page, video)
        more = []
        for name in others:
            other = page.locator(f"article[data-token={name}]")
            other.scroll_into_view_if_needed()
            until_plays(page, other.locator("video"))
            more.append([name, looks(page, other.locator("video"))])
        heard = sound(page, others[0], others[1:])
        notes = single_pictures(page, SINGLE)
        card.scroll_into_view_if_needed()
        badge = card.locator(".state").inner_text()
        page.screenshot(path=f"{folder}/page-live.png", full_page=True)
        scrub = card.locator(".scrub")
        box = scrub.bounding_box()
        across = box["width"] * (1 - 20 / 600)  # twenty seconds ago, in the range of ten minutes
        scrub.click(position={"x": across, "y": box["height"] / 2})
        page.wait_for_timeout(500)
        until_plays(page, video)
        hint = card.locator(".hint").bounding_box()
        back = looks(page, video)
        when = card.locator(".when").inner_text()
        page.screenshot(path=f"{folder}/page-recording.png", full_page=True)
        full = full_screen(page, card)
        unseen_at_hole_s = over_a_hole(page, card)
        unseen_s = over_a_gap(page, card)
        # What is gone to lies right before the gap: a fragment lasts two seconds.
        sought_unseen_s = over_a_gap(page, card, fragments=1, sought_s=1.85)
        label = renamed(page, card)
        days = page.evaluate(DAYS)
        version = browser.version
        browser.close()
    return {
        "refused": refused,
        "live": live,
        "more": more,
        "sound": heard,
        "notes": notes,
        "badge": badge,
        "back": back,
        "when": when,
        "hint_over": hint["x"] + hint["width"] - box["x"] - box["width"],
        "full": full,
        "unseen_at_hole_s": unseen_at_hole_s,
        "unseen_s": unseen_s,
        "sought_unseen_s": sought_unseen_s,
        "label": label,
        "days": days,
        "problems": problems,
        "version": version,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
