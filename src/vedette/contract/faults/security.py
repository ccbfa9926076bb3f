"""Faults of the security and uplink services."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault


class CertificateID(SenderFault):
    """There is no certificate of that identifier."""

    subcodes = ("InvalidArgVal", "CertificateID")


class CertPathValidationPolicyID(SenderFault):
    """There is no certificate validation policy of that identifier."""

    subcodes = ("InvalidArgVal", "CertPathValidationPolicyID")


class AuthorizationServerConfigurationToken(SenderFault):
    """There is no authorization server of that token."""

    subcodes = ("InvalidArgVal", "AuthorizationServerConfigurationToken")


class MissingAuthentication(SenderFault):
    """Neither a certificate nor an authorization server was given."""

    subcodes = ("InvalidArgs", "MissingAuthentication")


class AmbiguousAuthentication(SenderFault):
    """Both a certificate and an authorization server were given."""

    subcodes = ("InvalidArgs", "AmbiguousAuthentication")


class ProtocolNotSupported(SenderFault):
    """The protocol is not supported."""

    subcodes = ("InvalidArgs", "ProtocolNotSupported")


class Address(SenderFault):
    """There is no uplink to that address."""

    subcodes = ("InvalidArgVal", "Address")


class MaximumNumberOfPassphrasesReached(ReceiverFault):
    """No more passphrases fit."""

    subcodes = ("Action", "MaximumNumberOfPassphrasesReached")


class BadPassphrase(SenderFault):
    """The passphrase is not acceptable."""

    subcodes = ("InvalidArgVal", "BadPassphrase")


class PassphraseDeletionFailed(ReceiverFault):
    """The passphrase could not be deleted."""

    subcodes = ("Action", "PassphraseDeletionFailed")


class PassphraseID(SenderFault):
    """There is no passphrase of that identifier."""

    subcodes = ("InvalidArgVal", "PassphraseID")


class MaximumNumberOfKeysReached(ReceiverFault):
    """No more keys fit."""

    subcodes = ("Action", "MaximumNumberOfKeysReached")


class KeyLength(SenderFault):
    """Keys of that length are not supported."""

    subcodes = ("InvalidArgVal", "KeyLength")


class UnsupportedEllipticCurve(SenderFault):
    """The elliptic curve is not supported."""

    subcodes = ("InvalidArgVal", "UnsupportedEllipticCurve")


class KeyID(SenderFault):
    """There is no key of that identifier."""

    subcodes = ("InvalidArgVal", "KeyID")


class InvalidKeyType(SenderFault):
    """The key is of the wrong type."""

    subcodes = ("InvalidArgVal", "InvalidKeyType")


class KeyDeletionFailed(ReceiverFault):
    """The key could not be deleted."""

    subcodes = ("Action", "KeyDeletionFailed")


class ReferenceExists(SenderFault):
    """Something still refers to it."""

    subcodes = ("InvalidArgVal", "ReferenceExists")


class CSRCreationFailed(ReceiverFault):
    """The certification request could not be made."""

    subcodes = ("Action", "CSRCreationFailed")


class UnsupportedSignatureAlgorithm(SenderFault):
    """The signature algorithm is not supported."""

    subcodes = ("InvalidArgVal", "UnsupportedSignatureAlgorithm")


class KeySignatureAlgorithmMismatch(SenderFault):
    """The key does not suit the signature algorithm."""

    subcodes = ("InvalidArgVal", "KeySignatureAlgorithmMismatch")


class InvalidKeyStatus(SenderFault):
    """The key is not in the right state."""

    subcodes = ("InvalidArgVal", "InvalidKeyStatus")


class InvalidSubject(SenderFault):
    """The subject is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidSubject")


class InvalidAttribute(SenderFault):
    """An attribute of the request is not acceptable."""

    subcodes = ("InvalidArgVal", "InvalidAttribute")


class CertificateCreationFailed(ReceiverFault):
    """The certificate could not be made."""

    subcodes = ("Action", "CertificateCreationFailed")


class MaximumNumberOfCertificatesReached(ReceiverFault):
    """No more certificates fit."""

    subcodes = ("Action", "MaximumNumberOfCertificatesReached")


class UnsupportedX509Version(SenderFault):
    """That version of X.509 is not supported."""

    subcodes = ("InvalidArgVal", "UnsupportedX509Version")


