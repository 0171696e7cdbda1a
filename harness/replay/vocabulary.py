"""What the Replayer must know of a dialect: which event type stands for which canonical one, and who owns an id."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.engine.paths import walk
from harness.model import JSON
from harness.protocol.dialects import Dialect
from harness.protocol.schemas import Chain, Validators, validators

OWNERS: Mapping[str, tuple[str, ...]] = {
    "session": ("session.id",),
    "conversation": ("conversation.id", "response.conversation_id", "conversation_id"),
    "response": ("response.id", "response_id"),
    "item": ("item.id", "item_id", "response.output[at].id"),
    "call": ("item.call_id", "call_id", "response.output[at].call_id"),
}
"""Where events name the things that have ids."""

PREFIXES: Mapping[str, str] = {
    "session": "sess",
    "conversation": "conv",
    "response": "resp",
    "item": "item",
    "call": "call",
}
"""How ids of each kind start on OpenAI's wire."""

OPENING = frozenset({"session.created", "conversation.created"})
"""What the server sends because the connection stands."""


@dataclass(frozen=True)
class Vocabulary:
    """A dialect's event types, both ways, by the canonical names."""

    dialect: str
    client: Mapping[str, str]
    """What clients send: event type to canonical name."""
    server: Mapping[str, str]
    """The same for what the server sends."""
    schemas: Chain
    """The folders that have the schemas of its events."""

    @staticmethod
    def of(dialect: Dialect) -> "Vocabulary":
        """Return the vocabulary of a dialect."""
        told = dialect.letters.items()
        return Vocabulary(
            dialect.name,
            {name: letter.removeprefix(">") for (side, name), letter in told if side == "client"},
            {name: letter for (side, name), letter in told if side == "server"},
            dialect.schemas,
        )

    @property
    def validators(self) -> Validators:
        """Return what judges the form of the dialect's events."""
        return validators(self.schemas)

    def canonical(self, event_type: str) -> str:
        """Return the canonical name of an event type, the type itself when it has none of its own."""
        return self.server.get(event_type) or self.client.get(event_type, event_type)

    @property
    def is_of_today(self) -> bool:
        """Tell whether the dialect has the names of today, not those of 2024."""
        return "response.output_text.delta" in self.server

    @cached_property
    def wire(self) -> Mapping[str, str]:
        """Canonical name to event type of what the server sends; a name that stands for itself wins."""
        types = {canonical: name for name, canonical in self.server.items()}
        return types | {name: name for name, canonical in self.server.items() if name == canonical}


def ids_in(body: dict[str, JSON]) -> dict[str, str]:
    """Return the ids that an event names, each with its kind; `event_id` is not one of them."""
    found: dict[str, str] = {}
    for kind, paths in OWNERS.items():
        for path in paths:
            for place in walk(body, path):
                if isinstance(place.value, str) and place.value:
                    found.setdefault(place.value, kind)
    return found
