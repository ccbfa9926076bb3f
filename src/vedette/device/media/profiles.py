"""Media profiles: one for each stream of each camera, and those that clients put together."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from vedette.contract.faults import (
    ConfigurationConflict,
    DeletionOfFixedProfile,
    InvalidArgVal,
    MaxNVTProfiles,
    NoConfig,
    NoProfile,
    ProfileExists,
)
from vedette.device.cameras import Cameras
from vedette.device.media.configurations import Configuration, Configurations, Kind
from vedette.device.settings.document import Settings
from vedette.device.settings.media import MediaSettings, ProfileSettings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Stream

MADE_LEAST = 32  # profiles that clients may add to the fixed ones, with however few cameras
NAME_MOST = 64
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,24}")  # longer ones would not fit into a stream URI of 128 octets

# A configuration needs one of these beside it. Source: Media2, General (26.06 §5.2.1).
_NEEDS = {
    Kind.VIDEO_ENCODER: (Kind.VIDEO_SOURCE,),
    Kind.AUDIO_ENCODER: (Kind.AUDIO_SOURCE,),
    Kind.METADATA: (Kind.VIDEO_SOURCE, Kind.AUDIO_SOURCE),
}


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile with the configurations that it holds now; `home` is the stream of a fixed one."""

    token: str
    name: str
    home: Stream | None
    configurations: dict[Kind, Configuration]

    @property
    def is_fixed(self) -> bool:
        """Whether it is a camera's own and stays as long as the camera."""
        return self.home is not None


class _Snapshot(NamedTuple):
    """All profiles, and what they were made from."""

    known: Mapping[str, Configuration]
    media: MediaSettings
    profiles: dict[str, Profile]
    uses: Mapping[str, int]


