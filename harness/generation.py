"""Makes up valid sessions from the declarations that the check uses: a random walk through the grammars and links.

What an event says comes from the facts that others told, the protocol's own texts and the event's schema, in this
order. The source of chance is an argument.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from harness.engine.judge import Judge
from harness.engine.ledger import Ledger
from harness.engine.walk import Option, Walk
from harness.model import JSON, Entry, Event, Place, Side
from harness.protocol import schemas
from harness.protocol.dialects import get
from harness.protocol.faults import Schema
from harness.protocol.making.bodies import PIECE_MS, WRITERS, invent, put, remember
from harness.protocol.making.habits import BARS, DUTIES, STARTS, WEIGHTS, Start
from harness.protocol.making.plainest import complete
from harness.protocol.making.story import Dice, Story
from harness.protocol.state import CONDITIONS, REDUCERS, Conversation, remember_event_id

STARTED_NS = 1_735_689_600_000_000_000
"""The first stamp of every session: 2025-01-01 at midnight."""
LONGEST_PAUSE_MS = 40
LABELS: Mapping[Side, str] = {"client": "Sending message", "server": "Received message"}
"""What the native format calls an entry of each side."""
PATIENCE = 4000
"""How many events a turn has at most: a walk that does not end is a bug."""


def generate(dialect: str, dice: Dice, turns: int = 3) -> Iterator[Entry]:
    """Yield the entries of a session that breaks no rule, always the same for the same `dice`.

    Raises:
        UsageError: there is no such dialect.
    """
    yield from Generator(dialect, dice, turns).entries()


class Generator:
    """Makes up one session, event by event."""

    def __init__(self, dialect: str, dice: Dice, turns: int) -> None:
        self._dialect, self._dice = get(dialect), dice
        state = self._state = Conversation(fields=self._dialect.fields, complete=True)
        story = self._story = Story(self._dialect, dice, state, turns)
        answers = story.answers
        story.speaks, story.listens = dice.random() < 0.6, dice.random() < 0.6
        story.transcribes = not answers or dice.random() < 0.5
        remote = answers and story.knows("output_audio_buffer.started") and story.listens
        story.remote = remote and dice.random() < 0.25
        declared = self._dialect.declarations
        self._judge = Judge(declared, lambda name, attributes: CONDITIONS[name](state, attributes))
        self._ledger = Ledger(declared, lambda fact: invent(story, fact), story.knows)
        self._walk = Walk(self._judge, self._ledger, self._may_come)
        self._at_ns, self._count = STARTED_NS, 0
        self._sides: dict[str, Side] = {letter: side for (side, _), letter in self._dialect.letters.items()}

    def entries(self) -> Iterator[Entry]:
        """Yield the entries from the first to the last."""
        first = self._dialect.declarations.first[0]
        option: Option | None = Option(first, {})
        for _ in range(PATIENCE * (self._story.turns + 1)):
            if option is None:
                return
            yield self._entry(option)
            option = self._next()
        raise RuntimeError("the walk does not end")

    def _next(self) -> Option | None:
        """Choose one of the events that may come, None when all is done."""
        self._walk.look()
        answers = list(self._walk.answers())
        self._story.owed = bool(answers)
        if self._story.over and self._story.active is None:
            options = [*answers, *self._walk.completion(), *self._starts(DUTIES)]
        else:
            options = [*answers, *self._walk.progress(), *self._walk.children(), *self._starts(STARTS)]
        return self._choose(options) if options else None

    def _choose(self, options: list[Option]) -> Option:
        weights = [WEIGHTS.get(option.letter, WEIGHTS.get(option.plain, 1.0)) for option in options]
        left = self._dice.random() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            left -= weight
            if left < 0:
                return option
        return options[-1]

    def _starts(self, table: Mapping[str, Start]) -> Iterable[Option]:
        for letter, start in table.items():
            if self._story.knows(letter):
                for attributes in start(self._story):
                    yield from self._walk.begun(letter, attributes)

    def _may_come(self, option: Option) -> bool:
        bar = BARS.get(option.letter)
        possible = self._story.knows(option.plain) and not self._ledger.is_told(option.plain, option.attributes)
        return possible and (bar is None or bar(self._story, option.attributes))

    # -- one event ----

    def _entry(self, option: Option) -> Entry:
        attributes = {**option.attributes, **self._made_up(option)}
        body = self._body(option, attributes)
        side = self._sides[option.plain]
        event = Event(self._count, Place("", self._count + 1, 1), self._at_ns, side, str(body["type"]), body)
        faults = self._judge.feed(event, option.plain)
        if faults:
            raise RuntimeError(f"{event.type} breaks {faults[0].rule.code}: {faults[0]}")
        reducer = REDUCERS.get(option.plain)
        if reducer is not None:
            reducer(self._state, event)
        remember_event_id(self._state, event)
        remember(self._story, option.plain, body)
        self._ledger.learn(option.plain, self._judge.attributes(body), body)
        self._hurry()
        self._count += 1
        pause_ms = PIECE_MS if option.plain == ">input_audio_buffer.append" else self._dice.randint(1, LONGEST_PAUSE_MS)
        self._at_ns += pause_ms * 1_000_000
        return Entry(event.place, event.at_ns, side, LABELS[side], body)

    def _hurry(self) -> None:
        """Let what is cancelled end with what was said of it."""
        active = self._story.active
        if active is not None and self._story.ending(active.response_id):
            self._ledger.hurried.add(active.response_id)

    def _made_up(self, option: Option) -> dict[str, JSON]:
        made: dict[str, JSON] = {}
        for name in option.lacking:
            made[name] = option.siblings if name.endswith("_index") else self._story.new(name.removesuffix("_id"))
        return made

    def _body(self, option: Option, attributes: dict[str, JSON]) -> dict[str, JSON]:
        plain, side = option.plain, self._sides[option.plain]
        kind = self._dialect.type_of(plain)
        schema = schemas.schema(self._dialect.schemas, side, kind) or {}
        body: dict[str, JSON] = {"type": kind}
        if side == "server":
            body["event_id"] = self._story.new("event")
        writer = WRITERS.get(option.letter) or WRITERS.get(plain)
        body.update(writer(self._story, attributes) if writer else {})
        for path, piece in self._ledger.piece(plain, attributes, lambda most: self._dice.randint(1, most)):
            body = put(body, path, piece)
        body = self._addressed(body, attributes, schema)
        body = self._ledger.write(plain, attributes, body)
        return cast(dict[str, JSON], complete(schema, body))

    def _addressed(self, body: dict[str, JSON], attributes: Mapping[str, JSON], schema: Schema) -> dict[str, JSON]:
        """Return an event with its attributes, each where the schema has a place for it."""
        for name, value in attributes.items():
            for path in self._dialect.declarations.attributes[name]:
                if _has_place(schema, path) and (value is not None):
                    body = put(body, path, value)
                    break
        return body


def _has_place(schema: Schema, path: str) -> bool:
    name, _, rest = path.partition(".")
    fields = schema.get("properties", {})
    return name in fields and (not rest or "object" in str(fields[name].get("type")))
