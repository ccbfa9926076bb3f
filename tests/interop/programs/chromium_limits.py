"""Has Chromium seem slow, refuse full screen and streams; prints what the page does, as JSON.

Usage: chromium_limits.py URL USER PASSWORD CAMERA
Begins when the camera has been recorded for half a minute.
"""

import json
import sys

from chromium_page import CHANGED, CHROMIUM, FLAGS, PLAYS, until_plays
from chromium_trouble import DEAF, RECORDED, begun_anew, without
from playwright.sync_api import sync_playwright

# A leap to the latest live picture takes its time; where some seconds are named, there seem to be as many
# pictures to be seen yet.
STILL_LEAPING = """(video, storeS) => {
  Object.defineProperty(video, "seeking", { value: true, configurable: true });
  if (storeS) (STORE)(video, storeS);
}"""
STORE = """(video, storeS) => Object.defineProperty(video, "buffered", {
  get: () => ({ length: 1, start: () => 0, end: () => video.currentTime + storeS }), configurable: true,
})"""
STILL_LEAPING = STILL_LEAPING.replace("(STORE)", f"({STORE})")
REFUSING = "(stage) => { stage.requestFullscreen = () => Promise.reject(new Error('refused')); }"
NOT_LEAPING = "(video) => { delete video.seeking; delete video.buffered; }"
BEHIND = """([video, seconds]) => {
  const { buffered, currentTime } = video;
  return buffered.length > 0 && buffered.end(buffered.length - 1) - currentTime > seconds;
}"""
# Has each IDR slice at the beginning of a fragment's media be one of an ordinary picture.
WITHOUT_KEY_FRAMES = CHANGED.replace(
    "CHANGE",
    """(view) => {
  let at = 0;
  while (kind(view, at) !== 0x6d646174) at += view.getUint32(at);  // mdat
  for (at += 8; at + 5 < view.byteLength; at += 4 + view.getUint32(at)) {
    const head = view.getUint8(at + 4);
    if ((head & 31) === 5) view.setUint8(at + 4, (head & 0xe0) | 1);
  }
}""",
)


def of_slowness(page, card, video):
    """What a browser does that plays more slowly than real time; its slowness is put on."""
    seen = {"told": []}
    video.evaluate("(video) => Object.assign(video, { playbackRate: 0.0625 })")
    video.evaluate(STILL_LEAPING, arg=0)
    page.wait_for_function(BEHIND, arg=[video.element_handle(), 4], timeout=20_000)
    with begun_anew(page, video):
        video.evaluate(STILL_LEAPING, arg=25)
        card.locator(".message", has_text="too slow").wait_for(timeout=10_000)
        video.evaluate(NOT_LEAPING)
    seen["anew"] = video.evaluate(PLAYS)

    def heed(socket):
        socket.on("framesent", lambda said: seen["told"].append(said))

    page.once("websocket", heed)
    card.locator("button.back").click()
    until_plays(page, video)
    for store_s, fewest in ((12, 1), (6, 1), (2, 2)):
        video.evaluate(STORE, arg=store_s)
        page.wait_for_timeout(1500)
        for _ in range(50):
            if len(seen["told"]) < fewest:
                page.wait_for_timeout(100)
    video.evaluate(NOT_LEAPING)
    card.locator("button.live").click()
    return seen


def of_full_screen(card):
    """What is said where full screen is refused, and some seconds later."""
    card.locator(".stage").evaluate(REFUSING)
    card.locator("button.full").click()
    said = card.locator(".message")
    said.wait_for(timeout=10_000)
    seen = [said.text_content()]
    said.wait_for(state="hidden", timeout=20_000)
    return [*seen, said.text_content()]


def with_sub_streams(told):
    """The list of cameras where every camera has a sub stream."""
    for each in told["cameras"]:
        each["sub"] = each["main"]
    return told


def of_refused_streams(page, card, video):
    """Which stream is tried last where one cannot be played, whether it plays, and what is said; the same
    where none can be played."""
    asked, seen = [], []
    live = f"/live/{card.get_attribute('data-token')}?"
    page.on(
        "websocket", lambda socket: asked.append(socket.url.partition("?")[2]) if live in socket.url else None
    )
    without(page, "**/api/cameras", with_sub_streams)
    for refusing in ("stream=sub", "stream="):
        until_plays(page, video)
        page.evaluate("(refusing) => Object.assign(window, { refusing })", refusing)
        for _ in range(2):  # when it asks again, the first answer has been taken
            page.wait_for_event("response", lambda response: response.url.endswith("/api/cameras"))
        asked.clear()
        card.locator("button.live").click()
        if refusing == "stream=":
            card.locator(".note", has_text="is shown").wait_for(timeout=10_000)
        else:
            until_plays(page, video)
        note = card.locator(".note").text_content()
        seen.append([asked[-1:] if refusing == "stream=sub" else [], video.evaluate(PLAYS), note])
    page.evaluate("window.refusing = ''")
    page.unroute_all(behavior="wait")
    card.locator("button.live").click()
    return seen


def of_missing_key_frames(page, card, video):
    """What is said where a browser finds no key frame to begin with, live and in footage."""
    page.reload()
    until_plays(page, video)
    page.evaluate(WITHOUT_KEY_FRAMES)
    seen = []
    for button, shown in (("live", "one picture a second"), ("back", "the picture of this moment")):
        card.locator(f"button.{button}").click()
        note = card.locator(".note", has_text=f"key frame in the picture: {shown}")
        note.wait_for(timeout=20_000)
        card.locator(".still").wait_for(timeout=10_000)
        seen.append(note.text_content())
    return seen


def main(url, user, password, camera):
    """All of it, with one page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        login = {"username": user, "password": password}
        page = browser.new_context(http_credentials=login).new_page()
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
        seen = {
            "full": of_full_screen(card),
            "slowness": of_slowness(page, card, video),
            "refused": of_refused_streams(page, card, video),
            "missing": of_missing_key_frames(page, card, video),
            "problems": problems,
        }
        browser.close()
    return seen


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
