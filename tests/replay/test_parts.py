"""The small parts of the mock, each by itself."""

from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from recordings import recorded

from harness.model import Event, Finding, Place, Report
from harness.replay.bench import Bench
from harness.replay.completion import Completion
from harness.replay.conversation import Conversation
from harness.replay.ids import Ids, base62, stamp
from harness.replay.rehearsal import Rehearsal
from harness.replay.settings import answers_by_itself, interrupts, listens, merged, setting, silence_ms
from harness.replay.template import compile_event, mark
from harness.replay.wire import dumps, loads


class TestIds:
    def test_an_id_looks_like_the_servers(self) -> None:
        assert Ids("AJHM0Token000").new("event") == "event_AJHM0Token00000000001"
        assert len(Ids("AJHM0Token000").new("event")) == len("event_AJHM0GHx1SRrOKfe8kybr")

    def test_its_first_characters_tell_the_time(self) -> None:
        """`sess_AJHM0…` of the seed was made at 2024-10-17T09:45:04Z, 15 minutes before it expires."""
        assert stamp(1_729_159_204 - 900) == "AJHM0"

    @given(st.integers(0, 62**8 - 1))
    def test_base62_keeps_the_order_of_numbers(self, number: int) -> None:
        assert len(base62(number, 8)) == 8
        assert base62(number, 8) < base62(number + 1, 9)[1:] or number + 1 == 62**8


class TestTemplates:
    @given(st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**63 - 1) | st.none()))
    @example({"half": "\ud83d", "much": 2**70, "percent": "%b %% \\"})
    def test_whatever_an_event_says_is_kept(self, said: dict[str, object]) -> None:
        template = compile_event({"said": said, "event_id": mark(0)})  # type: ignore[dict-item]
        assert loads(template.render([b'"event_1"'])) == {"said": said, "event_id": "event_1"}

    def test_a_slot_may_be_there_twice_and_hold_null(self) -> None:
        template = compile_event({"a": mark(2), "b": {"c": mark(2)}, "d": mark(1), "e": "100 %b"})
        assert template.render([b"", b"null", b'"x"']) == b'{"a":"x","b":{"c":"x"},"d":null,"e":"100 %b"}'

    def test_an_event_without_slots_is_no_server_event(self) -> None:
        with pytest.raises(ValueError, match="without slots: 'x'"):
            compile_event({"type": "x"})


class TestSettings:
    BETA: ClassVar[dict[str, Any]] = {"turn_detection": {"type": "server_vad", "threshold": 0.5}, "voice": "alloy"}
    TODAY: ClassVar[dict[str, Any]] = {
        "audio": {"input": {"turn_detection": {"type": "server_vad"}}, "output": {"voice": "ash"}}
    }

    def test_a_setting_is_found_in_its_place_of_either_generation(self) -> None:
        assert (setting(self.BETA, "voice"), setting(self.TODAY, "voice")) == ("alloy", "ash")
        assert listens(self.BETA) and listens(self.TODAY)

    @pytest.mark.parametrize("detection", [None, {"type": None}, {"type": "none"}])
    def test_turn_detection_may_be_off_in_three_ways(self, detection: object) -> None:
        assert not listens({"turn_detection": detection})  # type: ignore[dict-item]

    def test_what_turn_detection_does_is_on_unless_it_is_said_to_be_off(self) -> None:
        off = {"turn_detection": {"type": "server_vad", "create_response": False, "interrupt_response": False,
                                  "silence_duration_ms": 700}}  # fmt: skip
        assert answers_by_itself(self.BETA) and interrupts(self.BETA) and silence_ms(self.BETA) == 200
        assert not answers_by_itself(off) and not interrupts(off) and silence_ms(off) == 700

    def test_an_update_reaches_into_objects_and_replaces_lists(self) -> None:
        before = {**self.TODAY, "tools": [1], "instructions": "a"}
        after = merged(before, {"audio": {"output": {"speed": 1.2}}, "tools": [2, 3]})
        assert after["audio"] == {**self.TODAY["audio"], "output": {"voice": "ash", "speed": 1.2}}
        assert (after["tools"], after["instructions"]) == ([2, 3], "a")
        assert before["tools"] == [1]

    def test_another_kind_of_turn_detection_starts_from_its_own_defaults(self) -> None:
        after = merged(self.BETA, {"turn_detection": {"type": "semantic_vad"}})["turn_detection"]
        assert after == {
            "type": "semantic_vad",
            "eagerness": "auto",
            "create_response": True,
            "interrupt_response": True,
        }

    def test_who_the_session_is_cannot_be_updated(self) -> None:
        assert merged({"id": "sess_1", "model": "m"}, {"id": "x", "model": "y"}) == {"id": "sess_1", "model": "m"}

    def test_an_object_of_another_type_replaces_the_one_before(self) -> None:
        before = {"format": {"type": "audio/pcm", "rate": 24_000}}
        assert merged(before, {"format": {"type": "audio/pcmu"}}) == {"format": {"type": "audio/pcmu"}}


