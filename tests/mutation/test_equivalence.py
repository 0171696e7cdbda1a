"""Which damage cannot be told from a good session: computed, and here compared with what is known of the wire."""

from benchmarks.mutation import equivalence
from benchmarks.mutation.logs import Log

SESSION = "openai_ws__audio_in_server_vad_turn"


def _at(log: Log, kind: str, nth: int = 0) -> int:
    return [index for index, event in enumerate(log.events) if event.type == kind][nth]


def test_pieces_of_the_same_text_may_not_change_places(logs: dict[str, Log]):
    log = logs[SESSION]
    first, second = (_at(log, "response.output_audio_transcript.delta", n) for n in (0, 1))

    assert log.structure.depend(first, second)


def test_audio_and_its_transcript_may_change_places(logs: dict[str, Log]):
    log = logs[SESSION]
    audio, text = _at(log, "response.output_audio.delta"), _at(log, "response.output_audio_transcript.delta", 3)

    assert not log.structure.depend(text, audio)


def test_an_event_depends_on_what_opens_the_things_around_it(logs: dict[str, Log]):
    log = logs[SESSION]
    delta = _at(log, "response.output_audio_transcript.delta", 5)

    for kind in ("response.created", "response.output_item.added", "response.content_part.added"):
        assert log.structure.depend(_at(log, kind), delta), kind


def test_answers_to_two_requests_come_in_the_order_of_the_requests(logs: dict[str, Log]):
    log = logs["openai_ws__message_history_seeding"]
    added, created = _at(log, "conversation.item.added", 2), _at(log, "response.created")

    assert log.structure.depend(added, created)


def test_a_lost_text_delta_must_be_found_and_a_lost_audio_delta_cannot(logs: dict[str, Log]):
    log = logs[SESSION]

    assert equivalence.dropped(log, _at(log, "response.output_audio_transcript.delta")) == ""
    assert equivalence.dropped(log, _at(log, "response.output_audio.delta")) == equivalence.UNCHECKED


def test_rate_limits_are_optional(logs: dict[str, Log]):
    log = logs["seed"]

    assert equivalence.dropped(log, _at(log, "rate_limits.updated")) == equivalence.OPTIONAL


def test_an_answer_that_was_asked_for_is_not_optional(logs: dict[str, Log]):
    for log in logs.values():
        for at, event in enumerate(log.events):
            if event.type == "session.updated":
                assert equivalence.dropped(log, at) == "", log.name


def test_a_log_may_end_behind_the_answer_but_not_within_it(logs: dict[str, Log]):
    log = logs["azure_ws__text_in_audio_out_turn"]

    assert equivalence.cut(log, _at(log, "session.updated") + 1) == equivalence.QUIESCENT
    assert equivalence.cut(log, _at(log, "response.created") + 1) == ""


def test_the_events_around_a_lost_piece_are_the_pieces_next_to_it(logs: dict[str, Log]):
    log = logs[SESSION]
    lost = _at(log, "response.output_audio_transcript.delta", 3)
    before, after = (_at(log, "response.output_audio_transcript.delta", n) for n in (2, 4))

    assert equivalence.around(log, lost) == {before, after - 1}
