"""Serial ports as clients meet them, over a pseudo-terminal whose other end the test holds."""

import asyncio
import os
import termios
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from vedette.contract.deviceio import DeviceIO
from vedette.contract.deviceio.serial import ParityBit, SerialData, SerialPortConfiguration, SerialPortType
from vedette.contract.faults import (
    Action,
    ConfigModify,
    DataLengthOver,
    DelimiterNotSupported,
    InvalidArgVal,
    InvalidSerialPort,
)
from vedette.device import io_serial
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.serial import SerialLine
from vedette.device.io_serial import SerialPort
from vedette.device.settings.store import SettingsNotSaved

Play = Callable[[Coroutine[Any, Any, None]], None]
AT_ONCE, SOON, LATE = timedelta(0), timedelta(milliseconds=50), timedelta(seconds=9)
BLOCKING = timedelta(seconds=-1)


class Wire:
    """The rig's port with its other end open."""

    def __init__(self, rig: Any) -> None:
        self.rig = rig
        self.end = os.open(rig.port.open().path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    async def send(self, **fields: Any) -> SerialData:
        response = await self.rig.call(DeviceIO.send_receive_serial_command, **{"token": "wire", **fields})
        found: SerialData = response.serial_data
        return found

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.end)
        self.rig.port.close()


async def configuration(rig: Any) -> SerialPortConfiguration:
    response = await rig.call(DeviceIO.get_serial_port_configuration, serial_port_token="wire")
    found: SerialPortConfiguration = response.serial_port_configuration
    return found


async def configure(rig: Any, wanted: SerialPortConfiguration) -> None:
    await rig.call(
        DeviceIO.set_serial_port_configuration, serial_port_configuration=wanted, force_persistance=True
    )


def test_ports_are_listed_and_set_to_what_is_usual(rig: Any, play: Play) -> None:
    async def scene() -> None:
        listed = await rig.call(DeviceIO.get_serial_ports)
        assert [each.token for each in listed.serial_ports] == ["wire"]
        response = await rig.call(DeviceIO.get_serial_port_configuration_options, serial_port_token="wire")
        options, present = response.serial_port_options, await configuration(rig)
        assert (options.token, present.token, present.type) == ("wire", "wire", SerialPortType.RS232)
        assert present.baud_rate in options.baud_rate_list.items
        assert present.parity_bit in options.parity_bit_list.items
        assert present.character_length in options.character_length_list.items
        assert present.stop_bit in options.stop_bit_list.items

    play(scene())


def test_a_port_can_be_set_and_the_line_follows(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            wanted = SerialPortConfiguration(
                token="wire",
                type=SerialPortType.RS232,
                baud_rate=19200,
                parity_bit=ParityBit.EVEN,
                character_length=7,
                stop_bit=2.0,
            )
            await configure(rig, wanted)
            assert await configuration(rig) == wanted
            assert termios.tcgetattr(wire.end)[5] == termios.B19200
            await wire.send(serial_data=SerialData(binary=b"\xe1"), time_out=AT_ONCE)
            assert os.read(wire.end, 10) == b"a"
            os.write(wire.end, b"\xc1b")
            assert await wire.send(data_length=2, time_out=LATE) == SerialData(binary=b"Ab")

    play(scene())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"baud_rate": 12345}, "BaudRate"),
        ({"parity_bit": ParityBit.EXTENDED}, "ParityBit"),
        ({"character_length": 9}, "CharacterLength"),
        ({"stop_bit": 1.5}, "StopBit"),
        ({"stop_bit": float("nan")}, "StopBit"),
        ({"stop_bit": float("inf")}, "StopBit"),
        ({"type": SerialPortType.RS485HALF_DUPLEX}, "type"),
    ],
)
def test_what_a_port_cannot_be_set_to_is_refused_by_name_and_changes_nothing(
    rig: Any, play: Play, change: dict[str, Any], named: str
) -> None:
    async def scene() -> None:
        before = await configuration(rig)
        wrong = msgspec.structs.replace(before, **{"baud_rate": 19200, **change})
        with pytest.raises(ConfigModify, match=named):
            await configure(rig, wrong)
        assert await configuration(rig) == before

    play(scene())


