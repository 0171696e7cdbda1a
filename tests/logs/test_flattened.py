"""Lost indentation is rebuilt, or the reader says where it had to guess."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from generated import events, schemas
from hypothesis import given, settings
from hypothesis import strategies as st
from log_places import SHARED, Reading

from harness.logs import write
from harness.model import Entry, Place

ReadText = Callable[..., Reading]
STAMP = "2024-10-17T11:45:04.9643482+02:00"
HEAD = f"---\ntimestamp: {STAMP}\nsender: server\nmessage: Received message\ncontent:\n"
DIALECTS = {dialect: list(schemas(dialect)) for dialect in ("openai-beta", "openai-ga")}
RECORDINGS = sorted((SHARED / "corpus" / "sessions").glob("*.yaml"))
VENDORS = ("azure_voice_live", "xai")


def ours(event: dict[str, Any]) -> str:
    stream = io.BytesIO()
    write([Entry(Place("log", 1, 1), None, "server", "Received message", event, (), STAMP)], stream)
    return stream.getvalue().decode()


class Dumper(yaml.SafeDumper):
    """PyYAML's writer, which refers to nothing by an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def dumped(event: dict[str, Any], width: int) -> str:
    return HEAD + yaml.dump(event, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=width)


def on_one_line(event: dict[str, Any]) -> str:
    return dumped(event, 10**9)


def folded(event: dict[str, Any]) -> str:
    return dumped(event, 80)


WRITERS = [ours, on_one_line, folded]


def flattened(text: str) -> str:
    return "\n".join(line.lstrip(" ") for line in text.split("\n"))


def guesses(entry: Entry) -> list[float]:
    return [repair.confidence for repair in entry.repairs if repair.confidence < 1.0]


def drawn(data: st.DataObject, dialect: str, order: bool) -> dict[str, Any]:
    event_type, schema = data.draw(st.sampled_from(DIALECTS[dialect]))
    return data.draw(events(event_type, schema, order))


def test_every_event_of_both_dialects_has_a_schema() -> None:
    assert len(DIALECTS["openai-beta"]) >= 46
    assert len(DIALECTS["openai-ga"]) >= 57


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_an_event_comes_back_from_its_flattened_lines(
    dialect: str, writer: Callable[..., str], read_text: ReadText, data: st.DataObject
) -> None:
    event = drawn(data, dialect, order=False)
    entries, problems = read_text(flattened(writer(event)))
    assert problems == []
    assert len(entries) == 1
    # Where an optional field is missing the lines can be truly ambiguous; then the reader says so.
    assert entries[0].content == event or guesses(entries[0])


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_nothing_is_lost_whatever_the_order_of_the_keys(dialect: str, read_text: ReadText, data: st.DataObject) -> None:
    # In an order that no server uses the schema may mislead, but every value is kept, under its key.
    event = drawn(data, dialect, order=True)
    entries, problems = read_text(flattened(on_one_line(event)))
    assert problems == []
    assert [sorted(values(entry.content)) for entry in entries] == [sorted(values(event))]


def values(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from values(part, inner)
    elif isinstance(value, list):
        for part in value:
            yield from values(part, key)
    else:
        yield key, repr(value)


@pytest.mark.skipif(not RECORDINGS, reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_session_comes_back_from_its_flattened_lines(path: Path, read_text: ReadText) -> None:
    recorded = [entry.content for entry in read_text(path.read_bytes())[0]]
    entries, _ = read_text(flattened("".join(folded(event) for event in recorded)))
    assert len(entries) == len(recorded)
    wrong = [entry for entry, event in zip(entries, recorded, strict=True) if entry.content != event]
    # Other vendors have fields that no schema knows: there the reader guesses, and says so.
    assert all(guesses(entry) for entry in wrong)
    assert not wrong or path.name.startswith(VENDORS)


def test_many_schemas_of_tools_are_no_damage(read_text: ReadText) -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "place": {
                "type": "object",
                "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
                "required": ["lat", "lon"],
            },
        },
    }
    tools = [{"description": text, "input_schema": schema, "name": "~"} for text in ("2024-10-17", None)]
    item = {"type": "mcp_list_tools", "id": "i", "server_label": "type: text\nrole: user", "tools": tools}
    event = {"type": "conversation.item.done", "event_id": "e", "item": item, "previous_item_id": None}
    entries, problems = read_text(flattened(on_one_line(event)))
    assert problems == []
    assert entries[0].content == event


def test_an_unknown_key_that_could_stand_in_two_places_is_a_guess(read_text: ReadText) -> None:
    event = {"type": "conversation.item.added", "event_id": "e", "item": {"id": "i", "type": "message"}, "novel": 1}
    entries, _ = read_text(flattened(on_one_line(event)))
    assert guesses(entries[0])
    assert "novel: 1" in {repair.before for repair in entries[0].repairs}


def test_a_line_that_belongs_to_nothing_is_a_problem_with_its_place(read_text: ReadText) -> None:
    text = flattened(on_one_line({"type": "response.text.delta", "output_index": 0})) + "Thanks for any help!\n"
    entries, problems = read_text(text)
    assert entries[0].content == {"type": "response.text.delta", "output_index": 0}
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG110", 8)]


def test_prose_that_could_go_on_with_a_text_is_a_guess(read_text: ReadText) -> None:
    text = flattened(on_one_line({"type": "response.text.done", "text": "Hey!"})) + "Thanks for any help!\n"
    entries, _ = read_text(text)
    assert guesses(entries[0])


def test_an_alias_is_refused_in_flattened_lines_too(read_text: ReadText) -> None:
    entries, problems = read_text(HEAD + "type: session.update\nsession:\nvoice: &v alloy\nmodel: *v\n")
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG106", 8)]
    assert entries[0].content is None
