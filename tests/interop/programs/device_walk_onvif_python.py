"""Walks through device management with onvif-python and prints what was answered, as JSON.

Usage: device_walk_onvif_python.py HOST PORT USER PASSWORD RTSP_PORT
"""

import sys

from device_steps import described, printed, steps
from onvif import ONVIFClient, ONVIFOperationException
from zeep.helpers import serialize_object


def main(host, port, user, password, rtsp_port):
    """The walk."""
    client = ONVIFClient(host, int(port), user, password)
    services = {"devicemgmt": client.devicemgmt(), "deviceio": client.deviceio()}
    seen = {}
    for label, service, operation, arguments in steps(int(rtsp_port)):
        try:
            seen[label] = serialize_object(getattr(services[service], operation)(**arguments))
        except ONVIFOperationException as refusal:
            seen[label] = described(refusal)
    return seen


if __name__ == "__main__":
    printed(main(*sys.argv[1:]))
