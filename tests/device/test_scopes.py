"""The fixed scopes: a profile is named only where all that it demands is offered."""

from typing import Any

import pytest

from vedette.contract.imaging import Imaging
from vedette.contract.operation import Operation, Service
from vedette.device.identity import DeviceIdentity
from vedette.device.offer import Offer
from vedette.device.scopes import fixed_scopes


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
