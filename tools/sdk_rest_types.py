"""Print what an Azure SDK says about the events of one protocol generation, as raw JSON schemas.

Runs inside a throw-away environment that holds one pinned SDK and nothing of this project:
`python sdk_rest_types.py MODULE`, where MODULE has the model classes `ClientEvent` and `ServerEvent`. A model names
its kinds in `__mapping__`, by the value of its discriminator; a field is required when it is not `Optional`.
"""

import importlib
import json
import sys
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

ROOTS = {"client": "ClientEvent", "server": "ServerEvent"}
SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number", bytes: "string"}


def schema_of(kind: Any, names: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type of the SDK; of a model without a discriminator, the one that says nothing."""
    if kind in SCALARS:
        return {"type": SCALARS[kind]}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    if get_origin(kind) is Literal:
        return {"type": "string", "const": getattr(get_args(kind)[0], "value", get_args(kind)[0])}
    if get_origin(kind) is Union:
        return {"anyOf": [schema_of(member, names) for member in get_args(kind) if member is not type(None)]}
    if get_origin(kind) is list:
        return {"type": "array", "items": schema_of(get_args(kind)[0], names)}
    if get_origin(kind) is dict:
        return {"type": "object"}
    return model_of(kind, names) if hasattr(kind, "__mapping__") else {}


def model_of(model: Any, names: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a model, or of all the kinds it has."""
    kinds = vars(model).get("__mapping__")
    if kinds:
        return {"anyOf": [model_of(kind, names) for kind in kinds.values()]}
    fields = {name: kind for name, kind in get_type_hints(model, names).items() if not name.startswith("_")}
    optional = {name for name, kind in fields.items() if type(None) in get_args(kind)}
    return {
        "type": "object",
        "properties": {name: schema_of(kind, names) for name, kind in fields.items()},
        "required": sorted(set(fields) - optional),
    }


def main(module: str) -> None:
    """Print `{side: {event type: schema}}` for the models in `module`."""
    models = importlib.import_module(module)
    names = {**vars(sys.modules[models.ServerEvent.__module__]), "_models": models}
    events = {
        side: {event: model_of(model, names) for event, model in getattr(models, root).__mapping__.items()}
        for side, root in ROOTS.items()
    }
    json.dump(events, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
