"""The sample tables of plain files are the same however many samples are worked on at once."""

import struct

import pytest

from vedette.protocols.mp4 import export
from vedette.protocols.mp4.boxes import children
from vedette.protocols.mp4.export import Chunk, SampleTable


@pytest.mark.parametrize("at_once", [1, 3, 4, 100])
def test_tables_are_made_portion_by_portion_so_that_no_call_holds_up_the_process(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    longest: list[int] = []

    def pack(form: str, *values: int) -> bytes:
        longest.append(len(values))
        return struct.pack(form, *values)

    monkeypatch.setattr(export, "AT_ONCE", at_once)
    monkeypatch.setattr(export, "struct", type("Noted", (), {"pack": staticmethod(pack)}))
    table = SampleTable()
    table.decode.extend([0, 10, 30, 90, 100, 110, 300, 310, 320])
    table.composition.extend([0] * 9)
    table.sizes.extend(range(50, 59))
    table.keys.extend([1] * 9)
    table.chunks.append(Chunk(0, 9, 1))
    boxes = {
        bytes(each.kind): bytes(each.content)
        for each in children(memoryview(table.boxes() + table.offsets_box(1000)))
    }

    assert table.longest_step == 190
    assert boxes[b"stsz"] == struct.pack(">3I9I", 0, 0, 9, *range(50, 59))
    assert max(longest) <= max(at_once, 3)