def test_an_unknown_port_is_refused_by_name(rig: Any, play: Play) -> None:
    async def scene() -> None:
        wrong = msgspec.structs.replace(await configuration(rig), token="attic")
        with pytest.raises(InvalidSerialPort, match="attic"):
            await configure(rig, wrong)
        for operation in (
            DeviceIO.get_serial_port_configuration,
            DeviceIO.get_serial_port_configuration_options,
        ):
            with pytest.raises(InvalidSerialPort, match="attic"):
                await rig.call(operation, serial_port_token="attic")
        with pytest.raises(InvalidSerialPort, match="attic"):
            await rig.call(DeviceIO.send_receive_serial_command, token="attic")

    play(scene())


def test_what_is_sent_arrives_and_no_answer_is_waited_for(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            sent = SerialData(binary=b"\x00\xff\r\n")
            assert await wire.send(serial_data=sent, time_out=AT_ONCE) == SerialData(binary=b"")
            assert os.read(wire.end, 10) == b"\x00\xff\r\n"
            text = SerialData(string="Grüße")
            assert await wire.send(serial_data=text, time_out=AT_ONCE) == SerialData(string="")
            assert os.read(wire.end, 10).decode() == "Grüße"

    play(scene())


def test_what_came_before_is_given_at_once(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            os.write(wire.end, b"old news")
            assert await wire.send(time_out=AT_ONCE) == SerialData(binary=b"old news")
            assert await wire.send(time_out=AT_ONCE) == SerialData(binary=b"")

    play(scene())


def test_an_answer_ends_after_its_length_and_the_rest_is_kept(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            asking = asyncio.create_task(wire.send(data_length=4, time_out=LATE))
            await asyncio.sleep(0)
            os.write(wire.end, b"abc")
            os.write(wire.end, b"def")
            assert await asking == SerialData(binary=b"abcd")
            assert await wire.send(data_length=2, time_out=BLOCKING) == SerialData(binary=b"ef")
            assert await wire.send(data_length=0) == SerialData(binary=b"")

    play(scene())


def test_an_answer_ends_with_its_whole_delimiter(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            os.write(wire.end, b"a\rb\nOK;;rest")
            data = SerialData(string="?")
            assert await wire.send(serial_data=data, delimiter=";;") == SerialData(binary=b"a\rb\nOK;;")
            assert await wire.send(delimiter="t", data_length=3) == SerialData(binary=b"res")
            assert await wire.send(serial_data=data, delimiter="t") == SerialData(string="t")

    play(scene())


def test_time_ends_a_wait_with_what_there_is(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            os.write(wire.end, b"half")
            assert await wire.send(data_length=8, time_out=SOON) == SerialData(binary=b"half")

    play(scene())


def test_without_any_end_an_answer_ends_when_the_line_is_quiet(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            os.write(wire.end, b"all of it")
            assert await wire.send() == SerialData(binary=b"all of it")

    play(scene())


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"serial_data": SerialData(binary=bytes(4097))}, DataLengthOver),
        ({"serial_data": SerialData(binary=b"x", string="x")}, InvalidArgVal),
        ({"serial_data": SerialData()}, InvalidArgVal),
        ({"data_length": 65537}, DataLengthOver),
        ({"data_length": -1}, InvalidArgVal),
        ({"delimiter": ""}, DelimiterNotSupported),
        ({"delimiter": "x" * 257}, DelimiterNotSupported),
        ({"time_out": timedelta(seconds=-2)}, InvalidArgVal),
    ],
)
def test_commands_that_cannot_be_done_are_refused_unsent(
    rig: Any, play: Play, fields: dict[str, Any], fault: type[Exception]
) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            with pytest.raises(fault):
                await wire.send(**{"serial_data": SerialData(binary=b"x"), **fields})
            with pytest.raises(BlockingIOError):
                os.read(wire.end, 10)

    play(scene())


def test_the_token_may_be_left_out_where_there_is_one_port(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            await wire.send(token=None, serial_data=SerialData(binary=b"x"), time_out=AT_ONCE)
            assert os.read(wire.end, 10) == b"x"

    play(scene())


def test_a_flood_without_an_end_is_a_fault_and_the_newest_is_kept(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            line = rig.port.open()
            line.received += bytes(65530)
            os.write(wire.end, b"0123456789")
            with pytest.raises(DataLengthOver):
                await wire.send(delimiter="end", time_out=LATE)
            assert line.lost_bytes_total == 4
            whole = await wire.send(time_out=AT_ONCE)
            assert whole.binary is not None
            assert whole.binary.endswith(b"0123456789")

    play(scene())


def test_a_line_that_nobody_reads_runs_over_like_a_wire(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            for _ in range(40):
                data = SerialData(binary=bytes(4096))
                await wire.send(serial_data=data, time_out=AT_ONCE)
            await wire.send(serial_data=SerialData(binary=b"x"), time_out=AT_ONCE)

    play(scene())


def test_one_command_has_the_line_and_the_next_waits_for_it(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            first = asyncio.create_task(wire.send(data_length=1, time_out=LATE))
            await asyncio.sleep(0.01)
            second = asyncio.create_task(wire.send(data_length=1, time_out=LATE))
            await asyncio.sleep(0.01)
            os.write(wire.end, b"12")
            assert await first == SerialData(binary=b"1")
            assert await second == SerialData(binary=b"2")

    play(scene())


def test_a_port_is_not_set_while_a_command_keeps_its_line(
    rig: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(io_serial, "HELD_MOST_S", 0.05)

    async def scene() -> None:
        with Wire(rig) as wire:
            first = asyncio.create_task(wire.send(data_length=1, time_out=LATE))
            await asyncio.sleep(0.01)
            wanted = msgspec.structs.replace(await configuration(rig), baud_rate=1200)
            async with asyncio.timeout(2):
                with pytest.raises(Action, match="busy"):
                    await configure(rig, wanted)
            os.write(wire.end, b"1")
            assert await first == SerialData(binary=b"1")
            await configure(rig, wanted)

    play(scene())


def test_the_line_is_free_as_soon_as_a_client_is_gone(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with Wire(rig) as wire:
            gone = asyncio.Event()
            context = msgspec.structs.replace(rig.loop.context, abandoned=gone.wait)
            first = asyncio.create_task(wire.send(data_length=1, time_out=LATE, context=context))
            await asyncio.sleep(0.01)
            gone.set()
            assert await first == SerialData(binary=b"")
            os.write(wire.end, b"2")
            assert await wire.send(data_length=1, time_out=LATE) == SerialData(binary=b"2")

    play(scene())


def test_a_line_that_is_not_there_is_a_fault_until_it_is(rig: Any, play: Play) -> None:
    lines: list[SerialLine] = []

    def plugged() -> SerialLine:
        if not lines:
            raise HardwareFailed("/dev/ttyUSB7: No such file or directory")
        return lines[0]

    async def scene() -> None:
        port = SerialPort("wire", "RS232", plugged, rig.store)
        rig.io.serial.require("wire").close()
        rig.io.serial._ports["wire"] = port
        with pytest.raises(Action, match="wire"):
            await rig.call(DeviceIO.send_receive_serial_command, token="wire", time_out=AT_ONCE)
        wanted = msgspec.structs.replace(await configuration(rig), baud_rate=1200)
        await configure(rig, wanted)
        lines.append(SerialLine.pseudo())
        await rig.call(DeviceIO.send_receive_serial_command, token="wire", time_out=AT_ONCE)
        end = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        assert termios.tcgetattr(end)[5] == termios.B1200
        os.close(end)
        port.close()

    play(scene())


def test_settings_that_cannot_be_kept_leave_the_line_as_it_was(
    rig: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(edit: Any) -> None:
        raise SettingsNotSaved("no space")

    async def scene() -> None:
        with Wire(rig) as wire:
            monkeypatch.setattr(rig.store, "change", full)
            with pytest.raises(SettingsNotSaved):
                await rig.port.set(msgspec.structs.replace(rig.port.settings, baud=1200), "RS232")
            assert termios.tcgetattr(wire.end)[5] == termios.B9600

    play(scene())
