"""Media files that FFmpeg makes for the run: what cameras send, in the codecs that the drawn scene lacks."""

from dataclasses import dataclass
from pathlib import Path

from interop.program import run

LENGTH_S = 8
PICTURE = f"testsrc2=size=640x360:rate=25:duration={LENGTH_S}"
SOUND = f"sine=frequency=440:sample_rate=16000:duration={LENGTH_S}"


@dataclass(frozen=True)
class Footage:
    """One file and what is in it, in FFmpeg's words."""

    name: str
    video: str
    audio: str
    encoding: tuple[str, ...]

    def make(self, folder: Path) -> Path:
        """Make the file unless it is there; raises NotShown when FFmpeg cannot."""
        path = folder / f"{self.name}.mkv"
        if path.exists():
            return path
        sources = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND]
        words = ["ffmpeg", "-nostdin", "-v", "error", "-y", *sources, *self.encoding, path]
        run(words, limit_s=40).require_success(f"making {path.name}")
        return path


AAC = ("-c:a", "aac", "-b:a", "48k", "-ac", "1")
G711 = ("-ar", "8000", "-ac", "1")
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
ALAW = Footage("alaw", "h264", "pcm_alaw", (*H264, "-g", "25", "-bf", "0", "-c:a", "pcm_alaw", *G711))
FOOTAGE = (
    Footage(
        "h265",
        "hevc",
        "aac",
        ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=50:log-level=error", *AAC),
    ),
    Footage(
        "mjpeg",
        "mjpeg",
        "pcm_mulaw",
        # Huffman tables of their own travel in the standard's header extension, which FFmpeg does not read.
        (
            "-c:v",
            "mjpeg",
            "-huffman",
            "default",
            "-q:v",
            "6",
            "-pix_fmt",
            "yuvj420p",
            "-c:a",
            "pcm_mulaw",
            *G711,
        ),
    ),
    Footage("h264b", "h264", "aac", (*H264, "-g", "50", "-bf", "2", *AAC)),
    ALAW,
)
