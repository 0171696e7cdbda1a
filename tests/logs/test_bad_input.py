"""Bad input is a problem with a place, and the rest of the log is still read."""

import io
from collections.abc import Callable

import pytest
from log_places import Reading

from harness.errors import UnreadableError, UsageError
from harness.logs import Ignorance, Limits, read
from harness.logs.problems import PROBLEMS
from harness.model import Problem

ReadText = Callable[..., Reading]
STAMP = "2024-10-17T11:45:04.9643482+02:00"


def document(content: str, stamp: str = STAMP, sender: str = "server") -> str:
    return f"---\ntimestamp: {stamp}\nsender: {sender}\nmessage: m\ncontent:\n{content}"


GOOD = document("  type: response.create\n")


def line(content: str, stamp: str = STAMP, sender: str = "server") -> str:
    return f'{{"timestamp":"{stamp}","sender":"{sender}","message":"m","content":{content}}}\n'


GOOD_LINE = line('{"type":"response.create"}')


def told(problems: list[Problem]) -> list[tuple[str, int]]:
    return [(problem.code, problem.place.line) for problem in problems]


def test_every_problem_has_a_manual() -> None:
    assert [kind.code for kind in PROBLEMS] == [f"LOG{number}" for number in range(101, 101 + len(PROBLEMS))]
    assert len({kind.name for kind in PROBLEMS}) == len(PROBLEMS)
    for kind in PROBLEMS:
        assert kind.what.endswith(".") and kind.why.endswith(".")
        assert kind.do and not kind.do.endswith(".")
        assert kind.name == kind.name.lower()


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_an_empty_log_is_a_problem(text: str, read_text: ReadText) -> None:
    entries, problems = read_text(text)
    assert entries == []
    assert told(problems) == [("LOG103", 1)]


def test_binary_data_is_a_problem(read_text: ReadText) -> None:
    entries, problems = read_text(bytes(range(256)) * 10)
    assert entries == []
    assert told(problems) == [("LOG102", 1)]


@pytest.mark.parametrize(("good", "at"), [(GOOD, 13), (GOOD_LINE, 3)], ids=["yaml", "jsonl"])
def test_a_broken_entry_in_the_middle_is_a_problem_and_reading_goes_on(good: str, at: int, read_text: ReadText) -> None:
    broken = document('  type: "a\n  b: [\n') if good is GOOD else '{"timestamp": "x", \n'
    entries, problems = read_text(good + good + broken + good)
    assert [problem.code for problem in problems] == ["LOG104"]
    assert problems[0].place.line >= at
    assert [entry.content for entry in entries if entry.content] == [{"type": "response.create"}] * 3


def test_a_duplicate_key_names_both_lines(read_text: ReadText) -> None:
    entries, problems = read_text(GOOD + document("  type: response.create\n  event_id: a\n  event_id: b\n"))
    assert told(problems) == [("LOG105", 14)]
    assert "line 13" in problems[0].message
    assert entries[1].content == {"type": "response.create", "event_id": "a"}


@pytest.mark.parametrize("value", ["&a [1]", "*a", "!!python/object:os.system x", "!tag x"])
def test_aliases_and_tags_are_refused(value: str, read_text: ReadText) -> None:
    entries, problems = read_text(GOOD + document(f"  type: response.create\n  metadata: {value}\n") + GOOD)
    assert [problem.code for problem in problems] in (["LOG106"], ["LOG104"])
    assert problems[0].place.line == 13
    assert [entry.content for entry in entries] == [{"type": "response.create"}, None, {"type": "response.create"}]


def test_a_billion_laughs_are_refused_at_the_first(read_text: ReadText) -> None:
    bomb = "  type: x\n  a: &a [x]\n" + "".join(
        f"  l{n}: &l{n} [*{'a' if not n else f'l{n - 1}'}]\n" for n in range(50)
    )
    _, problems = read_text(GOOD + document(bomb))
    assert [problem.code for problem in problems] == ["LOG106"]


@pytest.mark.parametrize(("good", "long"), [(GOOD, GOOD), (GOOD_LINE, GOOD_LINE)], ids=["yaml", "jsonl"])
def test_an_entry_beyond_the_limit_is_skipped_and_the_limit_can_be_raised(
    good: str, long: str, read_text: ReadText
) -> None:
    huge = long.replace("response.create", "x" * 300_000)
    limits = Limits(entry_bytes=200_000)
    entries, problems = read_text(good + huge + good, limits=limits)
    assert [problem.code for problem in problems] == ["LOG107"]
    assert "0.19" in problems[0].message
    assert [entry.content for entry in entries] == [{"type": "response.create"}] * 2
    assert [entry.place.line for entry in entries] == [2, 14] if good is GOOD else [1, 3]
    entries, problems = read_text(good + huge + good)
    assert problems == []
    assert len(entries) == 3


