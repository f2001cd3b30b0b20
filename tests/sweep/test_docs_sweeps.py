"""What docs/sweeps.md shows can be read, and it names every key."""

import re
from pathlib import Path

import pytest

from pare.sweep import load_sweep
from pare.sweep.keys import cell_settings, sweep_settings, words_for
from pare.sweep.models import WELL_KNOWN
from pare.sweep.overrides import OWN_KEYS
from pare.sweep.selection import registered

PAGE = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")
BUNDLED = Path(__file__).parents[2] / "pare" / "scenarios" / "benchmark"

CELLS = {
    "name: two-formats": 3,
    "base: {user: gpt-5-mini": 4,
    "scenarios:": 1,
    "models:": 1,
    "experiment_name": 1,
}
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.splitlines()[0])
def test_an_example_is_a_sweep(text):
    (count,) = [count for start, count in CELLS.items() if text.startswith(start)]
    catalogue = registered((BUNDLED,), lambda path, message: None)
    assert len(load_sweep(text, catalogue=catalogue, environ={}, folder=Path("/nowhere")).cells) == count


def test_every_key_is_named():
    """A word for one role stands for the same word of the others."""
    page = PAGE.replace("`user_provider`", "`role_provider`").replace("`user_endpoint`", "`role_endpoint`")
    page = page.replace("`user_model`", "`role_model`").replace(
        "`user_engine_config`", "`role_engine_config`"
    )
    words = {*words_for({**cell_settings(), **sweep_settings()}), *OWN_KEYS}
    roles = re.compile(r"^(user|observe|execute|proactive)(?=_(provider|endpoint|model|engine_config)$)")
    assert [word for word in sorted(words) if f"`{roles.sub('role', word)}`" not in page] == []


def test_every_well_known_alias_is_named():
    assert [alias for alias in WELL_KNOWN if alias not in PAGE] == []
