"""The tester against a device that is not ours: onvif_simple_server, built from source, behind lighttpd."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.process import free_port

from interop.check import Check, NotShown, expect
from interop.program import end_group, run, start
from interop.site import Site
from interop.vedette import HOST, PASSWORD, USER

SERVICES = ("device", "deviceio", "events", "media", "media2")
# What each case comes to, each looked into by hand: docs/foreign-devices.md.
EXPECTED = {
    "DEVICE-1-1-3": "PASS",
    "DEVICE-1-1-9": "WARN",
    "DEVICE-1-1-13": "PASS",
    "DEVICE-1-1-19": "PASS",
    "DEVICE-1-1-30": "PASS",
    "DEVICE-3-1-1": "PASS",
    "DEVICE-3-1-9": "PASS",
    "DEVICE-3-1-10": "FAIL",
    "DEVICEIO-1-1-1": "PASS",
    "DEVICEIO-1-1-2": "PASS",
    "DEVICEIO-1-1-3": "PASS",
    "DEVICEIO-1-1-4": "PASS",
    "DEVICEIO-1-1-5": "PASS",
    "DEVICEIO-2-1-2": "PASS",
    "DEVICEIO-3-1-1": "SKIP",
    "DEVICEIO-5-1-1": "PASS",
    "DEVICEIO-7-1-1": "PASS",
}
SETTINGS = """model=Model
manufacturer=Manufacturer
firmware_ver=0.0.1
hardware_id=HWID
serial_num=SN1
ifs=lo
port={port}
scope=onvif://www.onvif.org/Profile/Streaming
scope=onvif://www.onvif.org/Profile/T
scope=onvif://www.onvif.org/hardware
scope=onvif://www.onvif.org/name
user={user}
password={password}
adv_enable_media2=1
adv_fault_if_unknown=1
adv_fault_if_set=1

name=Profile_0
width=1280
height=720
url=rtsp://%s/main
type=H264

ptz=0

idle_state=open
close=true
open=true

events=3
"""
HTTP = """server.document-root = "{folder}/www"
server.bind = "{host}"
server.port = {port}
server.modules = ( "mod_cgi" )
cgi.assign = ( "_service" => "{folder}/answer" )
server.errorlog = "{folder}/http.log"
"""


@contextmanager
def device(site: Site) -> Iterator[str]:
    """The device on a free port; gives the address of its device service. Raises NotShown."""
    source = site.cache / "interop-simple-server"
    program = source / "onvif_simple_server"
    expect(program.exists(), f"{program} was not built")
    folder, port = site.folder / "foreign", free_port()
    services = folder / "www" / "onvif"
    services.mkdir(parents=True)
    for name in SERVICES:
        (services / f"{name}_service").touch()
        (services / f"{name}_service_files").symlink_to(source / f"{name}_service_files")
    (services / "generic_files").symlink_to(source / "generic_files")
    settings = SETTINGS.format(port=port, user=USER, password=PASSWORD)
    (folder / "device.conf").write_text(settings, encoding="utf-8")
    (folder / "http.conf").write_text(HTTP.format(folder=folder, host=HOST, port=port), encoding="utf-8")
    answer = folder / "answer"
    answer.write_text(f'#!/bin/sh\nexec "{program}" -c "{folder}/device.conf" "$1"\n', encoding="utf-8")
    answer.chmod(0o755)
    path = f"{os.environ['PATH']}:/usr/sbin"
    with (folder / "log").open("wb") as log:
        process = start(["lighttpd", "-D", "-f", folder / "http.conf"], log, {"PATH": path})
    try:
        _wait_until_open(port)
        yield f"http://{HOST}:{port}/onvif/device_service"
    finally:
        end_group(process)
        process.wait()


def _wait_until_open(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise NotShown("lighttpd does not listen")


def _examined(site: Site) -> str:
    reports = site.reports / "foreign-device"
    with device(site) as url:
        words = [Path(sys.executable).parent / "vedette", "test", url, "--user", USER, "--password", PASSWORD]
        words += ["--delay", "5", "--allow", "config", "--report", reports]
        words += [word for name in EXPECTED for word in ("--case", name)]
        output = run(words, limit_s=100)
    if not (reports / "report.json").exists():
        raise NotShown(f"there is no report: {output.err or output.out}")
    report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    verdicts = {each["case"]: each["verdict"] for each in report["results"]}
    other = {name: verdicts.get(name) for name, due in EXPECTED.items() if verdicts.get(name) != due}
    expect(not other, f"not as was found by hand: {other}")
    counts = {each: list(verdicts.values()).count(each) for each in ("PASS", "WARN", "FAIL", "SKIP")}
    return ", ".join(f"{count} {name}" for name, count in counts.items())


CHECKS = (
    Check(
        "onvif_simple_server",
        "the tester judges it as was found by hand",
        _examined,
        limit_s=120,
        is_alone=True,
    ),
)
