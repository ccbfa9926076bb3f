"""A camera that is not ours: GStreamer's RTSP server with H.264 and G.711. Runs under Debian's Python.

Usage: gst_camera.py PORT LOG   (each frame it encodes becomes a line in LOG: hash of its slices, UTC in µs)
"""

import hashlib
import re
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

HOST = "127.0.0.1"
LAUNCH = (
    "( videotestsrc is-live=true pattern=smpte horizontal-speed=3"
    " ! video/x-raw,width=640,height=360,framerate=25/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=800"
    " ! video/x-h264,stream-format=byte-stream,alignment=au ! identity name=seen"
    " ! rtph264pay name=pay0 config-interval=-1 pt=96"
    " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0 )"
)
SLICES = (1, 5)


def slices_hash(data):
    """MD5 over the slices of an access unit with start codes."""
    digest = hashlib.md5()
    for nal in re.split(rb"\x00\x00\x00?\x01", data):
        if nal and nal[0] & 31 in SLICES:
            digest.update(nal.rstrip(b"\0"))
    return digest.hexdigest()


def main(port, path):
    """Serve until killed."""
    Gst.init(None)
    log = open(path, "a", buffering=1, encoding="ascii")  # noqa: SIM115  as long as the process

    def seen(_pad, information):
        buffer = information.get_buffer()
        data = buffer.extract_dup(0, buffer.get_size())
        log.write(f"{slices_hash(data)} {time.time_ns() // 1000}\n")
        return Gst.PadProbeReturn.OK

    def configure(_factory, media):
        pad = media.get_element().get_by_name("seen").get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER, seen)

    server = GstRtspServer.RTSPServer()
    server.set_address(HOST)
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(LAUNCH)
    factory.connect("media-configure", configure)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
