"""The sound: µ-law as FFmpeg does it, loops that decode, packets for any stretch of time."""

import itertools

import av
import numpy as np
import pytest

from vedette.media.sources.settings import AudioEncoding, AudioSettings
from vedette.media.sources.tone import LOOP_S, ToneEncoder, mu_law, tune

AAC = AudioSettings(encoding=AudioEncoding.AAC, sample_hz=16000)
PCMU = AudioSettings()
UTC_US = 1_763_680_000_000_000


def test_mu_law_agrees_with_ffmpeg_for_every_sample() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    context = av.CodecContext.create("pcm_mulaw", "w")
    context.sample_rate, context.layout, context.format = 8000, "mono", "s16"
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
    frame.sample_rate = 8000
    theirs = b"".join(bytes(packet) for packet in context.encode(frame))
    ours = mu_law(samples)
    differing = [n for n in range(len(samples)) if ours[n] != theirs[n]]
    # FFmpeg rounds to the nearest code by table; ITU-T G.711 cuts at the decision values.
    assert all(abs((ours[n] & 0x7F) - (theirs[n] & 0x7F)) <= 1 for n in differing)
    assert ours[32768] == 0xFF


@pytest.mark.parametrize("settings", [PCMU, AAC])
def test_packets_follow_each_other_without_gap_however_time_is_cut(settings: AudioSettings) -> None:
    whole = ToneEncoder(settings, number=1)
    cut = ToneEncoder(settings, number=1)
    times_us = (40_000, 80_000, 81_000, 300_000, 900_000)
    one = whole.until(900_000, UTC_US + 900_000, is_discontinuous=False)
    many = [unit for each in times_us for unit in cut.until(each, UTC_US + each, is_discontinuous=False)]
    assert [(u.pts, u.utc_us, u.data) for u in many] == [(u.pts, u.utc_us, u.data) for u in one]
    steps = {b.pts - a.pts for a, b in itertools.pairwise(one)}
    assert len(steps) == 1
    last = one[-1]
    assert last.pts + steps.pop() <= 0.9 * settings.sample_hz


def test_a_long_pause_costs_sound_and_says_so() -> None:
    tone = ToneEncoder(PCMU, number=1)
    tone.until(100_000, UTC_US, is_discontinuous=False)
    assert tone.until(60_000_000, UTC_US + 60_000_000, is_discontinuous=False) == []
    units = tone.until(60_040_000, UTC_US + 60_040_000, is_discontinuous=False)
    assert [unit.pts for unit in units] == [60 * 8000, 60 * 8000 + 160]


def test_a_beep_begins_on_the_second_of_utc() -> None:
    tone = ToneEncoder(PCMU, number=1)
    start_us = UTC_US + 340_000
    units = tone.until(1_000_000, start_us + 1_000_000, is_discontinuous=False)
    sounding = [unit.utc_us for unit in units if set(unit.data) != {0xFF}]
    beep_us = next(utc_us for utc_us in sounding if utc_us > start_us + 300_000)
    assert beep_us % 1_000_000 < 20_000


@pytest.mark.parametrize("hz", [16000, 48000])
def test_the_aac_loop_decodes_to_the_tune(hz: int) -> None:
    tone = ToneEncoder(AudioSettings(encoding=AudioEncoding.AAC, sample_hz=hz), number=1)
    assert tone.track.setup[0]
    units = []
    for step in range(1, 9):
        units += tone.until(step * 1_000_000, UTC_US + step * 1_000_000, is_discontinuous=False)
    context = av.CodecContext.create("aac", "r")
    context.extradata = tone.track.setup[0]
    pieces = [f.to_ndarray()[0] for unit in units for f in context.decode(av.Packet(unit.data))]
    heard = np.concatenate(pieces)
    assert context.sample_rate == hz
    assert len(heard) == len(units) * 1024
    assert 0.1 < np.abs(heard).max() < 0.6
    assert np.abs(tune(hz)).max() < 32767
    assert LOOP_S * hz % 1024 == 0
