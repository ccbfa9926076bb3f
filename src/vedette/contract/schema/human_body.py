"""Human bodies in the metadata stream."""

from vedette.contract.schema.geometry import ColorDescriptor
from vedette.wire.message import element, message
from vedette.wire.namespaces import BD


@message(BD)
class BodyMetric:
    """Body metric."""

    height: int | None = None
    body_shape: str | None = None


@message(BD)
class Scarf:
    """Scarf."""

    color: ColorDescriptor | None = None
    wear: bool | None = None


@message(BD)
class Gloves:
    """Gloves."""

    color: ColorDescriptor | None = None
    wear: bool | None = None


@message(BD)
class Tops:
    """Tops."""

    category: str | None = None
    color: ColorDescriptor | None = None
    grain: str | None = None
    style: str | None = None


@message(BD)
class Bottoms:
    """Bottoms."""

    category: str | None = None
    color: ColorDescriptor | None = None
    grain: str | None = None
    style: str | None = None


@message(BD)
class Shoes:
    """Shoes."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Clothing:
    """Clothing."""

    scarf: Scarf | None = None
    gloves: Gloves | None = None
    tops: Tops | None = None
    bottoms: Bottoms | None = None
    shoes: Shoes | None = None


@message(BD)
class Bag:
    """Bag."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Umbrella:
    """Umbrella."""

    color: ColorDescriptor | None = None
    open: bool | None = None


@message(BD)
class Box:
    """Box."""

    color: ColorDescriptor | None = None
    lug: bool | None = None


@message(BD)
class Cart:
    """Cart."""

    category: str | None = None
    color: ColorDescriptor | None = None


@message(BD)
class Belonging:
    """Belonging."""

    bag: Bag | None = None
    umbrella: Umbrella | None = None
    lift_something: bool | None = None
    box: Box | None = None
    cart: Cart | None = None
    weapon: bool | None = None


@message(BD)
class Behaviour:
    """Behaviour."""

    smoking: str | None = None
    using_mobile: str | None = None
    activity: str | None = None


@message(BD)
class Weapon:
    """Weapon."""

    category: str | None = None
    color: ColorDescriptor | None = None
    pose: str | None = None


@message(BD)
class Belongings:
    """Belongings."""

    bags: tuple[Bag, ...] = element("Bag", default=())
    umbrella: Umbrella | None = None
    cart: Cart | None = None
    weapons: tuple[Weapon, ...] = element("Weapon", default=())


@message(BD)
class HumanBody:
    """Human body."""

    body_metric: BodyMetric | None = None
    clothing: Clothing | None = None
    belonging: Belonging | None = None
    behaviour: Behaviour | None = None
    belongings: Belongings | None = None
