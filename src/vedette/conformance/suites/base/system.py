"""What the device is, its time, its log, its reboot."""

import math
import re
from datetime import UTC, datetime

from vedette.base.timestamps import datetime_from_utc_us
from vedette.conformance.case import case
from vedette.conformance.probing import Prober
from vedette.conformance.run import Run
from vedette.conformance.suites.base.discovery import expect_hello, reboot, wait_until_back
from vedette.conformance.suites.base.network import keep_ntp
from vedette.contract import faults
from vedette.contract.faults import Fault
from vedette.contract.schema.network import NetworkHost, NetworkHostType
from vedette.contract.schema.system import (
    FactoryDefaultType,
    SetDateTimeType,
    SystemDateTime,
    SystemLogType,
    TimeZone,
)
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.protocols.discovery.messages import Probe

BAD_ZONE = "INVALIDTIMEZONE"
GOOD_ZONE = "PST8PDT,M3.2.0,M11.1.0"
CLOSE_S = 5.0

# POSIX 1003.1 §8.3: std offset [dst [offset] [,start[/time],end[/time]]]
_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_OFFSET = r"[+-]?\d{1,2}(?::\d{1,2}(?::\d{1,2})?)?"
_DAY = rf"(?:J\d{{1,3}}|\d{{1,3}}|M\d{{1,2}}\.\d\.\d)(?:/{_OFFSET})?"
_ZONE = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}(?:{_OFFSET})?(?:,{_DAY},{_DAY})?)?")


