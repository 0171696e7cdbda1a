"""What each fault does to the events of a plain conversation."""

import base64

import pytest
from scene import Scene, script

from harness.errors import UsageError
from harness.replay.actions import Close
from harness.scenarios.acts import Binary, Cut, Drop
from harness.scenarios.deeds import DEEDS, REFUSALS
from harness.scenarios.fault import parse

CREATED, DONE = "response.created", "response.done"
DELTA = "response.output_audio_transcript.delta"


def asked(*faults: str, wait_ms: float = 3_000) -> Scene:
    """Return a conversation of one request, with these faults."""
    scene = Scene(script(), faults)
    scene + 100 >> {"type": "response.create", "event_id": "mine"}
    return scene + wait_ms


def texts(scene: Scene) -> str:
    return "".join(event["delta"] for _, event in scene.got if event["type"] == DELTA)


@pytest.fixture(scope="module")
def plain() -> Scene:
    return asked()


def test_without_faults_nothing_is_different(plain: Scene) -> None:
    assert plain.types()[-1] == DONE
    assert plain.finish().verdict in ("clean", "notes")


def test_delay_holds_back_an_event_and_all_behind_it(plain: Scene) -> None:
    scene = asked(f"delay on={CREATED} ms=700")
    assert scene.types() == plain.types()
    assert scene.when(CREATED) == 800 and scene.when(DONE) >= 800


def test_late_lets_the_others_pass(plain: Scene) -> None:
    scene = asked(f"late on={CREATED} ms=700")
    assert sorted(scene.types()) == sorted(plain.types())
    assert scene.types()[-1] == CREATED


def test_duplicate_tells_it_again_under_the_same_id(plain: Scene) -> None:
    scene = asked(f"duplicate on={DELTA} nth=2 times=3")
    ids = [event["event_id"] for _, event in scene.got]
    assert len(scene.got) == len(plain.got) + 2
    assert len(set(ids)) == len(plain.got)


def test_drop_and_swap_and_behind_change_which_comes_when(plain: Scene) -> None:
    assert asked(f"drop on={DONE}").types() == plain.types()[:-1]
    swapped = asked(f"swap on={CREATED}").types()
    at = plain.types().index(CREATED)
    assert swapped[at : at + 2] == plain.types()[at : at + 2][::-1]
    pieces = [event["delta"] for _, event in plain.got if event["type"] == DELTA]
    late = [event["delta"] for _, event in asked(f"behind on={DELTA} nth=1-2").got if event["type"] == DELTA]
    assert late == [pieces[1], pieces[0], *pieces[2:]]


def test_a_stall_is_silence_for_ever_or_for_a_while(plain: Scene) -> None:
    assert DONE not in asked(f"stall on={CREATED}").types()
    assert asked(f"stall on={CREATED} ms=900").when(DONE) >= 1_000


@pytest.mark.parametrize("fault", ["close", "disconnect", "cut"])
def test_the_connection_ends_in_three_ways(fault: str) -> None:
    scene = asked(f"{fault} on={DELTA} nth=2" + " code=4001 reason=enough" * (fault == "close"))
    end = next(act for act in scene.acts if isinstance(act, Close | Drop | Cut))
    assert {"close": Close, "disconnect": Drop, "cut": Cut}[fault] is type(end)
    if isinstance(end, Close):
        assert (end.code, end.reason) == (4001, "enough")
    assert DONE not in scene.types()


def test_what_is_malformed_is_half_of_what_it_was(plain: Scene) -> None:
    scene = asked(f"garble on={DELTA} nth=1", f"binary on={DELTA} nth=2")
    assert len(scene.got) == len(plain.got) - 1
    assert [type(act) for act in scene.acts if isinstance(act, Binary)] == [Binary]


def test_a_padded_event_is_as_large_as_was_asked() -> None:
    scene = asked(f"pad on={DONE} kb=50")
    assert len(scene.got[-1][1]["padding"]) == 50 * 1024


def test_an_inserted_event_can_name_what_the_other_was_about() -> None:
    event = '{"type":"x.note","about":"$response.id","again":["$type"]}'
    scene = asked(f"insert on={CREATED} event='{event}'")
    at = scene.types().index("x.note")
    created, note = scene.got[at - 1][1], scene.got[at][1]
    assert (note["about"], note["again"]) == (created["response"]["id"], [CREATED])
    assert note["event_id"] != created["event_id"]


def test_fields_are_set_and_taken_away_where_they_are() -> None:
    scene = asked(
        """set on=session.created fields='{"session.model":"m","session.nowhere.at":1}'""",
        """unset on=response.created fields='["response.object"]'""",
    )
    session = scene.got[0][1]["session"]
    assert session["model"] == "m" and "nowhere" not in session
    created = next(event for _, event in scene.got if event["type"] == CREATED)
    assert "object" not in created["response"] and created["response"]["id"]


