"""The figures of sessions whose every millisecond and token is known."""

import base64
import copy
import json
import math
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import Line, Writer, session_of

from harness import api
from harness.measure import Row, Stats, stats
from harness.measure.figures import BY_NAME, Figure, Summary
from harness.measure.formats import csv
from harness.measure.formats import json as as_json
from harness.measure.prices import cost, shipped, tokens
from harness.model import Session

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / ".." / "shared" / "corpus" / "sessions"
BYTES_PER_MS = 48


def measured(session: Session) -> Stats:
    return stats(session, shipped())


def figures(row: Row) -> dict[str, float | None]:
    return {name: figure.value for name, figure in row.figures.items()}


def tone(ms: int, silence_ms: int = 0) -> str:
    """Return base64 of PCM16 at 24 kHz: silence, then a tone."""
    samples = [0] * (silence_ms * 24)
    samples += [int(9_000 * math.sin(n / 10)) for n in range((ms - silence_ms) * 24)]
    return base64.b64encode(array("h", samples).tobytes()).decode()


class Spoken(Writer):
    """One spoken turn whose moments are given."""

    def turn_of(self, pieces: list[str], at: dict[str, float], **changes: Any) -> "Spoken":
        """Write the turn. `at` holds the moments in ms from its beginning."""
        item, answer = self.id("item"), self.id("item")
        response = {"id": self.id("resp"), "output": [], **changes}
        where = {"response_id": response["id"], "item_id": answer, "output_index": 0, "content_index": 0}
        start = self._now

        def when(name: str) -> float:
            return start + at.get(name, 400) - self._now

        for number in range(5):
            if 200 * number == at.get("started", 400):
                self.server("input_audio_buffer.speech_started", when("started"), audio_start_ms=100, item_id=item)
            self.client("input_audio_buffer.append", start + 200 * number - self._now, audio=tone(200))
        self.server("input_audio_buffer.speech_stopped", when("stopped"), audio_end_ms=900, item_id=item)
        self.server("input_audio_buffer.committed", when("committed"), item_id=item, previous_item_id=None)
        held = {"id": item, "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        self.server("conversation.item.added", 0, item=held, previous_item_id=None)
        self.server("response.created", when("created"), response={**response, "status": "in_progress"})
        made = {"id": answer, "type": "message", "role": "assistant", "content": []}
        self.server(
            "response.output_item.added", 0, **{k: where[k] for k in ("response_id", "output_index")}, item=made
        )
        self.server("response.content_part.added", 0, **where, part={"type": "audio", "transcript": ""})
        for number, piece in enumerate(pieces):
            self.server("response.output_audio.delta", when(f"piece {number}"), **where, delta=piece)
        return self


def spoken() -> Spoken:
    writer = Spoken()
    writer.opening()
    moments = {
        "stopped": 1_100,
        "committed": 1_110,
        "created": 1_150,
        "piece 0": 1_400,
        "piece 1": 1_500,
        "piece 2": 1_700,
    }
    return writer.turn_of([tone(400, 120), tone(300), tone(300)], moments)


def done(writer: Writer, status: str = "completed", usage: Any = None, after_ms: float = 50) -> Writer:
    created = next(line for line in writer.lines if line.body["type"] == "response.created")
    response = {**created.body["response"], "status": status, "usage": usage}
    writer.server("response.done", after_ms, response=response)
    return writer


def only(writer: Writer) -> Row:
    (row,) = measured(session_of(writer.lines)).rows
    return row


def test_a_spoken_turn_is_measured_from_stamp_to_stamp() -> None:
    row = only(done(spoken()))
    assert figures(row) == {
        "vad_delay": 300,  # 900 ms of audio were sent with the fifth append, at 800
        "spoken": 800,
        "created": 40,
        "first_delta": 250,
        "first_answer": 300,
        "first_audio": 300,
        "first_audible": pytest.approx(420, abs=3),  # the tone begins 120 ms into the audio, and is loud at once
        "felt": pytest.approx(620, abs=3),  # the settings wait for 200 ms of silence
        "response": 600,
        "made": 1_000,
        "generation": 2.0,  # 600 ms of audio came in the 300 ms after the first piece
        "heard": 1_000,
        "cost": None,
    }
    assert row.status == "completed"
    assert row.figures["cost"].why == "the server told no usage"


def test_every_figure_has_the_line_of_its_event() -> None:
    writer = done(spoken())
    lines = {line.body["type"]: number for number, line in enumerate(writer.lines, 1)}
    found = only(writer).figures
    assert found["created"].place is not None and found["created"].place.line == lines["response.created"]
    assert found["response"].place is not None and found["response"].place.line == lines["response.done"]


def test_an_interrupted_answer_tells_how_late_it_stopped_and_what_was_heard() -> None:
    writer = spoken()
    answer = writer.lines[-1].body
    writer.server("input_audio_buffer.speech_started", 100, audio_start_ms=1_000, item_id="item_late")
    where = {key: answer[key] for key in ("response_id", "item_id", "output_index", "content_index")}
    writer.server("response.output_audio.delta", 30, **where, delta=tone(200))
    writer.client("conversation.item.truncate", 20, item_id=answer["item_id"], content_index=0, audio_end_ms=350)
    done(writer, "cancelled", after_ms=25)
    row = measured(session_of(writer.lines)).rows[0]
    found = figures(row)
    assert (found["interrupt_audio"], found["interrupt_truncate"], found["interrupt_done"]) == (30, 50, 75)
    assert (found["made"], found["heard"], found["stale"]) == (1_200, 350, 200)
    assert row.status == "cancelled"


def test_what_was_heard_of_an_interrupted_answer_without_a_truncate_is_not_guessed() -> None:
    writer = spoken()
    writer.server("input_audio_buffer.speech_started", 100, audio_start_ms=1_000, item_id="item_late")
    row = measured(session_of(done(writer, "cancelled").lines)).rows[0]
    heard = row.figures["heard"]
    assert heard.value is None and "only the client knows" in heard.why


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed"])
def test_speech_that_interrupts_nothing_is_no_interruption(status: str) -> None:
    writer = spoken()
    writer.server("input_audio_buffer.speech_started", 100, audio_start_ms=1_000, item_id="item_late")
    row = measured(session_of(done(writer, status).lines)).rows[0]
    assert row.value("heard") == 1_000 and "interrupt_done" not in row.figures


def test_a_cancel_of_the_client_is_an_interruption() -> None:
    writer = spoken()
    writer.client("response.cancel", 100)
    row = measured(session_of(done(writer, "cancelled", after_ms=40).lines)).rows[0]
    assert (row.value("interrupt_done"), row.value("stale"), row.value("heard")) == (40, 0, None)


def test_audio_that_the_log_left_out_is_not_measured_and_its_tokens_are_told() -> None:
    writer = done(spoken(), usage={"output_token_details": {"audio_tokens": 60}})
    for line in writer.lines:
        if line.body["type"] == "response.output_audio.delta":
            line.body["delta"] = "<audio data omitted for brevity>"
    row = only(writer)
    assert row.value("first_audio") == 300
    assert row.figures["made"] == Figure(None, None, row.figures["made"].why)
    assert "60 tokens are about 3.0 s" in row.figures["made"].why
    assert row.value("first_audible") is None and row.value("heard") is None


def test_without_stamps_amounts_are_told_and_times_are_not() -> None:
    found = measured(session_of(done(spoken()).lines, stamped=False))
    (row,) = found.rows
    assert row.value("made") == 1_000 and row.value("spoken") == 800
    assert all(
        row.figures[name].why == "the log has no time stamps" for name in ("created", "first_audio", "vad_delay")
    )
    assert "the log has no time stamps: no latency can be told" in found.notes


def test_audio_that_is_pushed_faster_than_it_sounds_has_no_detection_delay() -> None:
    writer = Spoken()
    writer.opening()
    moments = {"started": 800, "stopped": 850, "committed": 860, "created": 870, "piece 0": 900}
    figure = only(done(writer.turn_of([tone(100)], moments))).figures["vad_delay"]
    assert figure.value is None and "16 times as fast" in figure.why  # 800 ms of speech in 50 ms


def test_detection_that_tells_no_silence_leaves_the_felt_wait_unknown() -> None:
    writer = done(spoken())
    for line in writer.lines[:3]:
        if "audio" in line.body["session"] and "input" in line.body["session"]["audio"]:
            line.body["session"]["audio"]["input"]["turn_detection"] = {"type": "semantic_vad"}
    assert "silence_duration_ms" in only(writer).figures["felt"].why


def test_a_call_of_a_tool_is_timed_to_its_output_and_on_to_the_next_word() -> None:
    writer = Writer().opening()
    session = session_of(writer.called("What is the weather?", "Rome", "It is clear.").lines)
    first, second = measured(session).rows
    events = {(event.side, event.type): event for event in session.events}
    asked = events["server", "response.function_call_arguments.done"].at_ns
    sent = next(e for e in session.events if e.body.get("item", {}).get("type") == "function_call_output")  # type: ignore[union-attr]
    word = next(event for event in session.events if event.type == "response.output_text.delta")
    assert first.value("tool_time") == (sent.at_ns - asked) / 1e6  # type: ignore[operator]
    assert second.value("resume") == (word.at_ns - sent.at_ns) / 1e6  # type: ignore[operator]
    assert (first.label, second.label) == ("1.1", "1.2")


def test_a_turn_that_nobody_answered_has_a_row_of_its_own() -> None:
    writer = Writer().opening()
    writer._create({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Anybody?"}]})
    assert only(writer).status == "unanswered"


def test_an_answer_that_the_log_cuts_off_is_unfinished() -> None:
    assert only(spoken()).status == "unfinished"


def test_an_empty_session_has_no_rows_and_says_so() -> None:
    found = measured(session_of([]))
    assert not found.rows and found.notes == ("the log holds no event",)
    assert not found.summaries()
    assert json.loads(as_json.render([found], shipped()))["sessions"][0]["turns"] == []
    assert csv.render([found]).splitlines() == [",".join(csv.HEAD)]


def test_events_without_ids_are_not_said_to_be_silence() -> None:
    lines = [Line("server", {"type": kind}, 0, 0) for kind in ("session.created", "response.created", "response.done")]
    found = measured(session_of(lines))
    assert not found.rows and "cannot be told" in found.notes[0]


def test_several_sessions_in_one_log_are_said_to_be_several() -> None:
    writer = done(spoken())
    writer.server("session.created", session={"id": "sess_other", "type": "realtime"})
    (note,) = measured(session_of(writer.lines)).notes
    assert note.startswith("the log holds 2 sessions")


def test_the_transcript_that_was_there_before_the_commit_has_less_than_no_lag() -> None:
    writer = done(spoken())
    kinds = [line.body["type"] for line in writer.lines]
    at = kinds.index("input_audio_buffer.committed")
    item = writer.lines[at].body["item_id"]
    body = {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": item,
        "content_index": 0,
        "transcript": "Hi",
    }
    lines = [*writer.lines[:at], Line("server", body, writer.lines[at].at_ms - 4, 1), *writer.lines[at:]]
    assert measured(session_of(lines)).rows[0].value("transcript_lag") == -4


# -- What it costs --

USAGE = {
    "total_tokens": 1_000,
    "input_tokens": 789,
    "output_tokens": 211,
    "input_token_details": {
        "text_tokens": 313,
        "audio_tokens": 476,
        "cached_tokens": 640,
        "cached_tokens_details": {"text_tokens": 256, "audio_tokens": 384},
    },
    "output_token_details": {"text_tokens": 51, "audio_tokens": 160},
}


def test_cached_tokens_are_counted_among_the_input_and_priced_apart() -> None:
    """57 × 4.00 + 256 × 0.40 + 92 × 32.00 + 384 × 0.40 + 51 × 16.00 + 160 × 64.00, by a million."""
    row = only(done(spoken(), usage=USAGE))
    counted = {name: row.value(name) for name in ("text_in", "text_cached", "audio_in", "audio_cached", "audio_out")}
    assert counted == {"text_in": 57, "text_cached": 256, "audio_in": 92, "audio_cached": 384, "audio_out": 160}
    assert row.value("cost") == pytest.approx((228 + 102.4 + 2_944 + 153.6 + 816 + 10_240) / 1e6)


def test_a_snapshot_costs_what_its_model_does_unless_it_has_a_price_of_its_own() -> None:
    table = shipped()
    assert table.of("gpt-realtime-2025-08-28") == table.of("gpt-realtime")
    assert table.of("gpt-4o-realtime-preview-2024-10-01") != table.of("gpt-4o-realtime-preview-2024-12-17")
    assert table.of("gpt-realtime-global-standard") is None and table.of("") is None


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (None, "the server told no usage"),
        ({}, "the server told no usage"),
        ({"total_tokens": 3}, "no details"),
        ({"input_token_details": {"cached_tokens": 64, "text_tokens": 90}}, "by modality"),
    ],
)
def test_usage_that_does_not_tell_enough_has_no_cost(usage: Any, why: str) -> None:
    assert why in str(tokens(usage))
    figure = only(done(spoken(), usage=usage)).figures["cost"]
    assert figure.value is None and why in figure.why


def test_an_answer_to_nothing_is_not_billed() -> None:
    """The seed: no input tokens, although instructions and speech were read."""
    usage = copy.deepcopy(USAGE)
    usage["input_token_details"] = {"text_tokens": 0, "audio_tokens": 0, "cached_tokens": 0}
    figure = only(done(spoken(), usage=usage)).figures["cost"]
    assert figure.value is None and "do not bill" in figure.why


def test_a_price_that_is_missing_is_named() -> None:
    assert cost({"text_in": 5.0, "audio_in": 1.0}, {"text_in": 4.0}) == "the price table has no audio_in for this model"


# -- Sums --


def summary(values: list[float], name: str = "created") -> Summary:
    rows = [Row(str(at), None, "completed", {name: Figure(value)}) for at, value in enumerate(values)]
    (found,) = Stats("", "", "", rows).summaries()
    return found


def test_percentiles_are_values_that_occurred() -> None:
    """Nearest rank, as NIST has it: of 1 to 20, the tenth, the nineteenth and the last."""
    found = summary([float(n) for n in range(20, 0, -1)])
    assert [found.percentile(part) for part in (0.5, 0.95, 1.0)] == [10, 19, 20]
    assert found.worst is not None and found.worst.label == "0"


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=40), st.sampled_from([0.5, 0.95, 1.0]))
def test_no_more_than_the_rest_lie_above_a_percentile(values: list[float], part: float) -> None:
    share = summary(values).percentile(part)
    assert share in values
    assert sum(value > share for value in values) <= (1 - part) * len(values) + 1e-9