class X509VersionExtensionsMismatch(SenderFault):
    """The extensions do not suit the version of X.509."""

    subcodes = ("InvalidArgVal", "X509VersionExtensionsMismatch")


class NoMatchingPrivateKey(ReceiverFault):
    """The private key to the certificate is not in the store."""

    subcodes = ("Action", "NoMatchingPrivateKey")


class BadCertificate(SenderFault):
    """The certificate cannot be read."""

    subcodes = ("InvalidArgVal", "BadCertificate")


class UnsupportedPublicKeyAlgorithm(SenderFault):
    """The certificate's key is of an algorithm that is not supported."""

    subcodes = ("InvalidArgVal", "UnsupportedPublicKeyAlgorithm")


class Duplicate(SenderFault):
    """The certificate is there already."""

    subcodes = ("InvalidArgVal", "Duplicate")


class MaximumNumberOfCertificationPathsReached(ReceiverFault):
    """No more certification paths fit."""

    subcodes = ("Action", "MaximumNumberOfCertificationPathsReached")


class DecryptionFailed(SenderFault):
    """The data could not be decrypted."""

    subcodes = ("InvalidArgVal", "DecryptionFailed")


class BadPKCS12File(SenderFault):
    """The PKCS#12 data cannot be read."""

    subcodes = ("InvalidArgVal", "BadPKCS12File")


class PublicPrivateKeyMismatch(SenderFault):
    """The private and the public key do not belong together."""

    subcodes = ("InvalidArgVal", "PublicPrivateKeyMismatch")


class InvalidCertificationPath(SenderFault):
    """A certificate in the path is not signed by the next one."""

    subcodes = ("InvalidArgVal", "InvalidCertificationPath")


class CertificateDeletionFailed(ReceiverFault):
    """The certificate could not be deleted."""

    subcodes = ("Action", "CertificateDeletionFailed")


class CertificationPathCreationFailed(ReceiverFault):
    """The certification path could not be made."""

    subcodes = ("Action", "CertificationPathCreationFailed")


class CertificationPathID(SenderFault):
    """There is no certification path of that identifier."""

    subcodes = ("InvalidArgVal", "CertificationPathID")


class CertificationPathDeletionFailed(ReceiverFault):
    """The certification path could not be deleted."""

    subcodes = ("Action", "CertificationPathDeletionFailed")


class MaximumNumberOfCRLsReached(ReceiverFault):
    """No more revocation lists fit."""

    subcodes = ("Action", "MaximumNumberOfCRLsReached")


class BadCRL(SenderFault):
    """The revocation list cannot be read."""

    subcodes = ("InvalidArgVal", "BadCRL")


class CRLID(SenderFault):
    """There is no revocation list of that identifier."""

    subcodes = ("InvalidArgVal", "CRLID")


class MaximumNumberOfCertPathValidationPoliciesReached(ReceiverFault):
    """No more certificate validation policies fit."""

    subcodes = ("Action", "MaximumNumberOfCertPathValidationPoliciesReached")


class CertPathValidationParameters(SenderFault):
    """The parameters of the certificate validation are not acceptable."""

    subcodes = ("InvalidArgVal", "CertPathValidationParameters")


class NoPrivateKey(SenderFault):
    """The private key to the certification path is missing."""

    subcodes = ("InvalidArgVal", "NoPrivateKey")


class MaximumNumberOfTLSCertificationPathsReached(ReceiverFault):
    """The TLS server takes no more certification paths."""

    subcodes = ("Action", "MaximumNumberOfTLSCertificationPathsReached")


class OldCertificationPathID(SenderFault):
    """The certification path to be replaced is not in use."""

    subcodes = ("InvalidArgVal", "OldCertificationPathID")


class NewCertificationPathID(SenderFault):
    """There is no certification path of the new identifier."""

    subcodes = ("InvalidArgVal", "NewCertificationPathID")


class EnablingClientAuthenticationFailed(ReceiverFault):
    """Clients cannot be asked for certificates: TLS does not support it or is not set up."""

    subcodes = ("ActionNotSupported", "EnablingClientAuthenticationFailed")


class CnMapsToUserFailed(ReceiverFault):
    """Certificates cannot stand for users: TLS does not support it or is not set up."""

    subcodes = ("ActionNotSupported", "CnMapsToUserFailed")


