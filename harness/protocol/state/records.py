"""What is remembered of a session: the conversation, its items and responses, and what the client still waits for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from harness.engine.paths import value_at
from harness.engine.violation import Mark
from harness.model import JSON, Event, Place
from harness.protocol.state.audio import AudioTrack

KEPT = 2048
"""How many items, responses and calls are remembered; far more than a conversation's context holds."""
KEPT_IDS = 65536
"""How many event ids are remembered; a doubled event comes within seconds of the first."""
NOTED = 64
"""How many moments of one kind are kept for advice, which names the first and counts the rest."""
WAITING = 256
"""How many requests of one kind may wait for their answers; no client sends more at once."""


@dataclass(slots=True)
class Response:
    """One response, while it is made and after."""

    response_id: str
    seq: int
    place: Place
    out_of_band: bool = False
    modalities: JSON = None
    done: bool = False
    status: str = ""
    text_parts: int = 0
    audio_parts: int = 0
    audio_deltas: int = 0
    items: list[tuple[str, JSON]] = field(default_factory=list)
    """The ids of its output items with their output_index, in the order of their adding."""
    types: dict[str, str] = field(default_factory=dict)
    """The types of its output items."""
    parts: dict[str, list[JSON]] = field(default_factory=dict)
    """The content_index of the parts of each of its items, in the order of their adding."""
    started: dict[str, JSON] = field(default_factory=dict)
    """The response as it was created; empty once it is done."""
    interrupted: bool = False
    """Whether the user began to speak while it was made."""
    request: "Request | None" = None
    """The `response.create` that asked for it, None where a commit did or the log does not tell."""
    cut: tuple[int, Place, str] | None = None
    """The event by which it was to end early, with its type."""
    stale: int = 0
    """How many pieces of audio came after that."""


@dataclass(slots=True)
class Item:
    """One item of the conversation."""

    item_id: str
    seq: int
    place: Place
    role: str = ""
    type: str = ""
    content_types: tuple[str, ...] = ()
    from_client: bool = False


@dataclass(slots=True)
class Request:
    """An event of the client that waits for its answer."""

    seq: int
    place: Place
    body: dict[str, JSON]
    at_ns: int | None = None
    """When it was sent, in Unix nanoseconds."""


@dataclass(slots=True)
class Call:
    """A call of a function that the model made."""

    call_id: str
    item_id: str
    seq: int
    place: Place
    finished: bool = False
    """Whether its response was completed: until then its arguments may be cut off."""
    output: tuple[int, Place] | None = None
    """The client's output for it."""
    at_ns: int | None = None
    """When the call began, in Unix nanoseconds."""
    response_id: str = ""
    """The response that makes it."""


@dataclass(slots=True)
class Tools:
    """Calls and tool servers."""

    calls: dict[str, Call] = field(default_factory=dict)
    """The model's calls by call_id."""
    given: dict[str, int] = field(default_factory=dict)
    """The call_ids of calls that the client wrote into the history, with the `seq` of the event."""
    labels: dict[str, str] = field(default_factory=dict)
    """The label of the server of each item that lists tools."""
    listing: dict[str, tuple[int, Place]] = field(default_factory=dict)
    """The lists that are in progress, by item."""
    failed: dict[str, tuple[int, Place]] = field(default_factory=dict)
    """The labels of servers whose list failed."""
    completed: dict[str, tuple[int, Place]] = field(default_factory=dict)
    """The lists that completed and whose item has not come."""
    gates: dict[str, str] = field(default_factory=dict)
    """The approval request that each call of a tool server waits for."""
    approved: dict[str, bool] = field(default_factory=dict)
    """What the client answered to approval requests."""


class Moment(NamedTuple):
    """An event that something is to be said of later."""

    seq: int
    place: Place
    type: str
    at_ns: int | None
    about: str = ""
    """The id of what it is about."""


class Usage(NamedTuple):
    """What one response cost."""

    moment: Moment
    input_tokens: int
    cached_tokens: int


