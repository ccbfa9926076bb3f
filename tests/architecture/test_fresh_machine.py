"""The suite needs nothing but Python and a shell: what scripts/interop installs is not called outside it."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
CALLED = re.compile(
    r"""\[\s*["'](ffmpeg|ffprobe|gst-launch-1\.0|cvlc|vlc|node|npm|curl|chromium|firefox-esr)["']"""
)


def test_no_test_calls_a_program_that_only_interop_installs() -> None:
    calls = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.glob("**/*.py")
        if path.relative_to(TESTS).parts[0] != "interop"
        for name in CALLED.findall(path.read_text())
    ]
    assert calls == []
