"""The certificates that TLS uses, as the device service's old operations see them."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.faults import InvalidArgVal, OperationProhibited
from vedette.contract.schema.security import (
    Certificate,
    CertificateInformation,
    CertificateStatus,
    CertificateUsage,
    CertificateWithPrivateKey,
)
from vedette.contract.schema.values import BinaryData, DateTimeRange
from vedette.device.settings.certificates import CertificateSettings, StoredAuthority, StoredCertificate
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault

CERTIFICATES_MOST = 16
ID_MOST_CHARS = 64
FILE_MOST_BYTES = 64 << 10
VALID_FOR = timedelta(days=3650)
DER = "application/x-x509-ca-cert"
# What a certificate raises that is none, or is not one throughout.
BROKEN = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class TlsMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """What a TLS server needs, PEM; `authorities` empty when clients need show nothing."""

    certificate: bytes
    key: bytes
    authorities: bytes = b""


class Certificates:
    """Makes, loads, activates and deletes certificates; each request whole or not at all.

    Source: Core 16.06, Security (26.06 Annex D.2); IEC 60839-11-31 8.5.9-8.5.21.
    """

    def __init__(
        self, store: SettingsStore, vault: Vault, clock: Clock, why_unusable: Callable[[TlsMaterial], str]
    ) -> None:
        """`why_unusable` says why TLS cannot use something; nothing if it can."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._why_unusable = why_unusable

    @property
    def settings(self) -> CertificateSettings:
        """Everything, as it is kept."""
        return self._store.current.certificates

    def own(self) -> tuple[Certificate, ...]:
        """The device's certificates."""
        return tuple(_told(each.id, each.certificate) for each in self.settings.own)

    def authorities(self) -> tuple[Certificate, ...]:
        """The certificates of clients' authorities."""
        return tuple(_told(each.id, each.certificate) for each in self.settings.authorities)

    def statuses(self) -> tuple[CertificateStatus, ...]:
        """Which certificate TLS uses."""
        return tuple(
            CertificateStatus(certificate_id=each.id, status=each.is_active) for each in self.settings.own
        )

    def material(self) -> TlsMaterial | None:
        """What TLS is to use; None while no certificate is active."""
        return self._material(self.settings)

    def _material(self, settings: CertificateSettings) -> TlsMaterial | None:
        active = next((each for each in settings.own if each.is_active), None)
        if active is None:
            return None
        shown = settings.authorities if settings.wants_clients else ()
        return TlsMaterial(
            certificate=_pem(active.certificate),
            key=self._vault.open(active.sealed_key, active.id).encode(),
            authorities=b"".join(_pem(each.certificate) for each in shown),
        )

    async def create(
        self, wanted_id: str | None, subject: str | None, begin: datetime | None, end: datetime | None
    ) -> Certificate:
        """Make a key and a certificate that it signs itself; raises InvalidArgVal for what none can say."""
        begin = begin or datetime_from_utc_us(self._clock.utc_us())
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(subject or "CN=Vedette")
        builder = x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
        ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        try:
            end = end or begin + VALID_FOR
            if end <= begin:
                raise ValueError("that is no time")
            builder = builder.not_valid_before(begin.astimezone(UTC)).not_valid_after(end.astimezone(UTC))
        except (ValueError, OverflowError) as error:
            raise InvalidArgVal(f"a certificate cannot be valid from {begin} to {end}: {error}") from error
        content = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        made = self._stored(wanted_id or f"cert-{secrets.token_hex(4)}", content, key)
        await self._change(lambda settings: _with(settings, (made,)))
        return _told(made.id, content)

    async def load(self, wanted: Iterable[Certificate]) -> None:
        """Take in certificates for keys that are here: each takes the place of the one with its key."""
        loaded = [(each.certificate_id, _read(each.certificate.data)) for each in wanted]

        def edit(settings: CertificateSettings) -> CertificateSettings:
            for wanted_id, certificate in loaded:
                old = next((each for each in settings.own if _fits(certificate, each.certificate)), None)
                if old is None:
                    raise InvalidArgVal(f"{wanted_id!r}: no key of this device belongs to the certificate")
                key = self._vault.open(old.sealed_key, old.id)
                new = StoredCertificate(
                    id=_checked_id(wanted_id),
                    certificate=certificate.public_bytes(serialization.Encoding.DER),
                    sealed_key=self._vault.seal(key, wanted_id),
                    is_active=old.is_active,
                )
                left = tuple(each for each in settings.own if each is not old)
                settings = _with(msgspec.structs.replace(settings, own=left), (new,))
            return settings

        await self._change(edit)

    async def load_with_keys(self, wanted: Iterable[CertificateWithPrivateKey]) -> None:
        """Take in certificates together with their keys."""
        new = []
        for each in wanted:
            certificate, key = _read(each.certificate.data), _read_key(each.private_key.data)
            if key.public_key() != certificate.public_key():
                raise InvalidArgVal(f"{each.certificate_id!r}: the key is not the certificate's")
            content = certificate.public_bytes(serialization.Encoding.DER)
            new.append(self._stored(each.certificate_id or f"cert-{secrets.token_hex(4)}", content, key))
        await self._change(lambda settings: _with(settings, new))

    async def load_authorities(self, wanted: Iterable[Certificate]) -> None:
        """Take in authorities; one of a known identifier takes its place."""
        new = {
            _checked_id(each.certificate_id): StoredAuthority(
                id=each.certificate_id,
                certificate=_read(each.certificate.data).public_bytes(serialization.Encoding.DER),
            )
            for each in wanted
        }

        def edit(settings: CertificateSettings) -> CertificateSettings:
            every = {each.id: each for each in settings.authorities} | new
            if len(every) > CERTIFICATES_MOST:
                raise OperationProhibited(f"{len(every)} authorities; {CERTIFICATES_MOST} can be kept")
            return msgspec.structs.replace(settings, authorities=tuple(every.values()))

        await self._change(edit)

    async def activate(self, wanted: Iterable[CertificateStatus]) -> None:
        """Have TLS use a certificate, or none; those that are not named keep their state."""
        statuses = {each.certificate_id: each.status for each in wanted}

        def edit(settings: CertificateSettings) -> CertificateSettings:
            for name in statuses:
                _require(settings, name)
            own = tuple(
                msgspec.structs.replace(each, is_active=statuses.get(each.id, each.is_active))
                for each in settings.own
            )
            active = [each.id for each in own if each.is_active]
            if len(active) > 1:
                raise OperationProhibited(f"TLS uses one certificate at a time, not {', '.join(active)}")
            return msgspec.structs.replace(settings, own=own)

        await self._change(edit)

    async def delete(self, names: Iterable[str]) -> None:
        """Delete certificates, the device's own or authorities, with their keys."""
        gone = set(names)

        def edit(settings: CertificateSettings) -> CertificateSettings:
            known = {each.id for each in settings.own} | {each.id for each in settings.authorities}
            if gone - known:
                raise InvalidArgVal(f"no certificate is called {min(gone - known)!r}")
            for each in settings.own:
                if each.id in gone and each.is_active:
                    raise OperationProhibited(f"{each.id!r} is in use")
            authorities = tuple(each for each in settings.authorities if each.id not in gone)
            if settings.wants_clients and not authorities:
                raise OperationProhibited("clients are asked for certificates of the last authority")
            own = tuple(each for each in settings.own if each.id not in gone)
            return msgspec.structs.replace(settings, own=own, authorities=authorities)

        await self._change(edit)

    async def want_clients(self, *, is_wanted: bool) -> None:
        """Have TLS insist, or not, on clients' certificates from the authorities."""

        def edit(settings: CertificateSettings) -> CertificateSettings:
            if is_wanted and not settings.authorities:
                raise OperationProhibited("no authority is known that clients' certificates could come from")
            return msgspec.structs.replace(settings, wants_clients=is_wanted)

        await self._change(edit)

    def request(self, name: str, subject: str | None) -> bytes:
        """A request (PKCS 10, DER) that an authority can make a certificate from."""
        stored = _require(self.settings, name)
        key = _read_key(self._vault.open(stored.sealed_key, stored.id).encode())
        own = x509.load_der_x509_certificate(stored.certificate)
        builder = x509.CertificateSigningRequestBuilder(_name(subject) if subject else own.subject)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def information(self, name: str) -> CertificateInformation:
        """What a certificate says."""
        settings = self.settings
        every = {each.id: each.certificate for each in settings.authorities}
        every |= {each.id: each.certificate for each in settings.own}
        if name not in every:
            raise InvalidArgVal(f"no certificate is called {name!r}")
        return _information(name, x509.load_der_x509_certificate(every[name]))

    def _stored(self, name: str, content: bytes, key: Key) -> StoredCertificate:
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        sealed = self._vault.seal(text, _checked_id(name))
        return StoredCertificate(id=name, certificate=content, sealed_key=sealed)

    async def _change(self, edit: Callable[[CertificateSettings], CertificateSettings]) -> None:
        """Raises OperationProhibited where TLS was left with what it cannot use, InvalidArgVal where two
        certificates were left with one name; then nothing changes.
        """

        def changed(document: Settings) -> Settings:
            before, after = document.certificates, edit(document.certificates)
            if twice := _names_of_two(after) - _names_of_two(before):
                raise InvalidArgVal(f"a certificate is called {min(twice)!r} already")
            material = self._material(after)
            if material is not None and material != self._material(before):
                why = self._why_unusable(material)
                if why:
                    raise OperationProhibited(f"TLS cannot use it: {why}")
            return msgspec.structs.replace(document, certificates=after)

        await self._store.change(changed)


