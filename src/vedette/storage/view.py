"""One segment's file and the fragments in it, as a reader sees them while it may grow."""

from pathlib import Path

from vedette.protocols.mp4.boxes import MalformedFile
from vedette.protocols.mp4.seektable import SeekEntry, read_seek_table
from vedette.protocols.mp4.walk import HEAD_READ_BYTES, FragmentHead, FragmentWalk, read_fragment
from vedette.storage.index import Segment, SegmentState
from vedette.storage.segments import SegmentReader


class SegmentView:
    """One segment's file and its fragments, as far as they are there at the latest `refresh`."""

    def __init__(self, segment: Segment, file: Path) -> None:
        self.file = SegmentReader(file)
        self.entries: list[SeekEntry] = []
        self.is_whole = False
        self._walk = FragmentWalk(self.file.fragments_at)
        self._may_have_table = segment.state is SegmentState.SEALED

    def _table(self) -> list[SeekEntry]:
        try:
            table = read_seek_table(self.file.read, self.file.size())
        except MalformedFile:
            return []  # walking over the fragments does as well
        return table[0] if table is not None else []

    def refresh(self) -> None:
        """Take in the fragments, or those that were appended since."""
        if self._may_have_table:
            self._may_have_table = False
            self.entries = self._table()
            self.is_whole = bool(self.entries)
        if self.is_whole:
            return
        size = self.file.size()
        while (head := self._walk.following(self.file.read, size)) is not None:
            self.entries.append(SeekEntry(head.start_us, head.offset, head.is_clean))
        self.is_whole = self._walk.is_at_table

    def fetch_heads(self) -> None:
        """Have the system fetch all heads; one by one each is waited for."""
        for entry in self.entries if self.is_whole else ():
            self.file.will_read(entry.offset, HEAD_READ_BYTES)

    def head(self, index: int) -> FragmentHead | None:
        """The head of a fragment; None when the file is damaged there."""
        try:
            return read_fragment(self.file.read, self.entries[index].offset, self.file.size())
        except (OSError, MalformedFile):
            return None
