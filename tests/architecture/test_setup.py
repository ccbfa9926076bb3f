"""`scripts/setup` on machines where something is in its way: a stand-in for Python makes the environments."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What the script asks of Python: to make an environment, to import, to install. So does an environment's own.
PYTHON = """#!/bin/sh
here=$(dirname "$(dirname "$0")")
case "$*" in
  "-m venv"*)
    echo "venv" >> "$CALLS"
    mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; touch "$3/pyvenv.cfg" "$3/pip" ;;
  *"import pip") [ -e "$here/pip" ] ;;
  *"import vedette") [ -e "$here/vedette" ] ;;
  "-m pip"*) echo "pip" >> "$CALLS"; [ -z "${NO_NETWORK:-}" ] && touch "$here/vedette" ;;
  "-m compileall"*) echo "compileall" >> "$CALLS"; [ -z "${NOT_WRITABLE:-}" ] ;;
esac
"""


class Machine:
    """A clone with nothing but the script, and a Python 3.11 that notes what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "clone"
        self.calls = folder / "calls"
        self.python = folder / "python"
        (self.clone / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "setup", self.clone / "scripts" / "setup")
        project = self.clone / "pyproject.toml"
        project.touch()
        os.utime(project, (1_000_000_000, 1_000_000_000))
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def set_up(self, **environment: str) -> tuple[int, list[str], str]:
        """What the script ended with, what it called, and what it said."""
        self.calls.write_text("")
        path = os.environ["PATH"] if shutil.which("uv") is None else "/usr/bin:/bin"
        done = subprocess.run(
            ["/bin/sh", self.clone / "scripts" / "setup", "run"],
            env={"PATH": path, "PYTHON": str(self.python), "CALLS": str(self.calls), **environment},
            capture_output=True,
            text=True,
        )
        return done.returncode, self.calls.read_text().split(), done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_environment_is_made_once(machine: Machine) -> None:
    assert machine.set_up()[:2] == (0, ["venv", "pip", "compileall"])
    assert machine.set_up()[:2] == (0, [])


def test_one_that_was_left_without_pip_is_completed(machine: Machine) -> None:
    """So Debian leaves it where its package of venv is missing, and whoever interrupts the first start."""
    machine.set_up()
    (machine.clone / ".venv" / ".vedette-run").unlink()
    (machine.clone / ".venv" / "pip").unlink()
    assert machine.set_up()[:2] == (0, ["venv", "pip", "compileall"])


def test_one_that_came_along_with_a_moved_clone_is_made_anew(machine: Machine) -> None:
    machine.set_up()
    machine.clone = machine.clone.rename(machine.clone.with_name("elsewhere"))
    assert machine.set_up()[:2] == (0, ["venv", "pip", "compileall"])
    assert machine.set_up()[:2] == (0, [])


@pytest.mark.parametrize("gone", ["bin/python", "vedette"])
def test_one_whose_python_or_packages_are_gone_is_made_anew(machine: Machine, gone: str) -> None:
    """As an upgrade of the system leaves it: a link to nowhere, or another Python, which looks elsewhere."""
    machine.set_up()
    (machine.clone / ".venv" / gone).unlink()
    assert machine.set_up()[:2] == (0, ["venv", "pip", "compileall"])


def test_without_a_network_it_says_what_is_missing_and_goes_on_later(machine: Machine) -> None:
    code, calls, said = machine.set_up(NO_NETWORK="1")
    assert (code, calls) == (1, ["venv", "pip"])
    assert "come from PyPI" in said
    assert machine.set_up()[:2] == (0, ["pip", "compileall"])


def test_what_cannot_be_compiled_once_is_compiled_at_each_start(machine: Machine) -> None:
    code, _, said = machine.set_up(NOT_WRITABLE="1")
    assert (code, "each start" in said) == (0, True)


def test_an_environment_of_another_place_is_not_made_anew_for_this_clone(
    machine: Machine, tmp_path: Path
) -> None:
    named = {"VEDETTE_VENV": str(tmp_path / "named")}
    machine.set_up(**named)
    machine.clone = machine.clone.rename(machine.clone.with_name("elsewhere"))
    assert machine.set_up(**named)[:2] == (0, ["pip", "compileall"])
