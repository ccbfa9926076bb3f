"""Multicast addresses, for sending and for receiving."""

from enum import StrEnum

from vedette.contract.schema.network import IPAddress
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class MulticastConfiguration:
    """Where to a stream is multicast."""

    address: IPAddress
    port: int
    ttl: int = element("TTL")
    auto_start: bool


@message(TT)
class MulticastReceiverConfiguration:
    """Where a multicast is received from."""

    address: IPAddress
    port: int
    ttl: int = element("TTL")
    interface_tokens: tuple[str, ...] = element("InterfaceToken", default=())
    source_specific_multicast: IPAddress | None = None


@message(TT)
class SRTPPreShared:
    """Keys for SRTP that both sides know beforehand."""

    secure_streaming_protocol_algorithm: str | None = attribute(
        "SecureStreamingProtocolAlgorithm", default=None
    )
    srtp_psk: str = element("SRTPPSK")
    roc_ext_map_id: int = element("ROCExtMapID")


class SrtpSecurityAlgorithms(StrEnum):
    """The algorithms that guard a received SRTP stream."""

    NONE = "NONE"
    AES_CM_128_HMAC_SHA1_80 = "AES_CM_128_HMAC_SHA1_80"
    AEAD_AES_128_GCM = "AEAD_AES_128_GCM"
    AEAD_AES_256_GCM = "AEAD_AES_256_GCM"
