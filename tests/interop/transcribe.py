"""Records what programs that are not ours say to Vedette, and it to them, as transcripts for the tests.

Usage, after scripts/interop has installed the programs: PYTHONPATH=tests python -m interop.transcribe
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from interop import onvif_clients, vlc
from interop.check import NotShown
from interop.foreign_camera import Stranger
from interop.gstreamer import SYSTEM_PYTHON
from interop.program import run
from interop.site import PROGRAMS, Site
from interop.vedette import HOST, PASSWORD, USER, CameraLine, Vedette
from interop.versions import versions
from transcripts.transcript import FOLDER, Turn, written
from vedette.contract.envelope import Dispatch
from vedette.contract.services import all_services
from vedette.protocols.rtsp.message import Headers, Request, Response
from vedette.protocols.rtsp.parser import Parser

ROOT = Path(__file__).resolve().parent.parent.parent
CHUNK_BYTES = 65536


class Relay:
    """Relays one port to another on this machine and reads the RTSP messages along."""

    def __init__(self, target_port: int) -> None:
        self.turns: list[Turn] = []
        self.port = 0
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def listening(self) -> Iterator["Relay"]:
        """Relay, in a thread, for the length of the block."""
        server = self._loop.run_until_complete(asyncio.start_server(self._relay, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="relay")
        thread.start()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(2.0)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, self._target_port)
        await asyncio.gather(
            self._pump(reader, far_writer, "client"), self._pump(far_reader, writer, "server")
        )

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, side: str) -> None:
        parser = Parser(is_lenient=True)
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                for each in parser.receive(data):
                    if isinstance(each, Request | Response):
                        self.turns.append(Turn(side, _text(each)))
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


def _text(message: Request | Response) -> str:
    """A message as it came, but for its length, which is written once."""
    lines = [line for line in message.headers if line[0].lower() != "content-length"]
    alone = msgspec.structs.replace(message, headers=Headers(lines))
    return alone.to_bytes().decode().replace("\r\n", "\n")


def _kept(folder: str, name: str, about: str, turns: list[Turn]) -> None:
    path = FOLDER / folder / f"{name}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(written(about, turns), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(turns)} messages")


def _watch(site: Site, program: str, name: str, about: str, visit: Callable[[int], object]) -> None:
    """Record a visit to the RTSP port; the program may end as it likes."""
    with Relay(site.main.rtsp_port).listening() as relay:
        with contextlib.suppress(NotShown):
            visit(relay.port)
        time.sleep(0.5)
    _kept(program, name, f"{about}\nrecorded", _paired(relay.turns))


def _paired(turns: list[Turn]) -> list[Turn]:
    """Whole pairs of request and answer; programs that do not wait leave a request unanswered at the end."""
    pairs = []
    answers = [turn for turn in turns if turn.side == "server"]
    for asked, told in zip([turn for turn in turns if turn.side == "client"], answers, strict=False):
        pairs += [asked, told]
    return pairs


def _players(site: Site, known: dict[str, str]) -> None:
    login = f"{USER}:{PASSWORD}@{HOST}"
    ffmpeg, gst = f"ffmpeg-{known['FFmpeg']}", f"gstreamer-{known['GStreamer']}"
    for way in ("tcp", "udp"):
        words = ["ffmpeg", "-v", "error", "-rtsp_transport", way, "-i"]

        def played(port: int, words: list[str] = words) -> object:
            return run(
                [*words, f"rtsp://{login}:{port}/live/alaw/main", "-t", "1", "-f", "null", "-"], limit_s=10
            )

        _watch(site, ffmpeg, f"live-{way}", f"FFmpeg watches a camera over {way.upper()}", played)

    def rtspsrc(port: int, path: str, **more: object) -> object:
        wanted = {"url": f"rtsp://{HOST}:{port}/{path}", "user": USER, "password": PASSWORD, **more}
        return run([SYSTEM_PYTHON, PROGRAMS / "gst_player.py", json.dumps(wanted)], limit_s=20)

    live = {"frames": 20, "limit_s": 8}
    for way in ("tcp", "udp"):
        about = f"GStreamer's rtspsrc watches a camera over {way.upper()}"
        _watch(
            site,
            gst,
            f"live-{way}",
            about,
            lambda port, way=way: rtspsrc(port, "live/alaw/main", protocols=way, **live),
        )
    start_us = site.main.camera_states()["alaw"]["recording"]["from_utc_us"] + 1_500_000
    span = {
        "from_utc_us": start_us,
        "to_utc_us": start_us + 3_000_000,
        "onvif": True,
        "frames": 10_000,
        "limit_s": 12,
    }
    about = "GStreamer's rtspsrc in onvif-mode plays a recording"
    _watch(
        site,
        gst,
        "replay",
        about,
        lambda port: rtspsrc(port, "replay/alaw", rate=1.0, rate_control=True, latency=200, **span),
    )
    about = "GStreamer's rtspsrc in onvif-mode plays a recording backwards, unpaced"
    _watch(
        site,
        gst,
        "replay-backwards",
        about,
        lambda port: rtspsrc(port, "replay/alaw", rate=-1.0, rate_control=False, latency=3000, **span),
    )

    def shown(port: int) -> object:
        words = [
            "env",
            f"HOME={site.folder}",
            *vlc.program(site.cache),
            "--intf=dummy",
            "--rtsp-tcp",
            "--run-time=2",
        ]
        return run(
            [*words, "--vout=dummy", "--aout=dummy", f"rtsp://{login}:{port}/live/alaw/main", "vlc://quit"],
            limit_s=20,
        )

    _watch(site, f"vlc-{known['VLC']}", "live-tcp", "VLC (live555) watches a camera over TCP", shown)


def _camera(site: Site, known: dict[str, str]) -> None:
    """Vedette records a camera that is GStreamer's RTSP server."""
    folder = site.folder / "camera"
    folder.mkdir()
    camera = Stranger(folder)
    camera.start()
    try:
        with Relay(camera.port).listening() as relay:
            line = CameraLine("stranger", f"rtsp://{HOST}:{relay.port}/camera", transport="tcp")
            vedette = Vedette(folder, [line])
            vedette.start()
            vedette.wait_live("stranger")
            vedette.stop()
    finally:
        camera.kill()
    about = "Vedette records a camera: GStreamer's RTSP server\nrecorded"
    _kept(f"gstreamer-rtsp-server-{known['GStreamer']}", "recorded-tcp", about, _paired(relay.turns))


