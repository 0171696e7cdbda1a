"""The session's settings as they took effect: refused, late, never asked for; and the generation it speaks."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.protocol.dialects import get
from harness.protocol.state import Conversation, Request
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.refusals import refusal, refuses_settings, said, was_told
from harness.rules.thresholds import threshold

UPDATE = ">session.update"
DEFAULT_PROMPT = "Your knowledge cutoff is 2023-10."
"""How the instructions begin that the service uses where none were asked for, since October 2024."""
NANOSECONDS = 1_000_000_000
NEAR_END_S = threshold(
    "session-end-near-s", 120, "two minutes are long enough to renew a session between turns (field problem S9)"
)


@rule("CLI953", "update-refused-whole", "warning", "client", "observed", on=("error",))
def update_refused_whole(view: View, event: Event) -> Iterator[Remark]:
    """Find a `session.update` that was refused, so that none of its fields took effect.

    What: An `error` refuses a `session.update`; the session goes on with the settings that it had.
    Why: One field that is wrong takes all others with it: instructions, tools, voice and formats stay as they were.
    Source: Eight independent threads: a description of a tool that is too long, a voice that is fixed, a field of the
        other generation (field problem S1).
    Do: Correct the field that the error names and send the whole update again; wait for `session.updated`.
    """
    error = event.body.get("error")
    if not refuses_settings(error, view.cause) or was_told(view, event):
        return
    updates = view.state.waiting(UPDATE)
    update = next((one for one in updates if view.cause and one.seq == view.cause.seq), next(iter(updates), None))
    lost = _lost(update)
    at = f" at line {update.place.line}" if update is not None else ""
    message = f"`session.update`{at} was refused whole, {lost} did not take effect: {said(error)}"
    yield refusal(view, event, message)


def _lost(update: Request | None) -> str:
    session = update.body.get("session") if update is not None else None
    names = [name for name in session if name != "type"] if isinstance(session, dict) else []
    return ", ".join(names) if names else "all that it asked for"


OLDER = get("openai-beta").fields
RENAMED = {"max_response_output_tokens": "max_output_tokens", "temperature": "(gone)"}
"""What beta's settings are called today, beside those whose place the dialects know."""


