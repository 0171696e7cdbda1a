"""What is told of an event that breaks its schema, and that real events break none."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from schema_samples import DELTA, DONE, EVENTS, ITEM, UPDATE, changed

from harness.protocol import schemas
from harness.protocol.faults import breaches, explain, reference_breaches

SHARED = Path(__file__).parents[2] / ".." / "shared"
GA = ("openai-ga",)
BETA = ("openai-beta",)


def messages(side: str, event: Mapping[str, Any], chain: tuple[str, ...] = GA) -> list[str]:
    return [fault.message for fault in schemas.Validators(chain).check(side, str(event["type"]), event)]


# -- judging ----


@pytest.mark.parametrize(("side", "event"), EVENTS)
def test_a_recorded_event_has_no_fault_of_any_kind(side: str, event: dict[str, Any]) -> None:
    validators = schemas.Validators(GA)
    kind = str(event["type"])
    assert validators.check(side, kind, event) == ()
    assert validators.unknown_values(side, kind, event) == ()
    assert validators.absent(side, kind, event) == ()
    assert validators.undeclared(side, kind, event) == ()


@pytest.mark.parametrize(
    ("event", "path", "value", "message"),
    [
        (DELTA, "/delta", 7, "/delta is 7, an integer; a string was expected"),
        (DELTA, "/delta", None, "/delta is null; a string was expected"),
        (DELTA, "/output_index", "0", '/output_index is "0", a string; an integer was expected'),
        (DELTA, "/output_index", 0.5, "/output_index is 0.5, a number; an integer was expected"),
        (DELTA, "/output_index", True, "/output_index is true; an integer was expected"),
        (DELTA, "/type", "x", '/type is "x", a string; "response.output_text.delta" was expected'),
        (DELTA, "/delta", "x" * 99 and ["x"], "/delta is an array of 1; a string was expected"),
        (ITEM, "/item", [1, 2], "/item is an array of 2; an object was expected"),
        (ITEM, "/item/name", {}, "/item/name is an object; a string was expected"),
        (
            DONE,
            "/response/max_output_tokens",
            [],
            "/response/max_output_tokens is an array of 0; an integer, a string or null was expected",
        ),
        (
            DONE,
            "/response/output/0/content/0/type",
            7,
            "/response/output/0/content/0/type is 7, an integer; a string was expected",
        ),
    ],
)
def test_a_wrong_type_is_told_by_place_by_what_was_seen_and_what_was_expected(
    event: dict[str, Any], path: str, value: Any, message: str
) -> None:
    faults = schemas.Validators(GA).check("server", str(event["type"]), changed(event, path, value))
    assert [fault.message for fault in faults] == [message]
    assert faults[0].pointer == path


@pytest.mark.parametrize(
    ("event", "path", "message"),
    [
        (DELTA, "/event_id", "/event_id is missing; a string was expected"),
        (DELTA, "/output_index", "/output_index is missing; an integer was expected"),
        (ITEM, "/item", "/item is missing; an object was expected"),
        (ITEM, "/item/call_id", "/item/call_id is missing; a string was expected"),
        (ITEM, "/item/type", "/item/type is missing; a string was expected"),
        (DONE, "/response/output", "/response/output is missing; an array was expected"),
        (DONE, "/response/output/0/role", "/response/output/0/role is missing; a string was expected"),
    ],
)
def test_a_missing_field_is_told_by_the_place_where_it_would_stand(
    event: dict[str, Any], path: str, message: str
) -> None:
    assert messages("server", changed(event, path, remove=True)) == [message]


def test_a_long_value_is_cut_in_the_message() -> None:
    (message,) = messages("server", changed(DELTA, "/content_index", "A" * 5000))
    assert message == f'/content_index is "{"A" * 59}…, a string; an integer was expected'


def test_several_faults_are_told_each_at_its_place() -> None:
    event = changed(changed(DELTA, "/delta", 7), "/event_id", remove=True)
    assert sorted(messages("server", event)) == [
        "/delta is 7, an integer; a string was expected",
        "/event_id is missing; a string was expected",
    ]


def test_an_event_that_is_no_object_is_told_as_a_whole() -> None:
    faults = schemas.Validators(GA).check("server", "error", ["error"])  # type: ignore[arg-type]
    assert [fault.message for fault in faults] == ["the event is an array of 1; an object was expected"]


def test_a_missing_field_that_a_branch_asks_for_is_described_by_what_it_branches_from() -> None:
    schema = {
        "properties": {"id": {"type": "string"}, "type": {"type": "string"}},
        "allOf": [{"if": {"properties": {"type": {"const": "a"}}, "required": ["type"]}, "then": {"required": ["id"]}}],
    }
    body = {"type": "a"}
    (fault,) = explain(reference_breaches(schema, body), schema, body)
    assert fault[:3] == ("/id", "/id is missing; a string was expected", "a string")


@pytest.mark.parametrize(
    ("event", "path", "expected"),
    [
        (ITEM, "/item/status", '"completed", "incomplete" or "in_progress"'),
        (DONE, "/response/output/0/role", '"system", "user" or "assistant"'),
        (DONE, "/response/output/0/content/0/type", '"output_text" or "output_audio"'),
        (DONE, "/response/object", '"realtime.response"'),
    ],
)
def test_a_new_value_of_an_enumeration_is_no_error_but_is_told(event: dict[str, Any], path: str, expected: str) -> None:
    validators = schemas.Validators(GA)
    bogus = changed(event, path, "bogus")
    assert validators.check("server", str(event["type"]), bogus) == ()
    (fault,) = validators.unknown_values("server", str(event["type"]), bogus)
    assert fault[:3] == (path, f'{path} is "bogus"; known is {expected}', expected)


def test_a_value_of_another_type_is_not_told_as_an_unknown_value() -> None:
    number = changed(DONE, "/response/max_output_tokens", 300)
    assert schemas.Validators(GA).unknown_values("server", "response.done", number) == ()
    word = changed(DONE, "/response/max_output_tokens", "many")
    assert len(schemas.Validators(GA).unknown_values("server", "response.done", word)) == 1


def test_any_model_name_is_as_good_as_another() -> None:
    event = changed(UPDATE, "/session/model", "gpt-realtime-7")
    assert schemas.Validators(GA).unknown_values("client", "session.update", event) == ()


def test_a_field_that_every_recording_carries_may_be_missing_but_is_told() -> None:
    validators = schemas.Validators(GA)
    event = changed(changed(DONE, "/response/usage", remove=True), "/response/audio/output/voice", remove=True)
    assert validators.check("server", "response.done", event) == ()
    faults = validators.absent("server", "response.done", event)
    assert {fault.pointer for fault in faults} == {"/response/usage", "/response/audio/output/voice"}
    assert "/response/usage is missing; every recording of the dialect has it" in {fault.message for fault in faults}


def test_a_field_that_the_service_would_refuse_is_found_wherever_it_stands() -> None:
    event = changed(changed(UPDATE, "/session/voice", "alloy"), "/session/tools/0/meta", {})
    event = changed(event, "/session/tools/0/parameters/anything", 1)
    assert sorted(schemas.Validators(GA).undeclared("client", "session.update", event)) == [
        "/session/tools/0/meta",
        "/session/voice",
    ]


@pytest.mark.parametrize(
    ("event", "path", "message"),
    [
        (UPDATE, "/session/type", "/session/type is missing; a string was expected"),
        (UPDATE, "/session/tools/0/name", "/session/tools/0/name is missing; a string was expected"),
        (
            UPDATE,
            "/session/audio/input/turn_detection/type",
            "/session/audio/input/turn_detection/type is missing; a string was expected",
        ),
    ],
)
def test_what_the_service_asks_of_a_client_is_required(event: dict[str, Any], path: str, message: str) -> None:
    assert messages("client", changed(event, path, remove=True)) == [message]


@pytest.mark.parametrize("odd", [{"\ud83d": 1}, {"delta": "\ud83d"}, {"extra": 10**40}, {"extra": [[]]}])
def test_what_the_fast_validator_refuses_to_read_is_still_judged(odd: dict[str, Any]) -> None:
    assert messages("server", {**DELTA, **odd}) == []
    assert messages("server", {**DELTA, **odd, "delta": 7}) == ["/delta is 7, an integer; a string was expected"]


def test_deep_nesting_is_judged_too() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    assert messages("server", {**DELTA, "extra": deep}) == []


# -- both validators ----

VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    7,
    -1.5,
    1.0,
    2**70,
    "",
    "bogus",
    "message",
    "é\ud83d",
    [],
    [7],
    {},
    {"type": "message"},
)


def pointers(value: Any, way: str = "") -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield f"{way}/{step}"
        yield from pointers(inner, f"{way}/{step}")


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Draw a recorded event with up to three of its values replaced or removed."""
    side, event = draw(st.sampled_from(EVENTS))
    mutant: dict[str, Any] = copy.deepcopy(dict(event))
    for _ in range(draw(st.integers(0, 3))):
        places = list(pointers(mutant))
        if places:
            remove = draw(st.booleans())
            mutant = changed(mutant, draw(st.sampled_from(places)), draw(st.sampled_from(VALUES)), remove)
    return side, str(event["type"]), mutant


