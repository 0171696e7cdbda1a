"""An id or an index that does not fit is told as that, at the event that stands alone with it."""

import pytest
import words as w
from talk import Talk, at, blamed, wrong

ANSWER = w.text_response("Hel", "lo", "!")

FOLLOWERS = [
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
]


def asked(talk: Talk) -> Talk:
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered()
    return talk


FIELDS = {"response_id": "bogus_1", "item_id": "bogus_1", "output_index": 7, "content_index": 7}
"""The keys of an event, each with a value that nothing has."""

SHARED = [
    *((kind, field) for kind in FOLLOWERS for field in FIELDS if kind != "response.content_part.added"),
    ("response.content_part.added", "response_id"),
    ("response.content_part.added", "item_id"),
    ("response.content_part.added", "output_index"),
    ("response.content_part.added", "content_index"),
    ("response.output_item.done", "response_id"),
    ("response.output_item.done", "output_index"),
    ("response.output_item.added", "response_id"),
    ("response.output_item.added", "output_index"),
]


@pytest.mark.parametrize(("kind", "field"), SHARED)
def test_a_wrong_key_is_told_where_it_stands_alone(talk: Talk, kind: str, field: str) -> None:
    asked(talk).server << blamed(ANSWER, kind, "IDN201", **{field: FIELDS[field]})
    report = talk.ends()
    assert report.findings[0].pointer == f"/{field}"


@pytest.mark.parametrize("kind", ["response.created", "response.done"])
def test_a_response_with_a_wrong_id_is_told_where_it_stands_alone(talk: Talk, kind: str) -> None:
    index = at(ANSWER, kind)
    response = {**ANSWER[index]["response"], "id": "bogus_1"}
    asked(talk).server << blamed(ANSWER, kind, "IDN201", response=response)
    talk.ends()


@pytest.mark.parametrize(
    "kind",
    [
        "response.output_item.added",
        "conversation.item.added",
        "conversation.item.done",
        "response.output_item.done",
    ],
)
def test_an_item_with_a_wrong_id_is_told_where_it_stands_alone(talk: Talk, kind: str) -> None:
    index = at(ANSWER, kind)
    asked(talk).server << blamed(ANSWER, kind, "IDN201", item={**ANSWER[index]["item"], "id": "bogus_1"})
    talk.ends()


@pytest.mark.parametrize("nth", [0, 1, 2, 3])
def test_a_turn_with_a_wrong_id_is_told_where_it_stands_alone(talk: Talk, nth: int) -> None:
    turn = w.spoken()
    body = turn[nth]
    changed = {**body, "item": {**body["item"], "id": "bogus_1"}} if "item" in body else {**body, "item_id": "bogus_1"}
    talk.client >> w.append()
    talk.server << [*turn[:nth], wrong("IDN201", changed), *turn[nth + 1 :]] << ANSWER
    talk.ends()


def test_a_second_turn_with_a_wrong_id_is_told_there(talk: Talk) -> None:
    talk.client >> w.append()
    talk.server << w.spoken() << ANSWER << w.speech_started("item_v", 2000)
    talk.server << wrong("IDN201", w.speech_stopped("bogus_1", 3000))
    talk.server << w.committed("item_v", "item_1") << w.heard("item_v", "item_1")
    talk.server << w.text_response("Yes", part=w.Part("resp_2", "item_2"), previous="item_v")
    talk.ends()


def test_the_same_event_id_twice_is_told_at_the_second(talk: Talk) -> None:
    first = {**w.created(), "event_id": "event_same"}
    asked(talk).server << first << ANSWER[1:4]
    talk.server << wrong("IDN210", {**ANSWER[4], "event_id": "event_same"}) << ANSWER[5:]
    talk.ends()


def test_a_client_may_use_the_same_event_id_as_the_server(talk: Talk) -> None:
    talk.client >> {**w.said("Hi", "item_u"), "event_id": "event_1"} >> w.create_response()
    talk.server << w.entered() << ANSWER
    talk.ends()


def test_an_unknown_id_in_one_of_two_open_parts_is_one_finding(talk: Talk) -> None:
    second = w.Part("resp_1", "item_2", 1)
    first = w.text_item("Let me ", "look.")
    call = w.call_item("{", "}", part=second, previous="item_1")
    asked(talk).server << w.created() << first[:4] << call[:3]
    talk.server << wrong("IDN201", {**first[4], "item_id": "bogus_1"})
    talk.server << first[5:] << call[3:] << w.done("resp_1", w.message("Let me look."), w.call("{}", item="item_2"))
    talk.ends()
