"""Device management service: certificates."""

from datetime import datetime

from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.security import (
    Certificate,
    CertificateInformation,
    CertificateStatus,
    CertificateWithPrivateKey,
)
from vedette.contract.schema.values import BinaryData
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class CreateCertificate:
    """Makes a new certificate."""

    certificate_id: str | None = element("CertificateID", default=None)
    subject: str | None = None
    valid_not_before: datetime | None = None
    valid_not_after: datetime | None = None


@message(TDS)
class CreateCertificateResponse:
    """Tells that the certificate was made."""

    nvt_certificate: Certificate


@message(TDS)
class GetCertificates:
    """Asks for the certificates."""


@message(TDS)
class GetCertificatesResponse:
    """Answers with the certificates."""

    nvt_certificates: tuple[Certificate, ...] = element("NvtCertificate", default=())


@message(TDS)
class GetCertificatesStatus:
    """Asks for the certificates status."""


@message(TDS)
class GetCertificatesStatusResponse:
    """Answers with the certificates status."""

    certificate_statuses: tuple[CertificateStatus, ...] = element("CertificateStatus", default=())


@message(TDS)
class SetCertificatesStatus:
    """Changes the certificates status."""

    certificate_statuses: tuple[CertificateStatus, ...] = element("CertificateStatus", default=())


@message(TDS)
class SetCertificatesStatusResponse:
    """Tells that the certificates status changed."""


@message(TDS)
class DeleteCertificates:
    """Deletes the certificates."""

    certificate_ids: tuple[str, ...] = element("CertificateID")


@message(TDS)
class DeleteCertificatesResponse:
    """Tells that the certificates were deleted."""


@message(TDS)
class GetPkcs10Request:
    """Asks for the PKCS#10 request."""

    certificate_id: str = element("CertificateID")
    subject: str | None = None
    attributes: BinaryData | None = None


@message(TDS)
class GetPkcs10RequestResponse:
    """Answers with the PKCS#10 request."""

    pkcs10_request: BinaryData


@message(TDS)
class LoadCertificates:
    """Brings in the certificates."""

    nvt_certificates: tuple[Certificate, ...] = element("NVTCertificate")


@message(TDS)
class LoadCertificatesResponse:
    """Tells that the certificates were stored."""


@message(TDS)
class GetClientCertificateMode:
    """Asks for the client certificate mode."""


@message(TDS)
class GetClientCertificateModeResponse:
    """Answers with the client certificate mode."""

    enabled: bool


@message(TDS)
class SetClientCertificateMode:
    """Changes the client certificate mode."""

    enabled: bool


@message(TDS)
class SetClientCertificateModeResponse:
    """Tells that the client certificate mode changed."""


@message(TDS)
class GetCACertificates:
    """Asks for the CA certificates."""


@message(TDS)
class GetCACertificatesResponse:
    """Answers with the CA certificates."""

    ca_certificates: tuple[Certificate, ...] = element("CACertificate", default=())


@message(TDS)
class LoadCertificateWithPrivateKey:
    """Brings in the certificate with private key."""

    certificates_with_private_keys: tuple[CertificateWithPrivateKey, ...] = element(
        "CertificateWithPrivateKey"
    )


@message(TDS)
class LoadCertificateWithPrivateKeyResponse:
    """Tells that the certificate with private key was stored."""


@message(TDS)
class GetCertificateInformation:
    """Asks for the certificate information."""

    certificate_id: str = element("CertificateID")


@message(TDS)
class GetCertificateInformationResponse:
    """Answers with the certificate information."""

    certificate_information: CertificateInformation


@message(TDS)
class LoadCACertificates:
    """Brings in the CA certificates."""

    ca_certificates: tuple[Certificate, ...] = element("CACertificate")


@message(TDS)
class LoadCACertificatesResponse:
    """Tells that the CA certificates were stored."""


class Certificates(Service):
    """Certificates."""

    create_certificate = Operation(
        CreateCertificate,
        CreateCertificateResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, CreateCertificate (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.9",
        deprecated=True,
    )

    get_certificates = Operation(
        GetCertificates,
        GetCertificatesResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetCertificates (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.10",
        deprecated=True,
    )

    get_certificates_status = Operation(
        GetCertificatesStatus,
        GetCertificatesStatusResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetCertificatesStatus (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.12",
        deprecated=True,
    )

    set_certificates_status = Operation(
        SetCertificatesStatus,
        SetCertificatesStatusResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetCertificatesStatus (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.13",
        deprecated=True,
    )

    delete_certificates = Operation(
        DeleteCertificates,
        DeleteCertificatesResponse,
        access=Access.UNRECOVERABLE,
        source="Core, DeleteCertificates (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.21",
        deprecated=True,
    )

    get_pkcs10_request = Operation(
        GetPkcs10Request,
        GetPkcs10RequestResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetPkcs10Request (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.14",
        deprecated=True,
    )

    load_certificates = Operation(
        LoadCertificates,
        LoadCertificatesResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, LoadCertificates (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.17",
        deprecated=True,
    )

    get_client_certificate_mode = Operation(
        GetClientCertificateMode,
        GetClientCertificateModeResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetClientCertificateMode (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.15",
        deprecated=True,
    )

    set_client_certificate_mode = Operation(
        SetClientCertificateMode,
        SetClientCertificateModeResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetClientCertificateMode (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.16",
        deprecated=True,
    )

    get_ca_certificates = Operation(
        GetCACertificates,
        GetCACertificatesResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetCACertificates (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.11",
        deprecated=True,
    )

    load_certificate_with_private_key = Operation(
        LoadCertificateWithPrivateKey,
        LoadCertificateWithPrivateKeyResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, LoadCertificateWithPrivateKey (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.18",
        deprecated=True,
    )

    get_certificate_information = Operation(
        GetCertificateInformation,
        GetCertificateInformationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetCertificateInformation (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.19",
        deprecated=True,
    )

    load_ca_certificates = Operation(
        LoadCACertificates,
        LoadCACertificatesResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, LoadCACertificates (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.20",
        deprecated=True,
    )
