"""The first media service."""

from vedette.contract.media.audio import Audio
from vedette.contract.media.metadata import Metadata
from vedette.contract.media.osd import Overlays
from vedette.contract.media.profiles import Profiles
from vedette.contract.media.streaming import Streaming
from vedette.contract.media.video import Video
from vedette.contract.operation import Service
from vedette.wire.namespaces import TRT


class Media(Profiles, Video, Audio, Overlays, Metadata, Streaming, Service):
    """The first media service."""

    namespace = TRT
