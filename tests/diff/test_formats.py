"""How a comparison reads: in a terminal, in a pull request, on a page, in a program."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from harness.diff import Comparison, Options
from harness.diff.comparison import Side
from harness.diff.formats import find, names
from harness.model import Change, Place

A, B = Side("a.yaml", "openai-ga", 50, 2, 3, {"input_tokens": 9, "output_tokens": 4}), Side("b.yaml", "xai", 1, 1, 1)


def at(path: str, line: int) -> Place:
    return Place(path, line, 1)


WORD = Change(
    "content", "turn 1 / response 1 / item 1 / part 1 / text", "so *bold* a <b>", "so shy a <b>",
    at("a.yaml", 7), at("b.yaml", 9), "so [-*bold*-]{+shy+} a <b>",
)  # fmt: skip
VOICE = Change(
    "configuration", "session / voice", "alloy", None, at("a.yaml", 3), at("b.yaml", 3), "alloy → nothing"
)  # fmt: skip
GONE = [
    Change("lifecycle", f"turn {number} / input 1", "conversation.item.done", None, at("a.yaml", number), None,
           "`conversation.item.done` is missing")
    for number in range(1, 7)
]  # fmt: skip
SLOW = Change("timing", "turn 1 / response 1", 10, 300, at("a.yaml", 8), at("b.yaml", 8), "x → y: 10 → 300 ms")
USED = Change("usage", "turn 1 / response 1", {"n": 1}, {"n": 2}, at("a.yaml", 8), at("b.yaml", 8), "n 1 → 2")
DIFFERENT = Comparison(A, B, Options(), (VOICE, *GONE, WORD, SLOW), (USED,), ("timing is not compared: …",))
SAME = Comparison(A, A, Options(), ())


def rendered(format_name: str, *comparisons: Comparison, width: int = 100) -> str:
    return "\n".join("".join(text for text, _ in line) for line in find(format_name)(comparisons, width))


def test_every_format_is_found_by_itself() -> None:
    assert names() == ["html", "json", "markdown", "side", "text"]


@pytest.mark.parametrize("format_name", names())
def test_every_format_tells_the_same_and_the_different(format_name: str) -> None:
    text = rendered(format_name, SAME, DIFFERENT)
    assert "same" in text
    assert "different: 1 configuration, 6 lifecycle, 1 content, 1 timing" in text
    assert "a.yaml" in text and "b.yaml" in text


@pytest.mark.parametrize("format_name", names())
def test_nothing_to_compare_is_no_error(format_name: str) -> None:
    assert "Error" not in rendered(format_name)


def test_the_text_begins_with_the_verdict_and_gives_both_places() -> None:
    lines = rendered("text", DIFFERENT).splitlines()
    assert lines[0] == DIFFERENT.verdict
    assert lines[1:3] == [
        "  A  a.yaml  openai-ga, 50 events, 2 turns, 3 responses, 9 input tokens, 4 output tokens",
        "  B  b.yaml  xai, 1 event, 1 turn, 1 response",
    ]
    assert "  turn 1 / response 1 / item 1 / part 1 / text  A:7 B:9" in lines
    assert "    so [-*bold*-]{+shy+} a <b>" in lines


def test_what_is_the_same_at_many_places_is_told_once() -> None:
    text = rendered("text", DIFFERENT)
    assert text.count("`conversation.item.done` is missing") == 1
    assert "the same at turn 2 / input 1 (A:2 B:–), turn 3 / input 1 (A:3 B:–)" in text
    assert text.count("and 2 more") == 1


def test_the_limits_of_a_time_stand_above_the_times() -> None:
    for format_name in ("text", "side", "markdown", "html"):
        assert "a time counts when it differs by more than 20% and 100 ms" in rendered(format_name, DIFFERENT)


def test_the_styles_are_those_that_the_shell_knows() -> None:
    from harness.commands.output import STYLES

    for format_name in ("text", "side"):
        used = {style for line in find(format_name)([DIFFERENT, SAME], 100) for _, style in line}
        assert used <= STYLES.keys()


@pytest.mark.parametrize("width", [60, 100, 200])
def test_side_by_side_keeps_to_the_width(width: int) -> None:
    rows = [line for line in rendered("side", DIFFERENT, width=width).splitlines() if "│" in line]
    assert rows
    assert all(len(row) <= width for row in rows)
    assert len({row.index("│") for row in rows}) == 1


def test_side_by_side_shows_each_side_its_own_words() -> None:
    (row,) = [line for line in rendered("side", DIFFERENT).splitlines() if "A:7" in line]
    left, right = row.split("│")
    assert left.strip() == "A:7  so [-*bold*-] a <b>"
    assert right.strip() == "B:9  so {+shy+} a <b>"


@pytest.mark.parametrize("format_name", ["side", "html"])
def test_the_two_sides_are_written_as_a_person_would(format_name: str) -> None:
    asked = replace(VOICE, message="alloy → nothing (as requested)")
    used = replace(USED, left={"input_tokens": 9, "cost": None}, right={"input_tokens": 7})
    page = Page()
    page.feed(rendered(format_name, replace(DIFFERENT, changes=(asked, GONE[0], SLOW, used))))
    text = " ".join(page.text.split())
    assert "session / voice (as requested) A:3 alloy" in text
    assert "alloy → nothing" not in text
    assert "turn 1 / response 1 x → y: 10 → 300 ms A:8 10 ms" in text and "B:8 300 ms" in text
    assert "A:8 input_tokens 9, cost –" in text and "B:8 input_tokens 7" in text


def test_the_page_sets_event_types_apart() -> None:
    assert "<code>conversation.item.done</code> is missing" in rendered("html", DIFFERENT)


def test_markdown_marks_words_and_escapes_what_else_it_would_read() -> None:
    text = rendered("markdown", DIFFERENT)
    assert r"so ~~\*bold\*~~**shy** a \<b\>" in text
    assert "`conversation.item.done` is missing" in text
    assert "(A:1 B:–, and at 5 more places)" in text


def test_markdown_leaves_event_types_as_they_are() -> None:
    change = replace(GONE[0], message="`rate_limits.updated` is missing in a_b and c`d")
    assert r"`rate_limits.updated` is missing in a\_b and c\`d" in rendered(
        "markdown", replace(DIFFERENT, changes=(change,))
    )


def test_markdown_keeps_spaces_outside_of_emphasis() -> None:
    change = replace(WORD, message="so[- very-] bold")
    assert "so ~~very~~ bold" in rendered("markdown", replace(DIFFERENT, changes=(change,)))


class Page(HTMLParser):
    """Checks that what is opened is closed, and gathers the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_shows_text_as_text() -> None:
    page = Page()
    page.feed(rendered("html", SAME, DIFFERENT))
    assert page.open == []
    assert "so *bold* a <b>" in page.text
    assert "and at 5 more places" in page.text


