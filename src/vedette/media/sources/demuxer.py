"""Takes a media file apart into samples as access units hold them, by FFmpeg's demuxers, without decoding."""

import heapq
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.container import InputContainer

from vedette.base.errors import PeerError
from vedette.media.codecs.aac import Aac, parse_audio_config
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.entries import visual_entry
from vedette.media.codecs.h264 import H264
from vedette.media.codecs.h265 import H265
from vedette.media.codecs.list import codec_named
from vedette.media.codecs.nal import NalBody, NalKind, ParameterSets, split_annex_b, split_lengths
from vedette.media.sources.source import SourceLost
from vedette.media.unit import Track, TrackKind
from vedette.protocols.mp4.boxes import box

VIDEO_HZ = 90_000
G711_UNIT_BYTES = 160  # 20 ms
REORDER_S = 1
REORDER_MOST_SAMPLES = 512
REORDER_PICTURES_MOST_S = 60  # between a unit's turn and its showing; more is damage
UNDATED_MOST = 16  # pictures that wait for a decoding time: as many as H.264 and H.265 reorder at most
_WITHOUT_PTS = frozenset({"h264", "hevc", "avi"})  # containers that tell only the order of decoding
_SUPPORTED = {
    "h264": "H264",
    "hevc": "H265",
    "mjpeg": "JPEG",
    "aac": "AAC",
    "pcm_mulaw": "PCMU",
    "pcm_alaw": "PCMA",
}


class Sample(NamedTuple):
    """One unit of the file; times in the track's clock, as the file counts them."""

    track: Track
    dts: int
    pts: int
    duration: int
    data: bytes
    is_key: bool


class Body(NamedTuple):
    """What a packet holds, in the form of an access unit; `setup` when the packet tells a new one."""

    data: bytes
    is_key: bool
    setup: tuple[bytes, ...] | None = None


