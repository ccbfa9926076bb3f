"""Security configuration service: media signing."""

from vedette.contract.faults import CertificationPathID, NoPrivateKey, OldCertificationPathID, ReferenceExists
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class AddMediaSigningCertificateAssignment:
    """Adds the media signing certificate assignment."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class AddMediaSigningCertificateAssignmentResponse:
    """Tells that the media signing certificate assignment was added."""


@message(TAS)
class RemoveMediaSigningCertificateAssignment:
    """Takes the media signing certificate assignment away."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class RemoveMediaSigningCertificateAssignmentResponse:
    """Tells that the media signing certificate assignment was taken away."""


@message(TAS)
class GetAssignedMediaSigningCertificates:
    """Asks for the assigned media signing certificates."""


@message(TAS)
class GetAssignedMediaSigningCertificatesResponse:
    """Answers with the assigned media signing certificates."""

    certification_path_ids: tuple[str, ...] = element("CertificationPathID", most=2, default=())


class MediaSigning(Service):
    """Media signing."""

    add_media_signing_certificate_assignment = Operation(
        AddMediaSigningCertificateAssignment,
        AddMediaSigningCertificateAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CertificationPathID, NoPrivateKey),
        source="Security, AddMediaSigningCertificateAssignment (26.06 §5.5.2)",
    )

    remove_media_signing_certificate_assignment = Operation(
        RemoveMediaSigningCertificateAssignment,
        RemoveMediaSigningCertificateAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(ReferenceExists, OldCertificationPathID),
        source="Security, RemoveMediaSigningCertificateAssignment (26.06 §5.5.3)",
    )

    get_assigned_media_signing_certificates = Operation(
        GetAssignedMediaSigningCertificates,
        GetAssignedMediaSigningCertificatesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAssignedMediaSigningCertificates (26.06 §5.5.4)",
    )
