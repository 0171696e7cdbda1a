"""When a side takes the initiative, and what may come though the grammars do not say so: for sessions made up.

Letters are the GA names, `>` marks what the client sends.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from harness.model import JSON
from harness.protocol.making.story import Story
from harness.protocol.state import Response

Attributes: TypeAlias = dict[str, JSON]
Start: TypeAlias = Callable[[Story], Iterable[Attributes]]
"""Yields the attributes of each event of a letter that may begin something now."""
Bar: TypeAlias = Callable[[Story, Mapping[str, JSON]], bool]
"""Tells whether an event may come that the grammars and links allow."""

SHORTEST_MS = 100
"""How much audio a commit needs."""
MOST_ITEMS = 3
"""How many items a response has at most."""


def _if(*holds: bool) -> list[Attributes]:
    return [{}] if all(holds) else []


# -- what begins ----


def _may_be_cut(response: Response) -> bool:
    """Whether a call that was made is to be run though its response is cancelled is for the client to say."""
    return bool(response.items) and "function_call" not in response.types.values()


def _update(story: Story) -> list[Attributes]:
    return _if(story.idle, not story.over, story.state.config_seen)


def _append(story: Story) -> list[Attributes]:
    return _if(not story.remote, not story.over)


def _speech(story: Story) -> list[Attributes]:
    heard = story.remote or story.state.input.chunks > 0
    interrupts = story.active is not None and not story.active.interrupted and _may_be_cut(story.active)
    free = story.idle or (interrupts and not story.owed and not story.state.waiting(">response.cancel"))
    return _if(story.listens, heard, free, not story.over)


def _timeout(story: Story) -> list[Attributes]:
    return _if(story.listens, story.idle, not story.over)


def _commit(story: Story) -> list[Attributes]:
    rate = story.state.input_rate
    long = bool(rate) and story.state.input.size / (rate or 1) >= SHORTEST_MS
    return _if(not story.listens, long, story.idle, not story.over)


def _clear(story: Story) -> list[Attributes]:
    return _if(story.idle, story.state.input.chunks > 0)


def _say(story: Story) -> list[Attributes]:
    return _if(story.idle, not story.over)


def _ask(story: Story) -> list[Attributes]:
    return _if(story.answers, story.idle, not story.over, bool(story.state.items), not story.open_calls)


def _cancel(story: Story) -> list[Attributes]:
    active = story.active
    if active is None or active.interrupted or story.state.waiting(">response.cancel") or not _may_be_cut(active):
        return []
    return [{"response_id": active.response_id}]


def _known_items(story: Story) -> list[Attributes]:
    busy = {*story.state.untranscribed, *story.state.transcribing, *story.lists}
    return [{"item_id": one} for one in story.state.order if one not in busy] if story.idle else []


def _heard_items(story: Story) -> list[Attributes]:
    last = next(reversed(story.state.output.items), None)
    free = story.idle and not story.remote and last in story.state.order[-2:]
    return [{"item_id": last, "content_index": 0}] if free else []


def _untold(story: Story) -> list[Attributes]:
    untold = [one for one in story.state.untranscribed if one in story.state.items]
    return [{"item_id": one, "content_index": 0} for one in untold]


def _transcription(story: Story) -> list[Attributes]:
    return [one for one in _untold(story) if one["item_id"] not in story.transcribed]


def _limits(story: Story) -> list[Attributes]:
    return _if(story.active is not None)


def _sign_of_life(story: Story) -> list[Attributes]:
    return [{}]


def _tool_list(story: Story) -> list[Attributes]:
    return _if(story.finishes_items, not story.lists, not story.begun, story.idle)


def _entering(story: Story) -> list[Attributes]:
    waiting = list(story.state.committed) or sorted(story.lists)
    return [{"item_id": one} for one in waiting if one not in story.state.items]


def _listed(story: Story) -> list[Attributes]:
    return [{"item_id": one} for one in story.state.tools.completed if one in story.state.items]


def _play(story: Story) -> list[Attributes]:
    speaking = [
        one for one in story.state.responses.values() if one.audio_parts and one.response_id not in story.played
    ]
    return [{"response_id": one.response_id} for one in speaking] if story.remote else []


def _silence(story: Story) -> list[Attributes]:
    return _if(story.remote, bool(story.played), not story.owed, not story.over)


def _key(story: Story) -> list[Attributes]:
    return _if(story.remote, not story.over)


def _answer(story: Story) -> list[Attributes]:
    return _if(story.idle, bool(story.open_calls))


def _first_commit(story: Story) -> list[Attributes]:
    return _if(story.idle, not story.listens, story.state.input.chunks > 0, not story.state.commits)


DUTIES: Mapping[str, Start] = {
    ">conversation.item.create": _answer,
    ">input_audio_buffer.commit": _first_commit,
    "conversation.item.input_audio_transcription.completed": _untold,
    "conversation.item.added": _entering,
    "conversation.item.done": _listed,
}
"""What must still come before the session ends, though no grammar and no link asks for it."""

STARTS: Mapping[str, Start] = {
    **DUTIES,
    ">session.update": _update,
    ">input_audio_buffer.append": _append,
    ">input_audio_buffer.commit": _commit,
    ">input_audio_buffer.clear": _clear,
    ">conversation.item.create": _say,
    ">conversation.item.delete": _known_items,
    ">conversation.item.retrieve": _known_items,
    ">conversation.item.truncate": _heard_items,
    ">response.create": _ask,
    ">response.cancel": _cancel,
    ">output_audio_buffer.clear": _silence,
    "input_audio_buffer.speech_started": _speech,
    "input_audio_buffer.timeout_triggered": _timeout,
    "input_audio_buffer.dtmf_event_received": _key,
    "conversation.item.input_audio_transcription.delta": _transcription,
    "conversation.item.input_audio_transcription.segment": _transcription,
    "conversation.item.input_audio_transcription.updated": _transcription,
    "conversation.item.input_audio_transcription.failed": _transcription,
    "mcp_list_tools.in_progress": _tool_list,
    "output_audio_buffer.started": _play,
    "rate_limits.updated": _limits,
    "ping": _sign_of_life,
}
"""Who may begin what, and when."""


# -- what may not come yet ----


def _one_at_a_time(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return story.active is None


def _all_items_done(story: Story, attributes: Mapping[str, JSON]) -> bool:
    response = story.state.responses.get(str(attributes.get("response_id")))
    if response is None:
        return False
    types = response.types  # calls of tool servers may outlive their response
    finished = all(item_id in story.state.named or types[item_id] == "mcp_call" for item_id, _ in response.items)
    return finished and bool(response.items or story.ending(response.response_id))


def _goes_on(story: Story, attributes: Mapping[str, JSON]) -> bool:
    response = story.state.responses.get(str(attributes.get("response_id")))
    return response is not None and len(response.items) < MOST_ITEMS and not story.ending(response.response_id)


def _never(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return False


def _calls_servers(story: Story, attributes: Mapping[str, JSON]) -> bool:
    listed = not story.state.tools.failed
    return listed and story.knows("response.mcp_call.in_progress") and _goes_on(story, attributes)


def _type(story: Story, attributes: Mapping[str, JSON]) -> str:
    response = story.state.responses.get(str(attributes.get("response_id")))
    return response.types.get(str(attributes.get("item_id")), "") if response else ""


def _parts(story: Story, attributes: Mapping[str, JSON]) -> int:
    response = story.state.responses.get(str(attributes.get("response_id")))
    return len(response.parts.get(str(attributes.get("item_id")), ())) if response else 0


def _is_entered(story: Story, attributes: Mapping[str, JSON]) -> bool:
    """An item is in the conversation before it is filled, also where no link has a deadline for it."""
    return attributes.get("item_id") in story.state.items


def _has_content(story: Story, attributes: Mapping[str, JSON]) -> bool:
    if not _is_entered(story, attributes):
        return False
    ends = bool(story.ending(attributes.get("response_id")))
    return ends or _type(story, attributes) != "message" or _parts(story, attributes) > 0


def _takes_part(story: Story, attributes: Mapping[str, JSON]) -> bool:
    ends = bool(story.ending(attributes.get("response_id")))
    room = _type(story, attributes) == "message" and _parts(story, attributes) < 2
    return not ends and room and _is_entered(story, attributes)


def _takes_audio(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return story.speaks and _takes_part(story, attributes)


def _takes_text(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return not story.speaks and _takes_part(story, attributes)


def _sounds_here(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return not story.remote


def _is_of_nobodys_making(story: Story, attributes: Mapping[str, JSON]) -> bool:
    """Items of a response are done only with it: the link that asks for their end has a deadline."""
    response = story.state.responses.get(story.state.makers.get(str(attributes.get("item_id")), ""))
    return response is None or response.done


def _was_asked(story: Story, attributes: Mapping[str, JSON]) -> bool:
    waiting = story.state.waiting(">conversation.item.truncate")
    return any(one.body.get("item_id") == attributes.get("item_id") for one in waiting)


def _is_silenced(story: Story, attributes: Mapping[str, JSON]) -> bool:
    """Playback is cut off once, when the user speaks or the client asks for it."""
    own_id = attributes.get("response_id")
    return own_id not in story.cleared and (story.silenced or bool(story.state.speech))


def _is_first(story: Story, attributes: Mapping[str, JSON]) -> bool:
    return not story.state.items and not story.state.responses and not story.made["conversation"]


def _item_is_there(story: Story, attributes: Mapping[str, JSON]) -> bool:
    """Where speech makes the item, and not the commit, it is added before the speech ends."""
    made = [link for link in story.dialect.declarations.links if link.effect == "conversation.item.added"]
    by_speech = any(cause.letter == "input_audio_buffer.speech_started" for link in made for cause in link.causes)
    return not by_speech or attributes.get("item_id") in story.state.items


BARS: Mapping[str, Bar] = {
    "input_audio_buffer.speech_stopped": _item_is_there,
    "conversation.created": _is_first,
    "conversation.item.done": _is_of_nobodys_making,
    "conversation.item.truncated": _was_asked,
    "output_audio_buffer.cleared": _is_silenced,
    "response.created": _one_at_a_time,
    "response.done": _all_items_done,
    "response.output_item.added": _never,  # of the types without a grammar of their own
    "response.output_item.added/message": _goes_on,
    "response.output_item.added/function_call": _goes_on,
    "response.output_item.added/mcp_call": _calls_servers,
    "response.output_item.done": _has_content,
    "response.content_part.added/text": _takes_text,
    "response.content_part.added/audio": _takes_audio,
    "response.function_call_arguments.delta": _is_entered,
    "response.function_call_arguments.done": _is_entered,
    "response.output_audio.delta": _sounds_here,
}
"""What may not come yet, by letter with its variant."""

WEIGHTS: Mapping[str, float] = {
    "conversation.created": 0.3,
    ">session.update": 0.3,
    ">conversation.item.delete": 0.05,
    ">conversation.item.retrieve": 0.05,
    ">conversation.item.truncate": 0.1,
    ">input_audio_buffer.append": 2.0,
    ">input_audio_buffer.clear": 0.05,
    ">output_audio_buffer.clear": 0.1,
    ">response.cancel": 0.05,
    "conversation.item.input_audio_transcription.completed": 0.3,
    "conversation.item.input_audio_transcription.failed": 0.05,
    "conversation.item.input_audio_transcription.segment": 0.2,
    "conversation.item.input_audio_transcription.updated": 0.3,
    "input_audio_buffer.dtmf_event_received": 0.1,
    "input_audio_buffer.speech_started": 1.0,
    "input_audio_buffer.timeout_triggered": 0.1,
    "mcp_list_tools.in_progress": 0.5,
    "ping": 0.1,
    "rate_limits.updated": 0.1,
    "response.output_item.added/function_call": 0.5,
    "response.output_item.added/mcp_call": 0.3,
    "response.output_text.delta": 4.0,
    "response.output_audio.delta": 4.0,
    "response.output_audio_transcript.delta": 4.0,
}
"""How often an event comes when others may come as well; 1 where nothing is said."""
