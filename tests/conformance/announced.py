"""What the simulated device announces, and its events."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.conformance.simulated import HOST, State

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract import events, faults
from vedette.contract.device import Device
from vedette.contract.device import capabilities as offers
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.operation import answers
from vedette.contract.schema import capabilities as old
from vedette.contract.schema.items import ItemList, Message, PropertyOperation, SimpleItem
from vedette.contract.schema.notification import (
    EndpointReference,
    NotificationContent,
    NotificationMessage,
    TopicExpression,
    TopicSet,
)
from vedette.contract.schema.values import OnvifVersion
from vedette.contract.topics import device as topics
from vedette.contract.topics.topic import Topic, topic_set
from vedette.wire.codec import to_element
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.message import XmlElement, XmlName
from vedette.wire.namespaces import TAN, TAS, TDS, TEV, TIMG, TPTZ, TRC, TRP, TRT, TRV, TSE

_WSDL = "http://www.onvif.org/ver10"
OTHERS = (
    *(TAN, TRT, TPTZ, TIMG, TRP, TSE, TRC, TRV, TAS),
    *(
        f"{_WSDL}/{name}/wsdl"
        for name in ("accesscontrol", "doorcontrol", "accessrules", "credential", "schedule")
    ),
)
TOPICS = (
    topics.MONITORING_PROCESSOR_USAGE,
    topics.MONITORING_OPERATING_TIME_LAST_RESET,
    topics.MONITORING_OPERATING_TIME_LAST_REBOOT,
    topics.MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION,
    topics.MONITORING_BACKUP_LAST,
    topics.DEVICE_HARDWARE_FAILURE_FAN_FAILURE,
    topics.DEVICE_HARDWARE_FAILURE_POWER_SUPPLY_FAILURE,
    topics.DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE,
    topics.DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL,
)
ADDRESS = f"http://{HOST}/onvif/device_service"


def _own() -> offers.DeviceServiceCapabilities:
    return offers.DeviceServiceCapabilities(
        network=offers.NetworkCapabilities(ip_filter=True, zero_configuration=True, dyn_dns=True, ntp=1),
        security=offers.SecurityCapabilities(username_token=True, http_digest=True, tls1_2=False),
        system=offers.SystemCapabilities(discovery_bye=True, http_system_backup=True),
        misc=offers.MiscCapabilities(auxiliary_commands=("tt:IRLamp|On", "tt:IRLamp|Off")),
    )


class OfferPart:
    """Services and capabilities."""

    @answers(Device.get_services)
    async def services(self, request: offers.GetServices) -> offers.GetServicesResponse:
        told: dict[str, XmlElement] = {
            TDS: to_element(_own(), XmlName(TDS, "Capabilities")),
            TEV: to_element(events.Capabilities(max_pull_points=2), XmlName(TEV, "Capabilities")),
        }
        for namespace in OTHERS:
            told[namespace] = to_element(events.Capabilities(), XmlName(namespace, "Capabilities"))
        return offers.GetServicesResponse(
            services=tuple(
                offers.ServiceEntry(
                    namespace=namespace,
                    xaddr=ADDRESS,
                    capabilities=offers.AnyCapabilities(content=(content,))
                    if request.include_capability
                    else None,
                    version=OnvifVersion(major=21, minor=12),
                )
                for namespace, content in told.items()
            )
        )

    @answers(Device.get_service_capabilities)
    async def own(self, request: offers.GetServiceCapabilities) -> offers.GetServiceCapabilitiesResponse:
        return offers.GetServiceCapabilitiesResponse(capabilities=_own())

    @answers(Device.get_capabilities)
    async def capabilities(self, request: offers.GetCapabilities) -> offers.GetCapabilitiesResponse:
        wanted = set(request.categories) or {old.CapabilityCategory.ALL}
        is_all = old.CapabilityCategory.ALL in wanted

        def has(category: old.CapabilityCategory) -> bool:
            return is_all or category in wanted

        if wanted == {old.CapabilityCategory.PTZ}:
            raise faults.NoSuchService("no PTZ")
        return offers.GetCapabilitiesResponse(
            capabilities=old.Capabilities(
                device=_old_device() if has(old.CapabilityCategory.DEVICE) else None,
                events=old.EventCapabilities(
                    xaddr=ADDRESS,
                    ws_subscription_policy_support=False,
                    ws_pull_point_support=True,
                    ws_pausable_subscription_manager_interface_support=False,
                )
                if has(old.CapabilityCategory.EVENTS)
                else None,
                imaging=old.ImagingCapabilities(xaddr=ADDRESS)
                if has(old.CapabilityCategory.IMAGING)
                else None,
                analytics=old.AnalyticsCapabilities(
                    xaddr=ADDRESS, rule_support=False, analytics_module_support=False
                )
                if has(old.CapabilityCategory.ANALYTICS)
                else None,
                media=old.MediaCapabilities(
                    xaddr=ADDRESS, streaming_capabilities=old.RealTimeStreamingCapabilities()
                )
                if has(old.CapabilityCategory.MEDIA)
                else None,
            )
        )


def _old_device() -> old.DeviceCapabilities:
    return old.DeviceCapabilities(
        xaddr=ADDRESS,
        network=old.NetworkCapabilities(ip_filter=True, zero_configuration=True, dyn_dns=True),
        system=old.SystemCapabilities(
            discovery_resolve=False,
            discovery_bye=True,
            remote_discovery=False,
            system_backup=False,
            system_logging=False,
            firmware_upgrade=False,
            supported_versions=(OnvifVersion(major=21, minor=12),),
            extension=old.SystemCapabilitiesExtension(http_system_backup=True),
        ),
        io=old.IOCapabilities(relay_outputs=1),
        security=old.SecurityCapabilities(
            tls1_1=False,
            tls1_2=False,
            onboard_key_generation=False,
            access_policy_config=False,
            x509_token=False,
            saml_token=False,
            kerberos_token=False,
            rel_token=False,
        ),
    )


_VALUES = {"xs:float": "12.5", "xs:boolean": "false"}


def event_properties(topics: Iterable[Topic]) -> events.GetEventPropertiesResponse:
    """What a device that has these topics says of its events."""
    return events.GetEventPropertiesResponse(
        topic_namespace_locations=("http://www.onvif.org/onvif/ver10/topics/topicns.xml",),
        fixed_topic_set=True,
        topic_set=TopicSet(content=topic_set(topics)),
        topic_expression_dialects=(CONCRETE_SET,),
        message_content_filter_dialects=("http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter",),
        message_content_schema_locations=("http://www.onvif.org/onvif/ver10/schema/onvif.xsd",),
    )


def subscribed(clock: ManualClock) -> events.CreatePullPointSubscriptionResponse:
    """A device's answer to a subscription, which lasts a minute."""
    now = datetime_from_utc_us(clock.utc_us())
    return events.CreatePullPointSubscriptionResponse(
        subscription_reference=EndpointReference(address=f"http://{HOST}/onvif/subscription/1"),
        current_time=now,
        termination_time=now + timedelta(minutes=1),
    )


