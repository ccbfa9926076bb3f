"""A device and recorder that stands where the network is."""

import sys
from collections.abc import Callable
from typing import Any

import msgspec

from vedette.client.auth import Reply, Request
from vedette.client.errors import Unreachable
from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetServicesResponse, ServiceEntry
from vedette.contract.device.system import GetDeviceInformationResponse
from vedette.contract.envelope import Dispatch, fault_envelope, response_envelope, to_soap
from vedette.contract.events import (
    PullPointSubscription,
)
from vedette.contract.faults import ActionNotSupported, Fault
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import GetProfilesResponse, MediaProfile
from vedette.contract.media2.streaming import GetSnapshotUriResponse, GetStreamUriResponse
from vedette.contract.schema.recording import RecordingSourceInformation
from vedette.contract.schema.search import (
    FindRecordingResultList,
    RecordingInformation,
    RecordingStatus,
    SearchState,
)
from vedette.contract.schema.values import OnvifVersion
from vedette.contract.search import FindRecordingsResponse, GetRecordingSearchResultsResponse, Search
from vedette.wire.namespaces import TDS, TEV, TR2, TSE

HOST = "192.0.2.7"
JPEG = b"\xff\xd8 a picture"


class FakeNetwork:
    """Stands where the HTTP transport is; `answers` maps method and path to what comes back."""

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        self.answers = answers
        self.requests: list[Request] = []
        self.timeouts_s: list[float] = []  # of downloads
        self.breaks_after = sys.maxsize  # bytes of the next download

    def __call__(self, **_: Any) -> "FakeNetwork":
        return self

    async def send(self, request: Request, **_: Any) -> Reply:
        self.requests.append(request)
        answer = self.answers.get((request.method, request.target))
        if answer is None:
            raise Unreachable(f"{request.method} {request.target}: nobody")
        return answer(request) if callable(answer) else answer

    async def download(
        self, request: Request, take: Callable[[bytes, Reply], None], *, answer_timeout_s: float
    ) -> Reply:
        self.timeouts_s.append(answer_timeout_s)
        reply = await self.send(request)
        length = ("content-length", str(len(reply.body)))
        head = msgspec.structs.replace(reply, headers=(*reply.headers, length), body=b"")
        for start in range(0, len(reply.body), 4):
            if start >= self.breaks_after:
                self.breaks_after = sys.maxsize
                raise Unreachable("the connection was lost")
            take(reply.body[start : start + 4], head)
        return head

    async def aclose(self) -> None:
        """Nothing to close."""


def soap(request: Request) -> Reply:
    """A device with one profile and one recording."""
    incoming = Dispatch((Device, Media2, Search, PullPointSubscription)).identify(request.body)
    try:
        return Reply(status=200, body=response_envelope(incoming.operation, told(incoming.operation.name)))
    except Fault as fault:
        return Reply(status=400, body=fault_envelope(to_soap(fault, "")))


def told(name: str) -> Any:
    version = OnvifVersion(major=26, minor=6)
    match name:
        case "GetServices":
            entries = (
                (TDS, "device_service"),
                (TR2, "media2_service"),
                (TSE, "search_service"),
                (TEV, "event_service"),
            )
            return GetServicesResponse(
                services=tuple(
                    ServiceEntry(namespace=space, xaddr=f"http://{HOST}/onvif/{path}", version=version)
                    for space, path in entries
                )
            )
        case "GetDeviceInformation":
            return GetDeviceInformationResponse(
                manufacturer="Toy", model="One", firmware_version="2", serial_number="3", hardware_id="4"
            )
        case "GetProfiles":
            return GetProfilesResponse(profiles=(MediaProfile(token="main", name="Main"),))
        case "GetStreamUri":
            return GetStreamUriResponse(uri=f"rtsp://someone:secret@{HOST}/main")
        case "GetSnapshotUri":
            return GetSnapshotUriResponse(uri=f"http://{HOST}/picture")
        case "FindRecordings":
            return FindRecordingsResponse(search_token="s")
        case "GetRecordingSearchResults":
            return GetRecordingSearchResultsResponse(result_list=found())
    raise ActionNotSupported(f"{name} is not offered")


def found() -> FindRecordingResultList:
    source = RecordingSourceInformation(
        source_id="x", name="Front door", location="", description="", address=""
    )
    recording = RecordingInformation(
        recording_token="door", source=source, content="", recording_status=RecordingStatus.RECORDING
    )
    return FindRecordingResultList(search_state=SearchState.COMPLETED, recording_information=(recording,))
