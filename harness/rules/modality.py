"""Audio that was asked for, and text that came."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import Remark, View, rule


@rule("ADV801", "text-instead-of-audio", "warning", "server", "observed", on=("response.done",))
def text_instead_of_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that answers in text although audio was to be had.

    What: The session allows audio, and a completed response has text parts only.
    Why: The user hears nothing, though nothing failed.
    Source: Sixteen independent threads, all with text items in the conversation before the reply; a correlation that
        the makers never explained (field problem A1).
    Do: Put that text into the session's instructions and do not create the item; keep text-to-speech as a fallback.
        Sending the modalities again did not help others.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    if response is None or value_at(event.body, "response.status") != "completed":
        return
    modalities = response.modalities
    if not isinstance(modalities, list) or "audio" not in modalities:
        return
    if not response.text_parts or response.audio_parts or response.audio_deltas:
        return
    suspects = [item for item in view.state.items.values() if _is_text_item(item.content_types) and item.from_client]
    yield Remark(
        f"the session allows {modalities}, and {response.response_id} has {response.text_parts} text part, "
        "no audio part and no audio delta",
        why="; ".join(
            f"{item.item_id}, role {item.role}, is text in the history (line {item.place.line})" for item in suspects
        ),
        witnesses=tuple(
            Witness(
                item.seq, item.place, view.dialect.type_of("conversation.item.added"), "suspect: text in the history"
            )
            for item in suspects
        ),
    )


def _is_text_item(content_types: tuple[str, ...]) -> bool:
    return bool(content_types) and all("text" in kind for kind in content_types)
