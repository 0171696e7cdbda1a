"""Fills in what a log lacks and clients need: left-out audio, and the name of a called function."""

from collections import Counter
from collections.abc import Sequence

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.replay import audio
from harness.replay.settings import setting
from harness.sound.formats import PCM16, format_of
from harness.sound.payloads import decoded

AUDIO = "response.output_audio.delta"
TRANSCRIPT = "response.output_audio_transcript.done"
ARGUMENTS = "response.function_call_arguments.done"


class Completion:
    """Looks through a recording once, then completes its events one by one."""

    def __init__(self, events: Sequence[Event], names: Sequence[str]) -> None:
        self._events, self._names = events, names
        self._functions: dict[JSON, JSON] = {}
        """Item to the name of the function it calls."""
        self._chunks: Counter[JSON] = Counter()
        """Response to the number of its audio deltas."""
        self._lengths: dict[JSON, float] = {}
        """Response to the milliseconds of its audio."""
        self._format = PCM16
        for event, name in zip(events, names, strict=True):
            if event.side == "server":
                self._study(event.body, name)

    def _study(self, body: dict[str, JSON], name: str) -> None:
        response = value_at(body, "response_id")
        if name in ("session.created", "session.updated"):
            session = value_at(body, "session")
            self._format = format_of(setting(session, "output_format") if isinstance(session, dict) else None)
        elif name == "response.output_item.added":
            self._functions[value_at(body, "item.id")] = value_at(body, "item.name")
        elif name == AUDIO:
            self._chunks[response] += 1
        elif name == TRANSCRIPT:
            self._lengths.setdefault(response, audio.spoken_ms(str(body.get("transcript") or "")))
        elif name == "response.done":
            self._study_usage(body)

    def _study_usage(self, body: dict[str, JSON]) -> None:
        tokens = value_at(body, "response.usage.output_token_details.audio_tokens")
        if isinstance(tokens, int) and tokens > 0:
            self._lengths[value_at(body, "response.id")] = tokens * audio.TOKEN_MS

    def of(self, index: int) -> dict[str, JSON]:
        """Return an event of the recording, completed."""
        body, name = self._events[index].body, self._names[index]
        if name == AUDIO and self._is_damaged(body.get("delta")):
            return {**body, "delta": audio.synthesised(self._format, self._chunk_ms(body.get("response_id")))}
        if name == ARGUMENTS and not body.get("name"):
            function = self._functions.get(body.get("item_id"))
            return {**body, "name": function} if isinstance(function, str) else body
        return body

    def _is_damaged(self, payload: JSON) -> bool:
        """Tell a placeholder, and audio cut in the middle of a sample, from what a server sends."""
        data = decoded(payload)
        return not data or len(data) % self._format.width != 0

    def _chunk_ms(self, response: JSON) -> float:
        return self._lengths[response] / self._chunks[response] if response in self._lengths else audio.CHUNK_MS
