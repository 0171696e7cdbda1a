"""A session that is being made up: the conversation so far, and what its two sides have set their minds to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from harness.engine.grammar import letters
from harness.model import JSON
from harness.protocol.dialects import Dialect
from harness.protocol.state import Conversation, Response
from harness.protocol.state.records import Call

Value = TypeVar("Value")


class Dice(Protocol):
    """A source of chance, such as `random.Random`."""

    def random(self) -> float:
        """Return a number from 0 up to 1."""

    def randint(self, a: int, b: int) -> int:
        """Return an integer from `a` to `b`."""

    def choice(self, seq: Sequence[Value]) -> Value:
        """Return one of some values."""


@dataclass(slots=True)
class Story:
    """What is known while a session is made up."""

    dialect: Dialect
    dice: Dice
    state: Conversation
    turns: int
    """How many turns of the user it is to have."""
    speaks: bool = True
    """Whether the answers are spoken, not written."""
    listens: bool = True
    """Whether the server finds the user's turns in the audio by itself."""
    transcribes: bool = True
    """Whether what the user says is written down."""
    remote: bool = False
    """Whether the audio goes over WebRTC or a telephone, and not over the connection."""
    owed: bool = False
    """Whether somebody waits for an answer."""
    begun: int = 0
    """How many turns were begun."""
    items: dict[str, dict[str, JSON]] = field(default_factory=dict)
    """Every item as an event told it last."""
    transcribed: set[str] = field(default_factory=set)
    """The items whose transcription has begun."""
    played: set[str] = field(default_factory=set)
    """The responses whose playback has begun."""
    cleared: set[str] = field(default_factory=set)
    """The responses whose playback was cut off."""
    silenced: bool = False
    """Whether the client asked to cut playback off, and it was not."""
    lists: set[str] = field(default_factory=set)
    """The items that list the tools of servers."""
    made: Counter[str] = field(default_factory=Counter)
    """How many ids of each kind were made."""

    @property
    def answers(self) -> bool:
        """Tell whether the dialect has responses."""
        return any(link.effect == "response.created" for link in self.dialect.declarations.links)

    @property
    def finishes_items(self) -> bool:
        """Tell whether the dialect says when an item of the conversation is done."""
        scopes = self.dialect.declarations.scopes
        return any("conversation.item.done" in letters(scope.pattern) for scope in scopes)

    @property
    def active(self) -> Response | None:
        """Return the response in progress."""
        return self.state.responses.get(self.state.active)

    @property
    def open_calls(self) -> list[Call]:
        """Return the calls of whole responses that the client has not answered."""
        calls = [one for one in self.state.tools.calls.values() if one.finished and one.output is None]
        makers = {one.call_id: self.state.responses.get(self.state.makers.get(one.item_id, "")) for one in calls}
        return [one for one in calls if (maker := makers[one.call_id]) and maker.status == "completed"]

    @property
    def idle(self) -> bool:
        """Tell whether nothing is in progress."""
        entered = self.state.committed.keys() <= self.state.items.keys() | self.state.deleted.keys()
        return entered and not self.owed and self.active is None and not self.state.speech

    @property
    def over(self) -> bool:
        """Tell whether no further turn is to begin."""
        return self.begun >= self.turns

    def new(self, kind: str) -> str:
        """Return an id that nothing has: `item_3` and so on."""
        self.made[kind] += 1
        return f"{kind}_{self.made[kind]}"

    def knows(self, letter: str) -> bool:
        """Tell whether the dialect has an event."""
        return letter in self.dialect.types

    def ending(self, response_id: JSON) -> str:
        """Return why a response in progress is cut short, empty when it is not."""
        response = self.state.responses.get(str(response_id))
        if response is None or response.done:
            return ""
        if self.state.waiting(">response.cancel"):
            return "client_cancelled"
        return "turn_detected" if response.interrupted else ""
