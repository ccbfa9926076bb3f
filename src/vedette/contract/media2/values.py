"""Second media service: types that several chapters share."""

from vedette.wire.message import message
from vedette.wire.namespaces import TR2


@message(TR2)
class GetConfiguration:
    """Narrows a question about configurations to one of them or to a profile."""

    configuration_token: str | None = None
    profile_token: str | None = None
