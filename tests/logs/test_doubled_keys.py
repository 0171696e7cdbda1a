"""A key that stands twice in an object: JSON parsers keep the last value and say nothing; the reader says it."""

import io

from hypothesis import given
from hypothesis import strategies as st

from harness.logs import read
from harness.logs.exact_json import doubled_keys, dumps, keys_doubled
from harness.model import Entry, Problem
from harness.protocol.schemas import ProtocolKnowledge

LINE = '{"timestamp":"2024-10-17T11:45:05Z","sender":"server","message":"m","content":%s}\n'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def read_lines(*contents: str) -> list[Entry | Problem]:
    text = "".join(LINE % content for content in contents)
    return list(read(io.BytesIO(text.encode()), "log.jsonl", ProtocolKnowledge()))


def test_a_doubled_key_is_told_at_its_line_and_the_rest_is_read() -> None:
    found = read_lines('{"type":"a"}', '{"type":"a","x":{"y":1,"y":2}}', '{"type":"c"}')
    problems = [one for one in found if isinstance(one, Problem)]
    assert [(one.code, one.place.line) for one in problems] == [("LOG105", 2)]
    assert "`y`" in problems[0].message
    assert [one.content for one in found if isinstance(one, Entry)][1] == {"type": "a", "x": {"y": 2}}


def test_colons_in_texts_and_spaces_before_colons_are_no_doubled_keys() -> None:
    found = read_lines(r'{"type":"a","text":"say \"x\": or \":"}', '{"type" : "a"}', '{"type": "a", "x": 1}')
    assert [type(one) for one in found] == [Entry, Entry, Entry]


@given(JSON)
def test_what_was_written_once_is_never_told_as_doubled(value: object) -> None:
    text = dumps(value)  # type: ignore[arg-type]
    assert not keys_doubled(text, value)  # type: ignore[arg-type]
    assert doubled_keys(text.decode()) == []
