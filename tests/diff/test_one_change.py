"""One thing that changed is named, with both places."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up import later, mapped, with_events

from harness import api
from harness.diff import Comparison, Options, compare
from harness.model import Change, Event, Session

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seed() -> Session:
    return api.load(ROOT / "fixtures" / "sessions" / "seed.yaml")


def only(comparison: Comparison) -> Change:
    assert len(comparison) == 1, comparison.changes
    return comparison[0]


def edited(session: Session, kind: str, change: Callable[[dict[str, Any]], dict[str, Any]], nth: int = 0) -> Session:
    """Return a session with the nth event of a type changed."""
    at = [index for index, event in enumerate(session.events) if event.type == kind][nth]
    event = session.events[at]
    return with_events(
        session, [*session.events[:at], event._replace(body=change(event.body)), *session.events[at + 1 :]]
    )


def lines(change: Change) -> tuple[int | None, int | None]:
    return (
        change.left_place.line if change.left_place else None,
        change.right_place.line if change.right_place else None,
    )


def test_one_changed_word_is_named(seed: Session) -> None:
    other = mapped(seed, lambda key, value: value.replace("asking", "calling"))
    comparison = compare(seed, other)
    assert comparison.verdict == "same shape, different words"
    change = only(comparison)
    assert change.kind == "content"
    assert change.path == "turn 1 / response 1 / item 1 / part 1 / text"
    assert "[-asking-]{+calling+}" in change.message
    assert lines(change) == (403, 403)  # response.done: what is said last


@pytest.mark.parametrize("at", range(31))
def test_one_missing_event_is_named_with_its_line(seed: Session, at: int) -> None:
    gone = seed.events[at]
    comparison = compare(seed, with_events(seed, [*seed.events[:at], *seed.events[at + 1 :]]))
    change = only(comparison)
    assert gone.type in change.message
    assert change.left_place is not None
    if gone.type == "response.text.delta":
        assert change.kind == "content"
        assert f"[-{gone.body['delta'].strip()}" in change.message.replace("[- ", "[-")
    else:
        assert (change.kind, change.left_place.line) == ("lifecycle", gone.place.line)


def test_one_slower_phase_is_named(seed: Session) -> None:
    created = next(index for index, event in enumerate(seed.events) if event.type == "response.created")
    comparison = compare(seed, later(seed, 1_000, since=created))
    change = only(comparison)
    assert change.kind == "timing"
    assert change.path == "turn 1 / response 1"
    assert change.message.startswith("input_audio_buffer.committed → response.created: 31 → 1 031 ms")
    assert comparison.verdict == "different: 1 timing"


def test_the_first_delta_is_a_phase_of_its_own(seed: Session) -> None:
    first = next(index for index, event in enumerate(seed.events) if event.type == "response.text.delta")
    change = only(compare(seed, later(seed, 2_000, since=first)))
    assert change.message.startswith("response.created → first response.text.delta: 328 → 2 328 ms")


def test_a_faster_phase_is_told_too(seed: Session) -> None:
    first = next(index for index, event in enumerate(seed.events) if event.type == "response.text.delta")
    change = only(compare(later(seed, 2_000, since=first), seed))
    assert "2 328 → 328 ms (-2 000 ms, 0.1×)" in change.message


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (Options(), True),
        (Options(tolerance=10), False),
        (Options(floor_ms=2_500), False),
        (Options(kinds=frozenset({"content"})), False),
    ],
    ids=["as it is", "by tolerance", "by the floor", "by kind"],
)
def test_the_limits_of_a_time_can_be_set(seed: Session, options: Options, told: bool) -> None:
    first = next(index for index, event in enumerate(seed.events) if event.type == "response.text.delta")
    assert bool(compare(seed, later(seed, 2_000, since=first), options)) is told


def test_a_changed_setting_is_named_once_though_it_is_there_to_the_end(seed: Session) -> None:
    def louder(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "session": {**body["session"], "voice": "verse"}}

    change = only(compare(seed, edited(seed, "session.created", louder)))
    assert (change.kind, change.path) == ("configuration", "session / audio.output.voice")
    assert change.message == "alloy → verse"
    assert lines(change) == (19, 19)


def test_a_delta_after_its_done_is_one_change(seed: Session) -> None:
    events = list(seed.events)
    done = next(index for index, event in enumerate(events) if event.type == "response.text.done")
    events.insert(done, events.pop(20))
    change = only(compare(seed, with_events(seed, events)))
    assert change.kind == "lifecycle"
    assert change.message == "`response.text.done` comes before the end of `response.text.delta` ×14"


def test_the_first_piece_with_which_two_texts_part_is_blamed(seed: Session) -> None:
    change = only(compare(seed, edited(seed, "response.text.delta", lambda body: {**body, "delta": " fro"}, nth=7)))
    wrong = seed.events[20]
    assert wrong.body["delta"] == " for"
    assert lines(change) == (wrong.place.line, wrong.place.line)
    assert "[-for-]{+fro+}" in change.message


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("event_id", "`response.text.delta` has no event_id"),
        ("response_id", "`response.text.delta` names another response than its item"),
        ("item_id", "`response.text.delta` names an item that nothing else names"),
        ("content_index", "`response.text.delta` names a content_index that nothing else names"),
    ],
)
def test_one_wrong_id_is_one_change(seed: Session, field: str, message: str) -> None:
    wrong: Any = {"event_id": "", "content_index": 7}.get(field, "something_else")
    other = edited(seed, "response.text.delta", lambda body: {**body, field: wrong}, nth=3)
    change = only(compare(seed, other))
    assert (change.kind, change.message) == ("lifecycle", message)


def test_usage_is_told_where_nothing_explains_it(seed: Session) -> None:
    def more(body: dict[str, Any]) -> dict[str, Any]:
        usage = {**body["response"]["usage"], "output_tokens": 99, "total_tokens": 99}
        return {**body, "response": {**body["response"], "usage": usage}}

    comparison = compare(seed, edited(seed, "response.done", more))
    change = only(comparison)
    assert (change.kind, change.path) == ("usage", "turn 1 / response 1")
    assert change.message == "output_tokens 16 → 99, total_tokens 16 → 99"
    assert comparison.right.tokens == {"input_tokens": 0, "output_tokens": 99}


def used(text_in: int, text_out: int, cached: int = 0) -> Callable[[dict[str, Any]], dict[str, Any]]:
    usage = {
        "total_tokens": text_in + text_out, "input_tokens": text_in, "output_tokens": text_out,
        "input_token_details": {
            "cached_tokens": cached, "text_tokens": text_in, "audio_tokens": 0,
            "cached_tokens_details": {"text_tokens": cached, "audio_tokens": 0},
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": 0},
    }  # fmt: skip
    return lambda body: {**body, "response": {**body["response"], "usage": usage}}


def test_what_more_tokens_cost_is_told_with_them(seed: Session) -> None:
    before, after = (edited(seed, "response.done", used(1_000, count)) for count in (200, 400))
    comparison = compare(before, after)
    change = only(comparison)
    # gpt-4o-realtime-preview-2024-10-01: $5 a million of text read, $20 of text written
    assert change.message.endswith("total_tokens 1200 → 1400, cost $0.009000 → $0.0130")
    assert isinstance(change.left, dict) and change.left["cost_usd"] == 0.009
    assert (comparison.left.cost_usd, comparison.right.cost_usd) == (0.009, 0.013)


def test_tokens_from_the_cache_cost_less_and_are_no_difference(seed: Session) -> None:
    before, after = (edited(seed, "response.done", used(1_000, 200, cached)) for cached in (0, 1_000))
    comparison = compare(before, after)
    assert comparison.verdict == "same"
    assert (comparison.left.cost_usd, comparison.right.cost_usd) == (0.009, 0.0065)


def test_what_another_model_costs_follows_from_the_model(seed: Session) -> None:
    def mini(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "session": {**body["session"], "model": "gpt-realtime-mini"}}

    before = edited(seed, "response.done", used(1_000, 200))
    comparison = compare(before, edited(before, "session.created", mini))
    assert only(comparison).path == "session / model"
    assert [change.message for change in comparison.following] == ["cost $0.009000 → $0.001080"]


def test_a_cost_that_is_not_known_is_none(seed: Session) -> None:
    def nameless(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "session": {**body["session"], "model": "my-model"}}

    comparison = compare(seed, edited(edited(seed, "response.done", used(1_000, 9)), "session.created", nameless))
    assert comparison.left.cost_usd is None, "the server counted no input at all"
    assert comparison.right.cost_usd is None, "the price table has no such model"


def test_more_words_explain_more_tokens_and_more_time(seed: Session) -> None:
    def more(body: dict[str, Any]) -> dict[str, Any]:
        usage = {**body["response"]["usage"], "output_tokens": 99, "total_tokens": 99}
        return {**body, "response": {**body["response"], "usage": usage}}

    done = next(index for index, event in enumerate(seed.events) if event.type == "response.text.done")
    other = mapped(later(edited(seed, "response.done", more), 3_000, since=done), longer)
    comparison = compare(seed, other)
    assert comparison.verdict == "same shape, different words"
    assert [change.kind for change in comparison.following] == ["timing", "usage"]


def longer(key: str, value: str) -> str:
    return value.replace("asking", "asking me this today")


def test_an_error_is_named_with_its_code(seed: Session) -> None:
    last = seed.events[-1]
    body: Any = {"type": "error", "event_id": "e", "error": {"type": "x", "code": "session_expired", "message": "over"}}
    error = Event(31, last.place, last.at_ns, "server", "error", body)
    change = only(compare(seed, with_events(seed, [*seed.events, error])))
    assert (change.kind, change.path) == ("lifecycle", "turn 1 / error 1")
    assert change.message == "error is new: session_expired: over (1 event)"


def test_what_could_not_be_read_is_told(seed: Session) -> None:
    broken = api.loads(SEED_TEXT.replace("delta: ' for'", "delta: ' for", 1))
    comparison = compare(seed, broken)
    assert any(note.startswith("B was not read whole: line ") for note in comparison.notes)


SEED_TEXT = (ROOT / "fixtures" / "sessions" / "seed.yaml").read_text("utf-8")
