"""What is written reads back as it was: any value JSON has, any stamp, any label."""

import io
import json
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from log_places import Reading

from harness.logs import Ignorance, read, write
from harness.logs.stamps import at_ns
from harness.model import JSON, Entry, Place

ReadText = Callable[..., Reading]

AWKWARD = [
    "", " ", ".", "-", "?", "~", "null", "No", "on", "off", "yes", "true", "1", "1:30", "12:30:45", "010", "0x1F",
    "1_000", ".5", "1e3", "# 1", "#", "'", '"', "a: b", "a #b", "- x", "!", "&x", "*x", "=", "<<", "@", "`", "%",
    "2024-10-17",
    "|", ">", "[", "{", "}", "a\nb", "a\n", "\n", "\n\n", "a\r\nb", "\t", " leading", "trailing ", "It's: ok", "---",
    "--- x", "...", "\u0085", "\u2028", "\ufeff", "\x00", "\x7f", "🎉", "\ud83d", "é", "\\n", "\\", "inf",
    ".inf", ".nan",
]  # fmt: skip
text = st.sampled_from(AWKWARD) | st.text(st.characters(), max_size=20)
numbers = (
    st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from([2**64, -(2**63) - 1, 10**40])
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
events = st.dictionaries(text, values, max_size=5).map(lambda body: {"type": "x.y", **body})


def typed(value: JSON) -> object:
    """Tell 1 from 1.0 and True, and one order of keys from another."""
    if isinstance(value, dict):
        return [(key, typed(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return (type(value).__name__, repr(value))


def there_and_back(entries: list[Entry], format: str) -> list[Entry]:
    stream = io.BytesIO()
    write(entries, stream, format)
    stream.seek(0)
    return [entry for entry in read(stream, "log", Ignorance()) if isinstance(entry, Entry)]


@pytest.mark.parametrize("format", ["yaml", "jsonl"])
@given(content=events, label=text)
def test_an_event_reads_back_as_it_was_written(format: str, content: dict, label: str) -> None:
    stamp = "2024-10-17T11:45:04.123456789+02:00"
    entry = Entry(Place("log", 1, 1), at_ns(stamp), "server", label, content, (), stamp)
    back = there_and_back([entry], format)
    assert len(back) == 1
    assert typed(back[0].content) == typed(content)
    assert (back[0].side, back[0].label, back[0].stamp) == ("server", label, stamp)
    assert back[0].at_ns == 1729158304_123456789


@pytest.mark.parametrize("format", ["yaml", "jsonl"])
@given(bodies=st.lists(st.sampled_from(AWKWARD), min_size=4, max_size=8))
def test_many_alike_read_back_as_well_as_one(format: str, bodies: list[str]) -> None:
    entries = [
        Entry(Place("log", 1, 1), None, "server", "m", {"type": "x", "delta": body, "n": {"m": [body]}}, (), "")
        for body in bodies
    ]
    assert [entry.content for entry in there_and_back(entries, format)] == [entry.content for entry in entries]


@given(content=events)
def test_the_written_yaml_means_the_same_to_pyyaml(content: dict) -> None:
    # PyYAML refuses surrogates, and reads numbers by YAML 1.1: only the text is compared.
    plain = json.loads(json.dumps(content).replace("\\ud83d\\", "\\").replace('\\ud83d"', '"'))
    strings = {key: value for key, value in plain.items() if isinstance(value, str) and _encodable(key + value)}
    stream = io.BytesIO()
    write([Entry(Place("log", 1, 1), None, "server", "m", strings, (), "2024-10-17T11:45:04Z")], stream, "yaml")
    documents = list(yaml.safe_load_all(stream.getvalue().decode()))
    assert documents[0] == {"format": "realtime-harness", "version": 1}
    assert documents[1]["content"] == strings


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("format", ["yaml", "jsonl"])
def test_a_log_of_ours_without_stamps_reads_back_without_a_complaint(format: str, read_text: ReadText) -> None:
    stream = io.BytesIO()
    write([Entry(Place("log", 1, 1), None, "server", "m", {"type": "x.y"}, (), "")] * 3, stream, format)
    entries, problems = read_text(stream.getvalue())
    assert problems == []
    assert [(entry.at_ns, entry.stamp) for entry in entries] == [(None, "")] * 3


@pytest.mark.parametrize("format", ["yaml", "jsonl"])
def test_stamps_of_a_new_second_and_of_another_layout_are_read_as_well(format: str) -> None:
    stamps = [f"2024-10-17T11:45:{second:02}.{'1' * digits}Z" for second in range(5) for digits in (7, 7, 3, 9)]
    entries = [Entry(Place("log", 1, 1), at_ns(one), "server", "m", {"type": "x.y"}, (), one) for one in stamps]
    assert [entry.at_ns for entry in there_and_back(entries, format)] == [at_ns(one) for one in stamps]


def test_a_note_of_the_recorder_reads_back_as_a_note() -> None:
    note = Entry(Place("log", 1, 1), None, "system", "Connection established", None, (), "")
    for format in ("yaml", "jsonl"):
        assert [entry.content for entry in there_and_back([note], format)] == [None]
