"""Opens the page in Firefox, over WebDriver BiDi, and prints what moves there and is heard, as JSON.

Usage: firefox_page.py URL USER PASSWORD FOLDER CAMERA [CAMERA …]
A screenshot goes to FOLDER. Every camera's live picture is looked at, all of them on screen at once, and the
recording of the first one; the last two have sound. Nothing is waited for longer than `PATIENCE_S`.
"""

import base64
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from websockets.sync.client import connect

FIREFOX = "/usr/bin/firefox-esr"
PATIENCE_S = 20.0
PICTURES = 4  # that a picture which moves is made of
RECORDED_S = 15  # of footage, before its beginning is gone to
PIXELS = """(card) => {
  const video = card.querySelector("video");
  if (video.readyState < 2 || video.seeking || video.paused) return null;
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
  return { timeS: video.currentTime, hash, brightness: sum / (160 * 90 * 3) };
}"""
SOUND = """(card) => {
  const video = card.querySelector("video"), button = card.querySelector("button.sound");
  const isPressed = button.getAttribute("aria-pressed");
  return [!button.hidden && video.mozHasAudio, isPressed, video.muted, video.paused];
}"""


class Firefox:
    """A browser with one page, and a conversation with it; answers and events come in one order."""

    def __init__(self, socket, login):
        self.socket, self.login = socket, login
        self.numbers = itertools.count(1)
        self.problems = []
        self.ask("session.new", capabilities={})
        self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("session.subscribe", events=["network.authRequired", "log.entryAdded"])
        self.ask("network.addIntercept", phases=["authRequired"])

    def send(self, method, **params):
        """Give a command; its number."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def ask(self, method, **params):
        """What a command leads to; meanwhile logs in where that is asked for, and notes what goes wrong."""
        number = self.send(method, **params)
        while True:
            told = json.loads(self.socket.recv(timeout=PATIENCE_S))
            if told.get("id") == number:
                if told["type"] == "error":
                    raise RuntimeError(f"{method}: {told['message']}")
                return told["result"]
            self.note(told)

    def note(self, told):
        """Act on an event; answers to what nobody waits for are of no interest."""
        if told.get("method") == "network.authRequired":
            user, password = self.login
            self.send(
                "network.continueWithAuth",
                request=told["params"]["request"]["request"],
                action="provideCredentials",
                credentials={"type": "password", "username": user, "password": password},
            )
        elif told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
            self.problems.append(told["params"]["text"])

    def value(self, expression):
        """The value of an expression in the page, as JSON carries it."""
        found = self.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self.page},
            awaitPromise=True,
        )
        if found["type"] != "success":
            raise RuntimeError(f"{expression}: {found['exceptionDetails']['text']}")
        return json.loads(found["result"]["value"])

    def of_card(self, camera, function):
        """What a function says of a camera's card."""
        return self.value(f"({function})(document.querySelector('article[data-token={camera}]'))")

    def until(self, expression):
        """Wait until an expression is true; raises TimeoutError."""
        began_s = time.monotonic()
        while not self.value(expression):
            if time.monotonic() - began_s > PATIENCE_S:
                raise TimeoutError(f"not within {PATIENCE_S:.0f} s: {expression}")
            time.sleep(0.2)

    def click(self, camera, part, across=0.5):
        """Click a part of a card by the pointer, as far across it as `across` says."""
        box = self.of_card(
            camera,
            f"""(card) => {{
              const part = card.querySelector('{part}');
              part.scrollIntoView({{ block: "nearest" }});
              const {{ x, y, width, height }} = part.getBoundingClientRect();
              return [x + width * {across}, y + height / 2];
            }}""",
        )
        moves = {"type": "pointerMove", "x": round(box[0]), "y": round(box[1])}
        pressed, released = ({"type": each, "button": 0} for each in ("pointerDown", "pointerUp"))
        pointer = {"type": "pointer", "id": "mouse", "actions": [moves, pressed, released]}
        self.ask("input.performActions", context=self.page, actions=[pointer])


