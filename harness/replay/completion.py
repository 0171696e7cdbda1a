"""Fills in what a log lacks and clients need: left-out audio, and the name of a called function."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.replay import audio
from harness.replay.settings import setting
from harness.sound.formats import PCM16, format_of
from harness.sound.measuring import SHORTEST_MS
from harness.sound.payloads import decoded

AUDIO = "response.output_audio.delta"
TRANSCRIPT = "response.output_audio_transcript.done"
ARGUMENTS = "response.function_call_arguments.done"


class Completion:
    """Looks through a recording once, then completes its events one by one."""

    def __init__(self, events: Sequence[Event], names: Sequence[str], voice: audio.Voice = audio.tone) -> None:
        self._events, self._names, self._voice = events, names, voice
        self._functions: dict[JSON, JSON] = {}
        """Item to the name of the function it calls."""
        self._chunks: Counter[JSON] = Counter()
        """Response to the number of its audio deltas."""
        self._longest: Counter[JSON] = Counter()
        """Response to the bytes of its longest one."""
        self._words: defaultdict[JSON, list[str]] = defaultdict(list)
        """Response to what it says."""
        self._stand_ins: dict[JSON, Iterator[bytes]] = {}
        """Response to the audio, piece by piece, that is served in place of what the log left out."""
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
            self._longest[response] = max(self._longest[response], len(decoded(body.get("delta")) or b""))
        elif name == TRANSCRIPT:
            self._words[response].append(str(body.get("transcript") or ""))
            self._lengths.setdefault(response, audio.spoken_ms(self._words[response][-1]))
        elif name == "response.done":
            self._study_usage(body)

    def _study_usage(self, body: dict[str, JSON]) -> None:
        tokens = value_at(body, "response.usage.output_token_details.audio_tokens")
        if isinstance(tokens, int) and tokens > 0:
            self._lengths[value_at(body, "response.id")] = tokens * audio.TOKEN_MS

    def of(self, index: int) -> dict[str, JSON]:
        """Return an event of the recording, completed."""
        body, name = self._events[index].body, self._names[index]
        if name == AUDIO and self._is_damaged(body):
            return {**body, "delta": base64.b64encode(self._stand_in(body.get("response_id"))).decode()}
        if name == ARGUMENTS and not body.get("name"):
            function = self._functions.get(body.get("item_id"))
            return {**body, "name": function} if isinstance(function, str) else body
        return body

    def _is_damaged(self, body: dict[str, JSON]) -> bool:
        """Tell a placeholder, and audio that a recorder has cut, from what a server sends."""
        data = decoded(body.get("delta"))
        cut = self._longest[body.get("response_id")] < self._format.bytes_in(SHORTEST_MS)
        return not data or len(data) % self._format.width != 0 or cut

    def _stand_in(self, response: JSON) -> bytes:
        """Return the next piece of what is served in place of a response's audio."""
        if response not in self._stand_ins:
            count = self._chunks[response]
            ms = self._lengths.get(response) or audio.CHUNK_MS * count
            whole = self._voice(" ".join(self._words[response]), self._format, ms)
            self._stand_ins[response] = iter(audio.pieces(whole, self._format, count))
        return next(self._stand_ins[response])
