"""The folders that footage is kept in or exported to, as storage configurations."""

import asyncio
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import msgspec

from vedette.base.errors import VedetteError
from vedette.contract.device.storage import StorageConfiguration, StorageConfigurationData, UserCredential
from vedette.contract.faults import (
    ConfigModify,
    InvalidArgVal,
    MaxStorageConfigurations,
    NoConfig,
    OperationProhibited,
)
from vedette.device.settings.document import Settings
from vedette.device.settings.storage import StoragePlace
from vedette.device.settings.store import SettingsStore
from vedette.storage.archive import RECORDINGS_FOLDER

KIND = "LocalStorage"  # the schema lists network storage alone; this is what devices call their own disks
RECORDINGS_TOKEN = "recordings"
PLACES_MOST = 16
PATH_MOST_CHARS = 1024
FILE_SCHEME = "file://"


class PlaceUnusable(VedetteError):
    """A folder cannot be used; the message says why."""


class StorageConfigurations:
    """The fixed place of all recordings, and folders below `roots` that clients choose for exports.

    `folder` is the data folder, which has the recordings in it. Where the operator names no roots, nothing
    can be added. Exports leave `least_free_bytes` free.

    Source: Core, Storage Configuration (26.06 §8.8).
    """

    def __init__(
        self, store: SettingsStore, *, folder: Path, roots: tuple[Path, ...] = (), least_free_bytes: int = 0
    ) -> None:
        self.least_free_bytes = least_free_bytes
        self._store = store
        self._folder = folder.resolve()
        self._recordings = self._folder / RECORDINGS_FOLDER
        self._roots = tuple(each.resolve() for each in roots)
        self._held: Counter[str] = Counter()
        self._leaving: Counter[str] = Counter()  # changes that are accepted and not saved yet

    @property
    def most(self) -> int:
        """How many there can be, the fixed one included."""
        return 1 + (PLACES_MOST if self._roots else 0)

    def all(self) -> tuple[StorageConfiguration, ...]:
        """Every configuration, the fixed one first."""
        fixed = StoragePlace(token=RECORDINGS_TOKEN, path=str(self._recordings))
        return tuple(map(_told, (fixed, *self._store.current.storage)))

    def require(self, token: str) -> StorageConfiguration:
        """One configuration; raises NoConfig."""
        for each in self.all():
            if each.token == token:
                return each
        raise NoConfig(f"no storage configuration {token[:80]!r}")

    async def create(self, wanted: StorageConfigurationData) -> str:
        """Take a folder, made if need be, into use; its token.

        Raises MaxStorageConfigurations, and InvalidArgVal naming the element.
        """
        if len(self.all()) >= self.most:
            raise MaxStorageConfigurations(f"{self.most} storage configurations are supported")
        try:
            path = await asyncio.to_thread(self._prepared, wanted)
        except PlaceUnusable as error:
            raise InvalidArgVal(str(error)) from error
        token = secrets.token_hex(4)

        def edit(document: Settings) -> Settings:
            if len(document.storage) >= PLACES_MOST:
                raise MaxStorageConfigurations(f"{self.most} storage configurations are supported")
            if (clash := self._clash(path, document.storage)) is not None:
                raise InvalidArgVal(clash)
            made = StoragePlace(token=token, path=str(path))
            return msgspec.structs.replace(document, storage=(*document.storage, made))

        await self._store.change(edit)
        return token

    async def set(self, wanted: StorageConfiguration) -> None:
        """Use another folder under the same token; what lies in the old one stays there.

        Raises NoConfig and ConfigModify.
        """
        self.require(wanted.token)
        self._check_changeable(wanted.token, ConfigModify)
        try:
            path = await asyncio.to_thread(self._prepared, wanted.data)
        except PlaceUnusable as error:
            raise ConfigModify(str(error)) from error

        def edit(document: Settings) -> Settings:
            self._check_changeable(wanted.token, ConfigModify)
            others = tuple(each for each in document.storage if each.token != wanted.token)
            if len(others) == len(document.storage):
                raise NoConfig(f"no storage configuration {wanted.token[:80]!r}")
            if (clash := self._clash(path, others)) is not None:
                raise ConfigModify(clash)
            made = StoragePlace(token=wanted.token, path=str(path))
            return msgspec.structs.replace(document, storage=(*others, made))

        await self._leave(wanted.token, edit)

    async def delete(self, token: str) -> None:
        """Forget a folder; the files in it stay. Raises NoConfig, or OperationProhibited while it is used."""
        self.require(token)

        def edit(document: Settings) -> Settings:
            self._check_changeable(token, OperationProhibited)
            left = tuple(each for each in document.storage if each.token != token)
            return msgspec.structs.replace(document, storage=left)

        await self._leave(token, edit)

    async def _leave(self, token: str, edit: Callable[[Settings], Settings]) -> None:
        """Change the settings so that a folder is used no longer; nothing is begun there meanwhile."""
        self._leaving[token] += 1
        try:
            await self._store.change(edit)
        finally:
            self._leaving[token] -= 1

    @contextmanager
    def holding(self, token: str) -> Iterator[Path]:
        """The folder of a configuration, which can neither be changed nor deleted meanwhile.

        Raises NoConfig, and PlaceUnusable for the recordings' own place, for one that is being left, or where
        the folder is gone or no longer below the roots.
        """
        if token == RECORDINGS_TOKEN:
            raise PlaceUnusable("the place of the recordings takes no exports")
        path = Path(self.require(token).data.local_path or "")
        if self._leaving[token]:
            raise PlaceUnusable(f"{path} is about to be left")
        if path.resolve() != path or not self._is_allowed(path) or not path.is_dir():
            raise PlaceUnusable(f"{path} is no folder that exports may go to now")
        self._held[token] += 1
        try:
            yield path
        finally:
            self._held[token] -= 1

    def _prepared(self, wanted: StorageConfigurationData) -> Path:
        """The wanted folder, there and writable; raises PlaceUnusable naming the element."""
        path = _wanted_path(wanted).resolve()
        if not self._is_allowed(path):
            allowed = ", ".join(map(str, self._roots)) or "none"
            raise PlaceUnusable(f"LocalPath: {path} is not below what the operator allows: {allowed}")
        if (clash := self._clash(path, ())) is not None:
            raise PlaceUnusable(clash)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise PlaceUnusable(f"LocalPath: {path}: {error.strerror}") from error
        return path

    def _is_allowed(self, path: Path) -> bool:
        """Whether it lies below a root; the data folder itself only where a root lies in it."""
        return any(
            path.is_relative_to(root)
            and (root.is_relative_to(self._folder) or not path.is_relative_to(self._folder))
            for root in self._roots
        )

    def _clash(self, path: Path, others: tuple[StoragePlace, ...]) -> str | None:
        for other in (self._recordings, *(Path(each.path) for each in others)):
            if path.is_relative_to(other) or other.is_relative_to(path):
                return f"LocalPath: {path} and {other}, which is in use, lie one in the other"
        return None

    def _check_changeable(self, token: str, fault: type[ConfigModify] | type[OperationProhibited]) -> None:
        if token == RECORDINGS_TOKEN:
            raise fault(f"{token!r} is the place of the recordings, which is fixed")
        if self._held[token]:
            raise fault(f"an export to {token!r} is under way")


