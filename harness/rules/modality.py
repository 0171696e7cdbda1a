"""Text and audio: what was asked for and what came."""

import re
from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Conversation, Item
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.wording import quoted

CREATE = ">response.create"
UPDATE = ">session.update"
SUSPECTS = 3
"""How many items a finding names; of more it tells the number."""
CONTROL_TOKEN = re.compile(r"<\|[a-z_0-9]+\|>")
LIKELY = ("system", "assistant")
"""The roles whose text tips the model into text, by most threads."""


@rule("ADV801", "text-instead-of-audio", "warning", "server", "observed", on=("response.done",))
def text_instead_of_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that answers in text although audio was to be had.

    What: The session allows audio, and a completed response has text parts only.
    Why: The user hears nothing, though nothing failed.
    Source: Sixteen independent threads, all with text items in the conversation before the reply, some after a change
        of the modalities; a correlation that the makers never explained (field problems A1 and A3).
    Do: Put that text into the session's instructions and do not create the item, or delete the item and the text reply
        before the next turn; keep text-to-speech as a fallback. Sending the modalities again did not help others.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    if value_at(event.body, "response.status") != "completed" or (response is not None and response.audio_deltas):
        return
    own = value_at(event.body, f"response.{view.dialect.fields.get('modalities', 'modalities')}")
    modalities = response.modalities if response is not None and response.modalities else own
    kinds = list(_content_types(event))
    if not isinstance(modalities, list) or "audio" not in modalities:
        return
    if not kinds or not _is_text_item(tuple(kinds)) or (response is not None and response.audio_parts):
        return
    suspects = _suspects(view.state)
    tokens = value_at(event.body, "response.usage.output_token_details.audio_tokens")
    counted = f" and {tokens} audio tokens" if isinstance(tokens, int) else ""
    parts = f"{len(kinds)} text part{'s' * (len(kinds) != 1)}"
    yield Remark(
        f"the session allows {quoted(modalities)}; "
        f"{value_at(event.body, 'response.id')} has {parts}, no audio part, no audio delta{counted}",
        why=_suspicion(suspects),
        witnesses=tuple(
            Witness(
                item.seq, item.place, view.dialect.type_of("conversation.item.added"), "suspect: text in the history"
            )
            for item in suspects[:SUSPECTS]
        ),
    )


def _content_types(event: Event) -> Iterator[str]:
    """Yield the types of the parts of a response's messages."""
    output = value_at(event.body, "response.output")
    for item in output if isinstance(output, list) else []:
        content = value_at(item, "content")
        for part in content if isinstance(content, list) else []:
            yield str(value_at(part, "type"))


def _suspects(state: Conversation) -> list[Item]:
    """Return the items of text that the client put into the history, the likeliest first."""
    texts = [
        item
        for item in state.items.values()
        if _is_text_item(item.content_types)
        and (item.from_client or not (state.client_heard or item.item_id in state.makers))
    ]
    return sorted(texts, key=lambda item: (item.role not in LIKELY, item.seq))


def _suspicion(suspects: list[Item]) -> str:
    if not suspects:
        return ""
    named = [
        f"{item.item_id}, role {item.role}, is text that the client put into the history (line {item.place.line})"
        for item in suspects[:SUSPECTS]
    ]
    more = len(suspects) - len(named)
    rest = f"; {more} more such items" if more else "; it is the only text there" if len(suspects) == 1 else ""
    return f"{'; '.join(named)}{rest}: a known correlation, not a proven cause"


def _is_text_item(content_types: tuple[str, ...]) -> bool:
    return bool(content_types) and all("text" in kind for kind in content_types)


@rule("ADV811", "response-asks-for-text-only", "note", "client", "documented", on=(CREATE,), needs=("settings",))
def response_asks_for_text_only(view: View, event: Event) -> Iterator[Remark]:
    """Find a request that switches audio off for one response.

    What: `response.create` asks for text only, the session allows audio, and the response joins the conversation.
    Why: The user hears nothing of this answer.
    Source: The fields of a `response.create` go before the session's; twilio-samples python 9 and forum 981561 (field
        problem A2).
    Do: Leave the modalities out of `response.create`, unless this answer is meant to be read.
    """
    name = view.dialect.fields.get("modalities", "modalities")
    asked, allowed = value_at(event.body, f"response.{name}"), view.state.setting("modalities")
    out_of_band = value_at(event.body, "response.conversation") == "none"
    if asked == ["text"] and isinstance(allowed, list) and "audio" in allowed and not out_of_band:
        yield Remark(
            f"this response asks for {quoted(asked)}, the session allows {quoted(allowed)}", pointer=f"/response/{name}"
        )


@rule("CLI944", "modalities-not-supported", "error", "client", "documented", on=(CREATE, UPDATE))
def modalities_not_supported(view: View, event: Event) -> Iterator[Remark]:
    """Find a set of modalities that beta does not have.

    What: `modalities` is audio alone, or no list.
    Why: The service refuses the whole event.
    Source: Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'] (livekit 1143,
        AVA 73; field problem A4).
    Do: Ask for `["audio", "text"]`; in today's dialect it is `output_modalities`, with one entry.
    """
    holder = "session" if "session" in event.body else "response"
    if view.dialect.fields.get("modalities") != "modalities":
        return
    asked = value_at(event.body, f"{holder}.modalities")
    if asked is not None and not _is_supported(asked):
        yield Remark(f"modalities is {quoted(asked)}", pointer=f"/{holder}/modalities", expected=('["audio", "text"]',))


def _is_supported(modalities: JSON) -> bool:
    return isinstance(modalities, list) and "text" in modalities


@rule(
    "ADV812",
    "control-tokens-in-text",
    "warning",
    "server",
    "observed",
    on=("response.output_text.done", "response.output_audio_transcript.done"),
)
def control_tokens_in_text(view: View, event: Event) -> Iterator[Remark]:
    """Find tokens of the model's own that leak into its words.

    What: A text or a transcript contains something like `<|audio_text|>`.
    Why: Speech synthesis reads it aloud, and it goes into the history.
    Source: forum 1379235, gpt-realtime-1.5 with text output (field problem A6).
    Do: Take `<|…|>` out before speaking or storing the text.
    """
    text = event.body.get("text") or event.body.get("transcript")
    match = CONTROL_TOKEN.search(text) if isinstance(text, str) else None
    if match:
        yield Remark(f"the text contains {match[0]}", about=(event.body.get("item_id"),))


@rule("ADV813", "answer-in-several-items", "note", "client", "observed", on=(END,))
def answer_in_several_items(view: View, event: Event) -> Iterator[Remark]:
    """Find a response with more than one item, or whose first is no message.

    What: A response has two messages or more, or a message behind another kind of item.
    Why: A client that looks at `output[0]` only, or counts playback from the first audio, loses what follows.
    Source: Audio of item A goes on in item B (pipecat 4465), agents-js 551, HF 438 (field problem R20).
    Do: Go over all items by `output_index`; set the playback clock back for each item.
    """
    several = view.state.course.several
    if several:
        first = several[0]
        more = f", and {len(several) - 1} more responses do" if len(several) > 1 else ""
        kinds = view.state.responses[first.about].types.values() if first.about in view.state.responses else ()
        message = f"{first.about} has the items {', '.join(kinds)}{more}"
        yield Remark(message, at=(first.seq, first.place), about=(first.about,))
