"""The JSON interface to inputs and outputs: what they are now, and the hand on simulated circuits."""

import re
from collections.abc import Callable

import msgspec

from vedette.contract.faults import Fault
from vedette.device.hardware.inputs import NotSimulated
from vedette.device.io import DeviceIO
from vedette.security.policy import Entrance
from vedette.server.browser.answers import as_json, refusal
from vedette.server.entrances import CIRCUITS, INPUTS, IO_STATES, RELAYS, SERIAL_PORTS
from vedette.server.http import HttpRequest, HttpResponse

PATH = "/api/io"
_INPUT = re.compile(r"/api/io/inputs/([\w-]+)")


class CircuitState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PUT /api/io/inputs/TOKEN."""

    closed: bool


class IOAdmin:
    """Answers `/api/io` and what lies below it. Who may ask is decided before, as for all of `/api/`.

    Relays are switched by the standard's own operations; what the standard has no word for is to close
    the circuit of a simulated input, and to tell how contacts and lines are now.
    """

    def __init__(self, io: DeviceIO) -> None:
        self._io = io

    def entrance(self, request: HttpRequest) -> Entrance:
        """What somebody needs the right to for a request."""
        return IO_STATES if request.method in ("GET", "HEAD") else CIRCUITS

    async def answer(self, request: HttpRequest, may_enter: Callable[[Entrance], bool]) -> HttpResponse:
        """The answer to one request, with what the caller `may_enter` in it."""
        if request.path == PATH and request.method in ("GET", "HEAD"):
            return self._states(may_enter)
        found = _INPUT.fullmatch(request.path)
        if found is not None and request.method == "PUT":
            return self._put(found[1], request.body)
        problem = f"no {request.method} {request.path}"
        if found is not None:
            return refusal(405, problem, ("Allow", "PUT"))
        return (
            refusal(405, problem, ("Allow", "GET, HEAD")) if request.path == PATH else refusal(404, problem)
        )

    def _states(self, may_enter: Callable[[Entrance], bool]) -> HttpResponse:
        io = self._io
        return as_json(
            {
                "relays": [
                    {"token": each.token, "active": each.is_active, "closed": each.is_closed}
                    for each in (io.relays if may_enter(RELAYS) else ())
                ],
                "inputs": [
                    {
                        "token": each.token,
                        "active": each.is_active,
                        "closed": each.is_closed,
                        "virtual": each.is_virtual,
                    }
                    for each in (io.inputs if may_enter(INPUTS) else ())
                ],
                "serial": [
                    {"token": each.token, "type": each.kind, "path": each.path}
                    for each in (io.serial if may_enter(SERIAL_PORTS) else ())
                ],
            }
        )

    def _put(self, token: str, body: bytes) -> HttpResponse:
        try:
            wanted = msgspec.json.decode(body, type=CircuitState)
            self._io.inputs.require(token).put(is_closed=wanted.closed)
        except msgspec.MsgspecError as error:
            return refusal(400, error)
        except Fault as error:
            return refusal(404, error)
        except NotSimulated as error:
            return refusal(409, error)
        return HttpResponse(204)
