"""Whatever the bytes: no traceback, every place lies in the log, and 100 kB take no longer than they may."""

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UnreadableError
from harness.logs import Knowledge, Limits, all_shapes, read
from harness.model import Entry, Problem

HEAD = "---\ntimestamp: 2024-10-17T11:45:04Z\nsender: server\nmessage: m\ncontent:\n"
PIECES = [
    "{", "}", "[", "]", "(", ")", '"', "'", "`", "\\", ",", ":", "=", "=>", "\n", "\r\n", "\t", " ", "\0", "é", "“",
    "…", "**", "//", "/*", "# ", "> ", "- ", "type: a.b\n", "type: response.done\n", HEAD, "---\n", "content:\n",
    "|-\n", '{"type":"response.done","event_id":"e"', "{'type': 'session.created'", "Event(type='a.b'", "event_id='e' ",
    "<Kind.A: 'a'>", "[Object]", '""', "&quot;", "\x1b[1m",
    '"_webSocketMessages":[', "interactions:\n- kind: message\n",
    "  direction: sent\n", "0.1 C>S TEXT 2 B ", "response.created (3)\n", "↑ client\n", "2024-10-17 11:45:04,123 ",
    "&a ", "*a", "!!str ", "1e999", "9" * 30, '"\\ud800"',
    '"timestamp":"","sender":"client","message":"","content":null',
]  # fmt: skip
DEAR = [
    '{""', '{\\"', '{"a":/*', '{"a": "\n', "{a:A(", '# {"a":1,\n', '"{\\"', '[{"', 'æ"', "{a:[Object", "|\n",
    '{"a":', "INFO {\n", '{"data":"{', "a:\n", "- a: b\n", "- - - a\n", "a: |\n", "response.done ", "[", "{", "\0",
]  # fmt: skip
"""What was dear when it came again and again."""


def read_whole(data: bytes, knowledge: Knowledge, shape: str | None = None) -> list[Entry | Problem]:
    try:
        return list(read(io.BytesIO(data), "log", knowledge, shape, Limits(entry_bytes=200_000)))
    except UnreadableError:
        return []


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=6) | st.binary(max_size=4), max_size=40),
    shape=st.sampled_from([None, *all_shapes()]),
)
def test_any_text_is_read_or_refused(pieces: list[str | bytes], shape: str | None, knowledge: Knowledge) -> None:
    data = b"".join(piece.encode("utf-8", "replace") if isinstance(piece, str) else piece for piece in pieces)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for item in read_whole(data, knowledge, shape):
        assert 1 <= item.place.line <= lines
        assert item.place.column >= 1


@pytest.mark.slow
@pytest.mark.parametrize("piece", DEAR)
@pytest.mark.parametrize("head", ["", HEAD, HEAD + "type: session.update\nsession:\n"], ids=["text", "yaml", "flat"])
def test_a_hundred_kilobytes_of_the_same_take_no_longer_than_they_may(
    piece: str, head: str, knowledge: Knowledge
) -> None:
    data = (head + piece * (100_000 // len(piece.encode()))).encode()
    start = time.process_time()
    read_whole(data, knowledge)
    # A second on a machine of one's own; others may be at work on this one.
    assert time.process_time() - start < 4
