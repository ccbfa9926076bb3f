"""Who may watch: RTSP requests against the users and the access rule."""

from vedette.security.authentication import Authenticator, Identity, NotAuthenticated
from vedette.security.policy import AccessRule
from vedette.server.entrances import FOOTAGE, LIVE
from vedette.server.rtsp.urls import path_of

REPLAY_PREFIX = "/replay/"


class Refused(Exception):
    """The request is answered 401 with these challenges, or 403 when there are none."""

    def __init__(self, challenges: tuple[str, ...], why: str) -> None:
        super().__init__(why)
        self.challenges = challenges


class Gate:
    """Admits RTSP requests. Source: Core, Authentication (26.06 §5.9.1); streams are READ_MEDIA."""

    def __init__(self, authenticator: Authenticator, rule: AccessRule) -> None:
        self._authenticator = authenticator
        self._rule = rule

    def admit(
        self, method: str, url: str, authorization: str | None, peer: str, known: Identity | None
    ) -> Identity:
        """Who asks, if they may watch; raises Refused.

        `known` is who has logged in on this connection before: requests without credentials are theirs,
        and the nonce they used stays good for as long as the connection lasts.
        """
        path = path_of(url)[0]
        if authorization is None and known is not None and self.may_have(known, path):
            return known
        try:
            identity = self._authenticator.digest(authorization or "", method, url, peer, known=known)
        except NotAuthenticated as refusal:
            raise Refused(refusal.challenges, str(refusal)) from refusal
        if self.may_have(identity, path):
            return identity
        if authorization is None:
            raise Refused(self._authenticator.challenges(), "no login")
        raise Refused((), f"{identity.user_name} may not watch")

    def may_have(self, identity: Identity, path: str) -> bool:
        """Whether somebody may watch what is at a path."""
        entrance = FOOTAGE if path.startswith(REPLAY_PREFIX) else LIVE
        return self._rule.may_enter(identity, entrance)
