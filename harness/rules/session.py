"""The session: its settings, its length."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Conversation
from harness.rules.catalogue import EVERY, NOTHING, Remark, View, rule
from harness.rules.wording import quoted

UPDATED = "session.updated"
LIMIT_S = 3600
"""The longest session: 60 minutes, since GA."""
SLACK_S = 60
NANOSECONDS = 1_000_000_000
LATEST_NS = (LIMIT_S + SLACK_S) * NANOSECONDS
"""After this long every event is behind the end."""
TOLD_ELSEWHERE = ("id", "object", "type", "model", "expires_at")
"""Fields with rules of their own, and one that is new whenever the session is."""

CONTAINERS = ("audio", "audio.input", "audio.output")
"""Objects that only hold settings; the others are settings themselves."""


@rule("ORD302", "conversation-created-late", "warning", "server", "documented", on=("conversation.created",))
def conversation_created_late(view: View, event: Event) -> Iterator[Remark]:
    """Find a conversation that is created after its first items.

    What: `conversation.created` comes after an item or a response.
    Why: A client that starts its list there loses what came before.
    Source: conversation.created: emitted right after session creation. OpenAI stopped to send it.
    Do: Start the list with the session; report it to the server.
    """
    if view.state.items or view.state.responses:
        yield Remark("`conversation.created` comes after the first items of the conversation")


@rule("CNT440", "update-not-applied", "warning", "server", "documented", on=(UPDATED,), needs=("client",))
def update_not_applied(view: View, event: Event) -> Iterator[Remark]:
    """Find a setting that the client asked for and did not get.

    What: `session.updated` has another value than the `session.update` that it answers.
    Why: The client sends audio in a format that is not read as such, or waits for words that never come.
    Source: Only the fields that are present in the `session.update` are updated; the answer shows the full, effective
        configuration. An empty `instructions` keeps the default ones.
    Do: Read the settings from `session.updated`, never from what was asked.
    """
    update = next(iter(view.state.waiting(">session.update")), None)
    if update is None:
        return
    for path, asked, got in _differences(update.body.get("session"), event.body.get("session"), ""):
        yield Remark(
            f"{path} is {got!r}; the client asked for {asked!r}",
            witnesses=(Witness(update.seq, update.place, "session.update", "asked here"),),
            pointer="/session/" + path.replace(".", "/"),
            expected=(str(asked),),
        )
        return


def _differences(asked: JSON, got: JSON, path: str) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield the settings that were asked for and differ; what one side leaves out, or words otherwise, does not."""
    if isinstance(asked, dict) and isinstance(got, dict):
        for name, value in asked.items():
            if name in got and not (not path and name in TOLD_ELSEWHERE):
                yield from _differences(value, got[name], f"{path}.{name}" if path else name)
    elif isinstance(asked, list) and isinstance(got, list):
        if len(asked) != len(got):
            yield path, asked, got
        elif all(isinstance(one, str) for one in asked):
            if sorted(map(str, asked)) != sorted(map(str, got)):
                yield path, asked, got
        else:
            for index, (one, other) in enumerate(zip(asked, got, strict=True)):
                yield from _differences(one, other, f"{path}.{index}")
    elif _is_said_otherwise(asked, got):
        yield path, asked, got


def _is_said_otherwise(asked: JSON, got: JSON) -> bool:
    """Tell whether two plain values contradict each other: a model may be given its full name."""
    if asked in ("", None):
        return asked is None and isinstance(got, (str, int, float)) and bool(got)
    if isinstance(asked, str) and isinstance(got, str):
        return not got.startswith(asked)
    same_kind = isinstance(asked, (int, float)) and isinstance(got, (int, float))
    return same_kind and asked != got


@rule("CNT441", "setting-changes-unasked", "warning", "server", "documented", on=(UPDATED,), needs=("client",))
def setting_changes_unasked(view: View, event: Event) -> Iterator[Remark]:
    """Find a setting that changes although the client left it out.

    What: `session.updated` has another value than the session had, in a field that the `session.update` did not name.
    Why: The client does not look at what it did not ask for.
    Source: Only the fields that are present in the `session.update` are updated.
    Do: Read all settings from `session.updated`; report it to the server.
    """
    update = next(iter(view.state.waiting(">session.update")), None)
    if update is None or not view.state.config_seen:
        return
    asked = update.body.get("session")
    for path, before, now in _changes(view.state.config, event.body.get("session"), asked, ""):
        yield Remark(
            f"{path} is {now!r}; it was {before!r}, and the client did not ask to change it",
            pointer="/session/" + path.replace(".", "/"),
            expected=(str(before),),
        )
        return


