"""Device service: restart, factory defaults, logs, support information, backups."""

from datetime import timedelta

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetSystemBackup,
    GetSystemBackupResponse,
    GetSystemLog,
    GetSystemLogResponse,
    GetSystemSupportInformation,
    GetSystemSupportInformationResponse,
    GetSystemUris,
    GetSystemUrisResponse,
    RestoreSystem,
    RestoreSystemResponse,
    SetSystemFactoryDefault,
    SetSystemFactoryDefaultResponse,
    StartSystemRestore,
    StartSystemRestoreResponse,
    SystemReboot,
    SystemRebootResponse,
)
from vedette.contract.operation import answers
from vedette.contract.schema.system import (
    BackupFile,
    SupportInformation,
    SystemLog,
    SystemLogType,
    SystemLogUri,
    SystemLogUriList,
)
from vedette.contract.schema.values import AttachmentData, Include
from vedette.device.addresses import StreamAddresses
from vedette.device.backup import CONTENT_TYPE, FILE_NAME, BackupInvalid
from vedette.device.context import RequestContext
from vedette.device.journal import Journal, NothingLogged
from vedette.device.maintenance import Maintenance
from vedette.device.support import SupportReport
from vedette.device.uploads import UploadKind, Uploads
from vedette.wire.attachments import part_address

LOG_PATHS = {SystemLogType.SYSTEM: "/system/log/system", SystemLogType.ACCESS: "/system/log/access"}
SUPPORT_PATH = "/system/support"
BACKUP_PATH = "/system/backup"
DOWN_TIME = timedelta(seconds=10)  # ending takes three seconds at most, starting as long on a slow machine


class MaintenanceHandlers:
    """Restarts, resets, and tells where logs and backups are to be had."""

    def __init__(
        self,
        maintenance: Maintenance,
        journal: Journal,
        support: SupportReport,
        uploads: Uploads,
        addresses: StreamAddresses,
    ) -> None:
        self._maintenance = maintenance
        self._journal = journal
        self._support = support
        self._uploads = uploads
        self._addresses = addresses

    @answers(Device.system_reboot)
    async def system_reboot(self, request: SystemReboot) -> SystemRebootResponse:
        """Restart."""
        return SystemRebootResponse(message=self._maintenance.reboot())

    @answers(Device.set_system_factory_default)
    async def set_system_factory_default(
        self, request: SetSystemFactoryDefault
    ) -> SetSystemFactoryDefaultResponse:
        """Reset the settings and restart."""
        await self._maintenance.reset(request.factory_default)
        return SetSystemFactoryDefaultResponse()

    @answers(Device.get_system_log)
    async def get_system_log(self, request: GetSystemLog) -> GetSystemLogResponse:
        """The latest lines of a log."""
        try:
            text = self._journal.text(request.log_type)
        except NothingLogged as nothing:
            if request.log_type is SystemLogType.ACCESS:
                raise faults.AccesslogUnavailable(str(nothing)) from nothing
            raise faults.SystemlogUnavailable(str(nothing)) from nothing
        return GetSystemLogResponse(system_log=SystemLog(string=text))

    @answers(Device.get_system_support_information)
    async def get_system_support_information(
        self, request: GetSystemSupportInformation
    ) -> GetSystemSupportInformationResponse:
        """What support needs to know."""
        found = SupportInformation(string=self._support.text())
        return GetSystemSupportInformationResponse(support_information=found)

    @answers(Device.get_system_uris)
    async def get_system_uris(self, request: GetSystemUris, context: RequestContext) -> GetSystemUrisResponse:
        """Where logs, support information and the backup are to be had."""
        address = self._addresses.http
        logs = tuple(SystemLogUri(type=kind, uri=address(context, path)) for kind, path in LOG_PATHS.items())
        return GetSystemUrisResponse(
            system_log_uris=SystemLogUriList(system_logs=logs),
            support_info_uri=address(context, SUPPORT_PATH),
            system_backup_uri=address(context, BACKUP_PATH),
        )

    @answers(Device.get_system_backup)
    async def get_system_backup(self, request: GetSystemBackup) -> GetSystemBackupResponse:
        """The backup itself, beside the message."""
        content = await self._maintenance.backups.make()
        part = Include(href=part_address(f"{FILE_NAME}@vedette"), content=content)
        data = AttachmentData(content_type=CONTENT_TYPE, include=part)
        return GetSystemBackupResponse(backup_files=(BackupFile(name=FILE_NAME, data=data),))

    @answers(Device.restore_system)
    async def restore_system(self, request: RestoreSystem) -> RestoreSystemResponse:
        """Bring a backup back and restart."""
        if len(request.backup_files) != 1:
            raise faults.InvalidBackupFile(f"{len(request.backup_files)} files; a backup here is one")
        (file,) = request.backup_files
        try:
            await self._maintenance.restore(file.data.include.content or b"")
        except BackupInvalid as error:
            raise faults.InvalidBackupFile(f"{file.name}: {error}") from error
        return RestoreSystemResponse()

    @answers(Device.start_system_restore)
    async def start_system_restore(
        self, request: StartSystemRestore, context: RequestContext
    ) -> StartSystemRestoreResponse:
        """Where to bring a backup."""
        path = self._uploads.open(UploadKind.BACKUP)
        return StartSystemRestoreResponse(
            upload_uri=self._addresses.http(context, path), expected_down_time=DOWN_TIME
        )
