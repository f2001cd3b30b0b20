"""What the page on noise shows is true."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from pare.cli.main import app
from pare.noise import load_augmentation_data, parse_augmentation_data
from pare.noise.augmentation import BUNDLED

PAGE = (Path(__file__).parents[2] / "docs" / "noise.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_command_works() -> None:
    (command,) = blocks("bash")
    result = CliRunner().invoke(app, command.split()[1:], catch_exceptions=False)
    assert result.exit_code == 0


def test_the_example_of_the_data_is_valid_and_shows_all_kinds() -> None:
    (text,) = blocks("json")
    data = parse_augmentation_data(json.loads(text), "docs/noise.md")
    kinds = (data.emails, data.conversations, data.names, data.products, data.discount_codes, data.apartments)
    assert all(kinds)
    assert data.tool_names_mapping
    assert data.tool_descriptions_mapping


def test_the_size_of_the_bundled_set_is_told() -> None:
    data = load_augmentation_data(BUNDLED)
    for count in (len(data.emails), len(data.conversations), len(data.products), len(data.apartments)):
        assert f"{count} " in PAGE