def test_the_page_loads_nothing() -> None:
    assert not re.search(r"(src|href)=|@import|url\(", rendered("html", DIFFERENT))


def test_the_document_for_programs_is_a_contract() -> None:
    document: Any = json.loads(rendered("json", SAME, DIFFERENT))
    assert document["version"] == 1
    same, different = document["comparisons"]
    assert same == {
        "left": {"path": "a.yaml", "dialect": "openai-ga", "events": 50, "turns": 2, "responses": 3,
                 "tokens": {"input_tokens": 9, "output_tokens": 4}, "cost_usd": None},
        "right": same["left"],
        "verdict": "same", "same": True, "same_shape": True, "tolerance": 0.2, "floor_ms": 100,
        "changes": [], "following": [], "notes": [],
    }  # fmt: skip
    assert different["changes"][0] == {
        "kind": "configuration", "path": "session / voice", "message": "alloy → nothing",
        "left": "alloy", "right": None,
        "left_place": {"path": "a.yaml", "line": 3, "column": 1},
        "right_place": {"path": "b.yaml", "line": 3, "column": 1},
    }  # fmt: skip
    assert [change["kind"] for change in different["following"]] == ["usage"]


def test_a_comparison_is_a_sequence_of_its_changes() -> None:
    assert len(DIFFERENT) == 9
    assert DIFFERENT[0] is VOICE
    assert DIFFERENT[1:3] == tuple(GONE[:2])
    assert WORD in DIFFERENT and not SAME
