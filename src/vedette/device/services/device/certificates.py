"""Device service: certificates, by its old operations."""

from vedette.contract.device import Device
from vedette.contract.device import certificates as tds
from vedette.contract.faults import InvalidArgVal
from vedette.contract.operation import answers
from vedette.contract.schema.values import BinaryData
from vedette.device.certificates import Certificates


class CertificateHandlers:
    """Reads and changes the certificates that TLS uses."""

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates

    @answers(Device.create_certificate)
    async def create_certificate(self, request: tds.CreateCertificate) -> tds.CreateCertificateResponse:
        """Make a self-signed certificate."""
        made = await self._certificates.create(
            request.certificate_id, request.subject, request.valid_not_before, request.valid_not_after
        )
        return tds.CreateCertificateResponse(nvt_certificate=made)

    @answers(Device.get_certificates)
    async def get_certificates(self, request: tds.GetCertificates) -> tds.GetCertificatesResponse:
        """The device's certificates."""
        return tds.GetCertificatesResponse(nvt_certificates=self._certificates.own())

    @answers(Device.get_certificates_status)
    async def get_certificates_status(
        self, request: tds.GetCertificatesStatus
    ) -> tds.GetCertificatesStatusResponse:
        """Which certificate TLS uses."""
        return tds.GetCertificatesStatusResponse(certificate_statuses=self._certificates.statuses())

    @answers(Device.set_certificates_status)
    async def set_certificates_status(
        self, request: tds.SetCertificatesStatus
    ) -> tds.SetCertificatesStatusResponse:
        """Choose the certificate TLS uses."""
        await self._certificates.activate(request.certificate_statuses)
        return tds.SetCertificatesStatusResponse()

    @answers(Device.delete_certificates)
    async def delete_certificates(self, request: tds.DeleteCertificates) -> tds.DeleteCertificatesResponse:
        """Delete certificates, all or none."""
        await self._certificates.delete(request.certificate_ids)
        return tds.DeleteCertificatesResponse()

    @answers(Device.get_pkcs10_request)
    async def get_pkcs10_request(self, request: tds.GetPkcs10Request) -> tds.GetPkcs10RequestResponse:
        """A request for an authority."""
        if request.attributes is not None:
            raise InvalidArgVal("attributes of requests are not supported")
        made = self._certificates.request(request.certificate_id, request.subject)
        return tds.GetPkcs10RequestResponse(
            pkcs10_request=BinaryData(content_type="application/pkcs10", data=made)
        )

    @answers(Device.load_certificates)
    async def load_certificates(self, request: tds.LoadCertificates) -> tds.LoadCertificatesResponse:
        """Take in what an authority made."""
        await self._certificates.load(request.nvt_certificates)
        return tds.LoadCertificatesResponse()

    @answers(Device.get_client_certificate_mode)
    async def get_client_certificate_mode(
        self, request: tds.GetClientCertificateMode
    ) -> tds.GetClientCertificateModeResponse:
        """Whether TLS insists on clients' certificates."""
        return tds.GetClientCertificateModeResponse(enabled=self._certificates.settings.wants_clients)

    @answers(Device.set_client_certificate_mode)
    async def set_client_certificate_mode(
        self, request: tds.SetClientCertificateMode
    ) -> tds.SetClientCertificateModeResponse:
        """Have TLS insist on clients' certificates, or not."""
        await self._certificates.want_clients(is_wanted=request.enabled)
        return tds.SetClientCertificateModeResponse()

    @answers(Device.get_ca_certificates)
    async def get_ca_certificates(self, request: tds.GetCACertificates) -> tds.GetCACertificatesResponse:
        """The authorities of clients."""
        return tds.GetCACertificatesResponse(ca_certificates=self._certificates.authorities())

    @answers(Device.load_certificate_with_private_key)
    async def load_certificate_with_private_key(
        self, request: tds.LoadCertificateWithPrivateKey
    ) -> tds.LoadCertificateWithPrivateKeyResponse:
        """Take in certificates with their keys."""
        await self._certificates.load_with_keys(request.certificates_with_private_keys)
        return tds.LoadCertificateWithPrivateKeyResponse()

    @answers(Device.get_certificate_information)
    async def get_certificate_information(
        self, request: tds.GetCertificateInformation
    ) -> tds.GetCertificateInformationResponse:
        """What a certificate says."""
        found = self._certificates.information(request.certificate_id)
        return tds.GetCertificateInformationResponse(certificate_information=found)

    @answers(Device.load_ca_certificates)
    async def load_ca_certificates(self, request: tds.LoadCACertificates) -> tds.LoadCACertificatesResponse:
        """Take in authorities of clients."""
        await self._certificates.load_authorities(request.ca_certificates)
        return tds.LoadCACertificatesResponse()
