"""Answers of the administration interface in JSON."""

import msgspec

from vedette.server.http import HttpResponse


def as_json(value: object, status: int = 200, *more: tuple[str, str]) -> HttpResponse:
    """A value, not to be kept by anybody on the way; `more` are further headers."""
    headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *more)
    return HttpResponse(status, headers, msgspec.json.encode(value))


def refusal(status: int, what: Exception | str, *more: tuple[str, str]) -> HttpResponse:
    """A refusal and its reason in words."""
    return as_json({"problem": str(what)}, status, *more)
