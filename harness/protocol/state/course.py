"""How the session goes: what the client asked, what came of it, who was interrupted and what it cost."""

from collections.abc import Callable, Mapping
from statistics import median

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.state.records import KEPT, NOTED, Conversation, Moment, Response, Usage, keep, text_at
from harness.protocol.state.requests import refused

OUTPUT = "function_call_output"


def moment(event: Event, about: str = "") -> Moment:
    """Return an event as one that something is to be said of later."""
    return Moment(event.seq, event.place, event.type, event.at_ns, about)


def _note(moments: list[Moment], event: Event, about: str = "") -> None:
    if len(moments) < NOTED:
        moments.append(moment(event, about))


def only_transcribes(state: Conversation) -> bool:
    """Tell whether the session is one without answers."""
    return any("transcription" in str(state.config.get(name)) for name in ("type", "object"))


def answers_by_itself(state: Conversation) -> bool | None:
    """Tell whether a committed turn is answered without a `response.create`; None where that is not known."""
    if not state.config_seen or not state.knows_setting("turn_detection"):
        return None
    detection = state.setting("turn_detection")
    if not isinstance(detection, dict) or detection.get("type") in (None, "none"):
        return False
    if only_transcribes(state):
        return False
    return detection.get("create_response", True) is not False


def lapse(state: Conversation, event: Event, what: str) -> None:
    """Note how long after the end of the turn the first `what` of its answer comes."""
    course = state.course
    if course.turn_end_ns is None or event.at_ns is None or what in course.reached:
        return
    course.reached.add(what)
    lapses = course.lapses.setdefault(what, [])
    if len(lapses) < KEPT:
        lapses.append(event.at_ns - course.turn_end_ns)


def lapses(state: Conversation) -> dict[str, JSON]:
    """Return how long after the end of a turn its answer got where: the middle and the longest time, in nanoseconds."""
    told = sorted((int(median(times)), what, times) for what, times in state.course.lapses.items())
    return {what: {"p50": middle, "max": max(times), "turns": len(times)} for middle, what, times in told}


def _turn_ends(state: Conversation, event: Event) -> None:
    if state.course.turn_end_ns is None:
        state.course.turn_end_ns = event.at_ns
        state.course.reached.clear()


# -- the client ----


def _sent(state: Conversation, event: Event) -> None:
    state.course.client_seq = event.seq


def _updated(state: Conversation, event: Event) -> None:
    _sent(state, event)
    state.course.updates += 1


def _asked(state: Conversation, event: Event) -> None:
    _sent(state, event)
    _turn_ends(state, event)
    state.course.unasked.clear()


def _cancelled(state: Conversation, event: Event) -> None:
    _sent(state, event)
    state.course.cancel = moment(event, text_at(event.body, "response_id"))
    response = state.responses.get(text_at(event.body, "response_id") or state.active)
    state.course.idle_cancel = response is None
    if response is not None and response.cut is None:
        response.cut = (event.seq, event.place, event.type)


def _item_created(state: Conversation, event: Event) -> None:
    _sent(state, event)
    state.course.answered = None
    kind, role = text_at(event.body, "item.type"), text_at(event.body, "item.role")
    if (kind == OUTPUT or (kind == "message" and role == "user")) and not only_transcribes(state):
        _note(state.course.unasked, event, kind)


def _truncates(state: Conversation, event: Event) -> None:
    _sent(state, event)
    course, item_id = state.course, text_at(event.body, "item_id")
    keep(course.cut_items, item_id, event.seq)
    maker = state.makers.get(item_id, "")
    course.unheard = [one for one in course.unheard if one.about != maker]


def _refused(state: Conversation, event: Event) -> None:
    state.course.error, state.course.sent_at_ns = moment(event), state.last_at.get("client")
    request = refused(state, event)
    if request is not None:
        state.course.unasked = [one for one in state.course.unasked if one.seq != request.seq]


# -- turns of the user ----


def _committed(state: Conversation, event: Event) -> None:
    course, item_id = state.course, text_at(event.body, "item_id")
    course.answered = None
    _turn_ends(state, event)
    _note(course.turns, event, item_id)
    if answers_by_itself(state) is False and not only_transcribes(state):
        _note(course.unasked, event, "audio")


def _speech_started(state: Conversation, event: Event) -> None:
    state.course.speech_at_ns = event.at_ns
    response = state.responses.get(state.active)
    interrupts = value_at(state.setting("turn_detection"), "interrupt_response") is not False
    if response is not None and response.cut is None and interrupts:
        response.cut = (event.seq, event.place, event.type)


