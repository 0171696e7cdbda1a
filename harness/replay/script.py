"""A recording by cause: what the server sent, under what made it send that. A log's order is not causality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.engine.paths import value_at
from harness.model import JSON, Session
from harness.replay import plain
from harness.replay.audio import Rendering
from harness.replay.template import Template
from harness.replay.vocabulary import Vocabulary

DEFAULT = Rendering()


@dataclass(frozen=True, slots=True)
class Step:
    """One server event of the recording."""

    seq: int
    """Its place in the recording: what breaks a tie between two steps that are due together."""
    after_ns: int
    """How long after the trigger of its block it came."""
    type: str
    """The canonical name."""
    template: Template
    item: int | None = None
    """The slot of the item it is about."""


@dataclass(frozen=True, slots=True)
class Name:
    """An id of the recording, to be replaced by a fresh one."""

    logged: str
    kind: str
    """A key of `vocabulary.OWNERS`."""
    borrowed: bool = False
    """Whether another block gave the thing its id."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one cause made the server send."""

    steps: tuple[Step, ...] = ()
    names: tuple[Name, ...] = ()
    """What stands in the slots, from `FIRST_NAME` on."""


@dataclass(frozen=True, slots=True)
class Response:
    """One recorded response."""

    latency_ns: int
    """From its cause to `response.created`."""
    block: Block
    asked: bool
    """Whether a `response.create` made it; else a turn did."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One recorded turn of the user's voice: from the speech, or the commit, to the transcript."""

    block: Block
    spoken: bool
    """Whether voice activity ended it; else the client committed."""
    appends: int
    """How many pieces of audio the client had sent for it."""
    heard_ms: float | None
    """How much audio that was; None where the log does not hold it."""
    start_ms: int | None = None
    end_ms: int | None = None
    """When the speech started and ended, from the end of the previous turn on."""
    response: Response | None = None
    response_after_ns: int = 0
    """When its response was created, after the trigger of the turn."""


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded client event and what it drew."""

    request: Mapping[str, JSON]
    latency_ns: int
    block: Block


@dataclass(frozen=True)
class Script:
    """Everything the Replayer needs of a recording; one script serves any number of connections."""

    recording: Session
    """What it was made of."""
    vocabulary: Vocabulary
    opening: Block
    calls: Mapping[str, tuple[Call, ...]]
    """By canonical client event type, in the order of the recording."""
    client: tuple[Mapping[str, JSON], ...]
    """What the recorded client sent."""
    turns: tuple[Turn, ...]
    responses: tuple[Response, ...]
    """All of them, those of the turns included."""
    sends: frozenset[str]
    """The canonical names of all events that the recorded server sent."""
    marks_items: bool
    """Whether its items carry `object: realtime.item`."""
    session: Mapping[str, JSON]
    """The recorded configuration at the start."""

    @cached_property
    def plain_turn(self) -> Turn:
        """Return a turn for a client that speaks where the recorded one did not."""
        from harness.replay.compiler import plain_block

        block = plain_block(plain.turn(self.vocabulary.is_of_today), self.vocabulary, {})
        return Turn(block, spoken=True, appends=1, heard_ms=None)

    @cached_property
    def plain_response(self) -> Response:
        """Return a response for when there is nothing to repeat."""
        from harness.replay.compiler import plain_block

        told = (value_at(event.body, "response.conversation_id") for event in self.recording.events)
        conversation = next((str(one) for one in told if one), None)
        bodies = plain.response(self.vocabulary.is_of_today, conversation)
        kinds = {conversation: "conversation"} if conversation else {}
        return Response(0, plain_block(bodies, self.vocabulary, kinds), True)

    def took(self, name: str, event: Mapping[str, JSON]) -> bool:
        """Tell whether the recorded server took just this event: what it took has nothing wrong about its form."""
        return any(
            same_request(call.request, event) and all(step.type != "error" for step in call.block.steps)
            for call in self.calls.get(name, ())
        )

    @staticmethod
    def of(
        session: Session,
        causes: Sequence[int | None],
        vocabulary: Vocabulary,
        rendering: Rendering = DEFAULT,
    ) -> "Script":
        """Sort a session by cause; `causes` has for each event the index of the one that made it happen."""
        from harness.replay.compiler import compile_script

        return compile_script(session, causes, vocabulary, rendering)


def same_request(recorded: Mapping[str, JSON], live: Mapping[str, JSON]) -> bool:
    """Tell whether two client events ask for the same; their own ids do not matter."""
    return {**recorded, "event_id": None} == {**live, "event_id": None}