class Reordered(SourceLost):
    """A file has B-frames, and its container does not tell when to show them."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: it has B-frames, and does not tell when to show them; convert it first, "
            "for example with ffmpeg -i FILE -c:v libx264 -bf 0 OUT.mp4 (of a raw stream, "
            "mkvmerge -o OUT.mkv FILE makes a film that does, without a loss)"
        )


class Demuxer:
    """One pass over a file. Raises SourceLost for what cannot be read or carried.

    Video comes first in `tracks`, then audio. Tracks of other kinds and audio that no codec of ours
    carries are named in `left_out`; video that cannot be carried is an error. For one thread at a time.
    Without `has_audio` its sound is passed over.
    """

    def __init__(self, path: Path, *, has_audio: bool = True) -> None:
        self._path = path
        self._has_audio = has_audio
        self.left_out: list[str] = []
        self.damaged_total = 0  # packets so far that were passed over
        try:
            self._container: InputContainer = av.open(
                f"file:{path}", options={"protocol_whitelist": "file", "fflags": "+genpts"}
            )
        except (av.FFmpegError, OSError) as error:
            raise SourceLost(f"cannot open {path}: {error.strerror or error}") from error
        try:
            self._lanes = self._chosen()
            self._packets = self._container.demux([lane.stream for lane in self._lanes.values()])
        except BaseException:
            self._container.close()
            raise

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks as of the samples read so far; a parameter set in the packets can change them."""
        return tuple(lane.track for lane in self._lanes.values())

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def samples(self) -> Iterator[Sample]:
        """Every sample by its decoding time, also where the file stores its tracks in long stretches.

        Samples more than `REORDER_S` out of order keep the file's order; where a track's times begin anew
        (files put one behind the other), everything before comes first. Sound after the last picture is
        left out, packets that cannot be taken apart are passed over. Raises SourceLost where the file cannot
        be read on, and where it holds no packet that is whole.
        """
        waiting: list[tuple[Fraction, int, Sample]] = []
        latest_s = end_s = Fraction(0)  # of all samples; where the first track's pictures end
        track_s: dict[int, Fraction] = {}  # of the latest sample of each track

        def ready(least: int) -> Iterator[Sample]:
            while len(waiting) > least or (waiting and latest_s - waiting[0][0] > REORDER_S):
                ready_s, _, sample = heapq.heappop(waiting)
                if sample.track.number == 0 or ready_s < end_s:
                    yield sample

        for count, sample in enumerate(self._as_stored()):
            number = sample.track.number
            dts_s = Fraction(sample.dts, sample.track.clock_hz)
            if dts_s < track_s.get(number, dts_s) - REORDER_S:
                yield from ready(0)
                end_s = Fraction(0)
                track_s.clear()
            track_s[number] = dts_s
            latest_s = max(latest_s, dts_s) if waiting else dts_s
            if number == 0:
                end_s = max(end_s, Fraction(sample.pts + sample.duration, sample.track.clock_hz))
            heapq.heappush(waiting, (dts_s, count, sample))
            yield from ready(REORDER_MOST_SAMPLES)
        yield from ready(0)

    def _as_stored(self) -> Iterator[Sample]:
        damage = ""
        has_any = False
        while True:
            try:
                packet = next(self._packets, None)
            except IndexError:  # PyAV's at the end of a file, over a stream that began in mid file
                packet = None
            except (av.FFmpegError, OSError) as error:
                raise SourceLost(f"cannot read on in {self._path}: {error.strerror or error}") from error
            if packet is None:
                for lane in self._lanes.values():
                    yield from lane.rest()
                if damage and not has_any:
                    raise SourceLost(f"{self._path}: {damage}")
                return
            if packet.size:
                lane = self._lanes[packet.stream.index]
                try:
                    yield from lane.samples(packet)
                    has_any = True
                except PeerError as error:
                    damage = str(error)
                    self.damaged_total += 1
                if lane.is_reordered and self._container.format.name in _WITHOUT_PTS:
                    raise Reordered(self._path)

    def _chosen(self) -> dict[int, "_Lane"]:
        videos = [each for each in self._container.streams.video if not _is_cover(each)]
        lanes: dict[int, _Lane] = {}
        streams: list[Any] = [*videos, *(self._container.streams.audio if self._has_audio else ())]
        for stream in streams:
            name = stream.codec_context.name if stream.codec_context else "unknown"
            codec = _SUPPORTED.get(name)
            is_video = stream.type == "video"
            if is_video and codec is None:
                raise SourceLost(
                    f"{self._path}: its video is {name}; convert it first, for example with "
                    "ffmpeg -i FILE -c:v libx264 -c:a aac OUT.mp4"
                )
            if is_video and stream.codec_context.has_b_frames and self._container.format.name in _WITHOUT_PTS:
                raise Reordered(self._path)
            if codec is None or (codec.startswith("PCM") and stream.codec_context.channels != 1):
                self.left_out.append(f"audio track {stream.index} ({name})")
                continue
            if not is_video and not stream.codec_context.sample_rate:
                self.left_out.append(f"audio track {stream.index} ({name}, which begins too late)")
                continue
            if any(
                lane.track.kind is (TrackKind.VIDEO if is_video else TrackKind.AUDIO)
                for lane in lanes.values()
            ):
                self.left_out.append(f"second {stream.type} track {stream.index} ({name})")
                continue
            try:
                lanes[stream.index] = _Lane(stream, codec, number=len(lanes))
            except PeerError as error:
                raise SourceLost(f"{self._path}: {error}") from error
        if not lanes:
            wanted = "neither video nor audio" if self._has_audio else "no video"
            raise SourceLost(f"{self._path} has {wanted} that can be carried")
        return lanes


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


