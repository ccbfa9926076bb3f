"""Makes releases small enough for tests: wheels whose program can say its version and nothing else."""

import io
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vedette.device.firmware_archive import write_archive

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """A wheel with these files."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as content:
        for each, text in files.items():
            content.writestr(each, text)
    return path


def program(folder: Path, version: str, lifecycle: str = "") -> Path:
    """The wheel of a program of that version; `lifecycle` is what it does when it is imported."""
    return wheel(
        folder,
        f"vedette-{version}-py3-none-any.whl",
        {
            "vedette/__init__.py": f"__version__ = {version!r}\n",
            "vedette/server/__init__.py": "",
            "vedette/server/lifecycle.py": lifecycle,
            f"vedette-{version}.dist-info/METADATA": "Name: vedette\n",
        },
    )


def archive(*wheels: Path, minimum_version: str = "0.0", key: Ed25519PrivateKey = KEY) -> bytes:
    """A signed archive of wheels."""
    made = io.BytesIO()
    write_archive(made, wheels, key, minimum_version)
    return made.getvalue()