@dataclass(slots=True)
class Course:
    """How the session went so far: what advice is made of."""

    updates: int = 0
    """How often the client asked for settings."""
    client_seq: int = -1
    """The `seq` of the last event of the client that a reducer saw."""
    cancel: Moment | None = None
    """The last `response.cancel`."""
    idle_cancel: bool = False
    """Whether no response was in progress when it was sent."""
    unasked: list[Moment] = field(default_factory=list)
    """What the user said, and the outputs of tools, since the last response, where no response comes by itself."""
    answered: Response | None = None
    """The last response that was completed with a message, while nothing new was said."""
    turns: list[Moment] = field(default_factory=list)
    """The first turns of the user by voice."""
    speech_at_ns: int | None = None
    """The stamp of the last `input_audio_buffer.speech_started`."""
    lengths: dict[str, int] = field(default_factory=dict)
    """Milliseconds of speech in each turn of the user."""
    error: Moment | None = None
    """The last `error`."""
    sent_at_ns: int | None = None
    """The stamp of the client's last event before it."""
    words: dict[str, int] = field(default_factory=dict)
    """How many words the transcript of each turn has."""
    interruptions: list[Moment] = field(default_factory=list)
    """The responses that speech cancelled, with the item of that speech."""
    cut_items: dict[str, int] = field(default_factory=dict)
    """The items that the client truncated, with the `seq` of the event."""
    unheard: list[Moment] = field(default_factory=list)
    """The responses with audio that were cancelled, of which no item was truncated so far."""
    finished: int = -1
    """The `seq` at which the last answer began whose words are complete, -1 while there is none."""
    late_transcripts: list[Moment] = field(default_factory=list)
    """Transcripts of the user that came after all words of the answer."""
    first_audio: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """The first audio of each item: `seq`, and stamp in Unix nanoseconds."""
    playing: str = ""
    """The response whose audio came last."""
    switches: list[tuple[Moment, str]] = field(default_factory=list)
    """Where audio went back to a response behind another one's, with the id of that one."""
    usages: list[Usage] = field(default_factory=list)
    """The first and the last responses that told what they cost."""
    overtaken: list[Moment] = field(default_factory=list)
    """Transcripts that were complete before that of an earlier turn."""
    empty: list[Moment] = field(default_factory=list)
    """Transcripts without a word."""
    several: list[Moment] = field(default_factory=list)
    """Responses with several items, of which one is a message."""
    turn_end_ns: int | None = None
    """When the user, or the client, was done; None while that is not known, and once the answer is done."""
    reached: set[str] = field(default_factory=set)
    """What came of the answer to it so far."""
    lapses: dict[str, list[int]] = field(default_factory=dict)
    """Nanoseconds from the ends of turns to what came of the answers."""
    wasted: list[tuple[Moment, int]] = field(default_factory=list)
    """Cancelled responses with the tokens of audio that they had made."""


