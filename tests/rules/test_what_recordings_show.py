"""Which problems each recording at hand shows: recorded sessions whole, pasted logs by what comes first."""

from pathlib import Path

import pytest

import harness
from harness.rules.ranking import likely_causes

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / ".." / "shared" / "corpus"

SESSIONS = {
    # Nothing went wrong in these: each was played by a test suite that looked at every answer.
    "azure_voice_live_ws__audio_in_server_vad_turn": [],
    "azure_voice_live_ws__tool_call_round": [],
    "azure_ws__audio_in_server_vad_transcribes": [],
    "azure_ws__message_history_seeding": [],
    "azure_ws__text_in_audio_out_turn": [],
    "azure_ws__tool_call_round": [],
    "gateway_ws__gateway_openai_text_in_audio_out": [],
    "openai_ws__audio_in_server_vad_turn": [],
    "openai_ws__message_history_seeding": [],
    "openai_ws__tool_call_round": [],
    # True: a sideband connection joins a session that has begun.
    "openai_ws_sideband__webrtc_sideband_audio_turn": ["LOG190"],
    "xai_ws__audio_in_server_vad_turn": [],
    "xai_ws__tool_call_round": [],
}
"""The findings of each recorded session; none may be above a note."""

PASTED = {
    # The poster's log ends with transcription set up and nothing said.
    "acs_python_60_aiohttp_wsmessage.txt": {"DIA640"},
    # "Conversation already has an active response in progress".
    "arty_81_vmconsolelog.txt": {"CLI908"},
    # "Input transcription failed", and a failed response that is cut off.
    "console_46_transcription_failed.txt": {"ADV805"},
    # "Why does the user's transcript come after the answer?" It may; order by the chain of items.
    "forum_1131969_webrtc_order.txt": {"ADV851"},
    # "No transcript comes": input_audio_transcription is null in a session that only transcribes.
    "forum_1271510_ios_transcribe.jsonl": {"ADV850"},
    # "Tool call ID not found": the output was put into response.create, without its call.
    "forum_1302944_tool_call_id_not_found.txt": {"CLI956"},
    # "No answer": the paste ends in the middle of the client's next message, so only the item is told.
    "forum_994154_raw_message_out_in.txt": {"CAU521"},
    # A whole answer in text, asked for as text: nothing is wrong with it.
    "liusida_console_log.txt": set(),
    # The description of a tool is too long: the whole session.update was refused.
    "livekit_1183_s2s_error.txt": {"CLI953"},
    # A call in which everything works.
    "omarthinks_messages.json": set(),
    "openai_agents_py_1466_active_response.txt": {"CLI908"},
    # The response failed for a rate limit, which stands in status_details only.
    "openai_python_2502_failed_rate_limit.json": {"ADV802"},
    # Two answers: the client commits and asks although voice activity detection did both already.
    "runllama_3_two_answers.txt": {"CLI901", "CLI908"},
    "session_expired_comment.txt": {"TIM721"},
    # Sent before the session was there, and not answered in what was pasted.
    "twilio_python_21_first_lines.txt": {"ADV862"},
    # "speech_stopped never comes": the session reads pcm16, a telephone sends G.711.
    "twilio_python_6_vad_no_stop.txt": {"ADV840"},
}
"""What must be among the three most useful findings of each pasted log: what was answered in its thread."""

NOT_READ = {"aoai_sdk_146_appservice_double_prefix.txt"}
"""Logs of a program in which no event is quoted."""


def _file(folder: str, name: str) -> Path:
    path = CORPUS / folder / name
    if not path.exists():
        pytest.skip("the recordings are not at hand")
    return path


@pytest.mark.parametrize("name", sorted(SESSIONS))
def test_a_recorded_session_shows_what_is_true_of_it_and_no_more(name: str) -> None:
    findings = harness.check(_file("sessions", f"{name}.yaml")).findings
    assert [one.code for one in findings] == SESSIONS[name]
    assert {one.severity for one in findings} <= {"note"}


@pytest.mark.parametrize("name", sorted(PASTED))
def test_what_was_answered_in_the_thread_is_among_the_three_likeliest(name: str) -> None:
    report = harness.check(_file("pasted", name))
    told = [one.code for one in likely_causes(report.findings)]
    assert PASTED[name] <= set(told), told


@pytest.mark.parametrize("name", ["liusida_console_log.txt", "omarthinks_messages.json"])
def test_a_pasted_log_of_a_session_that_works_has_notes_only(name: str) -> None:
    findings = harness.check(_file("pasted", name)).findings
    assert [one.code for one in findings if one.severity != "note"] == []


def test_every_recording_at_hand_is_in_the_tables() -> None:
    if not CORPUS.exists():
        pytest.skip("the recordings are not at hand")
    assert {path.stem for path in (CORPUS / "sessions").iterdir()} == set(SESSIONS)
    assert {path.name for path in (CORPUS / "pasted").iterdir()} == {*PASTED, *NOT_READ}


def test_the_seed_is_answered_with_its_cause_its_suspect_and_what_else_is_odd() -> None:
    """The question was: it never sends audio, only text."""
    report = harness.check(ROOT / "fixtures" / "sessions" / "seed.yaml")
    by_code = {one.code: one for one in report.findings}
    assert set(by_code) == {"ADV801", "CNT439", "ADV862", "ADV860", "TIM730", "DIA640"}
    assert likely_causes(report.findings)[0].code == "ADV801"
    cause = by_code["ADV801"]
    assert "0 audio tokens" in cause.message
    assert "item_AJHM1oM31BSzIhYHj6w2M, role system" in cause.why
    assert "correlation" in cause.why
    assert [one.place.line for one in cause.witnesses] == [48]
    assert "instructions" in cause.hint
    assert "input_tokens is 0" in by_code["CNT439"].message
    assert "67 ms before `session.created`" in by_code["ADV862"].message
    assert "1568 ms of speech passed in 66 ms: 24 times" in by_code["TIM730"].message
    assert "server_vad 0.5/300/200, voice alloy" in by_code["ADV860"].message
    assert "2026-05-12" in by_code["DIA640"].message


def test_the_seed_tells_how_long_its_answer_took() -> None:
    report = harness.check(ROOT / "fixtures" / "sessions" / "seed.yaml")
    lapses = report.statistics["lapses_ns"]
    assert isinstance(lapses, dict)
    told = {what: round(times["p50"] / 1e6) for what, times in lapses.items() if isinstance(times, dict)}
    assert told["response.created"] == 40
    assert told["response.done"] == 590
