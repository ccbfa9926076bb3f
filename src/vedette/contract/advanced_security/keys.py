"""Security configuration service: keys and passphrases."""

from datetime import timedelta

from vedette.contract.faults import (
    BadPassphrase,
    InvalidKeyType,
    KeyDeletionFailed,
    KeyID,
    KeyLength,
    MaximumNumberOfKeysReached,
    MaximumNumberOfPassphrasesReached,
    PassphraseDeletionFailed,
    PassphraseID,
    ReferenceExists,
    UnsupportedEllipticCurve,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class KeyAttribute:
    """What is known about a stored key."""

    key_id: str = element("KeyID")
    alias: str | None = None
    has_private_key: bool | None = element("hasPrivateKey", default=None)
    key_status: str
    externally_generated: bool | None = element("externallyGenerated", default=None)
    securely_stored: bool | None = element("securelyStored", default=None)


@message(TAS)
class PassphraseAttribute:
    """A stored passphrase by its identifier and alias."""

    passphrase_id: str = element("PassphraseID")
    alias: str | None = None


@message(TAS)
class CreateRSAKeyPair:
    """Makes a new RSA key pair."""

    key_length: int
    alias: str | None = None


@message(TAS)
class CreateRSAKeyPairResponse:
    """Answers with the identifier of the key and how long it may take."""

    key_id: str = element("KeyID")
    estimated_creation_time: timedelta


@message(TAS)
class CreateECCKeyPair:
    """Makes a new ECC key pair."""

    elliptic_curve: str
    alias: str | None = None


@message(TAS)
class CreateECCKeyPairResponse:
    """Answers with the identifier of the key and how long it may take."""

    key_id: str = element("KeyID")
    estimated_creation_time: timedelta


@message(TAS)
class UploadKeyPairInPKCS8:
    """Brings in the key pair in PKCS#8."""

    key_pair: bytes
    alias: str | None = None
    encryption_passphrase_id: str | None = element("EncryptionPassphraseID", default=None)
    encryption_passphrase: str | None = None


@message(TAS)
class UploadKeyPairInPKCS8Response:
    """Tells that the key pair in PKCS#8 was stored."""

    key_id: str = element("KeyID")


@message(TAS)
class GetKeyStatus:
    """Asks how far the making of a key is."""

    key_id: str = element("KeyID")


@message(TAS)
class GetKeyStatusResponse:
    """Answers with the status of the key."""

    key_status: str


@message(TAS)
class GetPrivateKeyStatus:
    """Asks whether a key pair has its private key."""

    key_id: str = element("KeyID")


@message(TAS)
class GetPrivateKeyStatusResponse:
    """Answers whether it has."""

    has_private_key: bool = element("hasPrivateKey")


@message(TAS)
class GetAllKeys:
    """Asks for all keys."""


@message(TAS)
class GetAllKeysResponse:
    """Answers with all keys."""

    key_attributes: tuple[KeyAttribute, ...] = element("KeyAttribute", default=())


@message(TAS)
class DeleteKey:
    """Deletes the key."""

    key_id: str = element("KeyID")


@message(TAS)
class DeleteKeyResponse:
    """Tells that the key was deleted."""


@message(TAS)
class UploadPassphrase:
    """Brings in the passphrase."""

    passphrase: str
    passphrase_alias: str | None = None


@message(TAS)
class UploadPassphraseResponse:
    """Tells that the passphrase was stored."""

    passphrase_id: str = element("PassphraseID")


@message(TAS)
class GetAllPassphrases:
    """Asks for all passphrases."""


@message(TAS)
class GetAllPassphrasesResponse:
    """Answers with all passphrases."""

    passphrase_attributes: tuple[PassphraseAttribute, ...] = element("PassphraseAttribute", default=())


@message(TAS)
class DeletePassphrase:
    """Deletes the passphrase."""

    passphrase_id: str = element("PassphraseID")


@message(TAS)
class DeletePassphraseResponse:
    """Tells that the passphrase was deleted."""


class Keys(Service):
    """Keys and passphrases."""

    create_rsa_key_pair = Operation(
        CreateRSAKeyPair,
        CreateRSAKeyPairResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaximumNumberOfKeysReached, KeyLength),
        source="Security, CreateRSAKeyPair (26.06 §5.2.6.2.1)",
    )

    create_ecc_key_pair = Operation(
        CreateECCKeyPair,
        CreateECCKeyPairResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaximumNumberOfKeysReached, UnsupportedEllipticCurve),
        source="Security, CreateECCKeyPair (26.06 §5.2.6.2.2)",
    )

    upload_key_pair_in_pkcs8 = Operation(
        UploadKeyPairInPKCS8,
        UploadKeyPairInPKCS8Response,
        access=Access.WRITE_SYSTEM,
        source="WS-BaseNotification 1.3, UploadKeyPairInPKCS8",
        deprecated=True,
    )

    get_key_status = Operation(
        GetKeyStatus,
        GetKeyStatusResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(KeyID,),
        source="Security, GetKeyStatus (26.06 §5.2.6.2.3)",
    )

    get_private_key_status = Operation(
        GetPrivateKeyStatus,
        GetPrivateKeyStatusResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(KeyID, InvalidKeyType),
        source="Security, GetPrivateKeyStatus (26.06 §5.2.6.2.4)",
        deprecated=True,
    )

    get_all_keys = Operation(
        GetAllKeys,
        GetAllKeysResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllKeys (26.06 §5.2.6.2.5)",
    )

    delete_key = Operation(
        DeleteKey,
        DeleteKeyResponse,
        access=Access.UNRECOVERABLE,
        faults=(KeyID, KeyDeletionFailed, ReferenceExists),
        source="Security, DeleteKey (26.06 §5.2.6.2.6)",
    )

    upload_passphrase = Operation(
        UploadPassphrase,
        UploadPassphraseResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaximumNumberOfPassphrasesReached, BadPassphrase),
        source="Security, UploadPassphrase (26.06 §5.2.6.1.1)",
    )

    get_all_passphrases = Operation(
        GetAllPassphrases,
        GetAllPassphrasesResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllPassphrases (26.06 §5.2.6.1.2)",
    )

    delete_passphrase = Operation(
        DeletePassphrase,
        DeletePassphraseResponse,
        access=Access.UNRECOVERABLE,
        faults=(PassphraseDeletionFailed, PassphraseID),
        source="Security, DeletePassphrase (26.06 §5.2.6.1.3)",
    )
