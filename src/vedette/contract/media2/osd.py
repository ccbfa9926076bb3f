"""Second media service: on-screen display."""

from vedette.contract.faults import ConfigModifyMedia2, MaxOSDs, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.osd import OSDConfiguration, OSDConfigurationOptions
from vedette.wire.message import element, message
from vedette.wire.namespaces import TR2


@message(TR2)
class GetOSDs:
    """Asks for the OSDs."""

    osd_token: str | None = element("OSDToken", default=None)
    configuration_token: str | None = None


@message(TR2)
class GetOSDsResponse:
    """Answers with the OSDs."""

    osds: tuple[OSDConfiguration, ...] = element("OSDs", default=())


@message(TR2)
class GetOSDOptions:
    """Asks what the OSD can be set to."""

    configuration_token: str


@message(TR2)
class GetOSDOptionsResponse:
    """Answers with what the OSD can be set to."""

    osd_options: OSDConfigurationOptions = element("OSDOptions")


@message(TR2)
class SetOSD:
    """Changes the OSD."""

    osd: OSDConfiguration = element("OSD")


@message(TR2)
class SetOSDResponse:
    """Tells that the OSD changed."""


@message(TR2)
class CreateOSD:
    """Makes a new OSD."""

    osd: OSDConfiguration = element("OSD")


@message(TR2)
class CreateOSDResponse:
    """Tells that the OSD was made."""

    osd_token: str = element("OSDToken")


@message(TR2)
class DeleteOSD:
    """Deletes the OSD."""

    osd_token: str = element("OSDToken")


@message(TR2)
class DeleteOSDResponse:
    """Tells that the OSD was deleted."""


class Overlays(Service):
    """On-screen display."""

    get_osds = Operation(
        GetOSDs,
        GetOSDsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media2, GetOSDs (26.06 §5.9.4)",
        iec="IEC 62676-2-31 6.10.4",
    )

    get_osd_options = Operation(
        GetOSDOptions,
        GetOSDOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media2, GetOSDOptions (26.06 §5.9.6)",
        iec="IEC 62676-2-31 6.10.6",
    )

    set_osd = Operation(
        SetOSD,
        SetOSDResponse,
        access=Access.ACTUATE,
        faults=(ConfigModifyMedia2, NoConfig),
        source="Media2, SetOSD (26.06 §5.9.5)",
        iec="IEC 62676-2-31 6.10.5",
    )

    create_osd = Operation(
        CreateOSD,
        CreateOSDResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, MaxOSDs, ConfigModifyMedia2),
        source="Media2, CreateOSD (26.06 §5.9.2)",
        iec="IEC 62676-2-31 6.10.2",
    )

    delete_osd = Operation(
        DeleteOSD,
        DeleteOSDResponse,
        access=Access.ACTUATE,
        faults=(NoConfig,),
        source="Media2, DeleteOSD (26.06 §5.9.3)",
        iec="IEC 62676-2-31 6.10.3",
    )
