"""A secret that comes in pieces is found as well, and the pieces still add up."""

import json
from collections.abc import Iterator
from itertools import pairwise

from entry_makers import made
from hypothesis import given
from hypothesis import strategies as st

from harness.logs.redact import MOST_HELD, REDACTED, Redactor
from harness.model import JSON, Entry

KEY = "sk-proj-AbCdEf0123456789_xyz"
SECRET = "alice@example.com"


def body(entry: Entry) -> dict[str, JSON]:
    assert isinstance(entry.content, dict)
    return entry.content


def delta(text: str, item: str = "item_1", kind: str = "response.output_text", **more: JSON) -> Entry:
    return made({"type": f"{kind}.delta", "response_id": "resp_1", "item_id": item, "delta": text, **more})


def done(text: str, item: str = "item_1", **more: JSON) -> Entry:
    return made({"type": "response.output_text.done", "response_id": "resp_1", "item_id": item, "text": text, **more})


def redacted(*entries: Entry) -> list[dict[str, JSON]]:
    found = [body(entry) for entry in Redactor([SECRET]).entries(entries)]
    assert [one["type"] for one in found] == [body(entry)["type"] for entry in entries]
    return found


def test_a_secret_cut_by_deltas_goes_and_stands_where_it_began() -> None:
    found = redacted(delta("Mail ali"), delta("ce@example"), delta(".com now"), done(f"Mail {SECRET} now"))
    assert [one["delta"] for one in found[:3]] == [f"Mail {REDACTED}", "", " now"]
    assert found[3]["text"] == f"Mail {REDACTED} now"


words = st.lists(st.sampled_from([SECRET, KEY, " ", "a", "is", "Bearer 0123456789", "risk-averse", "", "api_key="]))


@given(words.map(" ".join), st.data())
def test_however_a_text_is_cut_its_pieces_add_up_to_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    found = redacted(*map(delta, pieces), done(text))
    whole = found[-1]["text"]
    assert "".join(str(one["delta"]) for one in found[:-1]) == whole
    assert isinstance(whole, str)
    assert SECRET not in whole and KEY not in whole


def test_two_texts_that_come_at_once_are_two_texts() -> None:
    found = redacted(
        delta("alice@", "item_1"), delta("alice@", "item_2"), delta("x", "item_1"), delta(SECRET[6:], "item_2")
    )
    assert [one["delta"] for one in found] == ["alice@", REDACTED, "x", ""]


def test_the_arguments_of_a_call_are_a_text_too() -> None:
    kind = "response.function_call_arguments"
    found = redacted(delta('{"api_key": "ab', kind=kind), delta('cd"}', kind=kind))
    assert [one["delta"] for one in found] == [f'{{"api_key": "{REDACTED}', '"}']


def test_the_probabilities_of_tokens_that_spell_a_secret_go_with_it() -> None:
    tokens: JSON = [{"token": "ali", "logprob": -0.1}]
    found = redacted(
        delta("Mail", logprobs=tokens), delta("ali", logprobs=tokens), delta("ce@example.com"),
        done(SECRET, logprobs=tokens),
    )  # fmt: skip
    assert [one.get("logprobs") for one in found] == [tokens, None, None, None]


def test_entries_are_passed_on_when_their_text_has_ended() -> None:
    def live() -> Iterator[Entry]:
        yield delta("Hey")
        yield done("Hey")
        raise AssertionError("more was read than was needed")

    found = Redactor([SECRET]).entries(live())
    assert [body(next(found))["type"] for _ in range(2)] == ["response.output_text.delta", "response.output_text.done"]


def test_the_end_of_a_response_ends_its_texts() -> None:
    def live() -> Iterator[Entry]:
        yield delta("Hey")
        yield made({"type": "response.done", "response": {"id": "resp_1"}})
        raise AssertionError("more was read than was needed")

    found = Redactor([SECRET]).entries(live())
    assert [json.dumps(body(next(found))["type"]) for _ in range(2)]


def test_a_text_that_never_ends_is_not_held_for_ever() -> None:
    def endless() -> Iterator[Entry]:
        for _ in range(MOST_HELD):
            yield delta("Hey ")
        raise AssertionError("everything was read before anything was yielded")

    found = Redactor([SECRET]).entries(endless())
    assert [body(next(found))["delta"] for _ in range(MOST_HELD)] == ["Hey "] * MOST_HELD
