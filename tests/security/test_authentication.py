"""Logins as clients make them: what is believed, what is refused, and what the refusal says."""

import logging
from typing import Any

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.contract.schema.security import UserLevel
from vedette.protocols import wsse
from vedette.protocols.http1.digest import (
    Algorithm,
    BasicAuthorization,
    authorize,
    parse_challenges,
    user_hash,
)
from vedette.security.audit import LINES_MOST_PER_S, Audit
from vedette.security.authentication import (
    ANONYMOUS,
    Authenticator,
    Identity,
    NotAuthenticated,
    is_same_resource,
)
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import User, Users
from vedette.wire.namespaces import WSSE, WSU

PEER = "192.0.2.9"
ADMIN = User(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR)
GUARD = User(name="Müller", password="Straße 12", level=UserLevel.USER)


class Desk:
    """An authenticator, and a client that answers its challenges."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock()
        self.users = Users((ADMIN, GUARD))
        self.authenticator = Authenticator(
            lambda: self.users,
            self.clock,
            nonces=DigestNonces(),
            tokens=UsedTokens(),
            lockout=Lockout(),
            audit=Audit(self.clock),
            **settings,
        )

    def header(
        self,
        user: User = ADMIN,
        *,
        method: str = "POST",
        uri: str = "/onvif/device",
        challenges: tuple[str, ...] | None = None,
        count: int = 1,
    ) -> str:
        offered = parse_challenges(challenges or self.authenticator.challenges())
        header = authorize(offered, method, uri, user.name, user.password, cnonce="0a4f113b", count=count)
        assert header is not None
        return header.encode().decode("latin-1")  # as HTTP hands it over

    def digest(
        self, header: str, *, method: str = "POST", target: str = "/onvif/device", **more: Any
    ) -> Identity:
        return self.authenticator.digest(header, method, target, PEER, **more)

    def token(
        self, user: User = ADMIN, *, nonce: bytes = b"0123456789abcdef", ahead_s: int = 0
    ) -> wsse.UsernameToken:
        created_us = self.clock.utc_us() + ahead_s * 1_000_000
        header = wsse.token_header(user.name, user.password, nonce=nonce, created_utc_us=created_us)
        token = wsse.read_token(header)
        assert token is not None
        return token


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_without_credentials_somebody_is_anonymous(desk: Desk) -> None:
    assert desk.digest("") is ANONYMOUS


def test_challenges_offer_sha256_before_md5_with_one_nonce_and_auth_only(desk: Desk) -> None:
    first, second = parse_challenges(desk.authenticator.challenges())
    assert (first.algorithm, second.algorithm) == (Algorithm.SHA256, Algorithm.MD5)  # type: ignore[union-attr]
    assert first.nonce == second.nonce  # type: ignore[union-attr]
    assert first.qop == ("auth",)  # type: ignore[union-attr]


@pytest.mark.parametrize("algorithm", [0, 1])
@pytest.mark.parametrize("user", [ADMIN, GUARD])
def test_the_right_password_is_believed_by_either_algorithm(desk: Desk, algorithm: int, user: User) -> None:
    chosen = desk.authenticator.challenges()[algorithm : algorithm + 1]
    identity = desk.digest(desk.header(user, challenges=chosen))
    assert (identity.user_name, identity.level, identity.login) == (user.name, user.level, "digest")


@pytest.mark.parametrize(
    "wrong",
    [
        User(name="admin", password="wrong horse", level=UserLevel.USER),
        User(name="nobody", password="correct horse", level=UserLevel.USER),
        User(name="", password="\0", level=UserLevel.USER),
    ],
)
def test_a_wrong_name_or_password_gets_new_challenges_and_no_hint(desk: Desk, wrong: User) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        desk.digest(desk.header(wrong))
    assert len(refused.value.challenges) == 2
    assert not any("stale" in each for each in refused.value.challenges)


def test_a_response_is_good_once_and_the_next_count_goes_on(desk: Desk) -> None:
    challenges = desk.authenticator.challenges()
    first = desk.header(challenges=challenges)
    desk.digest(first)
    with pytest.raises(NotAuthenticated) as refused:
        desk.digest(first)
    assert refused.value.is_stale
    desk.digest(desk.header(challenges=challenges, count=2))


def test_an_old_nonce_is_stale_and_no_failed_login(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "vedette.audit")
    header = desk.header()
    desk.clock.advance(301)
    for _ in range(100):
        with pytest.raises(NotAuthenticated) as refused:
            desk.digest(header)
        assert refused.value.is_stale
        assert all("stale=true" in each for each in refused.value.challenges)
    desk.digest(desk.header(challenges=refused.value.challenges))
    assert "failed" not in caplog.text


def test_a_nonce_from_before_a_restart_costs_one_round(desk: Desk) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        desk.digest(Desk().header())
    assert refused.value.is_stale


def test_a_connection_that_has_logged_in_keeps_its_nonce(desk: Desk) -> None:
    header = desk.header(method="PLAY", uri="rtsp://cam/live")
    identity = desk.digest(header, method="PLAY", target="rtsp://cam/live")
    desk.clock.advance(86_400)
    again = desk.digest(header, method="PLAY", target="rtsp://cam/live", known=identity)
    assert again == identity


def test_a_connection_that_has_logged_in_goes_on_while_its_name_is_locked_out(desk: Desk) -> None:
    """A program with the old password at the same address had everybody's keep-alives refused."""
    header = desk.header(method="PLAY", uri="rtsp://cam/live")
    known = desk.digest(header, method="PLAY", target="rtsp://cam/live")
    for _ in range(5):
        with pytest.raises(NotAuthenticated, match="wrong"):
            desk.digest(desk.header(msgspec.structs.replace(ADMIN, password="old password")))
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header())
    assert desk.digest(header, method="PLAY", target="rtsp://cam/live", known=known) == known
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header())  # and sets those free who guess
    guess = desk.header(msgspec.structs.replace(GUARD, password="guess"))
    for _ in range(5):
        with pytest.raises(NotAuthenticated, match="wrong"):
            desk.digest(guess, known=known)
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header(GUARD), known=known)


