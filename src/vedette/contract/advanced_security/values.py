"""Security configuration service: types that several chapters share."""

from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class AlgorithmIdentifier:
    """An algorithm by its object identifier, its parameters in DER."""

    algorithm: str = element("algorithm")
    parameters: bytes | None = element("parameters", default=None)
