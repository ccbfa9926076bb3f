"""Human bodies in the metadata stream."""

from vedette.contract.schema.geometry import ColorDescriptor
from vedette.wire.message import element, message
from vedette.wire.namespaces import BD


@message(BD)
class BodyMetric:
    """Height and shape of a body."""

    height: int | None = None
    body_shape: str | None = None


@message(BD)
class Scarf:
    """A scarf and its colour."""

    color: ColorDescriptor | None = None
    wear: bool | None = None


@message(BD)
class Gloves:
    """Gloves and their colour."""

    color: ColorDescriptor | None = None
    wear: bool | None = None


@message(BD)
class Tops:
    """What is worn on the upper body."""

    category: str | None = None
    color: ColorDescriptor | None = None
    grain: str | None = None
    style: str | None = None


@message(BD)
class Bottoms:
    """What is worn on the lower body."""

    category: str | None = None
    color: ColorDescriptor | None = None
    grain: str | None = None
    style: str | None = None


@message(BD)
class Shoes:
    """Shoes and their colour."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Clothing:
    """What a person wears."""

    scarf: Scarf | None = None
    gloves: Gloves | None = None
    tops: Tops | None = None
    bottoms: Bottoms | None = None
    shoes: Shoes | None = None


@message(BD)
class Bag:
    """A bag and its colour."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Umbrella:
    """An umbrella and its colour."""

    color: ColorDescriptor | None = None
    open: bool | None = None


@message(BD)
class Box:
    """A box and its colour."""

    color: ColorDescriptor | None = None
    lug: bool | None = None


@message(BD)
class Cart:
    """A cart and its colour."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Belonging:
    """What a person carries."""

    bag: Bag | None = None
    umbrella: Umbrella | None = None
    lift_something: bool | None = None
    box: Box | None = None
    cart: Cart | None = None
    weapon: bool | None = None


@message(BD)
class Behaviour:
    """What a person does."""

    smoking: str | None = None
    using_mobile: str | None = None
    activity: str | None = None


@message(BD)
class Weapon:
    """A weapon and its kind."""

    category: str | None = None
    color: ColorDescriptor | None = None
    pose: str | None = None


@message(BD)
class Belongings:
    """Everything a person carries, piece by piece."""

    bags: tuple[Bag, ...] = element("Bag", default=())
    umbrella: Umbrella | None = None
    cart: Cart | None = None
    weapons: tuple[Weapon, ...] = element("Weapon", default=())


@message(BD)
class HumanBody:
    """A human body: measures, clothing, belongings and posture."""

    body_metric: BodyMetric | None = None
    clothing: Clothing | None = None
    belonging: Belonging | None = None
    behaviour: Behaviour | None = None
    belongings: Belongings | None = None
