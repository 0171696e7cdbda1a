"""From one log to another."""

import io
import json
from collections.abc import Callable

import pytest
import yaml
from log_places import FIXTURES, Reading

from harness.errors import UsageError
from harness.logs import format_of, write
from harness.model import JSON, Entry, Place

ReadText = Callable[..., Reading]
SEED = FIXTURES / "sessions" / "seed.yaml"


def entry(content: JSON, label: str = "m", side: str = "server") -> Entry:
    return Entry(
        Place("log", 1, 1), 1729158304_964348200, side, label, content, (), "2024-10-17T11:45:04.9643482+02:00"
    )


def converted(entries: list[Entry], format: str) -> bytes:
    stream = io.BytesIO()
    write(entries, stream, format)
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


def test_an_archive_gives_back_every_digit_of_a_time(read_text: ReadText) -> None:
    back, problems = read_text(converted([entry({"type": "x.y", "time": 3, "n": 10**30})], "har"))
    assert problems == []
    assert [(one.at_ns, one.content) for one in back] == [
        (1729158304_964348200, {"type": "x.y", "time": 3, "n": 10**30})
    ]


def test_an_unknown_format_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="no log format `xml`; there are yaml, jsonl, cassette, har"):
        write([], io.BytesIO(), "xml")


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.yaml", "yaml"),
        ("a.yml", "yaml"),
        ("a.cassette.yaml", "cassette"),
        ("A.JSONL", "jsonl"),
        ("a.har", "har"),
        ("a.txt", None),
        ("-", None),
    ],
)
def test_the_name_of_a_file_asks_for_a_format(path: str, format: str | None) -> None:
    assert format_of(path) == format
