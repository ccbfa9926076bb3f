"""Libraries that speak SOAP to devices: whole visits by three, a glance by a fourth, events pushed."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interop.check import Check, expect
from interop.footage import FOOTAGE
from interop.program import run, run_json
from interop.site import DRAWN, PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER

SERVICES = ("device", "media", "events", "recording", "search", "replay")
NAMES = {DRAWN, *(each.name for each in FOOTAGE)}
Words = Callable[[Site], list[str | Path]]


def _visit(words: Words, environment: Callable[[Site], dict[str, str]], site: Site) -> str:
    """Let a library see everything, and compare with what is there."""
    seen: dict[str, Any] = run_json(words(site), limit_s=45, environment=environment(site))
    expect(seen["manufacturer"] and seen["serial"], "no manufacturer or serial number")
    expect(seen["clock_off_s"] < 2.5, f"its clock is {seen['clock_off_s']:.1f} s off")
    spaces = " ".join(seen["services"])
    missing = [name for name in SERVICES if f"/{name}/wsdl" not in spaces]
    expect(not missing, f"GetServices lacks {missing}")
    expect(seen["capabilities"], "no capabilities")
    expect(len(seen["profiles"]) >= len(NAMES) + 1, f"profiles: {seen['profiles']}")
    still = base64.b64decode(seen["snapshot"])
    expect(still[:2] == b"\xff\xd8" and len(still) > 2000, f"the snapshot is {still[:60]!r}")
    _require_events(seen["events"])
    _require_recordings(seen)
    codec = _played(seen["stream_uri"])
    if "media2_stream_uri" in seen:
        expect(_played(seen["media2_stream_uri"]), "nothing plays at media2's address")
    refusals = [line for line in seen.get("survey", ()) if ":" in line]
    expect(not refusals, f"{len(refusals)} refused: {refusals[:3]}")
    expect(seen.get("found_events", 1), "the search finds no event")
    replayed = _played(seen["replay_uri"])
    events = f"{len(seen['events'])} properties"
    return f"{len(seen['profiles'])} profiles, {events}, live {codec} and replayed {replayed} play"


def _glance(site: Site) -> str:
    """What npm's node-onvif has methods for; its snapshot needs a digest that it understands."""
    words = ["node", PROGRAMS / "node_onvif_client.js", HOST, str(site.soap.port), USER, PASSWORD]
    seen: dict[str, Any] = run_json(words, limit_s=30, environment=_home(site))
    still = base64.b64decode(seen["snapshot"])
    expect(still[:2] == b"\xff\xd8" and len(still) > 2000, f"the snapshot is {still[:60]!r}")
    expect(len(seen["profiles"]) >= len(NAMES) + 1, f"profiles: {seen['profiles']}")
    expect(seen["topics"], "no event topics")
    return f"{len(seen['profiles'])} profiles, a snapshot, live {_played(seen['stream_uri'])} plays"


def _push(site: Site) -> str:
    """Events that are sent to the subscriber, states first, and once more when it asks for them."""
    seen: dict[str, Any] = run_json(
        _python("zeep-async", "onvif_zeep_async_push.py")(site), limit_s=30, environment=_home(site)
    )
    for events in (seen["first"], seen["again"]):
        _require_events(events)
    expect(not seen["lost"], "the subscription was lost")
    return f"{len(seen['first'])} properties pushed, {len(seen['again'])} at the synchronization point"


def _require_events(events: list[list[str]]) -> None:
    expect(events, "no event came")
    kinds = {operation for _, operation in events}
    expect("Initialized" in kinds, f"no Initialized property: {events[:5]}")


def _require_recordings(seen: dict[str, Any]) -> None:
    expect(set(seen["recordings"]) == NAMES, f"recordings: {seen['recordings']}")
    expect(seen["summary"] == len(NAMES), f"the summary counts {seen['summary']}")
    if "found" in seen:
        expect(set(seen["found"]) == NAMES, f"the search found {seen['found']}")
        expect(seen["search_state"] == "Completed", f"the search is {seen['search_state']}")


def _played(uri: str) -> str:
    """The codec of what ffprobe plays at an address that a client was told."""
    address = uri.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@", 1)
    words = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-select_streams", "v", "-count_frames"]
    words += ["-read_intervals", "%+1", "-show_entries", "stream=codec_name,nb_read_frames", "-of", "csv=p=0"]
    name, count = (
        run([*words, address], limit_s=15).require_success(f"ffprobe {uri}").out.split()[0].split(",")
    )
    expect(int(count) > 10, f"{count} frames at {uri}")
    return name


def _python(client: str, program: str, *more: str) -> Words:
    def words(site: Site) -> list[str | Path]:
        return [site.python(client), PROGRAMS / program, HOST, str(site.soap.port), USER, PASSWORD, *more]

    return words


def _node(login: str) -> Words:
    def words(site: Site) -> list[str | Path]:
        return ["node", PROGRAMS / "onvif_node_client.js", HOST, str(site.soap.port), USER, PASSWORD, login]

    return words


def _home(site: Site) -> dict[str, str]:
    """The libraries keep caches in the home directory."""
    return {"HOME": str(site.folder), "NODE_PATH": str(site.cache / "interop-node" / "node_modules")}


def _check(client: str, login: str, words: Words) -> Check:
    return Check(client, f"a whole visit with {login}", lambda site: _visit(words, _home, site), limit_s=80)


CHECKS = (
    _check("onvif-zeep-async", "UsernameToken", _python("zeep-async", "onvif_zeep_async_client.py")),
    _check("onvif-python", "digest", _python("onvif-python", "onvif_python_client.py", "digest")),
    _check("onvif-python", "UsernameToken", _python("onvif-python", "onvif_python_client.py", "token")),
    _check("npm onvif", "digest", _node("digest")),
    _check("npm onvif", "UsernameToken", _node("token")),
    Check("node-onvif", "profiles, topics, a snapshot by digest", _glance),
    Check("onvif-zeep-async", "events pushed to it", _push),
)
