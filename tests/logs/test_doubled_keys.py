"""A key that stands twice in an object: JSON parsers keep the last value and say nothing; the reader says it."""

import io

from hypothesis import given
from hypothesis import strategies as st

from harness.logs import read
from harness.logs.exact_json import dumps, loads, loses_something
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
    assert "the first value was kept" in problems[0].message
    assert [one.content for one in found if isinstance(one, Entry)][1] == {"type": "a", "x": {"y": 1}}


def test_every_shape_keeps_the_first_of_two_values() -> None:
    event = '{"type":"response.cancel","event_id":"first","event_id":"second"}'
    logs = (
        LINE % event,
        f"---\ntimestamp: 2024-10-17T11:45:05Z\nsender: client\nmessage: m\ncontent: {event.replace(':', ': ')}\n",
        "---\ntimestamp: 2024-10-17T11:45:05Z\nsender: client\nmessage: m\ncontent:\n  type: response.cancel\n"
        "  event_id: first\n  event_id: second\n",
        "---\ntimestamp: 2024-10-17T11:45:05Z\nsender: client\nmessage: m\ncontent:\ntype: response.cancel\n"
        "event_id: first\nevent_id: second\n",
        f"sent: {event}\n",
        "sent: {'type': 'response.cancel', 'event_id': 'first', 'event_id': 'second'}\n",
    )
    for log in logs:
        found = list(read(io.BytesIO(log.encode()), "log", ProtocolKnowledge()))
        assert [one.code for one in found if isinstance(one, Problem)] == ["LOG105"], log
        assert "the first value was kept" in next(one.message for one in found if isinstance(one, Problem))
        expected = {"type": "response.cancel", "event_id": "first"}
        assert [one.content for one in found if isinstance(one, Entry)] == [expected]


def test_colons_in_texts_and_spaces_before_colons_are_no_doubled_keys() -> None:
    found = read_lines(r'{"type":"a","text":"say \"x\": or \":"}', '{"type" : "a"}', '{"type": "a", "x": 1}')
    assert [type(one) for one in found] == [Entry, Entry, Entry]


@given(JSON)
def test_what_was_written_once_is_never_told_as_doubled(value: object) -> None:
    text = dumps(value)  # type: ignore[arg-type]
    assert not loses_something(text, value)
    assert loads(text.decode()) == (value, [])