def _changes(before: JSON, now: JSON, asked: JSON, path: str) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield the settings that differ and were not named; one that was named as a whole may change as a whole."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        if before is not None and now is not None and type(before) is type(now) and before != now:
            yield path, before, now
        return
    for name, value in before.items():
        inner = f"{path}.{name}" if path else name
        named = isinstance(asked, dict) and name in asked
        if name not in now or inner in TOLD_ELSEWHERE or (named and inner not in CONTAINERS):
            continue
        yield from _changes(value, now[name], asked[name] if isinstance(asked, dict) and named else None, inner)


@rule("CNT442", "voice-changes-after-audio", "error", "server", "documented", on=(UPDATED,), needs=("settings",))
def voice_changes_after_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a voice that changes after the model has spoken.

    What: `session.updated` has another voice than the session had when the assistant's first audio came.
    Why: The client believes in a voice that the user never hears.
    Source: Voice cannot be changed during the session once the model has responded with audio at least once.
    Do: Report it to the server; choose the voice before the first answer.
    """
    before = view.state.setting("voice")
    now = value_at(event.body.get("session"), view.state.fields.get("voice", "voice"))
    if spoke(view.state) and before is not None and now is not None and before != now:
        yield Remark(f"the voice is {now} after audio in the voice {before}", expected=(str(before),))


def spoke(state: Conversation) -> bool:
    """Tell whether the model has answered with audio."""
    return bool(state.output.items) or any(one.audio_parts or one.audio_deltas for one in state.responses.values())


@rule(
    "CNT443",
    "two-output-modalities",
    "error",
    "server",
    "documented",
    on=("session.created", UPDATED, "response.created", "response.done"),
)
def two_output_modalities(view: View, event: Event) -> Iterator[Remark]:
    """Find text and audio asked for at the same time.

    What: `output_modalities` has more than one entry, or none.
    Why: Clients choose their player by it.
    Source: output_modalities: `["audio"]` or `["text"]`; it is not possible to request both at the same time.
    Do: Report it to the server; audio brings its transcript anyway.
    """
    holder = "session" if event.type.startswith("session") else "response"
    modalities = value_at(event.body, f"{holder}.output_modalities")
    if isinstance(modalities, list) and len(modalities) != 1:
        yield Remark(f"output_modalities is {quoted(modalities)}", pointer=f"/{holder}/output_modalities")


@rule("TIM720", "session-outlives-its-limit", "warning", "server", "documented", on=(EVERY,))
def session_outlives_its_limit(view: View, event: Event) -> Iterator[Remark]:
    """Find a session that goes on behind its longest time.

    What: An event comes more than 60 minutes after `session.created`; the first such event is told.
    Why: Services end the session there; or the stamps are wrong.
    Source: The maximum duration of a Realtime session is 60 minutes; it was 15 at the launch, 30 in 2025.
    Do: Look at the clock of the recorder; renew a session before its `expires_at`.
    """
    opened, now = view.state.opened_at, event.at_ns
    if opened is None or now is None or now - opened <= LATEST_NS:
        return NOTHING
    if max(view.state.last_at.values(), default=opened) - opened > LATEST_NS:
        return NOTHING
    return iter((Remark(f"the event comes {(now - opened) // NANOSECONDS} s after the session was created"),))


@rule("TIM721", "session-expired", "warning", "client", "observed", on=("error",))
def session_expired(view: View, event: Event) -> Iterator[Remark]:
    """Find a session that ran into its limit.

    What: The server ends the session with `session_expired`.
    Why: The call is cut off in the middle; a session cannot be resumed.
    Source: Your session hit the maximum duration of 60 minutes (pollen-robotics 134, twilio-samples python 10); the
        close code is 1001. Client rule C-28.
    Do: Read `expires_at` from `session.created` and open a new session before it, at the end of a turn.
    """
    if value_at(event.body, "error.code") == "session_expired":
        yield Remark(f"the session expired: {value_at(event.body, 'error.message')}")
