"""The recording control service."""

from vedette.contract.operation import Service
from vedette.contract.recording.capabilities import Capability
from vedette.contract.recording.export import Exports
from vedette.contract.recording.jobs import Jobs
from vedette.contract.recording.recordings import Recordings
from vedette.contract.recording.tracks import Tracks
from vedette.wire.namespaces import TRC


class Recording(Capability, Jobs, Recordings, Tracks, Exports, Service):
    """The recording control service."""

    namespace = TRC
