"""The second media service."""

from vedette.contract.media2.audio_clips import AudioClips
from vedette.contract.media2.configurations import ConfigurationReading
from vedette.contract.media2.masks import Masks
from vedette.contract.media2.multicast_audio import MulticastAudio
from vedette.contract.media2.options import ConfigurationOptions
from vedette.contract.media2.osd import Overlays
from vedette.contract.media2.profiles import Profiles
from vedette.contract.media2.settings import ConfigurationWriting
from vedette.contract.media2.streaming import Streaming
from vedette.contract.operation import Service
from vedette.wire.namespaces import TR2


class Media2(
    Profiles,
    AudioClips,
    ConfigurationReading,
    ConfigurationOptions,
    ConfigurationWriting,
    MulticastAudio,
    Overlays,
    Masks,
    Streaming,
    Service,
):
    """The second media service."""

    namespace = TR2
