"""Where commands on the same machine reach the server that works on a data folder."""

import time
from typing import Any

import pytest

from vedette.cli.camera import served_at
from vedette.cli.exits import Exit
from vedette.cli.main import main


@pytest.mark.parametrize(
    ("host", "reached"), [("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1")]
)
def test_commands_reach_a_server_at_the_address_that_it_listens_on(
    start_process: Any, host: str, reached: str
) -> None:
    with start_process("--host", host) as process:
        process.welcome()
        deadline_s = time.monotonic() + 10
        while not (process.data / "running.json").exists():
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        login = ["--user", "admin", "--password", "correct-horse-9"]
        assert main(["camera", "list", "--data", str(process.data), *login]) == Exit.OK
        assert served_at(process.data) == f"http://{reached}:{process.http_port}"
