"""The metadata stream: frames, objects, positions and events."""

from datetime import datetime
from enum import StrEnum

from vedette.contract.schema.geometry import (
    AspectRatioTransformation,
    ColorDescriptor,
    GeoLocation,
    GeoOrientation,
    Polygon,
    Rectangle,
    SphericalCoordinate,
    StringLikelihood,
    Transformation,
    Vector,
)
from vedette.contract.schema.human_body import HumanBody
from vedette.contract.schema.human_face import HumanFace
from vedette.contract.schema.notification import NotificationMessage
from vedette.contract.schema.ptz import PTZStatus
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT, WSNT


@message(TT)
class ObjectId:
    """What tells an object apart from others."""

    object_id: int | None = attribute("ObjectId", default=None)
    uuid: str | None = attribute("UUID", default=None)


@message(TT)
class ShapeDescriptor:
    """Where an object is in the picture."""

    bounding_box: Rectangle
    center_of_gravity: Vector
    polygons: tuple[Polygon, ...] = element("Polygon", default=())


class ClassType(StrEnum):
    """The classes of objects, in the older list."""

    ANIMAL = "Animal"
    FACE = "Face"
    HUMAN = "Human"
    VEHICAL = "Vehical"
    OTHER = "Other"


@message(TT)
class ClassCandidate:
    """A class with its likelihood, in the older list."""

    type: ClassType
    likelihood: float


@message(TT)
class OtherType:
    """A class by name with its likelihood."""

    type: str
    likelihood: float


@message(TT)
class ClassDescriptorExtension:
    """Classes beyond the older list."""

    other_types: tuple[OtherType, ...]


@message(TT)
class ClassDescriptor:
    """What an object probably is."""

    class_candidates: tuple[ClassCandidate, ...] = element("ClassCandidate", default=())
    extension: ClassDescriptorExtension | None = None
    types: tuple[StringLikelihood, ...] = element("Type", default=())


@message(TT)
class VehicleInfo:
    """What is known about a vehicle."""

    type: StringLikelihood
    brand: StringLikelihood | None = None
    model: StringLikelihood | None = None
    color: ColorDescriptor | None = None


@message(TT)
class LicensePlateInfo:
    """What is read from a number plate."""

    plate_number: StringLikelihood
    plate_type: StringLikelihood | None = None
    country_code: StringLikelihood | None = None
    issuing_entity: StringLikelihood | None = None


@message(TT)
class BarcodeInfo:
    """What is read from a barcode."""

    data: StringLikelihood
    type: StringLikelihood | None = None
    ppm: float | None = element("PPM", default=None)


@message(TT)
class LabelInfo:
    """A label on an object, such as that of dangerous goods."""

    likelihood: float | None = attribute("Likelihood", default=None)
    authority: str
    id: str = element("ID")


@message(TT)
class Appearance:
    """How an object looks."""

    transformation: Transformation | None = None
    shape: ShapeDescriptor | None = None
    color: ColorDescriptor | None = None
    class_: ClassDescriptor | None = None
    geo_location: GeoLocation | None = None
    vehicle_info: tuple[VehicleInfo, ...] = ()
    license_plate_info: LicensePlateInfo | None = None
    human_face: HumanFace | None = None
    human_body: HumanBody | None = None
    image_ref: str | None = None
    image: bytes | None = None
    barcode_info: BarcodeInfo | None = None
    spherical_coordinate: SphericalCoordinate | None = None
    labels: tuple[LabelInfo, ...] = element("Label", default=())


@message(TT)
class Removed:
    """The object was taken away."""


@message(TT)
class Idle:
    """The object does nothing."""


@message(TT)
class Behaviour:
    """What an object does."""

    removed: Removed | None = None
    idle: Idle | None = None
    speed: float | None = None
    direction: GeoOrientation | None = None


@message(TT)
class Object(ObjectId):
    """Something that was seen: how it looks and what it does."""

    parent: int | None = attribute("Parent", default=None)
    parent_uuid: str | None = attribute("ParentUUID", default=None)
    appearance: Appearance | None = None
    behaviour: Behaviour | None = None


@message(TT)
class Rename:
    """One object goes on under another identity."""

    from_: ObjectId = element("from")
    to: ObjectId = element("to")


@message(TT)
class Split:
    """One object became several."""

    from_: ObjectId = element("from")
    to: tuple[ObjectId, ...] = element("to", least=2)


@message(TT)
class Merge:
    """Several objects became one."""

    from_: tuple[ObjectId, ...] = element("from", least=2)
    to: ObjectId = element("to")


@message(TT)
class ObjectTree:
    """How objects became others: renamed, split, merged or gone."""

    renames: tuple[Rename, ...] = element("Rename", default=())
    splits: tuple[Split, ...] = element("Split", default=())
    merges: tuple[Merge, ...] = element("Merge", default=())
    deletes: tuple[ObjectId, ...] = element("Delete", default=())


@message(TT)
class MotionInCells:
    """Which cells of a grid moved."""

    columns: int = attribute("Columns")
    rows: int = attribute("Rows")
    cells: bytes = attribute("Cells")


@message(TT)
class FrameExtension:
    """Motion in cells within a frame."""

    motion_in_cells: MotionInCells | None = None


