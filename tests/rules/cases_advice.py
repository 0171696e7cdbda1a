"""Good and bad dialogues for the rules on field problems."""

import field_dialogues as f
import words as w
from cases import ASKED, AUDIO_SESSION, AUDIO_WHOLE, OPENED, WHOLE, Case, c, changed, found, marked, only, s
from cases_items import TOLD
from field_dialogues import CANCEL, CREATED, DONE, stamped

TEXT_ONLY = {"output_modalities": ["text"]}
INCOMPLETE = f.failed("incomplete", reason="max_output_tokens")
STALE = s(*f.pieces(500, 2))
SHORT = w.refused(None)
SHORT["error"]["message"] = "Audio content of 500ms is already shorter than 900ms"


def cut_after(elapsed: float) -> list[f.Step]:
    """Return a truncation so many seconds after the first audio of an answer of two seconds."""
    answer = f.heard(2000)
    steps = [*answer, *c(f.truncate(at=1500)), *s(f.truncated(at=1500))]
    return stamped(steps, *[0.0] * len(answer), elapsed)


def late_output(seconds: float) -> list[f.Step]:
    """Return a call whose output comes so late."""
    at = next(i for i, step in enumerate(f.FOLLOWED) if step.body.get("item", {}).get("type") == "function_call_output")
    return stamped(f.FOLLOWED, *[0.0] * at, seconds)


def silence(seconds: float, code: str) -> list[f.Step]:
    """Return speech that the server stops following while the client goes on sending."""
    steps = [*OPENED, *c(w.append()), *s(w.speech_started()), *found(code, c(w.append()))]
    return stamped(steps, 0, 0.5, 1, 1 + seconds)


def expiring(at_s: float) -> list[f.Step]:
    """Return a session that ends an hour after its beginning, and its last event."""
    session = w.session_created(expires_at=1_789_988_400)
    return stamped([*s(session), *WHOLE[1:]], 0, *[1.0] * 12, at_s)


def slow(seconds: float) -> list[f.Step]:
    """Return an answer that begins so long after it was asked for."""
    at = next(i for i, step in enumerate(WHOLE) if step.body["type"] == CREATED)
    return stamped(WHOLE, *[0.0] * at, seconds)


