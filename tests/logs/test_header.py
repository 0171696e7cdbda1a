"""The version of the format: what the future wrote is refused, with what to do."""

from collections.abc import Callable

import pytest
from log_places import Reading

from harness.errors import UnreadableError
from harness.logs.header import VERSION

ReadText = Callable[..., Reading]
BODIES = {
    "yaml": "---\ntimestamp: 2024-10-17T11:45:04Z\nsender: server\nmessage: m\ncontent:\n  type: x\n",
    "jsonl": '{"timestamp":"2024-10-17T11:45:04Z","sender":"server","message":"m","content":{"type":"x"}}\n',
}


def log(format: str, version: object, more: str = "") -> str:
    if format == "yaml":
        return f"format: realtime-harness\nversion: {version}\n{more}{BODIES[format]}"
    return f'{{"format":"realtime-harness","version":{version}}}\n{BODIES[format]}'


@pytest.mark.parametrize("format", BODIES)
def test_todays_version_is_read(format: str, read_text: ReadText) -> None:
    entries, problems = read_text(log(format, VERSION))
    assert ([entry.content for entry in entries], problems) == ([{"type": "x"}], [])


@pytest.mark.parametrize("format", BODIES)
def test_a_log_from_the_future_is_refused_with_what_to_do(format: str, read_text: ReadText) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_text(log(format, VERSION + 1))
    assert str(refused.value) == (
        f"log: this log has version {VERSION + 1} of the format, and this harness reads up to {VERSION}; "
        "update with `pip install -U realtime-harness`, or convert the log with the harness that wrote it"
    )


def test_a_header_from_the_future_that_says_more_is_refused_all_the_same(read_text: ReadText) -> None:
    with pytest.raises(UnreadableError, match="version 2 of the format"):
        read_text(log("yaml", 2, "encoding: zip\nkeys:\n  - at\n"))


@pytest.mark.parametrize("version", ["0", "-1", "true", '"2"', "1.5", "null"])
def test_a_version_that_is_none_is_refused_with_what_to_do(version: str, read_text: ReadText) -> None:
    with pytest.raises(UnreadableError, match="an integer from 1; put 1 there"):
        read_text(log("jsonl", version))
