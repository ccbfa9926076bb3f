"""Security configuration service: revocation lists and validation policies."""

from vedette.contract.faults import (
    CRLID,
    BadCRL,
    CertificateID,
    CertPathValidationParameters,
    CertPathValidationPolicyID,
    MaximumNumberOfCertPathValidationPoliciesReached,
    MaximumNumberOfCRLsReached,
    ReferenceExists,
    UnsupportedSignatureAlgorithm,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class CRL:
    """A stored certificate revocation list."""

    crl_id: str = element("CRLID")
    alias: str
    crl_content: bytes = element("CRLContent")


@message(TAS, name="CertPathValidationParameters")
class ValidationParameters:
    """What a certification path must satisfy beside its signatures."""

    require_tls_www_client_auth_extended_key_usage: bool | None = element(
        "RequireTLSWWWClientAuthExtendedKeyUsage", default=None
    )
    use_delta_crls: bool | None = element("UseDeltaCRLs", default=None)


@message(TAS)
class TrustAnchor:
    """A certificate that paths may end at."""

    certificate_id: str = element("CertificateID")


@message(TAS)
class CertPathValidationPolicy:
    """A named set of parameters and trust anchors for validating paths."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")
    alias: str | None = None
    parameters: ValidationParameters
    trust_anchors: tuple[TrustAnchor, ...] = element("TrustAnchor")


@message(TAS)
class UploadCRL:
    """Brings in the CRL."""

    crl: bytes
    alias: str | None = None


@message(TAS)
class UploadCRLResponse:
    """Tells that the CRL was stored."""

    crl_id: str = element("CrlID")


@message(TAS)
class GetCRL:
    """Asks for the CRL."""

    crl_id: str = element("CrlID")


@message(TAS)
class GetCRLResponse:
    """Answers with the CRL."""

    crl: CRL


@message(TAS)
class GetAllCRLs:
    """Asks for all CRLs."""


@message(TAS)
class GetAllCRLsResponse:
    """Answers with all CRLs."""

    crls: tuple[CRL, ...] = element("Crl", default=())


@message(TAS)
class DeleteCRL:
    """Deletes the CRL."""

    crl_id: str = element("CrlID")


@message(TAS)
class DeleteCRLResponse:
    """Tells that the CRL was deleted."""


@message(TAS)
class CreateCertPathValidationPolicy:
    """Makes a new certification path validation policy."""

    alias: str | None = None
    parameters: ValidationParameters
    trust_anchors: tuple[TrustAnchor, ...] = element("TrustAnchor")


@message(TAS)
class CreateCertPathValidationPolicyResponse:
    """Tells that the certification path validation policy was made."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")


@message(TAS)
class GetCertPathValidationPolicy:
    """Asks for the certification path validation policy."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")


@message(TAS)
class GetCertPathValidationPolicyResponse:
    """Answers with the certification path validation policy."""

    cert_path_validation_policy: CertPathValidationPolicy


@message(TAS)
class GetAllCertPathValidationPolicies:
    """Asks for all certification path validation policies."""


@message(TAS)
class GetAllCertPathValidationPoliciesResponse:
    """Answers with all certification path validation policies."""

    cert_path_validation_policies: tuple[CertPathValidationPolicy, ...] = element(
        "CertPathValidationPolicy", default=()
    )


@message(TAS)
class SetCertPathValidationPolicy:
    """Changes the certification path validation policy."""

    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    cert_path_validation_policy: CertPathValidationPolicy


@message(TAS)
class SetCertPathValidationPolicyResponse:
    """Tells that the certification path validation policy changed."""


@message(TAS)
class DeleteCertPathValidationPolicy:
    """Deletes the certification path validation policy."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")


@message(TAS)
class DeleteCertPathValidationPolicyResponse:
    """Tells that the certification path validation policy was deleted."""


class PathValidation(Service):
    """Revocation lists and validation policies."""

    upload_crl = Operation(
        UploadCRL,
        UploadCRLResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaximumNumberOfCRLsReached, BadCRL, UnsupportedSignatureAlgorithm),
        source="Security, UploadCRL (26.06 §5.2.6.4.1)",
    )

    get_crl = Operation(
        GetCRL,
        GetCRLResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(CRLID,),
        source="Security, GetCRL (26.06 §5.2.6.4.2)",
    )

    get_all_crls = Operation(
        GetAllCRLs,
        GetAllCRLsResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllCRLs (26.06 §5.2.6.4.3)",
    )

    delete_crl = Operation(
        DeleteCRL,
        DeleteCRLResponse,
        access=Access.UNRECOVERABLE,
        faults=(ReferenceExists, CRLID),
        source="Security, DeleteCRL (26.06 §5.2.6.4.4)",
    )

    create_cert_path_validation_policy = Operation(
        CreateCertPathValidationPolicy,
        CreateCertPathValidationPolicyResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            CertificateID,
            MaximumNumberOfCertPathValidationPoliciesReached,
            CertPathValidationParameters,
        ),
        source="Security, CreateCertPathValidationPolicy (26.06 §5.2.6.5.1)",
    )

    get_cert_path_validation_policy = Operation(
        GetCertPathValidationPolicy,
        GetCertPathValidationPolicyResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(CertPathValidationPolicyID,),
        source="Security, GetCertPathValidationPolicy (26.06 §5.2.6.5.2)",
    )

    get_all_cert_path_validation_policies = Operation(
        GetAllCertPathValidationPolicies,
        GetAllCertPathValidationPoliciesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllCertPathValidationPolicies (26.06 §5.2.6.5.3)",
    )

    set_cert_path_validation_policy = Operation(
        SetCertPathValidationPolicy,
        SetCertPathValidationPolicyResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CertificateID, CertPathValidationParameters, CertPathValidationPolicyID),
        source="Security, SetCertPathValidationPolicy (26.06 §5.2.6.5.4)",
    )

    delete_cert_path_validation_policy = Operation(
        DeleteCertPathValidationPolicy,
        DeleteCertPathValidationPolicyResponse,
        access=Access.UNRECOVERABLE,
        faults=(ReferenceExists, CertPathValidationPolicyID),
        source="Security, DeleteCertPathValidationPolicy (26.06 §5.2.6.5.5)",
    )
