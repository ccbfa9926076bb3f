"""Which of this machine's addresses others most likely reach it by."""

import socket


def facing_address() -> str:
    """The address of the interface with the default route, else the loopback address; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's; connecting UDP only looks up the route
        except OSError:
            return "127.0.0.1"
        host: str = probe.getsockname()[0]
    return host
