"""How responses end, and what clients make of it."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.responses import REASONS

CUT_SHORT = {
    "max_output_tokens": "Raise `max_output_tokens`, or ask for shorter answers.",
    "content_filter": "Speak a fallback: the filter stopped the answer.",
}


@rule("ADV804", "answer-cut-short", "warning", "server", "documented", on=("response.done",))
def answer_cut_short(view: View, event: Event) -> Iterator[Remark]:
    """Find an answer that ended in the middle, and say why.

    What: `response.done` has the status `incomplete`.
    Why: The speech stops in the middle of a sentence, and no `error` comes: the reason is in `status_details`.
    Source: status_details.reason: `max_output_tokens` or `content_filter`; livekit 5808 (field problem R13).
    Do: Log `status_details.reason`; raise `max_output_tokens`, or speak a fallback when the filter stopped the answer.
    """
    reason = value_at(event.body, "response.status_details.reason")
    if value_at(event.body, "response.status") != "incomplete" or reason not in REASONS["incomplete"]:
        return  # one without a reason breaks a rule of its own
    response_id = value_at(event.body, "response.id")
    yield Remark(
        f"the answer was cut short by {reason}",
        hint=CUT_SHORT.get(str(reason), ""),
        pointer="/response/status_details/reason",
        about=(response_id,),
    )


@rule("ADV806", "answers-cut-off-by-speech", "note", "server", "documented", on=(END,))
def answers_cut_off_by_speech(view: View, event: Event) -> Iterator[Remark]:
    """Find answers that ended because voice activity detection heard somebody speak.

    What: A response is cancelled for the reason `turn_detected`.
    Why: It looks as if the model had stopped by itself, or not answered at all.
    Source: turn_detected: the server VAD detected a new start of speech. 15 of 54 turns of one public log ended so,
        before a word was said.
    Do: When the user interrupted, nothing is wrong. When nobody spoke, look for an echo, a threshold that is too low,
        or a `silence_duration_ms` that takes a pause for the end of the turn.
    """
    cut = view.state.course.interruptions
    if not cut:
        return
    first = cut[0]
    whole = "the answer was" if len(cut) == 1 else f"{len(cut)} answers were"
    yield Remark(f"{whole} cut off by speech (turn_detected)", at=(first.seq, first.place))


@rule("CLI947", "output-for-unfinished-call", "warning", "client", "observed", on=(">conversation.item.create",))
def output_for_unfinished_call(view: View, event: Event) -> Iterator[Remark]:
    """Find the output of a call whose response did not complete.

    What: A `function_call_output` answers a call of a response that failed, was cancelled or is incomplete.
    Why: The arguments may be cut off, and the tool ran for an answer that nobody waits for; the follow-up hangs.
    Source: agentscope 2552, agent-squad 573 (field problem R15), pipecat 2461 and 4203 (F6).
    Do: Run a tool only when its item is `completed` and its arguments are JSON; else go back to listening.
    """
    if value_at(event.body, "item.type") != "function_call_output":
        return
    call = view.state.tools.calls.get(str(value_at(event.body, "item.call_id")))
    response = view.state.responses.get(call.response_id) if call is not None else None
    if call is None or response is None or response.status not in ("failed", "cancelled", "incomplete"):
        return
    yield Remark(
        f"the output answers {call.call_id}, whose response {response.response_id} is {response.status}",
        witnesses=(Witness(call.seq, call.place, "response.output_item.added", "called here"),),
        pointer="/item/call_id",
    )
