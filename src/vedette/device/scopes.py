"""The scopes that discovery matches, fixed and configurable, and whether the device answers discovery."""

import re
from collections.abc import Callable, Iterable

import msgspec

from vedette.contract.faults import FixedScope, InvalidArgVal, NoScope, OperationProhibited, TooManyScopes
from vedette.contract.imaging import Imaging
from vedette.contract.media import Media
from vedette.contract.media2.osd import Overlays
from vedette.contract.recording import Recording
from vedette.contract.replay import Replay
from vedette.contract.schema.system import DiscoveryMode
from vedette.contract.search import Search
from vedette.device.identity import DeviceIdentity
from vedette.device.offer import Offer
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings

SCOPES_MOST = 64  # configurable ones
SCOPE_MOST_CHARS = 255
PREFIX = "onvif://www.onvif.org"
RECORDING_CONTROL = (  # what Profile G demands of it and not every recorder has
    Recording.create_recording_job,
    Recording.delete_recording_job,
    Recording.set_recording_job_configuration,
    Recording.set_track_configuration,
)

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def fixed_scopes(identity: DeviceIdentity, offer: Offer) -> tuple[str, ...]:
    """The scopes that say what the device is; a profile is named only where what it demands is offered:
    Media2 alone, without overlays and imaging, is no Profile T, and recordings whose jobs clients cannot
    make are no Profile G.

    Source: Core, Scopes (26.06 §7.3.2.2); Profile T and G specifications, mandatory features of a device.
    """
    profiles = {
        "Streaming": offer.has_service(Media),
        "T": offer.answers(Overlays.create_osd) and offer.has_service(Imaging),
        "G": offer.has_service(Search)
        and offer.has_service(Replay)
        and all(offer.answers(each) for each in RECORDING_CONTROL),
    }
    return (
        *(f"{PREFIX}/Profile/{name}" for name, is_there in profiles.items() if is_there),
        f"{PREFIX}/type/video_encoder",
        f"{PREFIX}/hardware/{_segment(identity.model)}",
        f"{PREFIX}/name/{_segment(identity.manufacturer)}",
        f"{PREFIX}/SerialNumber/{_segment(identity.serial_number)}",
    )


class ScopeList:
    """All scopes of the device. Source: Core, GetScopes to SetDiscoveryMode (26.06 §8.3.14-§8.3.19)."""

    def __init__(
        self, store: SettingsStore, fixed: Callable[[], tuple[str, ...]], *, has_discovery: bool = True
    ) -> None:
        """`has_discovery` is False where the operator has switched discovery off."""
        self.has_discovery = has_discovery
        self._store = store
        self._fixed = fixed

    @property
    def fixed(self) -> tuple[str, ...]:
        """Those that stay."""
        return self._fixed()

    @property
    def configurable(self) -> tuple[str, ...]:
        """Those that clients may change."""
        return self._store.current.system.scopes

    @property
    def all(self) -> tuple[str, ...]:
        """Every scope, fixed ones first."""
        return (*self.fixed, *self.configurable)

    @property
    def mode(self) -> DiscoveryMode:
        """Whether the device answers discovery."""
        is_on = self.has_discovery and self._store.current.system.is_discoverable
        return DiscoveryMode.DISCOVERABLE if is_on else DiscoveryMode.NON_DISCOVERABLE

    async def replace(self, scopes: Iterable[str]) -> None:
        """Replace the configurable scopes; fixed ones among the new are there already.

        Raises TooManyScopes, and InvalidArgVal for what is no URI.
        """
        wanted = self._checked(scopes)
        await self._change(lambda system: msgspec.structs.replace(system, scopes=wanted))

    async def add(self, scopes: Iterable[str]) -> None:
        """Add configurable scopes; raises TooManyScopes and InvalidArgVal."""
        added = self._checked(scopes)

        def edit(system: SystemSettings) -> SystemSettings:
            every = tuple(dict.fromkeys((*system.scopes, *added)))
            _check_count(every)
            return msgspec.structs.replace(system, scopes=every)

        await self._change(edit)

    async def remove(self, scopes: Iterable[str]) -> tuple[str, ...]:
        """Take configurable scopes away, all or none, and tell them; raises FixedScope and NoScope."""
        gone = tuple(each.strip() for each in scopes)
        fixed = self.fixed

        def edit(system: SystemSettings) -> SystemSettings:
            for scope in gone:
                if scope in fixed:
                    raise FixedScope(f"the scope {scope} is fixed")
                if scope not in system.scopes:
                    raise NoScope(f"there is no scope {scope[:SCOPE_MOST_CHARS]!r}")
            left = tuple(each for each in system.scopes if each not in gone)
            return msgspec.structs.replace(system, scopes=left)

        await self._change(edit)
        return gone

    async def set_mode(self, mode: DiscoveryMode) -> None:
        """Answer discovery or stay silent; raises OperationProhibited where it stays silent for good."""
        is_on = mode is DiscoveryMode.DISCOVERABLE
        if is_on and not self.has_discovery:
            raise OperationProhibited("discovery is off by the operator's configuration")
        await self._change(lambda system: msgspec.structs.replace(system, is_discoverable=is_on))

    async def note_change(self) -> None:
        """Raise the version of what discovery tells: something else of it has changed, such as addresses."""

        def edit(system: SystemSettings) -> SystemSettings:
            return msgspec.structs.replace(system, metadata_version=system.metadata_version + 1)

        await self._store.change(
            lambda document: msgspec.structs.replace(document, system=edit(document.system))
        )

    def _checked(self, scopes: Iterable[str]) -> tuple[str, ...]:
        fixed = self.fixed
        wanted = tuple(dict.fromkeys(each.strip() for each in scopes if each.strip() not in fixed))
        for scope in wanted:
            if len(scope) > SCOPE_MOST_CHARS or not _URI.fullmatch(scope):
                raise InvalidArgVal(f"{scope[:SCOPE_MOST_CHARS]!r} is no scope: a URI without spaces is")
        _check_count(wanted)
        return wanted

    async def _change(self, edit: Callable[[SystemSettings], SystemSettings]) -> None:
        await self._store.change(
            lambda document: msgspec.structs.replace(document, system=_newer(document.system, edit))
        )


def _newer(before: SystemSettings, edit: Callable[[SystemSettings], SystemSettings]) -> SystemSettings:
    """The edited settings, with a higher version if discovery has something new to tell."""
    after = edit(before)
    if after == before:
        return before
    return msgspec.structs.replace(after, metadata_version=before.metadata_version + 1)


def _check_count(scopes: tuple[str, ...]) -> None:
    if len(scopes) > SCOPES_MOST:
        raise TooManyScopes(f"{len(scopes)} scopes, {SCOPES_MOST} fit")


def _segment(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._~-]+", "_", text)
