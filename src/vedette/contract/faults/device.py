"""Faults of the device and device I/O services."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class InvalidArgValDevice(SenderFault):
    """A hashing algorithm, relay setting or the like is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidArgVal")


class NoSuchService(ReceiverFault):
    """The device has no service of that category."""

    subcodes = ("ActionNotSupported", "NoSuchService")


class InvalidHostname(SenderFault):
    """The host name is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidHostname")


class InvalidIPv6Address(SenderFault):
    """The IPv6 address is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidIPv6Address")


class InvalidIPv4Address(SenderFault):
    """The IPv4 address is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidIPv4Address")


class InvalidDnsName(SenderFault):
    """The name of a time server is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidDnsName")


class TimeSyncedToNtp(SenderFault):
    """A time server is needed while the clock follows NTP."""

    subcodes = ("InvalidArgVal", "TimeSyncedToNtp")


class InvalidNetworkInterface(SenderFault):
    """There is no network interface of that token."""

    subcodes = ("InvalidArgVal", "InvalidNetworkInterface")


class InvalidMtuValue(SenderFault):
    """The MTU is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidMtuValue")


class InvalidInterfaceSpeed(SenderFault):
    """The interface cannot run at that speed."""

    subcodes = ("InvalidArgVal", "InvalidInterfaceSpeed")


class InvalidInterfaceType(SenderFault):
    """The interface cannot be of that type."""

    subcodes = ("InvalidArgVal", "InvalidInterfaceType")


class InvalidDot11(ReceiverFault):
    """The device has no wireless LAN."""

    subcodes = ("ActionNotSupported", "InvalidDot11")


class InvalidSecurityMode(SenderFault):
    """That wireless security mode is not supported."""

    subcodes = ("InvalidArgVal", "InvalidSecurityMode")


class InvalidStationMode(SenderFault):
    """That wireless station mode is not supported."""

    subcodes = ("InvalidArgVal", "InvalidStationMode")


class MissingDot11(SenderFault):
    """The security settings lack their wireless part."""

    subcodes = ("InvalidArgVal", "MissingDot11")


class MissingPSK(SenderFault):
    """The security settings lack a pre-shared key."""

    subcodes = ("InvalidArgVal", "MissingPSK")


class MissingDot1X(SenderFault):
    """The security settings name no 802.1X configuration, or one that does not exist."""

    subcodes = ("InvalidArgVal", "MissingDot1X")


class IncompatibleDot1X(SenderFault):
    """The 802.1X configuration does not suit the interface."""

    subcodes = ("InvalidArgVal", "IncompatibleDot1X")


class InvalidDHCPv6(ReceiverFault):
    """That DHCPv6 mode is not supported."""

    subcodes = ("ActionNotSupported", "InvalidDHCPv6")


class ServiceNotSupported(SenderFault):
    """The device does not offer that network protocol."""

    subcodes = ("InvalidArgVal", "ServiceNotSupported")


class PortAlreadyInUse(SenderFault):
    """Something else listens on that port."""

    subcodes = ("InvalidArgVal", "PortAlreadyInUse")


class EnablingTlsFailed(ReceiverFault):
    """TLS cannot be switched on: it is not supported or not set up."""

    subcodes = ("ActionNotSupported", "EnablingTlsFailed")


class InvalidGatewayAddress(SenderFault):
    """The gateway's address is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidGatewayAddress")


class IPFilterListIsFull(SenderFault):
    """No more IP filter entries fit."""

    subcodes = ("InvalidArgVal", "IPFilterListIsFull")


class NoIPv6Address(SenderFault):
    """The IPv6 address to be taken away is not there."""

    subcodes = ("InvalidArgVal", "NoIPv6Address")


class NoIPv4Address(SenderFault):
    """The IPv4 address to be taken away is not there."""

    subcodes = ("InvalidArgVal", "NoIPv4Address")


class NotDot11(SenderFault):
    """The interface is not a wireless one."""

    subcodes = ("InvalidArgVal", "NotDot11")


class NotConnectedDot11(ReceiverFault):
    """The wireless network is not connected."""

    subcodes = ("Action", "NotConnectedDot11")