class _Lane:
    """One track: its times in our clock, its bodies in our form."""

    def __init__(self, stream: Any, codec: str, *, number: int) -> None:
        self.stream = stream
        context = stream.codec_context
        extradata = bytes(context.extradata or b"")
        if stream.type == "video":
            kind, clock_hz = TrackKind.VIDEO, VIDEO_HZ
            rate = stream.average_rate or stream.guessed_rate or Fraction(25)
            self._usual = round(VIDEO_HZ / rate)
        else:
            kind, clock_hz = TrackKind.AUDIO, context.sample_rate
            self._usual = 1024 if codec == "AAC" else G711_UNIT_BYTES
        self.track = Track(
            number=number,
            kind=kind,
            codec=codec,
            clock_hz=clock_hz,
            width=context.width if kind is TrackKind.VIDEO else 0,
            height=context.height if kind is TrackKind.VIDEO else 0,
            channels=context.channels if kind is TrackKind.AUDIO else 0,
        )
        self._next_dts = 0
        self._rest = b""  # of G.711, less than a unit
        self._undated: list[Sample] = []  # first pictures of containers that store no decoding times
        self._split: Callable[[bytes], Body] = _whole
        self._nals: _NalBodies | None = None
        if codec in ("H264", "H265"):
            self._nals = _NalBodies(H264() if codec == "H264" else H265(), self.track, extradata)
            self._split = self._nals.body
            self.track = self._nals.track
        elif codec == "AAC":
            self._split = _adts_body if not extradata else _whole
            if extradata:
                parse_audio_config(extradata)
                self.track = Aac().with_setup(self.track, (extradata,))

    @property
    def is_reordered(self) -> bool:
        """Whether pictures so far came, or may have come, in another order than they are shown in."""
        return self._nals is not None and self._nals.is_reordered

    def samples(self, packet: Any) -> Iterator[Sample]:
        """What a packet holds; G.711 is cut into pieces of 20 ms."""
        body = self._split(bytes(packet))
        if body.setup is not None and body.setup != self.track.setup:
            self.track = codec_named(self.track.codec).with_setup(self.track, body.setup)
        dts = self._clocked(packet.dts, packet.time_base)
        pts = self._clocked(packet.pts, packet.time_base)
        if dts is None:
            dts = pts if pts is not None else self._next_dts
        if pts is None:
            pts = dts
        if abs(pts - dts) > REORDER_PICTURES_MOST_S * self.track.clock_hz:
            raise MalformedMedia(
                f"a unit that is shown {(pts - dts) / self.track.clock_hz:.0f} s after its turn"
            )
        if self.track.codec in ("PCMU", "PCMA"):
            yield from self._cut(body.data, pts)
            return
        duration = self._clocked(packet.duration or None, packet.time_base) or self._usual
        if self.track.codec == "AAC" and duration < self._usual - self.track.clock_hz // 500:
            duration = self._usual  # the last one, which some containers cut short and no decoder does
        self._next_dts = dts + duration
        if not body.data:
            return
        is_key = body.is_key or (self.track.kind is TrackKind.VIDEO and packet.is_keyframe)
        sample = Sample(self.track, dts, pts, duration, body.data, is_key)
        if packet.dts is None and packet.pts is not None and len(self._undated) < UNDATED_MOST:
            self._undated.append(sample)
            return
        yield from self._dated(dts)
        yield sample

    def rest(self) -> Iterator[Sample]:
        """What still waited for a decoding time when the file ended."""
        if self._undated:
            yield from self._dated(min(each.pts for each in self._undated) + self._undated[-1].duration)

    def _dated(self, before: int) -> Iterator[Sample]:
        """The pictures without a decoding time, one after the other up to the next one's: Matroska stores
        none, and FFmpeg cannot tell those of the first few."""
        undated, self._undated = self._undated, []
        dts = before - sum(each.duration for each in undated)
        for each in undated:
            yield each._replace(dts=dts)
            dts += each.duration

    def _cut(self, octets: bytes, pts: int) -> Iterator[Sample]:
        """Units of 20 ms, without gaps where a container's coarse times are off by less than that."""
        due = self._next_dts + len(self._rest)
        if abs(pts - due) < G711_UNIT_BYTES:
            octets = self._rest + octets
        else:
            self._next_dts = pts
        whole = len(octets) - len(octets) % G711_UNIT_BYTES
        self._rest = octets[whole:]
        for at in range(0, whole, G711_UNIT_BYTES):
            piece = octets[at : at + G711_UNIT_BYTES]
            yield Sample(self.track, self._next_dts, self._next_dts, G711_UNIT_BYTES, piece, is_key=True)
            self._next_dts += G711_UNIT_BYTES

    def _clocked(self, value: int | None, time_base: Fraction) -> int | None:
        return None if value is None else round(value * time_base * self.track.clock_hz)


