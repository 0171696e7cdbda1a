"""How fast sessions are checked, against the plain way to do as much of it as the plain way can."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from long_session import entries
from measurement import Measurement, fastest_s

import harness
from harness.protocol import schemas

TURNS = 70
"""Some 2 000 events: a long call."""
PLAIN_TURNS = 7
"""The plain way is timed on a tenth of it; it has no state, so its events/s do not depend on the length."""
GOAL = 20


def measure() -> Iterator[Measurement]:
    """Yield events/s of both ways, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "long.jsonl")
        log.write_text("".join(json.dumps(entry) + "\n" for entry in entries(TURNS)), "utf-8")
        report = harness.check(log)
        if report.verdict == "errors":
            raise SystemExit(f"the long session is not sound: {report.findings[0]}")
        ours = report.events / fastest_s(lambda: harness.check(log), rounds=5)
    plain, compiled = _plain()
    yield Measurement("check JSON Lines", ours, "events/s")
    yield Measurement("yaml.safe_load_all + jsonschema.validate", plain, "events/s")
    yield Measurement("the same, each schema's validator made once", compiled, "events/s")
    yield Measurement("check, times the plain way", ours / plain, "x", GOAL)
    yield Measurement("check, times the plain way with validators made once", ours / compiled, "x")


def _plain() -> tuple[float, float]:
    """Return the events/s of the plain way, as it is written first and as it is written with care."""
    events = [entry for entry in entries(PLAIN_TURNS) if entry["content"]]
    log = yaml.safe_dump_all(events, sort_keys=False, allow_unicode=True)
    made = {(one["sender"], one["content"]["type"]): _schema(one) for one in events}
    validators = {key: jsonschema.Draft202012Validator(schema) for key, schema in made.items()}

    def as_first_written() -> None:
        for one in yaml.safe_load_all(log):
            jsonschema.validate(one["content"], made[one["sender"], one["content"]["type"]])

    def with_care() -> None:
        for one in yaml.safe_load_all(log):
            validators[one["sender"], one["content"]["type"]].validate(one["content"])

    return len(events) / fastest_s(as_first_written, rounds=2), len(events) / fastest_s(with_care, rounds=2)


def _schema(entry: dict[str, Any]) -> Any:
    found = schemas.schema(schemas.chain("openai-beta"), entry["sender"], entry["content"]["type"])
    assert found is not None
    return found
