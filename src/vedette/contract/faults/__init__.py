"""Every refusal of the standard as an exception class; raised by the device, raised again by the client."""

from vedette.contract.faults.analytics import ANALYTICS
from vedette.contract.faults.analytics import (
    FixedModules as FixedModules,
)
from vedette.contract.faults.analytics import (
    FixedRules as FixedRules,
)
from vedette.contract.faults.analytics import (
    InvalidModule as InvalidModule,
)
from vedette.contract.faults.analytics import (
    InvalidRule as InvalidRule,
)
from vedette.contract.faults.analytics import (
    NameAlreadyExistent as NameAlreadyExistent,
)
from vedette.contract.faults.analytics import (
    NameNotExistent as NameNotExistent,
)
from vedette.contract.faults.analytics import (
    RuleAlreadyExistent as RuleAlreadyExistent,
)
from vedette.contract.faults.analytics import (
    RuleNotExistent as RuleNotExistent,
)
from vedette.contract.faults.analytics import (
    TooManyModules as TooManyModules,
)
from vedette.contract.faults.analytics import (
    TooManyRules as TooManyRules,
)
from vedette.contract.faults.analytics import (
    TypeChangeProhibited as TypeChangeProhibited,
)
from vedette.contract.faults.analytics import (
    TypeNotExistent as TypeNotExistent,
)
from vedette.contract.faults.device import DEVICE
from vedette.contract.faults.device import (
    AccesslogUnavailable as AccesslogUnavailable,
)
from vedette.contract.faults.device import (
    AnonymousNotAllowed as AnonymousNotAllowed,
)
from vedette.contract.faults.device import (
    AuxiliaryDataNotSupported as AuxiliaryDataNotSupported,
)
from vedette.contract.faults.device import (
    ConfigModify as ConfigModify,
)
from vedette.contract.faults.device import (
    DataLengthOver as DataLengthOver,
)
from vedette.contract.faults.device import (
    DelimiterNotSupported as DelimiterNotSupported,
)
from vedette.contract.faults.device import (
    EmptyPolicy as EmptyPolicy,
)
from vedette.contract.faults.device import (
    EmptyScope as EmptyScope,
)
from vedette.contract.faults.device import (
    EnablingTlsFailed as EnablingTlsFailed,
)
from vedette.contract.faults.device import (
    Fixed as Fixed,
)
from vedette.contract.faults.device import (
    FixedScope as FixedScope,
)
from vedette.contract.faults.device import (
    FixedUser as FixedUser,
)
from vedette.contract.faults.device import (
    FunctionNotImplemented as FunctionNotImplemented,
)
from vedette.contract.faults.device import (
    IncompatibleDot1X as IncompatibleDot1X,
)
from vedette.contract.faults.device import (
    InvalidArgValDevice as InvalidArgValDevice,
)
from vedette.contract.faults.device import (
    InvalidBackupFile as InvalidBackupFile,
)
from vedette.contract.faults.device import (
    InvalidDateTime as InvalidDateTime,
)
from vedette.contract.faults.device import (
    InvalidDHCPv6 as InvalidDHCPv6,
)
from vedette.contract.faults.device import (
    InvalidDnsName as InvalidDnsName,
)
from vedette.contract.faults.device import (
    InvalidDot11 as InvalidDot11,
)
from vedette.contract.faults.device import (
    InvalidGatewayAddress as InvalidGatewayAddress,
)
from vedette.contract.faults.device import (
    InvalidHostname as InvalidHostname,
)
from vedette.contract.faults.device import (
    InvalidInterfaceSpeed as InvalidInterfaceSpeed,
)
from vedette.contract.faults.device import (
    InvalidInterfaceType as InvalidInterfaceType,
)
from vedette.contract.faults.device import (
    InvalidIPv4Address as InvalidIPv4Address,
)
from vedette.contract.faults.device import (
    InvalidIPv6Address as InvalidIPv6Address,
)
from vedette.contract.faults.device import (
    InvalidMtuValue as InvalidMtuValue,
)
from vedette.contract.faults.device import (
    InvalidNetworkInterface as InvalidNetworkInterface,
)
from vedette.contract.faults.device import (
    InvalidSecurityMode as InvalidSecurityMode,
)
from vedette.contract.faults.device import (
    InvalidSerialPort as InvalidSerialPort,
)
from vedette.contract.faults.device import (
    InvalidStationMode as InvalidStationMode,
)
from vedette.contract.faults.device import (
    InvalidTimeZone as InvalidTimeZone,
)
from vedette.contract.faults.device import (
    InvalidUserRole as InvalidUserRole,
)
from vedette.contract.faults.device import (
    IPFilterListIsFull as IPFilterListIsFull,
)
from vedette.contract.faults.device import (
    MaxStorageConfigurations as MaxStorageConfigurations,
)
from vedette.contract.faults.device import (
    MissingDot1X as MissingDot1X,
)
from vedette.contract.faults.device import (
    MissingDot11 as MissingDot11,
)
from vedette.contract.faults.device import (
    MissingPSK as MissingPSK,
)
from vedette.contract.faults.device import (
    ModeError as ModeError,
)
from vedette.contract.faults.device import (
    NoAutoGeo as NoAutoGeo,
)
from vedette.contract.faults.device import (
    NoConfig as NoConfig,
)
from vedette.contract.faults.device import (
    NoIPv4Address as NoIPv4Address,
)
from vedette.contract.faults.device import (
    NoIPv6Address as NoIPv6Address,
)
from vedette.contract.faults.device import (
    NoScope as NoScope,
)
from vedette.contract.faults.device import (
    NoSuchService as NoSuchService,
)
from vedette.contract.faults.device import (
    NotConnectedDot11 as NotConnectedDot11,
)
from vedette.contract.faults.device import (
    NotDot11 as NotDot11,
)
from vedette.contract.faults.device import (
    NotRemoteUser as NotRemoteUser,
)
from vedette.contract.faults.device import (
    NotScanAvailable as NotScanAvailable,
)
from vedette.contract.faults.device import (
    NoVideoOutput as NoVideoOutput,
)
from vedette.contract.faults.device import (
    NtpServerUndefined as NtpServerUndefined,
)
from vedette.contract.faults.device import (
    OnvifPrefix as OnvifPrefix,
)
from vedette.contract.faults.device import (
    Password as Password,
)
from vedette.contract.faults.device import (
    PasswordTooLong as PasswordTooLong,
)
from vedette.contract.faults.device import (
    PasswordTooWeak as PasswordTooWeak,
)
from vedette.contract.faults.device import (
    PolicyFormat as PolicyFormat,
)
from vedette.contract.faults.device import (
    PortAlreadyInUse as PortAlreadyInUse,
)
from vedette.contract.faults.device import (
    RelayToken as RelayToken,
)
from vedette.contract.faults.device import (
    ServiceNotSupported as ServiceNotSupported,
)
from vedette.contract.faults.device import (
    SettingsInvalid as SettingsInvalid,
)
from vedette.contract.faults.device import (
    SupportInformationUnavailable as SupportInformationUnavailable,
)
from vedette.contract.faults.device import (
    SystemlogUnavailable as SystemlogUnavailable,
)
from vedette.contract.faults.device import (
    TimeSyncedToNtp as TimeSyncedToNtp,
)
from vedette.contract.faults.device import (
    TooManyEntries as TooManyEntries,
)
from vedette.contract.faults.device import (
    TooManyScopes as TooManyScopes,
)
from vedette.contract.faults.device import (
    TooManyUserRoles as TooManyUserRoles,
)
from vedette.contract.faults.device import (
    TooManyUsers as TooManyUsers,
)
from vedette.contract.faults.device import (
    UsernameClash as UsernameClash,
)
from vedette.contract.faults.device import (
    UsernameMissing as UsernameMissing,
)
from vedette.contract.faults.device import (
    UsernameTooLong as UsernameTooLong,
)
from vedette.contract.faults.device import (
    UsernameTooShort as UsernameTooShort,
)
from vedette.contract.faults.events import EVENTS
from vedette.contract.faults.events import (
    InvalidAddress as InvalidAddress,
)
from vedette.contract.faults.events import (
    InvalidFilter as InvalidFilter,
)
from vedette.contract.faults.events import (
    InvalidFilterFault as InvalidFilterFault,
)
from vedette.contract.faults.events import (
    InvalidMessageContentExpressionFault as InvalidMessageContentExpressionFault,
)
from vedette.contract.faults.events import (
    InvalidProducerPropertiesExpressionFault as InvalidProducerPropertiesExpressionFault,
)
from vedette.contract.faults.events import (
    InvalidProtocol as InvalidProtocol,
)
from vedette.contract.faults.events import (
    InvalidTopicExpressionFault as InvalidTopicExpressionFault,
)
from vedette.contract.faults.events import (
    MatchingRuleNotSupported as MatchingRuleNotSupported,
)
from vedette.contract.faults.events import (
    NoCurrentMessageOnTopicFault as NoCurrentMessageOnTopicFault,
)
from vedette.contract.faults.events import (
    NotifyMessageNotSupportedFault as NotifyMessageNotSupportedFault,
)
from vedette.contract.faults.events import (
    PullMessagesFaultResponse as PullMessagesFaultResponse,
)
from vedette.contract.faults.events import (
    ResourceUnknownFault as ResourceUnknownFault,
)
from vedette.contract.faults.events import (
    SubscribeCreationFailedFault as SubscribeCreationFailedFault,
)
from vedette.contract.faults.events import (
    TooManyEventBrokers as TooManyEventBrokers,
)
from vedette.contract.faults.events import (
    TopicExpressionDialectUnknownFault as TopicExpressionDialectUnknownFault,
)
from vedette.contract.faults.events import (
    TopicNotSupportedFault as TopicNotSupportedFault,
)
from vedette.contract.faults.events import (
    UnableToGetMessagesFault as UnableToGetMessagesFault,
)
from vedette.contract.faults.events import (
    UnacceptableInitialTerminationTimeFault as UnacceptableInitialTerminationTimeFault,
)
from vedette.contract.faults.events import (
    UnacceptableTerminationTimeFault as UnacceptableTerminationTimeFault,
)
from vedette.contract.faults.events import (
    UnrecognizedPolicyRequestFault as UnrecognizedPolicyRequestFault,
)
from vedette.contract.faults.events import (
    UnsupportedPolicyRequestFault as UnsupportedPolicyRequestFault,
)
from vedette.contract.faults.fault import Fault as Fault
from vedette.contract.faults.fault import ReceiverFault as ReceiverFault
from vedette.contract.faults.fault import SenderFault as SenderFault
from vedette.contract.faults.fault import Side as Side
from vedette.contract.faults.generic import GENERIC
from vedette.contract.faults.generic import (
    Action as Action,
)
from vedette.contract.faults.generic import (
    ActionNotSupported as ActionNotSupported,
)
from vedette.contract.faults.generic import (
    CriticalError as CriticalError,
)
from vedette.contract.faults.generic import (
    DataEncodingUnknown as DataEncodingUnknown,
)
from vedette.contract.faults.generic import (
    InvalidArgs as InvalidArgs,
)
from vedette.contract.faults.generic import (
    InvalidArgVal as InvalidArgVal,
)
from vedette.contract.faults.generic import (
    MissingAttr as MissingAttr,
)
from vedette.contract.faults.generic import (
    MustUnderstand as MustUnderstand,
)
from vedette.contract.faults.generic import (
    Namespace as Namespace,
)
from vedette.contract.faults.generic import (
    NotAuthorized as NotAuthorized,
)
from vedette.contract.faults.generic import (
    OperationProhibited as OperationProhibited,
)
from vedette.contract.faults.generic import (
    OutofMemory as OutofMemory,
)
from vedette.contract.faults.generic import (
    ProhibAttr as ProhibAttr,
)
from vedette.contract.faults.generic import (
    Tag as Tag,
)
from vedette.contract.faults.generic import (
    TagMismatch as TagMismatch,
)
from vedette.contract.faults.generic import (
    UnknownAction as UnknownAction,
)
from vedette.contract.faults.generic import (
    VersionMismatch as VersionMismatch,
)
from vedette.contract.faults.generic import (
    WellFormed as WellFormed,
)
from vedette.contract.faults.media import MEDIA
from vedette.contract.faults.media import (
    AudioClipDeleteError as AudioClipDeleteError,
)
from vedette.contract.faults.media import (
    AudioDecodingNotSupported as AudioDecodingNotSupported,
)
from vedette.contract.faults.media import (
    AudioNotSupported as AudioNotSupported,
)
from vedette.contract.faults.media import (
    AudioOutputNotSupported as AudioOutputNotSupported,
)
from vedette.contract.faults.media import (
    ConfigModifyMedia2 as ConfigModifyMedia2,
)
from vedette.contract.faults.media import (
    ConfigurationConflict as ConfigurationConflict,
)
from vedette.contract.faults.media import (
    DeletionOfFixedProfile as DeletionOfFixedProfile,
)
from vedette.contract.faults.media import (
    IncompatibleConfiguration as IncompatibleConfiguration,
)
from vedette.contract.faults.media import (
    IncompleteConfiguration as IncompleteConfiguration,
)
from vedette.contract.faults.media import (
    InvalidConfig as InvalidConfig,
)
from vedette.contract.faults.media import (
    InvalidLanguage as InvalidLanguage,
)
from vedette.contract.faults.media import (
    InvalidMulticastSettings as InvalidMulticastSettings,
)
from vedette.contract.faults.media import (
    InvalidPolygon as InvalidPolygon,
)
from vedette.contract.faults.media import (
    InvalidProfileToken as InvalidProfileToken,
)
from vedette.contract.faults.media import (
    InvalidStreamSetup as InvalidStreamSetup,
)
from vedette.contract.faults.media import (
    MaxAudioClipLimit as MaxAudioClipLimit,
)
from vedette.contract.faults.media import (
    MaxMasks as MaxMasks,
)
from vedette.contract.faults.media import (
    MaxNVTProfiles as MaxNVTProfiles,
)
from vedette.contract.faults.media import (
    MaxOSDs as MaxOSDs,
)
from vedette.contract.faults.media import (
    MaxWebRTCConfiguration as MaxWebRTCConfiguration,
)
from vedette.contract.faults.media import (
    NoAudioClip as NoAudioClip,
)
from vedette.contract.faults.media import (
    NoAudioOutput as NoAudioOutput,
)
from vedette.contract.faults.media import (
    NoAuthorizationServer as NoAuthorizationServer,
)
from vedette.contract.faults.media import (
    NoProfile as NoProfile,
)
from vedette.contract.faults.media import (
    NoVideoSource as NoVideoSource,
)
from vedette.contract.faults.media import (
    NoVideoSourceMode as NoVideoSourceMode,
)
from vedette.contract.faults.media import (
    PlayAudioClipError as PlayAudioClipError,
)
from vedette.contract.faults.media import (
    ProfileExists as ProfileExists,
)
from vedette.contract.faults.media import (
    PTZNotSupported as PTZNotSupported,
)
from vedette.contract.faults.media import (
    StreamConflict as StreamConflict,
)
from vedette.contract.faults.media import (
    VideoAnalyticsNotSupported as VideoAnalyticsNotSupported,
)
from vedette.contract.faults.ptz import PTZ
from vedette.contract.faults.ptz import (
    ActivationFailed as ActivationFailed,
)
from vedette.contract.faults.ptz import (
    CannotOverwriteHome as CannotOverwriteHome,
)
from vedette.contract.faults.ptz import (
    GeoLocationUnknown as GeoLocationUnknown,
)
from vedette.contract.faults.ptz import (
    GeoMoveNotSupported as GeoMoveNotSupported,
)
from vedette.contract.faults.ptz import (
    InvalidPosition as InvalidPosition,
)
from vedette.contract.faults.ptz import (
    InvalidPresetName as InvalidPresetName,
)
from vedette.contract.faults.ptz import (
    InvalidPresetTour as InvalidPresetTour,
)
from vedette.contract.faults.ptz import (
    InvalidSpeed as InvalidSpeed,
)
from vedette.contract.faults.ptz import (
    InvalidTranslation as InvalidTranslation,
)
from vedette.contract.faults.ptz import (
    InvalidVelocity as InvalidVelocity,
)
from vedette.contract.faults.ptz import (
    MovingPTZ as MovingPTZ,
)
from vedette.contract.faults.ptz import (
    NoEntity as NoEntity,
)
from vedette.contract.faults.ptz import (
    NoHomePosition as NoHomePosition,
)
from vedette.contract.faults.ptz import (
    NoImagingForSource as NoImagingForSource,
)
from vedette.contract.faults.ptz import (
    NoPTZProfile as NoPTZProfile,
)
from vedette.contract.faults.ptz import (
    NoSource as NoSource,
)
from vedette.contract.faults.ptz import (
    NoStatus as NoStatus,
)
from vedette.contract.faults.ptz import (
    NoToken as NoToken,
)
from vedette.contract.faults.ptz import (
    OptionalActionNotSupported as OptionalActionNotSupported,
)
from vedette.contract.faults.ptz import (
    PresetExist as PresetExist,
)
from vedette.contract.faults.ptz import (
    SpaceNotSupported as SpaceNotSupported,
)
from vedette.contract.faults.ptz import (
    TimeoutNotSupported as TimeoutNotSupported,
)
from vedette.contract.faults.ptz import (
    TooManyPresets as TooManyPresets,
)
from vedette.contract.faults.ptz import (
    TooManyPresetsInTour as TooManyPresetsInTour,
)
from vedette.contract.faults.ptz import (
    TooManyPresetTours as TooManyPresetTours,
)
from vedette.contract.faults.ptz import (
    UnreachablePosition as UnreachablePosition,
)
from vedette.contract.faults.recording import RECORDING
from vedette.contract.faults.recording import (
    AmbiguousConfiguration as AmbiguousConfiguration,
)
from vedette.contract.faults.recording import (
    BadConfiguration as BadConfiguration,
)
from vedette.contract.faults.recording import (
    BadDuration as BadDuration,
)
from vedette.contract.faults.recording import (
    BadMode as BadMode,
)
from vedette.contract.faults.recording import (
    CannotDelete as CannotDelete,
)
from vedette.contract.faults.recording import (
    CannotDeleteReceiver as CannotDeleteReceiver,
)
from vedette.contract.faults.recording import (
    InvalidFilterFaultSearch as InvalidFilterFaultSearch,
)
from vedette.contract.faults.recording import (
    InvalidSource as InvalidSource,
)
from vedette.contract.faults.recording import (
    InvalidStorage as InvalidStorage,
)
from vedette.contract.faults.recording import (
    InvalidToken as InvalidToken,
)
from vedette.contract.faults.recording import (
    MaxReceivers as MaxReceivers,
)
from vedette.contract.faults.recording import (
    MaxRecordingJobs as MaxRecordingJobs,
)
from vedette.contract.faults.recording import (
    MaxRecordings as MaxRecordings,
)
from vedette.contract.faults.recording import (
    MaxTracks as MaxTracks,
)
from vedette.contract.faults.recording import (
    NoLocalRecording as NoLocalRecording,
)
from vedette.contract.faults.recording import (
    NoOperation as NoOperation,
)
from vedette.contract.faults.recording import (
    NoRecording as NoRecording,
)
from vedette.contract.faults.recording import (
    NoRecordingJob as NoRecordingJob,
)
from vedette.contract.faults.recording import (
    NoStorage as NoStorage,
)
from vedette.contract.faults.recording import (
    NotImplemented as NotImplemented,
)
from vedette.contract.faults.recording import (
    NoTrack as NoTrack,
)
from vedette.contract.faults.recording import (
    ResourceProblem as ResourceProblem,
)
from vedette.contract.faults.recording import (
    UnknownToken as UnknownToken,
)
from vedette.contract.faults.recording import (
    UnsupportedStorageStrategy as UnsupportedStorageStrategy,
)
from vedette.contract.faults.security import (
    CRLID as CRLID,
)
from vedette.contract.faults.security import SECURITY
from vedette.contract.faults.security import (
    Address as Address,
)
from vedette.contract.faults.security import (
    AmbiguousAuthentication as AmbiguousAuthentication,
)
from vedette.contract.faults.security import (
    AuthorizationServerConfigurationToken as AuthorizationServerConfigurationToken,
)
from vedette.contract.faults.security import (
    BadCertificate as BadCertificate,
)
from vedette.contract.faults.security import (
    BadCRL as BadCRL,
)
from vedette.contract.faults.security import (
    BadPassphrase as BadPassphrase,
)
from vedette.contract.faults.security import (
    BadPKCS12File as BadPKCS12File,
)
from vedette.contract.faults.security import (
    CertificateCreationFailed as CertificateCreationFailed,
)
from vedette.contract.faults.security import (
    CertificateDeletionFailed as CertificateDeletionFailed,
)
from vedette.contract.faults.security import (
    CertificateID as CertificateID,
)
from vedette.contract.faults.security import (
    CertificationPathCreationFailed as CertificationPathCreationFailed,
)
from vedette.contract.faults.security import (
    CertificationPathDeletionFailed as CertificationPathDeletionFailed,
)
from vedette.contract.faults.security import (
    CertificationPathID as CertificationPathID,
)
from vedette.contract.faults.security import (
    CertPathValidationParameters as CertPathValidationParameters,
)
from vedette.contract.faults.security import (
    CertPathValidationPolicyID as CertPathValidationPolicyID,
)
from vedette.contract.faults.security import (
    CnMapsToUserFailed as CnMapsToUserFailed,
)
from vedette.contract.faults.security import (
    CSRCreationFailed as CSRCreationFailed,
)
from vedette.contract.faults.security import (
    DecryptionFailed as DecryptionFailed,
)
from vedette.contract.faults.security import (
    Dot1XConfigurationID as Dot1XConfigurationID,
)
from vedette.contract.faults.security import (
    Dot1XMethod as Dot1XMethod,
)
from vedette.contract.faults.security import (
    Dot1XMethodCombination as Dot1XMethodCombination,
)
from vedette.contract.faults.security import (
    Duplicate as Duplicate,
)
from vedette.contract.faults.security import (
    EmptyList as EmptyList,
)
from vedette.contract.faults.security import (
    EnablingClientAuthenticationFailed as EnablingClientAuthenticationFailed,
)
from vedette.contract.faults.security import (
    InvalidAttribute as InvalidAttribute,
)
from vedette.contract.faults.security import (
    InvalidCertificationPath as InvalidCertificationPath,
)
from vedette.contract.faults.security import (
    InvalidKeyStatus as InvalidKeyStatus,
)
from vedette.contract.faults.security import (
    InvalidKeyType as InvalidKeyType,
)
from vedette.contract.faults.security import (
    InvalidSubject as InvalidSubject,
)
from vedette.contract.faults.security import (
    KeyDeletionFailed as KeyDeletionFailed,
)
from vedette.contract.faults.security import (
    KeyID as KeyID,
)
from vedette.contract.faults.security import (
    KeyLength as KeyLength,
)
from vedette.contract.faults.security import (
    KeySignatureAlgorithmMismatch as KeySignatureAlgorithmMismatch,
)
from vedette.contract.faults.security import (
    MaxAuthorizationServers as MaxAuthorizationServers,
)
from vedette.contract.faults.security import (
    MaximumNumberOfCertificatesReached as MaximumNumberOfCertificatesReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfCertificationPathsReached as MaximumNumberOfCertificationPathsReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfCertPathValidationPoliciesReached as MaximumNumberOfCertPathValidationPoliciesReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfCRLsReached as MaximumNumberOfCRLsReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfDot1XConfigurationsReached as MaximumNumberOfDot1XConfigurationsReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfKeysReached as MaximumNumberOfKeysReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfPassphrasesReached as MaximumNumberOfPassphrasesReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfTLSCertificationPathsReached as MaximumNumberOfTLSCertificationPathsReached,
)
from vedette.contract.faults.security import (
    MaximumNumberOfTLSCertPathValidationPoliciesReached as MaximumNumberOfTLSCertPathValidationPoliciesReached,
)
from vedette.contract.faults.security import (
    MaxIssuersExceeded as MaxIssuersExceeded,
)
from vedette.contract.faults.security import (
    MissingAuthentication as MissingAuthentication,
)
from vedette.contract.faults.security import (
    NewCertificationPathID as NewCertificationPathID,
)
from vedette.contract.faults.security import (
    NewCertPathValidationPolicyID as NewCertPathValidationPolicyID,
)
from vedette.contract.faults.security import (
    NoMatchingPrivateKey as NoMatchingPrivateKey,
)
from vedette.contract.faults.security import (
    NoPrivateKey as NoPrivateKey,
)
from vedette.contract.faults.security import (
    OldCertificationPathID as OldCertificationPathID,
)
from vedette.contract.faults.security import (
    OldCertPathValidationPolicyID as OldCertPathValidationPolicyID,
)
from vedette.contract.faults.security import (
    PassphraseDeletionFailed as PassphraseDeletionFailed,
)
from vedette.contract.faults.security import (
    PassphraseID as PassphraseID,
)
from vedette.contract.faults.security import (
    ProtocolNotSupported as ProtocolNotSupported,
)
from vedette.contract.faults.security import (
    PublicPrivateKeyMismatch as PublicPrivateKeyMismatch,
)
from vedette.contract.faults.security import (
    ReferenceExists as ReferenceExists,
)
from vedette.contract.faults.security import (
    TLSVersion as TLSVersion,
)
from vedette.contract.faults.security import (
    TooManyAudiences as TooManyAudiences,
)
from vedette.contract.faults.security import (
    UnsupportedEllipticCurve as UnsupportedEllipticCurve,
)
from vedette.contract.faults.security import (
    UnsupportedPublicKeyAlgorithm as UnsupportedPublicKeyAlgorithm,
)
from vedette.contract.faults.security import (
    UnsupportedSignatureAlgorithm as UnsupportedSignatureAlgorithm,
)
from vedette.contract.faults.security import (
    UnsupportedX509Version as UnsupportedX509Version,
)
from vedette.contract.faults.security import (
    X509VersionExtensionsMismatch as X509VersionExtensionsMismatch,
)

FAULTS: dict[str, type[Fault]] = {
    each.__name__: each
    for each in (*GENERIC, *EVENTS, *DEVICE, *MEDIA, *PTZ, *ANALYTICS, *RECORDING, *SECURITY)
}
"""Every fault class by its name."""
