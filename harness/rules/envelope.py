"""What every event must be before anything else: known, valid, and sent by the side that may send it."""

from collections.abc import Iterator
from dataclasses import replace

from harness.engine.paths import value_at
from harness.model import Event, Rule, Witness
from harness.rules.catalogue import EVERY, EVERY_REQUEST, NOTHING, Remark, View, rule

LONGEST_ID = 512
"""How long the `event_id` of a client may be."""

SCHEMA = Rule(
    code="SCH101",
    name="event-breaks-schema",
    severity="error",
    subject="server",
    layer="schema",
    what="An event lacks a required field, or a field has another type than the schema gives it.",
    why="Typed clients reject such an event; many lose the whole turn with it.",
    source="The schemas are made from the types of OpenAI's own Python package, corrected by what is on the wire.",
    do="Correct the sender; for a recording, look whether the recorder changed the value.",
)
UNKNOWN_TYPE = Rule(
    code="SCH110",
    name="unknown-event-type",
    severity="warning",
    subject="server",
    layer="schema",
    what="An event has a type that the dialect does not know.",
    why="New types appear without notice, so a client must ignore it; a misspelt one is a fault. From a client it is "
    "an error: the service refuses it.",
    source="The event types of the dialect's schemas. Client rule C-01: Invalid value: 'scooby.dooby.doo'.",
    do="Check the spelling; ignore types you do not know; choose another dialect with --dialect.",
)
UNKNOWN_REQUEST = replace(UNKNOWN_TYPE, severity="error", subject="client")
UNKNOWN_VALUE = Rule(
    code="SCH120",
    name="unknown-value",
    severity="warning",
    subject="server",
    layer="schema",
    what="A field has a value outside the list that is known.",
    why="Enumerations of the protocol are open; a client with a closed one fails on it.",
    source="The values in the types of OpenAI's own Python package, and those seen on the wire.",
    do="Check the spelling, and keep enumerations open in the client.",
)
USUAL_FIELD = Rule(
    code="SCH140",
    name="usual-field-absent",
    severity="warning",
    subject="server",
    layer="observed",
    what="An event lacks a field that is optional by the schema and is there in every recording of the dialect.",
    why="Clients come to rely on what always comes; some reject the event without it.",
    source="The recorded sessions of the dialect, at least three events of the type each.",
    do="Send the field, null if need be; in the client, do not rely on it.",
)
UNKNOWN_PARAMETER = Rule(
    code="CLI904",
    name="unknown-parameter",
    severity="warning",
    subject="client",
    layer="observed",
    what="The client sends a field that the event does not have.",
    why="Services refuse the whole event for it, with `unknown_parameter`.",
    source="Unknown parameter: 'session.input_audio_transcription.enabled' (2024-10); probed on a live service in "
    "2026-09. Client rule C-04.",
    do="Take the field out, or correct its name; fields move between the generations of the protocol.",
)
OTHER_DIALECT = Rule(
    code="DIA601",
    name="event-of-another-dialect",
    severity="error",
    subject="server",
    layer="observed",
    what="An event belongs to another dialect than the rest of the session.",
    why="A client listens to one set of names; the events of the other are lost.",
    source="One connection uses one dialect in all 91 recorded sessions.",
    do="Use one dialect on both sides: the GA names without the OpenAI-Beta header, the beta names with it.",
)
WRONG_SIDE = Rule(
    code="SCH130",
    name="event-of-the-other-side",
    severity="error",
    subject="recorder",
    layer="schema",
    what="An event is recorded as sent by the side that never sends it.",
    why="Everything that the log says about causes is turned round.",
    source="No event type of a dialect but `error` is sent by both sides.",
    do="Correct the direction in the recorder.",
)
MIDWAY = Rule(
    code="LOG190",
    name="log-starts-midway",
    severity="note",
    subject="recorder",
    layer="house",
    what="The log does not start with `session.created`.",
    why="What happened before is not known, so what depends on it is not judged.",
    source="session.created is the first server event of every connection but a sideband one (29 of 29).",
    do="Record from the connection on; for a sideband or WebRTC session this is normal.",
)
SEVERAL = Rule(
    code="LOG191",
    name="log-holds-several-sessions",
    severity="note",
    subject="recorder",
    layer="house",
    what="A second session begins in the log.",
    why="Each session is judged by itself; what was open in the one before counts as ended there.",
    source="session.created comes once per connection; recorded logs hold two and ten sessions.",
    do="Split the log when the sessions should be told apart: harness convert --split.",
)
ENVELOPE = (
    SCHEMA,
    UNKNOWN_TYPE,
    UNKNOWN_VALUE,
    USUAL_FIELD,
    UNKNOWN_PARAMETER,
    OTHER_DIALECT,
    WRONG_SIDE,
    MIDWAY,
    SEVERAL,
)


