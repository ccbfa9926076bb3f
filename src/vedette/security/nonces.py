"""One-time values: HTTP digest nonces that need no memory until they are used, and used-up tokens."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from enum import Enum, auto

from vedette.base.errors import VedetteError

NONCE_LIFE_S = 300.0
USED_NONCES_MOST = 16_384
COUNT_WINDOW = 128  # how far a count may lag behind the highest: clients use one nonce on several connections
TOKEN_WINDOW_S = 300.0
USED_TOKENS_MOST = 65_536
_STAMP_BYTES = 6
_RANDOM_BYTES = 6
_MARK_BYTES = 12


class NonceState(Enum):
    """What a nonce that comes back is worth."""

    GOOD = auto()
    STALE = auto()  # ours, but too old, used up or forgotten: the client may try again with a new one
    FOREIGN = auto()  # never ours


class DigestNonces:
    """Makes digest nonces and knows them again. Source: RFC 7616 §3.3, §3.4, §5.4.

    A nonce carries its own time and our mark, so that a flood of challenges costs no memory; only a nonce
    that has served a login is remembered, with the counts it has served and whose login it was. When too
    many are remembered the oldest is forgotten, and everything made before it is stale from then on: no
    count can ever be used twice.
    """

    def __init__(
        self,
        key: bytes | None = None,
        *,
        life_s: float = NONCE_LIFE_S,
        used_most: int = USED_NONCES_MOST,
    ) -> None:
        self._key = key or secrets.token_bytes(32)
        self._life_ms = round(life_s * 1000)
        self._used_most = used_most
        self._used: OrderedDict[str, _Counts] = OrderedDict()
        self._forgotten_ms = -1

    def make(self, now_s: float) -> str:
        """A new nonce; `now_s` is monotonic time.

        It is hexadecimal: some clients cut what they read at a `=`, or take letters and digits only.
        """
        body = round(now_s * 1000).to_bytes(_STAMP_BYTES, "big") + secrets.token_bytes(_RANDOM_BYTES)
        return (body + self._mark(body)).hex()

    def state(self, nonce: str, now_s: float) -> NonceState:
        """Whether a nonce is ours and young enough."""
        made_ms = self._made_ms(nonce)
        if made_ms is None:
            return NonceState.FOREIGN
        age_ms = round(now_s * 1000) - made_ms
        is_forgotten = made_ms <= self._forgotten_ms and nonce not in self._used
        return NonceState.STALE if age_ms > self._life_ms or is_forgotten else NonceState.GOOD

    def use(self, nonce: str, count: int, now_s: float) -> bool:
        """Use up one count of a good nonce, after its response was verified; False when it is used up."""
        counts = self._used.get(nonce)
        if counts is None:
            counts = self._used[nonce] = _Counts(self._made_ms(nonce) or 0)
            self._prune(now_s)
        return counts.use(count)

    def vouch(self, nonce: str, user_name: str, now_s: float) -> None:
        """Remember that only a client that proved to be this user knows the nonce."""
        counts = self._used.get(nonce)
        if counts is None:
            counts = self._used[nonce] = _Counts(self._made_ms(nonce) or 0)
        counts.user_name = user_name
        self._prune(now_s)

    def is_vouched(self, nonce: str, user_name: str) -> bool:
        """Whether a nonce has served this user, and nobody has shown it with a wrong password since."""
        counts = self._used.get(nonce)
        return counts is not None and counts.user_name == user_name

    def doubt(self, nonce: str) -> None:
        """Vouch for a nonce no longer."""
        if nonce in self._used:
            self._used[nonce].user_name = None

    def _made_ms(self, nonce: str) -> int | None:
        if len(nonce) != 2 * (_STAMP_BYTES + _RANDOM_BYTES + _MARK_BYTES):
            return None
        try:
            raw = bytes.fromhex(nonce)
        except ValueError:
            return None
        if raw.hex() != nonce:
            return None  # capitals and spaces are forgiven there; two spellings of one nonce would be two
        body, mark = raw[:-_MARK_BYTES], raw[-_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(body)):
            return None
        return int.from_bytes(body[:_STAMP_BYTES], "big")

    def _mark(self, body: bytes) -> bytes:
        # A keyed hash by design, and several times cheaper than HMAC on texts this short.
        return hashlib.blake2b(body, key=self._key, digest_size=_MARK_BYTES).digest()

    def _prune(self, now_s: float) -> None:
        # Twice as long as they are good: what serves a client lets it have the next one.
        too_old_ms = round(now_s * 1000) - 2 * self._life_ms
        while self._used:
            oldest = next(iter(self._used.values()))
            if oldest.made_ms >= too_old_ms and len(self._used) <= self._used_most:
                return
            self._used.popitem(last=False)
            self._forgotten_ms = max(self._forgotten_ms, oldest.made_ms)


class _Counts:
    """Which counts of one nonce are used: the highest, and a bit for each of those just below it."""

    __slots__ = ("_bits", "_highest", "made_ms", "user_name")

    def __init__(self, made_ms: int) -> None:
        self.made_ms = made_ms
        self.user_name: str | None = None  # who proved to know it
        self._highest = 0
        self._bits = 0

    def use(self, count: int) -> bool:
        if count > self._highest:
            shift = count - self._highest
            self._bits = (
                ((self._bits << shift) | 1) & ((1 << COUNT_WINDOW) - 1) if shift < COUNT_WINDOW else 1
            )
            self._highest = count
            return True
        behind = self._highest - count
        if count < 1 or behind >= COUNT_WINDOW or self._bits >> behind & 1:
            return False
        self._bits |= 1 << behind
        return True


class TokenRefused(VedetteError):
    """A UsernameToken's time or nonce is not acceptable; the message says by how much."""