class Endless(io.RawIOBase):
    """A line of many megabytes, made as it is read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        size = min(len(buffer), self.left)
        buffer[:size] = b"x" * size
        self.left -= size
        return size


@pytest.mark.parametrize("shape", ["yaml", "jsonl", "cassette", "objects", "frames", "names", "har"])
def test_a_line_without_end_is_not_held_in_memory(shape: str) -> None:
    found = []
    try:
        found = list(
            read(io.BufferedReader(Endless(3_000_000)), "log", Ignorance(), shape, Limits(entry_bytes=100_000))
        )
    except UnreadableError:
        assert shape in ("objects", "har")
    assert all(isinstance(one, Problem) and one.code in ("LOG107", "LOG110") for one in found)


@pytest.mark.parametrize("stamp", ["yesterday", "2024-13-01T00:00:00Z", "2024-10-17T25:00:00Z", ""])
def test_a_stamp_that_is_none_is_a_problem_and_the_event_is_kept(stamp: str, read_text: ReadText) -> None:
    for text in (document("  type: response.create\n", stamp), line('{"type":"response.create"}', stamp)):
        entries, problems = read_text(text)
        assert [problem.code for problem in problems] == ["LOG108"]
        assert (entries[0].at_ns, entries[0].stamp) == (None, stamp)
        assert entries[0].content == {"type": "response.create"}


@pytest.mark.parametrize("content", ['{"event_id":"e"}', '{"type":7}', "[1]", '"text"', "{}"])
def test_an_event_without_a_type_is_a_problem(content: str, read_text: ReadText) -> None:
    for text in (line(content), document(f"  {content}\n")):
        entries, problems = read_text(text)
        assert [problem.code for problem in problems] == ["LOG109"]
        assert len(entries) == 1


def test_an_unknown_sender_is_a_problem(read_text: ReadText) -> None:
    entries, problems = read_text(document("  type: response.create\n", sender="nobody"))
    assert [problem.code for problem in problems] == ["LOG113"]
    assert entries[0].side == "unknown"


def test_windows_1252_is_read_with_a_repair(read_text: ReadText) -> None:
    text = document("  type: response.text.delta\n  delta: caf\xe9 \u201cx\u201d\n").encode("windows-1252")
    entries, problems = read_text(GOOD.encode() + text)
    assert [(problem.code, *problem.place[1:]) for problem in problems] == [("LOG116", 13, 13)]
    assert "read as Windows-1252, in which it is `\xe9`" in problems[0].message
    assert entries[1].content["delta"] == "caf\xe9 \u201cx\u201d"
    assert [(repair.kind, repair.place.line) for repair in entries[1].repairs] == [("windows-1252-decoded", 13)]


def test_a_log_in_another_encoding_is_told_once_and_every_line_of_it_is_a_repair(read_text: ReadText) -> None:
    text = document("  type: response.text.delta\n  delta: caf\xe9\n").encode("windows-1252") * 3
    for shape in (None, "objects"):
        entries, problems = read_text(text, shape if shape is None else "yaml")
        assert [problem.code for problem in problems] == ["LOG116"]
        assert sum(len(entry.repairs) for entry in entries) == 3


@pytest.mark.parametrize("good", [GOOD, GOOD_LINE], ids=["yaml", "jsonl"])
@pytest.mark.parametrize("at", [0, 20, 70])
def test_a_zero_byte_is_told_with_its_place_and_the_rest_is_read(good: str, at: int, read_text: ReadText) -> None:
    text = good.encode() * 2
    entries, problems = read_text(text[:at] + b"\0" + text[at:])
    assert [(problem.code, problem.place.line) for problem in problems] == [("LOG102", text.count(b"\n", 0, at) + 1)]
    assert [entry.content for entry in entries] == [{"type": "response.create"}] * 2


def test_a_file_that_begins_with_a_hole_is_read_behind_it(read_text: ReadText) -> None:
    entries, problems = read_text(b"\0" * 200_000 + GOOD_LINE.encode())
    assert told(problems) == [("LOG102", 1)]
    assert "200000 zero bytes" in problems[0].message
    assert [entry.content for entry in entries] == [{"type": "response.create"}]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("good", [GOOD, GOOD_LINE], ids=["yaml", "jsonl"])
def test_utf_16_without_a_mark_is_read_and_told(good: str, encoding: str, read_text: ReadText) -> None:
    entries, problems = read_text((good * 3).encode(encoding))
    assert told(problems) == [("LOG116", 1)]
    assert encoding.upper() in problems[0].message
    assert [entry.content for entry in entries] == [{"type": "response.create"}] * 3


def test_utf_16_cut_inside_a_character_is_read_up_to_there(read_text: ReadText) -> None:
    entries, _ = read_text((GOOD_LINE * 500).encode("utf-16")[:-1])
    assert len(entries) >= 499


def test_bytes_of_no_encoding_are_a_problem(read_text: ReadText) -> None:
    text = document("  type: response.text.delta\n  delta: a\x81b\n").encode("latin-1")
    entries, problems = read_text(GOOD.encode() + text)
    assert told(problems) == [("LOG101", 13)]
    assert entries[1].content["delta"] == "a\ufffdb"


@pytest.mark.parametrize("variant", ["crlf", "bom", "utf-16", "utf-16-be", "tabs"])
def test_line_ends_marks_and_wide_encodings_change_nothing(variant: str, read_text: ReadText) -> None:
    text = GOOD + document('  type: response.text.delta\n  delta: "é 🎉"\n')
    data = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf-16": text.encode("utf-16"),
        "utf-16-be": b"\xfe\xff" + text.encode("utf-16-be"),
        "tabs": text.replace("  ", "\t").encode(),
    }[variant]
    entries, problems = read_text(data)
    assert problems == []
    assert [entry.content for entry in entries] == [
        {"type": "response.create"},
        {"type": "response.text.delta", "delta": "é 🎉"},
    ]
    assert [entry.place.line for entry in entries] == [2, 8]


def test_prose_before_the_first_document_is_no_entry_and_between_documents_a_problem(read_text: ReadText) -> None:
    entries, problems = read_text("Hello!\n" + GOOD + "---\nAny ideas?\n" + GOOD)
    assert len(entries) == 2
    assert told(problems) == [("LOG110", 9)]


@pytest.mark.parametrize("separator", ["", "--- # take two\n", "---  \n", "\n\n---\n\n"])
def test_odd_separators_and_missing_ones_still_separate(separator: str, read_text: ReadText) -> None:
    one = GOOD.removeprefix("---\n")
    for entry in (one, one.replace("  type", "type")):
        entries, problems = read_text(entry + separator + entry + separator + entry)
        assert problems == []
        assert [found.content for found in entries] == [{"type": "response.create"}] * 3
        step = (entry + separator).count("\n")
        assert [found.place.line for found in entries] == [1, 1 + step, 1 + 2 * step]


def test_keys_in_another_order_are_read(read_text: ReadText) -> None:
    text = f"---\nsender: client\ncontent:\n  type: response.create\ntimestamp: {STAMP}\nmessage: m\n"
    entries, problems = read_text(text)
    assert problems == []
    assert (entries[0].side, entries[0].stamp, entries[0].content) == ("client", STAMP, {"type": "response.create"})


@pytest.mark.parametrize(
    "header", ["format: realtime-harness\nversion: 99\n", '{"format":"realtime-harness","version":99}\n']
)
def test_a_log_from_the_future_is_refused_with_what_to_do(header: str, read_text: ReadText) -> None:
    with pytest.raises(UnreadableError, match=r"version 99 .* update with"):
        read_text(header + (GOOD if header.startswith("format") else GOOD_LINE))


def test_a_shape_that_does_not_exist_is_an_error_that_names_those_that_do(read_text: ReadText) -> None:
    with pytest.raises(UsageError, match=r"no log shape `xml`; there are .*cassette.*yaml"):
        read_text(GOOD, shape="xml")


def test_a_shape_can_be_forced(read_text: ReadText) -> None:
    entries, _ = read_text(GOOD_LINE, shape="objects")
    assert entries[0].content == {"type": "response.create"}
    with pytest.raises(UnreadableError):
        read_text(GOOD_LINE, shape="har")


def test_reading_is_lazy() -> None:
    class Pipe(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            data = (GOOD_LINE.encode() * (len(buffer) // len(GOOD_LINE) + 1))[: len(buffer)]
            Pipe.taken += len(buffer)
            buffer[:] = data
            return len(buffer)

    found = read(io.BufferedReader(Pipe()), "-", Ignorance())
    next(found)
    assert Pipe.taken < 1_000_000