OLD = User(name="admin", password="old password", level=UserLevel.ADMINISTRATOR)


def lock_out(desk: Desk) -> None:
    for _ in range(5):
        with pytest.raises(NotAuthenticated, match="wrong"):
            desk.digest(desk.header(OLD))
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header())


def test_a_client_that_goes_on_with_its_nonce_is_not_locked_out_with_its_name(desk: Desk) -> None:
    """A program with the old password at the same address, as behind a proxy, kept everybody out."""
    challenges = desk.authenticator.challenges()
    desk.digest(desk.header(challenges=challenges))
    lock_out(desk)
    assert desk.digest(desk.header(challenges=challenges, count=2)).user_name == "admin"
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header())  # whoever goes on sets nobody free


def test_nor_is_it_when_its_nonce_has_grown_old(desk: Desk) -> None:
    challenges = desk.authenticator.challenges()
    desk.digest(desk.header(challenges=challenges))
    desk.clock.advance(310)
    desk.digest(desk.header(GUARD))  # others come and go
    lock_out(desk)
    old = desk.header(challenges=challenges, count=2)
    with pytest.raises(NotAuthenticated, match="too old") as refused:
        desk.digest(old)
    assert desk.digest(desk.header(challenges=refused.value.challenges)).user_name == "admin"
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(old)  # as anybody could who has heard it: a nonce has one heir


def test_a_nonce_that_has_served_is_good_for_one_guess_at_its_own_user_only(desk: Desk) -> None:
    challenges = desk.authenticator.challenges()
    desk.digest(desk.header(GUARD, challenges=challenges))
    lock_out(desk)
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header(challenges=challenges, count=2))
    for _ in range(5):
        with pytest.raises(NotAuthenticated, match="wrong"):
            desk.digest(desk.header(msgspec.structs.replace(GUARD, password="guess"), challenges=challenges))
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header(GUARD, challenges=challenges, count=3))


def test_the_oldest_form_of_digest_is_understood(desk: Desk) -> None:
    (challenge,) = desk.authenticator.challenges()[1:]
    old = challenge.replace(', qop="auth"', "")
    assert "qop" not in old
    assert desk.digest(desk.header(challenges=(old,))).user_name == "admin"


def test_the_oldest_form_may_answer_sha256_without_naming_it(desk: Desk) -> None:
    # aiortsp answers the first challenge, by its algorithm, in a form that names none
    (challenge, _) = desk.authenticator.challenges()
    header = desk.header(challenges=(challenge.replace(', qop="auth"', ""),))
    unnamed = header.replace(", algorithm=SHA-256", "")
    assert unnamed != header
    assert "qop" not in unnamed
    assert desk.digest(unnamed).user_name == "admin"


