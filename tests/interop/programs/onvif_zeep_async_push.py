"""Has a device push its events to an address of ours with onvif-zeep-async and prints what came, as JSON.

Usage: onvif_zeep_async_push.py HOST PORT USER PASSWORD
"""

import asyncio
import datetime
import json
import sys

from aiohttp import web
from onvif import ONVIFCamera

LONG = datetime.timedelta(seconds=60)


async def pushed(host, port, user, password):
    """Topics and kinds of what is pushed at first and after a synchronization point, and the renewals."""
    contents = asyncio.Queue()

    async def receive(request):
        await contents.put(await request.read())
        return web.Response()

    application = web.Application()
    application.router.add_post("/events", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    here = site._server.sockets[0].getsockname()[1]
    camera = ONVIFCamera(host, int(port), user, password)
    await camera.update_xaddrs()
    lost = []
    manager = await camera.create_notification_manager(
        f"http://{host}:{here}/events", LONG, lambda: lost.append("renewal")
    )

    async def heard():
        content = await asyncio.wait_for(contents.get(), 10)
        notify = manager.process(content)
        return [
            [each.Topic._value_1, each.Message._value_1.PropertyOperation]
            for each in notify.NotificationMessage
        ]

    first = await heard()
    states = {topic for topic, kind in first if kind == "Initialized"}
    await manager.set_synchronization_point()
    again = []
    async with asyncio.timeout(10):  # what changed just before was pushed already
        while not states <= {topic for topic, kind in again if kind == "Initialized"}:
            again += await heard()
    await manager.shutdown()
    await camera.close()
    await runner.cleanup()
    return {"first": first, "again": again, "lost": lost}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(pushed(*sys.argv[1:]))))
