"""Upload addresses: unguessable, for one use, for a while, and not too many."""

from vedette.base.clock import ManualClock
from vedette.device.uploads import GOOD_FOR_S, OPEN_MOST, UploadKind, Uploads


def test_an_address_is_good_once() -> None:
    uploads = Uploads(ManualClock())
    path = uploads.open(UploadKind.BACKUP)
    assert uploads.kind_of(path) is UploadKind.BACKUP
    assert uploads.take(path) is UploadKind.BACKUP
    assert uploads.take(path) is None
    assert uploads.kind_of(f"{path}x") is None


def test_an_address_is_good_for_a_while() -> None:
    clock = ManualClock()
    uploads = Uploads(clock)
    path = uploads.open(UploadKind.BACKUP)
    clock.advance(GOOD_FOR_S + 1)
    assert uploads.take(path) is None


def test_of_too_many_addresses_the_oldest_is_forgotten() -> None:
    uploads = Uploads(ManualClock())
    paths = [uploads.open(UploadKind.BACKUP) for _ in range(OPEN_MOST + 1)]
    assert len(set(paths)) == len(paths)
    assert [uploads.kind_of(path) for path in paths] == [None, *[UploadKind.BACKUP] * OPEN_MOST]
