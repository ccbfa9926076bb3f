"""Serial lines: devices that are none, and lines that go away."""

import asyncio
import os
from pathlib import Path

import pytest

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.serial import SerialLine
from vedette.device.settings.io import SerialSettings


def test_what_is_no_serial_line_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path in (file, tmp_path / "missing"):
        with pytest.raises(HardwareFailed, match=path.name):
            SerialLine.device(str(path))


def test_a_device_of_the_host_carries_bytes_both_ways_and_can_be_pulled_out() -> None:
    async def scene() -> None:
        other, terminal = os.openpty()  # a terminal of the host, as far as the line can see
        line = SerialLine.device(os.ttyname(terminal))
        os.close(terminal)
        line.frame(SerialSettings(token="wire", baud=115200))
        line.start()
        await line.write(b"ping\r\n")
        assert os.read(other, 100) == b"ping\r\n"
        os.write(other, b"pong\x03\x04")
        await line.arrival()
        assert line.received == b"pong\x03\x04"
        os.close(other)
        with pytest.raises(HardwareFailed, match="is gone"):
            await line.arrival()
        assert line.is_lost
        with pytest.raises(HardwareFailed):
            await line.write(b"ping")
        line.close()

    asyncio.run(scene())


def test_a_line_that_cannot_do_a_framing_keeps_the_old_one() -> None:
    other, terminal = os.openpty()
    line = SerialLine.device(os.ttyname(terminal))
    with pytest.raises(HardwareFailed, match="cannot be set"):  # a pseudo-terminal always has 8 bits
        line.frame(SerialSettings(token="wire", bits=7, baud=300))
    line.frame(SerialSettings(token="wire"))
    line.close()
    os.close(terminal)
    os.close(other)