def test_the_slowest_generation_is_the_worst() -> None:
    found = summary([3.0, 1.5, 2.0], "generation")
    assert found.worst is not None and found.worst.label == "1"


def test_a_sum_with_something_missing_is_no_sum() -> None:
    rows = [Row("1", None, "", {"cost": Figure(1.0)}), Row("2", None, "", {"cost": Figure(None, None, "no usage")})]
    (found,) = Stats("", "", "", rows).summaries()
    assert found.total is None and found.unknown == {"no usage": 1}


# -- Recordings --


def test_the_figures_of_the_seed_are_those_of_its_stamps(seed: Path) -> None:
    """Read off the log: stopped 00.5886, committed 00.5972, created 00.6284, first delta 00.9561, done 01.1777 …"""
    found = measured(api.load(seed))
    (row,) = found.rows
    stamps = {event.type: event.at_ns for event in reversed(api.load(seed).events)}
    for name, start, end in (
        ("created", "input_audio_buffer.committed", "response.created"),
        ("first_delta", "response.created", "response.text.delta"),
        ("first_answer", "input_audio_buffer.speech_stopped", "response.text.delta"),
        ("response", "response.created", "response.done"),
    ):
        assert row.value(name) == (stamps[end] - stamps[start]) / 1e6  # type: ignore[operator]
    assert row.value("spoken") == 1_568
    assert "24 times" in row.figures["vad_delay"].why
    assert "do not bill" in row.figures["cost"].why


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/corpus is not there")
def test_the_cost_of_a_recorded_session_is_its_tokens_at_the_prices_of_its_model() -> None:
    """14 text and 27 audio tokens in, 28 and 136 out: 14 × 4 + 27 × 32 + 28 × 16 + 136 × 64 = 10 072."""
    found = measured(api.load(RECORDED / "openai_ws__audio_in_server_vad_turn.yaml"))
    assert found.model == "gpt-realtime"
    assert found.rows[0].value("cost") == pytest.approx(0.010072)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/corpus is not there")
def test_cached_input_of_a_recorded_session_is_cheaper() -> None:
    """The second response: 103 text tokens in, 64 of them cached, 13 out: 39 × 4 + 64 × 0.4 + 13 × 16 = 389.6."""
    second = measured(api.load(RECORDED / "openai_ws__tool_call_round.yaml")).rows[1]
    assert (second.value("text_in"), second.value("text_cached")) == (39, 64)
    assert second.value("cost") == pytest.approx(389.6e-6)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/corpus is not there")
def test_a_log_without_stamps_is_dated_by_its_ids() -> None:
    """`sess_E6U0w…` is base62 for 1785214050, an hour before its `expires_at`; the last event, `…y…`, is 2 s later."""
    first, *_ = measured(api.load(RECORDED / "openai_ws__audio_in_server_vad_turn.yaml")).notes
    assert first.endswith("no latency can be told; by its ids it began at 2026-07-28 04:47:30 UTC and took about 2 s")


def test_every_measure_says_from_where_to_where() -> None:
    assert all(one.what and one.title and one.name == name for name, one in BY_NAME.items())
