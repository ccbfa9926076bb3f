"""Every service of the contract by title; a service's module is imported when it is asked for."""

from collections.abc import Iterator
from importlib import import_module
from typing import cast

from vedette.contract.operation import Service

SERVICES: dict[str, str] = {
    "Device": "vedette.contract.device:Device",
    "DeviceIO": "vedette.contract.deviceio:DeviceIO",
    "Media": "vedette.contract.media:Media",
    "Media2": "vedette.contract.media2:Media2",
    "Event": "vedette.contract.events:Events",
    "Event, subscription manager": "vedette.contract.events:SubscriptionManager",
    "Event, pull point subscription": "vedette.contract.events:PullPointSubscription",
    "Event, notification producer": "vedette.contract.events:NotificationProducer",
    "Event, notification consumer": "vedette.contract.events:NotificationConsumer",
    "Event, pausable subscription manager": "vedette.contract.base_notification:PausableSubscriptionManager",
    "Event, pull point": "vedette.contract.base_notification:PullPoint",
    "Event, pull point factory": "vedette.contract.base_notification:PullPointFactory",
    "Recording": "vedette.contract.recording:Recording",
    "Search": "vedette.contract.search:Search",
    "Replay": "vedette.contract.replay:Replay",
    "Receiver": "vedette.contract.receiver:Receivers",
    "PTZ": "vedette.contract.ptz:PTZ",
    "Imaging": "vedette.contract.imaging:Imaging",
    "Analytics": "vedette.contract.analytics:Analytics",
    "Security": "vedette.contract.advanced_security:AdvancedSecurity",
    "Uplink": "vedette.contract.uplink:Uplink",
    "Discovery": "vedette.contract.discovery:Discovery",
}

# What a service answers besides, or hands out addresses of, by title: described together with it.
COMPANIONS: dict[str, tuple[str, ...]] = {
    "Event": (
        "Event, notification producer",
        "Event, pull point subscription",
        "Event, subscription manager",
    ),
}


def service(title: str) -> type[Service]:
    """The service of that title; imports its module. Raises KeyError for a title that is not in SERVICES."""
    module, _, name = SERVICES[title].partition(":")
    return cast("type[Service]", getattr(import_module(module), name))


def companions(of: type[Service]) -> tuple[type[Service], ...]:
    """The services that are described together with that one."""
    return tuple(service(title) for title in COMPANIONS.get(of.title, ()))


def all_services() -> Iterator[type[Service]]:
    """Every service; imports all of their modules, which takes a noticeable part of a second."""
    return (service(title) for title in SERVICES)
