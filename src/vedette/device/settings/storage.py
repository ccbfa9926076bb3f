"""The section of storage: folders that clients have chosen for exports."""

import msgspec


class StoragePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A folder by its absolute path, without links in it."""

    token: str
    path: str
