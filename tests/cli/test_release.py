"""Making releases: a key, an archive, and a look at it."""

import errno
from pathlib import Path
from typing import Any

from tests.device.firmware_samples import program

from vedette.cli.exits import Exit
from vedette.cli.main import main


def public(text: str) -> str:
    return text.partition('["')[2].partition('"')[0]


def test_a_key_signs_what_its_public_part_verifies(tmp_path: Path, capsys: Any) -> None:
    key, made = tmp_path / "release.pem", tmp_path / "a.release"
    assert main(["release", "key", str(key)]) == Exit.OK
    trusted = public(capsys.readouterr().out)
    assert key.stat().st_mode & 0o777 == 0o600
    assert main(["release", "key", str(key)]) == Exit.OK  # the same key again, not a new one
    assert public(capsys.readouterr().out) == trusted
    wheel = program(tmp_path, "2.0.0")
    pack = [
        "release",
        "pack",
        "--key",
        str(key),
        "--output",
        str(made),
        "--minimum-version",
        "1.5",
        str(wheel),
    ]
    assert main(pack) == Exit.OK
    assert "version 2.0.0" in capsys.readouterr().out
    assert main(["release", "show", str(made), "--public", trusted]) == Exit.OK
    told = capsys.readouterr().out
    assert "vedette 2.0.0, for 1.5 and later; all in order" in told
    assert wheel.name in told


def test_what_cannot_be_done_is_said_by_name(tmp_path: Path, capsys: Any) -> None:
    key, wheel, made = tmp_path / "release.pem", program(tmp_path, "2.0.0"), tmp_path / "a.release"
    assert main(["release", "key", str(key)]) == Exit.OK
    assert main(["release", "key", str(tmp_path / "other.pem")]) == Exit.OK
    other = public(capsys.readouterr().out.rpartition("[firmware]")[2])
    (tmp_path / "no.pem").write_text("no key")
    for arguments, why in (
        (["pack", "--key", str(tmp_path / "no.pem"), "--output", str(made), str(wheel)], "no private key"),
        (["pack", "--key", str(tmp_path / "none"), "--output", str(made), str(wheel)], "none: No such file"),
        (["pack", "--key", str(key), "--output", str(made), str(key)], "exactly that wheel"),
        (["show", str(wheel), "--public", other], "not a release archive"),
        (["show", str(wheel), "--public", "?"], "no Ed25519 public key"),
    ):
        assert main(["release", *arguments]) == Exit.FAILED
        assert why in capsys.readouterr().err
    assert {each.name for each in tmp_path.iterdir()} == {key.name, "other.pem", "no.pem", wheel.name}


def test_an_archive_is_packed_over_a_file_only_when_told(tmp_path: Path, capsys: Any) -> None:
    key, wheel, made = tmp_path / "release.pem", program(tmp_path, "2.0.0"), tmp_path / "a.release"
    assert main(["release", "key", str(key)]) == Exit.OK
    made.write_text("an earlier one")
    pack = ["release", "pack", "--key", str(key), "--output"]
    assert main([*pack, str(made), str(wheel)]) == Exit.FAILED
    assert "give --force" in capsys.readouterr().err
    assert made.read_text() == "an earlier one"
    assert main([*pack, str(made), "--force", str(wheel)]) == Exit.OK
    for own in (key, wheel):
        before = own.read_bytes()
        assert main([*pack, str(own), "--force", str(wheel)]) == Exit.FAILED
        assert "choose another name" in capsys.readouterr().err
        assert own.read_bytes() == before


def test_half_a_key_is_not_kept(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("vedette.cli.release.os.fdopen", full)
        assert main(["release", "key", str(tmp_path / "key.pem")]) == Exit.FAILED
    assert main(["release", "key", str(tmp_path / "key.pem")]) == Exit.OK
