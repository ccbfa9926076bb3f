"""Human faces in the metadata stream."""

from vedette.contract.schema.geometry import ColorDescriptor, GeoOrientation
from vedette.contract.schema.values import IntRange
from vedette.wire.message import message
from vedette.wire.namespaces import FC


@message(FC)
class Hair:
    """Hair: length, style and colour."""

    length: str | None = None
    style: str | None = None
    color: ColorDescriptor | None = None
    bangs: bool | None = None


@message(FC)
class Eyebrow:
    """Eyebrows and their shape."""

    width: str | None = None
    color: ColorDescriptor | None = None
    space: str | None = None


@message(FC)
class Eye:
    """Eyes: shape, lids and colour."""

    shape: str | None = None
    eyelid: str | None = None
    eyeball: str | None = None


@message(FC)
class Nose:
    """The nose and its shape."""

    length: str | None = None
    nose_bridge: str | None = None
    nose_wing: str | None = None
    nose_end: str | None = None


@message(FC)
class FacialHair:
    """Beard and moustache."""

    mustache: bool | None = None
    beard: bool | None = None
    sideburn: bool | None = None


@message(FC)
class PoseAngle:
    """How a head is turned, in degrees."""

    pose_angles: GeoOrientation | None = None
    uncertainty: GeoOrientation | None = None


@message(FC)
class AccessoryDescription:
    """One accessory: whether it is worn, its kind and colour."""

    wear: bool | None = None
    color: ColorDescriptor | None = None
    subtype: str | None = None


@message(FC)
class Accessory:
    """What is worn on the face or head."""

    opticals: AccessoryDescription | None = None
    hat: AccessoryDescription | None = None
    mask: AccessoryDescription | None = None
    hijab: AccessoryDescription | None = None
    helmet: AccessoryDescription | None = None
    kerchief: AccessoryDescription | None = None
    right_eye_patch: AccessoryDescription | None = None
    left_eye_patch: AccessoryDescription | None = None


@message(FC)
class AdditionalFeatures:
    """Marks of a face that nothing else covers."""

    scar: bool | None = None
    mole: bool | None = None
    tattoo: bool | None = None
    freckles: str | None = None


@message(FC)
class HumanFace:
    """A human face and what can be told from it."""

    age: IntRange | None = None
    gender: str | None = None
    temperature: float | None = None
    complexion: str | None = None
    facial_shape: str | None = None
    hair: Hair | None = None
    eyebrow: Eyebrow | None = None
    eye: Eye | None = None
    ear: str | None = None
    nose: Nose | None = None
    facial_hair: FacialHair | None = None
    lip: str | None = None
    chin: str | None = None
    expression: str | None = None
    pose_angle: PoseAngle | None = None
    accessory: Accessory | None = None
    additional_features: AdditionalFeatures | None = None