def test_a_digest_for_something_else_is_refused(desk: Desk) -> None:
    for header, more in (
        (desk.header(uri="/other"), {}),
        (desk.header(method="GET"), {}),
        (desk.header().replace('realm="vedette"', 'realm="other"'), {}),
        ("Basic YWRtaW46Y29ycmVjdCBob3JzZQ==", {}),
        ("Bearer abc", {}),
        ("Digest", {}),
        ("Digest username=admin", {}),
        ("\xff\xfe", {}),
    ):
        with pytest.raises(NotAuthenticated) as refused:
            desk.digest(header, **more)
        assert len(refused.value.challenges) == 2


def test_only_offered_algorithms_are_taken() -> None:
    desk = Desk(algorithms=(Algorithm.SHA256,))
    md5 = desk.authenticator.challenges()[0].replace("SHA-256", "MD5")
    with pytest.raises(NotAuthenticated, match="MD5"):
        desk.digest(desk.header(challenges=(md5,)))


def test_a_hashed_user_name_is_found(desk: Desk) -> None:
    challenge = desk.authenticator.challenges()[:1]
    header = desk.header(challenges=challenge)
    hashed = user_hash("admin", "vedette", Algorithm.SHA256)
    assert desk.digest(header.replace('"admin"', f'"{hashed}"') + ", userhash=true") is not None


def test_every_guess_is_heard_of_though_most_meet_the_lock_out(desk: Desk) -> None:
    heard: list[str] = []
    desk.authenticator.watch_failures(heard.append)
    wrong = User(name="admin", password="guess", level=UserLevel.USER)
    for _ in range(20):
        with pytest.raises(NotAuthenticated):
            desk.digest(desk.header(wrong))
    assert heard == [PEER] * 20


def test_guessing_is_locked_out_even_with_the_right_password_and_only_there(desk: Desk) -> None:
    wrong = User(name="admin", password="guess", level=UserLevel.USER)
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            desk.digest(desk.header(wrong))
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.digest(desk.header())
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.authenticator.username_token(desk.token(), PEER, is_secure=False)
    assert (
        desk.authenticator.digest(desk.header(), "POST", "/onvif/device", "192.0.2.10").user_name == "admin"
    )
    desk.clock.advance(2)
    assert desk.digest(desk.header()).user_name == "admin"


def test_a_username_token_is_good_once(desk: Desk) -> None:
    token = desk.token(GUARD)
    identity = desk.authenticator.username_token(token, PEER, is_secure=False)
    assert (identity.user_name, identity.level) == ("Müller", UserLevel.USER)
    with pytest.raises(NotAuthenticated, match="used before") as refused:
        desk.authenticator.username_token(token, PEER, is_secure=False)
    assert refused.value.challenges == ()


def test_a_nonce_may_come_again_with_another_time(desk: Desk) -> None:
    # ZoneMinder's Perl counts its nonces from a number below 1000, each process anew.
    for ahead_s in (0, 1):
        token = desk.token(nonce=b"a value of 7", ahead_s=ahead_s)
        assert desk.authenticator.username_token(token, PEER, is_secure=False).user_name == "admin"


def test_a_token_is_not_good_again_with_its_blank_moved_from_the_nonce_to_the_time(desk: Desk) -> None:
    token = desk.token(nonce=b"0123456789abcde ")
    desk.authenticator.username_token(token, PEER, is_secure=False)
    header = wsse.token_header("admin", "", nonce=b"0123456789abcde", created_utc_us=token.created_utc_us)
    header.find(f".//{{{WSU}}}Created").text = f" {token.created}"
    header.find(f".//{{{WSSE}}}Password").text = token.password
    moved = wsse.read_token(header)
    assert moved is not None
    with pytest.raises(NotAuthenticated, match="used before"):
        desk.authenticator.username_token(moved, PEER, is_secure=False)


def test_a_token_by_a_wrong_clock_says_by_how_much(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "vedette.audit")
    with pytest.raises(NotAuthenticated, match="7200 s ahead"):
        desk.authenticator.username_token(desk.token(ahead_s=7200), PEER, is_secure=False)
    assert "7200 s ahead of ours" in caplog.text


def test_a_wrong_token_is_refused(desk: Desk) -> None:
    wrong = User(name="admin", password="guess", level=UserLevel.USER)
    for user in (wrong, User(name="nobody", password="x", level=UserLevel.USER)):
        with pytest.raises(NotAuthenticated, match="wrong name or password"):
            desk.authenticator.username_token(desk.token(user), PEER, is_secure=False)