class NotScanAvailable(ReceiverFault):
    """The device cannot look for wireless networks."""

    subcodes = ("ActionNotSupported", "NotScanAvailable")


class InvalidBackupFile(SenderFault):
    """A backup file is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidBackupFile")


class InvalidFirmware(SenderFault):
    """The firmware is not acceptable."""

    subcodes = ("InvalidArgs", "InvalidFirmware")


class FirmwareUpgradeFailed(ReceiverFault):
    """The firmware is acceptable and could not be installed."""

    subcodes = ("Action", "FirmwareUpgradeFailed")


class InvalidTimeZone(SenderFault):
    """The time zone is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidTimeZone")


class InvalidDateTime(SenderFault):
    """The date or time is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidDateTime")


class NtpServerUndefined(SenderFault):
    """The clock cannot follow NTP while no server is known."""

    subcodes = ("InvalidArgVal", "NtpServerUndefined")


class AccesslogUnavailable(SenderFault):
    """There is no access log."""

    subcodes = ("InvalidArgs", "AccesslogUnavailable")


class SystemlogUnavailable(SenderFault):
    """There is no system log."""

    subcodes = ("InvalidArgs", "SystemlogUnavailable")


class SupportInformationUnavailable(SenderFault):
    """There is no support information."""

    subcodes = ("InvalidArgs", "SupportInformationUnavailable")


class EmptyScope(ReceiverFault):
    """There are no scopes."""

    subcodes = ("Action", "EmptyScope")


class TooManyScopes(ReceiverFault):
    """More scopes than the device can keep."""

    subcodes = ("Action", "TooManyScopes")


class FixedScope(SenderFault):
    """The scope is fixed and stays."""

    subcodes = ("OperationProhibited", "FixedScope")


class NoScope(SenderFault):
    """The scope to be taken away is not there."""

    subcodes = ("InvalidArgVal", "NoScope")


class TooManyEntries(ReceiverFault):
    """More locations than the device can keep."""

    subcodes = ("Action", "TooManyEntries")


class NoAutoGeo(SenderFault):
    """The device cannot find out its location by itself."""

    subcodes = ("InvalidArgVal", "NoAutoGeo")


class NoConfig(SenderFault):
    """There is no such configuration or entry."""

    subcodes = ("InvalidArgVal", "NoConfig")


class Fixed(SenderFault):
    """The entry is fixed and stays."""

    subcodes = ("InvalidArgVal", "Fixed")


class EmptyPolicy(ReceiverFault):
    """There is no access policy, or an empty one."""

    subcodes = ("Action", "EmptyPolicy")


class PolicyFormat(SenderFault):
    """The access policy is in a format the device does not know."""

    subcodes = ("InvalidArgs", "PolicyFormat")


class UsernameClash(SenderFault):
    """A user of that name exists already."""

    subcodes = ("OperationProhibited", "UsernameClash")


class PasswordTooLong(SenderFault):
    """The password is too long."""

    subcodes = ("OperationProhibited", "PasswordTooLong")


class UsernameTooLong(SenderFault):
    """The user name is too long."""

    subcodes = ("OperationProhibited", "UsernameTooLong")


class Password(SenderFault):
    """The password is too weak."""

    subcodes = ("OperationProhibited", "Password")


class TooManyUsers(ReceiverFault):
    """No more users fit."""

    subcodes = ("Action", "TooManyUsers")


class AnonymousNotAllowed(SenderFault):
    """Nobody can be given the level Anonymous."""

    subcodes = ("OperationProhibited", "AnonymousNotAllowed")


class UsernameTooShort(SenderFault):
    """The user name is too short."""

    subcodes = ("OperationProhibited", "UsernameTooShort")


class UsernameMissing(SenderFault):
    """There is no user of that name."""

    subcodes = ("InvalidArgVal", "UsernameMissing")


class FixedUser(SenderFault):
    """The user is fixed and cannot be changed that way."""

    subcodes = ("InvalidArgVal", "FixedUser")


class PasswordTooWeak(SenderFault):
    """The password is too weak."""

    subcodes = ("OperationProhibited", "PasswordTooWeak")


class NotRemoteUser(ReceiverFault):
    """The device does not know remote users."""

    subcodes = ("ActionNotSupported", "NotRemoteUser")


class InvalidUserRole(SenderFault):
    """There is no such role."""

    subcodes = ("InvalidArgVal", "InvalidUserRole")


class TooManyUserRoles(ReceiverFault):
    """No more roles fit."""

    subcodes = ("Action", "TooManyUserRoles")


class FunctionNotImplemented(ReceiverFault):
    """A function that the role names does not exist here."""

    subcodes = ("Action", "FunctionNotImplemented")


class OnvifPrefix(SenderFault):
    """Roles that begin with `onvif:` belong to the standard."""

    subcodes = ("OperationProhibited", "OnvifPrefix")


class RelayToken(SenderFault):
    """There is no relay of that token."""

    subcodes = ("InvalidArgVal", "RelayToken")


class ModeError(SenderFault):
    """The relay's delay is not acceptable."""

    subcodes = ("InvalidArgVal", "ModeError")


