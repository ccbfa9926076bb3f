"""The page's files hang together and keep the promises that its content security policy makes."""

import re
from importlib.resources import files

import pytest
from lxml import etree, html

from vedette.contract.device import Device
from vedette.contract.schema.io import RelayLogicalState
from vedette.wire.codec import to_element
from vedette.wire.namespaces import ENV, TDS

WEB = {each.name: each.read_text("utf-8") for each in files("vedette.server").joinpath("web").iterdir()}
PAGE = html.fromstring(WEB["index.html"])
SCRIPTS = {name: text for name, text in WEB.items() if name.endswith(".js")}


def imported(name: str) -> dict[str, set[str]]:
    """What a script imports: names by file."""
    found = re.findall(r'^import \{ ([^}]+) \} from "\./([\w.]+)";$', SCRIPTS[name], re.MULTILINE)
    return {file: set(names.split(", ")) for names, file in found}


def test_every_file_is_reached_from_the_page() -> None:
    reached = {"index.html", *PAGE.xpath("//script/@src"), *PAGE.xpath("//link[@rel='stylesheet']/@href")}
    while more := {file for name in reached & SCRIPTS.keys() for file in imported(name)} - reached:
        reached |= more
    assert reached == WEB.keys()


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_imports_is_exported(name: str) -> None:
    assert len(re.findall(r"^import ", SCRIPTS[name], re.MULTILINE)) == len(imported(name))
    for file, names in imported(name).items():
        exported = re.findall(
            r"^export (?:async )?(?:class|function|const) (\w+)", SCRIPTS[file], re.MULTILINE
        )
        assert names <= set(exported)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    assert not PAGE.xpath("//style | //@style | //script[not(@src)]")
    assert not [each for each in PAGE.iter() for name in each.attrib if name.startswith("on")]
    for name, text in WEB.items():
        if name == "io.js":
            text = text.replace(ENV, "").replace(TDS, "")  # names, which nobody fetches
        assert not re.search(r"(?:https?:)?//(?!192\.0\.2\.)[\w-]+\.\w", text)
    policy = PAGE.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_make_no_markup_from_strings(name: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", SCRIPTS[name])


def test_the_parts_that_scripts_look_for_are_in_the_page() -> None:
    used = set(re.findall(r'byId\("([\w-]+)"\)|getElementById\("([\w-]+)"\)', "".join(SCRIPTS.values())))
    assert {first or second for first, second in used} <= set(PAGE.xpath("//@id"))
    classes = {each for value in PAGE.xpath("//@class") for each in value.split()}
    assert set(re.findall(r"parts\.(\w+)", SCRIPTS["card.js"])) <= classes
    assert set(re.findall(r'querySelector\("\.([\w-]+)"\)', "".join(SCRIPTS.values()))) <= classes


def test_everything_one_can_act_on_has_a_name_and_the_bar_is_a_slider() -> None:
    for button in PAGE.xpath("//button"):
        assert button.get("type") == "button"
        assert button.text_content().strip()
    assert PAGE.xpath("//select/ancestor::label")
    (bar,) = PAGE.xpath("//*[@role='slider']")
    assert bar.get("tabindex") == "0"
    for attribute in ("aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext", "aria-label"):
        assert attribute in SCRIPTS["scrub.js"] + SCRIPTS["card.js"]


def test_relays_are_switched_by_the_standards_operation() -> None:
    request = Device.set_relay_output_state.request
    body = to_element(request(relay_output_token="gate", logical_state=RelayLogicalState.ACTIVE))
    names = [etree.QName(each).localname for each in body.iter()]
    assert [re.search(rf'"{name}"', SCRIPTS["io.js"]) is not None for name in names] == [True] * 3
    assert f'"{etree.QName(body).namespace}"' in SCRIPTS["io.js"]
    for state in RelayLogicalState:
        assert f'"{state.value}"' in SCRIPTS["io.js"]


def test_without_cameras_the_page_says_how_to_add_one() -> None:
    (empty,) = PAGE.xpath("//*[@id='empty']")
    assert "vedette camera add" in empty.text_content()
    assert empty.xpath(".//*[@id='first']")
    assert 'byId("first").append(` --server ${location.origin}`)' in SCRIPTS["app.js"]
    assert re.search(r"\.empty pre \{[^}]*white-space: pre-wrap", WEB["style.css"])  # whole, on a phone too
