"""Walks through device management with onvif-zeep-async and prints what was answered, as JSON.

Usage: device_walk_zeep_async.py HOST PORT USER PASSWORD RTSP_PORT
"""

import asyncio
import sys

from device_steps import described, printed, steps
from onvif import ONVIFCamera
from onvif.exceptions import ONVIFError
from zeep.exceptions import Fault
from zeep.helpers import serialize_object


async def main(host, port, user, password, rtsp_port):
    """The walk."""
    camera = ONVIFCamera(host, int(port), user, password)
    await camera.update_xaddrs()
    services = {
        "devicemgmt": await camera.create_devicemgmt_service(),
        "deviceio": await camera.create_deviceio_service(),
    }
    seen = {}
    for label, service, operation, arguments in steps(int(rtsp_port)):
        try:
            seen[label] = serialize_object(await getattr(services[service], operation)(arguments))
        except AttributeError:
            continue  # its description of the service is older than the operation
        except (Fault, ONVIFError) as fault:
            seen[label] = described(fault)
    await camera.close()
    return seen


if __name__ == "__main__":
    printed(asyncio.run(main(*sys.argv[1:])))