def _told(place: StoragePlace) -> StorageConfiguration:
    return StorageConfiguration(
        token=place.token, data=StorageConfigurationData(type=KIND, local_path=place.path)
    )


def _wanted_path(wanted: StorageConfigurationData) -> Path:
    """The path as the client wrote it; raises PlaceUnusable for whatever is not a folder of this machine."""
    if wanted.type != KIND:
        raise PlaceUnusable(f"type: storage is {KIND} here, not {wanted.type[:40]!r}")
    if wanted.configuration_renewal is not None:
        raise PlaceUnusable(f"ConfigurationRenewal: {KIND} has no credentials")
    if not _is_blank(wanted.user):
        raise PlaceUnusable(f"User: {KIND} takes no login")
    for name, value in (("Region", wanted.region), ("StorageUri", wanted.storage_uri)):
        if value and value.strip() != wanted.local_path:
            raise PlaceUnusable(f"{name}: {KIND} has none")
    text = (wanted.local_path or "").strip()
    if text.startswith(FILE_SCHEME):
        text = unquote(text.removeprefix(FILE_SCHEME))
    path = Path(text)
    if not path.is_absolute() or len(text) > PATH_MOST_CHARS or not text.isprintable():
        raise PlaceUnusable(f"LocalPath: {text[:80]!r} is no absolute path")
    return path


def _is_blank(user: UserCredential | None) -> bool:
    return user is None or not (user.user_name.strip() or user.password or user.token)