class MaximumNumberOfTLSCertPathValidationPoliciesReached(ReceiverFault):
    """The TLS server takes no more validation policies."""

    subcodes = ("Action", "MaximumNumberOfTLSCertPathValidationPoliciesReached")


class OldCertPathValidationPolicyID(SenderFault):
    """The validation policy to be replaced is not in use."""

    subcodes = ("InvalidArgVal", "OldCertPathValidationPolicyID")


class NewCertPathValidationPolicyID(SenderFault):
    """There is no validation policy of the new identifier."""

    subcodes = ("InvalidArgVal", "NewCertPathValidationPolicyID")


class EmptyList(SenderFault):
    """The list of versions is empty."""

    subcodes = ("InvalidArgVal", "EmptyList")


class TLSVersion(SenderFault):
    """A version of TLS is not known."""

    subcodes = ("InvalidArgVal", "TLSVersion")


class MaximumNumberOfDot1XConfigurationsReached(ReceiverFault):
    """No more 802.1X configurations fit."""

    subcodes = ("Action", "MaximumNumberOfDot1XConfigurationsReached")


class Dot1XMethod(SenderFault):
    """The 802.1X method is not supported."""

    subcodes = ("InvalidArgVal", "Dot1XMethod")


class Dot1XMethodCombination(SenderFault):
    """The 802.1X methods do not go together."""

    subcodes = ("InvalidArgVal", "Dot1XMethodCombination")


class Dot1XConfigurationID(SenderFault):
    """There is no 802.1X configuration of that identifier."""

    subcodes = ("InvalidArgVal", "Dot1XConfigurationID")


class MaxAuthorizationServers(ReceiverFault):
    """No more authorization servers fit."""

    subcodes = ("Action", "MaxAuthorizationServers")


class TooManyAudiences(SenderFault):
    """More audiences than the device can keep."""

    subcodes = ("InvalidArgVal", "TooManyAudiences")


class MaxIssuersExceeded(SenderFault):
    """More trusted issuers than the device can keep."""

    subcodes = ("InvalidArgVal", "MaxIssuersExceeded")


SECURITY: tuple[type[Fault], ...] = (
    CertificateID,
    CertPathValidationPolicyID,
    AuthorizationServerConfigurationToken,
    MissingAuthentication,
    AmbiguousAuthentication,
    ProtocolNotSupported,
    Address,
    MaximumNumberOfPassphrasesReached,
    BadPassphrase,
    PassphraseDeletionFailed,
    PassphraseID,
    MaximumNumberOfKeysReached,
    KeyLength,
    UnsupportedEllipticCurve,
    KeyID,
    InvalidKeyType,
    KeyDeletionFailed,
    ReferenceExists,
    CSRCreationFailed,
    UnsupportedSignatureAlgorithm,
    KeySignatureAlgorithmMismatch,
    InvalidKeyStatus,
    InvalidSubject,
    InvalidAttribute,
    CertificateCreationFailed,
    MaximumNumberOfCertificatesReached,
    UnsupportedX509Version,
    X509VersionExtensionsMismatch,
    NoMatchingPrivateKey,
    BadCertificate,
    UnsupportedPublicKeyAlgorithm,
    Duplicate,
    MaximumNumberOfCertificationPathsReached,
    DecryptionFailed,
    BadPKCS12File,
    PublicPrivateKeyMismatch,
    InvalidCertificationPath,
    CertificateDeletionFailed,
    CertificationPathCreationFailed,
    CertificationPathID,
    CertificationPathDeletionFailed,
    MaximumNumberOfCRLsReached,
    BadCRL,
    CRLID,
    MaximumNumberOfCertPathValidationPoliciesReached,
    CertPathValidationParameters,
    NoPrivateKey,
    MaximumNumberOfTLSCertificationPathsReached,
    OldCertificationPathID,
    NewCertificationPathID,
    EnablingClientAuthenticationFailed,
    CnMapsToUserFailed,
    MaximumNumberOfTLSCertPathValidationPoliciesReached,
    OldCertPathValidationPolicyID,
    NewCertPathValidationPolicyID,
    EmptyList,
    TLSVersion,
    MaximumNumberOfDot1XConfigurationsReached,
    Dot1XMethod,
    Dot1XMethodCombination,
    Dot1XConfigurationID,
    MaxAuthorizationServers,
    TooManyAudiences,
    MaxIssuersExceeded,
)