def test_a_password_in_the_clear_is_taken_only_inside_tls(desk: Desk) -> None:
    token = wsse.UsernameToken(
        username="admin",
        password="correct horse",
        is_digest=False,
        nonce=b"n",
        created="",
        created_utc_us=desk.clock.utc_us(),
    )
    with pytest.raises(NotAuthenticated, match="TLS"):
        desk.authenticator.username_token(token, PEER, is_secure=False)
    assert desk.authenticator.username_token(token, PEER, is_secure=True).user_name == "admin"


def test_basic_is_taken_only_where_nobody_else_can_hear_it(desk: Desk) -> None:
    for user in (ADMIN, GUARD):
        header = BasicAuthorization(username=user.name, password=user.password).to_header()
        assert desk.authenticator.basic(header, PEER, is_secure=True).user_name == user.name
        with pytest.raises(NotAuthenticated, match="in the clear") as refused:
            desk.authenticator.basic(header, PEER, is_secure=False)
        assert all(each.startswith("Digest ") for each in refused.value.challenges)
    for odd in ("Basic", "Basic !", "Basic YWRtaW4=", desk.header()):
        with pytest.raises(NotAuthenticated):
            desk.authenticator.basic(odd, PEER, is_secure=True)


def test_guessing_by_basic_is_locked_out_too(desk: Desk) -> None:
    wrong = BasicAuthorization(username="admin", password="guess").to_header()
    right = BasicAuthorization(username="admin", password=ADMIN.password).to_header()
    for _ in range(50):
        with pytest.raises(NotAuthenticated):
            desk.authenticator.basic(wrong, PEER, is_secure=True)
    with pytest.raises(NotAuthenticated, match="locked out"):
        desk.authenticator.basic(right, PEER, is_secure=True)


def test_tokens_can_be_switched_off() -> None:
    desk = Desk(accepts_tokens=False)
    with pytest.raises(NotAuthenticated, match="switched off"):
        desk.authenticator.username_token(desk.token(), PEER, is_secure=True)


@pytest.mark.parametrize(
    ("signed", "target", "is_same"),
    [
        ("/onvif/device", "/onvif/device", True),
        ("http://cam:80/onvif/device", "/onvif/device", True),
        ("/a%20b", "/a b", True),
        ("/s?x=1", "/s?x=1", True),
        ("/s", "/s?x=1", True),
        ("/s?x=2", "/s?x=1", False),
        ("/onvif", "/onvif/device", False),
        ("/", "/onvif/device", False),
        ("rtsp://cam/live", "rtsp://cam/live/trackID=0", True),
        ("rtsp://cam/live/", "rtsp://cam/live", True),
        ("rtsp://10.0.0.1:554/live", "rtsp://nat.example/live/", True),
        ("rtsp://cam/live/trackID=0", "rtsp://cam/live", True),
        ("/live", "rtsp://cam/live", True),
        ("rtsp://cam", "rtsp://cam/live", True),
        ("rtsp://cam/live", "rtsp://cam/livestock", False),
        ("rtsp://cam/other", "rtsp://cam/live", False),
        ("rtsp://cam/c?channel=1", "rtsp://cam/c?channel=1/trackID=0", True),
        ("rtsp://cam/c?channel=1", "rtsp://cam/c?channel=10", False),
    ],
)
def test_a_signed_address_stands_for_a_target_as_clients_write_them(
    signed: str, target: str, is_same: bool
) -> None:
    assert is_same_resource(signed, target) is is_same


def test_the_audit_log_is_structured_one_line_each_and_no_flood(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "vedette.audit")
    clock = ManualClock()
    audit = Audit(clock)
    for _ in range(1000):
        audit.record("login", user="x\r\ny" * 1000, peer=PEER, outcome="failed")
    clock.advance(1)
    audit.record("set users", user="admin", peer=PEER, outcome="done", users=3)
    assert len(caplog.records) == LINES_MOST_PER_S + 1
    assert all(
        "\n" not in record.getMessage() and len(record.getMessage()) < 600 for record in caplog.records
    )
    last = caplog.records[-1].audit  # type: ignore[attr-defined]
    assert last["time"] == "2023-11-14T22:13:21Z"
    assert (last["users"], last["lines_left_out"]) == (3, 1000 - LINES_MOST_PER_S)


def test_an_authorization_describes_itself_without_secrets(desk: Desk) -> None:
    assert "correct" not in repr(desk.token())
