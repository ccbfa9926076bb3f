"""The page's cookie: whose it is, for how long, and over what it travels."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from vedette.base.clock import ManualClock
from vedette.contract.schema.security import UserLevel
from vedette.protocols.http1.request import Headers
from vedette.security.authentication import Login, identity_of
from vedette.security.policy import AccessRule
from vedette.security.users import User
from vedette.server.browser.login import LIFE_S, LoginWanted, PageLogin
from vedette.server.entrances import CAMERAS

GUARD = User(name="guard", password="long enough", level=UserLevel.USER)


def with_cookie(cookie: str) -> Any:
    return SimpleNamespace(headers=Headers([("Cookie", cookie)]))


def test_a_cookie_is_good_for_its_life_and_no_longer() -> None:
    clock = ManualClock()
    login = PageLogin(Mock(challenges=lambda: ()), AccessRule(), {"guard": GUARD}.get, clock)
    ((_, header),) = login.cookie_for(identity_of(GUARD, Login.DIGEST), is_secure=False)
    cookie = header.partition(";")[0]

    clock.advance(LIFE_S)
    assert login.require(with_cookie(cookie), CAMERAS).user_name == "guard"
    for step_s in (LIFE_S, -3 * LIFE_S):
        clock.step(step_s)
        assert login.require(with_cookie(cookie), CAMERAS).user_name == "guard"
    clock.advance(1)
    with pytest.raises(LoginWanted):
        login.require(with_cookie(cookie), CAMERAS)


@pytest.mark.parametrize("is_secure", [True, False])
def test_a_cookie_given_over_tls_is_never_sent_in_the_clear(is_secure: bool) -> None:
    login = PageLogin(Mock(), AccessRule(), {"guard": GUARD}.get, ManualClock())
    ((_, header),) = login.cookie_for(identity_of(GUARD, Login.DIGEST), is_secure=is_secure)
    assert header.endswith("; Secure") is is_secure


@pytest.mark.parametrize(
    ("scheme", "host", "is_peer_known", "is_secure"),
    [
        ("https", "192.0.2.9", False, True),
        ("http", "127.0.0.1", True, True),
        ("http", "::1", True, True),
        ("http", "127.0.0.1", False, False),  # a proxy's, which may have heard it from afar
        ("http", "192.0.2.9", True, False),
        ("http", "a pipe", True, False),
    ],
)
def test_a_password_is_private_over_tls_and_on_this_machine_alone(
    scheme: str, host: str, is_peer_known: bool, is_secure: bool
) -> None:
    authenticator = Mock()
    authenticator.basic.return_value = identity_of(GUARD, Login.DIGEST)
    request: Any = SimpleNamespace(
        headers=Headers([("Authorization", "Basic x")]),
        scheme=scheme,
        peer=SimpleNamespace(host=host),
        is_peer_known=is_peer_known,
    )
    login = PageLogin(authenticator, AccessRule(), {"guard": GUARD}.get, ManualClock())
    login.require(request, CAMERAS, takes_basic=True)
    authenticator.basic.assert_called_once_with("Basic x", host, is_secure=is_secure)
