"""The drawn scene's sound: a short tune with a beep on every second of UTC, encoded once and looped."""

from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext, Flags
from numpy.typing import NDArray

from vedette.media.sources.settings import AudioEncoding, AudioSettings
from vedette.media.sources.source import SourceLost
from vedette.media.unit import AccessUnit, Track, TrackKind

LOOP_S = 8
_TUNE_HZ = (523.25, 587.33, 659.26, 783.99, 880.0, 783.99, 659.26, 587.33)
_BEEP_S = 0.25
_AAC_FRAME = 1024
_PCMU_FRAME = 160  # 20 ms
_MU_BIAS = 132
_MU_CLIP = 32635


def tune(sample_hz: int) -> NDArray[np.int16]:
    """`LOOP_S` seconds of 16-bit mono sound, quiet apart from a fading tone at each second's beginning."""
    sound = np.zeros(LOOP_S * sample_hz, np.float64)
    seconds = np.arange(int(_BEEP_S * sample_hz)) / sample_hz
    fade = (
        np.minimum(seconds / 0.005, 1.0)
        * np.exp(-9.0 * seconds)
        * np.minimum((_BEEP_S - seconds) / 0.01, 1.0)
    )
    for second, tone_hz in enumerate(_TUNE_HZ):
        wave = np.sin(2 * np.pi * tone_hz * seconds) + 0.3 * np.sin(4 * np.pi * tone_hz * seconds)
        start = second * sample_hz
        sound[start : start + len(seconds)] = 7000 * wave * fade
    return np.round(sound).astype(np.int16)


def mu_law(samples: NDArray[np.int16]) -> bytes:
    """16-bit samples as G.711 µ-law octets. Source: ITU-T G.711, table 2."""
    wide = samples.astype(np.int32)
    sign = np.where(wide < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(wide), _MU_CLIP) + _MU_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = magnitude >> (exponent + 3) & 0x0F
    octets: NDArray[np.uint8] = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8)
    return octets.tobytes()


class Loop(NamedTuple):
    """Encoded sound that repeats after its last packet."""

    packets: tuple[bytes, ...]
    samples_per_packet: int
    setup: tuple[bytes, ...]


class ToneEncoder:
    """Units of the looped sound for any stretch of media time."""

    def __init__(self, settings: AudioSettings, *, number: int) -> None:
        self._loop = _pcmu_loop() if settings.encoding is AudioEncoding.PCMU else _aac_loop(settings)
        self._sample_hz = settings.sample_hz
        self._next = 0
        self._rotation: int | None = None
        self.track = Track(
            number=number,
            kind=TrackKind.AUDIO,
            codec=settings.encoding.value,
            clock_hz=settings.sample_hz,
            setup=self._loop.setup,
            channels=1,
        )

    def until(self, media_us: int, utc_us: int, *, is_discontinuous: bool) -> list[AccessUnit]:
        """The packets that have ended by a media time, which is now at `utc_us`; at most the last second."""
        packet_us = Fraction(1_000_000 * self._loop.samples_per_packet, self._sample_hz)
        end = int(media_us / packet_us)
        if end - self._next > 1_000_000 / packet_us:
            self._next = end
            is_discontinuous = True
        if self._rotation is None:
            beginning_us = utc_us - media_us
            self._rotation = int(beginning_us % (LOOP_S * 1_000_000) / packet_us)
        packets, rotation = self._loop.packets, self._rotation
        units = []
        for number in range(self._next, end):
            start_us = int(number * packet_us)
            units.append(
                AccessUnit(
                    track=self.track.number,
                    utc_us=utc_us - media_us + start_us,
                    pts=number * self._loop.samples_per_packet,
                    data=packets[(number + rotation) % len(packets)],
                    is_key=True,
                    is_discontinuous=is_discontinuous and number == self._next,
                )
            )
        self._next = max(end, self._next)
        return units


def _pcmu_loop() -> Loop:
    octets = mu_law(tune(8000))
    cuts = range(0, len(octets), _PCMU_FRAME)
    return Loop(tuple(octets[cut : cut + _PCMU_FRAME] for cut in cuts), _PCMU_FRAME, ())


def _aac_loop(settings: AudioSettings) -> Loop:
    context = CodecContext.create("aac", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = settings.sample_hz
    context.layout = "mono"
    context.format = "fltp"
    context.bit_rate = settings.bitrate_kbps * 1000
    context.flags |= Flags.global_header
    sound = tune(settings.sample_hz).astype(np.float32) / 32768
    each = len(sound) // _AAC_FRAME  # whole frames at 16000 and 48000 Hz
    packets: list[bytes] = []
    try:
        context.open()
        for number in range(2 * each + 1):
            start = number % each * _AAC_FRAME
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound[np.newaxis, start : start + _AAC_FRAME]),
                format="fltp",
                layout="mono",
            )
            frame.sample_rate = settings.sample_hz
            frame.pts = number * _AAC_FRAME
            packets += [bytes(packet) for packet in context.encode(frame)]
    except av.FFmpegError as error:
        raise SourceLost(f"cannot encode AAC at {settings.sample_hz} Hz: {error}") from error
    # The encoder is one frame behind; the second round joins the first without a click.
    return Loop(tuple(packets[-each:]), _AAC_FRAME, (bytes(context.extradata or b""),))
