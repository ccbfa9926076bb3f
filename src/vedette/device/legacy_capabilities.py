"""GetCapabilities in its first form, filled from what each service says of itself today."""

from collections.abc import Iterable
from typing import Any

from vedette.contract.device import Device
from vedette.contract.events import Events
from vedette.contract.faults import NoSuchService
from vedette.contract.schema import capabilities as tt
from vedette.contract.schema.capabilities import CapabilityCategory
from vedette.device.capabilities import Announcement
from vedette.device.context import RequestContext
from vedette.device.offer import STANDARD_VERSION
from vedette.wire.namespaces import TAN, TDS, TEV, TIMG, TMD, TPTZ, TRC, TRP, TRT, TRV, TSE

STRING_MOST_CHARS = 256  # of texts in the recording service

_CATEGORIES = {
    CapabilityCategory.ANALYTICS: TAN,
    CapabilityCategory.DEVICE: TDS,
    CapabilityCategory.EVENTS: TEV,
    CapabilityCategory.IMAGING: TIMG,
    CapabilityCategory.MEDIA: TRT,
    CapabilityCategory.PTZ: TPTZ,
}


class LegacyAnnouncement:
    """Tells capabilities as the standard's first releases did; the values are the announcement's.

    Source: Core, GetCapabilities and Annex A (26.06 §8.1.2.4).
    """

    def __init__(self, announcement: Announcement) -> None:
        self._announcement = announcement

    async def capabilities(
        self, context: RequestContext, categories: Iterable[CapabilityCategory]
    ) -> tt.Capabilities:
        """The capabilities of these categories, of all if there are none.

        Raises NoSuchService for a category that the device does not have.
        """
        asked = set(categories) or {CapabilityCategory.ALL}
        has_all = CapabilityCategory.ALL in asked
        services = self._announcement.services()
        for category in asked - {CapabilityCategory.ALL}:
            if _CATEGORIES[category] not in services:
                raise NoSuchService(f"this device has no {category} service")
        found: dict[str, tuple[str, Any]] = {}
        told = set(services) if has_all else {_CATEGORIES[each] for each in asked}
        if TDS in told:
            told.add(TMD)  # the device's own capabilities count inputs and relays
        for namespace in services:
            if namespace in told:
                content = await self._announcement.capabilities_of(namespace, context)
                address = self._announcement.addresses.service(context, namespace)
                found[namespace] = (address, content)
        return self._told(found, has_all=has_all)

    def _told(self, found: dict[str, tuple[str, Any]], *, has_all: bool) -> tt.Capabilities:
        takes_firmware = self._announcement.offer.answers(Device.upgrade_system_firmware)
        return tt.Capabilities(
            analytics=_analytics(*found[TAN]) if TAN in found else None,
            device=_device(*found[TDS], found.get(TMD), takes_firmware=takes_firmware)
            if TDS in found
            else None,
            events=self._events(*found[TEV]) if TEV in found else None,
            imaging=tt.ImagingCapabilities(xaddr=found[TIMG][0]) if TIMG in found else None,
            media=_media(*found[TRT]) if TRT in found else None,
            ptz=tt.PTZCapabilities(xaddr=found[TPTZ][0]) if TPTZ in found else None,
            extension=_extension(found) if has_all else None,
        )

    def _events(self, xaddr: str, own: Any) -> tt.EventCapabilities:
        return tt.EventCapabilities(
            xaddr=xaddr,
            ws_subscription_policy_support=bool(own and own.ws_subscription_policy_support),
            ws_pull_point_support=self._announcement.offer.answers(Events.create_pull_point_subscription),
            ws_pausable_subscription_manager_interface_support=bool(
                own and own.ws_pausable_subscription_manager_interface_support
            ),
        )


def _analytics(xaddr: str, own: Any) -> tt.AnalyticsCapabilities:
    return tt.AnalyticsCapabilities(
        xaddr=xaddr,
        rule_support=bool(own and own.rule_support),
        analytics_module_support=bool(own and own.analytics_module_support),
    )


