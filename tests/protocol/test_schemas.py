"""The schema folders, how schemas are found, and what is told of an event that breaks one."""

import copy
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness import logs
from harness.errors import UsageError
from harness.model import Entry
from harness.protocol import schemas
from harness.protocol.faults import breaches, reference_breaches

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared"
FOLDER = ROOT / "schemas"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*/*.json"))
GA = ("openai-ga",)
BETA = ("openai-beta",)

DELTA = {
    "type": "response.output_text.delta",
    "event_id": "event_E6U0xPKs3yvsEC0vkrect",
    "response_id": "resp_E6U0xfWhN878XBMhc0LKn",
    "item_id": "item_E6U0xWSFIFri2uw2kTLLq",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hello",
}
ITEM = {
    "type": "conversation.item.added",
    "event_id": "event_E6U11cX05XOndt9i9zA08",
    "previous_item_id": "item_E6U11eeiqpcw4luxPkEiJ",
    "item": {
        "id": "item_E6U11H8XY7uk9uRetnwLK",
        "type": "function_call",
        "status": "in_progress",
        "name": "get_weather",
        "call_id": "call_uMNE0Myi2tDTPu0w",
        "arguments": "",
    },
}
DONE = {
    "type": "response.done",
    "event_id": "event_E6U0yAVEcd97wmd3MgWAH",
    "response": {
        "object": "realtime.response",
        "id": "resp_E6U0xfWhN878XBMhc0LKn",
        "status": "completed",
        "status_details": None,
        "output": [
            {
                "id": "item_E6U0xWSFIFri2uw2kTLLq",
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_audio", "transcript": "Hello, Marcelo!"}],
            }
        ],
        "conversation_id": "conv_E6U0wZ7az3EZovEnFLqH4",
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
        "usage": {
            "total_tokens": 205,
            "input_tokens": 41,
            "output_tokens": 164,
            "input_token_details": {
                "text_tokens": 14,
                "audio_tokens": 27,
                "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
            },
            "output_token_details": {"text_tokens": 28, "audio_tokens": 136},
        },
        "metadata": None,
    },
}
UPDATE = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "instructions": "Reply in a few words.",
        "output_modalities": ["text"],
        "audio": {"input": {"turn_detection": {"type": "server_vad", "create_response": True}}},
        "tools": [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}],
        "max_output_tokens": 4096,
    },
}
EVENTS = (("server", DELTA), ("server", ITEM), ("server", DONE), ("client", UPDATE))


def read(path: str) -> dict[str, Any]:
    return json.loads((FOLDER / path).read_text("utf-8"))


def changed(event: Mapping[str, Any], path: str, value: Any = None, remove: bool = False) -> dict[str, Any]:
    """Return a copy of an event with the value at a JSON pointer replaced or removed."""
    copied = copy.deepcopy(dict(event))
    *way, last = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
    holder: Any = copied
    for step in way:
        holder = holder[step]
    if remove:
        del holder[last]
    else:
        holder[last] = value
    return copied


def messages(side: str, event: Mapping[str, Any], chain: tuple[str, ...] = GA) -> list[str]:
    return [fault.message for fault in schemas.Validators(chain).check(side, str(event["type"]), event)]


# -- the folders ----


@pytest.mark.parametrize(
    ("dialect", "generation", "more"),
    [
        ("openai-ga", "ga-newest", set()),
        # Seen on the wire, though the unions of the last SDK with beta types have it no more.
        ("openai-beta", "beta-2025-mid", {"transcription_session.created"}),
    ],
)
def test_each_generation_has_exactly_its_event_types(dialect: str, generation: str, more: set[str]) -> None:
    facts = SHARED / "protocol" / "generations.json"
    if not facts.exists():
        pytest.skip("the lists of event types by generation are not on this machine")
    expected = json.loads(facts.read_text("utf-8"))[generation]
    assert schemas.types((dialect,), "client") == set(expected["client"])
    assert schemas.types((dialect,), "server") == set(expected["server"]) | more


@pytest.mark.parametrize(
    ("dialect", "client", "server"),
    [
        ("openai-ga", 11, 46),
        ("openai-beta", 12, 34 + 1),
        ("azure-voice-live", 12 + 8, 34 + 1 + 27 + 1),
        ("xai", 11, 48),
    ],
)
def test_a_dialect_has_as_many_event_types_as_its_sdk_and_its_wire(dialect: str, client: int, server: int) -> None:
    chain = schemas.chain(dialect)
    assert (len(schemas.types(chain, "client")), len(schemas.types(chain, "server"))) == (client, server)


@pytest.mark.parametrize("path", FILES)
def test_a_schema_is_valid_and_names_the_type_of_its_file(path: str) -> None:
    schema = read(path)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["type"]["const"] == Path(path).stem
    assert "type" in schema["required"]


def parts(
    schema: Mapping[str, Any], declared: frozenset[str] = frozenset()
) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Yield every schema within a schema, with the properties declared for the object it speaks of."""
    declared = declared | frozenset(schema.get("properties", {}))
    yield schema, declared
    for field in schema.get("properties", {}).values():
        yield from parts(field)
    for branch in schema.get("allOf", ()):
        yield from parts(branch["then"], declared)
    for keyword in ("items", "additionalProperties"):
        if keyword in schema:
            yield from parts(schema[keyword])


@pytest.mark.parametrize("path", FILES)
def test_a_schema_has_the_regular_form_that_readers_rely_on(path: str) -> None:
    form = {"$schema", "type", "const", "properties", "required", "items", "additionalProperties", "allOf"}
    for part, declared in parts(read(path)):
        assert set(part) <= form | {"x-known-values", "x-always"}
        assert {*part.get("required", ()), *part.get("x-always", ())} <= declared
        for branch in part.get("allOf", ()):
            assert set(branch) == {"if", "then"}
            assert list(branch["if"]["properties"]) == branch["if"]["required"]


def test_every_file_is_as_it_was_made_and_no_overlay_has_changed_since() -> None:
    manifest = read("MANIFEST.json")
    here = {path: sha256((FOLDER / path).read_bytes()).hexdigest() for path in FILES}
    overlays = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted((ROOT / "tools" / "overlays").glob("*.yaml"))
    }
    assert here == manifest["schemas"]
    assert overlays == manifest["overlays"], "make the schemas anew: an overlay has changed"


# -- finding ----


def test_the_newest_dialect_comes_first() -> None:
    assert schemas.dialects() == ("openai-ga", "azure-ga", "xai", "azure-voice-live", "openai-beta")


def test_a_dialect_that_deviates_stands_before_its_base() -> None:
    assert schemas.chain("azure-voice-live") == ("azure-voice-live", "openai-beta")
    assert schemas.chain("openai-ga") == ("openai-ga",)


def test_an_unknown_dialect_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"no schemas are called 'open-ai'; there are openai-ga, azure-ga"):
        schemas.types(("open-ai",), "server")


def test_the_most_specific_folder_has_the_word_and_the_base_the_rest() -> None:
    chain = schemas.chain("xai")
    assert (
        "usage"
        not in schemas.schema(chain, "server", "conversation.item.input_audio_transcription.completed")["required"]
    )
    assert schemas.schema(chain, "server", "input_audio_buffer.cleared") is schemas.schema(
        GA, "server", "input_audio_buffer.cleared"
    )


@pytest.mark.parametrize("name", ["response.cancelled", "", "../../../etc/passwd", "MANIFEST"])
def test_a_type_that_nobody_knows_has_no_schema_no_side_and_no_fault(name: str) -> None:
    assert schemas.schema(GA, "server", name) is None
    assert schemas.known(name) == ()
    assert schemas.sides(name) == frozenset()
    assert schemas.Validators(GA).check("server", name, {"type": name}) == ()


def test_a_type_is_looked_up_in_every_dialect_newest_first() -> None:
    newest, *_, oldest = schemas.known("session.created")
    assert newest is schemas.schema(GA, "server", "session.created")
    assert oldest is schemas.schema(BETA, "server", "session.created")
    assert schemas.sides("session.created") == {"server"}
    assert schemas.sides("response.create") == {"client"}


def test_what_the_readers_are_told_restores_every_event_of_the_flattened_seed() -> None:
    path = ROOT / "fixtures" / "recovery" / "seed-flat.txt"
    validators = schemas.Validators(BETA)
    with path.open("rb") as stream:
        entries = [
            entry for entry in logs.read(stream, str(path), schemas.ProtocolKnowledge()) if isinstance(entry, Entry)
        ]
    bodies = [(entry.side, entry.content) for entry in entries if isinstance(entry.content, dict)]
    assert len(bodies) == 31
    for side, body in bodies:
        assert validators.check(side, body["type"], body) == ()
        assert validators.unknown_values(side, body["type"], body) == ()
        assert validators.absent(side, body["type"], body) == ()


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
    from harness.protocol.faults import explain

    body = {"type": "a"}
    (fault,) = explain(reference_breaches(schema, body), schema, body)
    assert fault == ("/id", "/id is missing; a string was expected", "a string")


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
    assert fault == (path, f'{path} is "bogus"; known is {expected}', expected)


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
