"""Listens and searches with WSDiscovery as it is told on standard input; each answer is a line of JSON.

Commands: `search TYPE SCOPE` (either may be `-`), `heard`, `quit`. Prints `"ready"` first.
"""

import json
import sys

from wsdiscovery import QName, Scope
from wsdiscovery.discovery import ThreadedWSDiscovery

NETWORK = "http://www.onvif.org/ver10/network/wsdl"


def described(service):
    """What a service says of itself."""
    return {
        "endpoint": service.getEPR(),
        "xaddrs": service.getXAddrs(),
        "types": [each.getLocalname() for each in service.getTypes() or ()],
        "scopes": [each.getValue() for each in service.getScopes() or ()],
    }


def say(value):
    """One line of JSON."""
    print(json.dumps(value), flush=True)


def main():
    """Do what is asked until `quit`."""
    heard = {"hello": [], "bye": []}
    discovery = ThreadedWSDiscovery()
    discovery.setRemoteServiceHelloCallback(lambda service: heard["hello"].append(described(service)))
    discovery.setRemoteServiceByeCallback(lambda endpoint: heard["bye"].append(endpoint))
    discovery.start()
    say("ready")
    for line in sys.stdin:
        command, *given = line.split()
        if command == "search":
            types = None if given[0] == "-" else [QName(NETWORK, given[0])]
            scopes = None if given[1] == "-" else [Scope(given[1])]
            discovery.clearRemoteServices()
            say([described(each) for each in discovery.searchServices(types=types, scopes=scopes, timeout=2)])
        elif command == "heard":
            say(heard)
        else:
            break
    discovery.stop()


if __name__ == "__main__":
    main()
