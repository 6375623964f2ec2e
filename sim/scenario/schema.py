"""JSON Schema of scenario files, so that an editor completes keys and shows what they mean.

An editor sees less than `sim check`: no names, no sums of shares, no units of commodities.
"""

import re
from typing import TypeAlias

from sim.scenario.reference import Key, kind, name_of
from sim.scenario.scenario import Scenario
from sim.scenario.tree import records

Schema: TypeAlias = "dict[str, Schema] | list[Schema] | str | int | float | bool | None"

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXTENDS: Schema = {"type": "string", "description": "Another file of this folder, on which this one is laid."}
_PART = "_part"
"""Ends the name of a record of which a file may say a part only, since it extends another."""


def schema() -> dict[str, Schema]:
    """The schema; a file that extends another need not say what the other says."""
    whole: dict[str, Schema] = Scenario.model_json_schema(by_alias=True)
    records_by_name = whole.pop("$defs")
    assert isinstance(records_by_name, dict)
    records_by_name["Scenario"] = whole
    for record in records():
        keys = {key.name: key for key in kind(name_of(record)).keys}
        _explain(records_by_name[re.sub(r"\W", "_", record.__name__)], keys)
    defs = {name: _plain(one) for name, one in records_by_name.items()}
    defs |= {f"{name}{_PART}": _part(one) for name, one in defs.items()}
    part = defs[f"Scenario{_PART}"]
    assert isinstance(part, dict) and isinstance(part["properties"], dict)
    part["properties"] = {"extends": _EXTENDS, **part["properties"]}
    return {
        "$schema": DIALECT,
        "title": "Scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/Scenario{_PART}"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": defs,
    }


def _explain(record: Schema, keys: dict[str, Key]) -> None:
    """Give each property the meaning and default its record states."""
    assert isinstance(record, dict) and isinstance(record["properties"], dict)
    for name, said in record["properties"].items():
        assert isinstance(said, dict)
        key = keys[name]
        said["description"] = f"{key.meaning} Default: {key.default}." if key.default else key.meaning
        said.pop("default", None)
        if key.example and "examples" not in said:
            said["examples"] = [key.example]


def _plain(node: Schema) -> Schema:
    """Without the titles pydantic makes up from names."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: _plain(one) for key, one in node.items() if not (key == "title" and isinstance(one, str))}


def _part(node: Schema) -> Schema:
    """The same with nothing required, and with an empty value for what is to be removed."""
    if isinstance(node, list):
        return [_part(one) for one in node]
    if not isinstance(node, dict):
        return f"{node}{_PART}" if isinstance(node, str) and node.startswith("#/$defs/") else node
    done = {
        "anyOf" if key == "oneOf" else key: _part(one)
        for key, one in node.items()
        if key not in ("required", "discriminator", "minProperties")
    }
    if isinstance(done.get("additionalProperties"), dict):
        done["additionalProperties"] = {"anyOf": [done["additionalProperties"], {"type": "null"}]}
    return done
