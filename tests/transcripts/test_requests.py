"""Requests as other people's libraries write them are read, and their logins hold."""

from pathlib import Path

import pytest
from lxml import etree
from tests.transcripts.transcript import Turn, found, read

from vedette.contract.envelope import Dispatch
from vedette.contract.services import all_services
from vedette.protocols import wsse
from vedette.protocols.discovery import messages

PASSWORD = "interop-4-all"
DISPATCH = Dispatch(tuple(all_services()))
SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security"


def requests(path: Path) -> list[Turn]:
    turns = read(path).of("client")
    assert turns
    return turns


@pytest.mark.parametrize(
    "path", found("*/requests-*.txt"), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_request_is_understood(path: Path) -> None:
    kinds = [DISPATCH.identify(turn.text.encode()).operation.name for turn in requests(path)]
    assert len(set(kinds)) == len(kinds) > 10
    assert {"GetDeviceInformation", "CreatePullPointSubscription", "PullMessages"} <= set(kinds)


@pytest.mark.parametrize("path", found("*/requests-usernametoken.txt"), ids=lambda path: path.parent.name)
def test_a_library_s_token_is_that_of_its_password(path: Path) -> None:
    held = 0
    for turn in requests(path):
        security = etree.fromstring(turn.text.encode()).find(f".//{SECURITY}")
        token = None if security is None else wsse.read_token(security)
        if token is not None:
            assert token.username == "admin"
            assert wsse.verify(token, PASSWORD)
            assert not wsse.verify(token, PASSWORD + "!")
            held += 1
    assert held > 10


@pytest.mark.parametrize("path", found("*/probes.txt"), ids=lambda path: path.parent.name)
def test_a_search_of_the_network_is_understood(path: Path) -> None:
    heard = [messages.read(turn.text.encode()) for turn in requests(path)]
    assert {each.kind for each in heard} == {"Probe"}
    wanted = [each.probe for each in heard]
    assert any(each and each.types for each in wanted)
    assert any(each and each.scopes for each in wanted)
