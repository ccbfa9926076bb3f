"""Fingerprints, as people write and compare them."""

import pytest

from vedette.client.trust import fingerprint_from, fingerprint_of

DIGITS = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
WRITTEN = ":".join(DIGITS[at : at + 2] for at in range(0, 64, 2))


def test_a_fingerprint_is_told_in_pairs() -> None:
    assert fingerprint_of(b"") == WRITTEN


@pytest.mark.parametrize("text", [DIGITS, DIGITS.lower(), WRITTEN, WRITTEN.lower(), f" {WRITTEN}\n"])
def test_a_fingerprint_is_understood_however_it_is_written(text: str) -> None:
    assert fingerprint_from(text) == WRITTEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        DIGITS[:-1],
        DIGITS + "0",
        WRITTEN[:-3],
        WRITTEN.replace(":", "", 1),
        DIGITS[:40],
        "G" * 64,
        "²" * 64,
    ],
)
def test_what_is_no_fingerprint_is_none(text: str) -> None:
    assert fingerprint_from(text) is None