def _device(
    xaddr: str, own: Any, io: tuple[str, Any] | None, *, takes_firmware: bool
) -> tt.DeviceCapabilities:
    network, system, security = own.network, own.system, own.security
    return tt.DeviceCapabilities(
        xaddr=xaddr,
        network=tt.NetworkCapabilities(
            ip_filter=network.ip_filter,
            zero_configuration=network.zero_configuration,
            ip_version6=network.ip_version6,
            dyn_dns=network.dyn_dns,
            extension=tt.NetworkCapabilitiesExtension(dot11_configuration=network.dot11_configuration),
        ),
        io=_contacts(io and io[1], own.misc),
        system=tt.SystemCapabilities(
            discovery_resolve=system.discovery_resolve,
            discovery_bye=system.discovery_bye,
            remote_discovery=system.remote_discovery,
            system_backup=system.system_backup,
            system_logging=system.system_logging,
            firmware_upgrade=takes_firmware,
            supported_versions=(STANDARD_VERSION,),
            extension=tt.SystemCapabilitiesExtension(
                http_firmware_upgrade=system.http_firmware_upgrade,
                http_system_backup=system.http_system_backup,
                http_system_logging=system.http_system_logging,
                http_support_information=system.http_support_information,
            ),
        ),
        security=tt.SecurityCapabilities(
            tls1_1=security.tls1_1,
            tls1_2=security.tls1_2,
            onboard_key_generation=security.onboard_key_generation,
            access_policy_config=security.access_policy_config,
            x509_token=security.x509_token,
            saml_token=security.saml_token,
            kerberos_token=security.kerberos_token,
            rel_token=security.rel_token,
            extension=tt.SecurityCapabilitiesExtension(
                tls1_0=security.tls1_0,
                extension=tt.SecurityCapabilitiesExtension2(
                    dot1x=security.dot1x,
                    supported_eap_methods=security.supported_eap_methods,
                    remote_user_handling=security.remote_user_handling,
                ),
            ),
        ),
    )


def _contacts(own: Any, misc: Any) -> tt.IOCapabilities | None:
    """Inputs, relays and auxiliary commands; None when there is nothing of that kind."""
    if own is None and misc is None:
        return None
    extension = None
    if misc is not None:
        extension = tt.IOCapabilitiesExtension(
            auxiliary=True,
            auxiliary_commands=misc.auxiliary_commands,
            extension=tt.IOCapabilitiesExtension2(),
        )
    return tt.IOCapabilities(
        input_connectors=(own and own.digital_inputs) or 0,
        relay_outputs=(own and own.relay_outputs) or 0,
        extension=extension,
    )


def _media(xaddr: str, own: Any) -> tt.MediaCapabilities:
    streaming = own and own.streaming_capabilities
    profiles = own and own.profile_capabilities.maximum_number_of_profiles
    return tt.MediaCapabilities(
        xaddr=xaddr,
        streaming_capabilities=tt.RealTimeStreamingCapabilities(
            rtp_multicast=bool(streaming and streaming.rtp_multicast),
            rtp_tcp=bool(streaming and streaming.rtp_tcp),
            rtp_rtsp_tcp=bool(streaming and streaming.rtp_rtsp_tcp),
        ),
        extension=profiles
        and tt.MediaCapabilitiesExtension(
            profile_capabilities=tt.ProfileCapabilities(maximum_number_of_profiles=profiles)
        ),
    )


def _extension(found: dict[str, tuple[str, Any]]) -> tt.CapabilitiesExtension | None:
    later = {TMD, TRC, TSE, TRP, TRV} & found.keys()
    if not later:
        return None
    return tt.CapabilitiesExtension(
        device_io=_device_io(*found[TMD]) if TMD in later else None,
        recording=_recording(*found[TRC]) if TRC in later else None,
        search=_search(*found[TSE]) if TSE in later else None,
        replay=tt.ReplayCapabilities(xaddr=found[TRP][0]) if TRP in later else None,
        receiver=_receiver(*found[TRV]) if TRV in later else None,
    )


def _device_io(xaddr: str, own: Any) -> tt.DeviceIOCapabilities:
    return tt.DeviceIOCapabilities(
        xaddr=xaddr,
        video_sources=(own and own.video_sources) or 0,
        video_outputs=(own and own.video_outputs) or 0,
        audio_sources=(own and own.audio_sources) or 0,
        audio_outputs=(own and own.audio_outputs) or 0,
        relay_outputs=(own and own.relay_outputs) or 0,
    )


def _recording(xaddr: str, own: Any) -> tt.RecordingCapabilities:
    return tt.RecordingCapabilities(
        xaddr=xaddr,
        receiver_source=False,
        media_profile_source=True,
        dynamic_recordings=bool(own and own.dynamic_recordings),
        dynamic_tracks=bool(own and own.dynamic_tracks),
        max_string_length=STRING_MOST_CHARS,
    )


def _search(xaddr: str, own: Any) -> tt.SearchCapabilities:
    return tt.SearchCapabilities(
        xaddr=xaddr,
        metadata_search=bool(own and own.metadata_search),
        nl_search=own and own.nl_search,
        image_search=own and own.image_search,
    )


def _receiver(xaddr: str, own: Any) -> tt.ReceiverCapabilities:
    return tt.ReceiverCapabilities(
        xaddr=xaddr,
        rtp_multicast=bool(own and own.rtp_multicast),
        rtp_tcp=bool(own and own.rtp_tcp),
        rtp_rtsp_tcp=bool(own and own.rtp_rtsp_tcp),
        supported_receivers=(own and own.supported_receivers) or 0,
        maximum_rtsp_uri_length=(own and own.maximum_rtsp_uri_length) or 0,
    )
