"""The engine and the naive reading of the declarations agree on the mutants by which the checker is scored."""

import sys
from pathlib import Path
from zlib import crc32

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from benchmarks.mutation.logs import Log
from benchmarks.mutation.operators import operators
from harness.model import Event
from harness.protocol import schemas

SAMPLED = 60
"""One position in so many is tried: the reference is slow."""


def is_valid(log: Log, event: Event) -> bool:
    """Tell whether an event is one of its dialect and keeps to its schema."""
    known = (event.side, event.type) in log.dialect.letters
    return known and not schemas.validators(log.dialect.schemas).check(event.side, event.type, event.body)


@pytest.mark.slow
def test_the_engine_agrees_with_the_reference_on_mutants(logs: dict[str, Log]) -> None:
    from damage import numbered
    from test_against_reference import compare

    tried = 0
    for operator in operators():
        for log in logs.values():
            if log.events[0].type not in ("session.created", "error"):
                continue
            for at in range(len(log.events)):
                if crc32(f"{operator.name}{log.name}{at}".encode()) % SAMPLED:
                    continue
                draft = operator.edit(log, at)
                if draft is None or draft.text or not all(is_valid(log, one) for one in draft.events):
                    continue  # what breaks a schema excuses what follows from it; the reference knows no excuse
                compare(log.dialect, numbered(list(draft.events)))
                tried += 1
    assert tried > 100