class TestConversation:
    def test_items_stand_where_they_were_put(self) -> None:
        talk = Conversation()
        for item_id, after in [("a", None), ("b", None), ("first", "root"), ("between", "a")]:
            talk.place(item_id, {"id": item_id}, after)
        assert [item["id"] for item in talk.items()] == ["first", "a", "between", "b"]
        assert [talk.predecessor(item_id) for item_id in ("first", "between", "new")] == [None, "a", "b"]

    def test_what_is_removed_leaves_no_gap(self) -> None:
        talk = Conversation()
        for item_id in "abc":
            talk.keep(item_id, {"id": item_id})
        talk.remove("b")
        talk.remove("b")
        assert talk.predecessor("c") == "a" and "b" not in talk

    def test_what_is_known_of_an_item_can_change(self) -> None:
        talk = Conversation()
        talk.keep("a", {"status": "in_progress"})
        talk.keep("a", {"status": "completed"})
        assert talk.items() == [{"status": "completed"}]


class TestCompletion:
    def test_a_placeholder_becomes_audio_of_the_length_that_was_paid_for(self) -> None:
        delta = {"type": "response.output_audio.delta", "event_id": "e", "response_id": "r", "delta": "<omitted>"}
        usage = {"output_token_details": {"audio_tokens": 40}}
        session = recorded(
            "openai-ga",
            ("server", delta),
            ("server", delta),
            ("server", {"type": "response.done", "event_id": "e", "response": {"id": "r", "usage": usage}}),
        )
        from harness.sound.formats import PCM16
        from harness.sound.payloads import decoded

        completion = Completion(session.events, [event.type for event in session.events])
        data = decoded(completion.of(0)["delta"])
        assert data is not None and PCM16.ms_in(len(data)) == pytest.approx(1_000, abs=1)

    def test_audio_that_a_server_could_have_sent_is_left_alone(self) -> None:
        delta = {"type": "response.output_audio.delta", "event_id": "e", "response_id": "r", "delta": "AAAA" * 100}
        session = recorded("openai-ga", ("server", delta))
        assert Completion(session.events, ["response.output_audio.delta"]).of(0) is session.events[0].body


class TestRehearsal:
    SAID = ({"type": "session.update", "session": {"voice": "ash"}}, {"type": "input_audio_buffer.append"},
            {"type": "input_audio_buffer.append"}, {"type": "response.create"})  # fmt: skip

    def test_what_was_recorded_is_right(self) -> None:
        rehearsal = Rehearsal(self.SAID)
        assert [rehearsal.follow({**event, "event_id": "mine"}) for event in self.SAID] == ["", "", "", ""]
        assert rehearsal.missing() == ()

    def test_audio_may_come_in_any_number_of_pieces(self) -> None:
        rehearsal = Rehearsal(self.SAID)
        rehearsal.follow(self.SAID[0])
        assert [rehearsal.follow({**self.SAID[1], "audio": "x"}) for _ in range(9)] == [""] * 9
        assert rehearsal.missing() == ("response.create",)

    def test_another_value_is_named_with_both(self) -> None:
        wrong = Rehearsal(self.SAID).follow({"type": "session.update", "session": {"voice": "sage"}})
        assert wrong == "`session.update` differs from the recording: session.voice is 'sage', recorded was 'ash'"

    def test_what_comes_too_early_is_found_later_in_the_recording(self) -> None:
        rehearsal = Rehearsal(self.SAID)
        wrong = rehearsal.follow({"type": "response.create"})
        assert wrong == "`response.create` came 2 events early: the recording has `session.update` here"
        assert rehearsal.missing() == ()

    def test_what_was_never_recorded_does_not_move_the_place(self) -> None:
        rehearsal = Rehearsal(self.SAID)
        wrong = rehearsal.follow({"type": "response.cancel"})
        assert wrong == "`response.cancel` came, where the recording has `session.update`"
        assert rehearsal.follow(self.SAID[0]) == ""

    def test_lists_are_compared_element_by_element(self) -> None:
        said = ({"type": "x", "content": [{"text": "a", "id": "1"}]},)
        assert Rehearsal(said).follow({"type": "x", "content": [{"text": "a", "id": "2"}]}) == ""
        assert "content[0].text" in Rehearsal(said).follow({"type": "x", "content": [{"text": "b"}]})


