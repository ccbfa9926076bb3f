"""Guessing gets slower, for the guesser alone, in bounded memory."""

import pytest

from vedette.security.lockout import FORGET_AFTER_S, LONGEST_WAIT_S, Lockout, origin_of


def fail(
    lockout: Lockout, times: int, user: str = "admin", address: str = "192.0.2.1", now_s: float = 0.0
) -> None:
    for _ in range(times):
        lockout.failed(user, address, now_s)


def test_five_failures_start_a_wait_that_doubles_up_to_two_minutes() -> None:
    lockout = Lockout()
    fail(lockout, 4)
    assert lockout.wait_s("admin", "192.0.2.1", 0.0) == 0.0
    waits = []
    for _ in range(10):
        fail(lockout, 1)
        waits.append(lockout.wait_s("admin", "192.0.2.1", 0.0))
    assert waits == [2, 4, 8, 16, 32, 64, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]
    assert lockout.wait_s("admin", "192.0.2.1", LONGEST_WAIT_S) == 0.0


def test_neither_other_addresses_nor_other_users_are_locked_out() -> None:
    lockout = Lockout()
    fail(lockout, 40)
    assert lockout.wait_s("admin", "192.0.2.1", 0.0) > 0
    assert lockout.wait_s("admin", "192.0.2.2", 0.0) == 0.0
    assert lockout.wait_s("guard", "192.0.2.1", 0.0) == 0.0


def test_an_address_that_tries_many_names_is_locked_out_whole() -> None:
    lockout = Lockout()
    for n in range(50):
        fail(lockout, 1, user=f"user {n}")
    assert lockout.wait_s("never tried", "192.0.2.1", 0.0) > 0
    assert lockout.wait_s("never tried", "192.0.2.2", 0.0) == 0.0


def test_failures_of_a_name_that_waits_already_do_not_count_against_its_address() -> None:
    lockout = Lockout()
    for n in range(9):
        fail(lockout, 100, user=f"user {n}")
    assert lockout.wait_s("never tried", "192.0.2.1", 0.0) == 0.0


def test_whoever_has_logged_in_from_an_address_may_go_on_while_others_guess_there() -> None:
    """Behind one address, as of a site or a proxy, everybody was shut out by anybody."""
    lockout = Lockout()
    lockout.succeeded("guard", "192.0.2.1")
    for n in range(60):
        fail(lockout, 1, user=f"user {n}")
    assert lockout.wait_s("guard", "192.0.2.1", 0.0) == 0.0
    assert lockout.wait_s("admin", "192.0.2.1", 0.0) > 0
    fail(lockout, 5, user="guard")
    assert lockout.wait_s("guard", "192.0.2.1", 0.0) == 2.0


def test_a_program_with_an_old_password_locks_nobody_else_out_however_long_it_tries() -> None:
    """After eighty minutes its address was locked out whole, and stayed so."""
    lockout, now_s = Lockout(), 0.0
    while now_s < 6 * 3600:
        if lockout.wait_s("viewer", "192.0.2.1", now_s) == 0.0:
            fail(lockout, 1, user="viewer", now_s=now_s)
        assert lockout.wait_s("admin", "192.0.2.1", now_s) == 0.0
        now_s += 5.0
    assert lockout.wait_s("viewer", "192.0.2.1", now_s) > 0


def test_success_and_time_forgive() -> None:
    lockout = Lockout()
    fail(lockout, 4)
    lockout.succeeded("admin", "192.0.2.1")
    fail(lockout, 4)
    assert lockout.wait_s("admin", "192.0.2.1", 0.0) == 0.0
    fail(lockout, 1, now_s=FORGET_AFTER_S + 1)
    assert lockout.wait_s("admin", "192.0.2.1", FORGET_AFTER_S + 1) == 0.0


def test_a_flood_is_remembered_in_bounded_memory() -> None:
    lockout = Lockout(remembered_most=100)
    for n in range(1000):
        fail(lockout, 1, user=f"user {n}", address=f"192.0.2.{n % 250}")
    assert len(lockout._by_user) == 100
    assert len(lockout._by_address) == 100
    for n in range(1000):
        lockout.succeeded(f"user {n}", "192.0.2.1")
    assert len(lockout._welcome) == 100


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a:b", "a:b"),
    ],
)
def test_an_ipv6_host_cannot_hide_within_its_network(address: str, origin: str) -> None:
    assert origin_of(address) == origin
