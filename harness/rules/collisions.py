"""Responses that meet each other or a cancel: born too late, overlapping, twice for one turn."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.protocol.state import Response
from harness.rules.catalogue import END, Remark, View, rule

CREATE = ">response.create"
STALE = 1
"""From how many pieces of audio behind a cancel on it is told."""


@rule("CLI946", "cancel-misses-out-of-band-response", "warning", "client", "observed", on=(">response.cancel",))
def cancel_misses_out_of_band_response(view: View, event: Event) -> Iterator[Remark]:
    """Find a cancel that does not reach the responses in progress.

    What: `response.cancel` has no `response_id`, and a response outside the conversation is in progress.
    Why: It cancels the response of the conversation only; the other goes on, and speaks.
    Source: hybridclaw 1503 (field problem R7). response_id: if not provided, will cancel an in-progress response in the
        default conversation.
    Do: Keep the ids of all open responses, and send one cancel for each.
    """
    if event.body.get("response_id") is not None:
        return
    going = [one for one in view.state.responses.values() if one.out_of_band and not one.done]
    if going:
        yield Remark(
            f"the cancel names no response_id and does not reach {', '.join(one.response_id for one in going)}",
            witnesses=tuple(_created(one, "outside the conversation") for one in going),
        )


def _created(response: Response, role: str) -> Witness:
    return Witness(response.seq, response.place, "response.created", role)


@rule("ADV820", "born-after-its-cancel", "warning", "client", "observed", on=("response.created",), needs=("client",))
def born_after_its_cancel(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that begins although the client had cancelled it.

    What: `response.cancel` was sent after `response.create` and before `response.created`, while nothing was in
        progress.
    Why: The cancel does nothing; the response is born later, nobody expects it, and it speaks.
    Source: Three independent threads (livekit 6223 and 6244, agents-python 3405; field problem R5).
    Do: Remember the wish, and cancel by `response_id` when the response is created.
    """
    cancel, request = view.state.course.cancel, next(iter(view.state.waiting(CREATE)), None)
    if cancel is None or request is None or not view.state.course.idle_cancel or cancel.seq < request.seq:
        return
    response_id = value_at(event.body, "response.id")
    yield Remark(
        f"{response_id} is created after the client cancelled it at line {cancel.place.line}",
        witnesses=(
            Witness(request.seq, request.place, "response.create", "asked here"),
            Witness(cancel.seq, cancel.place, cancel.type, "cancelled before it was created"),
        ),
        about=(response_id,),
    )


@rule("ADV821", "answers-mixed-in-one-stream", "warning", "client", "observed", on=(END,))
def answers_mixed_in_one_stream(view: View, event: Event) -> Iterator[Remark]:
    """Find audio of two responses that comes in turns.

    What: Audio of one response is followed by another's and then by the first's again.
    Why: A client with one queue plays two voices into each other.
    Source: hybridclaw 1503, run-llama 3 (field problem R8).
    Do: Keep a queue for each `response_id`, and play one at a time.
    """
    switches = view.state.course.switches
    if switches:
        first, before = switches[0]
        more = f"; this happens {len(switches)} times" if len(switches) > 1 else ""
        message = f"audio of two responses comes in turns: here behind audio of {before}{more}"
        yield Remark(message, at=(first.seq, first.place), about=(first.about, before))


@rule("ADV822", "audio-after-the-cancel", "note", "client", "observed", on=("response.done",))
def audio_after_the_cancel(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that still came after the answer was cut off.

    What: A cancelled response sent pieces of audio after the `response.cancel`, or after the speech that cut it off.
    Why: They were on their way; a client that plays them talks on after it was interrupted.
    Source: Six independent threads (field problems R9 and T6).
    Do: From the interruption to `response.done`, drop audio of this `response_id`; empty the player's queue too: a
        truncation changes only what the server remembers.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    if response is None or response.cut is None or response.stale < STALE:
        return
    if value_at(event.body, "response.status") != "cancelled":
        return
    seq, place, kind = response.cut
    yield Remark(
        f"{response.stale} pieces of audio of {response.response_id} came after `{kind}` at line {place.line}",
        witnesses=(Witness(seq, place, kind, "cut off here"),),
        about=(response.response_id,),
    )


@rule("ADV823", "two-answers-to-one-turn", "warning", "client", "observed", on=("response.done",))
def two_answers_to_one_turn(view: View, event: Event) -> Iterator[Remark]:
    """Find a second answer to the same turn.

    What: Voice activity detection brought one answer and a `response.create` of the client another, and nothing was
        said between them.
    Why: The user hears two answers, one after the other.
    Source: livekit 6411 and 3963, run-llama 3 (field problem R17).
    Do: Leave the `response.create` out, or set `create_response` to false.
    """
    before = view.state.course.answered
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    if before is None or response is None or response is before or response.out_of_band:
        return
    completed = value_at(event.body, "response.status") == "completed"
    twice = before.request is None and response.request is not None and view.state.course.turns
    if not completed or not twice or "message" not in response.types.values():
        return
    asked = response.request
    yield Remark(
        f"{before.response_id} and {response.response_id} answer the same turn",
        why="the first came by voice activity detection, the second by the client's `response.create`",
        witnesses=(
            _created(before, "the first answer"),
            *((Witness(asked.seq, asked.place, "response.create", "asked for again"),) if asked else ()),
        ),
        about=(response.response_id, before.response_id),
    )
