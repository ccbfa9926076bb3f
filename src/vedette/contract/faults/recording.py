"""Faults of recording, search, replay and receivers."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class MaxRecordings(ReceiverFault):
    """No more recordings fit."""

    subcodes = ("Action", "MaxRecordings")


class BadConfiguration(SenderFault):
    """The configuration is not acceptable."""

    subcodes = ("InvalidArgVal", "BadConfiguration")


class NotImplemented(ReceiverFault):
    """The device does not have this optional operation."""

    subcodes = ("ActionNotSupported", "NotImplemented")


class AmbiguousConfiguration(SenderFault):
    """Two ways of encryption were given, of which only one may be."""

    subcodes = ("InvalidArgVal", "AmbiguousConfiguration")


class NoLocalRecording(ReceiverFault):
    """Nothing can be recorded here, for want of a medium or the like."""

    subcodes = ("Action", "NoLocalRecording")


class UnsupportedStorageStrategy(ReceiverFault):
    """That way of storing is not supported."""

    subcodes = ("Action", "UnsupportedStorageStrategy")


class NoRecording(SenderFault):
    """There is no recording of that token."""

    subcodes = ("InvalidArgVal", "NoRecording")


class CannotDelete(ReceiverFault):
    """The recording cannot be deleted."""

    subcodes = ("Action", "CannotDelete")


class MaxTracks(ReceiverFault):
    """No more tracks fit."""

    subcodes = ("Action", "MaxTracks")


class NoTrack(SenderFault):
    """The recording has no track of that token."""

    subcodes = ("InvalidArgVal", "NoTrack")


class MaxRecordingJobs(ReceiverFault):
    """No more recording jobs fit."""

    subcodes = ("Action", "MaxRecordingJobs")


class MaxReceivers(ReceiverFault):
    """No more receivers fit."""

    subcodes = ("Action", "MaxReceivers")


class NoRecordingJob(SenderFault):
    """There is no recording job of that token."""

    subcodes = ("InvalidArgVal", "NoRecordingJob")


class BadMode(SenderFault):
    """The mode of the recording job is not acceptable."""

    subcodes = ("InvalidArgVal", "BadMode")


class BadDuration(SenderFault):
    """The duration or time is not acceptable."""

    subcodes = ("InvalidArgVal", "BadDuration")


class NoStorage(SenderFault):
    """There is no such storage."""

    subcodes = ("InvalidArgVal", "NoStorage")


class InvalidStorage(SenderFault):
    """The storage does not exist or cannot be used."""

    subcodes = ("InvalidArgVal", "InvalidStorage")


class NoOperation(SenderFault):
    """There is no such operation in progress."""

    subcodes = ("InvalidArgVal", "NoOperation")


class InvalidToken(SenderFault):
    """There is no recording or search of that token."""

    subcodes = ("InvalidArgVal", "InvalidToken")


class InvalidSource(SenderFault):
    """There is no such recording source."""

    subcodes = ("InvalidArgVal", "InvalidSource")


class ResourceProblem(ReceiverFault):
    """No more searches can be run."""

    subcodes = ("Action", "ResourceProblem")


class InvalidFilterFaultSearch(SenderFault):
    """The search filter is not understood or not supported."""

    subcodes = ("InvalidArgVal", "InvalidFilterFault")


class UnknownToken(SenderFault):
    """There is no receiver of that token."""

    subcodes = ("InvalidArgVal", "UnknownToken")


class CannotDeleteReceiver(ReceiverFault):
    """The receiver is in use and stays."""

    subcodes = ("Action", "CannotDeleteReceiver")


RECORDING: tuple[type[Fault], ...] = (
    MaxRecordings,
    BadConfiguration,
    NotImplemented,
    AmbiguousConfiguration,
    NoLocalRecording,
    UnsupportedStorageStrategy,
    NoRecording,
    CannotDelete,
    MaxTracks,
    NoTrack,
    MaxRecordingJobs,
    MaxReceivers,
    NoRecordingJob,
    BadMode,
    BadDuration,
    NoStorage,
    InvalidStorage,
    NoOperation,
    InvalidToken,
    InvalidSource,
    ResourceProblem,
    InvalidFilterFaultSearch,
    UnknownToken,
    CannotDeleteReceiver,
)
