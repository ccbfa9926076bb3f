"""The operator's file: what it may say, and that a refusal names file and key."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.device.settings.document import CameraSettings
from vedette.server.config import (
    Config,
    ConfigurationError,
    FirmwareConfig,
    ServerConfig,
    StorageConfig,
    TlsConfig,
    read,
)
from vedette.server.lifecycle import configured, data_folder
from vedette.server.options import ServeOptions

FULL = """
[server]
host = "192.0.2.1"
http_port = 80
rtsp_port = 554
trusted_proxies = ["192.0.2.0/24", "::1"]
log_format = "json"

[tls]
certificate = "chain.pem"
key = "key.pem"

[storage]
retention_days = 30
free_floor_gib = 0.5

[[camera]]
name = "door"
source = "rtsp://192.0.2.20/stream1"
user = "viewer"
password = "secret"
transport = "udp"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "vedette.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_full_file_is_read(tmp_path: Path) -> None:
    config = read(written(tmp_path, FULL))
    assert config.server.http_port == 80
    assert config.storage.retention_days == 30
    assert config.tls is not None
    (camera,) = config.cameras
    assert (camera.name, camera.transport) == ("door", "udp")


def test_a_file_of_another_system_s_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "vedette.toml"
    file.write_bytes(b"\xef\xbb\xbf[server]\r\nhttp_port = 80\r\n")
    assert read(file).server.http_port == 80


def test_the_documents_tell_every_key_and_what_it_is_when_left_out() -> None:
    document = Path(__file__).parents[2] / "docs" / "operations.md"
    _, _, section = document.read_text("utf-8").partition("\n## The operator's file\n")
    told = tomllib.loads(section.partition("```toml\n")[2].partition("```")[0])

    for table, default in (("server", ServerConfig()), ("storage", StorageConfig())):
        assert list(told[table]) == list(default.__struct_fields__)
        assert msgspec.convert(told[table], type(default)) == default
    for table, kind in (("tls", TlsConfig), ("firmware", FirmwareConfig)):
        assert list(told[table]) == list(kind.__struct_fields__)
    (camera,) = told["camera"]
    assert list(camera) == list(CameraSettings.__struct_fields__)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert read(written(tmp_path, "")) == Config()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[server]\nhttp_port = 65536", "server.http_port"),
        ("[server]\nrtsp_port = -1", "server.rtsp_port"),
        ("[server]\nhttp_port = 90\nrtsp_port = 90", "server.rtsp_port"),
        ("[server]\nhttp_port = '80'", "server.http_port"),
        ("[server]\nnone = 1", "none"),
        ("[server]\nlog_format = 'xml'", "server.log_format"),
        ("[server]\nmost_connections = 0", "server.most_connections"),
        ("[server]\ntrusted_proxies = ['192.0.2.1/24']", "server.trusted_proxies"),
        ("[servers]\n", "servers"),
        ("[storage]\nsegment_s = 1", "storage.segment_s"),
        ("[storage]\nsegment_s = nan", "storage.segment_s"),
        ("[storage]\nsync_s = 0", "storage.sync_s"),
        ("[storage]\nmost_gib = -1", "storage.most_gib"),
        ("[server]\nadvertised_host = 'nvr.example:8080'", "server.advertised_host"),
        ("[server]\nadvertised_host = 'http://nvr.example/'", "server.advertised_host"),
        ("[storage]\nfree_floor_gib = inf", "storage.free_floor_gib"),
        ("[storage]\nmost_gib = 1e300", "storage.most_gib"),
        ("[storage]\nretention_days = 1e300", "storage.retention_days"),
        ("[tls]\ncertificate = 'a'", "key"),
        ("[tls]\ncertificate = 'a'\nkey = ''", "tls.key"),
        ("[[camera]]\nname = 'a'\nsource = 'x'", "camera 1"),
        ("[[camera]]\nname = 'a'", "camera"),
        ("[[camera]]\nname = 'a'\nsource = 'drawn:'\n" * 2, "'a' is there twice"),
        ("[[camera]]\nname = 'a/b'\nsource = 'drawn:'", "a/b"),
        ("a = 1\nb = = 2", "line 2"),
    ],
)
def test_a_refusal_names_the_file_and_the_key(tmp_path: Path, text: str, key: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as refusal:
        read(file)
    assert str(file) in str(refusal.value)
    assert key in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nhttp_prot = 1", "[server] has no 'http_prot'; did you mean 'http_port'?"),
        ("[tls]\nfile = 'a'", "[tls] has no 'file'; there are certificate, key"),
        ("http_port = 1", "http_port stands outside of its table; write [server] above it"),
        ("source = 'drawn:'", "source stands outside of its table; write [[camera]] above it"),
        ("[servr]", "there is no 'servr'; did you mean 'server'?"),
        ("[[camera]]\nname = 'a'", "camera 1 lacks 'source'"),
        (
            "[camera]\nname = 'a'",
            "camera stands there as one table; each one begins with [[camera]], in two brackets",
        ),
        (
            "[[camera]]\nname = 'a'\nsource = 'drawn:'\nrecord = 'yes'",
            "camera 1, record is to be true or false, not text",
        ),
        ("[server]\nhttp_port = '80'", "server.http_port is to be a whole number, not text"),
        ("[server]\ntrusted_proxies = '::1'", "server.trusted_proxies is to be a list, not text"),
        ("server = 3", "server is to be a table, not a whole number"),
        (
            "[[io.relay]]\ntoken = 'x'\ngpio = { chip = '/x', lin = 1 }",
            "io.relay 1, gpio has no 'lin'; did you mean 'line'?",
        ),
        (
            "[[io.relay]]\ntoken = 'x'\ngpio = { chip = '/x', line = true }",
            "io.relay 1, gpio.line is to be a whole number or text in quotes, not true or false",
        ),
    ],
)
def test_a_mistake_in_the_form_is_told_in_the_files_own_words(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as refusal:
        read(file)
    assert str(refusal.value) == f"{file}: {said}"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "vedette.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"vedette\.toml"):
        read(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "vedette.toml"
    file.write_text(text, encoding="utf-8", errors="replace")
    try:
        read(file)
    except ConfigurationError:
        return


def test_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, FULL)
    config = configured(ServeOptions(config=file, host="127.0.0.1", http_port=0, demo=2))
    assert (config.server.host, config.server.http_port, config.server.rtsp_port) == ("127.0.0.1", 0, 554)
    assert [camera.name for camera in config.cameras] == ["door", "demo1", "demo2"]
    assert data_folder(ServeOptions(data=tmp_path), config) == tmp_path


def test_a_camera_with_the_name_of_a_drawn_one_is_refused_with_file_and_name(tmp_path: Path) -> None:
    file = written(tmp_path, "[[camera]]\nname = 'demo1'\nsource = 'drawn:'\n")
    with pytest.raises(ConfigurationError, match=r"vedette\.toml: camera 'demo1'"):
        configured(ServeOptions(config=file, demo=1))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://192.0.2.1/r/", "no http"),
        ("https:///r/", "no http"),
        ("https://a:b@192.0.2.1/", "a login"),
        ("https://192.0.2.1/?r", "a query"),
        ("https://192.0.2.1:x/", "Port"),
        ("https://192.0.2.1/r/", "needs firmware.keys"),
    ],
)
def test_a_release_server_is_named_by_a_plain_address_and_beside_a_key(
    tmp_path: Path, address: str, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"firmware.server.*{why}"):
        read(written(tmp_path, f'[firmware]\nserver = "{address}"\n'))
