"""Second media service: audio clips."""

from datetime import datetime
from enum import StrEnum

from vedette.contract.faults import (
    AudioClipDeleteError,
    InvalidConfig,
    InvalidLanguage,
    MaxAudioClipLimit,
    NoAudioClip,
    NoAudioOutput,
    PlayAudioClipError,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TR2


@message(TR2)
class AudioClip:
    """Name, format and size of an audio clip."""

    enabled: bool
    name: str
    audio_output_tokens: tuple[str, ...] = element("AudioOutputToken", default=())
    type: str
    repeat_cycles: int
    repeat_interval: int | None = None
    audio_output_level: int | None = None
    schedule_token: str | None = None


@message(TR2)
class GetAudioClipsResponseItem:
    """A stored audio clip under its token."""

    token: str
    configuration: AudioClip


@message(TR2)
class TTSAudio:
    """Text that the device shall speak, with language and voice."""

    content: str
    language: str
    voice_type: str


@message(TR2)
class PlayingAudioClips:
    """A clip that is being played, and where."""

    token: str
    name: str
    audio_output_tokens: tuple[str, ...] = element("AudioOutputToken")
    audio_output_level: int
    repeats_left: int


class TTSVoiceType(StrEnum):
    """The voices that a text can be spoken in."""

    MALE = "male"
    FEMALE = "female"


class SupportedAudioClipFormat(StrEnum):
    """The formats that audio clips may have."""

    AUDIO_VND_WAVE_CODEC_1 = "audio/vnd.wave;codec=1"
    AUDIO_VND_WAVE_CODEC_7 = "audio/vnd.wave;codec=7"
    AUDIO_MPEG = "audio/mpeg"
    AUDIO_OGG_CODECS_OPUS = "audio/ogg;codecs=opus"
    AUDIO_OGG_CODECS_VORBIS = "audio/ogg;codecs=vorbis"
    AUDIO_OGG_CODECS_FLAC = "audio/ogg;codecs=flac"
    AUDIO_OGG_CODECS_SPEEX = "audio/ogg;codecs=speex"


@message(TR2)
class GetAudioClips:
    """Asks for the audio clips."""

    token: str | None = None


@message(TR2)
class GetAudioClipsResponse:
    """Answers with the audio clips."""

    audio_clip_items: tuple[GetAudioClipsResponseItem, ...] = element("AudioClipItem", default=())


@message(TR2)
class AddAudioClip:
    """Adds the audio clip."""

    token: str | None = None
    configuration: AudioClip


@message(TR2)
class AddAudioClipResponse:
    """Tells that the audio clip was added."""

    token: str
    upload_uri: str
    expiry_time: datetime


@message(TR2)
class AddTTSAudioClip:
    """Adds the TTS audio clip."""

    token: str | None = None
    configuration: AudioClip
    tts_configuration: TTSAudio = element("TTSConfiguration")


@message(TR2)
class AddTTSAudioClipResponse:
    """Tells that the TTS audio clip was added."""

    token: str


@message(TR2)
class SetAudioClip:
    """Changes the audio clip."""

    token: str
    configuration: AudioClip


@message(TR2)
class SetAudioClipResponse:
    """Tells that the audio clip changed."""


@message(TR2)
class DeleteAudioClip:
    """Deletes the audio clip."""

    token: str


@message(TR2)
class DeleteAudioClipResponse:
    """Tells that the audio clip was deleted."""


@message(TR2)
class PlayAudioClip:
    """Plays the audio clip."""

    token: str
    audio_output_tokens: tuple[str, ...] = element("AudioOutputToken", default=())
    play: bool
    repeat_cycles: int | None = None


@message(TR2)
class PlayAudioClipResponse:
    """Tells that the audio clip plays."""


@message(TR2)
class GetPlayingAudioClips:
    """Asks for the playing audio clips."""


@message(TR2)
class GetPlayingAudioClipsResponse:
    """Answers with the playing audio clips."""

    playing_audio_clips: tuple[PlayingAudioClips, ...] = ()


class AudioClips(Service):
    """Audio clips."""

    get_audio_clips = Operation(
        GetAudioClips,
        GetAudioClipsResponse,
        access=Access.READ_SYSTEM,
        faults=(NoAudioClip,),
        source="Media2, GetAudioClips (26.06 §5.12.2)",
    )

    add_audio_clip = Operation(
        AddAudioClip,
        AddAudioClipResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidConfig, MaxAudioClipLimit),
        source="Media2, AddAudioClip (26.06 §5.12.3)",
    )

    add_tts_audio_clip = Operation(
        AddTTSAudioClip,
        AddTTSAudioClipResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidConfig, MaxAudioClipLimit, InvalidLanguage),
        source="Media2, AddTTSAudioClip (26.06 §5.12.4)",
    )

    set_audio_clip = Operation(
        SetAudioClip,
        SetAudioClipResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidConfig, NoAudioClip),
        source="Media2, SetAudioClip (26.06 §5.12.5)",
    )

    delete_audio_clip = Operation(
        DeleteAudioClip,
        DeleteAudioClipResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoAudioClip, AudioClipDeleteError),
        source="Media2, DeleteAudioClip (26.06 §5.12.6)",
    )

    play_audio_clip = Operation(
        PlayAudioClip,
        PlayAudioClipResponse,
        access=Access.READ_SYSTEM,
        faults=(NoAudioClip, NoAudioOutput, PlayAudioClipError),
        source="Media2, PlayAudioClip (26.06 §5.12.7)",
    )

    get_playing_audio_clips = Operation(
        GetPlayingAudioClips,
        GetPlayingAudioClipsResponse,
        access=Access.READ_SYSTEM,
        source="Media2, GetPlayingAudioClips (26.06 §5.12.8)",
    )
