"""Device input and output service: types that several chapters share."""

from vedette.wire.message import element, message
from vedette.wire.namespaces import TMD


@message(TMD)
class GetResponse:
    """The tokens of everything of one kind."""

    tokens: tuple[str, ...] = element("Token", default=())
