"""Logs, support information, backups and releases over HTTP: from fixed paths, to paths given out."""

from collections.abc import Awaitable, Callable

from vedette.base.errors import VedetteError
from vedette.contract.schema.system import SystemLogType
from vedette.device.backup import BACKUP_MOST_BYTES, CONTENT_TYPE, FILE_NAME, BackupInvalid
from vedette.device.firmware import Firmware
from vedette.device.firmware_archive import ARCHIVE_MOST_BYTES, FirmwareInvalid
from vedette.device.journal import Journal, NothingLogged
from vedette.device.maintenance import Maintenance
from vedette.device.services.device.maintenance import BACKUP_PATH, LOG_PATHS, SUPPORT_PATH
from vedette.device.support import SupportReport
from vedette.device.uploads import UPLOAD_PATH, UploadKind, Uploads
from vedette.security.audit import Audit
from vedette.security.policy import Entrance
from vedette.server.browser.login import PageLogin
from vedette.server.entrances import BACKUP, LOG, RESTORE, SUPPORT, UPGRADE, UPLOAD
from vedette.server.http import HttpRequest, HttpResponse, plain_response

SYSTEM_PATH = "/system/"
_TEXT = "text/plain; charset=utf-8"
_LOGS = {path: kind for kind, path in LOG_PATHS.items()}
_ENTRANCES: dict[str, Entrance] = {SUPPORT_PATH: SUPPORT, BACKUP_PATH: BACKUP, **dict.fromkeys(_LOGS, LOG)}
_UPLOAD_ENTRANCES = {UploadKind.BACKUP: RESTORE, UploadKind.FIRMWARE: UPGRADE}


class TooMuch(VedetteError):
    """The upload is larger than anything that could be meant."""


class SystemFiles:
    """Answers everything below `/system/`, for those who may call the operation that does the same.

    An upload address was given out by StartSystemRestore or StartFirmwareUpgrade and is good for one upload.
    Source: Core, GetSystemUris, StartSystemRestore and StartFirmwareUpgrade (26.06 §8.3.2, §8.3.5, §8.3.9).
    """

    def __init__(
        self,
        *,
        login: PageLogin,
        journal: Journal,
        support: SupportReport,
        maintenance: Maintenance,
        firmware: Firmware | None,
        uploads: Uploads,
        audit: Audit,
    ) -> None:
        self._login = login
        self._journal = journal
        self._support = support
        self._maintenance = maintenance
        self._uploads = uploads
        self._audit = audit
        self._takers: dict[UploadKind, Callable[[HttpRequest], Awaitable[None]]] = {
            UploadKind.BACKUP: self._restore,
            UploadKind.FIRMWARE: self._upgrade,
        }
        self._firmware = firmware

    def upload_most_bytes(self, request: HttpRequest) -> int:
        """How many bytes a request may bring; 0 when it is no upload."""
        if request.method not in ("POST", "PUT") or not request.path.startswith(UPLOAD_PATH):
            return 0
        is_firmware = self._uploads.kind_of(request.path) is UploadKind.FIRMWARE
        return ARCHIVE_MOST_BYTES if is_firmware else BACKUP_MOST_BYTES

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; raises LoginWanted."""
        if request.path.startswith(UPLOAD_PATH):
            return await self._upload(request)
        makers = {SUPPORT_PATH: self._support_text, BACKUP_PATH: self._backup}
        if request.path not in _ENTRANCES:
            return plain_response(404, "nothing here")
        if request.method not in ("GET", "HEAD"):
            return plain_response(405, "read only", {"Allow": "GET, HEAD"})
        identity = self._login.require(request, _ENTRANCES[request.path])
        self._audit.record(
            f"fetch {request.path}", user=identity.user_name, peer=request.peer.host, outcome="done"
        )
        if request.path in makers:
            return await makers[request.path](request)
        return self._log_text(_LOGS[request.path])

    def _log_text(self, kind: SystemLogType) -> HttpResponse:
        try:
            return _file(_TEXT, f"{kind}.log".lower(), self._journal.text(kind).encode())
        except NothingLogged as nothing:
            # The address was given out, so it leads to something: an empty log is a log.
            return _file(_TEXT, f"{kind}.log".lower(), f"{nothing}\n".encode())

    async def _support_text(self, _: HttpRequest) -> HttpResponse:
        return _file(_TEXT, "support.txt", self._support.text().encode())

    async def _backup(self, request: HttpRequest) -> HttpResponse:
        backups = self._maintenance.backups
        # Asking how large it is takes no backup away, and so leaves the time of the last one alone.
        content = backups.content() if request.method == "HEAD" else await backups.make()
        return _file(CONTENT_TYPE, FILE_NAME, content)

    async def _upload(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return plain_response(405, "uploads come by POST", {"Allow": "POST"})
        meant = self._uploads.kind_of(request.path)
        identity = self._login.require(request, UPLOAD if meant is None else _UPLOAD_ENTRANCES[meant])
        kind = self._uploads.take(request.path)
        if kind is None:
            return plain_response(404, "this address was not given out, or has been used")
        status, told = 200, "taken; the device restarts"
        try:
            await self._takers[kind](request)
        except (BackupInvalid, FirmwareInvalid, TooMuch) as error:
            status, told = 415, str(error)
        except ConnectionResetError:
            status, told = 400, "the upload ended early"
        except VedetteError as error:
            status, told = 500, str(error)
        outcome = "done" if status == 200 else told
        self._audit.record(f"upload {kind}", user=identity.user_name, peer=request.peer.host, outcome=outcome)
        return plain_response(status, told)

    async def _restore(self, request: HttpRequest) -> None:
        content = bytearray()
        async for part in request.chunks():
            content += part
            if len(content) > BACKUP_MOST_BYTES:
                raise TooMuch(f"more than {BACKUP_MOST_BYTES} bytes")
        await self._maintenance.restore(bytes(content))

    async def _upgrade(self, request: HttpRequest) -> None:
        assert self._firmware is not None, "nobody else gives out such addresses"
        length = request.headers.get("content-length")
        await self._firmware.upgrade(request.chunks(), int(length) if length.isdigit() else 0)


def _file(kind: str, name: str, content: bytes) -> HttpResponse:
    headers = (
        ("Content-Type", kind),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("Cache-Control", "no-store"),
    )
    return HttpResponse(200, headers, content)
