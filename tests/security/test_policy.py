"""The default access policy, row by row."""

import pytest

from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.operation import Access
from vedette.contract.schema.security import UserLevel
from vedette.security.authentication import ANONYMOUS, Identity, Login
from vedette.security.policy import ALLOWED, AccessRule, Entrance, allowed

WATCHED = Entrance((Media.get_stream_uri, Media2.get_stream_uri))
TABLE = """
PRE_AUTH              administrator operator user anonymous
READ_SYSTEM           administrator operator user
READ_SYSTEM_SENSITIVE administrator operator
READ_SYSTEM_SECRET    administrator
WRITE_SYSTEM          administrator
UNRECOVERABLE         administrator
READ_MEDIA            administrator operator user
ACTUATE               administrator operator
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_each_access_class_is_for_the_levels_of_the_standard(row: str) -> None:
    access, *levels = row.split()
    for level in UserLevel:
        if level is not UserLevel.EXTENDED:
            assert allowed(level, Access(access)) == (level.value.lower() in levels)


def test_every_access_class_has_a_row() -> None:
    assert set(ALLOWED) == set(Access)


def test_open_viewing_opens_what_leads_to_media_to_everybody_and_nothing_else() -> None:
    user = Identity(user_name="viewer", level=UserLevel.USER, login=Login.DIGEST)
    for is_open in (False, True):
        rule = AccessRule(is_viewing_open=is_open)
        assert rule.may_enter(user, WATCHED)
        assert rule.may_enter(ANONYMOUS, WATCHED) is is_open
        assert not rule.may_enter(ANONYMOUS, Entrance(access=Access.READ_SYSTEM))
        assert not rule.may_call(ANONYMOUS, Media2.get_stream_uri)


def test_an_entrance_is_for_those_who_may_call_one_of_its_operations() -> None:
    extended = Identity(user_name="extra", level=UserLevel.EXTENDED, login=Login.DIGEST, roles=("watcher",))
    rule = AccessRule(grants=lambda roles, operation: operation is Media2.get_stream_uri)
    assert rule.may_call(extended, Media2.get_stream_uri)
    assert rule.may_enter(extended, WATCHED)
    assert not rule.may_enter(extended, Entrance((Media.get_stream_uri,)))
    assert not rule.may_enter(extended, Entrance(access=Access.READ_MEDIA))
    assert not rule.may_enter(ANONYMOUS, WATCHED)  # nobody has no roles


def test_the_policy_in_force_holds_for_entrances_and_operations_alike() -> None:
    user = Identity(user_name="viewer", level=UserLevel.USER, login=Login.DIGEST)
    rule = AccessRule(allows=lambda level, access: access is not Access.READ_MEDIA and allowed(level, access))
    assert not rule.may_call(user, Media2.get_stream_uri)
    assert not rule.may_enter(user, WATCHED)
    assert rule.may_enter(user, Entrance(access=Access.READ_SYSTEM))
