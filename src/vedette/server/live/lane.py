"""The viewers inside RTSP connections that get the same bytes, each of them for one system call a unit."""

from array import array
from collections.abc import Sequence

from vedette.server.live.shared_pages import SharedPages
from vedette.server.live.viewers import RESUME_BELOW_BYTES, StreamViewer

Channels = tuple[tuple[int, int], ...]
Parts = Sequence[tuple[bool, bytes]]  # by unit: whether it opens a group, and its packets in frames


class Lane:
    """The stream viewers that chose the same tracks and channels.

    Those that keep up are held as bare descriptors: a unit's loop touches no object of theirs, which for
    a process that has just woken would all have to come from memory. Their outboxes tell when that is over.
    """

    def __init__(self, channels: Channels) -> None:
        self.channel_of = dict(channels)
        self.viewers: list[StreamViewer] = []
        self._pages = SharedPages()
        self._easy: dict[int, StreamViewer] = {}  # by descriptor
        self._descriptors = array("i")  # those of `_easy`
        self._others: list[StreamViewer] = []
        self._is_sorted = True  # `viewers` into `_easy` and `_others`

    def add(self, viewer: StreamViewer) -> None:
        """Send to a viewer from the next unit on."""
        self.viewers.append(viewer)
        viewer.outbox.watchers.add(self._disturb)
        self._disturb()

    def remove(self, viewer: StreamViewer) -> None:
        """Send to a viewer no more; one that is not here is ignored."""
        if viewer in self.viewers:
            self.viewers.remove(viewer)
            if all(each.outbox is not viewer.outbox for each in self.viewers):
                viewer.outbox.watchers.discard(self._disturb)
            self._disturb()
        if not self.viewers:
            self._pages.close()

    def send(self, parts: Parts) -> None:
        """Send units to every viewer; who cannot take them gets them later or misses them."""
        data = parts[0][1] if len(parts) == 1 else b"".join(part for _, part in parts)
        if not self._is_sorted:
            self._sort()
        size, descriptors = len(data), self._descriptors
        taken = self._pages.send(data, descriptors)
        if taken.count(size) != len(descriptors):
            self._disturb()
            for descriptor, its_bytes in zip(descriptors, taken, strict=True):
                if its_bytes != size:  # it is full, or the outbox meets the same error and tells its owner
                    self._easy[descriptor].outbox.write(memoryview(data)[its_bytes:])
        for viewer in self._others:
            if _send_to_slow(viewer, parts, data):
                self._disturb()

    def _disturb(self) -> None:
        """Something is the matter with a viewer: see before the next unit with whom nothing is."""
        self._is_sorted = False

    def _sort(self) -> None:
        self._is_sorted = True
        self._easy = {each.outbox.fd: each for each in self.viewers if each.is_keeping_up}
        self._descriptors = array("i", self._easy)
        self._others = [each for each in self.viewers if self._easy.get(each.outbox.fd) is not each]


def _send_to_slow(viewer: StreamViewer, parts: Parts, data: bytes) -> bool:
    """Send to a viewer that is or was behind, or drop to the next key frame; True when it has caught up."""
    outbox = viewer.outbox
    if not viewer.waits_for_key and outbox.queued_bytes + len(data) > viewer.most_queued_bytes:
        viewer.waits_for_key = True
    if not viewer.waits_for_key:
        outbox.write(data)
    else:
        start = next((i for i, (opens_group, _) in enumerate(parts) if opens_group), None)
        if start is None or outbox.queued_bytes > RESUME_BELOW_BYTES:
            viewer.dropped_total += len(parts)
            return False
        viewer.dropped_total += start
        viewer.waits_for_key = False
        for _, part in parts[start:]:
            outbox.write(part)
    return viewer.is_keeping_up
