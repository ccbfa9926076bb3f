"""The addresses that clients are told: of services, streams and pages, as seen from where the client is."""

import re

from vedette.contract.faults import InvalidStreamSetup
from vedette.device.context import RequestContext
from vedette.wire.namespaces import TAN, TAS, TDS, TEV, TIMG, TMD, TPTZ, TR2, TRC, TRP, TRT, TRV, TSE

SERVICE_PATHS = {
    TDS: "/onvif/device_service",
    TRT: "/onvif/media_service",
    TR2: "/onvif/media2_service",
    TEV: "/onvif/events_service",
    TMD: "/onvif/deviceio_service",
    TIMG: "/onvif/imaging_service",
    TPTZ: "/onvif/ptz_service",
    TAN: "/onvif/analytics_service",
    TRC: "/onvif/recording_service",
    TSE: "/onvif/search_service",
    TRP: "/onvif/replay_service",
    TRV: "/onvif/receiver_service",
    TAS: "/onvif/security_service",
}
SUBSCRIPTION_PATH = "/onvif/subscription/"

_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]{2,64}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443", "rtsp": "554"}


class StreamAddresses:
    """Makes addresses that repeat the host by which the client reached us, so that they work behind NAT.

    `rtsp_port` is where RTSP is served, None while it is off. `advertised_host` is told where a request
    names no usable host; without it the address of our own end is.
    """

    def __init__(self, *, rtsp_port: int | None = 554, advertised_host: str = "") -> None:
        self.rtsp_port = rtsp_port
        self.advertised_host = advertised_host

    def http(self, context: RequestContext, path: str) -> str:
        """An address on the HTTP port, over TLS if the request came so; `path` begins with a slash."""
        host, port = self._reached(context)
        return f"{context.scheme}://{_joined(host, port, context.scheme)}{path}"

    def websocket(self, context: RequestContext, path: str) -> str:
        """An address for a WebSocket on the HTTP port."""
        host, port = self._reached(context)
        scheme = "wss" if context.is_secure else "ws"
        return f"{scheme}://{_joined(host, port, context.scheme)}{path}"

    def rtsp(self, context: RequestContext, path: str) -> str:
        """An RTSP address; raises InvalidStreamSetup while RTSP is off."""
        if self.rtsp_port is None:
            raise InvalidStreamSetup("RTSP is off (SetNetworkProtocols); RTSP over HTTP is to be had")
        host, _ = self._reached(context)
        return f"rtsp://{_joined(host, str(self.rtsp_port), 'rtsp')}{path}"

    def service(self, context: RequestContext, namespace: str) -> str:
        """The address of the service of a namespace; raises KeyError for one without a path."""
        return self.http(context, SERVICE_PATHS[namespace])

    def _reached(self, context: RequestContext) -> tuple[str, str]:
        """Host and port the client used; the port is empty where it is the scheme's own."""
        asked = _HOST.fullmatch(context.host)
        if asked is not None:
            return asked[1], asked[2] or ""
        host, _, port = context.local_address.rpartition(":")
        if self.advertised_host:
            host = self.advertised_host
        return (f"[{host}]" if ":" in host and not host.startswith("[") else host), port


def _joined(host: str, port: str, scheme: str) -> str:
    return f"{host}:{port}" if port and port != _DEFAULT_PORTS[scheme] else host