@rule("ADV814", "settings-in-the-words-of-beta", "warning", "client", "documented", on=(UPDATE,))
def settings_in_the_words_of_beta(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that asks for settings by names that its server does not know any more.

    What: `session.update` has fields of the beta, and the session speaks today's dialect.
    Why: The service refuses the whole update; instructions, tools, voice and formats stay as they were.
    Source: 22 independent threads on the change of generations (field problem D1).
    Do: Move the fields as listed, and send `session.type`.
    """
    session, places = event.body.get("session"), view.dialect.fields
    if not isinstance(session, dict) or places == OLDER:
        return
    moved = {path: places.get(name, name) for name, path in OLDER.items() if path in session}
    moved |= {name: now for name, now in RENAMED.items() if name in session}
    told = [f"{before} → {now}" for before, now in moved.items() if before != now]
    if told and "modalities" in places:
        typed = "" if "type" in session else "; session.type is missing"
        yield Remark(f"the update is written for the beta: {', '.join(told)}{typed}", pointer="/session")


@rule("ADV860", "session-on-defaults", "note", "client", "observed", on=(END,), needs=("start", "client"))
def session_on_defaults(view: View, event: Event) -> Iterator[Remark]:
    """Find a session whose settings nobody asked for.

    What: The client sent no `session.update`, and the session answered with the service's own
        instructions, voice and detection of turns.
    Why: The model plays a part that nobody gave it, and there is no transcript of the user.
    Source: The default instructions begin with "Your knowledge cutoff is 2023-10", since October 2024; the seed's
        session runs on them (field problems S2, S8 and X3).
    Do: Send a `session.update` after `session.created` with all that matters, and read `session.updated`.
    """
    state = view.state
    prompt = state.config.get("instructions")
    spoke = next(iter(state.responses.values()), None)
    if spoke is None or state.course.updates or not isinstance(prompt, str) or not prompt.startswith(DEFAULT_PROMPT):
        return
    yield Remark(
        f"the answers were given on defaults: {_settings(state)}",
        why="no `session.update` was sent, and a token that carries settings would have changed them",
        at=(spoke.seq, spoke.place),
    )


def _settings(state: Conversation) -> str:
    detection = state.setting("turn_detection")
    numbers = [value_at(detection, name) for name in ("threshold", "prefix_padding_ms", "silence_duration_ms")]
    turns = f"{value_at(detection, 'type')} {'/'.join(map(str, numbers))}" if detection else "no turn detection"
    told = state.setting("transcription")
    written = "transcription off, so no transcript of the user will come" if told is None else "transcription on"
    return f"{turns}, voice {state.setting('voice')}, the default instructions, {written}"


@rule(
    "ADV861", "answer-before-the-update", "warning", "client", "documented", on=("response.created",), needs=("start",)
)
def answer_before_the_update(view: View, event: Event) -> Iterator[Remark]:
    """Find an answer that begins while the client's settings are not in force yet.

    What: `response.created` comes while a `session.update` that was sent before has no `session.updated` yet.
    Why: The first turn is spoken in the default voice, by the default instructions.
    Source: Six independent threads (field problem S3): audio or a `response.create` was on its way before the update.
    Do: Hold audio and `response.create` back until `session.updated`.
    """
    update = next(iter(view.state.waiting(UPDATE)), None)
    asked = next(iter(view.state.waiting(">response.create")), None)
    first = not view.state.responses
    if update is None or not first or view.cause is None or (asked is not None and asked.seq < update.seq):
        return
    yield Remark(
        f"the first answer begins before `session.updated`; the update of line {update.place.line} may not be in force",
        witnesses=(Witness(update.seq, update.place, "session.update", "not confirmed yet"),),
        expected=("session.updated",),
        about=(value_at(event.body, "response.id"),),
    )


@rule("ADV862", "sent-before-session-created", "note", "client", "observed", on=("session.created",))
def sent_before_session_created(view: View, event: Event) -> Iterator[Remark]:
    """Find events that the client sent before the session was there.

    What: An event of the client is logged before `session.created`.
    Why: A session for conversation accepts it; a transcription session refuses it, and the settings that come with
        `session.created` cannot have been looked at.
    Source: Accepted in the seed's session; refused in openclaw 5243 (field problem S4).
    Do: Wait for `session.created` before the first event.
    """
    state = view.state
    kinds = [(one.seq, one.place, letter) for letter, waiting in state.requests.items() for one in waiting]
    if state.appended is not None:
        kinds.append((*state.appended, ">input_audio_buffer.append"))
    if state.config_seen or not kinds:
        return
    seq, place, letter = min(kinds)
    before, now = state.last_at.get("client"), event.at_ns
    lead = f" {(now - before) / 1e6:.0f} ms" if before is not None and now is not None and now >= before else ""
    yield Remark(
        f"`{view.dialect.type_of(letter)}` was sent{lead} before `session.created` was read",
        at=(seq, place),
        witnesses=(Witness(event.seq, event.place, event.type, "the session begins here"),),
    )


@rule("DIA640", "dialect-retired", "note", "client", "observed", on=("session.created", "session.updated"))
def dialect_retired(view: View, event: Event) -> Iterator[Remark]:
    """Find a session in a dialect that its maker does not serve any more.

    What: The session speaks a generation of the protocol that was switched off.
    Why: The client of this log cannot connect to that service today; other servers may still speak it.
    Source: OpenAI answers beta_api_shape_disabled and closes with 4000 since 2026-05-12; 22 independent threads on the
        change (field problem D1).
    Do: Move to today's names: `harness check --dialect openai-ga` lists what differs, `harness replay --as openai-ga`
        serves this log in it.
    """
    if view.dialect.retired and not view.state.config_seen:
        yield Remark(f"the session speaks {view.dialect.name}. {view.dialect.retired}")


@rule("TIM734", "session-near-its-end", "note", "client", "documented", on=(END,), needs=("settings",))
def session_near_its_end(view: View, event: Event) -> Iterator[Remark]:
    """Find a session that comes close to the moment at which it is ended.

    What: The last stamp of the log is less than two minutes before the session's `expires_at`, or behind it.
    Why: The service ends the session there, in the middle of a turn; it cannot be resumed.
    Source: expires_at: expiration timestamp for the session. Eight independent threads (field problem S9).
    Do: Open a new session before `expires_at`, between two turns.
    """
    ends, last = view.state.config.get("expires_at"), max(view.state.last_at.values(), default=None)
    opened = view.state.opened_at
    if not isinstance(ends, int) or last is None or opened is None or ends * NANOSECONDS <= opened:
        return  # stamps of another clock say nothing
    left = ends - last // NANOSECONDS
    if left < view.limit(NEAR_END_S):
        yield Remark(
            f"the log ends {left} s before the session's `expires_at`", severity="warning" if left < 0 else None
        )
