"""The default access policy, row by row."""

import pytest

from vedette.contract.operation import Access
from vedette.contract.schema.security import UserLevel
from vedette.security.policy import ALLOWED, ViewingPolicy, allowed

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


def test_open_viewing_opens_streams_to_everybody_and_nothing_else() -> None:
    assert not ViewingPolicy().allows(UserLevel.ANONYMOUS)
    assert ViewingPolicy().allows(UserLevel.USER)
    assert ViewingPolicy(is_open=True).allows(UserLevel.ANONYMOUS)
    assert not allowed(UserLevel.ANONYMOUS, Access.READ_MEDIA)
