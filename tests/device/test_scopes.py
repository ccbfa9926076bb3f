"""The scopes: fixed ones, which name a profile only where all that it demands is offered, and others."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from vedette.contract.faults import InvalidArgVal
from vedette.contract.imaging import Imaging
from vedette.contract.operation import Operation, Service
from vedette.device.identity import DeviceIdentity
from vedette.device.offer import Offer
from vedette.device.scopes import ScopeList, fixed_scopes
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore


class Offered(Offer):
    """Every operation or none, and the imaging service or none."""

    def __init__(self, *, has_operations: bool, has_imaging: bool) -> None:
        super().__init__()
        self._has_operations = has_operations
        self._has_imaging = has_imaging

    def answers(self, operation: Operation[..., Any, Any]) -> bool:
        return self._has_operations

    def has_service(self, service: type[Service]) -> bool:
        return self._has_imaging if service is Imaging else True


@pytest.mark.parametrize("has_operations", [False, True])
@pytest.mark.parametrize("has_imaging", [False, True])
def test_profile_t_is_named_only_with_overlays_and_imaging(has_operations: bool, has_imaging: bool) -> None:
    offer = Offered(has_operations=has_operations, has_imaging=has_imaging)

    told = fixed_scopes(DeviceIdentity(endpoint="urn:uuid:1", serial_number="1"), offer)

    assert ("onvif://www.onvif.org/Profile/T" in told) is (has_operations and has_imaging)
    assert "onvif://www.onvif.org/Profile/Streaming" in told


@pytest.mark.parametrize("has_operations", [False, True])
def test_profile_g_is_named_only_where_clients_can_make_and_change_recording_jobs(
    has_operations: bool,
) -> None:
    offer = Offered(has_operations=has_operations, has_imaging=False)

    told = fixed_scopes(DeviceIdentity(endpoint="urn:uuid:1", serial_number="1"), offer)

    assert ("onvif://www.onvif.org/Profile/G" in told) is has_operations


@pytest.fixture
def scopes(tmp_path: Path) -> ScopeList:
    store = SettingsStore.open(tmp_path / "settings.json", Settings)
    return ScopeList(store, lambda: ("onvif://www.onvif.org/type/video_encoder",))


def test_a_scope_is_a_uri_of_at_most_255_characters(scopes: ScopeList) -> None:
    longest = "onvif://www.onvif.org/location/".ljust(255, "a")
    asyncio.run(scopes.replace([longest]))
    for refused in (longest + "a", "onvif://www.onvif.org/a b", "nowhere"):
        with pytest.raises(InvalidArgVal):
            asyncio.run(scopes.replace([refused]))
    assert scopes.configurable == (longest,)


def test_scopes_that_stay_the_same_are_no_news_for_discovery(scopes: ScopeList) -> None:
    def version() -> int:
        return scopes._store.current.system.metadata_version

    before = version()
    asyncio.run(scopes.replace(["onvif://www.onvif.org/name/hall"]))
    assert version() == before + 1
    asyncio.run(scopes.add(["onvif://www.onvif.org/name/hall"]))
    asyncio.run(scopes.set_mode(scopes.mode))
    assert version() == before + 1
