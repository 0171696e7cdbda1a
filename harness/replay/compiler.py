"""Makes a `Script` of a session: groups its events by cause and compiles them to templates."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from harness.engine.paths import value_at
from harness.model import JSON, Event, Session
from harness.replay import plain, settings
from harness.replay.audio import Rendering
from harness.replay.completion import AUDIO, Completion
from harness.replay.script import Block, Call, Name, Response, Script, Step, Turn
from harness.replay.template import compile_event, mark
from harness.replay.vocabulary import OPENING, Vocabulary, ids_in
from harness.sound.formats import format_of
from harness.sound.payloads import decoded

EVENT_ID, PREVIOUS, FIRST_NAME = 0, 1, 2
"""The slots of every event: its own id, the item before its item, then the names of its block."""

RESPONSE = "response.created"
TURN = frozenset({"input_audio_buffer.speech_started", "input_audio_buffer.committed"})
FOLLOWERS = frozenset({"rate_limits.updated"})
"""What comes along with a response without naming it, within it or after it (WIRE.md, quirk 15)."""
OVER_WEBRTC = frozenset(f"output_audio_buffer.{name}" for name in ("started", "stopped", "cleared"))
"""What a connection beside a WebRTC call is told, and one that carries the audio itself is not."""
PLACING = frozenset({"conversation.item.added", "conversation.item.done", "input_audio_buffer.committed"})
"""Whose `previous_item_id` says where an item stands. Elsewhere it is decoration (xAI sends it everywhere)."""


def compile_script(
    session: Session, causes: Sequence[int | None], vocabulary: Vocabulary, rendering: Rendering
) -> Script:
    """Return the script of a session."""
    return _Compiler(session, causes, vocabulary, rendering).script()


class BlockBuilder:
    """Compiles events to the steps of one block; the ids they name share its slots."""

    def __init__(self, kinds: Mapping[str, str], borrowed: Callable[[str], bool] = lambda logged: False) -> None:
        """`kinds` has every id that is to be replaced, with its kind; `borrowed` tells those of other blocks."""
        self._kinds = kinds
        self._borrowed = borrowed
        self._slots: dict[str, int] = {}
        self._steps: list[Step] = []

    def add(self, seq: int, after_ns: int, name: str, body: dict[str, JSON]) -> None:
        """Compile one event, whose canonical name is `name`, as the next step."""
        marked = {key: self._marked(key, value) for key, value in _without_metadata(body).items()}
        if name in PLACING and "previous_item_id" in body:
            marked["previous_item_id"] = mark(PREVIOUS)
        item = value_at(body, "item_id") or value_at(body, "item.id")
        slot = self._slots.get(item) if isinstance(item, str) else None
        template = compile_event({**marked, "event_id": mark(EVENT_ID)})
        self._steps.append(Step(seq, after_ns, name, template, slot))

    def block(self) -> Block:
        """Return the block of the steps so far."""
        names = tuple(Name(logged, self._kinds[logged], self._borrowed(logged)) for logged in self._slots)
        return Block(tuple(self._steps), names)

    def _marked(self, key: str, value: JSON) -> JSON:
        """Return a value with marks where it names things."""
        if isinstance(value, str):
            known = key.endswith("id") and value in self._kinds
            return mark(self._slots.setdefault(value, len(self._slots) + FIRST_NAME)) if known else value
        if isinstance(value, dict):
            return {name: self._marked(name, member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._marked(key, member) for member in value]
        return value


def _without_metadata(body: dict[str, JSON]) -> dict[str, JSON]:
    """Return an event without the metadata that the recorded client asked for; the live one has its own."""
    response = body.get("response")
    if not isinstance(response, dict) or response.get("metadata") is None:
        return body
    return {**body, "response": {**response, "metadata": None}}


def plain_block(bodies: Sequence[dict[str, JSON]], vocabulary: Vocabulary, kinds: Mapping[str, str]) -> Block:
    """Compile events that no recording gave, as far as the dialect has them."""
    builder = BlockBuilder({**kinds, **plain.KINDS})
    for body in bodies:
        name = str(body["type"])
        if name in vocabulary.wire:
            told = {"event_id": "", **body, "type": vocabulary.wire[name]}
            builder.add(0, 0, name, vocabulary.validators.completed("server", vocabulary.wire[name], told))
    return builder.block()


class _Compiler:
    def __init__(
        self, session: Session, causes: Sequence[int | None], vocabulary: Vocabulary, rendering: Rendering
    ) -> None:
        self.session, self.causes, self.vocabulary = session, causes, vocabulary
        self.in_real_time = rendering.in_real_time
        self.events = session.events
        self.names = [vocabulary.canonical(event.type) for event in self.events]
        self.kinds = _kinds(self.events)
        self.created = {
            value_at(event.body, "response.id"): index
            for index, event in enumerate(self.events)
            if self.names[index] == RESPONSE
        }
        """Each response and where it was created."""
        self.completion = Completion(self.events, self.names, rendering.voice)
        self.groups: dict[int, list[int]] = defaultdict(list)
        """The server events under each head, by index."""
        self.owners: dict[str, int] = {}
        """Each id and the head of the block that mentions it first."""
        self._heads: dict[int, int] = {}
        beside = OVER_WEBRTC if not OPENING & set(self.names) else frozenset()
        for index, event in enumerate(self.events):
            if event.side == "server" and self.names[index] not in beside:
                self.groups[self.head(index)].append(index)
                self.owners = dict.fromkeys(ids_in(event.body), self.head(index)) | self.owners

    def head(self, index: int) -> int:
        """Return the event that begins the block an event belongs to: a client event, or a server event."""
        if index not in self._heads:
            self._heads[index] = self._find_head(index)
        return self._heads[index]

    def _find_head(self, index: int) -> int:
        cause = self.causes[index]
        if self.names[index] == RESPONSE:
            return index
        if self.names[index] in FOLLOWERS:
            return self._followed(index)
        response = self.created.get(_response_of(self.events[index].body), index)
        if response < index:
            return response
        if cause is None:
            return self._orphan_head(index)
        if self.events[cause].side == "server":
            return self.head(cause)
        return index if self.names[index] in TURN else cause

    def _followed(self, index: int) -> int:
        """Return the response that an event comes along with, though it does not name it."""
        before = [created for created in self.created.values() if created < index]
        return before[-1] if before else self._orphan_head(index)

    def _orphan_head(self, index: int) -> int:
        """Let an event without a cause begin a block, or follow the one that named its item, or the event before it."""
        if self.names[index] in TURN | OPENING:
            return index
        named = self.owners.get(self.item_of(index))
        if named is not None:
            return named
        before = (i for i in range(index - 1, -1, -1) if self.events[i].side == "server")
        previous = next(before, None)
        return index if previous is None else self.head(previous)

    def script(self) -> Script:
        """Return the whole script."""
        responses = {head: self.response(head) for head in self.groups if self.names[head] == RESPONSE}
        server = [event for event in self.events if event.side == "server"]
        return Script(
            recording=self.session,
            vocabulary=self.vocabulary,
            opening=self.opening(),
            calls=self.calls(),
            client=tuple(event.body for event in self.events if event.side == "client"),
            turns=self.turns(responses),
            responses=tuple(responses.values()),
            sends=frozenset(self.names[i] for i, event in enumerate(self.events) if event.side == "server"),
            marks_items=any(value_at(event.body, "item.object") is not None for event in server),
            session=self.configuration(),
        )

    def configuration(self) -> dict[str, JSON]:
        """Return the configuration with which the recording starts."""
        found = (value_at(event.body, "session") for event in self.events if event.side == "server")
        session = next((value for value in found if isinstance(value, dict)), None)
        return session if session is not None else plain.session(self.vocabulary.is_of_today)

    def opening(self) -> Block:
        """Return what the server sent because the connection stood."""
        heads = [head for head in self.groups if self.names[head] in OPENING]
        indices = sorted(index for head in heads for index in self.groups[head])
        if indices:
            return self.block(indices, self.connected_ns(indices[0]))
        return plain_block([{"type": "session.created", "session": self.configuration()}], self.vocabulary, self.kinds)

    def connected_ns(self, first: int) -> int | None:
        """Return when the connection stood: the recorder's note, else the first event itself."""
        notes = (entry.at_ns for entry in self.session.entries if entry.content is None)
        noted, began = next(notes, None), self.events[first].at_ns
        return noted if noted is not None and began is not None and noted <= began else began

    def calls(self) -> dict[str, tuple[Call, ...]]:
        """Return the recorded client events that drew an answer of their own, by type."""
        found: dict[str, list[Call]] = defaultdict(list)
        for index, event in enumerate(self.events):
            if event.side != "client":
                continue
            answers = self.groups.get(index, [])
            latency = _gap(event.at_ns, self.events[answers[0]].at_ns) if answers else 0
            origin = self.events[answers[0]].at_ns if answers else None
            found[self.names[index]].append(Call(event.body, latency, self.block(answers, origin)))
        return {name: tuple(calls) for name, calls in found.items()}

    def response(self, head: int) -> Response:
        """Return the response that a `response.created` begins."""
        created, cause = self.events[head].at_ns, self.causes[head]
        asked = cause is not None and self.events[cause].side == "client"
        latency = _gap(self.events[cause].at_ns, created) if cause is not None else 0
        return Response(latency, self.block(self.groups[head], created), asked)

    def turns(self, responses: Mapping[int, Response]) -> tuple[Turn, ...]:
        """Return the turns of the user's voice."""
        found, ended_ms, since = [], 0, 0
        for head in sorted(head for head in self.groups if self.names[head] in TURN):
            turn = self.turn(head, ended_ms, since, responses)
            found.append(turn)
            ended_ms += turn.end_ms or 0
            since = self.end_of(head)
        return tuple(found)

    def end_of(self, head: int) -> int:
        """Return where in the log a turn was committed."""
        committed = (i for i in self.groups[head] if self.names[i] == "input_audio_buffer.committed")
        return next(committed, head)

    def turn(self, head: int, ended_ms: int, since: int, responses: Mapping[int, Response]) -> Turn:
        """Return one turn; the one before it ended at `ended_ms` of the audio and at `since` in the log."""
        block = self.groups[head]
        appends = self.appends(since, self.end_of(head))
        spoken = self.names[head] == "input_audio_buffer.speech_started"
        cause = self.causes[head] if not spoken else appends[-1] if appends else None
        trigger = self.events[head if cause is None else cause].at_ns
        reply = next((r for r in responses if self.from_turn(r, head)), None)
        start = self.ms("input_audio_buffer.speech_started", "audio_start_ms", block)
        end = self.ms("input_audio_buffer.speech_stopped", "audio_end_ms", block)
        return Turn(
            block=self.block(block, trigger, plain.speech(self.item_of(head)) if not spoken else ()),
            spoken=spoken,
            appends=len(appends),
            heard_ms=self.heard_ms(appends, None if end is None else end - ended_ms),
            start_ms=None if start is None else max(start - ended_ms, 0),
            end_ms=None if end is None else max(end - ended_ms, 0),
            response=None if reply is None else responses[reply],
            response_after_ns=0 if reply is None else _gap(trigger, self.events[reply].at_ns),
        )

    def from_turn(self, response: int, head: int) -> bool:
        """Tell whether a response was made by the turn that begins at `head`."""
        cause = self.causes[response]
        return cause is not None and self.events[cause].side == "server" and self.head(cause) == head

    def appends(self, since: int, until: int) -> list[int]:
        """Return the pieces of audio that the client sent between two places of the log."""
        return [i for i in range(since, until) if self.names[i] == "input_audio_buffer.append"]

    def heard_ms(self, appends: list[int], needed_ms: int | None) -> float | None:
        """Return how much audio these appends hold; None when the log has elided or cut it."""
        form = format_of(settings.setting(self.configuration(), "input_format"))
        pieces = [decoded(self.events[index].body.get("audio")) for index in appends]
        if not pieces or None in pieces:
            return None
        heard = form.ms_in(sum(len(piece) for piece in pieces if piece is not None))
        return heard if heard >= (needed_ms or 0) else None

    def ms(self, name: str, field: str, indices: list[int]) -> int | None:
        """Return a time that one of these events states."""
        found = (value_at(self.events[i].body, field) for i in indices if self.names[i] == name)
        return next((int(value) for value in found if isinstance(value, (int, float))), None)

    def item_of(self, index: int) -> str:
        """Return the item that a server event is about."""
        return str(self.events[index].body.get("item_id"))

    def block(self, indices: list[int], origin_ns: int | None, before: Sequence[dict[str, JSON]] = ()) -> Block:
        """Compile some server events, and plain ones before them; `origin_ns` is when their cause happened."""
        here = {self.head(index) for index in indices}
        builder, after = BlockBuilder(self.kinds, lambda logged: self.owners.get(logged) not in here), 0
        heard: int | None = None
        for body in before:
            name = str(body["type"])
            builder.add(indices[0], 0, name, {**body, "type": self.vocabulary.wire[name]})
        for index in indices:
            after = max(after, _gap(origin_ns, self.events[index].at_ns))
            body = self.completion.of(index)
            if self.in_real_time and self.names[index] == AUDIO:  # not before what came before it has been heard
                after = max(after, heard or 0)
                heard = after + self.lasts_ns(body)
            builder.add(index, after, self.names[index], body)
        return builder.block()

    def lasts_ns(self, body: dict[str, JSON]) -> int:
        """Return how long the audio of a delta plays."""
        form = format_of(settings.setting(self.configuration(), "output_format"))
        return int(form.ms_in(len(decoded(body.get("delta")) or b"")) * 1_000_000)


def _kinds(events: Sequence[Event]) -> dict[str, str]:
    """Return every id of the recording and what it is the id of."""
    kinds: dict[str, str] = {}
    for event in events:
        kinds = ids_in(event.body) | kinds
    return kinds


def _response_of(body: dict[str, JSON]) -> JSON:
    return value_at(body, "response_id") or value_at(body, "response.id")


def _gap(start_ns: int | None, end_ns: int | None) -> int:
    """Return the time between two stamps, 0 where one is missing or they run backwards."""
    return 0 if start_ns is None or end_ns is None else max(end_ns - start_ns, 0)
