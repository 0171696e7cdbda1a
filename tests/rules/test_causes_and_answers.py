"""Requests and what they make happen: nothing comes unasked, nothing stays unanswered."""

import pytest
import words as w
from talk import Talk, wrong

ANSWER = w.text_response("Hello")


def test_a_session_update_that_stays_unanswered_is_told_when_a_later_one_is_answered(talk: Talk) -> None:
    talk.client >> w.update() >> w.said("Hi", "item_u")
    talk.server << w.entered()
    talk.client >> w.update()
    talk.server << w.session_updated()
    report = talk.finish()
    assert [one.code for one in report.findings] == ["CAU502"]


def test_a_session_updated_that_nobody_asked_for_is_told(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered() << wrong("CAU501", w.session_updated())
    talk.ends()


@pytest.mark.parametrize(
    "error",
    [
        w.refused("invalid_value", event_id="mine_1"),
        w.refused("cannot_update_voice"),
        w.refused("invalid_value", param="session.voice"),
    ],
    ids=["by its event_id", "by its code", "by its parameter"],
)
def test_an_error_answers_the_request_that_it_refuses(talk: Talk, error: dict[str, object]) -> None:
    talk.client >> {**w.update(), "event_id": "mine_1"} >> w.said("Hi", "item_u")
    talk.server << error << w.entered()
    talk.client >> w.update()
    talk.server << w.session_updated()
    talk.ends()


def test_an_error_that_names_nothing_answers_one_request(talk: Talk) -> None:
    talk.client >> w.update() >> w.said("Hi", "item_u")
    talk.server << w.refused() << w.entered()
    talk.client >> w.update()
    talk.server << w.session_updated()
    talk.ends()


def test_a_refused_response_create_gets_no_response(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << ANSWER[:4]
    talk.client >> w.create_response()
    talk.server << w.refused("conversation_already_has_active_response") << ANSWER[4:]
    talk.ends()


def test_a_response_after_a_refused_request_is_unasked(talk: Talk) -> None:
    talk.client >> {**w.create_response(), "event_id": "mine_1"}
    talk.server << w.refused("invalid_value", event_id="mine_1")
    talk.server << wrong("CAU530", ANSWER[0]) << ANSWER[1:]
    talk.ends("IDN230")


def test_a_response_that_nobody_asked_for_is_told(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered() << wrong("CAU530", ANSWER[0]) << ANSWER[1:]
    talk.ends()


def test_one_request_makes_one_response(talk: Talk) -> None:
    second = w.text_response("Again", part=w.Part("resp_2", "item_2"), previous="item_1")
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << ANSWER << wrong("CAU530", second[0]) << second[1:]
    talk.ends()


def test_a_commit_without_speech_or_request_is_told(talk: Talk) -> None:
    talk.client >> w.append()
    talk.server << wrong("CAU510", w.committed()) << w.heard() << ANSWER
    talk.ends()


def test_a_commit_of_the_client_that_stays_unanswered_is_told_at_the_next_response(talk: Talk) -> None:
    talk.client >> w.append() >> w.commit() >> w.create_response()
    talk.server << wrong("CAU511", ANSWER[0]) << ANSWER[1:]
    report = talk.finish()
    assert "CAU511" in [one.code for one in report.findings]


def test_an_item_from_nowhere_is_told(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered() << wrong("CAU520", w.item_added("item_x", "item_u"))
    talk.server << w.item_done("item_x", "item_u")
    talk.client >> w.create_response()
    talk.server << w.text_response("Hello", previous="item_x")
    talk.ends()


def test_a_turn_that_detection_answers_needs_no_request() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening(w.VAD))
    talk.client >> w.append()
    talk.server << w.spoken() << ANSWER
    talk.ends()


def test_a_turn_that_detection_must_not_answer_makes_its_response_unasked() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening({**w.VAD, "create_response": False}))
    talk.client >> w.append()
    talk.server << w.spoken() << wrong("CAU530", ANSWER[0]) << ANSWER[1:]
    talk.ends()


def test_speech_while_detection_is_off_is_told(talk: Talk) -> None:
    talk.client >> w.update(**w.listening(None)) >> w.append()
    talk.server << w.session_updated(**w.listening(None)) << wrong("CAU512", w.speech_started())
    talk.finish()
    assert [one.code for one in talk.told if one.severity == "error"][:1] == ["CAU512"]


def test_a_deleted_item_needs_a_request_and_gets_one_answer(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered()
    talk.client >> w.event("conversation.item.delete", item_id="item_u")
    talk.server << w.event("conversation.item.deleted", item_id="item_u")
    talk.ends()


def test_a_delete_that_stays_unanswered_is_told(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered()
    talk.client >> w.event("conversation.item.delete", item_id="item_u") >> w.create_response()
    talk.server << w.text_response("Hello", ",", " how", " can", " I", " help", "?")
    report = talk.finish()
    assert [one.code for one in report.findings] == ["CAU506"]


def test_an_item_placed_behind_a_deleted_one_is_told(talk: Talk) -> None:
    talk.client >> w.said("Hi", "item_u")
    talk.server << w.entered()
    talk.client >> w.event("conversation.item.delete", item_id="item_u")
    talk.server << w.event("conversation.item.deleted", item_id="item_u")
    talk.client >> w.said("Ho", "item_v")
    talk.server << wrong("IDN230", w.item_added("item_v", "item_u")) << w.item_done("item_v", "item_u")
    talk.ends()


def test_the_causes_of_a_spoken_turn_lead_from_the_speech_to_the_answer() -> None:
    talk = Talk()
    talk.server << w.session_created(**w.listening(w.VAD))  # 0
    talk.client >> w.append()  # 1
    talk.server << w.spoken()  # 2 started, 3 stopped, 4 committed, 5 added, 6 done
    talk.server << ANSWER  # 7 created, 8 …
    assert talk.causes[:8] == [None, None, 1, 2, 3, 4, 5, 4]
    assert set(talk.causes[8:]) <= {7, 8, 9}
