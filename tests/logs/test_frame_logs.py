"""Cassettes and HAR files, as other programs read them."""

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from entry_makers import made, note
from generated import events as events_of
from generated import schemas
from hypothesis import given
from hypothesis import strategies as st
from log_places import SHARED, Reading
from test_native_round_trip import events, typed

from harness.errors import UsageError
from harness.logs import Ignorance, Knowledge, read, write
from harness.model import Entry

ReadText = Callable[..., Reading]
SESSIONS = sorted((SHARED / "corpus" / "sessions").glob("*.yaml"))
STAMP = "2024-10-17T11:45:04.123456789+02:00"
SCHEMAS = [(dialect, *one) for dialect in ("openai-ga", "openai-beta") for one in schemas(dialect)]


def written(entries: list[Entry], format: str) -> bytes:
    stream = io.BytesIO()
    write(entries, stream, format)
    return stream.getvalue()


def har_log(entries: list[Entry]) -> dict[str, Any]:
    log = json.loads(written(entries, "har"), parse_float=Decimal)["log"]
    assert isinstance(log, dict)
    return log


@given(content=events)
def test_a_cassette_has_every_value_where_no_schema_is_known(content: dict) -> None:
    data = written([made(content)], "cassette")
    (entry,) = [one for one in read(io.BytesIO(data), "log", Ignorance()) if isinstance(one, Entry)]
    assert typed(entry.content) == typed(content)
    assert entry.side == "server"


@given(data=st.data())
def test_an_event_of_the_protocol_reads_back_from_a_cassette_as_it_was(
    data: st.DataObject, knowledge: Knowledge
) -> None:
    _, kind, schema = data.draw(st.sampled_from(SCHEMAS))
    content = data.draw(events_of(kind, schema, order=True))
    log = written([made(content, "client")], "cassette")
    (entry,) = [one for one in read(io.BytesIO(log), "log", knowledge) if isinstance(one, Entry)]
    assert typed(entry.content) == typed(content)


@pytest.mark.skipif(not SESSIONS, reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_recording_is_the_same_to_pyyaml_after_it_was_written_anew(path: Path, read_text: ReadText) -> None:
    entries, _ = read_text(path.read_bytes())
    assert yaml.safe_load(written(entries, "cassette")) == yaml.safe_load(path.read_bytes())


def test_a_cassette_keeps_the_sides_and_has_no_place_for_notes(read_text: ReadText) -> None:
    log = [note("Connection established"), made({"type": "a"}, "client"), made({"type": "b"})]
    entries, problems = read_text(written(log, "cassette"))
    assert problems == []
    assert [(entry.side, entry.content) for entry in entries] == [(entry.side, entry.content) for entry in log[1:]]


def test_a_har_file_has_what_the_format_asks_for() -> None:
    log = har_log([note("open"), made({"type": "a"}, "client", STAMP), made({"type": "b"})])
    assert (log["version"], log["creator"]["name"]) == ("1.2", "realtime-harness")
    (entry,) = log["entries"]
    assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= entry.keys()
    assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} == (
        entry["request"].keys()
    )
    assert {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
            "bodySize"} == entry["response"].keys()  # fmt: skip
    assert entry["startedDateTime"] == "2024-10-17T09:45:04.123Z"
    assert entry["_resourceType"] == "websocket"


def test_a_frame_of_a_har_file_has_every_digit_of_its_stamp_and_none_where_there_was_none() -> None:
    log = [made({"type": "a"}, "client", STAMP), made({"type": "b"}), made({"type": "c"}, "unknown")]
    frames = har_log(log)["entries"][0]["_webSocketMessages"]
    assert frames == [
        {"type": "send", "time": Decimal("1729158304.123456789"), "opcode": 1, "data": '{"type":"a"}'},
        {"type": "receive", "opcode": 1, "data": '{"type":"b"}'},
        {"type": "unknown", "opcode": 1, "data": '{"type":"c"}'},
    ]


@given(bodies=st.lists(events, min_size=1, max_size=4))
def test_a_har_file_has_every_value(bodies: list[dict]) -> None:
    frames = har_log([made(body) for body in bodies])["entries"][0]["_webSocketMessages"]
    assert [typed(json.loads(frame["data"])) for frame in frames] == [typed(body) for body in bodies]


def test_a_format_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="`toml`; there are yaml, jsonl, cassette, har"):
        written([], "toml")
