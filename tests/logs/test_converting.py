"""From one log to another, with what is to be changed on the way."""

import io
import json
from collections.abc import Callable

import pytest
import yaml
from log_places import FIXTURES, Reading

from harness.errors import UsageError
from harness.logs import Changes, convert, format_of
from harness.model import JSON, Entry, Place

ReadText = Callable[..., Reading]
SEED = FIXTURES / "sessions" / "seed.yaml"


def entry(content: JSON, label: str = "m", side: str = "server") -> Entry:
    return Entry(
        Place("log", 1, 1), 1729158304_964348200, side, label, content, (), "2024-10-17T11:45:04.9643482+02:00"
    )


def converted(entries: list[Entry], format: str, changes: Changes | None = None) -> bytes:
    stream = io.BytesIO()
    assert convert(entries, stream, format, changes) == ()
    return stream.getvalue()


@pytest.mark.parametrize("format", ["yaml", "jsonl"])
def test_the_native_formats_lose_nothing(format: str, read_text: ReadText) -> None:
    entries, _ = read_text(SEED.read_bytes())
    back, problems = read_text(converted(entries, format))
    assert problems == []
    assert [(one.stamp, one.at_ns, one.side, one.label, one.content) for one in back] == [
        (one.stamp, one.at_ns, one.side, one.label, one.content) for one in entries
    ]
    assert converted(back, format) == converted(entries, format)


@pytest.mark.parametrize("format", ["cassette", "har"])
def test_the_formats_of_others_keep_the_events_and_their_sides(format: str, read_text: ReadText) -> None:
    entries, _ = read_text(SEED.read_bytes())
    events = [one for one in entries if one.content is not None]
    back, problems = read_text(converted(entries, format))
    assert problems == []
    assert [(one.side, one.content) for one in back] == [(one.side, one.content) for one in events]


def test_a_cassette_is_what_pyyaml_reads(read_text: ReadText) -> None:
    entries, _ = read_text(SEED.read_bytes())
    cassette = yaml.safe_load(converted(entries, "cassette"))
    assert cassette["version"] == 1
    assert [frame["data"] for frame in cassette["interactions"]] == [one.content for one in entries if one.content]


def test_an_archive_is_json_with_the_times_to_the_nanosecond() -> None:
    archive = converted([entry({"type": "x.y"})], "har")
    assert b'"time":1729158304.964348200,' in archive
    log = json.loads(archive)["log"]
    assert log["entries"][0]["startedDateTime"] == "2024-10-17T09:45:04.964Z"
    assert json.loads(log["entries"][0]["_webSocketMessages"][0]["data"]) == {"type": "x.y"}
    assert json.loads(converted([], "har"))["log"]["entries"] == []


def test_keys_and_tokens_are_redacted() -> None:
    secret = "sk-proj-abcdefghijklmnop"
    content: JSON = {
        "type": "session.update",
        "session": {
            "client_secret": {"value": "ek_abcdefghijklmnop"},
            "api_key": "anything",
            "instructions": f"use {secret}!",
        },
        "headers": [f"Bearer {secret}", "openai-insecure-api-key.abc123"],
        "task": "ask for a skeleton key",
    }
    text = converted([entry(content, f"with {secret}")], "jsonl", Changes(redact=True)).decode()
    assert "abcdefgh" not in text and "anything" not in text and "abc123" not in text
    assert "ask for a skeleton key" in text
    assert text.count("[redacted]") == 6


def test_given_texts_are_redacted_wherever_they_stand() -> None:
    content: JSON = {"type": "x.y", "a": "Call Ada Lovelace", "Ada": ["x", {"b": "Ada"}]}
    text = converted([entry(content, "Ada")], "jsonl", Changes(secrets=("Ada", "Ada Lovelace"))).decode()
    assert "Ada" not in text and "Lovelace" not in text
    assert "Call [redacted]" in text


def test_audio_gives_way_to_a_note_of_its_length() -> None:
    audio = "AAAA" * 100
    content: JSON = {
        "type": "response.audio.delta",
        "delta": audio,
        "item": {"content": [{"audio": audio}]},
        "text": audio,
    }
    text = converted([entry(content)], "jsonl", Changes(elide_audio=True)).decode()
    written = json.loads(text.split("\n")[1])["content"]
    assert written["delta"] == "<audio omitted: 300 bytes>"
    assert written["item"]["content"][0]["audio"] == "<audio omitted: 300 bytes>"
    assert written["text"] == audio


def test_words_are_not_taken_for_audio() -> None:
    content: JSON = {"type": "response.audio_transcript.delta", "delta": "a word and another " * 10}
    assert b"omitted" not in converted([entry(content)], "jsonl", Changes(elide_audio=True))


def test_only_some_events_can_be_kept() -> None:
    entries = [
        entry({"type": "response.done"}),
        entry({"type": "session.update"}, side="client"),
        entry(None, side="system"),
    ]
    for only, kept in ((("response.*",), 1), (("client",), 1), (("response.*", "client"), 2), (("*",), 2), (("x",), 0)):
        assert converted(entries, "jsonl", Changes(only=only)).count(b'"content"') == kept


def test_what_could_not_be_read_is_told(read_text: ReadText) -> None:
    stream = io.BytesIO()
    _, problems = read_text("---\ntimestamp: x\nsender: server\nmessage: m\ncontent:\n  type: response.done\n")
    assert convert([*problems, entry({"type": "x.y"})], stream, "jsonl") == tuple(problems)


def test_an_unknown_format_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="no log format `xml`; there are yaml, jsonl, cassette, har"):
        convert([], io.BytesIO(), "xml")


@pytest.mark.parametrize(
    ("path", "format"),
    [("a.yaml", "yaml"), ("a.yml", "yaml"), ("a.jsonl.gz", "jsonl"), ("a.har", "har"), ("a.txt", None), ("-", None)],
)
def test_the_name_of_a_file_asks_for_a_format(path: str, format: str | None) -> None:
    assert format_of(path) == format