class _NalBodies:
    """H.264 or H.265 packets of either storage form."""

    def __init__(self, form: H264 | H265, track: Track, extradata: bytes) -> None:
        self._form = form
        self._length_bytes = 0  # start codes
        setup: tuple[bytes, ...] = ()
        at = 4 if isinstance(form, H264) else 21  # the byte that holds the size of the lengths
        if len(extradata) > at and extradata[0] == 1:
            self._length_bytes = (extradata[at] & 3) + 1
            record = extradata[:at] + bytes([extradata[at] | 3]) + extradata[at + 1 :]
            names = (b"avc1", b"avcC") if isinstance(form, H264) else (b"hvc1", b"hvcC")
            entry = visual_entry(names[0], track.width, track.height, box(names[1], record))
            setup = form.track_from_sample_entry(track.number, entry, track.clock_hz).setup
        elif extradata:
            setup = form.sort(split_annex_b(extradata)).setup
        self.track = form.with_setup(track, setup) if setup else track
        self._sets = ParameterSets(form, setup)
        self._may_reorder: bool | None = None
        self.is_reordered = False

    def body(self, packet: bytes) -> Body:
        """The packet without its parameter sets, which are learnt."""
        if self._length_bytes:
            sorted_nals = self._form.sort(bytes(nal) for nal in split_lengths(packet, self._length_bytes))
        else:
            sorted_nals = self._form.sort(split_annex_b(packet))
        self._watch_order(sorted_nals)
        has_learnt = any([self._sets.learn(nal) for nal in sorted_nals.setup])
        if has_learnt and sorted_nals.is_key:
            self._sets.settle(sorted_nals.setup)
        return Body(sorted_nals.data, sorted_nals.is_key, self._sets.setup if has_learnt else None)

    def _watch_order(self, nals: NalBody) -> None:
        for nal in nals.setup:
            if (may_reorder := self._form.may_reorder(nal)) is not None:
                self._may_reorder = may_reorder
        if self._may_reorder is None:
            slices = (n for n in split_lengths(nals.data) if self._form.kinds[n[0]] >= NalKind.SLICE)
            first = bytes(next(slices, b"")[:32])
            self.is_reordered = self.is_reordered or (bool(first) and self._form.is_bidirectional(first))
        else:
            self.is_reordered = self.is_reordered or self._may_reorder


def _whole(packet: bytes) -> Body:
    return Body(packet, is_key=True)


def _adts_body(packet: bytes) -> Body:
    """An ADTS frame without its header, which tells the setup. Source: ISO/IEC 14496-3 §1.A.2.2."""
    if len(packet) < 7 or packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0:
        raise MalformedMedia("AAC that has neither a configuration nor ADTS headers")
    index = packet[2] >> 2 & 0x0F
    channels = (packet[2] & 1) << 2 | packet[3] >> 6
    header = 7 if packet[1] & 1 else 9
    object_type = (packet[2] >> 6) + 1
    config = (object_type << 11 | index << 7 | channels << 3).to_bytes(2, "big")
    parse_audio_config(config)
    return Body(packet[header:], is_key=True, setup=(config,))
