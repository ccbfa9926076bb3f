"""Judges whether a device is ready to claim a profile: a pre-check, claims being made to ONVIF alone."""

from collections.abc import Sequence

from vedette.conformance.facts import PROFILES, case_facts, cases, features
from vedette.conformance.features import Features
from vedette.conformance.result import Claim, Result
from vedette.conformance.verdicts import Verdict

_JUDGED = (Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.SKIP)
READY, READY_EXCEPT, NOT_READY = "ready", "ready, but not all was run", "not ready"

# Groups of which a profile wants one at least.
_GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "S": (),
    "T": (
        ("Media2/Video/H.264", "Media2/Video/H.265"),
        (
            "Imaging/Tampering/ImageTooBlurry",
            "Imaging/Tampering/ImageTooDark",
            "Imaging/Tampering/ImageTooBright",
            "Imaging/Tampering/GlobalSceneChange",
        ),
    ),
    "G": (
        ("Media", "Receiver"),
        ("Recording/Encoding/JPEG", "Recording/Encoding/H.264", "Recording/Encoding/MPEG4"),
    ),
    "M": (),
}

# What a conditional feature brings with it: one of the second, once the first is there.
_OBLIGATIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "S": (),
    "T": (
        ("Media2/Audio", ("Media2/Audio/G.711", "Media2/Audio/AAC")),
        ("Media2/AudioOutput", ("Media2/AudioOutput/G.711",)),
        ("PTZ", ("PTZ/GetCompatibleConfigurations",)),
        ("PTZ/Absolute", ("PTZ/StatusPosition",)),
        ("PTZ/Absolute", ("PTZ/MoveStatus",)),
        ("PTZ", ("PTZ/MoveStatus",)),
        ("DeviceIO/RelayOutputs", ("DeviceIO/RelayOutputs/Options",)),
        ("DeviceIO/DigitalInputs", ("DeviceIO/DigitalInputs/Options",)),
        ("Analytics/Rule/MotionRegionDetector", ("Analytics/RuleOptions",)),
    ),
    "G": (),
    "M": (
        ("Media2/Video", ("Media2/Video/H.264", "Media2/Video/H.265")),
        ("Discovery", ("Discovery/Types/tds:Device",)),
        ("Event/EventBroker", ("Event/EventBroker/mqtt",)),
        ("Event/EventBroker", ("Event/EventBroker/mqtts",)),
    ),
}


def claims(found: Features, results: Sequence[Result]) -> list[Claim]:
    """The claim for each profile; undefined features count as missing here."""
    return [_claim(profile, found, results) for profile in PROFILES]


def _claim(profile: str, found: Features, results: Sequence[Result]) -> Claim:
    is_listed = found.is_certain(f"ProfileScope/{profile}")
    reasons = [] if is_listed else ["its scopes do not list the profile"]
    reasons += [
        f"{each.id} is {found.states[each.id].state}"
        for each in features().values()
        if each.levels[profile] == "M" and not each.id.startswith("ProfileScope/") and each.id in found.states
        if not found.is_certain(each.id)
    ]
    reasons += [
        f"none of {', '.join(group)}"
        for group in _GROUPS[profile]
        if not any(found.is_certain(name) for name in group)
    ]
    reasons += [
        f"{name} brings {' or '.join(group)} with it"
        for name, group in _OBLIGATIONS[profile]
        if found.is_certain(name) and not any(found.is_certain(each) for each in group)
    ]
    reasons += [
        f"{name} could not be decided"
        for name in found.undefined()
        if features()[name].levels[profile] in ("C", "A", "V")
    ]
    applicable = [each for each in results if case_facts(each.case).levels[profile] in ("M", "C")]
    reasons += [f"case {each.case} failed" for each in applicable if each.verdict is Verdict.FAIL]
    judged = {each.case for each in applicable if each.verdict in _JUDGED}
    not_run = tuple(
        facts.id
        for facts in cases().values()
        if facts.levels[profile] in ("M", "C") and facts.id not in judged
        if facts.condition.holds(found.is_supported)
    )
    outcome = NOT_READY if reasons else (READY_EXCEPT if not_run else READY)
    return Claim(
        profile=profile, is_listed=is_listed, outcome=outcome, reasons=tuple(reasons), not_run=not_run
    )
