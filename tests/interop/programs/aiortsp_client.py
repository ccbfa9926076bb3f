"""Watches an address with aiortsp and prints what came, as JSON.

Usage: aiortsp_client.py URL SECONDS   (the scheme says how packets travel: rtsp by UDP, rtspt by TCP)
"""

import asyncio
import json
import sys
import time

from aiortsp.rtsp.reader import RTSPReader


async def watched(url, seconds):
    """Packets of the pictures, those missing between them, and pictures that were whole."""
    packets = lost = pictures = 0
    before = None
    async with RTSPReader(url) as reader:
        until = time.monotonic() + seconds
        async for packet in reader.iter_packets():
            if before is not None:
                lost += (packet.seq - before - 1) & 0xFFFF
            before = packet.seq
            packets += 1
            pictures += packet.m
            if time.monotonic() >= until:
                break
    return {"packets": packets, "lost": lost, "pictures": pictures}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(watched(sys.argv[1], float(sys.argv[2])))))