@given(mutated())
def test_the_fast_validator_and_the_reference_find_the_same(case: tuple[str, str, dict[str, Any]]) -> None:
    import jsonschema_rs

    side, kind, body = case
    schema = schemas.schema(GA, side, kind)
    assert schema is not None
    reference = reference_breaches(schema, body)
    assert sorted(map(repr, breaches(jsonschema_rs.Draft202012Validator(schema), schema, body))) == sorted(
        map(repr, reference)
    )
    faults = schemas.Validators(GA).check(side, kind, body)
    assert bool(faults) == bool(reference)
    assert len({fault.pointer for fault in faults}) == len(faults)


# -- real recordings ----

CHAINS = {
    "openai": "openai-ga",
    "azure": "openai-ga",
    "gateway": "openai-ga",
    "azure_voice": "azure-voice-live",
    "xai": "xai",
}
SESSIONS = sorted((SHARED / "corpus" / "sessions").glob("*.yaml"))


def dialect_of(path: Path) -> str:
    return next(CHAINS[prefix] for prefix in sorted(CHAINS, key=len, reverse=True) if path.name.startswith(prefix))


@pytest.mark.skipif(not SESSIONS, reason="the recorded sessions are not on this machine")
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_no_event_of_a_real_session_has_a_fault(path: Path) -> None:
    validators = schemas.Validators(schemas.chain(dialect_of(path)))
    recording = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    for interaction in recording["interactions"]:
        side, body = {"sent": "client", "received": "server"}[interaction["direction"]], interaction["data"]
        assert validators.check(side, body["type"], body) == ()
        assert validators.unknown_values(side, body["type"], body) == ()
        assert validators.absent(side, body["type"], body) == ()
        assert schemas.schema(schemas.chain(dialect_of(path)), side, body["type"]) is not None


def test_no_event_of_a_pasted_beta_session_has_a_fault() -> None:
    path = SHARED / "corpus" / "pasted" / "omarthinks_messages.json"
    if not path.exists():
        pytest.skip("the pasted session is not on this machine")
    validators = schemas.Validators(BETA)
    events = json.loads(path.read_text("utf-8"))
    assert len(events) == 45
    assert [fault for body in events for fault in validators.check("server", body["type"], body)] == []


def test_an_event_is_completed_by_what_every_recording_of_its_dialect_has() -> None:
    item = {"type": "function_call_output", "call_id": "call_1", "output": "fog", "id": "item_1"}
    event = {"type": "conversation.item.added", "event_id": "e", "item": item}
    made = schemas.Validators(schemas.chain("xai")).completed("server", "conversation.item.added", event)
    told = {"object": "realtime.item", "status": "completed"}
    assert made == {**event, "previous_item_id": None, "item": {**item, **told}}
    assert "status" not in item
    ga = schemas.Validators(GA).completed("server", "conversation.item.added", event)
    assert ga == {**event, "previous_item_id": None}
