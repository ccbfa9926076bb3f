"""Where the answer to a serial command ends."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.device.io_serial import Command

BYTES = st.binary(max_size=24)
COMMANDS = st.builds(
    Command,
    length=st.none() | st.integers(0, 12),
    delimiter=st.none() | st.binary(min_size=1, max_size=2),
)


@settings(max_examples=150)
@given(COMMANDS, BYTES)
def test_an_answer_ends_at_the_first_of_its_marks_or_not_at_all(command: Command, received: bytes) -> None:
    size = command.answer_bytes(received)
    marks = []
    if command.length is not None and command.length <= len(received):
        marks.append(received[: command.length])
    if command.delimiter is not None and command.delimiter in received:
        marks.append(received.partition(command.delimiter)[0] + command.delimiter)
    assert (None if size is None else received[:size]) == (min(marks, key=len) if marks else None)


@settings(max_examples=150)
@given(COMMANDS, BYTES, BYTES)
def test_an_answer_that_is_complete_stays_as_it_is(command: Command, received: bytes, more: bytes) -> None:
    size = command.answer_bytes(received)
    if size is not None:
        assert command.answer_bytes(received + more) == size


def test_a_command_without_a_mark_is_never_complete() -> None:
    assert not Command().has_end
    assert Command().answer_bytes(b"anything") is None