class AuxiliaryDataNotSupported(SenderFault):
    """The device does not know that auxiliary command."""

    subcodes = ("InvalidArgVal", "AuxiliaryDataNotSupported")


class MaxStorageConfigurations(ReceiverFault):
    """No more storage configurations fit."""

    subcodes = ("OperationProhibited", "MaxStorageConfigurations")


class ConfigModify(SenderFault):
    """The configuration cannot be set to these values."""

    subcodes = ("InvalidArgVal", "ConfigModify")


class NoVideoOutput(SenderFault):
    """There is no such video output."""

    subcodes = ("InvalidArgVal", "NoVideoOutput")


class SettingsInvalid(SenderFault):
    """The settings are not acceptable."""

    subcodes = ("InvalidArgVal", "SettingsInvalid")


class InvalidSerialPort(SenderFault):
    """There is no serial port of that token."""

    subcodes = ("InvalidArgVal", "InvalidSerialPort")


class DataLengthOver(SenderFault):
    """More serial data than the device can take."""

    subcodes = ("OperationProhibited", "DataLengthOver")


class DelimiterNotSupported(SenderFault):
    """That delimiter of serial data is not supported."""

    subcodes = ("OperationProhibited", "DelimiterNotSupported")


DEVICE: tuple[type[Fault], ...] = (
    InvalidArgValDevice,
    NoSuchService,
    InvalidHostname,
    InvalidIPv6Address,
    InvalidIPv4Address,
    InvalidDnsName,
    TimeSyncedToNtp,
    InvalidNetworkInterface,
    InvalidMtuValue,
    InvalidInterfaceSpeed,
    InvalidInterfaceType,
    InvalidDot11,
    InvalidSecurityMode,
    InvalidStationMode,
    MissingDot11,
    MissingPSK,
    MissingDot1X,
    IncompatibleDot1X,
    InvalidDHCPv6,
    ServiceNotSupported,
    PortAlreadyInUse,
    EnablingTlsFailed,
    InvalidGatewayAddress,
    IPFilterListIsFull,
    NoIPv6Address,
    NoIPv4Address,
    NotDot11,
    NotConnectedDot11,
    NotScanAvailable,
    InvalidBackupFile,
    InvalidFirmware,
    FirmwareUpgradeFailed,
    InvalidTimeZone,
    InvalidDateTime,
    NtpServerUndefined,
    AccesslogUnavailable,
    SystemlogUnavailable,
    SupportInformationUnavailable,
    EmptyScope,
    TooManyScopes,
    FixedScope,
    NoScope,
    TooManyEntries,
    NoAutoGeo,
    NoConfig,
    Fixed,
    EmptyPolicy,
    PolicyFormat,
    UsernameClash,
    PasswordTooLong,
    UsernameTooLong,
    Password,
    TooManyUsers,
    AnonymousNotAllowed,
    UsernameTooShort,
    UsernameMissing,
    FixedUser,
    PasswordTooWeak,
    NotRemoteUser,
    InvalidUserRole,
    TooManyUserRoles,
    FunctionNotImplemented,
    OnvifPrefix,
    RelayToken,
    ModeError,
    AuxiliaryDataNotSupported,
    MaxStorageConfigurations,
    ConfigModify,
    NoVideoOutput,
    SettingsInvalid,
    InvalidSerialPort,
    DataLengthOver,
    DelimiterNotSupported,
)
