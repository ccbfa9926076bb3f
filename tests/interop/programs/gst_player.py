"""Plays an RTSP address with GStreamer's rtspsrc and prints what came, as JSON. Runs under Debian's Python.

Usage: gst_player.py JSON with: url, user, password, protocols, frames (stop after so many), limit_s;
for recordings also onvif (true), rate_control, rate, from_utc_us, to_utc_us, key_units.
"""

import hashlib
import itertools
import json
import sys
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

SECONDS_1900_TO_1970 = 2_208_988_800
DEPAYLOADERS = {
    "H264": ("rtph264depay", "h264parse", "avdec_h264"),
    "H265": ("rtph265depay", "h265parse", "avdec_h265"),
    "JPEG": ("rtpjpegdepay", "jpegparse", "avdec_mjpeg"),
}


def prime_ns(utc_us):
    """Nanoseconds since 1900, as rtspsrc counts in its ONVIF mode."""
    return utc_us * 1000 + SECONDS_1900_TO_1970 * Gst.SECOND


class Player:
    """One pipeline: source, ONVIF parser, depayloader, decoder, sink; audio and metadata are counted."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.pictures = []
        self.others = {}
        self.playing = set()  # sinks that have not come to their end
        self.has_shown = False  # the last picture
        self.problem = ""
        self.ended = ""
        self.loop = GLib.MainLoop()
        self.began_s = time.monotonic()
        self.pipeline = Gst.Pipeline.new()
        self.source = Gst.ElementFactory.make("rtspsrc")
        self.source.set_property("location", wanted["url"])
        self.source.set_property("user-id", wanted["user"])
        self.source.set_property("user-pw", wanted["password"])
        self.source.set_property("latency", wanted.get("latency", 200))
        Gst.util_set_object_arg(self.source, "buffer-mode", wanted.get("buffer_mode", "auto"))
        if wanted.get("protocols"):
            Gst.util_set_object_arg(self.source, "protocols", wanted["protocols"])
        if wanted.get("onvif"):
            self.source.set_property("onvif-mode", True)
            # With is-live=false GStreamer 1.22.0 crashes before the first packet, whoever serves.
            self.source.set_property("is-live", True)
            self.source.set_property("onvif-rate-control", bool(wanted.get("rate_control", True)))
            self.source.set_property("tcp-timeout", 0)
        self.source.connect("pad-added", self.pad_added)
        self.pipeline.add(self.source)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.message)

    def pad_added(self, _source, pad):
        fields = pad.get_current_caps().get_structure(0)
        encoding = fields.get_string("encoding-name")
        chain = DEPAYLOADERS.get(encoding, ())
        names = (*chain, "fakesink") if chain else ("fakesink",)
        if self.wanted.get("onvif"):
            names = ("rtponvifparse", *names)
        names = ("queue", *names)
        elements = [Gst.ElementFactory.make(name) for name in names]
        for element in elements:
            self.pipeline.add(element)
        for before, after in itertools.pairwise(elements):
            before.link(after)
        sink = elements[-1]
        sink.set_property("sync", False)
        sink.set_property("async", bool(chain))
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", self.picture if chain else self.other, encoding)
        self.playing.add(sink)
        end = Gst.PadProbeType.EVENT_DOWNSTREAM
        sink.get_static_pad("sink").add_probe(end, self.sink_event, (sink, bool(chain)))
        for element in elements:
            element.sync_state_with_parent()
        pad.link(elements[0].get_static_pad("sink"))

    def picture(self, _sink, buffer, pad, _encoding):
        digest = hashlib.md5(buffer.extract_dup(0, buffer.get_size())).hexdigest()
        fields = pad.get_current_caps().get_structure(0)
        size = [fields.get_value("width"), fields.get_value("height")]
        late_s = time.monotonic() - self.began_s
        self.pictures.append({"pts": buffer.pts, "md5": digest, "size": size, "at_s": round(late_s, 3)})
        if len(self.pictures) == self.wanted["frames"]:
            GLib.idle_add(self.end, "enough frames")

    def other(self, _sink, buffer, _pad, encoding):
        self.others[encoding] = self.others.get(encoding, 0) + 1

    def sink_event(self, _pad, probe, which):
        """The end is that of the pictures and of what else came.

        The pipeline's own comes too early: when sound that came at once has ended before the pictures' chain
        was plugged.
        """
        if probe.get_event().type == Gst.EventType.EOS:
            sink, shows = which
            self.playing.discard(sink)
            self.has_shown = self.has_shown or shows
            if self.has_shown and not self.playing:
                GLib.idle_add(self.end, "end of stream")
        return Gst.PadProbeReturn.OK

    def end(self, why):
        self.ended = self.ended or why
        self.loop.quit()
        return False

    def message(self, _bus, message):
        if message.type == Gst.MessageType.ERROR:
            error, detail = message.parse_error()
            self.problem = f"{error.message} ({detail})"
            self.end("error")

    def seek(self):
        """Ask for the wanted stretch; rtspsrc keeps it for its first PLAY request."""
        flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE
        if self.wanted.get("key_units"):
            flags |= Gst.SeekFlags.TRICKMODE_KEY_UNITS
        start, stop = prime_ns(self.wanted["from_utc_us"]), prime_ns(self.wanted["to_utc_us"])
        rate = float(self.wanted.get("rate", 1.0))
        event = Gst.Event.new_seek(
            rate, Gst.Format.TIME, flags, Gst.SeekType.SET, start, Gst.SeekType.SET, stop
        )
        if not self.source.send_event(event):
            self.problem = "rtspsrc refused the seek"
            self.end("error")

    def run(self):
        GLib.timeout_add(int(self.wanted["limit_s"] * 1000), self.end, "time is up")
        if self.wanted.get("from_utc_us"):
            self.pipeline.set_state(Gst.State.READY)
            self.seek()
        self.began_s = time.monotonic()
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        return {
            "pictures": self.pictures,
            "others": self.others,
            "problem": self.problem,
            "ended": self.ended,
            "version": Gst.version_string(),
        }


if __name__ == "__main__":
    Gst.init(None)
    print(json.dumps(Player(json.loads(sys.argv[1])).run()))
