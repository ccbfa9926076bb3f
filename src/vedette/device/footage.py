"""What the footage itself tells: when something was recorded, and what its tracks held."""

from typing import NamedTuple

from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.schema.search import (
    AudioAttributes,
    MediaAttributes,
    MetadataAttributes,
    TrackAttributes,
    TrackInformation,
    VideoAttributes,
)
from vedette.contract.topics.recording import RECORDING_HISTORY_RECORDING_STATE, RECORDING_HISTORY_TRACK_STATE
from vedette.device.notifications import Event
from vedette.device.recordings import FOREVER_US, RecordedTrack, Recording
from vedette.media.unit import Track, TrackKind
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.index import Coverage
from vedette.storage.reader import StoredFragment
from vedette.wire.scalars import write_bool

GROWING_US = 15_000_000  # footage whose end is no older than this is taken to go on
TOLD_BY_FOOTAGE = (RECORDING_HISTORY_RECORDING_STATE, RECORDING_HISTORY_TRACK_STATE)
HISTORY = frozenset(topic.path for topic in TOLD_BY_FOOTAGE)
_CODEC_NAMES = {"PCMU": "G711", "PCMA": "G711"}


class _Stretch(NamedTuple):
    """Footage without gap."""

    start_us: int
    end_us: int
    goes_on: bool  # it has no end yet


def history(archive: Archive, recording: Recording, low_us: int, high_us: int, now_us: int) -> list[Event]:
    """Every change of the recording's and its tracks' states in an interval, in order of time; blocks.

    Before the interval stands one change of each state that is not false when it begins.

    It is read from the footage, so that its times are those of the first and last units, and nothing is
    told of footage that is no longer there. Source: Recording Search, Recording Event Descriptions
    (26.06 §5.21).
    """
    was_settled = archive.is_settled(recording.token)
    coverage = archive.index.coverage(recording.id, low_us, high_us)
    is_over = was_settled and archive.is_settled(recording.token)  # it may begin or end meanwhile
    growing_from_us = FOREVER_US if is_over else now_us - GROWING_US
    events = []
    for stretch in _stretches(coverage, -1, growing_from_us):
        events += _told(stretch, recording, "")
    for track in recording.tracks:
        for stretch in _stretches(coverage, 1 << track.track.number, growing_from_us):
            events += _told(stretch, recording, track.token)
    events.sort(key=lambda event: event.utc_us)
    return events


def _stretches(coverage: list[Coverage], mask: int, growing_from_us: int) -> list[_Stretch]:
    found: list[_Stretch] = []
    is_held = False  # whether the stretch before had the track
    for each in coverage:
        if each.track_mask & mask:
            goes_on = each.growing_us > growing_from_us
            last = found[-1] if found else None
            if last is not None and ((is_held and each.continues) or each.start_us <= last.end_us):
                end_us = max(last.end_us, each.end_us)
                found[-1] = _Stretch(last.start_us, end_us, last.goes_on or goes_on)
            else:
                found.append(_Stretch(each.start_us, each.end_us, goes_on))
        is_held = bool(each.track_mask & mask)
    return found


def _told(stretch: _Stretch, recording: Recording, track: str) -> list[Event]:
    events = [state_event(recording, track, stretch.start_us, is_present=True)]
    if not stretch.goes_on:
        events.append(state_event(recording, track, stretch.end_us, is_present=False))
    return events


def state_event(
    recording: Recording,
    track: str,
    utc_us: int,
    *,
    is_present: bool,
    operation: PropertyOperation = PropertyOperation.CHANGED,
) -> Event:
    """That the footage of a track, or of the recording if `track` is empty, begins or ends."""
    value = write_bool(is_present)
    source: tuple[tuple[str, str], ...] = (("RecordingToken", recording.token),)
    if track:
        topic, data = RECORDING_HISTORY_TRACK_STATE, (("IsDataPresent", value),)
        source = (*source, ("Track", track))
    else:
        topic, data = RECORDING_HISTORY_RECORDING_STATE, (("IsRecording", value),)
    return Event(
        topic=topic,
        utc_us=utc_us,
        source=source,
        data=data,
        operation=operation,
        recording=recording.token,
        track=track,
    )


def media_attributes(archive: Archive, recording: Recording, utc_us: int) -> MediaAttributes | None:
    """What the recording's tracks held at an instant, or None in a gap; blocks.

    They are valid from begin to end of the stored segment. Source: Recording Search, GetMediaAttributes
    (26.06 §5.6).
    """
    index = archive.index
    segment = index.at(recording.id, utc_us) or index.at(recording.id, utc_us - 1)  # the very end counts
    if segment is None:
        return None
    setup = {track.number: track for track in index.tracks(segment.setup_id)}
    with archive.reader(recording.token) as reader:
        try:
            fragment = reader.forward(min(utc_us, segment.end_us - 1)).next()
        except StorageError:
            fragment = None  # what the index knows is told all the same
    held = [
        (each, setup[each.track.number])
        for each in recording.tracks
        if each.track.number in setup and each.end_us and segment.track_mask >> each.track.number & 1
    ]
    return MediaAttributes(
        recording_token=recording.token,
        track_attributes=tuple(
            _track_attributes(recording, each, track, _rates(fragment, track.number)) for each, track in held
        ),
        from_=datetime_from_utc_us(segment.start_us),
        until=datetime_from_utc_us(segment.end_us),
    )


def _track_attributes(
    recording: Recording, recorded: RecordedTrack, track: Track, rates: tuple[float, int]
) -> TrackAttributes:
    """What one track held, as `track` describes it, at a rate of units in Hz and one of bits in bit/s."""
    codec = _CODEC_NAMES.get(track.codec, track.codec)
    rate_hz, rate_bps = rates
    video = audio = metadata = None
    if track.kind is TrackKind.VIDEO:
        video = VideoAttributes(
            bitrate=rate_bps // 1000,
            width=track.width,
            height=track.height,
            encoding=codec,
            framerate=rate_hz,
        )
    elif track.kind is TrackKind.AUDIO:
        audio = AudioAttributes(bitrate=rate_bps // 1000, encoding=codec, samplerate=track.clock_hz // 1000)
    else:
        metadata = MetadataAttributes(
            can_contain_ptz=False, can_contain_analytics=True, can_contain_notifications=True
        )
    return TrackAttributes(
        track_information=TrackInformation(
            track_token=recorded.token,
            track_type=recorded.track_type,
            description=recording.describe(recorded),
            data_from=datetime_from_utc_us(recorded.start_us),
            data_to=datetime_from_utc_us(recorded.end_us),
        ),
        video_attributes=video,
        audio_attributes=audio,
        metadata_attributes=metadata,
    )


def _rates(fragment: StoredFragment | None, number: int) -> tuple[float, int]:
    """Units and bits a second of a track, as a fragment has them."""
    if fragment is None or fragment.end_us <= fragment.start_us:
        return 0.0, 0
    sizes = [sample.size for sample in fragment.samples if sample.track_id == number + 1]
    seconds = (fragment.end_us - fragment.start_us) / 1_000_000
    return round(len(sizes) / seconds, 2), round(sum(sizes) * 8 / seconds)
