"""How a probe's types and scopes are matched. Source: WS-Discovery (April 2005) §5.1; Core (26.06 §7.3.3)."""

from urllib.parse import unquote, urlsplit

from vedette.base.errors import PeerError
from vedette.protocols.discovery.messages import Probe, Target
from vedette.wire.namespaces import D

RFC3986 = f"{D}/rfc3986"
RFC2396 = f"{D}/rfc2396"  # the name of the same rule in WS-Discovery itself
UUID = f"{D}/uuid"
STRCMP0 = f"{D}/strcmp0"
NONE = f"{D}/none"
RULES = (RFC3986, RFC2396, UUID, STRCMP0, NONE)


class RuleNotSupported(PeerError):
    """A probe asks for a rule of matching scopes that is not known here."""


def fits(probe: Probe, target: Target) -> bool:
    """Whether a target has every type and every scope that a probe asks for; raises RuleNotSupported."""
    rule = probe.match_by or RFC3986
    if rule not in RULES:
        raise RuleNotSupported(f"matching rule {rule[:200]!r}")
    if any(each not in target.types for each in probe.types):
        return False
    if rule == NONE:
        return not target.scopes
    return all(any(_matches(wanted, own, rule) for own in target.scopes) for wanted in probe.scopes)


def _matches(wanted: str, own: str, rule: str) -> bool:
    if rule == STRCMP0:
        return wanted == own
    if rule == UUID:
        return _uuid(wanted) == _uuid(own) != ""
    return _is_prefix(wanted, own)


def _uuid(scope: str) -> str:
    lower = scope.lower()
    return lower.removeprefix("urn:").removeprefix("uuid:") if "uuid:" in lower else ""


def _is_prefix(wanted: str, own: str) -> bool:
    """By path segments: scheme and authority in any case, segments exactly, none of them `.` or `..`."""
    try:
        one, other = urlsplit(wanted), urlsplit(own)
    except ValueError:
        return False
    if one.scheme.lower() != other.scheme.lower() or one.netloc.lower() != other.netloc.lower():
        return False
    ours, theirs = _segments(other.path), _segments(one.path)
    if any(each in (".", "..") for each in (*ours, *theirs)):
        return False
    return ours[: len(theirs)] == theirs


def _segments(path: str) -> list[str]:
    return [unquote(each) for each in path.rstrip("/").split("/")]
