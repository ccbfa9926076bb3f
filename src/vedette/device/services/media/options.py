"""What encoders can be set to, in the words of the first media service: one answer for all of them."""

from collections.abc import Iterable, Sequence

from vedette.contract.schema.audio import AudioEncoderConfigurationOption, AudioEncoderConfigurationOptions
from vedette.contract.schema.encoding import (
    H264Options,
    H264Options2,
    H264Profile,
    JpegOptions,
    JpegOptions2,
    VideoEncoderConfigurationOptions,
    VideoEncoderOptionsExtension,
    VideoResolution,
)
from vedette.contract.schema.values import IntItems, IntRange
from vedette.device.media.encoders import AudioEncoder, VideoOptions
from vedette.device.services.media.entities import whole_rate
from vedette.device.services.media.translation import AUDIO_ENCODINGS

_EACH_FRAME = IntRange(min=1, max=1)


def video_encoder_options(possible: Sequence[VideoOptions]) -> VideoEncoderConfigurationOptions:
    """Of each codec that this service has a word for, what any of the encoders can."""
    jpeg = [each for each in possible if each.encoding == "JPEG"]
    h264 = [each for each in possible if each.encoding == "H264"]
    extension = None
    if jpeg or h264:
        extension = VideoEncoderOptionsExtension(
            jpeg=_jpeg_with_bit_rates(jpeg) if jpeg else None,
            h264=_h264_with_bit_rates(h264) if h264 else None,
        )
    return VideoEncoderConfigurationOptions(
        guaranteed_frame_rate_supported=False,
        quality_range=_range(value for each in possible for value in each.qualities),
        jpeg=_jpeg(jpeg) if jpeg else None,
        h264=_h264(h264) if h264 else None,
        extension=extension,
    )


def audio_encoder_options(possible: Sequence[AudioEncoder]) -> AudioEncoderConfigurationOptions:
    """What audio encoders can be set to: what they are."""
    rows = {
        (AUDIO_ENCODINGS[each.encoding], each.bitrate_kbps, each.sample_hz // 1000): None for each in possible
    }
    return AudioEncoderConfigurationOptions(
        options=tuple(
            AudioEncoderConfigurationOption(
                encoding=encoding,
                bitrate_list=IntItems(items=(bitrate_kbps,)),
                sample_rate_list=IntItems(items=(sample_khz,)),
            )
            for encoding, bitrate_kbps, sample_khz in rows
        )
    )


def _jpeg(possible: Sequence[VideoOptions]) -> JpegOptions:
    return JpegOptions(
        resolutions_available=_resolutions(possible),
        frame_rate_range=_frame_rates(possible),
        encoding_interval_range=_EACH_FRAME,
    )


def _jpeg_with_bit_rates(possible: Sequence[VideoOptions]) -> JpegOptions2:
    return JpegOptions2(
        resolutions_available=_resolutions(possible),
        frame_rate_range=_frame_rates(possible),
        encoding_interval_range=_EACH_FRAME,
        bitrate_range=_bit_rates(possible),
    )


def _h264(possible: Sequence[VideoOptions]) -> H264Options:
    return H264Options(
        resolutions_available=_resolutions(possible),
        gov_length_range=_gops(possible),
        frame_rate_range=_frame_rates(possible),
        encoding_interval_range=_EACH_FRAME,
        h264_profiles_supported=_profiles(possible),
    )


def _h264_with_bit_rates(possible: Sequence[VideoOptions]) -> H264Options2:
    return H264Options2(
        resolutions_available=_resolutions(possible),
        gov_length_range=_gops(possible),
        frame_rate_range=_frame_rates(possible),
        encoding_interval_range=_EACH_FRAME,
        h264_profiles_supported=_profiles(possible),
        bitrate_range=_bit_rates(possible),
    )


def _resolutions(possible: Sequence[VideoOptions]) -> tuple[VideoResolution, ...]:
    sizes = dict.fromkeys(size for each in possible for size in each.resolutions)
    return tuple(VideoResolution(width=width, height=height) for width, height in sizes)


def _frame_rates(possible: Sequence[VideoOptions]) -> IntRange:
    return _range(whole_rate(fps) for each in possible for fps in each.frame_rates)


def _gops(possible: Sequence[VideoOptions]) -> IntRange:
    return _range(gop for each in possible for gop in each.gops)


def _bit_rates(possible: Sequence[VideoOptions]) -> IntRange:
    return _range(kbps for each in possible for kbps in each.bitrates_kbps)


def _profiles(possible: Sequence[VideoOptions]) -> tuple[H264Profile, ...]:
    names = dict.fromkeys(name for each in possible for name in each.profiles)
    return tuple(H264Profile(name) for name in names)


def _range(values: Iterable[int]) -> IntRange:
    known = tuple(values) or (0,)
    return IntRange(min=min(known), max=max(known))
