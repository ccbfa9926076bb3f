"""What lies at which path of the HTTP port, and who may see it."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files

from websockets.frames import CloseCode

from vedette.device.cameras import Camera, Cameras, NoSuchCamera
from vedette.media.hub import Stream
from vedette.media.snapshot import NoPicture, Snapshots
from vedette.security.audit import Audit
from vedette.security.authentication import Identity
from vedette.security.policy import Entrance
from vedette.server.browser.admin import Admin, BadRequest, instant
from vedette.server.browser.login import LoginWanted, PageLogin
from vedette.server.browser.player import Player
from vedette.server.entrances import CAMERAS, FIGURES, FOOTAGE, LIVE, SNAPSHOT
from vedette.server.http import (
    HttpRequest,
    HttpResponse,
    TooManyParameters,
    WebSocketRoute,
    plain_response,
)
from vedette.server.metrics import CONTENT_TYPE, Metrics
from vedette.server.rtsp.service import RtspService
from vedette.server.soap import package_most_bytes
from vedette.server.system_files import SYSTEM_PATH, SystemFiles
from vedette.server.websocket import MessageRoute, StreamRoute, WebSocket
from vedette.storage.errors import NoSuchRecording

RTSP_SUBPROTOCOL = "rtsp.onvif.org"  # Streaming, RTSP over WebSocket (26.06 §7.3.1.1)
RTSP_PATH = "/rtsp"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
PAGE_HEADERS = (
    ("Cache-Control", "no-cache"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    (
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' ws: wss:;"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
)
NOT_FROM_HERE = "changes are taken from this device's own page only"
SNAPSHOT_PATH = re.compile(r"/snapshot/([\w-]+)")
_SIZE = re.compile(r"[0-9]{1,4}")
SOCKET = re.compile(r"/api/(live|playback)/([\w-]+)")

Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


class Application:
    """Answers ordinary requests (`__call__`) and says where WebSockets lead (`websocket`)."""

    def __init__(
        self,
        *,
        soap: Handler,
        admin: Admin,
        player: Player,
        login: PageLogin,
        system: SystemFiles,
        cameras: Cameras,
        snapshots: Snapshots,
        metrics: Metrics,
        rtsp: RtspService,
        health: Callable[[], list[str]],
        audit: Audit,
    ) -> None:
        self._soap = soap
        self._admin = admin
        self._player = player
        self._login = login
        self._system = system
        self._cameras = cameras
        self._snapshots = snapshots
        self._metrics = metrics
        self._rtsp = rtsp
        self._health = health
        self._audit = audit
        self._pages = _pages()
        self._watching: dict[WebSocket, tuple[Identity, Entrance]] = {}  # who watches what

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        path = request.path
        if _is_login_a_browsers(request) and not _is_reading(request):
            return plain_response(403, NOT_FROM_HERE)
        if path.startswith("/onvif/"):
            return await self._soap(request)
        try:
            return await self._answer(request, path)
        except LoginWanted as wanted:
            return self._refused(request, wanted)

    def websocket(self, request: HttpRequest) -> WebSocketRoute | HttpResponse | None:
        """Where an upgrade leads, or its refusal.

        RTSP asks for its login itself, the page's sockets need one before.
        """
        if request.path == RTSP_PATH:
            return StreamRoute(self._rtsp.take_stream, (RTSP_SUBPROTOCOL,))
        found = SOCKET.fullmatch(request.path)
        if found is None:
            return None
        entrance = LIVE if found[1] == "live" else FOOTAGE
        try:
            identity = self._login.require(request, entrance)
        except LoginWanted as wanted:
            return self._refused(request, wanted)
        if not _is_from_here(request):
            return self._forbidden(request, identity, plain_response(403, NOT_FROM_HERE))

        async def play(socket: WebSocket) -> None:
            self._watching[socket] = identity, entrance
            try:
                await self._play(found[1], found[2], request, socket)
            finally:
                del self._watching[socket]

        return MessageRoute(play)

    def drop_users(self, names: frozenset[str]) -> None:
        """End what these users watch on the page, and have them log in anew."""
        self._drop(lambda identity, _: identity.user_name in names)

    def drop_forbidden(self) -> None:
        """End what is watched on the page by those who may not any more."""
        self._drop(lambda identity, entrance: not self._login.may_enter(identity, entrance))

    def _drop(self, is_meant: Callable[[Identity, Entrance], bool]) -> None:
        for socket in [each for each, watched in self._watching.items() if is_meant(*watched)]:
            socket.close(CloseCode.POLICY_VIOLATION, "the user was changed")

    def upload_most_bytes(self, request: HttpRequest) -> int:
        """How large a streamed upload may be; 0 for a request that is none."""
        return package_most_bytes(request) or self._system.upload_most_bytes(request)

    async def _answer(self, request: HttpRequest, path: str) -> HttpResponse:
        if path == "/healthz":
            problems = self._health()
            return plain_response(503 if problems else 200, "\n".join(problems) or "ok")
        if path == "/metrics":
            self._login.require(request, FIGURES, takes_basic=True)  # Prometheus knows no digest
            return HttpResponse(200, (("Content-Type", CONTENT_TYPE),), self._metrics.exposition())
        if path in self._pages:
            return self._page(request, path)
        if path.startswith("/api/"):
            identity = self._login.require(request, self._admin.entrance(request))
            if _is_reading(request):
                return await self._admin.answer(request, partial(self._login.may_enter, identity))
            return await self._changed(request, identity)
        if path.startswith(SYSTEM_PATH):
            return await self._system.answer(request)
        found = SNAPSHOT_PATH.fullmatch(path)
        if found is not None:
            self._login.require(request, SNAPSHOT)
            return await self._snapshot(request, found[1])
        return plain_response(404, "nothing here")

    async def _changed(self, request: HttpRequest, identity: Identity) -> HttpResponse:
        """The answer to what changes something; who did so and from where is in the audit log."""
        if not _is_from_here(request):
            return self._forbidden(request, identity, plain_response(403, NOT_FROM_HERE))
        response = await self._admin.answer(request, partial(self._login.may_enter, identity))
        self._audit.record(
            f"{request.method} {request.path}",
            user=identity.user_name,
            peer=request.peer.host,
            outcome="done" if response.status < 400 else f"refused with {response.status}",
        )
        return response

    def _refused(self, request: HttpRequest, wanted: LoginWanted) -> HttpResponse:
        if wanted.response.status == 403:
            return self._forbidden(request, wanted.identity, wanted.response)
        return wanted.response

    def _forbidden(self, request: HttpRequest, identity: Identity, response: HttpResponse) -> HttpResponse:
        """The response, with who may not do what in the audit log, as for operations."""
        self._audit.record(
            f"{request.method} {request.path}",
            user=identity.user_name,
            peer=request.peer.host,
            outcome="forbidden",
        )
        return response

    def _page(self, request: HttpRequest, path: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return plain_response(405, "read only", {"Allow": "GET, HEAD"})
        identity = self._login.require(request, CAMERAS)
        cookie = self._login.cookie_for(identity, is_secure=request.scheme == "https")
        kind, content = self._pages[path]
        return HttpResponse(200, (("Content-Type", kind), *PAGE_HEADERS, *cookie), content)

    async def _snapshot(self, request: HttpRequest, name: str) -> HttpResponse:
        parameters = request.parameters
        try:
            camera = self._cameras.require(name)
            stream = camera.sub if parameters.get("stream") == "sub" else camera.main
            if stream is None:
                raise NoSuchCamera(f"camera {name!r} has no such stream")
            width, height = (_size(parameters.get(each, "")) for each in ("width", "height"))
            jpeg = await self._snapshots.latest(stream, width=width, height=height)
        except NoSuchCamera as error:
            return plain_response(404, str(error))
        except NoPicture as error:
            return plain_response(503, str(error), {"Retry-After": "1"})
        except ValueError as error:
            return plain_response(400, str(error))
        headers = (("Content-Type", "image/jpeg"), ("Cache-Control", "no-store"))
        return HttpResponse(200, headers, jpeg.data)

    async def _play(self, kind: str, name: str, request: HttpRequest, socket: WebSocket) -> None:
        try:
            if kind == "live":
                await self._player.live(_stream(self._cameras.require(name), request), socket)
            else:
                await self._player.playback(name, instant(request, "from_us", 0), socket)
        except (NoSuchCamera, NoSuchRecording, BadRequest, TooManyParameters) as error:
            await self._player.refuse(socket, str(error))


def _stream(camera: Camera, request: HttpRequest) -> Stream:
    if request.parameters.get("stream") == "sub" and camera.sub is not None:
        return camera.sub
    return camera.main


def _size(text: str) -> int:
    """A number of pixels, 0 for as it comes; raises ValueError."""
    if text and not _SIZE.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is no width or height in pixels")
    return int(text or 0)


def _is_reading(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD")


def _is_login_a_browsers(request: HttpRequest) -> bool:
    """Whether a browser may have added the login by itself, to what the page of somebody else had it send.

    A UsernameToken is no such login: who writes one knows the password.
    """
    return "authorization" in request.headers and not _is_from_here(request)


def _is_from_here(request: HttpRequest) -> bool:
    """A browser names the page that sends a change; it must be ours. Other programs name none."""
    origin = request.headers.get("origin")
    return not origin or origin.partition("://")[2] == request.host


def _pages() -> dict[str, tuple[str, bytes]]:
    """The page's files by path: their content type and their bytes."""
    pages = {}
    for file in files("vedette.server").joinpath("web").iterdir():
        kind = KINDS.get("." + file.name.rpartition(".")[2])
        if kind is not None:
            pages["/" if file.name == "index.html" else f"/{file.name}"] = (kind, file.read_bytes())
    return pages