class UsedTokens:
    """Which UsernameTokens have been used. Source: WS-UsernameToken 1.0 §3.1; Core (26.06 §5.9.5).

    A token is good while its creation lies within `window_s` of our civil time, once. What is remembered
    is bounded: when it is full the oldest minute is forgotten and tokens that old are refused.
    """

    def __init__(self, *, window_s: float = TOKEN_WINDOW_S, used_most: int = USED_TOKENS_MOST) -> None:
        self.window_s = window_s
        self._used_most = used_most
        self._minutes: dict[int, set[bytes]] = {}
        self._number = 0
        self._floor_us = 0

    def check_time(self, created_utc_us: int, now_utc_us: int) -> None:
        """Refuse a token made too long ago or in the future; raises TokenRefused."""
        ahead_s = (created_utc_us - now_utc_us) / 1_000_000
        if abs(ahead_s) > self.window_s:
            how = "ahead of" if ahead_s > 0 else "behind"
            raise TokenRefused(
                f"the client's clock is {abs(ahead_s):.0f} s {how} ours; {self.window_s:.0f} s are allowed"
            )
        if created_utc_us < self._floor_us:
            raise TokenRefused("too many tokens are in use; this one is too old to be sure of")

    def use(self, user_name: str, unique: bytes, created_utc_us: int, now_utc_us: int) -> None:
        """Use up a token after its digest was verified; raises TokenRefused when it was used before.

        `unique` is what the digest covers besides the password, `UsernameToken.unique`.
        """
        key = hashlib.blake2b(user_name.encode() + b"\0" + unique, digest_size=16).digest()
        if any(key in used for used in self._minutes.values()):
            raise TokenRefused("the token was used before")
        self._minutes.setdefault(created_utc_us // 60_000_000, set()).add(key)
        self._number += 1
        oldest_us = now_utc_us - round(self.window_s * 1_000_000)
        for minute in [each for each in self._minutes if (each + 1) * 60_000_000 < oldest_us]:
            self._number -= len(self._minutes.pop(minute))
        while self._number > self._used_most:
            minute = min(self._minutes)
            self._number -= len(self._minutes.pop(minute))
            self._floor_us = max(self._floor_us, (minute + 1) * 60_000_000)
