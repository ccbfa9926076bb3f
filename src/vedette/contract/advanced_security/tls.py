"""Security configuration service: the TLS server."""

from vedette.contract.faults import (
    CertificationPathID,
    CertPathValidationPolicyID,
    CnMapsToUserFailed,
    EmptyList,
    EnablingClientAuthenticationFailed,
    MaximumNumberOfTLSCertificationPathsReached,
    MaximumNumberOfTLSCertPathValidationPoliciesReached,
    NewCertificationPathID,
    NewCertPathValidationPolicyID,
    NoPrivateKey,
    OldCertificationPathID,
    OldCertPathValidationPolicyID,
    ReferenceExists,
    TLSVersion,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class AddServerCertificateAssignment:
    """Adds the server certificate assignment."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class AddServerCertificateAssignmentResponse:
    """Tells that the server certificate assignment was added."""


@message(TAS)
class RemoveServerCertificateAssignment:
    """Takes the server certificate assignment away."""

    certification_path_id: str = element("CertificationPathID")


@message(TAS)
class RemoveServerCertificateAssignmentResponse:
    """Tells that the server certificate assignment was taken away."""


@message(TAS)
class ReplaceServerCertificateAssignment:
    """Puts another server certificate assignment in place of the present one."""

    old_certification_path_id: str = element("OldCertificationPathID")
    new_certification_path_id: str = element("NewCertificationPathID")


@message(TAS)
class ReplaceServerCertificateAssignmentResponse:
    """Tells that the server certificate assignment was replaced."""


@message(TAS)
class SetEnabledTLSVersions:
    """Changes the enabled TLS versions."""

    versions: tuple[str, ...] = element(listed=True)


@message(TAS)
class SetEnabledTLSVersionsResponse:
    """Tells that the enabled TLS versions changed."""


@message(TAS)
class GetEnabledTLSVersions:
    """Asks for the enabled TLS versions."""


@message(TAS)
class GetEnabledTLSVersionsResponse:
    """Answers with the enabled TLS versions."""

    versions: tuple[str, ...] = element(listed=True)


@message(TAS)
class GetAssignedServerCertificates:
    """Asks for the assigned server certificates."""


@message(TAS)
class GetAssignedServerCertificatesResponse:
    """Answers with the assigned server certificates."""

    certification_path_ids: tuple[str, ...] = element("CertificationPathID", default=())


@message(TAS)
class SetClientAuthenticationRequired:
    """Chooses whether TLS clients must show a certificate."""

    client_authentication_required: bool = element("clientAuthenticationRequired")


@message(TAS)
class SetClientAuthenticationRequiredResponse:
    """Tells that the client authentication required changed."""


@message(TAS)
class GetClientAuthenticationRequired:
    """Asks whether TLS clients must show a certificate."""


@message(TAS)
class GetClientAuthenticationRequiredResponse:
    """Answers with the client authentication required."""

    client_authentication_required: bool = element("clientAuthenticationRequired")


@message(TAS)
class SetCnMapsToUser:
    """Chooses whether the common name of a client certificate names the user."""

    cn_maps_to_user: bool = element("cnMapsToUser")


@message(TAS)
class SetCnMapsToUserResponse:
    """Tells that the cn maps to user changed."""


@message(TAS)
class GetCnMapsToUser:
    """Asks whether the common name of a client certificate names the user."""


@message(TAS)
class GetCnMapsToUserResponse:
    """Answers with the cn maps to user."""

    cn_maps_to_user: bool = element("cnMapsToUser")


@message(TAS)
class AddCertPathValidationPolicyAssignment:
    """Adds the certification path validation policy assignment."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")


@message(TAS)
class AddCertPathValidationPolicyAssignmentResponse:
    """Tells that the certification path validation policy assignment was added."""


@message(TAS)
class RemoveCertPathValidationPolicyAssignment:
    """Takes the certification path validation policy assignment away."""

    cert_path_validation_policy_id: str = element("CertPathValidationPolicyID")


@message(TAS)
class RemoveCertPathValidationPolicyAssignmentResponse:
    """Tells that the certification path validation policy assignment was taken away."""


@message(TAS)
class ReplaceCertPathValidationPolicyAssignment:
    """Puts another certification path validation policy assignment in place of the present one."""

    old_cert_path_validation_policy_id: str = element("OldCertPathValidationPolicyID")
    new_cert_path_validation_policy_id: str = element("NewCertPathValidationPolicyID")


@message(TAS)
class ReplaceCertPathValidationPolicyAssignmentResponse:
    """Tells that the certification path validation policy assignment was replaced."""


