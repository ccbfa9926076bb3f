"""Security configuration service: certificates and certification paths."""

from datetime import datetime

from vedette.contract.advanced_security.values import AlgorithmIdentifier
from vedette.contract.faults import (
    BadCertificate,
    BadPKCS12File,
    CertificateCreationFailed,
    CertificateDeletionFailed,
    CertificateID,
    CertificationPathCreationFailed,
    CertificationPathDeletionFailed,
    CertificationPathID,
    CSRCreationFailed,
    DecryptionFailed,
    Duplicate,
    InvalidAttribute,
    InvalidCertificationPath,
    InvalidDateTime,
    InvalidKeyStatus,
    InvalidSubject,
    KeyID,
    KeySignatureAlgorithmMismatch,
    MaximumNumberOfCertificatesReached,
    MaximumNumberOfCertificationPathsReached,
    MaximumNumberOfKeysReached,
    NoMatchingPrivateKey,
    PassphraseID,
    PublicPrivateKeyMismatch,
    ReferenceExists,
    UnsupportedPublicKeyAlgorithm,
    UnsupportedSignatureAlgorithm,
    UnsupportedX509Version,
    X509VersionExtensionsMismatch,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class DNAttributeTypeAndValue:
    """One attribute of a name that has no element of its own."""

    type: str
    value: str


@message(TAS)
class MultiValuedRDN:
    """Attributes that together make one step of a name."""

    attributes: tuple[DNAttributeTypeAndValue, ...] = element("Attribute", default=())


@message(TAS)
class DistinguishedName:
    """The name of a subject or issuer, attribute by attribute."""

    countries: tuple[str, ...] = element("Country", default=())
    organizations: tuple[str, ...] = element("Organization", default=())
    organizational_units: tuple[str, ...] = element("OrganizationalUnit", default=())
    distinguished_name_qualifiers: tuple[str, ...] = element("DistinguishedNameQualifier", default=())
    state_or_province_names: tuple[str, ...] = element("StateOrProvinceName", default=())
    common_names: tuple[str, ...] = element("CommonName", default=())
    serial_numbers: tuple[str, ...] = element("SerialNumber", default=())
    localities: tuple[str, ...] = element("Locality", default=())
    titles: tuple[str, ...] = element("Title", default=())
    surnames: tuple[str, ...] = element("Surname", default=())
    given_names: tuple[str, ...] = element("GivenName", default=())
    initials: tuple[str, ...] = ()
    pseudonyms: tuple[str, ...] = element("Pseudonym", default=())
    generation_qualifiers: tuple[str, ...] = element("GenerationQualifier", default=())
    generic_attributes: tuple[DNAttributeTypeAndValue, ...] = element("GenericAttribute", default=())
    multi_valued_rdns: tuple[MultiValuedRDN, ...] = element("MultiValuedRDN", default=())


@message(TAS)
class X509v3Extension:
    """A certificate extension, its value in DER."""

    extn_oid: str = element("extnOID")
    critical: bool = element("critical")
    extn_value: bytes = element("extnValue")


@message(TAS)
class BasicRequestAttribute:
    """An attribute of a signing request by its object identifier, its value in DER."""

    oid: str = element("OID")
    value: bytes = element("value")


@message(TAS)
class CSRAttribute:
    """An attribute of a certificate signing request: an extension or a basic one, not both."""

    x509v3_extension: X509v3Extension | None = None
    basic_request_attribute: BasicRequestAttribute | None = None


@message(TAS)
class X509Certificate:
    """A stored certificate and the key it belongs to."""

    certificate_id: str = element("CertificateID")
    key_id: str = element("KeyID")
    alias: str | None = None
    certificate_content: bytes
    has_private_key: bool | None = None


@message(TAS)
class CertificateIDs:
    """The certificates of a path, in order."""

    certificate_ids: tuple[str, ...] = element("CertificateID")


@message(TAS)
class CertificationPath:
    """A path of certificates, the leaf first."""

    certificate_ids: tuple[str, ...] = element("CertificateID")
    alias: str | None = None


@message(TAS)
class UploadCertificateWithPrivateKeyInPKCS12:
    """Brings in the certificate with private key in PKCS#12."""

    cert_with_private_key: bytes
    certification_path_alias: str | None = None
    key_alias: str | None = None
    ignore_additional_certificates: bool | None = None
    integrity_passphrase_id: str | None = element("IntegrityPassphraseID", default=None)
    encryption_passphrase_id: str | None = element("EncryptionPassphraseID", default=None)
    passphrase: str | None = None


@message(TAS)
class UploadCertificateWithPrivateKeyInPKCS12Response:
    """Tells that the certificate with private key in PKCS#12 was stored."""

    certification_path_id: str = element("CertificationPathID")
    key_id: str = element("KeyID")


@message(TAS)
class CreatePKCS10CSR:
    """Asks for a certificate signing request."""

    subject: DistinguishedName
    key_id: str = element("KeyID")
    csr_attributes: tuple[CSRAttribute, ...] = element("CSRAttribute", default=())
    signature_algorithm: AlgorithmIdentifier


@message(TAS)
class CreatePKCS10CSRResponse:
    """Answers with the request in DER."""

    pkcs10_csr: bytes = element("PKCS10CSR")


@message(TAS)
class CreateSelfSignedCertificate:
    """Makes a new self signed certificate."""

    x509_version: int | None = None
    subject: DistinguishedName
    key_id: str = element("KeyID")
    alias: str | None = None
    not_valid_before: datetime | None = element("notValidBefore", default=None)
    not_valid_after: datetime | None = element("notValidAfter", default=None)
    signature_algorithm: AlgorithmIdentifier
    extensions: tuple[X509v3Extension, ...] = element("Extension", default=())


@message(TAS)
class CreateSelfSignedCertificateResponse:
    """Tells that the self signed certificate was made."""

    certificate_id: str = element("CertificateID")


@message(TAS)
class UploadCertificate:
    """Brings in the certificate."""

    certificate: bytes
    alias: str | None = None
    key_alias: str | None = None
    private_key_required: bool | None = None


@message(TAS)
class UploadCertificateResponse:
    """Tells that the certificate was stored."""

    certificate_id: str = element("CertificateID")
    key_id: str = element("KeyID")


@message(TAS)
class GetCertificate:
    """Asks for the certificate."""

    certificate_id: str = element("CertificateID")


@message(TAS)
class GetCertificateResponse:
    """Answers with the certificate."""

    certificate: X509Certificate


@message(TAS)
class GetAllCertificates:
    """Asks for all certificates."""


@message(TAS)
class GetAllCertificatesResponse:
    """Answers with all certificates."""

    certificates: tuple[X509Certificate, ...] = element("Certificate", default=())


@message(TAS)
class DeleteCertificate:
    """Deletes the certificate."""

    certificate_id: str = element("CertificateID")


@message(TAS)
class DeleteCertificateResponse:
    """Tells that the certificate was deleted."""


@message(TAS)
class CreateCertificationPath:
    """Makes a new certification path."""

    certificate_ids: CertificateIDs = element("CertificateIDs")
    alias: str | None = None


@message(TAS)
class CreateCertificationPathResponse:
    """Tells that the certification path was made."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class GetCertificationPath:
    """Asks for the certification path."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class GetCertificationPathResponse:
    """Answers with the certification path."""

    certification_path: CertificationPath


@message(TAS)
class GetAllCertificationPaths:
    """Asks for all certification paths."""


@message(TAS)
class GetAllCertificationPathsResponse:
    """Answers with all certification paths."""

    certification_path_ids: tuple[str, ...] = element("CertificationPathID", default=())


@message(TAS)
class SetCertificationPath:
    """Changes the certification path."""

    certification_path_id: str = element("CertificationPathID")
    certification_path: CertificationPath


@message(TAS)
class SetCertificationPathResponse:
    """Tells that the certification path changed."""


@message(TAS)
class DeleteCertificationPath:
    """Deletes the certification path."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class DeleteCertificationPathResponse:
    """Tells that the certification path was deleted."""


class Certificates(Service):
    """Certificates and certification paths."""

    upload_certificate_with_private_key_in_pkcs12 = Operation(
        UploadCertificateWithPrivateKeyInPKCS12,
        UploadCertificateWithPrivateKeyInPKCS12Response,
        access=Access.WRITE_SYSTEM,
        faults=(
            PassphraseID,
            MaximumNumberOfCertificatesReached,
            MaximumNumberOfKeysReached,
            MaximumNumberOfCertificationPathsReached,
            DecryptionFailed,
            BadCertificate,
            UnsupportedPublicKeyAlgorithm,
            UnsupportedSignatureAlgorithm,
            InvalidKeyStatus,
            BadPKCS12File,
            PublicPrivateKeyMismatch,
            InvalidCertificationPath,
        ),
        source="Security, UploadCertificateWithPrivateKeyInPKCS12 (26.06 §5.2.6.3.4)",
    )

    create_pkcs10_csr = Operation(
        CreatePKCS10CSR,
        CreatePKCS10CSRResponse,
        access=Access.READ_SYSTEM,
        faults=(
            KeyID,
            CSRCreationFailed,
            UnsupportedSignatureAlgorithm,
            KeySignatureAlgorithmMismatch,
            InvalidKeyStatus,
            InvalidSubject,
            InvalidAttribute,
        ),
        source="Security, CreatePKCS10CSR (26.06 §5.2.6.3.1)",
    )

    create_self_signed_certificate = Operation(
        CreateSelfSignedCertificate,
        CreateSelfSignedCertificateResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            KeyID,
            UnsupportedSignatureAlgorithm,
            KeySignatureAlgorithmMismatch,
            InvalidKeyStatus,
            InvalidSubject,
            CertificateCreationFailed,
            MaximumNumberOfCertificatesReached,
            UnsupportedX509Version,
            X509VersionExtensionsMismatch,
            InvalidDateTime,
        ),
        source="Security, CreateSelfSignedCertificate (26.06 §5.2.6.3.2)",
    )

    upload_certificate = Operation(
        UploadCertificate,
        UploadCertificateResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            UnsupportedSignatureAlgorithm,
            MaximumNumberOfCertificatesReached,
            NoMatchingPrivateKey,
            BadCertificate,
            UnsupportedPublicKeyAlgorithm,
            InvalidKeyStatus,
            Duplicate,
        ),
        source="Security, UploadCertificate (26.06 §5.2.6.3.3)",
    )

    get_certificate = Operation(
        GetCertificate,
        GetCertificateResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(CertificateID,),
        source="Security, GetCertificate (26.06 §5.2.6.3.5)",
    )

    get_all_certificates = Operation(
        GetAllCertificates,
        GetAllCertificatesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllCertificates (26.06 §5.2.6.3.6)",
    )

    delete_certificate = Operation(
        DeleteCertificate,
        DeleteCertificateResponse,
        access=Access.UNRECOVERABLE,
        faults=(CertificateDeletionFailed, CertificateID, ReferenceExists),
        source="Security, DeleteCertificate (26.06 §5.2.6.3.7)",
    )

    create_certification_path = Operation(
        CreateCertificationPath,
        CreateCertificationPathResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            InvalidCertificationPath,
            CertificateID,
            MaximumNumberOfCertificationPathsReached,
            CertificationPathCreationFailed,
        ),
        source="Security, CreateCertificationPath (26.06 §5.2.6.3.8)",
    )

    get_certification_path = Operation(
        GetCertificationPath,
        GetCertificationPathResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(CertificationPathID,),
        source="Security, GetCertificationPath (26.06 §5.2.6.3.9)",
    )

    get_all_certification_paths = Operation(
        GetAllCertificationPaths,
        GetAllCertificationPathsResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllCertificationPaths (26.06 §5.2.6.3.10)",
    )

    set_certification_path = Operation(
        SetCertificationPath,
        SetCertificationPathResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidCertificationPath, CertificateID, CertificationPathID),
        source="Security, SetCertificationPath (26.06 §5.2.6.3.11)",
    )

    delete_certification_path = Operation(
        DeleteCertificationPath,
        DeleteCertificationPathResponse,
        access=Access.UNRECOVERABLE,
        faults=(ReferenceExists, CertificationPathDeletionFailed, CertificationPathID),
        source="Security, DeleteCertificationPath (26.06 §5.2.6.3.12)",
    )
