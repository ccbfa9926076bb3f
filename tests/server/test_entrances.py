"""Each entrance asks for one kind of right."""

import pytest

from vedette.contract.operation import Access
from vedette.security.policy import Entrance
from vedette.server import entrances

ENTRANCES = {name: each for name, each in vars(entrances).items() if isinstance(each, Entrance)}
OF_SEVERAL = {"IO_STATES"}  # its parts are judged each by itself


@pytest.mark.parametrize("name", ENTRANCES)
def test_an_entrance_is_of_one_access_class(name: str) -> None:
    entrance = ENTRANCES[name]
    classes = {each.access for each in entrance.operations} | ({entrance.access} - {None})
    assert len(classes) == 1 or name in OF_SEVERAL
    assert (entrance.access is None) == bool(entrance.operations)


def test_only_what_is_watched_is_opened_to_everybody() -> None:
    media = {name for name, each in ENTRANCES.items() if each.is_media}
    assert media == {"LIVE", "SNAPSHOT", "FOOTAGE", "CAMERAS", "RECORDED_TIMES", "RELAYS", "IO_STATES"}
    assert {Access.WRITE_SYSTEM} == {entrances.CHANGED_CAMERAS.access, entrances.CIRCUITS.access}