class Profiles:
    """Every media profile. What a call refuses leaves everything as it was."""

    def __init__(self, cameras: Cameras, configurations: Configurations, store: SettingsStore) -> None:
        self._cameras = cameras
        self._configurations = configurations
        self._store = store
        self._watchers: list[Callable[[str], None]] = []
        self._synchronization_watchers: list[Callable[[Stream], None]] = []
        self._latest: _Snapshot | None = None

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Call `watcher` with the token of each profile that was created, changed or deleted."""
        self._watchers.append(watcher)

    @property
    def most(self) -> int:
        """How many profiles there can be, the fixed ones counted."""
        return max(self._streams_total() + self._made_most(), len(self._snapshot().profiles))

    def all(self) -> tuple[Profile, ...]:
        """Every profile, fixed ones first."""
        return tuple(self._snapshot().profiles.values())

    def find(self, token: str) -> Profile | None:
        """The profile of that token, if there is one."""
        return self._snapshot().profiles.get(token)

    def require(self, token: str) -> Profile:
        """The profile of that token; raises NoProfile."""
        found = self.find(token)
        if found is None:
            raise NoProfile(f"no profile {token!r}")
        return found

    def stream_of(self, profile: Profile) -> Stream | None:
        """The stream whose media a profile delivers, None when it holds nothing that makes media."""
        held = profile.configurations
        for kind in (Kind.VIDEO_ENCODER, Kind.AUDIO_ENCODER):
            if kind in held:
                return held[kind].stream
        return self._configurations.metadata_stream(held[Kind.METADATA]) if Kind.METADATA in held else None

    def use_counts(self) -> Mapping[str, int]:
        """How many profiles hold each configuration, by token."""
        return self._snapshot().uses

    def compatible(
        self, profile: Profile, kind: Kind, *, may_lack_source: bool = False
    ) -> tuple[Configuration, ...]:
        """The configurations of a kind that could stand in a profile, beside the others that it holds.

        Metadata need a source beside them, except where they lack it already or `may_lack_source`.
        """
        held = profile.configurations.values()
        others = [each for each in held if each.kind is not kind]
        is_lax = may_lack_source or _lacks_source(held)
        found = self._configurations.of_kind(kind)
        return tuple(each for each in found if not _problem([*others, each], may_lack_source=is_lax))

    def synchronize(self, profile: Profile) -> None:
        """Have the profile's stream send a key frame and the states of properties, where it can.

        Source: Media2, SetSynchronizationPoint (26.06 §5.7.1).
        """
        stream = self.stream_of(profile)
        if stream is not None:
            stream.request_key_frame()
            for watcher in self._synchronization_watchers:
                watcher(stream)

    def watch_synchronization(self, watcher: Callable[[Stream], None]) -> None:
        """Call `watcher` with each stream for which a client asked for a synchronization point."""
        self._synchronization_watchers.append(watcher)

    async def create(
        self, name: str, *, token: str = "", configurations: Sequence[tuple[str, str]] = ()
    ) -> Profile:
        """Make a profile; `configurations` are pairs of kind and token.

        Raises ProfileExists, MaxNVTProfiles, NoConfig, ConfigurationConflict, InvalidArgVal for a name
        or token that is empty or too long.
        """
        _check_name(name)
        if token and not _TOKEN.fullmatch(token):
            raise InvalidArgVal(f"token {token!r}: 1 to 24 letters, digits, '.', '_' and '-' are possible")
        known = self._configurations.by_token()
        chosen = _chosen(configurations, known)
        _check(chosen)
        made = ""

        def edit(document: Settings) -> Settings:
            nonlocal made
            stored = self._stored(document, known)
            if token in stored:
                raise ProfileExists(f"there is a profile {token!r} already")
            if sum(not each.is_fixed for each in stored.values()) >= self._made_most():
                raise MaxNVTProfiles(f"there are {self.most} profiles already")
            made = token or _fresh_token(stored)
            held = tuple(each.token for each in chosen)
            return _replaced(document, ProfileSettings(token=made, name=name, configurations=held))

        await self._store.change(edit)
        self._tell(made)
        return self.require(made)

    async def add(
        self,
        token: str,
        configurations: Sequence[tuple[str, str]],
        *,
        name: str | None = None,
        may_lack_source: bool = False,
    ) -> None:
        """Add or replace configurations, pairs of kind and token, and rename the profile if asked.

        Metadata need a source beside them, except where they lack it already or `may_lack_source`.
        Raises NoProfile, NoConfig, ConfigurationConflict, InvalidArgVal for a name.
        """
        if name is not None:
            _check_name(name)
        known = self._configurations.by_token()
        chosen = _chosen(configurations, known)

        def edit(profile: ProfileSettings) -> ProfileSettings:
            held = _held(profile, known)
            is_lax = may_lack_source or _lacks_source(held.values())
            held.update({each.kind: each for each in chosen})
            _check(held.values(), may_lack_source=is_lax)
            return msgspec.structs.replace(
                profile,
                name=profile.name if name is None else name,
                configurations=tuple(each.token for each in held.values()),
            )

        await self._edit(token, known, edit)

    async def remove(self, token: str, kinds: Iterable[str], *, may_lack_source: bool = False) -> None:
        """Take configurations out of a profile, `All` for every one; those that it lacks are ignored.

        Metadata need a source beside them, except where they lack it already or `may_lack_source`.
        Raises NoProfile, ConfigurationConflict when what stays needs what goes.
        """
        known = self._configurations.by_token()
        unwanted = frozenset(kinds)

        def edit(profile: ProfileSettings) -> ProfileSettings:
            held = _held(profile, known).values()
            left = [each for each in held if "All" not in unwanted and each.kind not in unwanted]
            _check(left, may_lack_source=may_lack_source or _lacks_source(held))
            return msgspec.structs.replace(profile, configurations=tuple(each.token for each in left))

        await self._edit(token, known, edit)

    async def delete(self, token: str) -> None:
        """Delete a profile; raises NoProfile, DeletionOfFixedProfile."""
        known = self._configurations.by_token()

        def edit(document: Settings) -> Settings:
            found = self._stored(document, known).get(token)
            if found is None:
                raise NoProfile(f"no profile {token!r}")
            if found.is_fixed:
                raise DeletionOfFixedProfile(f"profile {token!r} is fixed")
            return _without(document, token)

        await self._store.change(edit)
        self._tell(token)

    async def _edit(
        self,
        token: str,
        known: Mapping[str, Configuration],
        change: Callable[[ProfileSettings], ProfileSettings],
    ) -> None:
        def edit(document: Settings) -> Settings:
            found = self._stored(document, known).get(token)
            if found is None:
                raise NoProfile(f"no profile {token!r}")
            return _replaced(document, change(found))

        await self._store.change(edit)
        self._tell(token)

    def _snapshot(self) -> _Snapshot:
        known, document = self._configurations.by_token(), self._store.current
        latest = self._latest
        if latest is not None and latest.known is known and latest.media is document.media:
            return latest
        homes = {_fixed_token(stream): stream for camera in self._cameras for stream in camera.streams}
        profiles: dict[str, Profile] = {}
        for token, stored in self._stored(document, known).items():
            profiles[token] = Profile(
                token=token, name=stored.name, home=homes.get(token), configurations=_held(stored, known)
            )
        uses = Counter(each.token for made in profiles.values() for each in made.configurations.values())
        self._latest = latest = _Snapshot(known, document.media, profiles, uses)
        return latest

    def _stored(self, document: Settings, known: Mapping[str, Configuration]) -> dict[str, ProfileSettings]:
        """Every profile by token as a document has it, fixed ones as they are when it has them not."""
        changed = {each.token: each for each in document.media.profiles}
        profiles: dict[str, ProfileSettings] = {}
        by_camera: dict[str, list[Configuration]] = {}
        for each in known.values():
            by_camera.setdefault(each.camera.name, []).append(each)
        for camera in self._cameras:
            for stream in camera.streams:
                token = _fixed_token(stream)
                own = changed.get(token)
                if own is None or not own.is_fixed:
                    held = (each for each in by_camera[camera.name] if each.stream in (None, stream))
                    own = ProfileSettings(
                        token=token,
                        name=f"{camera.title} {stream.name.rpartition('/')[2]}"[:NAME_MOST],
                        is_fixed=True,
                        configurations=tuple(each.token for each in held),
                    )
                profiles[token] = own
        for token, made in changed.items():
            if not made.is_fixed and token not in profiles:
                profiles[token] = made
        return profiles

    def _streams_total(self) -> int:
        return sum(len(camera.streams) for camera in self._cameras)

    def _made_most(self) -> int:
        """How many profiles clients may add: at least one for each encoder that surely runs at once."""
        return max(MADE_LEAST, self._streams_total())

    def _tell(self, token: str) -> None:
        for watcher in self._watchers:
            watcher(token)


def _fixed_token(stream: Stream) -> str:
    return stream.name.replace("/", "_")


def _held(stored: ProfileSettings, known: Mapping[str, Configuration]) -> dict[Kind, Configuration]:
    """What still exists of a profile's configurations."""
    held = (known[token] for token in stored.configurations if token in known)
    return {each.kind: each for each in held}