class _Judge:
    """Notes what it is fed, and finds what it is told to."""

    def __init__(self) -> None:
        self.fed: list[Event] = []
        self.findings: list[Finding] = []

    def feed(self, event: Event) -> list[Finding]:
        self.fed.append(event)
        return []

    def finish(self) -> Report:
        return Report("", "openai-ga", tuple(self.findings), "clean", (), {})


def _finding(subject: str, severity: str, seq: int, code: str = "X1") -> Finding:
    return Finding(code, "x", severity, subject, "house", seq, Place("", 1, 1), "m")  # type: ignore[arg-type]


class TestBench:
    DELTA = b'{"type":"text.delta","item_id":"i","event_id":"%d","delta":"%s"}'

    def test_a_run_of_deltas_is_judged_as_one_and_keeps_the_count(self) -> None:
        judge = _Judge()
        bench = Bench("c", lambda: judge, frozenset({"text.delta"}))
        for n, text in enumerate([b"a", b"b", b"c"]):
            bench.note(n, "server", self.DELTA % (n, text))
        bench.note(9, "server", b'{"type":"text.done"}')
        assert bench.place().line == 5
        bench.work()
        assert [(event.seq, event.type, event.body.get("delta")) for event in judge.fed] == [
            (0, "text.delta", "abc"),
            (3, "text.done", None),
        ]

    def test_deltas_of_two_items_stay_apart(self) -> None:
        judge = _Judge()
        bench = Bench("c", lambda: judge, frozenset({"text.delta"}))
        bench.note(0, "server", self.DELTA % (0, b"a"))
        bench.note(0, "server", self.DELTA.replace(b'"i"', b'"j"') % (1, b"b"))
        bench.work()
        assert [event.body["delta"] for event in judge.fed] == ["a", "b"]

    def test_it_works_no_more_than_it_is_told_to(self) -> None:
        judge = _Judge()
        bench = Bench("c", lambda: judge)
        for _ in range(3):
            bench.note(0, "client", {"type": "x"})
        bench.work(2)
        assert (len(judge.fed), bench.backlog) == (2, 1)

    def test_what_the_server_did_wrong_is_ours_unless_it_was_recorded_so(self) -> None:
        judge = _Judge()
        judge.findings = [_finding("server", "error", 0, "A1"), _finding("server", "error", 1, "B1")]
        report = Bench("c", lambda: judge, recorded_faults=lambda: frozenset({"B1"})).finish()
        assert [(f.code, f.subject) for f in report.findings] == [("A1", "harness")]
        assert report.verdict == "errors"

    def test_of_a_refused_event_one_thing_is_told_the_rule_that_is_as_grave_or_the_refusal(self) -> None:
        judge = _Judge()
        judge.findings = [
            _finding("client", "error", 4),
            _finding("client", "warning", 4, "X2"),
            _finding("client", "warning", 5, "X3"),
            _finding("recorder", "error", 6, "X4"),
        ]
        bench = Bench("c", lambda: judge)
        for seq in (4, 5, 6):
            bench.complain(_finding("client", "error", seq, "CLI977"))
        bench.complain(_finding("client", "note", 7, "C2"))
        assert [f.code for f in bench.finish().findings] == ["X1", "CLI977", "CLI977", "C2"]
        assert bench.finish() is bench.finish()


class TestWire:
    @pytest.mark.parametrize("number", [2**63, 2**64, 10**30, -(2**64), 12345678901234567890123])
    def test_integers_of_any_length_come_through_as_they_are(self, number: int) -> None:
        assert loads(dumps({"n": number, "text": "1" * 40})) == {"n": number, "text": "1" * 40}

    def test_json_that_is_nested_too_deeply_is_refused_with_and_without_long_numbers(self) -> None:
        for inner in (b"1", b"1" * 30):
            with pytest.raises(ValueError, match="nested too deeply"):
                loads(b"[" * 20_000 + inner + b"]" * 20_000)
