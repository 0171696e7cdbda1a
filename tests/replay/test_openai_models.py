"""An outside yardstick: what is served for the recorded sessions fits the models of the newest `openai` package."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from recordings import SEED
from test_recorded_sessions import LOGS, replayed

from harness.api import load
from harness.model import Session
from harness.protocol.translate import translate

realtime = pytest.importorskip("openai.types.realtime", reason="the `openai` package is not installed")

EVENTS = get_args(get_args(realtime.RealtimeServerEvent)[0])
MODELS = {get_args(model.model_fields["type"].annotation)[0]: TypeAdapter(model) for model in EVENTS}
TODAY = [log for log in LOGS if log.name.startswith(("openai", "azure_ws", "gateway"))]

Fault = tuple[str, str]


def faults(events: list[dict[str, Any]]) -> set[Fault]:
    """Return what does not fit: the type of each event, and the kinds of its faults."""
    found: set[Fault] = set()
    for event in events:
        model = MODELS.get(event["type"])
        try:
            if model is None:
                found.add((event["type"], "unknown"))
            else:
                model.validate_python(event, strict=True)
        except ValidationError as error:
            found |= {(event["type"], f"{one['type']} {_names(one['loc'])}") for one in error.errors()}
    return found


def _names(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in place if isinstance(step, str))


def sent(session: Session) -> list[dict[str, Any]]:
    """Return what the recorded server sent."""
    return [event.body for event in session.events if event.side == "server"]


def test_the_models_are_those_of_the_newest_events() -> None:
    assert len(MODELS) >= 46
    assert faults([{"type": "response.output_text.delta", "event_id": "e", "delta": 7}])


def test_the_seed_in_the_dialect_of_today_fits() -> None:
    session = translate(load(SEED), "openai-ga").session
    assert faults(replayed(session).heard) == set()


@pytest.mark.parametrize("log", TODAY, ids=lambda log: log.stem)
def test_a_session_of_today_fits(log: Path) -> None:
    assert faults(replayed(load(log)).heard) == set()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_a_session_of_another_vendor_deviates_only_where_its_recording_does(log: Path) -> None:
    session = load(log)
    assert faults(replayed(session).heard) <= faults(sent(session))