def _with(settings: CertificateSettings, new: Iterable[StoredCertificate]) -> CertificateSettings:
    own = {each.id: each for each in settings.own}
    for each in new:
        if each.id in own:
            raise InvalidArgVal(f"a certificate is called {each.id!r} already")
        own[each.id] = each
    if len(own) > CERTIFICATES_MOST:
        raise OperationProhibited(f"{len(own)} certificates; {CERTIFICATES_MOST} can be kept")
    return msgspec.structs.replace(settings, own=tuple(own.values()))


def _names_of_two(settings: CertificateSettings) -> set[str]:
    """What the device's own and an authority's certificate are both called: neither could be meant alone."""
    return {each.id for each in settings.own} & {each.id for each in settings.authorities}


def _require(settings: CertificateSettings, name: str) -> StoredCertificate:
    found = next((each for each in settings.own if each.id == name), None)
    if found is None:
        raise InvalidArgVal(f"no certificate of this device is called {name!r}")
    return found


def _checked_id(name: str) -> str:
    if not 0 < len(name) <= ID_MOST_CHARS:
        raise InvalidArgVal(f"an identifier of {len(name)} characters; 1 to {ID_MOST_CHARS} are supported")
    return name


def _name(text: str) -> x509.Name:
    """A subject; plain text without `=` is taken for the common name."""
    try:
        if "=" not in text:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        return x509.Name.from_rfc4514_string(text)
    except ValueError as error:
        raise InvalidArgVal(f"the subject {text[:80]!r} is no name: {error}") from error


