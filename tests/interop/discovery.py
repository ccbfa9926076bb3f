"""WSDiscovery: hears this device come and go, and finds it by type and scope."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from interop.check import Check, NotShown, expect
from interop.program import end_group
from interop.site import PROGRAMS, Site
from interop.vedette import Vedette

HEARD_MOST_S = 6.0


class Listener:
    """The client program, asked line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, command: str) -> Any:
        """The answer to a command; an empty one only waits for the next line."""
        if command:
            assert self._process.stdin is not None
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise NotShown("WSDiscovery ended early")
        return json.loads(line)

    def wait(self, kind: str, is_ours: Any) -> Any:
        """The first thing heard that is ours; raises NotShown when it does not come."""
        limit_s = time.monotonic() + HEARD_MOST_S
        while time.monotonic() < limit_s:
            found = [each for each in self.ask("heard")[kind] if is_ours(each)]
            if found:
                return found[0]
            time.sleep(0.1)
        raise NotShown(f"no {kind} within {HEARD_MOST_S:.0f} s")


@contextmanager
def listening(site: Site) -> Iterator[Listener]:
    """The client program, running."""
    words = [str(site.python("wsdiscovery")), str(PROGRAMS / "wsdiscovery_client.py")]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        listener = Listener(process)
        expect(listener.ask("") == "ready", "WSDiscovery did not start")
        yield listener
    finally:
        end_group(process)
        process.wait()


def _found(site: Site) -> str:
    device = Vedette(site.folder / "discovered", [], host="0.0.0.0", has_discovery=True)

    def is_ours(service: dict[str, Any]) -> bool:
        return any(f":{device.http_port}/" in address for address in service["xaddrs"] or ())

    with listening(site) as listener:
        try:
            device.start()
            hello = listener.wait("hello", is_ours)
            expect("NetworkVideoTransmitter" in hello["types"], f"its types are {hello['types']}")
            scope = next(each for each in hello["scopes"] if "/hardware/" in each or "/Profile/" in each)
            for command in ("search NetworkVideoTransmitter -", f"search - {scope}"):
                matches = [each for each in listener.ask(command) if is_ours(each)]
                expect(len(matches) == 1, f"{command} found it {len(matches)} times")
                expect(matches[0]["endpoint"] == hello["endpoint"], "another endpoint answers")
            other = "onvif://www.onvif.org/location/nowhere"
            strangers = [each for each in listener.ask(f"search - {other}") if is_ours(each)]
            expect(not strangers, f"it answers to the scope {other}")
            device.stop()
            listener.wait("bye", lambda endpoint: endpoint == hello["endpoint"])
        finally:
            device.kill()
    return f"Hello with {len(hello['scopes'])} scopes, found by type and by {scope}, Bye"


CHECKS = (Check("WSDiscovery", "Hello, probes by type and scope, Bye", _found, limit_s=60, is_alone=True),)
