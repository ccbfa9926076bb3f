"""Device management service: scopes, discovery and place."""

from enum import StrEnum

from vedette.contract.faults import (
    EmptyScope,
    Fixed,
    FixedScope,
    NoAutoGeo,
    NoConfig,
    NoScope,
    TooManyEntries,
    TooManyScopes,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.geometry import LocationEntity
from vedette.contract.schema.network import NetworkHost
from vedette.contract.schema.system import DiscoveryMode, Scope
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


class AutoGeoModes(StrEnum):
    """What a device can find out about its own place."""

    LOCATION = "Location"
    HEADING = "Heading"
    LEVELING = "Leveling"


@message(TDS)
class GetScopes:
    """Asks for the scopes."""


@message(TDS)
class GetScopesResponse:
    """Answers with the scopes."""

    scopes: tuple[Scope, ...]


@message(TDS)
class SetScopes:
    """Changes the scopes."""

    scopes: tuple[str, ...]


@message(TDS)
class SetScopesResponse:
    """Tells that the scopes changed."""


@message(TDS)
class AddScopes:
    """Adds the scopes."""

    scope_items: tuple[str, ...] = element("ScopeItem")


@message(TDS)
class AddScopesResponse:
    """Tells that the scopes were added."""


@message(TDS)
class RemoveScopes:
    """Takes the scopes away."""

    scope_items: tuple[str, ...] = element("ScopeItem")


@message(TDS)
class RemoveScopesResponse:
    """Tells that the scopes were taken away."""

    scope_items: tuple[str, ...] = element("ScopeItem", default=())


@message(TDS)
class GetDiscoveryMode:
    """Asks for the discovery mode."""


@message(TDS)
class GetDiscoveryModeResponse:
    """Answers with the discovery mode."""

    discovery_mode: DiscoveryMode


@message(TDS)
class SetDiscoveryMode:
    """Changes the discovery mode."""

    discovery_mode: DiscoveryMode


@message(TDS)
class SetDiscoveryModeResponse:
    """Tells that the discovery mode changed."""


@message(TDS)
class GetRemoteDiscoveryMode:
    """Asks for the remote discovery mode."""


@message(TDS)
class GetRemoteDiscoveryModeResponse:
    """Answers with the remote discovery mode."""

    remote_discovery_mode: DiscoveryMode


@message(TDS)
class SetRemoteDiscoveryMode:
    """Changes the remote discovery mode."""

    remote_discovery_mode: DiscoveryMode


@message(TDS)
class SetRemoteDiscoveryModeResponse:
    """Tells that the remote discovery mode changed."""


@message(TDS)
class GetDPAddresses:
    """Asks for the DP addresses."""


@message(TDS)
class GetDPAddressesResponse:
    """Answers with the DP addresses."""

    dp_addresses: tuple[NetworkHost, ...] = element("DPAddress", default=())


@message(TDS)
class SetDPAddresses:
    """Changes the DP addresses."""

    dp_addresses: tuple[NetworkHost, ...] = element("DPAddress", default=())


@message(TDS)
class SetDPAddressesResponse:
    """Tells that the DP addresses changed."""


@message(TDS)
class GetGeoLocation:
    """Asks for the geo location."""


@message(TDS)
class GetGeoLocationResponse:
    """Answers with the geo location."""

    locations: tuple[LocationEntity, ...] = element("Location", default=())


@message(TDS)
class SetGeoLocation:
    """Changes the geo location."""

    locations: tuple[LocationEntity, ...] = element("Location")


@message(TDS)
class SetGeoLocationResponse:
    """Tells that the geo location changed."""


@message(TDS)
class DeleteGeoLocation:
    """Forgets places of the device."""

    locations: tuple[LocationEntity, ...] = element("Location")


@message(TDS)
class DeleteGeoLocationResponse:
    """Tells that the places were forgotten."""


class Scopes(Service):
    """Scopes, discovery and place."""

    get_scopes = Operation(
        GetScopes,
        GetScopesResponse,
        access=Access.READ_SYSTEM,
        faults=(EmptyScope,),
        source="Core, GetScopes (26.06 §8.3.14)",
        iec="IEC 60839-11-31 8.4.14",
    )

    set_scopes = Operation(
        SetScopes,
        SetScopesResponse,
        access=Access.WRITE_SYSTEM,
        faults=(TooManyScopes,),
        source="Core, SetScopes (26.06 §8.3.15)",
        iec="IEC 60839-11-31 8.4.15",
    )

    add_scopes = Operation(
        AddScopes,
        AddScopesResponse,
        access=Access.WRITE_SYSTEM,
        faults=(TooManyScopes,),
        source="Core, AddScopes (26.06 §8.3.16)",
        iec="IEC 60839-11-31 8.4.16",
    )

    remove_scopes = Operation(
        RemoveScopes,
        RemoveScopesResponse,
        access=Access.WRITE_SYSTEM,
        faults=(FixedScope, NoScope),
        source="Core, RemoveScopes (26.06 §8.3.17)",
        iec="IEC 60839-11-31 8.4.17",
    )

    get_discovery_mode = Operation(
        GetDiscoveryMode,
        GetDiscoveryModeResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDiscoveryMode (26.06 §8.3.18)",
        iec="IEC 60839-11-31 8.4.18",
    )

    set_discovery_mode = Operation(
        SetDiscoveryMode,
        SetDiscoveryModeResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetDiscoveryMode (26.06 §8.3.19)",
        iec="IEC 60839-11-31 8.4.19",
    )

    get_remote_discovery_mode = Operation(
        GetRemoteDiscoveryMode,
        GetRemoteDiscoveryModeResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetRemoteDiscoveryMode (26.06 Annex D.1)",
        deprecated=True,
    )

    set_remote_discovery_mode = Operation(
        SetRemoteDiscoveryMode,
        SetRemoteDiscoveryModeResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetRemoteDiscoveryMode (26.06 Annex D.1)",
        deprecated=True,
    )

    get_dp_addresses = Operation(
        GetDPAddresses,
        GetDPAddressesResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDPAddresses (26.06 Annex D.1)",
        deprecated=True,
    )

    set_dp_addresses = Operation(
        SetDPAddresses,
        SetDPAddressesResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetDPAddresses (26.06 Annex D.1)",
        deprecated=True,
    )

    get_geo_location = Operation(
        GetGeoLocation,
        GetGeoLocationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetGeoLocation (26.06 §8.3.20)",
    )

    set_geo_location = Operation(
        SetGeoLocation,
        SetGeoLocationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(TooManyEntries, NoAutoGeo),
        source="Core, SetGeoLocation (26.06 §8.3.21)",
    )

    delete_geo_location = Operation(
        DeleteGeoLocation,
        DeleteGeoLocationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoConfig, Fixed),
        source="Core, DeleteGeoLocation (26.06 §8.3.22)",
    )