@dataclass(slots=True)
class Conversation:
    """What is known of a session at one moment."""

    fields: Mapping[str, str]
    """Where the dialect's session object keeps what is asked for."""
    config: dict[str, JSON] = field(default_factory=dict)
    """The session object as the server last sent it."""
    config_seen: bool = False
    items: dict[str, Item] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """The conversation as a chain of item ids."""
    named: dict[str, int] = field(default_factory=dict)
    """The items that finished or were transcribed, with the `seq`: they exist, even if the log lacks their adding."""
    deleted: dict[str, int] = field(default_factory=dict)
    """The items that were deleted, with the `seq` of the deletion."""
    deleted_births: dict[str, int] = field(default_factory=dict)
    """The same items, with the `seq` of their adding."""
    truncated: dict[str, int] = field(default_factory=dict)
    """The items that were truncated, with the `seq` of the truncation."""
    responses: dict[str, Response] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)
    """The response that makes each output item."""
    active: str = ""
    """The default response in progress, empty when there is none."""
    conversation_id: str = ""
    """The default conversation, as the first response named it."""
    speech: str = ""
    """The item whose speech goes on, empty when nobody speaks."""
    speech_start_ms: JSON = None
    speech_end_ms: JSON = None
    """When the last speech ended, in milliseconds of the input audio."""
    input: AudioTrack = field(default_factory=AudioTrack)
    """The audio that the client sent since it last committed or cleared the buffer."""
    input_ms: float = 0.0
    """How much audio the client sent in the whole session, in milliseconds."""
    input_rate: float | None = None
    """Bytes per millisecond of the audio that was sent last, None when its format is not known."""
    appended: tuple[int, Place] | None = None
    """The last append."""
    commits: int = 0
    """How often the client committed, or the server did."""
    output: AudioTrack = field(default_factory=AudioTrack)
    """The audio of the last response items; its `items` hold the milliseconds of each."""
    playback: bool = False
    """Whether events of WebRTC's playback were seen."""
    over_websocket: bool = False
    """Whether audio went through the log's own connection, as it does over a WebSocket only."""
    event_ids: dict[str, dict[str, Mark]] = field(default_factory=lambda: defaultdict(dict))
    """The `event_id`s used so far, by side."""
    last_at: dict[str, int] = field(default_factory=dict)
    """The last stamp of each side, in Unix nanoseconds."""
    opened_at: int | None = None
    """The stamp of `session.created`."""
    client_heard: bool = False
    """Whether the log has events of the client."""
    complete: bool = False
    """Whether the log is known to start with the session; else items may be older than the log."""
    last_error: int = -1
    """The `seq` of the last `error`, -1 when there was none."""
    requests: dict[str, list[Request]] = field(default_factory=dict)
    """What the client asked for and was not answered yet, by letter, the oldest first."""
    committed: dict[str, tuple[int, Place]] = field(default_factory=dict)
    """The items that the input buffer was committed to and that were not added yet."""
    untranscribed: dict[str, tuple[int, Place]] = field(default_factory=dict)
    """The items that were committed while transcription was on and whose transcription has not begun."""
    transcribing: dict[str, int] = field(default_factory=dict)
    """The items whose transcription streams, with the `seq` of its first event."""
    segments: dict[str, set[str]] = field(default_factory=dict)
    """The ids of the segments of running transcriptions, by item."""
    tools: Tools = field(default_factory=Tools)
    course: Course = field(default_factory=Course)
    _settings: dict[str, JSON] = field(default_factory=dict)
    """The settings that were asked for, so far; rules ask for the same few at every piece of audio."""
    _settings_of: dict[str, JSON] = field(default_factory=dict)
    """The session object that they are from."""

    def setting(self, name: str) -> JSON:
        """Return a setting of the session by its canonical name, None where it is off or not known."""
        if self._settings_of is not self.config:
            self._settings_of, self._settings = self.config, {}
        if name not in self._settings:
            self._settings[name] = value_at(self.config, self.fields.get(name, name))
        return self._settings[name]

    def knows_setting(self, name: str) -> bool:
        """Tell whether the server has said anything about a setting."""
        parent, _, leaf = self.fields.get(name, name).rpartition(".")
        holder = value_at(self.config, parent) if parent else self.config
        return isinstance(holder, dict) and leaf in holder

    def waiting(self, letter: str) -> list[Request]:
        """Return the client's requests of one kind that were not answered yet, the oldest first."""
        return self.requests.get(letter, [])

    def create_for(self, item: Mapping[str, JSON]) -> Request | None:
        """Return the `conversation.item.create` that an added item answers, None when it has another origin."""
        waiting, item_id = self.waiting(">conversation.item.create"), item.get("id")
        if not waiting or item_id in self.committed or item_id in self.makers or _is_growing(item):
            return None
        nameless: list[Request] = []
        for request in waiting:
            asked = request.body.get("item")
            own_id = asked.get("id") if isinstance(asked, dict) else None
            if own_id == item_id is not None or (own_id is None and next(echo_faults(asked, item), None) is None):
                return request
            if own_id is None:
                nameless.append(request)
        return nameless[0] if nameless else None


def _is_growing(item: Mapping[str, JSON]) -> bool:
    """Tell whether a response makes this item; those of a client are complete."""
    return item.get("role") == "assistant" and item.get("status") == "in_progress"


REPEATED = ("type", "role", "call_id", "name", "arguments", "output")
"""What an item of the client's has in the request and in the answer."""


def echo_faults(asked: JSON, item: Mapping[str, JSON]) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield what an added item has otherwise than the client wrote it: the field, what was sent, what came."""
    if not isinstance(asked, dict):
        return
    pairs = [(name, asked.get(name), item.get(name)) for name in REPEATED]
    sent, came = asked.get("content"), item.get("content")
    if isinstance(sent, list) and isinstance(came, list) and len(sent) == len(came):
        for index, (one, other) in enumerate(zip(sent, came, strict=True)):
            pairs.append((f"content/{index}/text", value_at(one, "text"), value_at(other, "text")))
    yield from (pair for pair in pairs if None not in pair[1:] and pair[1] != pair[2])


def text_at(body: JSON, path: str) -> str:
    """Return the text at a plain path, empty where there is none."""
    value = value_at(body, path)
    return value if isinstance(value, str) else ""


Value = TypeVar("Value")


def keep(table: dict[str, Value], key: str, value: Value) -> None:
    """Remember a value, and forget the oldest when there are too many."""
    table[key] = value
    if len(table) > KEPT:
        del table[next(iter(table))]


def remember_event_id(state: Conversation, event: Event) -> None:
    """Note an event's `event_id` as used, its side as heard and its stamp as the last."""
    own_id = event.body.get("event_id")
    if own_id.__class__ is str:
        ids = state.event_ids[event.side]
        if own_id not in ids:
            ids[own_id] = Mark(event.seq, event.place, event.type)
        if len(ids) > KEPT_IDS:
            del ids[next(iter(ids))]
    if event.side == "client":
        state.client_heard = True
    if event.at_ns is not None:
        state.last_at[event.side] = event.at_ns
