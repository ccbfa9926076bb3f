"""Guessing made slow: failures are counted for each user from each address, and locked out for a while."""

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

FREE_FAILURES = 5  # of one user from one address, before the first wait
FREE_FAILURES_OF_ADDRESS = 50  # of any users from one address
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 120.0  # a client with the old password must not be shut out for long after it was corrected
FORGET_AFTER_S = 900.0
REMEMBERED_MOST = 10_000

Key = TypeVar("Key", bound=Hashable)


class _Count:
    __slots__ = ("failures", "latest_s", "locked_until_s")

    def __init__(self) -> None:
        self.failures = 0
        self.latest_s = 0.0
        self.locked_until_s = 0.0


class Lockout:
    """Counts failed logins. Other addresses are never affected, so nobody can lock a user out from afar.

    An address that tries many names is locked out whole, but for the names that have logged in from there.
    Failures of a name that waits for its own already are not counted against its address: one program with an
    old password is no guesser, and others work beside it.

    Memory is bounded: of too many the one that failed longest ago is forgotten.
    """

    def __init__(self, *, remembered_most: int = REMEMBERED_MOST) -> None:
        self._remembered_most = remembered_most
        self._by_user: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._by_address: OrderedDict[str, _Count] = OrderedDict()
        self._welcome: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait_s(self, user_name: str, address: str, now_s: float) -> float:
        """How long logins of this user from this address are refused from now; 0 when they are not."""
        origin = origin_of(address)
        until_s = 0.0
        user, everyone = self._by_user.get((user_name, origin)), self._by_address.get(origin)
        if user is not None:
            until_s = user.locked_until_s
        if everyone is not None and (user_name, origin) not in self._welcome:
            until_s = max(until_s, everyone.locked_until_s)
        return max(0.0, until_s - now_s)

    def failed(self, user_name: str, address: str, now_s: float) -> None:
        """A login failed with credentials that were given."""
        origin = origin_of(address)
        user = self._counted(self._by_user, (user_name, origin), now_s)
        _lock(user, FREE_FAILURES, now_s)
        if user.failures > FREE_FAILURES:
            return
        everyone = self._counted(self._by_address, origin, now_s)
        _lock(everyone, FREE_FAILURES_OF_ADDRESS, now_s)

    def succeeded(self, user_name: str, address: str) -> None:
        """A login succeeded: this user's failures from this address are forgiven."""
        key = user_name, origin_of(address)
        if self._by_user:
            self._by_user.pop(key, None)
        self._welcome[key] = None
        self._welcome.move_to_end(key)
        if len(self._welcome) > self._remembered_most:
            self._welcome.popitem(last=False)

    def _counted(self, counts: "OrderedDict[Key, _Count]", key: Key, now_s: float) -> _Count:
        count = counts.get(key)
        if count is None or now_s - count.latest_s > FORGET_AFTER_S:
            count = counts[key] = _Count()
        counts.move_to_end(key)
        if len(counts) > self._remembered_most:
            counts.popitem(last=False)
        count.failures += 1
        count.latest_s = now_s
        return count


def _lock(count: _Count, free: int, now_s: float) -> None:
    over = count.failures - free
    if over >= 0:
        count.locked_until_s = now_s + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(over, 16))


def origin_of(address: str) -> str:
    """What failures are counted under: an IPv4 address, or the /64 in which an IPv6 host can move at will."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