def _speech_stopped(state: Conversation, event: Event) -> None:
    state.course.turn_end_ns = None
    _turn_ends(state, event)
    start, end = state.speech_start_ms, event.body.get("audio_end_ms")
    if isinstance(start, int) and isinstance(end, int):
        keep(state.course.lengths, text_at(event.body, "item_id"), end - start)


def _transcribed(state: Conversation, event: Event) -> None:
    if event.body.get("status") == "in_progress":
        return  # some services send what they have so far under this name
    course, item_id = state.course, text_at(event.body, "item_id")
    words = len(text_at(event.body, "transcript").split())
    keep(course.words, item_id, words)
    if not words:
        _note(course.empty, event, item_id)
    if _was_answered(state, item_id):
        _note(course.late_transcripts, event, item_id)
    turns = [one.about for one in course.turns]
    earlier = turns[: turns.index(item_id)] if item_id in turns else []
    if any(one in state.untranscribed or one in state.transcribing for one in earlier):
        _note(course.overtaken, event, item_id)


def _was_answered(state: Conversation, item_id: str) -> bool:
    """Tell whether all words of an answer came that began after this turn entered the conversation."""
    item = state.items.get(item_id)
    return state.course.finished > (item.seq if item is not None else -1)


def _answer_said(state: Conversation, event: Event) -> None:
    response = state.responses.get(text_at(event.body, "response_id"))
    state.course.finished = response.seq if response is not None else event.seq


# -- responses ----


def _created(state: Conversation, event: Event) -> None:
    response = state.responses.get(text_at(event.body, "response.id"))
    state.course.unasked.clear()
    lapse(state, event, event.type)
    if response is not None:
        response.request = next(iter(state.waiting(">response.create")), None)


def _content(state: Conversation, event: Event) -> None:
    lapse(state, event, "its first content")


def _done(state: Conversation, event: Event) -> None:
    lapse(state, event, event.type)
    state.course.turn_end_ns = None
    response = state.responses.get(text_at(event.body, "response.id"))
    _count(state, event)
    if value_at(event.body, "response.status_details.reason") == "turn_detected":
        _note(state.course.interruptions, event, state.speech or next(reversed(state.course.lengths), ""))
    if response is None:
        return
    kinds = [response.types.get(item_id, "") for item_id, _ in response.items]
    if kinds.count("message") > 1 or ("message" in kinds and kinds[0] not in ("message", "")):
        _note(state.course.several, event, response.response_id)
    if response.status == "completed" and not response.out_of_band and "message" in kinds:
        state.course.answered = response
    if response.status == "cancelled":
        _ended_early(state, event, response)


def _ended_early(state: Conversation, event: Event, response: Response) -> None:
    course = state.course
    if response.audio_deltas and not any(item_id in course.cut_items for item_id, _ in response.items):
        _note(course.unheard, event, response.response_id)
    tokens = value_at(event.body, "response.usage.output_token_details.audio_tokens")
    if isinstance(tokens, int) and tokens > 0 and len(course.wasted) < NOTED:
        course.wasted.append((moment(event, response.response_id), tokens))


def _count(state: Conversation, event: Event) -> None:
    usage = value_at(event.body, "response.usage")
    tokens, cached = value_at(usage, "input_tokens"), value_at(usage, "input_token_details.cached_tokens")
    if isinstance(tokens, int) and tokens > 0:
        usages = state.course.usages
        usages.append(Usage(moment(event), tokens, cached if isinstance(cached, int) else 0))
        if len(usages) > NOTED:
            del usages[1]


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    ">session.update": _updated,
    ">response.create": _asked,
    ">response.cancel": _cancelled,
    ">conversation.item.create": _item_created,
    ">conversation.item.truncate": _truncates,
    ">input_audio_buffer.append": _sent,
    ">input_audio_buffer.commit": _sent,
    "error": _refused,
    "input_audio_buffer.committed": _committed,
    "input_audio_buffer.speech_started": _speech_started,
    "input_audio_buffer.speech_stopped": _speech_stopped,
    "conversation.item.input_audio_transcription.completed": _transcribed,
    "response.output_audio_transcript.done": _answer_said,
    "response.output_text.done": _answer_said,
    "response.created": _created,
    "response.content_part.added": _content,
    "response.done": _done,
}
