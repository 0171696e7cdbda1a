"""Measures a session: a row of figures for every response, and for every turn that got none."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from harness.logs.id_clock import derive
from harness.logs.sessions import sessions
from harness.measure.amounts import of_audio, of_tokens, of_transcription
from harness.measure.figures import Figure, Row, Stats
from harness.measure.prices import Prices
from harness.measure.recording import AUDIO, CREATED, DONE, NO_STAMPS, Recording, event, record, steps
from harness.measure.times import LEFT_OUT, Named, of_input, of_response
from harness.model import Session
from harness.turns.nodes import Node


def stats(session: Session, table: Prices) -> Stats:
    """Return the figures of a session, its tokens at the prices of a table."""
    return measured(record(session), table)


def measured(recording: Recording, table: Prices) -> Stats:
    """Return the figures of a session that is ready to be measured."""
    session, model = recording.session, model_of(recording)
    rows = [row for turn in recording.tree.root.of("turn") for row in _rows(recording, turn, model, table)]
    return Stats(session.path, session.dialect, model, tuple(rows), tuple(_notes(recording, rows)))


def model_of(recording: Recording) -> str:
    """Return the model as the server told it last, empty when it did not."""
    model = recording.setting(recording.session.events[-1].seq, "model") if recording.session.events else ""
    return model if isinstance(model, str) else ""


def _rows(recording: Recording, turn: Node, model: str, table: Prices) -> Iterator[Row]:
    """Yield the rows of a turn; what is measured of its inputs stands in the first."""
    inputs = _worst(one for node in turn.of("input") for one in _of_input(recording, node, table))
    responses = turn.of("response")
    if not responses:
        yield Row(str(turn.number), turn.place, unanswered(recording), inputs)
    for number, response in enumerate(responses, 1):
        label = f"{turn.number}.{number}" if len(responses) > 1 else str(turn.number)
        own = dict(_of_response(recording, response, model, table))
        yield Row(label, response.place, status_of(response), {**(inputs if number == 1 else {}), **own})


def unanswered(recording: Recording) -> str:
    """Return how a turn without a response ended."""
    return "heard" if recording.transcribes else "unanswered"


def status_of(response: Node) -> str:
    """Return how a response ended; `not whole` where the log lacks its beginning and its end."""
    if event(response, DONE) is None:
        if event(response, CREATED) is not None:
            return "unfinished"
        return "not whole" if any(one.side == "server" for one in response.events()) else "not created"
    status = response.value("status")
    return status if isinstance(status, str) else "done"


def _of_input(recording: Recording, node: Node, table: Prices) -> Iterator[Named]:
    yield from of_input(recording, node)
    yield from of_transcription(recording, node, table)


def _of_response(recording: Recording, response: Node, model: str, table: Prices) -> Iterator[Named]:
    yield from of_response(recording, response)
    yield from of_audio(recording, response)
    yield from of_tokens(response, model, table)


SPOKEN = ("response.", "input_audio_buffer.speech", "conversation.item.")
"""What a turn leaves in a log, whatever of it is lost."""
ADDED_UP = ("spoken", "transcription_cost")
"""Of several inputs in a turn these are added up; of the others the slowest counts."""


def _worst(figures: Iterable[Named]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name, figure in figures:
        known = found.get(name)
        if known is None or known.value is None or figure.value is None:
            found[name] = figure if known is None or figure.value is None else known if known.value is None else figure
        elif name in ADDED_UP:
            found[name] = figure._replace(value=known.value + figure.value)
        elif figure.value > known.value:
            found[name] = figure
    return found


def nothing(session: Session) -> str:
    """Return why there is no turn in a session."""
    if not session.events:
        return "the log holds no event"
    if any(event.type.startswith(SPOKEN) for event in session.events):
        return "the events of this log name no items and no responses: which belongs to which turn cannot be told"
    return "there is no turn in the log: nobody said anything"


def _by_ids(session: Session) -> str:
    """Return when a log without stamps was made, where its ids are a clock; whole seconds are too coarse for more."""
    times = derive(session.entries)
    if times is None:
        return ""
    begun, ended = times.span
    began = datetime.fromtimestamp(begun, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"; by its ids it began at {began} and took about {ended - begun} s"


def _notes(recording: Recording, rows: list[Row]) -> Iterator[str]:
    """Yield what holds for the whole log and would else be said in every row."""
    session = recording.session
    if not rows:
        yield nothing(session)
    count = max((number for number, _ in sessions(session.entries)), default=0)
    if count > 1:
        yield f"the log holds {count} sessions, told as one; `harness convert --split` makes a file of each"
    if rows and not recording.stamped:
        yield f"{NO_STAMPS}: no latency can be told{_by_ids(session)}"
    if any(figure.why.startswith(LEFT_OUT) for row in rows for figure in row.figures.values()):
        yield f"{LEFT_OUT}: its length, its silence and what was heard cannot be told"
    deltas = any(steps(turn, AUDIO) for turn in recording.tree.root.of("turn"))
    if deltas and not recording.claims.configured:
        yield "the log does not tell the audio format: PCM16 at 24 kHz is assumed"
    if rows and all(event.side != "client" for event in session.events):
        yield "the client's side is not in the log: what it did, and when, cannot be told"
    if session.problems:
        count = len(session.problems)
        yield f"the log could not be read whole: {count} place{'s are' if count > 1 else ' is'} missing or damaged"
