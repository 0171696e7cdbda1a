"""A session made ready to be measured: its tree, what is said in it, and who interrupted whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.engine.paths import value_at
from harness.model import JSON, Event, Session
from harness.protocol import dialects
from harness.sound.formats import Format, format_of
from harness.sound.measuring import SHORTEST_MS, Pieces, pieces_of
from harness.sound.payloads import decoded
from harness.turns import fold
from harness.turns.claims import Claims
from harness.turns.grow import grow
from harness.turns.nodes import Node, Step, Tree
from harness.turns.vocabulary import STREAMS

AUDIO = "response.output_audio.delta"
APPEND = ">input_audio_buffer.append"
STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED = "input_audio_buffer.committed"
CREATED, DONE = "response.created", "response.done"
CANCEL, TRUNCATE = ">response.cancel", ">conversation.item.truncate"
ITEM_CREATE, ITEM_ADDED = ">conversation.item.create", "conversation.item.added"
TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
TRANSCRIPTION = "transcription_session."
"""How the events of a session that only transcribes began in 2025; its type says so since."""
NO_STAMPS = "the log has no time stamps"


@dataclass(frozen=True)
class Recording:
    """A session and what is known of it as a whole."""

    session: Session
    tree: Tree
    claims: Claims
    started: Sequence[Event]
    """Every `speech_started`."""
    appends: Sequence[Event]
    """The audio that the client sent."""

    @cached_property
    def sent_ms(self) -> Sequence[float | None]:
        """Return how much audio had been sent after each append, None from the first on that the log left out."""
        lengths: list[float] = []
        longest = total = 0.0
        for append in self.appends:
            data = decoded(append.body.get("audio"))
            if data is None:
                break
            ms = input_format(self, append.seq).ms_in(len(data))
            longest, total = max(longest, ms), total + ms
            lengths.append(total)
        known = lengths if longest >= SHORTEST_MS else []
        return [*known, *[None] * (len(self.appends) - len(known))]

    @cached_property
    def results(self) -> Mapping[Node, Event]:
        """Return what was sent back for each call of a tool: the client's event, else the server's echo."""
        found = {}
        for turn in self.tree.root.of("turn"):
            for node in turn.of("input"):
                call, sent = node.value("answers"), event(node, ITEM_CREATE) or event(node, ITEM_ADDED)
                if isinstance(call, Node) and sent is not None:
                    found[call] = sent
        return found

    @property
    def transcribes(self) -> bool:
        """Tell whether the session only transcribes: then nothing is to be answered."""
        told = [step.first for node in self.tree.root.of("configuration") for step in node.steps]
        return any(
            one.type.startswith(TRANSCRIPTION) or value_at(one.body, "session.type") == "transcription" for one in told
        )

    @property
    def stamped(self) -> bool:
        """Tell whether any event has a time stamp."""
        return any(event.at_ns is not None for event in self.session.events)

    def setting(self, seq: int, path: str) -> JSON:
        """Return a setting of the session at an event, by its path of today, such as `audio.output.voice`."""
        return value_at(self.claims.in_force(seq), path)


def record(session: Session) -> Recording:
    """Return a session ready to be measured."""
    dialect = dialects.get(session.dialect)
    tree = grow(dialect, session.events)
    claims = Claims(tree)
    for branch in tree.root.children:
        claims.expand(branch)
    letters = [(dialect.letters.get((event.side, event.type)), event) for event in session.events]
    started = [event for letter, event in letters if letter == STARTED]
    appends = [event for letter, event in letters if letter == APPEND]
    return Recording(session, tree, claims, started, appends)


def steps(node: Node, letter: str) -> list[Step]:
    """Return the events of one letter in a node and below, in the order of the log."""
    found = (step for inner in node.walk() for step in inner.steps if step.letter == letter)
    return sorted(found, key=lambda step: step.first.seq)


def event(node: Node, letter: str) -> Event | None:
    """Return the first event of a letter in a node and below, None when there is none."""
    return next((step.first for step in steps(node, letter)), None)


def events(node: Node, letter: str) -> list[Event]:
    """Return the events of a letter in a node and below, in the order of the log."""
    return sorted((one for step in steps(node, letter) for one in step.events), key=lambda one: one.seq)


def first_delta(response: Node) -> Event | None:
    """Return the first event that brings a piece of an answer."""
    found = (step.first for node in response.walk() for step in node.steps if step.letter in STREAMS)
    return min(found, key=lambda one: one.seq, default=None)


def output_format(recording: Recording, response: Node) -> Format:
    """Return the format of an answer's audio: the response's own, else the session's, else the default."""
    created = event(response, CREATED)
    if created is None:
        return format_of(None)
    own = value_at(fold.settings(created.body.get("response")), "audio.output.format")
    return format_of(own or recording.setting(created.seq, "audio.output.format"))


def input_format(recording: Recording, seq: int) -> Format:
    """Return the format of the client's audio at an event."""
    return format_of(recording.setting(seq, "audio.input.format"))


def sound_of_answer(recording: Recording, response: Node) -> Pieces | None:
    """Return the decoded audio of an answer in the order it came, None when it has none."""
    deltas = events(response, AUDIO)
    form = output_format(recording, response)
    return pieces_of([one.body.get("delta") for one in deltas], form) if deltas else None


def interruption(recording: Recording, response: Node) -> Event | None:
    """Return what interrupted an answer: the user's speech, or the client's cancel; None when nothing did.

    Speech while the answer is made counts when the answer was cancelled; speech while it is played, when the client
    truncated it.
    """
    created, done = event(response, CREATED), event(response, DONE)
    if created is None:
        return None
    end = done.seq if done is not None else recording.session.events[-1].seq
    truncate = event(response, TRUNCATE)
    cancel = next((one for one in events(response, CANCEL) if one.seq < end), None)
    cancelled = response.value("status") == "cancelled" or cancel is not None
    during = [one for one in recording.started if created.seq < one.seq < end] if cancelled or truncate else []
    before = [one for one in recording.started if truncate is not None and created.seq < one.seq < truncate.seq]
    return next(iter(during), None) or next(reversed(before), None) or cancel