@message(TAS)
class GetAssignedCertPathValidationPolicies:
    """Asks for the assigned certification path validation policies."""


@message(TAS)
class GetAssignedCertPathValidationPoliciesResponse:
    """Answers with the assigned certification path validation policies."""

    cert_path_validation_policy_ids: tuple[str, ...] = element("CertPathValidationPolicyID", default=())


class TLSServer(Service):
    """The TLS server."""

    add_server_certificate_assignment = Operation(
        AddServerCertificateAssignment,
        AddServerCertificateAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CertificationPathID, NoPrivateKey, MaximumNumberOfTLSCertificationPathsReached),
        source="Security, AddServerCertificateAssignment (26.06 §5.3.3.1)",
    )

    remove_server_certificate_assignment = Operation(
        RemoveServerCertificateAssignment,
        RemoveServerCertificateAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(OldCertificationPathID, ReferenceExists),
        source="Security, RemoveServerCertificateAssignment (26.06 §5.3.3.2)",
    )

    replace_server_certificate_assignment = Operation(
        ReplaceServerCertificateAssignment,
        ReplaceServerCertificateAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(OldCertificationPathID, NewCertificationPathID, NoPrivateKey),
        source="Security, ReplaceServerCertificateAssignment (26.06 §5.3.3.3)",
    )

    set_enabled_tls_versions = Operation(
        SetEnabledTLSVersions,
        SetEnabledTLSVersionsResponse,
        access=Access.WRITE_SYSTEM,
        faults=(EmptyList, TLSVersion),
        source="Security, SetEnabledTLSVersions (26.06 §5.3.3.13)",
    )

    get_enabled_tls_versions = Operation(
        GetEnabledTLSVersions,
        GetEnabledTLSVersionsResponse,
        access=Access.READ_SYSTEM,
        source="Security, GetEnabledTLSVersions (26.06 §5.3.3.14)",
    )

    get_assigned_server_certificates = Operation(
        GetAssignedServerCertificates,
        GetAssignedServerCertificatesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAssignedServerCertificates (26.06 §5.3.3.4)",
    )

    set_client_authentication_required = Operation(
        SetClientAuthenticationRequired,
        SetClientAuthenticationRequiredResponse,
        access=Access.WRITE_SYSTEM,
        faults=(EnablingClientAuthenticationFailed,),
        source="Security, SetClientAuthenticationRequired (26.06 §5.3.3.5)",
    )

    get_client_authentication_required = Operation(
        GetClientAuthenticationRequired,
        GetClientAuthenticationRequiredResponse,
        access=Access.READ_SYSTEM,
        source="Security, GetClientAuthenticationRequired (26.06 §5.3.3.6)",
    )

    set_cn_maps_to_user = Operation(
        SetCnMapsToUser,
        SetCnMapsToUserResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CnMapsToUserFailed,),
        source="Security, SetCnMapsToUser (26.06 §5.3.3.7)",
    )

    get_cn_maps_to_user = Operation(
        GetCnMapsToUser,
        GetCnMapsToUserResponse,
        access=Access.READ_SYSTEM,
        source="Security, GetCnMapsToUser (26.06 §5.3.3.8)",
    )

    add_cert_path_validation_policy_assignment = Operation(
        AddCertPathValidationPolicyAssignment,
        AddCertPathValidationPolicyAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CertPathValidationPolicyID, MaximumNumberOfTLSCertPathValidationPoliciesReached),
        source="Security, AddCertPathValidationPolicyAssignment (26.06 §5.3.3.9)",
    )

    remove_cert_path_validation_policy_assignment = Operation(
        RemoveCertPathValidationPolicyAssignment,
        RemoveCertPathValidationPolicyAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(CertPathValidationPolicyID,),
        source="Security, RemoveCertPathValidationPolicyAssignment (26.06 §5.3.3.10)",
    )

    replace_cert_path_validation_policy_assignment = Operation(
        ReplaceCertPathValidationPolicyAssignment,
        ReplaceCertPathValidationPolicyAssignmentResponse,
        access=Access.WRITE_SYSTEM,
        faults=(OldCertPathValidationPolicyID, NewCertPathValidationPolicyID),
        source="Security, ReplaceCertPathValidationPolicyAssignment (26.06 §5.3.3.11)",
    )

    get_assigned_cert_path_validation_policies = Operation(
        GetAssignedCertPathValidationPolicies,
        GetAssignedCertPathValidationPoliciesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAssignedCertPathValidationPolicies (26.06 §5.3.3.12)",
    )