@contextmanager
def firefox(login):
    """A browser in a profile of its own, which goes when it ends."""
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as profile:
        (Path(profile) / "user.js").write_text('user_pref("remote.active-protocols", 1);\n')
        words = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with (Path(profile) / "said").open("w") as said:
            process = subprocess.Popen(words, stdout=said, stderr=said)
        try:
            with connect(address_told(profile, process), max_size=None, proxy=None) as socket:
                yield Firefox(socket, login)
        finally:
            process.terminate()
            process.wait()


def address_told(profile, process):
    """Where Firefox is to be spoken to, once it says so."""
    began_s = time.monotonic()
    while process.poll() is None and time.monotonic() - began_s < PATIENCE_S:
        found = re.search(r"BiDi listening on (ws://\S+)", (Path(profile) / "said").read_text())
        if found:
            return f"{found[1]}/session"
        time.sleep(0.1)
    raise TimeoutError(f"Firefox does not begin: {(Path(profile) / 'said').read_text()[-500:]}")


def moving(browser, camera):
    """What is seen of a camera that plays, until its picture has changed and gone on often enough, or for
    long; a browser draws nothing of a picture that it has yet to find."""
    seen = []
    began_s = time.monotonic()
    while time.monotonic() - began_s < PATIENCE_S:
        look = browser.of_card(camera, PIXELS)
        if look and look["hash"] not in {each["hash"] for each in seen}:
            seen.append(look)
        if len(seen) >= PICTURES and seen[-1]["timeS"] - seen[0]["timeS"] > 1:
            break
        time.sleep(0.2)
    return {
        "pictures": len(seen),
        "passed_s": seen[-1]["timeS"] - seen[0]["timeS"] if seen else 0,
        "brightness": seen[-1]["brightness"] if seen else 0,
    }


def recorded_picture(browser, camera):
    """Where a click at the scrub bar leads, so long ago as there is footage, and the picture there."""
    spans = f"(await (await fetch('api/timeline/{camera}')).json()).spans"
    browser.until(
        f"(async () => {{ const spans = {spans};"
        f" return spans.length && Date.now() * 1000 - spans[0][0] > {RECORDED_S}e6; }})()"
    )
    former = browser.of_card(camera, "(card) => card.querySelector('video').src")
    browser.click(camera, ".scrub", across=1 - (RECORDED_S - 5) / 600)  # in the range of ten minutes
    card = f"document.querySelector('article[data-token={camera}]')"
    browser.until(f"{card}.querySelector('video').src !== '{former}'")
    seen = moving(browser, camera)
    behind_s = browser.of_card(
        camera,
        "(card) => { const bar = card.querySelector('.scrub');"
        " return Date.now() / 1000 - bar.getAttribute('aria-valuenow'); }",
    )
    when = browser.of_card(camera, "(card) => card.querySelector('.when').textContent")
    return {**seen, "behind_s": behind_s, "when": when}


def sounds(browser, cameras):
    """Of two cameras: whether there is a button, whether it is pressed, muted, and paused; at first, and
    behind a click at each of the buttons."""
    for camera in cameras:
        button = f"document.querySelector('article[data-token={camera}] button.sound')"
        browser.until(f"!{button}.hidden")
    seen = [[browser.of_card(each, SOUND) for each in cameras]]
    for camera in cameras:
        browser.click(camera, "button.sound")
        seen.append([browser.of_card(each, SOUND) for each in cameras])
    return seen


def main(url, user, password, folder, *cameras):
    """The live pictures, then a place in the recording, then sound."""
    with firefox((user, password)) as browser:
        browser.ask(
            "browsingContext.setViewport", context=browser.page, viewport={"width": 1280, "height": 1600}
        )
        browser.ask("browsingContext.navigate", context=browser.page, url=url, wait="complete")
        browser.until(f"document.querySelectorAll('article').length >= {len(cameras)}")
        live = {camera: moving(browser, camera) for camera in cameras}
        shot = browser.ask("browsingContext.captureScreenshot", context=browser.page)["data"]
        (Path(folder) / "page-firefox.png").write_bytes(base64.b64decode(shot))
        back = recorded_picture(browser, cameras[0])
        heard = sounds(browser, cameras[-2:])
        still = {camera: moving(browser, camera) for camera in cameras[-2:]}
        browser.value("null")  # what went wrong until now has been told before
        return {"live": live, "back": back, "sound": heard, "heard": still, "problems": browser.problems}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