CASES: dict[str, Case] = {
    "ADV801": Case(
        AUDIO_WHOLE,
        changed(
            [*s(w.session_created(**AUDIO_SESSION)), *c(w.said("Be kind.", "item_s", "system")),
             *s(*w.entered("item_s", None, role="system", content=[{"type": "input_text", "text": "Be kind."}])),
             *c(w.said("Hi", "item_u"), w.create_response()), *s(*w.entered("item_u", "item_s")),
             *s(w.created(**AUDIO_SESSION), *w.text_item("Hello"),
                w.done("resp_1", w.message("Hello"), **AUDIO_SESSION))],
            DONE, "ADV801",
        ),
    ),
    "ADV804": Case(WHOLE, marked(INCOMPLETE, DONE, "ADV804")),
    "ADV805": Case(f.unwritten(f.COMPLETED), marked(f.unwritten(f.FAILED), f.FAILED, "ADV805")),
    "ADV806": Case(WHOLE, f.interrupted(*f.CUT)),
    "ADV811": Case(AUDIO_WHOLE, only(AUDIO_WHOLE, "response.create", "ADV811", response=TEXT_ONLY).bad),
    "ADV812": Case(
        WHOLE, marked([*ASKED, *s(*w.text_response("Hello", "<|audio_text|>"))], "response.output_text.done", "ADV812")
    ),
    "ADV813": Case(
        WHOLE,
        marked(
            [*ASKED, *s(w.created(), *w.text_item("A"), *w.text_item("B", part=w.Part(item="item_2", index=1),
             previous="item_1"), w.done("resp_1", w.message("A"), w.message("B", item="item_2")))],
            DONE, "ADV813",
        ),
    ),
    "ADV814": Case(
        f.TOLD_UPDATE,
        [*OPENED, *found("ADV814 CLI904", c(w.update(modalities=["audio"]))),
         *s(w.refused("unknown_parameter", param="session.modalities"))],
    ),
    "ADV820": Case(
        f.late(),
        marked(marked(f.late(*c(w.cancel()), *s(w.refused("response_cancel_not_active"))), CANCEL, "CLI901"),
               CREATED, "ADV820"),
    ),
    "ADV821": Case(f.mixed(1, 1, 2, 2), marked(f.mixed(1, 2, 1, 2), "response.output_audio.delta", "ADV821", 2)),
    "ADV822": Case(f.interrupted(*f.CUT), marked(f.interrupted(*f.CUT, *STALE), DONE, "ADV822")),
    "ADV823": Case(
        f.automatic(),
        marked(f.automatic(*c(w.create_response()), *f.answer(2, "item_1")), DONE, "ADV823", 1),
    ),
    "ADV824": Case(
        f.committed(*c(w.create_response()), *s(*w.text_response("Hello"))),
        marked(stamped(f.committed(*c(w.append())), 0, 0, 0, 0, 0, 0, 9), "input_audio_buffer.committed", "ADV824"),
    ),
    "ADV830": Case(f.interrupted(*f.CUT), marked(f.interrupted(), DONE, "ADV830")),
    "ADV831": Case(
        [*f.heard(2000), *c(f.truncate(at=1900)), *s(f.truncated(at=1900))],
        [*f.heard(2000), *c(f.truncate(at=500)), *found("ADV831", s(f.truncated(at=500)))],
    ),
    "ADV832": Case(f.echo("No, another one", 900), marked(f.echo("Yes", 900), DONE, "ADV832")),
    "ADV833": Case(f.playing("stopped", "resp_1"), f.playing("stopped", "resp_2")),
    "ADV840": Case(
        f.formats(f.TELEPHONE, f.TELEPHONE), marked(f.formats(w.PCM, f.TELEPHONE), "session.created", "ADV840")
    ),
    "ADV841": Case(
        f.large(1000, False), marked(f.large(1_100_000, False), "conversation.item.added", "ADV841", 2)
    ),
    "ADV850": Case(
        f.untranscribed(w.TRANSCRIPTION), marked(f.untranscribed(None), "input_audio_buffer.committed", "ADV850")
    ),
    "ADV851": Case(
        f.untranscribed(w.TRANSCRIPTION), marked(f.written(w.transcript_completed("Hi")), f.COMPLETED, "ADV851")
    ),
    "ADV852": Case(f.transcribed("Hi", "Yes"), marked(f.transcribed("Hi", "Yes", order="vu"), f.COMPLETED, "ADV852")),
    "ADV853": Case(f.transcribed("Hi", "Yes"), marked(f.transcribed("Hi", ""), f.COMPLETED, "ADV853", 1)),
    "ADV860": Case(WHOLE, marked([*s(w.session_created(**f.DEFAULTS)), *WHOLE[1:]], CREATED, "ADV860")),
    "ADV861": Case(f.UPDATED_BEFORE, marked(f.UPDATING, CREATED, "ADV861")),
    "ADV862": Case(f.TOLD_UPDATE, [*found("ADV862", c(f.UPDATE)), *OPENED, *s(f.UPDATED)]),
    "ADV871": Case(
        f.list_tools(*f.LISTED),
        f.list_tools(*found("ADV871", s(w.event("mcp_list_tools.failed", item_id="item_l"))), *f.LISTED[1:]),
    ),
    "ADV872": Case(
        f.list_tools(*f.LISTED, *f.FIRST_TURN),
        marked(f.list_tools(*f.FIRST_TURN[:4], *f.LISTED[1:], *f.FIRST_TURN[4:], *f.LISTED[:1]), CREATED, "ADV872"),
    ),
    "ADV880": Case(
        f.turns(1000, 1100, 1200, 1300, 1400), marked(f.turns(1000, 2000, 3000, 4000, 5000), DONE, "ADV880", 4)
    ),
    "ADV881": Case(f.interrupted(*f.CUT), marked(f.interrupted(*f.CUT, tokens=10), DONE, "ADV881")),
    "ADV890": Case(
        f.silent_client([*c(w.append()), *f.GOING_ON]), marked(f.silent_client(f.GOING_ON), "error", "ADV890")
    ),
    "CLI944": Case(
        f.beta("text", "audio"), marked(f.beta("audio"), "session.update", "CLI944"), dialect="openai-beta"
    ),
    "CLI946": Case(
        f.out_of_band(*c(w.cancel("resp_1"))), f.out_of_band(*found("CLI946", c(w.cancel())))
    ),
    "CLI947": Case(
        f.FOLLOWED,
        marked(marked([*f.called("incomplete"), *f.AGAIN], "conversation.item.create", "CLI947", 1), DONE, "ADV804"),
    ),
    "CLI948": Case(
        TOLD, marked([*AUDIO_WHOLE, *c(f.truncate(at=900)), *s(SHORT)], "conversation.item.truncate", "CLI948")
    ),
    "CLI949": Case(cut_after(1.5), marked(cut_after(9.0), "conversation.item.truncate", "CLI949")),
    "CLI951": Case(f.uncut(True), marked(f.uncut(False), CANCEL, "CLI951")),
    "CLI952": Case(f.appended(b""), marked(f.appended(b"RIFF"), "input_audio_buffer.append", "CLI952")),
    "CLI953": Case(
        TOLD,
        [*OPENED, *found("CLI953", c(f.UPDATE)), *s(w.refused("string_above_max_length", param="session.tools"))],
    ),
    "CLI954": Case(
        [*f.DELETED, *found("CAU521", c(f.ELSEWHERE))], [*f.DELETED, *found("CLI954 CAU521", c(w.said("Hi", "item_u")))]
    ),
    "CLI955": Case(f.large(1000), marked(f.large(300_000), "conversation.item.create", "CLI955", 1)),
    "CLI956": Case(
        f.FOLLOWED,
        [*OPENED,
         *found("CLI956", c(w.create_response(input=[{"type": "function_call_output", "call_id": "call_1",
                                                      "output": "5"}]))),
         *s(w.refused("invalid_tool_call_id"))],
    ),
    "CLI957": Case(
        f.HISTORY,
        [*OPENED, *found("CLI957", c(f.message("input_text"))), *s(w.refused("invalid_value", param="item."))],
    ),
    "CNT439": Case(WHOLE, only(WHOLE, DONE, "CNT439", response__usage=f.usage(0)).bad),
    "CNT475": Case(f.tokens(20, 1000), marked(f.tokens(40, 1000), DONE, "CNT475")),
    "TIM730": Case(f.burst(2), marked(f.burst(0.1), "input_audio_buffer.speech_stopped", "TIM730")),
    "TIM731": Case(slow(1), marked(slow(6), CREATED, "TIM731")),
    "TIM733": Case(f.heard(2000), marked(f.heard(13_000), DONE, "TIM733")),
    "TIM734": Case(expiring(100), marked(expiring(3550), DONE, "TIM734")),
    "TIM735": Case(late_output(1), marked(late_output(12), "conversation.item.create", "TIM735", 1)),
    "DIA640": Case(WHOLE, f.beta("text"), dialect=None),
    "TIM736": Case(silence(5, "ORD311"), silence(30, "TIM736")),
}  # fmt: skip
