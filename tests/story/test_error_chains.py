"""Which of the client's events caused which error, and how sure that is."""

import pytest
from made_up import Writer
from stories import line_of, refuse, said, story_of

from harness.story.errors import Chain


def only(writer: Writer) -> Chain:
    (chain,) = story_of(writer).errors
    return chain


def cause(writer: Writer) -> tuple[str, int] | None:
    chain = only(writer)
    return None if chain.cause is None else (chain.cause.type, chain.cause.place.line)


def test_an_event_id_names_the_cause_for_certain() -> None:
    writer = Writer().opening()
    writer.client("response.create", event_id="evt_mine")
    writer.client("conversation.item.delete", item_id="item_none", event_id="evt_other")
    refuse(writer, code="anything", event_id="evt_mine", message="No.")
    assert cause(writer) == ("response.create", line_of(writer, "response.create"))
    assert only(writer).certainty == "certain"


def test_an_event_id_that_is_not_in_the_log_names_nothing() -> None:
    writer = refuse(Writer().opening(), event_id="evt_lost", message="No.")
    assert cause(writer) is None and "evt_lost, which is not in the log" in only(writer).how


def test_a_code_names_the_kind_of_event_and_the_open_one_is_meant() -> None:
    writer = Writer().opening()
    writer.client("conversation.item.create", item={"type": "message", "role": "user", "content": []})
    writer.client("response.cancel")
    refuse(writer, code="response_cancel_not_active", message="Cancellation failed: no active response found")
    assert cause(writer) == ("response.cancel", line_of(writer, "response.cancel"))
    assert only(writer).certainty == "likely"
    assert only(writer).known is not None


def test_what_was_answered_is_no_cause() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    writer.client("response.create")
    refuse(writer, code="conversation_already_has_active_response", message="Wait until the response is finished.")
    assert cause(writer) == ("response.create", line_of(writer, "response.create", 1))


def test_an_id_in_the_message_decides_among_several() -> None:
    writer = Writer().opening()
    for item in ("item_first", "item_second"):
        writer.client("conversation.item.delete", item_id=item)
    refuse(writer, code="item_delete_invalid_item_id", message="Item with item_id=item_second not found.")
    assert cause(writer) == ("conversation.item.delete", line_of(writer, "conversation.item.delete", 1))
    assert only(writer).certainty == "likely"


def test_of_several_that_fit_the_first_is_only_possible() -> None:
    writer = Writer().opening()
    for item in ("item_first", "item_second"):
        writer.client("conversation.item.delete", item_id=item)
    refuse(writer, code="item_delete_invalid_item_id", message="Item not found.")
    assert cause(writer) == ("conversation.item.delete", line_of(writer, "conversation.item.delete"))
    assert (only(writer).certainty, "first of 2" in only(writer).how) == ("possible", True)


def test_two_errors_have_two_causes() -> None:
    writer = Writer().opening()
    for item in ("item_first", "item_second"):
        writer.client("conversation.item.delete", item_id=item)
    for _ in range(2):
        refuse(writer, code="item_delete_invalid_item_id", message="Item not found.")
    causes = [chain.cause.body["item_id"] for chain in story_of(writer).errors if chain.cause is not None]
    assert causes == ["item_first", "item_second"]


def test_a_parameter_names_the_kind_of_event() -> None:
    writer = Writer().opening()
    writer.lines.pop()
    refuse(writer, code="invalid_value", param="session.audio.output.voice", message="Invalid voice.")
    assert cause(writer) == ("session.update", line_of(writer, "session.update"))


def test_a_type_in_the_message_names_the_event() -> None:
    writer = Writer().opening()
    writer.client("session.upgrade")
    writer.client("conversation.item.delete", item_id="item_x")
    refuse(writer, code="unknown_value", message="Invalid value: 'session.upgrade'.")
    assert cause(writer) == ("session.upgrade", line_of(writer, "session.upgrade"))


def test_with_nothing_but_the_order_the_last_open_event_is_possible() -> None:
    writer = Writer().opening()
    writer.client("conversation.item.delete", item_id="item_x")
    refuse(writer, message="Something is wrong.")
    assert cause(writer) == ("conversation.item.delete", line_of(writer, "conversation.item.delete"))
    assert only(writer).certainty == "possible"


def test_when_everything_was_answered_nothing_is_blamed() -> None:
    writer = refuse(Writer().opening().typed("Hello?", "Hi."), message="Something is wrong.")
    assert cause(writer) is None and "was answered" in only(writer).how


@pytest.mark.parametrize("code", ["session_expired", "server_error"])
def test_what_comes_by_itself_has_no_cause(code: str) -> None:
    writer = Writer().opening()
    writer.client("conversation.item.delete", item_id="item_x")
    assert cause(refuse(writer, code=code, message="It is over.")) is None


def test_without_the_clients_side_the_kind_of_event_is_still_told() -> None:
    writer = Writer().opening()
    writer.lines = [line for line in writer.lines if line.side == "server"]
    refuse(writer, code="input_audio_buffer_commit_empty", message="buffer is empty")
    assert cause(writer) is None
    assert "is about input_audio_buffer.commit, and the client's side is not in the log" in only(writer).how


def test_a_response_that_failed_leads_to_what_asked_for_it() -> None:
    writer = Writer().opening().typed("Hello?", "Hi.")
    done = next(line for line in writer.lines if line.body["type"] == "response.done")
    error = {"type": "server_error", "code": "rate_limit_exceeded", "message": "Slow down."}
    done.body["response"] |= {"status": "failed", "status_details": {"type": "failed", "error": error}}
    assert cause(writer) == ("response.create", line_of(writer, "response.create"))
    assert only(writer).code == "rate_limit_exceeded"
    assert "Slow down." in said(writer, "error") and "`response.create`" in said(writer, "error")


def test_a_session_without_errors_says_so() -> None:
    assert said(Writer().opening(), "error") == "There is no error in the log."
