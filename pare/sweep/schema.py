"""The format of sweep files as a JSON schema, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from pare.llm.engine import EngineConfig
from pare.sweep.choosing import LISTS
from pare.sweep.keys import (
    MODELS,
    annotation_of,
    cell_settings,
    limit_settings,
    settings_of,
    sweep_settings,
    varying,
    words_for,
)
from pare.sweep.selection import Selection

Schema = dict[str, Any]

_JSON_OBJECT: Schema = {"type": "object"}
_TEXTS: Schema = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
_LIST_OF_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_ONE_OR_MORE: Schema = {"anyOf": [{"type": "string"}, _LIST_OF_TEXTS]}


def sweep_schema() -> Schema:
    """Give the JSON schema of a sweep file: every key, and what it may hold."""
    definitions: Schema = {"model": _model(), "selection": _selection()}
    every = {word: _setting(word, definitions) for word in words_for({**cell_settings(), **sweep_settings()})}
    definitions["settings"] = _mapping(words_for(cell_settings()))
    definitions["cell"] = _mapping(words_for(varying()))
    definitions["limits"] = _mapping(words_for(limit_settings()))
    definitions["lists"] = _lists()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A sweep of pare",
        "type": "object",
        "properties": {**every, **_sections()},
        "additionalProperties": False,
        "$defs": definitions,
    }


def _sections() -> Schema:
    def one(name: str) -> Schema:
        return {"$ref": f"#/$defs/{name}"}

    def several(name: str) -> Schema:
        return {"type": "array", "items": one(name)}

    return {
        "name": {
            "type": "string",
            "minLength": 1,
            "description": "The name of the sweep, and of its results.",
        },
        "scenarios": {
            "anyOf": [{"type": "string"}, _LIST_OF_TEXTS, one("selection")],
            "description": "Which scenarios are run; without it all that are found.",
        },
        "split": {
            "type": "string",
            "description": "The split of scenarios to run, such as full or ablation.",
        },
        "limit": {"type": "integer", "minimum": 1, "description": "Run only the first so many scenarios."},
        "runs": {
            "type": "integer",
            "minimum": 1,
            "description": "How often each scenario is run in each cell.",
        },
        "models": {
            "type": "object",
            "additionalProperties": one("model"),
            "description": "Models by alias.",
        },
        "base": {**one("settings"), "description": "What holds in every cell."},
        "grid": {**one("lists"), "description": "Lists of values; each combination is a cell."},
        "zip": {**several("lists"), "description": "Lists that vary together."},
        "include": {**several("cell"), "description": "Further cells."},
        "exclude": {**several("cell"), "description": "Cells of the grid to leave out."},
        "limits": {
            **one("limits"),
            "description": "How the whole sweep is run, and what is written and shown.",
        },
    }


def _mapping(words: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {word: _same_as(word) for word in words},
        "additionalProperties": False,
    }


def _lists() -> Schema:
    words = words_for(varying())
    lists = {word: {"type": "array", "minItems": 1, "items": _same_as(word)} for word in words}
    return {"type": "object", "properties": lists, "additionalProperties": False}


def _same_as(word: str) -> Schema:
    """Refer to the schema of a setting: each is written once, at the top."""
    return {"$ref": f"#/properties/{word}"}


def _selection() -> Schema:
    schema = Selection.model_json_schema()
    properties = {name: item for name, item in schema["properties"].items() if name not in LISTS}
    return {
        "type": "object",
        "properties": {**properties, **dict.fromkeys(LISTS, _ONE_OR_MORE)},
        "additionalProperties": False,
    }


def _setting(word: str, definitions: Schema) -> Schema:
    """Give the schema of what a word is set to; nested definitions go to `definitions`."""
    names = settings_of(word)
    if names[0] in MODELS:
        return {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/model"}]}
    schema = _of_type(annotation_of(names[0]), definitions)
    return schema if names == (word,) else {**schema, "description": f"Sets {', '.join(names)}."}


def _of_type(annotation: Any, definitions: Schema) -> Schema:
    schema = TypeAdapter(annotation).json_schema(ref_template="#/$defs/{model}")
    definitions |= schema.pop("$defs", {})
    return schema


def _model() -> Schema:
    """Give the schema of an engine, in which YAML has mappings where the code has pairs."""
    schema = EngineConfig.model_json_schema()
    inner = schema.pop("$defs", {})
    properties = schema["properties"]
    properties |= {"headers": _TEXTS, "query": _TEXTS, "extra_body": _JSON_OBJECT, "endpoints": _ONE_OR_MORE}
    properties["key"] = inner["KeySource"]
    schema.pop("description", None)
    found: Schema = _inlined(schema, inner)
    return found


def _inlined(schema: Any, definitions: Schema) -> Any:
    """Put definitions in the place of references to them."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(item, definitions) for name, item in schema.items()}
