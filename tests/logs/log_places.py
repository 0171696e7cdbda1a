"""Where the logs of these tests lie, and what reading one gives."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.model import JSON, Entry, Problem, Side

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
SHARED = ROOT / ".." / "shared"
SCHEMAS = ROOT / "schemas"


DIALECTS = (
    "openai-ga",
    "openai-beta",
    *sorted({one.name for one in SCHEMAS.iterdir() if one.is_dir()} - {"openai-ga", "openai-beta"}),
)


class Folder:
    """Knowledge of every dialect, straight from the files of `schemas/`: layer 1 is tested without layer 2."""

    def __init__(self, dialects: Sequence[str] = DIALECTS) -> None:
        self._schemas: dict[str, list[Mapping[str, JSON]]] = {}
        self._sides: dict[str, set[Side]] = {}
        sides: tuple[Side, ...] = ("client", "server")
        for dialect in dialects:
            for side in sides:
                for file in sorted((SCHEMAS / dialect / side).glob("*.json")):
                    self._schemas.setdefault(file.stem, []).append(json.loads(file.read_text()))
                    self._sides.setdefault(file.stem, set()).add(side)

    def schemas(self, event_type: str) -> Sequence[Mapping[str, JSON]]:
        return self._schemas.get(event_type, ())

    def sides(self, event_type: str) -> frozenset[Side]:
        return frozenset(self._sides.get(event_type, ()))


Reading = tuple[list[Entry], list[Problem]]