def moment_of(stamp: DateTime | None) -> datetime | None:
    """The instant of a date and time in UTC, None if there is none such; second 60 is a leap second."""
    if stamp is None or stamp.time.second > 60:
        return None
    try:
        return datetime(
            stamp.date.year,
            stamp.date.month,
            stamp.date.day,
            stamp.time.hour,
            stamp.time.minute,
            min(stamp.time.second, 59),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def stamp_of(moment: datetime) -> DateTime:
    """An instant as a date and time."""
    return DateTime(
        time=Time(hour=moment.hour, minute=moment.minute, second=moment.second),
        date=Date(year=moment.year, month=moment.month, day=moment.day),
    )


async def _told(run: Run) -> SystemDateTime:
    return (await run.device.get_system_date_and_time()).system_date_and_time


def _now(run: Run) -> datetime:
    return datetime_from_utc_us(run.target.clock.utc_us())


def _expect_good_time(run: Run, told: SystemDateTime) -> None:
    run.expect(moment_of(told.utc_date_time), "the time in UTC is told and is one")
    if told.local_date_time is not None:
        run.expect(moment_of(told.local_date_time), "the local time is one")
    if told.time_zone is not None:
        run.expect(_ZONE.fullmatch(told.time_zone.tz), f"the zone is a POSIX one ({told.time_zone.tz})")


async def keep_time(run: Run) -> SystemDateTime:
    """Remember the present settings of the clock, to be restored."""
    run.step("ask for the present time")
    before = await _told(run)

    async def undo() -> None:
        is_manual = before.date_time_type is SetDateTimeType.MANUAL
        await run.device.set_system_date_and_time(
            date_time_type=before.date_time_type,
            daylight_savings=before.daylight_savings,
            time_zone=before.time_zone,
            utc_date_time=stamp_of(_now(run)) if is_manual else None,
        )

    run.restore("time", undo)
    return before


@case("DEVICE-3-1-1")
async def time(run: Run) -> None:
    """A time that is one, and a zone in POSIX form."""
    run.step("ask for the time")
    told = await _told(run)
    if told.date_time_type is SetDateTimeType.MANUAL:
        run.expect(told.utc_date_time or told.local_date_time, "a time is told")
    for stamp in (told.utc_date_time, told.local_date_time):
        run.expect(stamp is None or moment_of(stamp), "the time is one")
    if told.time_zone is not None:
        run.expect(_ZONE.fullmatch(told.time_zone.tz), f"the zone is a POSIX one ({told.time_zone.tz})")


@case("DEVICE-3-1-4")
async def bad_zone(run: Run) -> None:
    """A zone that is none is refused."""
    await keep_time(run)
    run.step("set a wrong zone")
    await run.refused(
        run.device.set_system_date_and_time(
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=True,
            time_zone=TimeZone(tz=BAD_ZONE),
            utc_date_time=stamp_of(_now(run)),
        ),
        faults.InvalidTimeZone,
    )
    run.step("ask again")
    now = await _told(run)
    run.expect(now.time_zone is None or now.time_zone.tz != BAD_ZONE, "the wrong zone was not taken")
    _expect_good_time(run, now)


@case("DEVICE-3-1-5")
async def bad_date(run: Run) -> None:
    """A date and time that is none is refused."""
    before = await keep_time(run)
    run.step("set a wrong date")
    wrong = DateTime(time=Time(hour=34, minute=66, second=77), date=Date(year=1999, month=15, day=38))
    await run.refused(
        run.device.set_system_date_and_time(
            date_time_type=SetDateTimeType.MANUAL,
            daylight_savings=True,
            time_zone=TimeZone(tz=GOOD_ZONE),
            utc_date_time=wrong,
        ),
        faults.InvalidDateTime,
    )
    run.step("ask again")
    now = await _told(run)
    _expect_good_time(run, now)
    run.expect(now.time_zone == before.time_zone, "the zone is as before")


@case("DEVICE-3-1-11")
async def set_time(run: Run) -> None:
    """The time is set by hand."""
    await keep_time(run)
    run.step("set the time")
    wanted = _now(run)
    await run.device.set_system_date_and_time(
        date_time_type=SetDateTimeType.MANUAL,
        daylight_savings=False,
        time_zone=TimeZone(tz=GOOD_ZONE),
        utc_date_time=stamp_of(wanted),
    )
    run.step("ask again")
    now = await _told(run)
    run.expect(
        now.date_time_type is SetDateTimeType.MANUAL, f"the time is set by hand ({now.date_time_type})"
    )
    run.expect(not now.daylight_savings, "daylight saving is off")
    run.expect(now.time_zone == TimeZone(tz=GOOD_ZONE), "the zone is told as set")
    run.expect(moment_of(now.utc_date_time), "the time in UTC is told")
    run.expect(_off_s(run, now) <= CLOSE_S, f"the time is right within {CLOSE_S:.0f} s")


async def follow(run: Run, server: str) -> None:
    """Have the device ask a time server, whose address it is."""
    run.step(f"set the time server {server}")
    kind = NetworkHostType.IPV6 if ":" in server else NetworkHostType.IPV4
    host = (
        NetworkHost(type=kind, ipv6_address=server)
        if kind is NetworkHostType.IPV6
        else NetworkHost(type=kind, ipv4_address=server)
    )
    await run.device.set_ntp(from_dhcp=False, ntp_manual=(host,))


@case("DEVICE-3-1-12")
async def time_from_server(run: Run) -> None:
    """The time is taken from a time server."""
    await keep_ntp(run)
    await keep_time(run)
    async with run.environment.surroundings.time_server() as server:
        await follow(run, server.address)
        run.step("have the clock follow it")
        await run.device.set_system_date_and_time(
            date_time_type=SetDateTimeType.NTP, daylight_savings=False, time_zone=TimeZone(tz=GOOD_ZONE)
        )
        run.step("ask for the time until it is right")
        now = await _time_near(run)
        if server.is_own:
            asked = ", ".join(dict.fromkeys(server.asked))
            if asked:
                run.note(f"the tester's time server was asked by {asked}")
            else:
                run.warn("the tester's time server was not asked")
    run.expect(now.date_time_type is SetDateTimeType.NTP, f"the clock follows NTP ({now.date_time_type})")
    run.expect(not now.daylight_savings, "daylight saving is off")
    run.expect(now.time_zone == TimeZone(tz=GOOD_ZONE), "the zone is told as set")
    run.expect(moment_of(now.utc_date_time), "the time in UTC is told")
    run.expect(_off_s(run, now) <= CLOSE_S, f"the time is right within {CLOSE_S:.0f} s")


async def _time_near(run: Run) -> SystemDateTime:
    """The device's time once it is near ours, or as it is when the time for changes is over."""
    clock = run.target.clock
    end_s = clock.monotonic_s() + run.environment.delay_s
    while True:
        await run.pause()
        now = await _told(run)
        if _off_s(run, now) <= CLOSE_S or clock.monotonic_s() >= end_s:
            return now


def _off_s(run: Run, told: SystemDateTime) -> float:
    moment = moment_of(told.utc_date_time)
    return abs((moment - _now(run)).total_seconds()) if moment else math.inf


@case("DEVICE-3-1-8")
async def reboots(run: Run) -> None:
    """A reboot ends with Hello and an answer to a probe."""
    if not run.is_supported("Discovery"):
        await reboot(run)
        await run.pause(run.environment.reboot_s)
        await wait_until_back(run)
        return
    prober = Prober(run)
    await prober.know()
    async with run.link.listening() as ear:
        await reboot(run)
        await expect_hello(run, ear, prober, run.environment.reboot_s)
    await wait_until_back(run)
    run.step("probe the device")
    await prober.find(Probe(), "after the reboot", is_multicast=False)


@case("DEVICE-3-1-7")
async def soft_default(run: Run) -> None:
    """After a soft factory default the device is still to be found."""
    prober = Prober(run)
    await prober.know()
    run.step("reset softly")
    await run.device.set_system_factory_default(factory_default=FactoryDefaultType.SOFT)
    await wait_until_back(run)
    run.step("probe the device")
    await prober.find(Probe(), "after the reset", is_multicast=True)


@case("DEVICE-3-1-6")
async def hard_default(run: Run) -> None:
    """After a hard factory default the device says Hello; it may be without login or at another address."""
    prober = Prober(run)
    await prober.know()
    async with run.link.listening() as ear:
        run.step("reset hard")
        await run.device.set_system_factory_default(factory_default=FactoryDefaultType.HARD)
        await expect_hello(run, ear, prober, run.environment.reboot_s)


@case("DEVICE-3-1-9")
async def information(run: Run) -> None:
    """Maker, model, firmware, serial number and hardware."""
    run.step("ask what the device is")
    told = await run.device.get_device_information()
    for name in ("manufacturer", "model", "firmware_version", "serial_number", "hardware_id"):
        if not getattr(told, name).strip():
            run.warn(f"the {name.replace('_', ' ')} is empty")


@case("DEVICE-3-1-10")
async def logs(run: Run) -> None:
    """Each log is given, or refused with the fault that says there is none."""
    for kind, refusal in (
        (SystemLogType.SYSTEM, faults.SystemlogUnavailable),
        (SystemLogType.ACCESS, faults.AccesslogUnavailable),
    ):
        run.step(f"ask for the {kind} log")
        try:
            log = (await run.device.get_system_log(log_type=kind)).system_log
        except Fault:
            await run.refused(run.device.get_system_log(log_type=kind), refusal)
            continue
        run.expect(log.string is not None or log.binary is not None, "the log is a text or a file")