@message(TT)
class Frame:
    """What was seen at one instant."""

    utc_time: datetime = attribute("UtcTime")
    colorspace: str | None = attribute("Colorspace", default=None)
    source: str | None = attribute("Source", default=None)
    ptz_status: PTZStatus | None = element("PTZStatus", default=None)
    transformation: Transformation | None = None
    objects: tuple[Object, ...] = element("Object", default=())
    object_tree: ObjectTree | None = None
    extension: FrameExtension | None = None
    scene_image_ref: str | None = None
    scene_image: bytes | None = None
    aspect_ratio_transformations: tuple[AspectRatioTransformation, ...] = element(
        "AspectRatioTransformation", default=()
    )


@message(TT)
class VideoAnalyticsStream:
    """Frames of video analytics."""

    frames: tuple[Frame, ...] = element("Frame", default=())


@message(TT)
class PTZStream:
    """Positions of the PTZ head."""

    ptz_statuses: tuple[PTZStatus, ...] = element("PTZStatus", default=())


@message(TT)
class EventStream:
    """Notifications within the metadata stream."""

    notification_messages: tuple[NotificationMessage, ...] = element(
        "NotificationMessage", namespace=WSNT, default=()
    )


@message(TT)
class AudioDescriptor:
    """What was heard at one instant."""

    utc_time: datetime = attribute("UtcTime")


@message(TT)
class AudioAnalyticsStream:
    """What was heard."""

    audio_descriptors: tuple[AudioDescriptor, ...] = element("AudioDescriptor", default=())


@message(TT)
class MetadataStreamExtension:
    """Audio analytics within the metadata stream."""

    audio_analytics_stream: AudioAnalyticsStream | None = None


@message(TT)
class SensorData:
    """A measurement of a sensor."""

    utc_time: datetime = attribute("UtcTime")
    sensor_id: str = attribute("SensorID")
    type: str
    value: float


@message(TT)
class MetadataStream:
    """A document of the metadata stream."""

    video_analytics: tuple[VideoAnalyticsStream, ...] = ()
    ptz: tuple[PTZStream, ...] = element("PTZ", default=())
    events: tuple[EventStream, ...] = element("Event", default=())
    extensions: tuple[MetadataStreamExtension, ...] = element("Extension", default=())
    sensor_data: tuple[SensorData, ...] = ()


class VehicleType(StrEnum):
    """The kinds of vehicles."""

    BUS = "Bus"
    CAR = "Car"
    TRUCK = "Truck"
    BICYCLE = "Bicycle"
    MOTORCYCLE = "Motorcycle"


class PlateType(StrEnum):
    """The kinds of number plates."""

    NORMAL = "Normal"
    POLICE = "Police"
    DIPLOMAT = "Diplomat"
    TEMPORARY = "Temporary"


class BarcodeType(StrEnum):
    """The kinds of barcodes."""

    CODE_39 = "Code-39"
    CODE_49 = "Code-49"
    CODE_93 = "Code-93"
    CODE_128 = "Code-128"
    CODE_11 = "Code-11"
    CODE_25_INTERLEAVED = "Code-25-Interleaved"
    CODE_25_NON_INTERLEAVED = "Code-25-NonInterleaved"
    DATA_MATRIX = "DataMatrix"
    MAXICODE = "Maxicode"
    POSTNET = "Postnet"
    RM4SCC = "RM4SCC"
    ISBN_13 = "ISBN-13"
    ISBN_13_DUAL = "ISBN-13-Dual"
    ISBN_10 = "ISBN-10"
    ITF_14 = "ITF-14"
    EAN_2 = "EAN-2"
    EAN_8 = "EAN-8"
    EAN_13 = "EAN-13"
    EAN_14 = "EAN-14"
    EAN_18 = "EAN-18"
    EAN_99 = "EAN-99"
    EAN_128 = "EAN-128"
    SCC_14 = "SCC-14"
    SSCC_18 = "SSCC-18"
    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    PDF417 = "PDF417"
    QR_CODE = "QRCode"


class LabelAuthority(StrEnum):
    """Who defines a label."""

    ISO_3864 = "ISO_3864"
    ISO_7010 = "ISO_7010"
    UNECE_ADR = "UNECE_ADR"
    UNECE_GHS = "UNECE_GHS"


class ObjectType(StrEnum):
    """The classes of objects."""

    ANIMAL = "Animal"
    HUMAN_FACE = "HumanFace"
    HUMAN = "Human"
    BICYCLE = "Bicycle"
    VEHICLE = "Vehicle"
    LICENSE_PLATE = "LicensePlate"
    BIKE = "Bike"
    BARCODE = "Barcode"
    FIRE = "Fire"
    SMOKE = "Smoke"


class AudioClassType(StrEnum):
    """The kinds of sounds that are told apart."""

    GUN_SHOT = "gun_shot"
    SCREAM = "scream"
    GLASS_BREAKING = "glass_breaking"
    TIRE_SCREECH = "tire_screech"


class AudioClassification(StrEnum):
    """The kinds of sounds that are told apart, in the newer list."""

    GUN_SHOT = "GunShot"
    SCREAM = "Scream"
    GLASS_BREAKING = "GlassBreaking"
    TIRE_SCREECH = "TireScreech"
    ALARM = "Alarm"
