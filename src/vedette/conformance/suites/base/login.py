"""Logging in: by UsernameToken and by HTTP digest, and not without."""

from urllib.parse import urlsplit

from vedette.base.errors import PeerError
from vedette.client.auth import Login, Reply, is_refusal
from vedette.conformance.case import case
from vedette.conformance.envelopes import envelope_of, request_element
from vedette.conformance.run import Run
from vedette.conformance.verdicts import CaseNotRun
from vedette.protocols import wsse
from vedette.protocols.http1 import digest
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import TDS, WSSE, WSU

WRONG = "surely-not-the-password"


def _need_login(run: Run) -> Login:
    if not run.target.login.has_credentials:
        raise CaseNotRun("needs the login of an administrator")
    return run.target.login


def _get_users() -> XmlElement:
    return request_element(TDS, "GetUsers")


async def _with_token(run: Run, security: XmlElement | None) -> Reply:
    return await run.target.post(run.target.url, envelope_of(_get_users(), security))


@case("SECURITY-1-1-1")
async def username_token(run: Run) -> None:
    """Tokens that lack a part are refused, a good one is taken."""
    login = _need_login(run)
    for what in ("Nonce", "Created"):
        run.step(f"log in with a token without {what}")
        security = run.target.login_header()
        for tag in (f"{{{WSSE}}}{what}", f"{{{WSU}}}{what}"):
            for found in security.findall(f".//{tag}"):
                parent = found.getparent()
                if parent is not None:
                    parent.remove(found)
        await _expect_refusal(run, security, f"a token without {what}")
    run.step("log in with a token whose password is of another type")
    security = run.target.login_header()
    password = security.find(f".//{{{WSSE}}}Password")
    if password is not None:
        password.set("Type", f"{wsse.PASSWORD_DIGEST}ed")
    await _expect_refusal(run, security, "a token with a password of an unknown type")
    run.step("log in with a wrong password")
    wrong = Login(login.user, WRONG)
    await _expect_refusal(run, run.target.login_header(wrong), "a token with a wrong password")
    run.step("log in with a good token")
    reply = await _with_token(run, run.target.login_header())
    run.expect(reply.status == 200 and not is_refusal(reply), f"the token is taken (status {reply.status})")


async def _expect_refusal(run: Run, security: XmlElement, what: str) -> None:
    reply = await _with_token(run, security)
    run.expect(reply.status >= 400, f"{what} is refused (status {reply.status})")


@case("SECURITY-1-1-2")
async def http_digest(run: Run) -> None:
    """Status 401 with a good challenge, no access by a wrong answer, access by a right one."""
    login = _need_login(run)
    run.step("ask without any login")
    body = envelope_of(_get_users())
    reply = await run.target.post(run.target.url, body)
    run.expect(reply.status == 401, f"it is refused with status 401 ({reply.status})")
    headers = reply.all("www-authenticate")
    run.expect(headers, "it says how to log in")
    try:
        offered = digest.parse_challenges(headers)
    except PeerError as error:
        run.fail(f"how to log in cannot be read: {error}")
    challenges = [each for each in offered if isinstance(each, digest.DigestChallenge)]
    run.expect(challenges, "digest is offered")
    run.expect(all(each.realm and each.nonce for each in challenges), "every offer has a realm and a nonce")
    run.step("log in with a wrong password")
    reply = await _answered(run, tuple(challenges), login, WRONG, body)
    run.expect(reply.status == 401, f"it is refused with status 401 ({reply.status})")
    run.step("log in")
    reply = await run.target.post(run.target.url, body)
    fresh = tuple(
        each
        for each in digest.parse_challenges(reply.all("www-authenticate"))
        if isinstance(each, digest.DigestChallenge)
    )
    reply = await _answered(run, fresh, login, login.password, body)
    run.expect(reply.status == 200 and not is_refusal(reply), f"the login is taken (status {reply.status})")


async def _answered(
    run: Run, challenges: tuple[digest.DigestChallenge, ...], login: Login, password: str, body: bytes
) -> Reply:
    """One request with an answer to one of these challenges."""
    value = digest.authorize(
        challenges,
        "POST",
        urlsplit(run.target.url).path or "/",
        login.user,
        password,
        cnonce="0a4f113b5c6d7e8f",
        count=1,
        body=body,
    )
    run.expect(value, "one of the challenges can be answered")
    return await run.target.post(run.target.url, body, (("Authorization", value or ""),))
