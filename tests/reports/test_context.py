"""The window of events that findings are shown with."""

from dataclasses import replace

from sample_findings import DIVERGES, EVENTS, NOTE, event

from harness.reports.context import BEFORE, REACH, Window, around
from harness.reports.gist import LONGEST, gist, quote, shorten


def test_the_events_before_a_finding_and_its_witnesses_are_kept_and_no_others() -> None:
    window = Window()
    for one in EVENTS:
        window.see(one)
    window.keep([DIVERGES])
    assert sorted(window.kept) == [29, 30, 31, 32]
    assert [summary.seq for summary in around(DIVERGES, window.kept)] == [29, 30, 31, 32]


def test_memory_is_bounded_however_long_the_log() -> None:
    window = Window()
    for seq in range(10 * REACH):
        window.see(event(seq, seq + 1, seq, "response.text.delta", delta="x"))
    window.keep([replace(DIVERGES, seq=0, witnesses=())])
    assert window.kept == {}
    window.keep([replace(DIVERGES, seq=10 * REACH - 1, witnesses=())])
    assert len(window.kept) == BEFORE + 1


def test_a_witness_that_left_the_window_is_shown_with_what_the_finding_knows() -> None:
    shown = around(DIVERGES, {})
    assert [(one.line, one.type, one.gist) for one in shown] == [
        (214, "response.text.delta", ""),
        (300, "response.text.done", ""),
    ]


def test_a_finding_without_an_event_has_no_context() -> None:
    assert around(NOTE, {}) == []


def test_times_count_from_the_first_stamped_event() -> None:
    window = Window()
    window.see(event(0, 1, 0, "session.created")._replace(at_ns=None))
    window.see(event(1, 2, 500, "session.updated"))
    window.see(event(2, 3, 750, "error"))
    window.keep([replace(DIVERGES, seq=2, witnesses=())])
    assert [one.since_start_ns for one in window.kept.values()] == [250_000_000, 0, None]


def test_the_gist_is_the_most_telling_field() -> None:
    assert gist({"type": "a", "item_id": "item_AJHM1oM31BSzIhYHj6w2M", "delta": "."}) == '"."'
    assert gist({"type": "a", "item_id": "item_AJHM1oM31BSzIhYHj6w2M"}) == "item_…6w2M"
    assert gist({"type": "error", "error": {"message": "no such item"}}) == '"no such item"'
    assert gist({"type": "a"}) == ""


def test_long_text_is_cut_and_base64_becomes_its_length() -> None:
    assert quote("a word " * 20).endswith('…"')
    assert len(quote("a word " * 20)) == LONGEST + 2
    assert quote("UklGRiQA" * 100) == "(800 characters)"


def test_short_ids_are_left_as_they_are() -> None:
    assert shorten("item_001") == "item_001"
    assert shorten("x" * 60) == "x" * (LONGEST - 1) + "…"
