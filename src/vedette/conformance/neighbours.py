"""Tells a device from others that share its host, by the addresses they name in discovery."""

from urllib.parse import SplitResult, urlsplit

from vedette.protocols.discovery.messages import Heard

_PORTS = {"http": 80, "https": 443}


def is_neighbour(heard: Heard, url: str) -> bool:
    """Whether a message is of another device than the one at `url`: it names that host with other ports only.

    A device behind a router names another host, and one that is reached by HTTP may name HTTPS alone; such
    a message is no neighbour's.
    """
    ours = urlsplit(url)
    told = [urlsplit(each) for target in heard.targets for each in target.xaddrs]
    here = [each for each in told if (each.scheme, each.hostname) == (ours.scheme, ours.hostname)]
    return bool(here) and all(_port(each) != _port(ours) for each in here)


def _port(address: SplitResult) -> int | None:
    try:
        return address.port or _PORTS.get(address.scheme)
    except ValueError:
        return None
