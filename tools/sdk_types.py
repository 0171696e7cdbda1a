"""Print what an installed SDK says about the events of one protocol generation, as raw JSON schemas.

Runs inside a throw-away environment that holds one pinned SDK and nothing of this project:
`python sdk_types.py MODULE`, where MODULE exports the unions `RealtimeClientEvent` and `RealtimeServerEvent`.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import TypeAdapter

UNIONS = {"client": "RealtimeClientEvent", "server": "RealtimeServerEvent"}


def members(union: Any) -> Iterator[Any]:
    """Yield the models of a union, whether it is annotated, nested or an alias."""
    if hasattr(union, "__value__"):
        yield from members(union.__value__)
    elif get_origin(union) is Annotated:
        yield from members(get_args(union)[0])
    elif get_origin(union) is Union:
        for member in get_args(union):
            yield from members(member)
    else:
        yield union


def main(module: str) -> None:
    """Print `{side: {event type: schema}}` for the unions in `module`."""
    package = importlib.import_module(module)
    events: dict[str, dict[str, Any]] = {}
    for side, union in UNIONS.items():
        schemas = [TypeAdapter(model).json_schema() for model in members(getattr(package, union))]
        events[side] = {schema["properties"]["type"]["const"]: schema for schema in schemas}
    json.dump(events, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
