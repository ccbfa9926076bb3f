"""Recording control service: tracks."""

from vedette.contract.faults import (
    BadConfiguration,
    CannotDelete,
    MaxTracks,
    NoRecording,
    NotImplemented,
    NoTrack,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.recording import TrackConfiguration
from vedette.wire.message import message
from vedette.wire.namespaces import TRC


@message(TRC)
class CreateTrack:
    """Makes a new track."""

    recording_token: str
    track_configuration: TrackConfiguration


@message(TRC)
class CreateTrackResponse:
    """Tells that the track was made."""

    track_token: str


@message(TRC)
class DeleteTrack:
    """Deletes the track."""

    recording_token: str
    track_token: str


@message(TRC)
class DeleteTrackResponse:
    """Tells that the track was deleted."""


@message(TRC)
class GetTrackConfiguration:
    """Asks for the track configuration."""

    recording_token: str
    track_token: str


@message(TRC)
class GetTrackConfigurationResponse:
    """Answers with the track configuration."""

    track_configuration: TrackConfiguration


@message(TRC)
class SetTrackConfiguration:
    """Changes the track configuration."""

    recording_token: str
    track_token: str
    track_configuration: TrackConfiguration


@message(TRC)
class SetTrackConfigurationResponse:
    """Tells that the track configuration changed."""


class Tracks(Service):
    """Tracks."""

    create_track = Operation(
        CreateTrack,
        CreateTrackResponse,
        access=Access.ACTUATE,
        faults=(NotImplemented, NoRecording, MaxTracks, BadConfiguration),
        source="Recording Control, CreateTrack (26.06 §5.9)",
        iec="IEC 62676-2-32 5.9",
    )

    delete_track = Operation(
        DeleteTrack,
        DeleteTrackResponse,
        access=Access.ACTUATE,
        faults=(NotImplemented, NoRecording, NoTrack, CannotDelete),
        source="Recording Control, DeleteTrack (26.06 §5.10)",
        iec="IEC 62676-2-32 5.10",
    )

    get_track_configuration = Operation(
        GetTrackConfiguration,
        GetTrackConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecording, NoTrack),
        source="Recording Control, GetTrackConfiguration (26.06 §5.11)",
        iec="IEC 62676-2-32 5.11",
    )

    set_track_configuration = Operation(
        SetTrackConfiguration,
        SetTrackConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoRecording, NoTrack, BadConfiguration),
        source="Recording Control, SetTrackConfiguration (26.06 §5.12)",
        iec="IEC 62676-2-32 5.12",
    )
