"""Who waits for whom: answers that nobody asked for, requests that take long, a side that falls silent."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.protocol.state import Conversation
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.thresholds import threshold

CREATE = ">response.create"
SLOW_RESPONSE_S = threshold("slow-response-s", 5, "clients give up after 5 s (livekit 1988, 5149; field problem R6)")
PATIENCE_S = threshold("unasked-answer-s", 3, "nobody pauses longer before a `response.create` (field problem F1)")
GONE_ON = threshold("events-gone-on", 10, "so many events are a turn of the user and more")
SILENCE_S = threshold("server-silence-s", 20, "forum 1374520: a socket that stays open and says nothing")
STREAMING_S = threshold("streaming-gap-s", 1, "a microphone sends every 20 to 100 ms")
DEAF_S = threshold("client-silence-s", 10, "a client that streams does not pause as long (field problem E2)")
LONGEST_S = 3600
"""No session is longer: so much time between two events is the fault of a clock."""
SLOW_TOOL_S = threshold("slow-tool-s", 10, "users hang up; langwatch/scenario 646 waits so long (field problem R19)")
OUTPUT = "function_call_output"
WORDS = {
    "audio": "audio that was committed",
    "message": "a message of the user",
    OUTPUT: "a tool's output",
}


@rule("TIM731", "response-slow-to-begin", "note", "server", "observed", on=("response.created",))
def response_slow_to_begin(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that begins long after it was asked for.

    What: More than five seconds pass between `response.create` and `response.created`.
    Why: A client with a shorter timeout gives up, and then meets an answer that it does not expect.
    Source: Five independent threads (field problem R6).
    Do: Raise the timeout above your slowest turns; on a timeout, cancel the response by id when it is created.
    """
    request = next(iter(view.state.waiting(CREATE)), None)
    if request is None or request.at_ns is None or event.at_ns is None:
        return
    waited = (event.at_ns - request.at_ns) / 1e9
    if view.limit(SLOW_RESPONSE_S) < waited < LONGEST_S:
        yield Remark(
            f"the response begins {waited:.1f} s after it was asked for",
            witnesses=(Witness(request.seq, request.place, "response.create", "asked here"),),
        )


@rule("ADV824", "nobody-asked-for-an-answer", "warning", "client", "documented", on=(END,), needs=("client",))
def nobody_asked_for_an_answer(view: View, event: Event) -> Iterator[Remark]:
    """Find something that was said and that no response was asked for.

    What: A message, a tool's output, or audio committed without automatic answers is the last that was said, and no
        `response.create` follows.
    Why: Both sides wait: the model answers only when it is asked.
    Source: Four threads on tool outputs (field problem F1), three on commits in manual mode (R16). A log may simply end
        here, so this is a note unless the session goes on.
    Do: Send `response.create` after the last item; after a tool's output too, once `response.done` has come.
    """
    course = view.state.course
    if not course.unasked or view.state.active:
        return
    last = course.unasked[-1]
    if last.seq in view.told:
        return  # it was refused, and never came into the conversation
    later = event.seq - last.seq > view.limit(GONE_ON) or _passed(event, last.at_ns) > view.limit(PATIENCE_S)
    if not later and (last.about != OUTPUT or event.side == "client"):
        return  # the log ends here; of a tool's output, the server has seen it
    yield Remark(
        f"{WORDS.get(last.about, 'something')} came, and no `response.create` follows",
        at=(last.seq, last.place),
        severity=None if later else "note",
        expected=("response.create",),
    )


def _passed(event: Event, since: int | None) -> float:
    """Return the seconds between an event and an earlier stamp, 0 where one is not known."""
    return (event.at_ns - since) / 1e9 if event.at_ns is not None and since is not None else 0.0


@rule("ADV890", "client-stops-after-an-error", "warning", "client", "observed", on=(END,), needs=("client",))
def client_stops_after_an_error(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that says nothing more after an error that ended nothing.

    What: The client streamed audio; an `error` came, the server went on, and the client never sent anything again.
    Why: Most errors are recoverable: the session was open, and the call died with the client's reader.
    Source: Most errors are recoverable and the session will stay open. Eight threads on readers that stop (field
        problems E2, R4 and R14). A correlation: the user may have fallen silent too.
    Do: Treat `error` as a message; go on reading and sending, and log what it says.
    """
    state, course = view.state, view.state.course
    error, sent, heard = course.error, course.sent_at_ns, state.last_at.get("server")
    if state.appended is None or error is None or course.client_seq > error.seq:
        return
    if error.at_ns is None or sent is None or heard is None or (error.at_ns - sent) / 1e9 > view.limit(STREAMING_S):
        return
    deaf = (heard - error.at_ns) / 1e9
    if view.limit(DEAF_S) < deaf < LONGEST_S:
        yield Remark(
            f"the client streamed until this error and sends nothing after it; the server goes on for {deaf:.0f} s",
            at=(error.seq, error.place),
            witnesses=(Witness(*state.appended, "input_audio_buffer.append", "the last audio of the client"),),
        )


@rule("TIM736", "server-falls-silent", "warning", "server", "observed", on=(END,), needs=("client",))
def server_falls_silent(view: View, event: Event) -> Iterator[Remark]:
    """Find a server that says nothing more while the client goes on.

    What: Something is still open, and the client goes on sending for more than 20 s after the server's last event.
    Why: The socket looks alive, and nobody answers.
    Source: forum 1374520 (field problem E5).
    Do: Ping; open a new session, and give it the history as text.
    """
    state = view.state
    sent, heard = state.last_at.get("client"), state.last_at.get("server")
    if sent is None or heard is None or not _is_owed(state):
        return
    silence = (sent - heard) / 1e9
    if view.limit(SILENCE_S) < silence < LONGEST_S:
        yield Remark(f"the server sent nothing for {silence:.0f} s while the client went on")


def _is_owed(state: Conversation) -> bool:
    return bool(state.active or state.speech or state.waiting(CREATE))


@rule("TIM735", "tool-takes-long", "note", "client", "house", on=(">conversation.item.create",))
def tool_takes_long(view: View, event: Event) -> Iterator[Remark]:
    """Find a tool's output that comes late.

    What: The `function_call_output` comes more than ten seconds after the call began.
    Why: The user hears nothing meanwhile; a client that waits for audio of such a response waits in vain.
    Source: langwatch/scenario 646: a response of calls only was waited on for its audio (field problem R19).
    Do: End the wait on `response.done`; let the model say that it takes a moment.
    """
    if value_at(event.body, "item.type") != OUTPUT:
        return
    call = view.state.tools.calls.get(str(value_at(event.body, "item.call_id")))
    if call is None or call.at_ns is None:
        return
    waited = _passed(event, call.at_ns)
    if view.limit(SLOW_TOOL_S) < waited < LONGEST_S:
        witness = Witness(call.seq, call.place, "response.output_item.added", "called here")
        yield Remark(f"the output of {call.call_id} comes {waited:.1f} s after the call", witnesses=(witness,))