def _chosen(references: Sequence[tuple[str, str]], known: Mapping[str, Configuration]) -> list[Configuration]:
    chosen = []
    for kind, token in references:
        if kind == "All":
            continue
        found = known.get(token)
        if found is None or found.kind != kind:
            raise NoConfig(f"no {kind} configuration {token!r}")
        chosen.append(found)
    return chosen


def _lacks_source(held: Iterable[Configuration]) -> bool:
    """Whether metadata stand there without a source."""
    kinds = {each.kind for each in held}
    return Kind.METADATA in kinds and kinds.isdisjoint(_NEEDS[Kind.METADATA])


def _problem(held: Sequence[Configuration], *, may_lack_source: bool) -> str:
    """Why these cannot be one profile, empty if they can: it has one stream, and encoders need sources."""
    cameras = {each.camera.name for each in held}
    if len(cameras) > 1:
        return f"they belong to different cameras: {', '.join(sorted(cameras))}"
    streams = {each.stream.name for each in held if each.stream is not None}
    if len(streams) > 1:
        return f"they belong to different streams: {', '.join(sorted(streams))}"
    kinds = {each.kind for each in held}
    for kind, needed in _NEEDS.items():
        if kind is Kind.METADATA and may_lack_source:
            continue
        if kind in kinds and kinds.isdisjoint(needed):
            return f"{kind} needs {' or '.join(needed)} in the profile"
    return ""


def _check(held: Iterable[Configuration], *, may_lack_source: bool = False) -> None:
    """Raises ConfigurationConflict for a set that cannot be one profile."""
    problem = _problem(tuple(held), may_lack_source=may_lack_source)
    if problem:
        raise ConfigurationConflict(problem)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= NAME_MOST:
        raise InvalidArgVal(f"a name has 1 to {NAME_MOST} characters, this one {len(name)}")


def _fresh_token(taken: Mapping[str, ProfileSettings]) -> str:
    return next(token for number in range(1, len(taken) + 2) if (token := f"profile_{number}") not in taken)


def _replaced(document: Settings, profile: ProfileSettings) -> Settings:
    """The document with one profile changed in its place, or added at the end."""
    profiles = document.media.profiles
    if any(each.token == profile.token for each in profiles):
        profiles = tuple(profile if each.token == profile.token else each for each in profiles)
    else:
        profiles = (*profiles, profile)
    return msgspec.structs.replace(document, media=msgspec.structs.replace(document.media, profiles=profiles))


def _without(document: Settings, token: str) -> Settings:
    left = tuple(each for each in document.media.profiles if each.token != token)
    return msgspec.structs.replace(document, media=msgspec.structs.replace(document.media, profiles=left))
