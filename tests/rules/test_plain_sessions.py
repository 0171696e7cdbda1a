"""Sessions in which nothing is wrong: nothing may be found, whatever liberty the protocol allows is taken."""

import words as w
from talk import Talk


def test_a_typed_question_and_a_text_answer_are_clean(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << w.text_response("Hel", "lo")
    talk.ends()


def test_a_spoken_question_and_an_audio_answer_are_clean() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening(w.VAD, output_modalities=["audio"]))
    talk.client >> w.append()
    talk.server << w.spoken() << w.created() << w.audio_item("Hel", "lo")
    talk.server << w.done("resp_1", w.message("Hello", kind="output_audio"))
    talk.ends()


def test_a_client_that_owns_the_turn_commits_and_asks(talk: Talk) -> None:
    talk.client >> w.update(**w.listening(None))
    talk.server << w.session_updated(**w.listening(None))
    talk.client >> w.append() >> w.commit() >> w.create_response()
    talk.server << w.committed() << w.heard() << w.text_response("Yes")
    talk.ends()


def test_a_tool_result_may_be_sent_before_the_response_is_done(talk: Talk) -> None:
    call = w.call_response('{"city":', '"Rome"}')
    talk.client >> w.said("Weather?", "item_u") >> w.create_response()
    talk.server << w.entered() << call[:-3]
    talk.client >> w.tool_result()
    talk.server << call[-3:]
    talk.client >> w.create_response()
    output = {"type": "function_call_output", "call_id": "call_1", "output": "12 degrees"}
    second = w.Part("resp_2", "item_2")
    talk.server << [
        w.event("conversation.item.added", previous_item_id="item_1", item={"id": "item_r", **output}),
        w.event("conversation.item.done", previous_item_id="item_1", item={"id": "item_r", **output}),
    ]
    talk.server << w.text_response("12", part=second, previous="item_r")
    talk.ends()


def test_two_output_items_may_interleave(talk: Talk) -> None:
    first, second = w.ONE, w.Part("resp_1", "item_2", 1)
    text, call = w.text_item("Let me ", "look.", part=first), w.call_item("{", "}", part=second, previous="item_1")
    talk.client >> w.said("Weather?", "item_u") >> w.create_response()
    talk.server << w.entered() << w.created()
    talk.server << text[:4] << call[:3] << text[4:6] << call[3:] << text[6:]
    talk.server << w.done("resp_1", w.message("Let me look."), w.call("{}", item="item_2"))
    talk.ends()


def test_an_out_of_band_response_has_no_items_in_the_conversation(talk: Talk) -> None:
    talk.client >> w.create_response(conversation="none")
    talk.server << w.created(conversation_id=None) << w.text_item("aside", mirrored=False)
    talk.server << w.done("resp_1", w.message("aside"), conversation_id=None)
    talk.ends()


def test_an_out_of_band_response_may_go_on_beside_the_default_one(talk: Talk) -> None:
    beside = w.Part("resp_2", "item_2")
    answer = w.text_response("Hello")
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << answer[:5]
    talk.client >> w.create_response(conversation="none")
    talk.server << w.created("resp_2", conversation_id=None) << w.text_item("aside", part=beside, mirrored=False)
    talk.server << answer[5:]
    talk.server << w.done("resp_2", w.message("aside", item="item_2"), conversation_id=None)
    talk.ends()


def test_a_response_may_be_cancelled_before_any_output(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << w.created()
    talk.client >> w.cancel()
    talk.server << w.done(status="cancelled")
    talk.ends()


def test_a_transcription_may_come_before_the_commit() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening({**w.VAD, "create_response": False}, w.TRANSCRIPTION))
    talk.client >> w.append()
    turn = w.spoken()
    talk.server << turn[0] << w.transcript_delta(" Hi") << turn[1:] << w.transcript_completed("Hi")
    talk.ends()


def test_a_transcription_may_come_after_the_answer() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION))
    talk.client >> w.append()
    talk.server << w.spoken() << w.text_response("Hello") << w.transcript_delta(" Hi") << w.transcript_completed("Hi")
    talk.ends()


def test_a_log_of_the_server_alone_is_not_missing_its_requests(talk: Talk) -> None:
    talk.server << w.session_updated() << w.entered() << w.text_response("Hello")
    talk.ends()


def test_a_log_that_starts_in_the_middle_of_a_session_says_so_and_misses_nothing() -> None:
    talk = Talk()
    talk.server << w.session_updated() << w.entered(previous="item_0")
    talk.client >> w.create_response()
    talk.server << w.text_response("Hello")
    talk.ends("LOG190")


def test_a_log_that_starts_in_the_middle_of_a_response_says_so_and_misses_nothing() -> None:
    talk = Talk()
    talk.server << w.text_response("Hel", "lo", "!")[4:]
    talk.client >> w.create_response()
    talk.server << w.text_response("Yes", part=w.Part("resp_2", "item_2"), previous="item_1")
    talk.ends("LOG190")


def test_every_start_of_a_session_is_without_error(talk: Talk) -> None:
    answer = w.text_response("Hel", "lo")
    for length in range(len(answer) + 1):
        cut = Talk()
        cut.server << w.session_created()
        cut.client >> w.said("Hi", "item_u") >> w.create_response()
        cut.server << w.entered() << answer[:length]
        assert cut.finish().verdict in ("clean", "notes"), length


def test_every_end_of_a_session_is_without_error() -> None:
    answer = w.text_response("Hel", "lo")
    for start in range(len(answer)):
        cut = Talk()
        cut.server << answer[start:]
        cut.client >> w.create_response()
        cut.server << w.text_response("Yes", part=w.Part("resp_2", "item_2"), previous="item_1")
        report = cut.finish()
        assert report.verdict in ("clean", "notes"), (start, report.findings)
