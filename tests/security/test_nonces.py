"""Nothing one-time is good twice, and remembering that takes bounded memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.security.nonces import DigestNonces, NonceState, TokenRefused, UsedTokens

S = 1_000_000


def test_a_nonce_is_good_for_its_life_and_stale_after() -> None:
    nonces = DigestNonces(life_s=300.0)
    nonce = nonces.make(1000.0)
    assert nonces.state(nonce, 1300.0) is NonceState.GOOD
    assert nonces.state(nonce, 1300.1) is NonceState.STALE
    assert nonces.make(1000.0) != nonce


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=80))
def test_what_we_did_not_make_is_foreign(text: str) -> None:
    nonces = DigestNonces(bytes(32))
    assert nonces.state(text, 0.0) is NonceState.FOREIGN


def test_a_nonce_is_foreign_to_another_key_and_in_any_other_spelling() -> None:
    nonces = DigestNonces(bytes(32))
    nonce = nonces.make(0.0)
    assert DigestNonces(b"other" * 8).state(nonce, 0.0) is NonceState.FOREIGN
    for spelling in (nonce + "=", nonce + "\n", nonce[:5] + "!" + nonce[6:], nonce[:-1], nonce.upper()):
        assert nonces.state(spelling, 0.0) is NonceState.FOREIGN


def test_a_nonce_is_made_of_what_every_parser_takes() -> None:
    # node-onvif cuts parameters at "=", and other clients take letters and digits only
    assert {*DigestNonces().make(1e9)} <= {*"0123456789abcdef"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=60))
def test_no_count_is_good_twice(counts: list[int]) -> None:
    nonces = DigestNonces()
    nonce = nonces.make(0.0)
    served = [count for count in counts if nonces.use(nonce, count, 0.0)]
    assert len(served) == len(set(served))
    assert 0 not in served


def test_counts_may_come_out_of_order_within_a_window() -> None:
    nonces = DigestNonces()
    nonce = nonces.make(0.0)
    assert [nonces.use(nonce, count, 0.0) for count in (3, 1, 2, 3, 1, 200, 100, 73, 72, 4)] == [
        *(True, True, True, False, False),
        *(True, True, True, False, False),
    ]


def test_a_forgotten_nonce_is_stale_not_new() -> None:
    nonces = DigestNonces(used_most=2)
    made = [nonces.make(float(n)) for n in range(4)]
    for nonce in made[:3]:
        assert nonces.use(nonce, 1, 3.0)
    assert [nonces.state(nonce, 3.0) for nonce in made] == [NonceState.STALE, *[NonceState.GOOD] * 3]
    assert not nonces.use(made[1], 1, 3.0)


def test_a_nonce_that_is_remembered_stays_good_though_a_newer_one_was_forgotten() -> None:
    nonces = DigestNonces(used_most=2)
    older, newer, last = (nonces.make(float(n)) for n in range(3))
    for nonce in (newer, older, last):
        assert nonces.use(nonce, 1, 3.0)
    assert nonces.state(newer, 3.0) is NonceState.STALE
    assert nonces.state(older, 3.0) is NonceState.GOOD
    assert nonces.use(older, 2, 3.0)


def test_a_token_is_good_within_the_window_and_the_refusal_says_how_far_off_the_clock_is() -> None:
    tokens = UsedTokens(window_s=300.0)
    tokens.check_time(1000 * S, 1300 * S)
    tokens.check_time(1300 * S, 1000 * S)
    with pytest.raises(TokenRefused, match="312 s behind ours"):
        tokens.check_time(1000 * S, 1312 * S)
    with pytest.raises(TokenRefused, match="3600 s ahead of ours"):
        tokens.check_time(4600 * S, 1000 * S)


def test_a_token_is_good_once_for_its_user() -> None:
    tokens = UsedTokens()
    tokens.use("admin", b"n", 0, 0)
    tokens.use("guard", b"n", 0, 0)
    tokens.use("admin", b"m", 0, 0)
    with pytest.raises(TokenRefused, match="before"):
        tokens.use("admin", b"n", 90 * S, 90 * S)


def test_a_token_is_remembered_as_long_as_it_could_be_used() -> None:
    tokens = UsedTokens(window_s=300.0)
    tokens.use("admin", b"n", 59 * S, 59 * S)
    tokens.use("admin", b"m", 358 * S, 358 * S)
    tokens.check_time(59 * S, 358 * S)
    with pytest.raises(TokenRefused, match="before"):
        tokens.use("admin", b"n", 59 * S, 358 * S)


def test_tokens_are_forgotten_by_age_and_beyond_a_number_refused() -> None:
    tokens = UsedTokens(window_s=300.0, used_most=100)
    for n in range(1000):
        tokens.use("admin", b"%d" % n, n * S, n * S)
        assert sum(len(used) for used in tokens._minutes.values()) <= 100
    with pytest.raises(TokenRefused, match="too many"):
        tokens.check_time(850 * S, 1000 * S)
    tokens.check_time(1000 * S, 1000 * S)
