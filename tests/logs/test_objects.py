"""Events in any text: each way in which programs print them and people damage them."""

import json
from collections.abc import Callable

import pytest
from log_places import Reading

from harness.errors import UnreadableError
from harness.model import Entry

ReadText = Callable[..., Reading]

CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1", "tools": []}}
CREATE = {"type": "response.create", "response": {"modalities": ["text"], "metadata": None}}
UPDATED = {"type": "session.updated", "event_id": "event_2", "session": {"id": "sess_1", "temperature": 0.8}}
THREE = [CREATED, CREATE, UPDATED]


def bodies(entries: list[Entry]) -> list[object]:
    return [entry.content for entry in entries]


def node(value: object) -> str:
    return json.dumps(value, indent=2).replace('"type"', "type").replace('"', "'")


def commented(mark: str, value: object) -> str:
    return "\n".join(f"{mark} {line}" for line in json.dumps(value, indent=2).split("\n"))


PRINTERS: dict[str, Callable[[object], str]] = {
    "json": json.dumps,
    "pretty json": lambda value: json.dumps(value, indent=2),
    "json without indentation": lambda value: "\n".join(
        line.strip() for line in json.dumps(value, indent=2).split("\n")
    ),
    "python": repr,
    "node": node,
    "javascript comment": lambda value: commented("//", value),
    "python comment": lambda value: commented("#", value),
    "block comment": lambda value: commented(" *", value),
    "quotation": lambda value: commented(">", value),
    "json in a python string": lambda value: f"data={json.dumps(value)!r}",
    "json in json": lambda value: json.dumps({"level": "info", "fullEvent": json.dumps(value)}),
    "json in a message": lambda value: json.dumps({"msg": f"got {json.dumps(value)} now"}),
    "wrapped": lambda value: json.dumps({"id": 7, "data": {"raw": value}}),
    "curly quotes": lambda value: json.dumps(value).replace(' "', " “").replace('{"', "{“").replace('"', "”"),
    "markdown escapes": lambda value: json.dumps(value).replace("[", "\\[").replace("{", "\\{"),
    "web page": lambda value: json.dumps(value).replace('"', "&quot;"),
    "another country's terminal": lambda value: json.dumps(value).translate(str.maketrans("{}[]", "æåÆÅ")),
    "colours": lambda value: f"\x1b[32m{json.dumps(value)}\x1b[0m",
}


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize(
    "between", ["\n", "\n\nThen I got this:\n\n", "\n```\n\n```json\n", "\n2024-12-23 23:41:35,886 INFO "]
)
def test_events_are_found_however_they_were_printed(printer: str, between: str, read_text: ReadText) -> None:
    if between.endswith(" ") and printer.endswith(("comment", "quotation")):
        pytest.skip("what begins with a stamp is no comment")
    text = between.join(PRINTERS[printer](event) for event in THREE)
    for variant in (text, text.replace("\n", "\r\n"), "\ufeff" + text, "  " + text + "\n\nAny ideas?\n"):
        entries, _ = read_text(variant)
        assert bodies(entries) == THREE
        assert [entry.side for entry in entries] == ["server", "client", "server"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[\n", "\n]"),
        ("export const events = [", "];"),
        ('{"events": [', "]}"),
        ("const x: Event[] = [", "] as const;"),
    ],
)
def test_a_list_of_events_gives_each_its_own_line(before: str, after: str, read_text: ReadText) -> None:
    text = before + ",\n".join(json.dumps(event) for event in THREE) + after
    entries, _ = read_text(text)
    assert bodies(entries) == THREE
    first = entries[0].place.line
    assert [entry.place.line for entry in entries] == [first, first + 1, first + 2]


def test_representations_of_an_sdk_are_read(read_text: ReadText) -> None:
    text = (
        "event_id='event_1' type='session.created' session=Session(id='sess_1', tools=[])\n"
        "SessionUpdatedEvent(event_id='event_2', type='session.updated', "
        "session=Session(id='sess_1', temperature=0.8, voice=None, at=datetime.datetime(2024, 1, 2)))\n"
    )
    entries, _ = read_text(text)
    assert bodies(entries)[0] == CREATED
    session = {"id": "sess_1", "temperature": 0.8, "voice": None, "at": "datetime.datetime(2024, 1, 2)"}
    assert bodies(entries)[1] == {**UPDATED, "session": session}


