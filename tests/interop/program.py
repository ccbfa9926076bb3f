"""Other people's programs: run with a time limit, in a process group of their own, output kept."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from interop.check import NotShown

TAIL_CHARACTERS = 600


@dataclass(frozen=True)
class Output:
    """What a program left behind."""

    code: int
    out: str
    err: str

    def require_success(self, what: str) -> "Output":
        """Itself, if the program ended with 0; raises NotShown with its last words otherwise."""
        if self.code != 0:
            raise NotShown(f"{what} ended with {self.code}: {tail(self.err or self.out)}")
        return self


def tail(text: str) -> str:
    """The end of an output, on one line."""
    return " / ".join(line.strip() for line in text.strip()[-TAIL_CHARACTERS:].splitlines() if line.strip())


def run(
    arguments: Sequence[str | Path],
    *,
    limit_s: float,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> Output:
    """Run a program to its end; raises NotShown when it is missing or takes longer than `limit_s`."""
    words = [str(word) for word in arguments]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    except OSError as error:
        raise NotShown(f"{words[0]} cannot be run: {error}") from error
    try:
        out, err = process.communicate(stdin, timeout=limit_s)
    except subprocess.TimeoutExpired:
        end_group(process)
        out, err = process.communicate()
        raise NotShown(
            f"{Path(words[0]).name} was not done within {limit_s:.0f} s: {tail(err or out)}"
        ) from None
    return Output(process.returncode, out, err)


def run_json(arguments: Sequence[str | Path], *, limit_s: float, **more: Any) -> Any:
    """Run a program whose last line of output is JSON; raises NotShown when it is not."""
    output = run(arguments, limit_s=limit_s, **more)
    name = Path(str(arguments[1] if len(arguments) > 1 else arguments[0])).name
    output.require_success(name)
    lines = output.out.strip().splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        raise NotShown(f"{name} printed no result: {tail(output.err or output.out)}") from None


def start(
    arguments: Sequence[str | Path], log: IO[bytes], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that runs until it is ended; its output goes to `log`."""
    return subprocess.Popen(
        [str(word) for word in arguments],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )


def end_group(process: "subprocess.Popen[Any]") -> None:
    """Kill a program and whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