class EventPart:
    """One pull point, of which one topic is subscribed."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.topic: Topic | None = None
        self.told = -1  # how many synchronizations were told, -1 before the first message

    @answers(Events.get_event_properties)
    async def properties(self, request: events.GetEventProperties) -> events.GetEventPropertiesResponse:
        return event_properties(TOPICS)

    @answers(Events.create_pull_point_subscription)
    async def subscribe(
        self, request: events.CreatePullPointSubscription
    ) -> events.CreatePullPointSubscriptionResponse:
        text = "" if request.filter is None else (request.filter.content[0].text or "")
        self.topic = next(each for each in TOPICS if each.path == text)
        self.told = -1
        return subscribed(self.state.clock)

    @answers(PullPointSubscription.pull_messages)
    async def pull(self, request: events.PullMessages) -> events.PullMessagesResponse:
        now = datetime_from_utc_us(self.state.clock.utc_us())
        told: tuple[NotificationMessage, ...] = ()
        if self.topic is not None and self.told < self.state.synchronized:
            kind = PropertyOperation.INITIALIZED if self.told < 0 else PropertyOperation.CHANGED
            number = self.state.synchronized + self.state.reboots
            told = (_message(self.topic, kind, f"2026-01-01T00:00:{number:02}Z"),)
            self.told = self.state.synchronized
        return events.PullMessagesResponse(
            current_time=now, termination_time=now + timedelta(minutes=1), notification_messages=told
        )

    @answers(PullPointSubscription.unsubscribe)
    async def unsubscribe(self, request: events.Unsubscribe) -> events.UnsubscribeResponse:
        self.topic = None
        return events.UnsubscribeResponse()


def _message(topic: Topic, operation: PropertyOperation, stamp: str) -> NotificationMessage:
    values = _VALUES | {"xs:dateTime": stamp}
    source, data = (
        ItemList(
            simple_items=tuple(SimpleItem(name=each.name, value=values.get(each.type, "1")) for each in items)
        )
        for items in (topic.source, topic.data)
    )
    return NotificationMessage(
        topic=TopicExpression(dialect=CONCRETE_SET, value=topic.expression),
        message=NotificationContent(
            message=Message(
                utc_time=datetime(2026, 1, 1, tzinfo=UTC),
                property_operation=operation,
                source=source,
                data=data,
            )
        ),
    )
