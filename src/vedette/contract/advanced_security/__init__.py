"""The security configuration service."""

from vedette.contract.advanced_security.authorization import Authorization
from vedette.contract.advanced_security.capabilities import Capability
from vedette.contract.advanced_security.certificates import Certificates
from vedette.contract.advanced_security.dot1x import PortAccess
from vedette.contract.advanced_security.keys import Keys
from vedette.contract.advanced_security.media_signing import MediaSigning
from vedette.contract.advanced_security.path_validation import PathValidation
from vedette.contract.advanced_security.tls import TLSServer
from vedette.contract.operation import Service
from vedette.wire.namespaces import TAS


class AdvancedSecurity(
    Capability,
    Keys,
    PathValidation,
    Certificates,
    MediaSigning,
    PortAccess,
    Authorization,
    TLSServer,
    Service,
):
    """The security configuration service."""

    namespace = TAS
    title = "Security"