def test_nulls_and_minimal_keep_what_says_what_an_event_is_about(plain: Scene) -> None:
    nulled, least = asked("nulls on=* nth=*"), asked("minimal on=* nth=*")
    for scene in (nulled, least):
        assert scene.types() == plain.types()
        assert texts(scene) == texts(plain)
    done = {scene: scene.got[-1][1]["response"] for scene in (plain, nulled, least)}
    assert done[nulled]["usage"] is None and "usage" not in done[least]
    assert done[nulled]["status"] == done[least]["status"] == "completed"


@pytest.mark.parametrize("fault", ["nulls on=* nth=*", "minimal on=* nth=*", "extra on=* nth=*"])
def test_what_is_left_of_an_event_keeps_to_its_schema(fault: str) -> None:
    scene = asked(fault)
    for _, event in scene.got:
        faults = scene.validators.check("server", event["type"], event)
        assert [one.message for one in faults] == []


def test_audio_that_is_split_within_samples_is_whole_over_all_pieces(plain: Scene) -> None:
    def audio(scene: Scene) -> list[bytes]:
        deltas = (event["delta"] for _, event in scene.got if event["type"] == "response.output_audio.delta")
        return [base64.b64decode(delta) for delta in deltas]

    split = asked("split-sample on=response.output_audio.delta nth=*")
    assert all(len(piece) % 2 for piece in audio(split))
    whole, pieces = b"".join(audio(plain)), b"".join(audio(split))
    assert whole.startswith(pieces) and len(whole) - len(pieces) <= 1


def test_cumulated_deltas_hold_everything_so_far(plain: Scene) -> None:
    scene = asked(f"cumulate on={DELTA} nth=*")
    assert [event["delta"] for _, event in scene.got if event["type"] == DELTA][-1] == texts(plain)


def test_a_refused_request_gets_the_error_with_its_event_id_and_nothing_else() -> None:
    scene = asked("refuse on=response.create code=invalid_value message='No.' param=response")
    error = next(event["error"] for _, event in scene.got if event["type"] == "error")
    assert (error["code"], error["message"], error["param"], error["event_id"]) == (
        "invalid_value",
        "No.",
        "response",
        "mine",
    )
    assert CREATED not in scene.types()


def test_a_request_can_be_ignored_or_heard_late() -> None:
    assert CREATED not in asked("ignore on=response.create").types()
    assert asked("hear-late on=response.create ms=800").when(CREATED) == 900


def test_a_client_event_can_end_the_connection() -> None:
    scene = asked("close on=response.create code=1008 reason=policy")
    assert not scene.is_open and CREATED not in scene.types()


def test_several_faults_add_up() -> None:
    scene = asked(f"delay on={CREATED} ms=300", f"""set on={CREATED} fields='{{"response.object":"x"}}'""")
    assert scene.when(CREATED) == 400
    assert next(event for _, event in scene.got if event["type"] == CREATED)["response"]["object"] == "x"


def test_a_fault_can_be_for_events_with_certain_values_only() -> None:
    scene = asked(f"""drop on={DONE} where='{{"response.status":"cancelled"}}'""")
    assert scene.types()[-1] == DONE


def test_a_fault_by_chance_happens_at_some_events(plain: Scene) -> None:
    assert asked(f"drop on={DELTA} nth=* chance=0.1").types() == plain.types()  # the scene always draws 0.2
    assert DELTA not in asked(f"drop on={DELTA} nth=* chance=0.3").types()


def test_names_of_either_generation_are_understood() -> None:
    scene = Scene(script(dialect="openai-beta"), ["drop on=response.output_audio.delta nth=*"])
    scene + 100 >> {"type": "response.create"}
    scene + 2_000
    assert "response.audio.delta" not in scene.types() and DONE in scene.types()


ANYTHING = [*(f"{do} on=response.done nth=*" for do in DEEDS), *(f"{do} on=* nth=*" for do in REFUSALS)]


@pytest.mark.parametrize("text", ANYTHING)
def test_nobody_is_blamed_for_what_a_fault_sends(text: str) -> None:
    report = asked(text).finish()
    assert [finding.message for finding in report.findings if finding.subject in ("harness", "server")] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("explode on=x", "there is no fault `explode`; there are behind, binary"),
        ("drop", "say at which events"),
        ("drop response.done", "'response.done' is not of the form key=value"),
        ("drop on=x nth=soon", "nth is to be N, N-M, N- or"),
        ("drop on=x chance=often", "chance is to be a number"),
        ("drop on=x where=3", "where is to be an object"),
        ("drop 'on=x", "is no fault"),
        ("delay on=x ms=soon", "ms is to be a number, not 'soon'"),
        ("close on=x code=away", "code is to be a number, not 'away'"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_what_there_is(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        parse(text)