def _information(name: str, found: x509.Certificate) -> CertificateInformation:
    """What a certificate says; raises one of BROKEN."""
    key = found.public_key()
    return CertificateInformation(
        certificate_id=name,
        issuer_dn=found.issuer.rfc4514_string(),
        subject_dn=found.subject.rfc4514_string(),
        key_usage=_usage(found),
        key_length=key.key_size if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) else None,
        version=str(found.version.value + 1),
        serial_num=f"{found.serial_number:x}",
        signature_algorithm=found.signature_algorithm_oid._name,
        validity=DateTimeRange(from_=found.not_valid_before_utc, until=found.not_valid_after_utc),
    )


def _read(content: bytes) -> x509.Certificate:
    """A certificate that says something and whose key is of a known kind; raises InvalidArgVal."""
    try:
        if len(content) > FILE_MOST_BYTES:
            raise ValueError(f"{len(content)} bytes are too many")
        is_pem = content.lstrip().startswith(b"-----BEGIN")
        load = x509.load_pem_x509_certificate if is_pem else x509.load_der_x509_certificate
        certificate = load(content)
        _information("", certificate)  # parts are only looked at when they are asked for
    except BROKEN as error:
        raise InvalidArgVal(f"not a certificate: {error}") from error
    return certificate


def _read_key(content: bytes) -> Key:
    try:
        if len(content) > FILE_MOST_BYTES:
            raise ValueError(f"{len(content)} bytes are too many")
        is_pem = content.lstrip().startswith(b"-----BEGIN")
        load = serialization.load_pem_private_key if is_pem else serialization.load_der_private_key
        key = load(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidArgVal(f"not a private key without password: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise InvalidArgVal("keys are RSA or elliptic curve")
    return key


def _fits(certificate: x509.Certificate, stored: bytes) -> bool:
    return certificate.public_key() == x509.load_der_x509_certificate(stored).public_key()


def _usage(certificate: x509.Certificate) -> CertificateUsage | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return None
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_cert_sign", "crl_sign")
    value = ", ".join(name for name in names if getattr(found.value, name))
    return CertificateUsage(critical=found.critical, value=value)


def _pem(content: bytes) -> bytes:
    return x509.load_der_x509_certificate(content).public_bytes(serialization.Encoding.PEM)


def _told(name: str, content: bytes) -> Certificate:
    return Certificate(certificate_id=name, certificate=BinaryData(content_type=DER, data=content))
