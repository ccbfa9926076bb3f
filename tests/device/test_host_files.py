"""What is read of a host's small text files."""

from pathlib import Path

from vedette.device.host_files import TEXT_MOST_BYTES, text_below


def test_a_file_is_read_whole_without_the_space_around_it(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "words").write_bytes(b"\n " + b"w\xc3\xb6rd " * 9000 + b"\xff\n")
    assert text_below(tmp_path, "etc/words") == "wörd " * 9000 + "�"


def test_a_file_of_the_kernel_is_read_to_its_end() -> None:
    text = text_below(Path("/"), "proc/self/smaps")  # which comes a page at a time
    assert text.rpartition("\n")[2].startswith("VmFlags:")
    assert len(text) > 8192


def test_there_is_no_text_where_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert text_below(tmp_path, "missing") == ""
    assert text_below(tmp_path, ".") == ""


def test_no_more_is_read_than_a_text_may_have(tmp_path: Path) -> None:
    (tmp_path / "much").write_bytes(b"x" * (2 * TEXT_MOST_BYTES + 1))
    assert len(text_below(tmp_path, "much")) <= 2 * TEXT_MOST_BYTES
