"""Files by HTTP: logs, support information, backup and restore, firmware."""

from datetime import timedelta

from vedette.client.auth import is_refusal
from vedette.conformance.case import case
from vedette.conformance.envelopes import envelope_of, request_element
from vedette.conformance.probing import Prober
from vedette.conformance.run import Run
from vedette.conformance.suites.base.discovery import AFTER_HELLO_S, expect_hello, hear, wait_until_back
from vedette.wire.namespaces import TDS

BINARY = "application/octet-stream"
NOT_A_FILE = bytes(range(256)) * 16
UNSUPPORTED_MEDIA_TYPE = 415


async def _fetched(run: Run, uri: str | None, what: str) -> bytes:
    """What is at an address the device named; raises CaseFailed if there is nothing."""
    run.expect(uri, f"the address of the {what} is told")
    run.step(f"fetch the {what}")
    reply = await run.target.transfer("GET", uri or "")
    run.expect(reply.status == 200, f"it is given (status {reply.status})")
    run.expect(reply.body, "it is not empty")
    return reply.body


@case("DEVICE-3-1-13")
async def addresses(run: Run) -> None:
    """The address of every file that is announced, with something at it."""
    run.step("ask for the addresses")
    told = await run.device.get_system_uris()
    if run.is_supported("Device/System/HttpSystemLogging"):
        logs = () if told.system_log_uris is None else told.system_log_uris.system_logs
        run.expect(logs, "an address of a log is told")
        for log in logs:
            await _fetched(run, log.uri, f"{log.type} log")
    if run.is_supported("Device/System/HttpSupportInformation"):
        await _fetched(run, told.support_info_uri, "support information")
    if run.is_supported("Device/System/HttpSystemBackup"):
        await _fetched(run, told.system_backup_uri, "backup")


@case("DEVICE-3-1-14")
async def restore(run: Run) -> None:
    """A backup just fetched is taken back."""
    run.step("ask for the addresses")
    backup = await _fetched(run, (await run.device.get_system_uris()).system_backup_uri, "backup")
    run.step("begin to restore")
    begun = await run.device.start_system_restore()
    run.expect_http_uri(begun.upload_uri, "the address to upload to")
    run.step("upload the backup")
    reply = await run.target.transfer("POST", begun.upload_uri, backup, BINARY)
    run.expect(reply.status == 200, f"it is taken (status {reply.status})")
    await run.pause(_seconds(begun.expected_down_time, run))
    await wait_until_back(run)


@case("DEVICE-3-1-15")
async def no_backup(run: Run) -> None:
    """What is no backup is refused with status 415."""
    run.step("begin to restore")
    begun = await run.device.start_system_restore()
    run.expect_http_uri(begun.upload_uri, "the address to upload to")
    run.step("upload what is no backup")
    reply = await run.target.transfer("POST", begun.upload_uri, NOT_A_FILE, BINARY)
    run.expect(reply.status == UNSUPPORTED_MEDIA_TYPE, f"it is refused with status 415 ({reply.status})")
    await wait_until_back(run)


@case("DEVICE-3-1-16")
async def firmware(run: Run) -> None:
    """A firmware of the maker's is taken; the device comes back with Hello, and lets in whom it let in."""
    prober = Prober(run)
    await prober.know()
    await _expect_guarded(run)
    run.step("begin to upgrade")
    begun = await run.device.start_firmware_upgrade()
    run.expect_http_uri(begun.upload_uri, "the address to upload to")
    await run.pause(_seconds(begun.upload_delay, run))
    within_s = max(_seconds(begun.expected_down_time, run), run.environment.reboot_s)
    async with run.link.listening() as ear:
        run.step("upload the firmware")
        content = run.environment.surroundings.firmware
        reply = await run.target.transfer("POST", begun.upload_uri, content, BINARY)
        run.expect(reply.status == 200, f"it is taken (status {reply.status})")
        if run.is_supported("Discovery/Bye"):
            run.step("wait for Bye")
            run.expect(await hear(run, ear, prober, "Bye", within_s), "Bye is said before the restart")
        await expect_hello(run, ear, prober, within_s)
    await wait_until_back(run)
    await run.pause(AFTER_HELLO_S)
    await _expect_guarded(run)


async def _expect_guarded(run: Run) -> None:
    """The users are told to an administrator, and to nobody without login."""
    run.step("ask for the users without a login")
    reply = await run.target.post(run.target.url, envelope_of(request_element(TDS, "GetUsers")))
    run.expect(is_refusal(reply), f"it is refused (status {reply.status})")
    run.step("ask for the users")
    await run.device.get_users()


@case("DEVICE-3-1-17")
async def no_firmware(run: Run) -> None:
    """What is no firmware is refused with status 415."""
    run.step("begin to upgrade")
    begun = await run.device.start_firmware_upgrade()
    run.expect_http_uri(begun.upload_uri, "the address to upload to")
    await run.pause(_seconds(begun.upload_delay, run))
    run.step("upload what is no firmware")
    reply = await run.target.transfer("POST", begun.upload_uri, NOT_A_FILE, BINARY)
    run.expect(reply.status == UNSUPPORTED_MEDIA_TYPE, f"it is refused with status 415 ({reply.status})")
    await wait_until_back(run)


def _seconds(told: timedelta, run: Run) -> float:
    """How long the device asks to be left alone, within reason."""
    return min(max(told.total_seconds(), 0.0), run.environment.reboot_s)