def test_a_wrapper_says_when_and_who(read_text: ReadText) -> None:
    wrapped = [
        {"time": "2024-10-17T11:45:04.964Z", "source": "server", "event": CREATED},
        {"timestamp": 1734978394123, "type": "response.create", "sessionId": "s", "data": CREATE, "source": "client"},
        {"kind": "message", "direction": "received", "data": UPDATED},
    ]
    entries, _ = read_text("\n".join(map(json.dumps, wrapped)))
    assert bodies(entries) == THREE
    assert [entry.side for entry in entries] == ["server", "client", "server"]
    assert [entry.at_ns for entry in entries] == [1729165504_964000000, 1734978394_123000000, None]


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("Sending: ", "client"),
        ("Message out to OpenAI: ", "client"),
        ("--> ", "client"),
        ("[12:03:04.567] C>S ", "client"),
        ("Received: ", "server"),
        ("Raw message from OpenAI ", "server"),
        ("<-- ", "server"),
        ("sent to client ", "server"),
        ("received from the browser ", "client"),
        ("something ", "unknown"),
    ],
)
def test_the_words_before_an_object_tell_who_sent_it(words: str, side: str, read_text: ReadText) -> None:
    entries, _ = read_text(words + '{"type": "vendor.strange", "event_id": "e"}')
    assert [entry.side for entry in entries] == [side]


@pytest.mark.parametrize(
    ("prefix", "stamp", "at_ns"),
    [
        ("2025-01-21 17:38:10,105 - ERROR x - ", "2025-01-21 17:38:10,105", 1737481090_105000000),
        (
            "2025-08-15T22:00:02.9814948Z 2025-08-15 22:00:02.981 | ",
            "2025-08-15T22:00:02.9814948Z",
            1755295202_981494800,
        ),
        ("[2025-11-20T08:57:11.297+01:00] ", "2025-11-20T08:57:11.297+01:00", 1763625431_297000000),
        ("1734978394123 ", "1734978394123", 1734978394_123000000),
        ("1734978394.5 ", "1734978394.5", 1734978394_500000000),
        ("12:03:04.567 ", "12:03:04.567", 43384_567000000),
        ("no time at all ", "", None),
    ],
)
def test_stamps_are_found_before_an_object(prefix: str, stamp: str, at_ns: int | None, read_text: ReadText) -> None:
    entries, _ = read_text(prefix + json.dumps(CREATE))
    assert (entries[0].stamp, entries[0].at_ns) == (stamp, at_ns)


def test_of_two_objects_on_a_line_only_the_event_is_one(read_text: ReadText) -> None:
    entries, _ = read_text(
        f'error {CREATED!r} {{"session_id": "sess_1", "pid": 98255}}\n{json.dumps(CREATE)}{CREATED!r}'
    )
    assert bodies(entries) == [CREATED, CREATE]


def repairs(entries: list[Entry]) -> list[str]:
    return [repair.kind for entry in entries for repair in entry.repairs]


def test_values_that_were_not_printed_are_kept_as_marks(read_text: ReadText) -> None:
    text = "{ type: 'response.done', event_id: 'e', response: {"
    text += " output: [ [Object], ... 3 more items ], usage: [Object] } }"
    entries, _ = read_text(text)
    assert bodies(entries) == [
        {
            "type": "response.done",
            "event_id": "e",
            "response": {"output": ["[Object]", "... 3 more items"], "usage": "[Object]"},
        }
    ]
    assert repairs(entries) == ["value-elided"] * 3


def test_bold_is_taken_off_names(read_text: ReadText) -> None:
    entries, _ = read_text(
        '{"type": "**response.done**", "event_id": "e", **"status"**: **"failed"**, "text": "**so** bold"}'
    )
    assert bodies(entries) == [{"type": "response.done", "event_id": "e", "status": "failed", "text": "**so** bold"}]
    assert repairs(entries) == ["markdown-removed"]


