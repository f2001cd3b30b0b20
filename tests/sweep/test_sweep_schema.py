"""The schema for editors knows every key, and every example keeps to it."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pare.cli.main import app
from pare.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from pare.sweep import sweep_schema
from pare.sweep.keys import SPELLINGS
from pare.sweep.overrides import OWN_KEYS

CONFIGS = Path(__file__).parents[2] / "configs"
EXAMPLES = sorted(file for file in CONFIGS.glob("*.yaml") if file.name != "models.yaml")

Schema = dict


def resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def unknown_keys(value, schema: Schema, root: Schema) -> list[str]:
    """Give the keys of a value that its schema does not know, at every depth."""
    schema = resolve(schema, root)
    choices = [resolve(choice, root) for choice in schema.get("anyOf", [schema])]
    if isinstance(value, list):
        items = next(choice["items"] for choice in choices if "items" in choice)
        return [key for item in value for key in unknown_keys(item, items, root)]
    if not isinstance(value, dict):
        return []
    mapping = next(choice for choice in choices if choice.get("type") == "object")
    known, rest = mapping.get("properties", {}), mapping.get("additionalProperties", True)
    found = [] if rest else [key for key in value if key not in known]
    for key, item in value.items():
        inner = known.get(key, rest if isinstance(rest, dict) else None)
        found += unknown_keys(item, inner, root) if inner else []
    return found


def test_every_field_and_spelling_is_a_key():
    properties = sweep_schema()["properties"]
    fields = {
        *MultiScenarioRunnerConfig.model_fields,
        *SPELLINGS,
        *OWN_KEYS,
        "results_dir",
        "observe_provider",
    }
    assert fields - {*properties} == set()
    assert "seed" in sweep_schema()["$defs"]["lists"]["properties"]
    assert "output_dir" not in sweep_schema()["$defs"]["cell"]["properties"]
    assert {*ScenarioRunnerConfig.model_fields} - {
        *sweep_schema()["$defs"]["settings"]["properties"]
    } == set()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_has_known_keys_only(file):
    schema = sweep_schema()
    assert unknown_keys(yaml.safe_load(file.read_text()), schema, schema) == []


@pytest.mark.parametrize(
    "value",
    [
        {"bse": {}},
        {"base": {"sed": 1}},
        {"grid": {"output_dir": [1]}},
        {"models": {"a": {"modl": 1}}},
        {"zip": [{"a": [1]}]},
    ],
)
def test_what_is_not_known_is_found(value):
    schema = sweep_schema()
    assert len(unknown_keys(value, schema, schema)) == 1


def test_every_reference_leads_somewhere():
    schema = sweep_schema()

    def walk(part):
        if isinstance(part, dict):
            resolve(part, schema)
            part = [*part.values()]
        for item in part if isinstance(part, list) else []:
            walk(item)

    walk(schema)


def test_the_command_prints_it():
    done = CliRunner().invoke(app, ["schema"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == sweep_schema()