def _libraries(site: Site, known: dict[str, str]) -> None:
    """One request of each kind that each library sends."""
    dispatch = Dispatch(tuple(all_services()))
    for check in onvif_clients.CHECKS:
        before = len(site.soap.exchanges())
        with contextlib.suppress(NotShown):  # whether it saw everything is asked elsewhere
            check.run(site)
        name = check.name.partition(":")[0]
        kinds: dict[str, Turn] = {}
        for exchange in site.soap.exchanges()[before:]:
            kind = dispatch.identify(exchange.request).operation.name
            kinds.setdefault(kind, Turn("client", exchange.request.decode() + "\n"))
        folder = name.replace("npm onvif", "npm-onvif")
        version = known["onvif" if folder == "npm-onvif" else name]
        login = check.name.rpartition(" ")[2].lower()
        about = f"{name} on a whole visit with {login}, one request of each kind\nrecorded"
        _kept(f"{folder}-{version}", f"requests-{login}", about, list(kinds.values()))


def _probes(site: Site, known: dict[str, str]) -> None:
    """What WSDiscovery asks the network."""
    words = [str(site.python("wsdiscovery")), "-c", LISTENER]
    said = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True).stdout
    turns = [Turn("client", text + "\n") for text in dict.fromkeys(json.loads(said))]
    about = "WSDiscovery probes by type and by scope\nrecorded"
    _kept(f"wsdiscovery-{known['WSDiscovery']}", "probes", about, turns)


# Its own sending is replaced by keeping: a probe on a real network would be heard by real devices.
LISTENER = """
import json
from wsdiscovery import QName, Scope, threaded, discovery
kept = []
threaded.NetworkingThread.addMulticastMessage = (
    lambda self, envelope, *rest, **more: kept.append(threaded.createSOAPMessage(envelope)))
client = discovery.ThreadedWSDiscovery()
client.start()
name = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")
client.searchServices(types=[name], timeout=1)
client.searchServices(scopes=[Scope("onvif://www.onvif.org/name/Vedette")], timeout=1)
client.stop()
print(json.dumps([each if isinstance(each, str) else each.decode() for each in kept]))
"""


def main() -> int:
    """Record everything."""
    known = versions(ROOT / ".cache")
    with tempfile.TemporaryDirectory(prefix="vedette-transcribe-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        site = Site(Path(folder), ROOT / "reports", ROOT / ".cache")
        try:
            print(site.open())
            for part in (_players, _camera, _libraries, _probes):
                part(site, known)
        finally:
            site.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
