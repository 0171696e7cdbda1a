"""Lives that end wrongly: errors out of nowhere, late events, two ends, cancelled without an end."""

from benchmarks.mutation.logs import Log, numbered
from benchmarks.mutation.mutants import Draft, Operator, put

FRESH = "event_MutantFresh000000001"


def injected_error(log: Log, at: int) -> Draft | None:
    """Let the server refuse an event that was never sent."""
    if log.events[at].side != "server" or at == 0:
        return None
    error = {"type": "invalid_request_error", "code": "invalid_value", "message": "mutated", "param": None}
    body = {"type": "error", "event_id": FRESH, "error": {**error, "event_id": "evt_MutantNeverSent"}}
    event = log.events[at]._replace(type="error", body=body)  # type: ignore[arg-type]
    events = numbered((*log.events[:at], event, *log.events[at:]))
    return Draft(events, frozenset((at,)), "an error refuses an event that was not sent")


def late_event(log: Log, at: int) -> Draft | None:
    """Send an event of a response once more after its response.done."""
    done = _done_of(log, at)
    if done is None or done == at or log.structure.letters[at] == "response.created":
        return None
    twin = log.events[at]._replace(body={**log.events[at].body, "event_id": FRESH})
    events = numbered((*log.events[: done + 1], twin, *log.events[done + 1 :]))
    return Draft(events, frozenset((done + 1,)), f"sent again behind response.done at {done}")


def second_end(log: Log, at: int) -> Draft | None:
    """End a response a second time, another way."""
    if log.structure.letters[at] != "response.done":
        return None
    body = put({**log.events[at].body, "event_id": FRESH}, ("response", "status"), "cancelled")
    assert isinstance(body, dict)
    twin = log.events[at]._replace(body=body)
    events = numbered((*log.events[: at + 1], twin, *log.events[at + 1 :]))
    return Draft(events, frozenset((at + 1,)), "done again, as cancelled")


def cancelled_open(log: Log, at: int) -> Draft | None:
    """Cancel a response in the middle and leave out the `done` events of what is open."""
    done = _done_of(log, at)
    if done is None or at + 1 >= done or log.structure.letters[at] == "response.created":
        return None
    body = put(log.events[done].body, ("response", "status"), "cancelled")
    assert isinstance(body, dict)
    here = log.structure.attributes[at].get("response_id")
    inside = [i for i in range(at + 1, done) if log.structure.attributes[i].get("response_id") == here]
    if not inside:
        return None
    kept = [event for index, event in enumerate(log.events) if index not in inside]
    spot = done - len(inside)
    kept[spot] = log.events[done]._replace(body=body)
    return Draft(
        numbered(kept), frozenset((spot, spot - 1, at)), f"cancelled behind {at}; {len(inside)} events left out"
    )


def _done_of(log: Log, at: int) -> int | None:
    here = log.structure.attributes[at].get("response_id")
    if here is None or log.events[at].side != "server":
        return None
    pairs = enumerate(zip(log.structure.letters, log.structure.attributes, strict=True))
    return next((i for i, (letter, a) in pairs if letter == "response.done" and a.get("response_id") == here), None)


OPERATORS = (
    Operator("error injected", injected_error),
    Operator("late event after response.done", late_event),
    Operator("second terminal event", second_end),
    Operator("cancelled without its done events", cancelled_open),
)