def test_a_string_left_open_does_not_swallow_what_follows(read_text: ReadText) -> None:
    text = 'Data: {\n  "type": "response.audio.delta",\n  "event_id": "event_1",\n  "delta": "AAAABBBB\n'
    entries, problems = read_text(text + "Data: " + json.dumps(CREATED | {"event_id": "event_9"}, indent=2))
    assert bodies(entries) == [
        {"type": "response.audio.delta", "event_id": "event_1", "delta": "AAAABBBB"},
        CREATED | {"event_id": "event_9"},
    ]
    assert [problem.code for problem in problems] == ["LOG111"]
    assert repairs(entries) == ["string-left-open", "cut-off"]
    assert entries[0].repairs[0].place.line == 4


def test_a_line_break_inside_base64_is_taken_out(read_text: ReadText) -> None:
    text = (
        '{"type": "response.audio.delta", "event_id": "e", "delta": "AAAABBBBCCCCDDDDEEEE\nFFFFGGGGHHHHIIII\nJJJJ=="}\n'
    )
    entries, problems = read_text(text + json.dumps(CREATED))
    assert entries[0].content["delta"] == "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJ=="
    assert bodies(entries)[1] == CREATED
    assert problems == []
    assert repairs(entries) == ["line-break-in-string"]


def test_the_last_object_may_be_cut_off_anywhere(read_text: ReadText) -> None:
    whole = json.dumps(UPDATED)
    for length in range(whole.index("event_id"), len(whole) - 1):
        entries, problems = read_text(json.dumps(CREATED) + "\n" + whole[:length])
        assert bodies(entries)[0] == CREATED
        assert len(entries) == 2
        assert entries[1].content["type"] == "session.updated"
        assert [problem.code for problem in problems] == ["LOG111"]


def test_the_first_object_may_lack_its_beginning(read_text: ReadText) -> None:
    text = "  event_id: 'event_0',\n  response: { id: 'resp_1' },\n  type: 'response.done'\n}\n" + node(CREATED)
    entries, problems = read_text(text)
    assert bodies(entries) == [
        {"event_id": "event_0", "response": {"id": "resp_1"}, "type": "response.done"},
        CREATED,
    ]
    assert problems[0].code == "LOG111"
    entries, problems = read_text('16","voice":null,"tools":[]}}\', extra=\'\')\n' + json.dumps(CREATED))
    assert bodies(entries) == [CREATED]
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG111", 1)]


def test_an_event_printed_by_two_layers_is_one_event(read_text: ReadText) -> None:
    entries, problems = read_text(f"app: {json.dumps(CREATED)}\nlib: {CREATED!r}\n")
    assert bodies(entries) == [CREATED]
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG115", 2)]


def test_two_events_under_one_id_are_two_events(read_text: ReadText) -> None:
    other = CREATED | {"session": {"id": "sess_2"}}
    entries, problems = read_text(f"{json.dumps(CREATED)}\n{json.dumps(other)}")
    assert bodies(entries) == [CREATED, other]
    assert problems == []


def test_a_key_that_appears_twice_is_a_problem(read_text: ReadText) -> None:
    entries, problems = read_text('{"type": "session.updated",\n "event_id": "a", "event_id": "b"}')
    assert bodies(entries) == [{"type": "session.updated", "event_id": "a"}]
    assert [problem.code for problem in problems] == ["LOG105"]


def test_the_body_of_an_error_is_put_into_its_event(read_text: ReadText) -> None:
    body = {"type": "invalid_request_error", "code": None, "message": "the buffer is empty", "param": None}
    entries, _ = read_text(f"Error: {body!r}")
    assert bodies(entries) == [{"type": "error", "error": body}]
    assert entries[0].side == "server"
    assert repairs(entries) == ["error-event-rebuilt"]


def test_text_without_an_event_says_so(read_text: ReadText) -> None:
    for text in ("Hello, it does not work.", '{"a": 1}\n{"b": {}}', "{}", "[[[[", '{"type": 3}', "x" * 100_000):
        with pytest.raises(UnreadableError, match="no event was found"):
            read_text(text)


def test_code_is_never_run(read_text: ReadText) -> None:
    entries, _ = read_text("{'type': 'response.create', 'x': __import__('os').getpid(), 'y': 1}")
    assert entries[0].content["type"] == "response.create"
    assert not isinstance(entries[0].content.get("x"), int)
