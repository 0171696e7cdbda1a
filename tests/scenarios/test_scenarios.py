"""Every scenario that is shipped: it is declared well, it happens, and nobody is blamed for what it sends."""

import re
from pathlib import Path

import pytest
from scene import RightClient, Scene, script, silence, voice

from harness.errors import UsageError
from harness.scenarios.scenario import Scenario, all_scenarios, load, names

FIELD_PROBLEMS = Path(__file__).parents[2] / ".." / "shared" / "FIELD-PROBLEMS.md"


@pytest.mark.skipif(not FIELD_PROBLEMS.exists(), reason="the field problems are not in this checkout")
def test_every_scenario_of_the_field_problems_is_shipped() -> None:
    listed = FIELD_PROBLEMS.read_text().partition("## 6. Mock scenarios worth shipping")[2].splitlines()[1]
    wanted = {name.partition("(")[0] for name in re.sub(r"\([^)]*\)", "", listed).rstrip(".").split(", ")}
    assert len(wanted) > 55
    assert wanted <= set(names())


@pytest.mark.parametrize("one", list(all_scenarios()), ids=lambda one: one.name)
def test_a_scenario_says_what_happens_and_what_a_right_client_does(one: Scenario) -> None:
    assert one.what.endswith(".") and one.client.endswith(".") and one.source
    assert "$" not in one.what + one.client


@pytest.mark.parametrize("dialect", ["openai-ga", "openai-beta"])
@pytest.mark.parametrize("name", names())
def test_a_client_that_does_everything_right_is_never_blamed_nor_are_we(name: str, dialect: str) -> None:
    client = RightClient(script(dialect=dialect), scenario=load(name))
    client.live(12_000)
    report = client.finish()
    wrong = [f"{f.code} {f.subject} {f.message}" for f in report.findings if f.severity == "error"]
    assert [one for one in wrong if "harness" in one] == []
    assert client.broken == []
    assert wrong == []
    ours = [f"{f.code} {f.message}" for f in report.findings if f.subject == "harness"]
    assert ours == []


SPOKEN = [name for name in names() if load(name).provoke.startswith("Speak")]


@pytest.mark.parametrize("dialect", ["openai-ga", "openai-beta"])
@pytest.mark.parametrize("name", SPOKEN)
def test_a_client_that_speaks_is_served_and_we_are_not_blamed(name: str, dialect: str) -> None:
    client = Scene(script(dialect=dialect), scenario=load(name))
    for _ in range(2):
        client + 50 >> voice(600)
        client + 50 >> silence(800)
        client >> {"type": "input_audio_buffer.commit"} if name == "manual-turn" else client
        client + 4_000
    assert "input_audio_buffer.committed" in client.types() or name == "never-stopped"
    ours = [f"{f.code} {f.message}" for f in client.finish().findings if f.subject == "harness"]
    assert ours == []


@pytest.mark.parametrize("name", ["late-transcript ms=900", "no-transcript", "transcript-failed"])
def test_transcripts_of_the_user_are_what_the_scenario_says(name: str) -> None:
    client = Scene(script(), scenario=load(name))
    transcription = {"audio": {"input": {"transcription": {"model": "whisper-1"}}}}
    client >> {"type": "session.update", "session": {"type": "realtime", **transcription}}
    client + 50 >> voice(600)
    client + 50 >> silence(800)
    client + 5_000
    types = client.types()
    completed, failed = (f"conversation.item.input_audio_transcription.{end}" for end in ("completed", "failed"))
    assert (completed in types) == name.startswith("late")
    assert (failed in types) == (name == "transcript-failed")
    if completed in types:
        assert types.index(completed) > types.index("response.done")


def test_a_client_that_speaks_meets_barge_in() -> None:
    client = Scene(script(), scenario=load("barge-in"))
    client >> {"type": "response.create"}
    client + 600 >> voice(400)
    client + 100 >> silence(400)
    client + 5_000
    assert "cancelled" in [event["response"]["status"] for _, event in client.got if event["type"] == "response.done"]
    client.finish()
    assert client.broken == [
        "the client sent `conversation.item.truncate` not at all after `response.done`; expected was once"
    ]


def asked_twice(name: str) -> Scene:
    client = Scene(script(), scenario=load(name))
    client + 100 >> {"type": "response.create"}
    client + 300 >> {"type": "response.create"}
    client + 8_000
    return client


def test_who_asks_into_a_response_is_told_by_collision() -> None:
    client = asked_twice("collision")
    assert client.broken == ["the client sent `response.create` after `response.created` and before `response.done`"]
    assert [event["error"]["code"] for _, event in client.got if event["type"] == "error"] == [
        "conversation_already_has_active_response"
    ]


def test_who_asks_again_is_told_by_late_created() -> None:
    client = asked_twice("late-created ms=2000")
    assert client.when("response.created") >= 2_000
    assert client.broken == ["the client sent `response.create` after `response.create` and before `response.created`"]


def test_one_request_for_three_results_is_right_and_three_are_not() -> None:
    client = Scene(script(), scenario=load("parallel-tools"))
    client + 100 >> {"type": "response.create"}
    client + 3_000
    calls = [e["item"]["call_id"] for _, e in client.got if e["type"] == "response.output_item.done"]
    assert len(calls) == 3
    for call in calls:
        item = {"type": "function_call_output", "call_id": call, "output": "1"}
        client >> {"type": "conversation.item.create", "item": item}
        client >> {"type": "response.create"}
    client + 3_000
    refused = [event["error"]["code"] for _, event in client.got if event["type"] == "error"]
    assert refused == ["conversation_already_has_active_response"] * 2


def test_made_calls_name_a_function_that_the_client_has() -> None:
    client = RightClient(script(), scenario=load("tool-round"))
    client.live(6_000)
    call = next(event["item"] for _, event in client.got if event["type"] == "response.output_item.done")
    assert (call["name"], call["arguments"]) == ("look_up", '{"word":"example"}')
    assert client.types().count("response.done") == 2


def test_who_breaks_off_before_the_end_is_told() -> None:
    client = Scene(script(), scenario=load("multi-item"))
    client + 100 >> {"type": "response.create"}
    client + 10
    client.finish(left_badly=True)
    assert client.broken == ["the client left before `response.done`"]


def test_a_parameter_fills_the_scenario_and_a_strange_one_is_refused() -> None:
    assert load("late-created ms=70").faults[0].options == {"ms": 70}
    assert load("late-created ms=70").what == "Begins a response only after 70 ms."
    with pytest.raises(UsageError, match="does not know s; it has ms=3000"):
        load("late-created s=7")
    with pytest.raises(UsageError, match=r"there is no scenario nonsense.*--scenario list"):
        load("nonsense")
