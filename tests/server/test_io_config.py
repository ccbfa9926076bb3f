"""The operator's `[io]`: the documented one is read, a wrong one is refused, none means simulated."""

import re
from pathlib import Path

import pytest

from vedette.device.hardware.gpio import GpioLine
from vedette.device.io_plan import SIMULATED, InputPlan, IOPlan, RelayPlan, SerialPlan, Webhook
from vedette.server.config import Config, ConfigurationError, read

DOCUMENT = Path(__file__).parents[2] / "docs" / "design" / "io.md"


def config_of(text: str, folder: Path) -> Config:
    file = folder / "vedette.toml"
    file.write_text(text, "utf-8")
    return read(file)


def test_the_documented_plan_is_read(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    plan = config_of(found[1], tmp_path).io
    assert [each.token for each in plan.relays] == ["gate", "siren", "lamp"]
    assert plan.relays[0].gpio == GpioLine(chip="/dev/gpiochip0", line=17)
    assert plan.inputs[0].gpio is not None
    assert plan.inputs[0].gpio.line == "DOOR"
    assert [each.device for each in plan.serial] == ["/dev/ttyUSB0", "pseudo-terminal"]


def test_the_document_tells_every_key() -> None:
    _, _, section = DOCUMENT.read_text("utf-8").partition("| Key | ")
    told = set(re.findall(r"`(\w+)`", section.partition("\n\n")[0]))
    for kind in (RelayPlan, InputPlan, SerialPlan, GpioLine, Webhook):
        assert set(kind.__struct_fields__) <= told


def test_without_a_plan_everything_is_simulated_and_an_empty_one_means_nothing(tmp_path: Path) -> None:
    assert config_of("", tmp_path).io == SIMULATED
    assert config_of("[io]", tmp_path).io == IOPlan()


@pytest.mark.parametrize(
    "text",
    [
        '[[io.relay]]\ntoken = "a"\n[[io.relay]]\ntoken = "a"',
        '[[io.relay]]\ntoken = "a"\ngpoi = {}',
        '[[io.input]]\ntoken = "a"\ngpio = { chip = "c" }',
        '[[io.serial]]\ntoken = "a"\ntype = "USB"',
    ],
)
def test_a_wrong_plan_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="io"):
        config_of(text, tmp_path)