@rule("IDN210", "event-id-repeated", "error", "server", "documented", on=(EVERY,))
def event_id_repeated(view: View, event: Event) -> Iterator[Remark]:
    """Find two events of one side with the same `event_id`.

    What: Two events carry the same `event_id`.
    Why: Clients drop the second as a repetition; logs that were edited or written twice have them.
    Source: event_id is the unique ID of the event; no two of 3 068 recorded server events share one.
    Do: Look whether two recorders wrote into one log; if the server sent it, report it.
    """
    return _repeated(view, event) if event.side == "server" else NOTHING


@rule("CLI936", "client-event-id-repeated", "warning", "client", "documented", on=(EVERY_REQUEST,))
def client_event_id_repeated(view: View, event: Event) -> Iterator[Remark]:
    """Find two events of the client with the same `event_id`.

    What: The client uses an `event_id` again.
    Why: An `error` names the event by it; nobody can tell which of the two was refused.
    Source: event_id: optional client-generated ID used to identify this event. Uniqueness is a convention.
    Do: Make a new one for every event.
    """
    return _repeated(view, event)


def _repeated(view: View, event: Event) -> Iterator[Remark]:
    own_id = event.body.get("event_id")
    before = view.state.event_ids[event.side].get(own_id) if isinstance(own_id, str) else None
    if before is None or "…" in str(own_id):
        return NOTHING
    remark = Remark(
        f"event_id {own_id} was used before",
        why=f"`{before.type}` at line {before.place.line} has it",
        witnesses=(Witness(before.seq, before.place, before.type, "has the same event_id"),),
        pointer="/event_id",
    )
    return iter((remark,))


@rule("CLI935", "event-id-too-long", "error", "client", "documented", on=(EVERY_REQUEST,))
def event_id_too_long(view: View, event: Event) -> Iterator[Remark]:
    """Find an `event_id` that is longer than allowed.

    What: An event of the client has an `event_id` of more than 512 characters.
    Why: The service refuses the event.
    Source: event_id: maximum length 512. Client rule C-35.
    Do: Send a short one, or none.
    """
    own_id = event.body.get("event_id")
    if not isinstance(own_id, str) or len(own_id) <= LONGEST_ID:
        return NOTHING
    said = f"the event_id has {len(own_id)} characters; {LONGEST_ID} are allowed"
    return iter((Remark(said, pointer="/event_id"),))


@rule("IDN240", "error-names-unknown-event", "error", "server", "documented", on=("error",), needs=("client", "start"))
def error_names_unknown_event(view: View, event: Event) -> Iterator[Remark]:
    """Find an `error` about an event that the client never sent.

    What: `error.event_id` is no `event_id` of the client's.
    Why: The client cannot tell which of its requests was refused.
    Source: error.event_id: the event_id of the client event that caused the error, if applicable. Null in every error
        on record whose cause sent none.
    Do: Report it to the server; look whether the log lacks events of the client.
    """
    named = value_at(event.body, "error.event_id")
    if isinstance(named, str) and named and named not in view.state.event_ids["client"]:
        yield Remark(f"the error is about {named}, which the client did not send", pointer="/error/event_id")


@rule("TIM710", "time-goes-backwards", "warning", "recorder", "documented", on=(EVERY,))
def time_goes_backwards(view: View, event: Event) -> Iterator[Remark]:
    """Find an event that was recorded before the one in front of it.

    What: The stamp of an event is earlier than the one before it of the same side.
    Why: Latencies that are computed from the log are wrong.
    Source: In a WebSocket connection all events are sent in the same channel and with the same ordering.
    Do: Stamp events with a clock that never goes back; do not sort or edit the log by hand.
    """
    before, now = view.state.last_at.get(event.side), event.at_ns
    if before is None or now is None or now >= before:
        return NOTHING
    said = f"the stamp is {(before - now) / 1e9:.6g} s earlier than that of the {event.side} event before"
    return iter((Remark(said),))
