"""What operators make: one change, the rest shared."""

from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import fields, put, without
from benchmarks.mutation.operators import operators


def test_a_change_deep_in_a_body_shares_everything_beside_its_way():
    body = {"a": {"b": [1, {"c": 2}]}, "d": {"e": 3}}

    changed = put(body, ("a", "b", 1, "c"), 7)

    assert changed == {"a": {"b": [1, {"c": 7}]}, "d": {"e": 3}}
    assert changed["d"] is body["d"]
    assert body["a"]["b"][1]["c"] == 2


def test_a_field_is_taken_out_of_a_copy():
    body = {"a": [{"b": 1, "c": 2}]}

    assert without(body, ("a", 0, "b")) == {"a": [{"c": 2}]}
    assert body == {"a": [{"b": 1, "c": 2}]}


def test_the_type_of_an_event_is_not_among_its_fields_but_that_of_its_item_is():
    assert list(fields({"type": "x", "item": {"type": "message"}})) == [("item",), ("item", "type")]


def test_every_operator_applies_somewhere_and_numbers_its_events_by_index(logs: dict[str, Log]):
    idle = []
    for operator in operators():
        drafts = (operator.edit(log, at) for log in logs.values() for at in range(len(log.events)))
        draft = next((one for one in drafts if one is not None), None)
        if draft is None:
            idle.append(operator.name)
            continue
        assert [event.seq for event in draft.events] == list(range(len(draft.events))), operator.name
    assert idle == ["error.event_id altered"]  # no recorded session holds an error


def test_no_operator_leaves_a_session_as_it_was(logs: dict[str, Log]):
    log = logs["openai_ws__message_history_seeding"]
    for operator in operators():
        for at in range(len(log.events)):
            draft = operator.edit(log, at)
            if draft is not None and not draft.text:
                before = [(event.side, event.at_ns, event.body) for event in log.events]
                after = [(event.side, event.at_ns, event.body) for event in draft.events]
                assert before != after or draft.equivalent == "no change", (operator.name, at)
