"""Dialogues for the rules on field problems: what is legal, and yet not what anybody wanted."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import words as w
from cases import (
    ASKED,
    AUDIO_ANSWER,
    AUDIO_ASKED,
    AUDIO_OPENED,
    AUDIO_SESSION,
    AUDIO_WHOLE,
    MANUAL,
    OPENED,
    WHOLE,
    Step,
    c,
    changed,
    found,
    s,
)
from cases_items import truncate, truncated

import harness

DONE, CREATED, CANCEL = "response.done", "response.created", "response.cancel"
COMPLETED = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"
DEFAULTS = {"instructions": "Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI."}


def stamped(steps: list[Step], *seconds: float) -> list[Step]:
    """Give events their stamps; those behind the last one keep it."""
    return [step._replace(at_s=seconds[min(at, len(seconds) - 1)]) for at, step in enumerate(steps)]


def pieces(milliseconds: int, count: int = 1) -> list[w.Body]:
    """Return audio of the first answer in so many pieces."""
    audio = b64encode(bytes(48 * milliseconds)).decode()
    return [{**w.audio_delta(), "delta": audio}] * count


def heard(milliseconds: int) -> list[Step]:
    """Return an answer of so much audio."""
    return changed(AUDIO_WHOLE, "response.output_audio.delta", "", **pieces(milliseconds)[0])


def usage(tokens_in: int, audio_out: int = 0, cached: int = 0) -> w.Body:
    """Return what a response cost."""
    inside = {"text_tokens": tokens_in, "audio_tokens": 0, "cached_tokens": cached}
    inside["image_tokens"] = 0
    inside["cached_tokens_details"] = {"text_tokens": cached, "audio_tokens": 0, "image_tokens": 0}
    made = {"text_tokens": 5, "audio_tokens": audio_out}
    whole = {"input_tokens": tokens_in, "output_tokens": 5 + audio_out, "total_tokens": tokens_in + 5 + audio_out}
    return {**whole, "input_token_details": inside, "output_token_details": made}


def answer(number: int, previous: str = "item_u", **fields: Any) -> list[Step]:
    """Return the nth answer in text."""
    part = w.Part(f"resp_{number}", f"item_{number}")
    steps = s(*w.text_response("Hello", part=part, previous=previous))
    return changed(steps, DONE, "", **{f"response__{name}": value for name, value in fields.items()})


def interrupted(*between: Step, tokens: int = 0) -> list[Step]:
    """Return an answer that speech cuts off after its first audio; `between` comes before its end."""
    detection = w.listening(w.VAD, w.TRANSCRIPTION, **AUDIO_SESSION)
    item = {**w.message("Hello", kind="output_audio"), "status": "incomplete"}
    spoken = w.audio_item("Hello")
    ended = {"status": "cancelled", "status_details": TURN}
    closing = [{**one, "item": item} if "item" in one else one for one in spoken[5:]]
    return [
        *s(w.session_created(**detection)),
        *c(w.append()),
        *s(*w.spoken(), w.transcript_completed("Hi there"), w.created(**AUDIO_SESSION), *spoken[:4], *pieces(500)),
        *s(w.speech_started("item_v", 2000)),
        *between,
        *s(*closing),
        *found("ADV806", s(w.done("resp_1", item, **ended, usage=usage(10, tokens), **AUDIO_SESSION))),
        *s(w.speech_stopped("item_v", 2900), w.committed("item_v", "item_1"), *w.heard("item_v", "item_1")),
        *s(w.transcript_completed("Wait a moment", "item_v"), *w.text_response("Yes", part=SECOND, previous="item_v")),
    ]


TURN = {"type": "cancelled", "reason": "turn_detected"}
SECOND = w.Part("resp_2", "item_2")
CUT = [*c(truncate(at=400)), *s(truncated(at=400))]


def echo(said: str, ms: int) -> list[Step]:
    """Return a session in which short speech cuts two answers off before they begin."""
    steps = [*s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION))), *c(w.append()), *s(*w.spoken())]
    steps += s(w.transcript_completed("Tell me a story"))
    previous = "item_u"
    for number in (1, 2):
        item, at = f"item_e{number}", 5000 * number
        steps += s(w.created(f"resp_{number}"), w.speech_started(item, at))
        ended = s(w.done(f"resp_{number}", status="cancelled", status_details=TURN))
        steps += found("ADV806", ended) if number == 1 else ended
        steps += s(w.speech_stopped(item, at + ms), w.committed(item, previous), *w.heard(item, previous))
        steps += s(w.transcript_completed(said, item))
        previous = item
    return [*steps, *answer(3, previous)]


def out_of_band(*within: Step) -> list[Step]:
    """Return a response outside the conversation, with events while it is made."""
    mine = {"conversation_id": None}
    text = [one for one in w.text_item("Hi") if not one["type"].startswith("conversation.item")]
    return [
        *OPENED,
        *c(w.create_response(conversation="none", input=[])),
        *s(w.created(**mine), *text[:3]),
        *within,
        *s(*text[3:], w.done("resp_1", w.message("Hi"), **mine)),
    ]


def late(*between: Step) -> list[Step]:
    """Return an answer that is asked for, with events before it begins."""
    return [*OPENED, *c(w.said("Hi", "item_u"), w.create_response()), *s(*w.entered()), *between, *WHOLE[5:]]


def automatic(*between: Step) -> list[Step]:
    """Return an answer by voice activity detection."""
    return [*OPENED, *c(w.append()), *s(*w.spoken(), *w.text_response("Hello")), *between]


def committed(*after: Step) -> list[Step]:
    """Return a turn that the client commits by itself."""
    audio = b64encode(bytes(9600)).decode()
    return [*MANUAL, *c(w.append(audio), w.commit()), *s(w.committed(), *w.heard()), *after]


def failed(status: str, **fields: Any) -> list[Step]:
    """Return an answer that ends in another way than whole."""
    details = {"type": status, **fields}
    return [*ASKED, *s(w.created(), w.done(status=status, status_details=details))]


def called(status: str) -> list[Step]:
    """Return a call whose response ends so, with its output and the answer to it."""
    item = {**w.call("{}"), "status": "completed" if status == "completed" else "incomplete"}
    details = None if status == "completed" else {"type": status, "reason": "max_output_tokens"}
    steps = [{**one, "item": item} if one["type"].endswith("item.done") else one for one in w.call_response("{}")[:-1]]
    bare = {"role": None, "content": None, "status": None}
    output = {**bare, "type": "function_call_output", "call_id": "call_1", "output": "12 degrees"}
    return [
        *ASKED,
        *s(*steps, w.done("resp_1", item, status=status, status_details=details)),
        *c(w.tool_result()),
        *s(*w.entered("item_o", "item_1", **output)),
    ]


FOLLOWED = [*called("completed"), *c(w.create_response()), *answer(2, "item_o")]
AGAIN = [*c(w.create_response()), *answer(2, "item_o")]


def transcribed(*texts: str, order: str = "uv") -> list[Step]:
    """Return two turns whose transcripts complete in an order."""
    said = dict(zip("uv", texts, strict=True))
    return [
        *s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION))),
        *c(w.append()),
        *s(*w.spoken(), w.created(), w.speech_started("item_v", 2000)),
        *found("ADV806", s(w.done(status="cancelled", status_details=TURN))),
        *s(w.speech_stopped("item_v", 2900), w.committed("item_v", "item_u"), *w.heard("item_v", "item_u")),
        *s(*(w.transcript_completed(said[name], f"item_{name}") for name in order)),
        *answer(2, "item_v"),
    ]


def untranscribed(transcription: w.Body | None) -> list[Step]:
    """Return two turns in a session that writes down, or not."""
    written = [w.transcript_completed("Hello you", f"item_{name}") for name in "uv"] if transcription else []
    return [
        *s(w.session_created(**w.listening(w.VAD, transcription))),
        *c(w.append()),
        *s(*w.spoken(), *written[:1], *w.text_response("Hello")),
        *s(w.speech_started("item_v", 2000), w.speech_stopped("item_v", 2900), w.committed("item_v", "item_1")),
        *s(*w.heard("item_v", "item_1"), *written[1:], *answer_bodies(2, "item_v")),
    ]


def answer_bodies(number: int, previous: str) -> list[w.Body]:
    """Return the bodies of the nth answer."""
    return [step.body for step in answer(number, previous)]


def burst(seconds: float) -> list[Step]:
    """Return two seconds of speech that take so long on the clock."""
    spoken = s(w.speech_started(at=0), w.speech_stopped(at=2000), w.committed(), *w.heard(), *w.text_response("Hello"))
    return stamped([*OPENED, *c(w.append()), *spoken], 0, 0.5, 1, 1 + seconds, 1 + seconds)


def tokens(count: int, milliseconds: int) -> list[Step]:
    """Return an answer of so many tokens of audio, and so much audio."""
    return changed(heard(milliseconds), DONE, "", response__usage=usage(10, count))


def turns(*inputs: int) -> list[Step]:
    """Return a conversation whose responses read so many tokens."""
    steps, previous = [*OPENED], None
    for number, size in enumerate(inputs, 1):
        item = f"item_u{number}"
        steps += [*c(w.said("Hi", item), w.create_response()), *s(*w.entered(item, previous))]
        steps += answer(number, item, usage=usage(size))
        previous = f"item_{number}"
    return steps


def list_tools(*after: Step) -> list[Step]:
    """Return a list of tools that begins, and what comes then."""
    item = {"id": "item_l", "type": "mcp_list_tools", "server_label": "files", "tools": []}
    added = w.event("conversation.item.added", previous_item_id=None, item=item)
    begun = w.event("mcp_list_tools.in_progress", item_id="item_l")
    return [*OPENED, *c(w.event("conversation.item.create", item=item)), *s(added, begun), *after]


LISTED = s(
    w.event("mcp_list_tools.completed", item_id="item_l"),
    w.event(
        "conversation.item.done",
        previous_item_id=None,
        item={"id": "item_l", "type": "mcp_list_tools", "server_label": "files", "tools": []},
    ),
)
FIRST_TURN = [
    *c(w.said("Hi", "item_u"), w.create_response()),
    *s(*w.entered("item_u", "item_l"), *w.text_response("Hi")),
]
UPDATE = w.update(instructions="Be brief.")
UPDATED = w.session_updated(instructions="Be brief.")
TOLD_UPDATE = [*OPENED, *c(UPDATE), *s(UPDATED)]
TELEPHONE = {"type": "audio/pcmu"}


def formats(heard_as: w.Body, spoken_as: w.Body) -> list[Step]:
    """Return a session of these formats."""
    audio = w.listening(w.VAD)["audio"]
    both = {"input": {**audio["input"], "format": heard_as}, "output": {**audio["output"], "format": spoken_as}}
    return s(w.session_created(audio=both))


def appended(head: bytes) -> list[Step]:
    """Return audio that begins so."""
    return [*OPENED, *c(w.append(b64encode(head + bytes(4800)).decode())), *s(*w.spoken(), *w.text_response("Hello"))]


def message(kind: str, role: str = "assistant") -> w.Body:
    """Return the creation of a message with one part of a kind."""
    item = {"id": "item_h", "type": "message", "role": role, "content": [{"type": kind, "text": "Hi"}]}
    return w.event("conversation.item.create", item=item)


SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
HISTORY = [*OPENED, *c(message("output_text")), *s(*w.entered("item_h", None, **SAID))]
DELETED = [
    *WHOLE,
    *c(w.event("conversation.item.delete", item_id="item_u")),
    *s(w.event("conversation.item.deleted", item_id="item_u")),
]
ELSEWHERE = {**w.said("Hi", "item_u"), "previous_item_id": "root"}


def large(size: int, over_webrtc: bool = True) -> list[Step]:
    """Return an item with an image of so many bytes."""
    content = [{"type": "input_image", "image_url": "data:image/png;base64," + "A" * size}]
    item = {"id": "item_u", "type": "message", "role": "user", "content": content}
    playing = s(w.event("output_audio_buffer.started", response_id="resp_1"))
    quiet = [step for step in AUDIO_ANSWER if step.body["type"] != "response.output_audio.delta"]
    picture = {**item, "id": "item_p"}
    if not over_webrtc:
        quiet, playing = AUDIO_ANSWER, []
    return [
        *AUDIO_ASKED,
        *quiet[:4],
        *playing,
        *quiet[4:],
        *c(w.event("conversation.item.create", item=picture)),
        *s(*w.entered("item_p", "item_1", role="user", content=content)),
        *c(w.create_response()),
        *answer(2, "item_p"),
    ]


def playing(kind: str, response: str) -> list[Step]:
    """Return two answers over WebRTC, with an end of playback behind the first or the second."""
    quiet = [step for step in AUDIO_ANSWER if step.body["type"] != "response.output_audio.delta"]
    started = s(w.event("output_audio_buffer.started", response_id="resp_1"))
    ended = s(w.event(f"output_audio_buffer.{kind}", response_id="resp_1"))
    second = [*c(w.said("Go on", "item_v"), w.create_response()), *s(*w.entered("item_v", "item_1"))]
    more = answer(2, "item_v")
    first = [*AUDIO_ASKED, *quiet[:4], *started, *quiet[4:]]
    if response == "resp_1":
        return [*first, *ended, *second, *more]
    return [*first, *second, *more[:1], *found("ADV833", ended), *more[1:]]


def mixed(*order: int) -> list[Step]:
    """Return two responses outside the conversation whose audio comes in this order."""
    mine = {**AUDIO_SESSION, "conversation_id": None}
    parts = {1: w.Part(), 2: SECOND}
    steps = [*AUDIO_OPENED]
    for number in (1, 2):
        asked = w.create_response(conversation="none", input=[], metadata={"n": str(number)})
        steps += [*c(asked), *s(w.created(f"resp_{number}", **mine, metadata={"n": str(number)}))]
        item = [one for one in w.audio_item("Hello", part=parts[number]) if not one["type"].startswith("conversation")]
        steps += s(*item[:3])
    steps += s(*(w.audio_delta(parts[number]) for number in order))
    for number in (1, 2):
        item = [one for one in w.audio_item("Hello", part=parts[number]) if not one["type"].startswith("conversation")]
        whole = w.message("Hello", item=f"item_{number}", kind="output_audio")
        steps += s(*item[4:], w.done(f"resp_{number}", whole, **mine, metadata={"n": str(number)}))
    return steps


def silent_client(after: list[Step]) -> list[Step]:
    """Return a client that streams, a refusal, and what follows."""
    opened = s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION)))
    asked = found("CLI901", c(w.said("x")))
    error = s(w.refused("invalid_value", param="item."))
    steps = [*opened, *c(w.append()), *asked, *error, *after]
    return stamped(steps, 0, 1, 1.5, 2, 4, 6, 8, 12, 14)


GOING_ON = transcribed("Hi", "Yes")[2:]
"""What a server goes on to say."""
SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"
SEEN = next(event.body for event in harness.load(SEED).events if event.side == "server")
BETA: w.Body = {**SEEN, "event_id": "event_0", "session": {**dict(SEEN["session"]), "id": "sess_1"}}
"""How a session of the beta is created, with ids that tell no time."""


def beta(*modalities: str) -> list[Step]:
    """Return a beta session whose client asks for these modalities."""
    session = {**BETA["session"], "modalities": list(modalities)}
    update = w.event("session.update", session={"modalities": list(modalities)})
    return [*found("DIA640", s(BETA)), *c(update), *s(w.event("session.updated", session=session))]


def uncut(interrupt: bool) -> list[Step]:
    """Return an answer that the client cancels as soon as the user speaks."""
    session = w.session_created(**w.listening({**w.VAD, "interrupt_response": interrupt}, w.TRANSCRIPTION))
    return [
        *s(session),
        *c(w.append()),
        *s(*w.spoken(), w.transcript_completed("Hi"), w.created(), w.speech_started("item_v", 2000)),
        *c(w.cancel()),
        *s(w.done(status="cancelled"), w.speech_stopped("item_v", 2900), w.committed("item_v", "item_u")),
        *s(*w.heard("item_v", "item_u"), w.transcript_completed("Wait", "item_v"), *answer_bodies(2, "item_v")),
    ]


def unwritten(kind: str) -> list[Step]:
    """Return a turn whose transcription ends so."""
    error = {"type": "server_error", "code": None, "message": "Input transcription failed.", "param": None}
    ends = w.event(kind, item_id="item_u", content_index=0, error=error)
    turn = w.transcript_completed("Hi") if kind == COMPLETED else ends
    opened = s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION)))
    return [*opened, *c(w.append()), *s(*w.spoken(), turn, *w.text_response("Hello"))]


def written(*after: w.Body) -> list[Step]:
    """Return a turn with its answer, and what comes behind it."""
    opened = s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION)))
    return [*opened, *c(w.append()), *s(*w.spoken(), *w.text_response("Hello"), *after)]


UPDATING = [*OPENED, *c(w.append()), *s(*w.spoken()), *c(UPDATE), *s(*w.text_response("Hello"), UPDATED)]
UPDATED_BEFORE = [*OPENED, *c(w.append()), *s(*w.spoken()), *c(UPDATE), *s(UPDATED, *w.text_response("Hello"))]
