"""The engine agrees with a naive reading of the declarations: on good sessions, on damaged ones, on any JSON."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from damage import damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reference import Reference, Said

import harness
from harness.engine.judge import Judge
from harness.model import Event, Place
from harness.protocol import schemas
from harness.protocol.dialects import Dialect, all_dialects, get
from harness.rules.monitor import Monitor
from harness.strategies import sessions

DIALECTS = list(all_dialects().values())
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=[one.name for one in DIALECTS])
REFERENCES = {one.name: Reference(one.declarations) for one in DIALECTS}
patient = settings(max_examples=5, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=60, suppress_health_check=list(HealthCheck))


class Verdict(NamedTuple):
    """What the engine says of a session."""

    disorder: int | None
    """At which event a fault of order was first told."""
    codes: frozenset[str]
    """All rules that were broken; what is only not finished is left out."""


def verdict(dialect: Dialect, events: Sequence[Event]) -> Verdict:
    judge = Judge(dialect.declarations, lambda name, attributes: None)
    orders = {scope.rule.code for scope in dialect.declarations.scopes} | {dialect.declarations.identity.code}
    told = [
        index
        for index, event in enumerate(events)
        if any(
            case.rule.code in orders for case in judge.feed(event, dialect.letters.get((event.side, event.type), ""))
        )
    ]
    judge.finish()
    codes = {case.rule.code for case in judge.docket.cases if case.kind != "unfinished"}
    return Verdict(min(told, default=None), frozenset(codes))


def compare(dialect: Dialect, events: Sequence[Event]) -> None:
    """Hold the engine to the reference.

    A fault of order is told at the first event that cannot be right, unless a link has explained it: then the engine
    tells that instead. The engine also knows which names go together by cause; the reference does not.
    """
    reference, said = REFERENCES[dialect.name], [Said(dialect.letters.get((e.side, e.type), ""), e) for e in events]
    first, found = reference.first_disorder(said), verdict(dialect, events)
    links = {code for code in found.codes if code.startswith("CAU")}
    orders = {scope.rule.code for scope in dialect.declarations.scopes}
    facts = {fact.rule.code for fact in dialect.declarations.facts}
    if first is None:
        assert not found.codes & orders
        assert links or found.codes & facts == reference.broken_facts(said)
    elif links:
        assert found.disorder is None or found.disorder >= first
    else:
        assert found.disorder == first


@every_dialect
@given(data=st.data())
@patient
def test_the_engine_finds_disorder_where_the_naive_reading_does(dialect: Dialect, data: st.DataObject) -> None:
    session = data.draw(sessions(dialect.name, turns=1))
    compare(dialect, data.draw(damaged(session.events)))


@pytest.mark.slow
@every_dialect
@given(data=st.data())
@thorough
def test_the_engine_agrees_on_longer_walks(dialect: Dialect, data: st.DataObject) -> None:
    session = data.draw(sessions(dialect.name, turns=2))
    compare(dialect, data.draw(damaged(session.events)))


# -- recorded sessions ----

RECORDINGS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "sessions"
NAMES = sorted(RECORDINGS.glob("*.yaml")) if RECORDINGS.is_dir() else []
FROM_THE_START = [path for path in NAMES if "sideband" not in path.stem]


@pytest.mark.slow
@pytest.mark.skipif(not NAMES, reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", FROM_THE_START, ids=[path.stem for path in FROM_THE_START])
@given(data=st.data())
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_the_engine_agrees_on_damaged_recordings(path: Path, data: st.DataObject) -> None:
    session = harness.load(path)
    compare(get(session.dialect), data.draw(damaged(session.events)))


# -- schemas ----

leaves: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(max_size=4)
)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def mangled(data: st.DataObject, events: Sequence[Event]) -> list[Event]:
    """Put any JSON in a few places of a few events."""
    changed = list(events)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        body: Any = copy.deepcopy(changed[at].body)
        holder = body
        while True:
            keys = [key for key in (holder if isinstance(holder, dict) else range(len(holder))) if key != "type"]
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.booleans()):
                holder = holder[key]
                continue
            if isinstance(holder, dict) and data.draw(st.booleans()):
                del holder[key]
            else:
                holder[key] = data.draw(anything)
            break
        changed[at] = changed[at]._replace(body=body)
    return changed


@every_dialect
@given(data=st.data())
@patient
def test_an_event_breaks_its_schema_where_the_reference_validator_says_so(
    dialect: Dialect, data: st.DataObject
) -> None:
    events = mangled(data, data.draw(sessions(dialect.name, turns=1)).events)
    monitor = Monitor(dialect.name)
    for event in events:
        monitor.feed(event)
    found = {one.seq for one in monitor.finish(entries=len(events)).findings if one.code == "SCH101"}
    wanted = set()
    for event in events:
        schema = schemas.schema(dialect.schemas, event.side, event.type)
        assert schema is not None
        if not Draft202012Validator(dict(schema)).is_valid(event.body):
            wanted.add(event.seq)
    assert found == wanted


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_json_in_any_place_of_any_session_is_judged(data: st.DataObject) -> None:
    events = mangled(data, data.draw(sessions(turns=1)).events)
    monitor = Monitor(data.draw(st.sampled_from([None, *all_dialects()])))
    for event in events:
        monitor.feed(event)
    report = monitor.finish(entries=len(events))
    assert report.events == len(events)
    assert all(one.place == Place("", 0, 0) or one.seq is None or one.seq < len(events) for one in report.findings)
