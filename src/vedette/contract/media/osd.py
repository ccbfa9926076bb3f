"""First media service: on-screen display."""

from vedette.contract.faults import ConfigModify, MaxOSDs, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.osd import OSDConfiguration, OSDConfigurationOptions
from vedette.wire.message import element, message
from vedette.wire.namespaces import TRT


@message(TRT)
class GetOSDs:
    """Asks for the OSDs."""

    configuration_token: str | None = None


@message(TRT)
class GetOSDsResponse:
    """Answers with the OSDs."""

    osds: tuple[OSDConfiguration, ...] = element("OSDs", default=())


@message(TRT)
class GetOSD:
    """Asks for the OSD."""

    osd_token: str = element("OSDToken")


@message(TRT)
class GetOSDResponse:
    """Answers with the OSD."""

    osd: OSDConfiguration = element("OSD")


@message(TRT)
class GetOSDOptions:
    """Asks what the OSD can be set to."""

    configuration_token: str


@message(TRT)
class GetOSDOptionsResponse:
    """Answers with what the OSD can be set to."""

    osd_options: OSDConfigurationOptions = element("OSDOptions")


@message(TRT)
class SetOSD:
    """Changes the OSD."""

    osd: OSDConfiguration = element("OSD")


@message(TRT)
class SetOSDResponse:
    """Tells that the OSD changed."""


@message(TRT)
class CreateOSD:
    """Makes a new OSD."""

    osd: OSDConfiguration = element("OSD")


@message(TRT)
class CreateOSDResponse:
    """Tells that the OSD was made."""

    osd_token: str = element("OSDToken")


@message(TRT)
class DeleteOSD:
    """Deletes the OSD."""

    osd_token: str = element("OSDToken")


@message(TRT)
class DeleteOSDResponse:
    """Tells that the OSD was deleted."""


class Overlays(Service):
    """On-screen display."""

    get_osds = Operation(
        GetOSDs,
        GetOSDsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetOSDs (26.06 §5.20.3)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )

    get_osd = Operation(
        GetOSD,
        GetOSDResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetOSD (26.06 §5.20.4)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )

    get_osd_options = Operation(
        GetOSDOptions,
        GetOSDOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetOSDOptions (26.06 §5.20.6)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )

    set_osd = Operation(
        SetOSD,
        SetOSDResponse,
        access=Access.ACTUATE,
        faults=(ConfigModify, NoConfig),
        source="Media, SetOSD (26.06 §5.20.5)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )

    create_osd = Operation(
        CreateOSD,
        CreateOSDResponse,
        access=Access.ACTUATE,
        faults=(MaxOSDs,),
        source="Media, CreateOSD (26.06 §5.20.1)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )

    delete_osd = Operation(
        DeleteOSD,
        DeleteOSDResponse,
        access=Access.ACTUATE,
        faults=(NoConfig,),
        source="Media, DeleteOSD (26.06 §5.20.2)",
        iec="IEC 62676-2-31 6.10; 6.14",
    )
