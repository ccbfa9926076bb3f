"""What real encoders make goes through RTP and MP4 entries and decodes to the same pictures."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest

av = pytest.importorskip("av")
np = pytest.importorskip("numpy")

from vedette.media.codecs import codec_named  # noqa: E402 - only where there is an encoder to compare with
from vedette.media.codecs.aac import audio_config, parse_audio_config  # noqa: E402
from vedette.media.codecs.jpeg_image import DHT, parse_image, picture_size, standard_huffman, tables_of  # noqa: E402
from vedette.media.codecs.nal import annex_b, split_annex_b, split_lengths  # noqa: E402
from vedette.media.unit import AccessUnit, Track, TrackKind  # noqa: E402
from vedette.protocols.rtp.sender import RtpSender  # noqa: E402

Receive = Callable[[Track, Sequence[Sequence[bytes]]], tuple[list[AccessUnit], Track]]
WIDTH, HEIGHT, FRAMES = 322, 242, 12


def encoded(encoder: str, options: dict[str, str], pixels: str = "yuv420p") -> list[bytes]:
    context = av.CodecContext.create(encoder, "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, pixels
    context.time_base, context.framerate, context.gop_size = Fraction(1, 25), Fraction(25), 6
    context.options = options
    chance = np.random.default_rng(1)
    packets = []
    for number in range(FRAMES):
        picture = chance.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
        frame.pts = number
        packets += context.encode(frame)
    return [bytes(packet) for packet in [*packets, *context.encode(None)]]


def decoded(decoder: str, packets: list[bytes]) -> list[bytes]:
    context = av.CodecContext.create(decoder, "r")
    frames = []
    for data in packets:
        frames += context.decode(av.Packet(data))
    return [frame.to_ndarray(format="rgb24").tobytes() for frame in [*frames, *context.decode(None)]]


def packets_of(track: Track, units: list[AccessUnit]) -> list[bytes]:
    codec = codec_named(track.codec)
    sender = RtpSender(1, 96, 0, 0)
    return [
        packet for unit in units for packet in sender.packets(codec.payloads(track, unit, 1400), unit.pts)
    ]


@pytest.mark.parametrize(
    ("name", "encoder", "options"),
    [
        ("H264", "libx264", {"preset": "ultrafast", "x264-params": "log-level=none"}),
        ("H264", "libx264", {"preset": "medium", "x264-params": "open-gop=1:slices=3:aud=1:log-level=none"}),
        ("H265", "libx265", {"preset": "ultrafast", "x265-params": "log-level=none:repeat-headers=1:aud=1"}),
    ],
)
def test_encoded_video_survives(receive: Receive, name: str, encoder: str, options: dict[str, str]) -> None:
    codec = codec_named(name)
    packets = encoded(encoder, options)
    bodies = [codec.sort(split_annex_b(packet)) for packet in packets]
    setup = bodies[0].setup
    bare = codec.track_from_sdp(0, f"{name}/90000", "")
    track = codec.with_setup(bare, setup)
    assert (track.width, track.height) == (WIDTH, HEIGHT)
    assert codec.track_from_sample_entry(0, codec.sample_entry(track), 90_000) == track
    units = [
        AccessUnit(track=0, utc_us=0, pts=3600 * place, data=body.data, is_key=body.is_key)
        for place, body in enumerate(bodies)
    ]
    assert sum(unit.is_key for unit in units) >= 2
    got, learnt = receive(bare, [packets_of(track, units)])
    assert learnt == track
    assert [(unit.data, unit.is_key) for unit in got] == [(unit.data, unit.is_key) for unit in units]
    decoder = {"H264": "h264", "H265": "hevc"}[name]
    rebuilt = [annex_b([*(setup if unit.is_key else ()), *split_lengths(unit.data)]) for unit in got]
    assert decoded(decoder, rebuilt) == decoded(decoder, packets)


@pytest.mark.parametrize("pixels", ["yuvj420p", "yuvj422p"])
def test_encoded_jpeg_survives(receive: Receive, pixels: str) -> None:
    packets = encoded("mjpeg", {"huffman": "default"}, pixels)[:3]
    bare = codec_named("JPEG").track_from_sdp(0, "JPEG/90000", "")
    units = [
        AccessUnit(track=0, utc_us=0, pts=3600 * place, data=data, is_key=True)
        for place, data in enumerate(packets)
    ]
    got, learnt = receive(bare, [packets_of(bare, units)])
    assert (learnt.width, learnt.height) == (WIDTH, HEIGHT) == picture_size(got[0].data)
    assert decoded("mjpeg", [unit.data for unit in got]) == decoded("mjpeg", packets)


def test_our_huffman_tables_are_those_of_an_encoder() -> None:
    image = parse_image(encoded("mjpeg", {"huffman": "default"}, "yuvj420p")[0])
    found: dict[int, bytes] = {}
    for kind, whole in image.segments:
        if kind == DHT:
            found |= tables_of(whole[4:], DHT)
    assert found == standard_huffman()


def test_encoded_aac_survives(receive: Receive) -> None:
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = 48_000, "stereo", "fltp"
    context.bit_rate = 256_000
    chance = np.random.default_rng(1)
    packets = []
    for number in range(10):
        frame = av.AudioFrame.from_ndarray(
            chance.uniform(-1, 1, (2, 1024)).astype(np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = 48_000, 1024 * number
        packets += [bytes(packet) for packet in context.encode(frame)]
    setup = bytes(context.extradata)[:2]
    assert setup == audio_config(48_000, 2)
    assert parse_audio_config(bytes(context.extradata)).channels == 2
    codec = codec_named("AAC")
    track = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=48_000, setup=(setup,), channels=2)
    units = [
        AccessUnit(track=1, utc_us=0, pts=1024 * place, data=data, is_key=True)
        for place, data in enumerate(packets)
    ]
    assert len(units) > 5
    described = codec.track_from_sdp(1, codec.rtpmap(track), codec.fmtp(track))
    got, _ = receive(described, [packets_of(track, units)])
    assert [unit.data for unit in got] == packets
