"""Device management service: clock, firmware, logs and restart."""

from datetime import timedelta

from vedette.contract.faults import (
    AccesslogUnavailable,
    AuxiliaryDataNotSupported,
    FirmwareUpgradeFailed,
    InvalidBackupFile,
    InvalidDateTime,
    InvalidFirmware,
    InvalidTimeZone,
    NtpServerUndefined,
    SupportInformationUnavailable,
    SystemlogUnavailable,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.system import (
    BackupFile,
    FactoryDefaultType,
    SetDateTimeType,
    SupportInformation,
    SystemDateTime,
    SystemLog,
    SystemLogType,
    SystemLogUriList,
    TimeZone,
)
from vedette.contract.schema.values import AttachmentData, DateTime
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class GetDeviceInformation:
    """Asks for the device information."""


@message(TDS)
class GetDeviceInformationResponse:
    """Answers with the device information."""

    manufacturer: str
    model: str
    firmware_version: str
    serial_number: str
    hardware_id: str


@message(TDS)
class SetSystemDateAndTime:
    """Changes the system date and time."""

    date_time_type: SetDateTimeType
    daylight_savings: bool
    time_zone: TimeZone | None = None
    utc_date_time: DateTime | None = element("UTCDateTime", default=None)


@message(TDS)
class SetSystemDateAndTimeResponse:
    """Tells that the system date and time changed."""


@message(TDS)
class GetSystemDateAndTime:
    """Asks for the system date and time."""


@message(TDS)
class GetSystemDateAndTimeResponse:
    """Answers with the system date and time."""

    system_date_and_time: SystemDateTime


@message(TDS)
class SetSystemFactoryDefault:
    """Resets the device."""

    factory_default: FactoryDefaultType


@message(TDS)
class SetSystemFactoryDefaultResponse:
    """Tells that the device resets."""


@message(TDS)
class UpgradeSystemFirmware:
    """Brings new firmware within the message."""

    firmware: AttachmentData


@message(TDS)
class UpgradeSystemFirmwareResponse:
    """Answers with a message for people."""

    message: str | None = None


@message(TDS)
class SystemReboot:
    """Restarts the device."""


@message(TDS)
class SystemRebootResponse:
    """Answers with a message for people."""

    message: str


@message(TDS)
class RestoreSystem:
    """Brings a backup back."""

    backup_files: tuple[BackupFile, ...]


@message(TDS)
class RestoreSystemResponse:
    """Tells that the backup was brought back."""


@message(TDS)
class GetSystemBackup:
    """Asks for the system backup."""


@message(TDS)
class GetSystemBackupResponse:
    """Answers with the system backup."""

    backup_files: tuple[BackupFile, ...]


@message(TDS)
class GetSystemLog:
    """Asks for the system log."""

    log_type: SystemLogType


@message(TDS)
class GetSystemLogResponse:
    """Answers with the system log."""

    system_log: SystemLog


@message(TDS)
class GetSystemSupportInformation:
    """Asks for the system support information."""


@message(TDS)
class GetSystemSupportInformationResponse:
    """Answers with the system support information."""

    support_information: SupportInformation


@message(TDS)
class SendAuxiliaryCommand:
    """Sends an auxiliary command."""

    auxiliary_command: str


@message(TDS)
class SendAuxiliaryCommandResponse:
    """Answers with what the command gave back."""

    auxiliary_command_response: str | None = None


@message(TDS)
class GetSystemUris:
    """Asks for the system addresses."""


@message(TDS)
class GetSystemUrisResponse:
    """Answers with the system addresses."""

    system_log_uris: SystemLogUriList | None = None
    support_info_uri: str | None = None
    system_backup_uri: str | None = None


@message(TDS)
class StartFirmwareUpgrade:
    """Asks where to upload firmware."""


@message(TDS)
class StartFirmwareUpgradeResponse:
    """Answers with the address for the firmware, the delay and the time out of service."""

    upload_uri: str
    upload_delay: timedelta
    expected_down_time: timedelta


@message(TDS)
class UpgradeFirmware:
    """Starts an upgrade from an address."""

    version: str


@message(TDS)
class UpgradeFirmwareResponse:
    """Answers with how the upgrade goes on."""

    expected_down_time: timedelta


@message(TDS)
class StartSystemRestore:
    """Asks where to upload a backup."""


@message(TDS)
class StartSystemRestoreResponse:
    """Answers with the address for the backup and how long to expect."""

    upload_uri: str
    expected_down_time: timedelta


class System(Service):
    """Clock, firmware, logs and restart."""

    get_device_information = Operation(
        GetDeviceInformation,
        GetDeviceInformationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDeviceInformation (26.06 §8.3.1)",
        iec="IEC 60839-11-31 8.4.1",
    )

    set_system_date_and_time = Operation(
        SetSystemDateAndTime,
        SetSystemDateAndTimeResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidTimeZone, InvalidDateTime, NtpServerUndefined),
        source="Core, SetSystemDateAndTime (26.06 §8.3.7)",
        iec="IEC 60839-11-31 8.4.7",
    )

    get_system_date_and_time = Operation(
        GetSystemDateAndTime,
        GetSystemDateAndTimeResponse,
        access=Access.PRE_AUTH,
        source="Core, GetSystemDateAndTime (26.06 §8.3.6)",
        iec="IEC 60839-11-31 8.4.6",
    )

    set_system_factory_default = Operation(
        SetSystemFactoryDefault,
        SetSystemFactoryDefaultResponse,
        access=Access.UNRECOVERABLE,
        source="Core, SetSystemFactoryDefault (26.06 §8.3.8)",
        iec="IEC 60839-11-31 8.4.8",
    )

    upgrade_system_firmware = Operation(
        UpgradeSystemFirmware,
        UpgradeSystemFirmwareResponse,
        access=Access.UNRECOVERABLE,
        faults=(InvalidFirmware, FirmwareUpgradeFailed),
        source="Core, UpgradeSystemFirmware (26.06 Annex D.3)",
        iec="IEC 60839-11-31 8.4.9",
        deprecated=True,
    )

    system_reboot = Operation(
        SystemReboot,
        SystemRebootResponse,
        access=Access.UNRECOVERABLE,
        source="Core, SystemReboot (26.06 §8.3.13)",
        iec="IEC 60839-11-31 8.4.13",
    )

    restore_system = Operation(
        RestoreSystem,
        RestoreSystemResponse,
        access=Access.UNRECOVERABLE,
        faults=(InvalidBackupFile,),
        source="Core, RestoreSystem (26.06 §8.3.4)",
        iec="IEC 60839-11-31 8.4.4",
        deprecated=True,
    )

    get_system_backup = Operation(
        GetSystemBackup,
        GetSystemBackupResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Core, GetSystemBackup (26.06 §8.3.3)",
        iec="IEC 60839-11-31 8.4.3",
        deprecated=True,
    )

    get_system_log = Operation(
        GetSystemLog,
        GetSystemLogResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(AccesslogUnavailable, SystemlogUnavailable),
        source="Core, GetSystemLog (26.06 §8.3.11)",
        iec="IEC 60839-11-31 8.4.11",
    )

    get_system_support_information = Operation(
        GetSystemSupportInformation,
        GetSystemSupportInformationResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(SupportInformationUnavailable,),
        source="Core, GetSystemSupportInformation (26.06 §8.3.12)",
        iec="IEC 60839-11-31 8.4.12",
    )

    send_auxiliary_command = Operation(
        SendAuxiliaryCommand,
        SendAuxiliaryCommandResponse,
        access=Access.ACTUATE,
        faults=(AuxiliaryDataNotSupported,),
        source="Core, SendAuxiliaryCommand (26.06 §8.7)",
        iec="IEC 60839-11-31 8.6",
    )

    get_system_uris = Operation(
        GetSystemUris,
        GetSystemUrisResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetSystemUris (26.06 §8.3.2)",
        iec="IEC 60839-11-31 8.4.2",
    )

    start_firmware_upgrade = Operation(
        StartFirmwareUpgrade,
        StartFirmwareUpgradeResponse,
        access=Access.UNRECOVERABLE,
        source="Core, StartFirmwareUpgrade (26.06 §8.3.9)",
        iec="IEC 60839-11-31 8.4.10",
    )

    upgrade_firmware = Operation(
        UpgradeFirmware,
        UpgradeFirmwareResponse,
        access=Access.UNRECOVERABLE,
        source="Core, UpgradeFirmware (26.06 §8.3.10)",
    )

    start_system_restore = Operation(
        StartSystemRestore,
        StartSystemRestoreResponse,
        access=Access.UNRECOVERABLE,
        source="Core, StartSystemRestore (26.06 §8.3.5)",
        iec="IEC 60839-11-31 8.4.5",
    )
