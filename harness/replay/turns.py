"""The user's turns: when voice activity, or the client, ends one, and what follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.engine.paths import walk
from harness.model import JSON
from harness.protocol import dialects
from harness.replay import plain, settings
from harness.replay.ear import Ear
from harness.replay.script import Turn
from harness.sound.formats import format_of

if TYPE_CHECKING:
    from harness.replay.playing import Playing
    from harness.replay.replayer import Replayer

STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED = "input_audio_buffer.committed"
SPEECH = frozenset({STARTED, STOPPED})
TAKING = frozenset({COMMITTED, "conversation.item.added", "conversation.item.done"})
"""What brings a turn into the conversation. Its transcript may come much later."""
TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
TRANSCRIPTS = frozenset(
    {TRANSCRIBED, *(f"conversation.item.input_audio_transcription.{name}" for name in ("delta", "segment", "failed"))}
)
TRANSCRIBED_UNASKED = "CAU542"
"""The rule against transcripts that nobody asked for; a dialect that waives it transcribes always."""


class Turns:
    """Listens to one client.

    Speech, where there is any, starts a turn and silence ends it. Of audio without a voice, as tests send it, and of
    audio that cannot be decoded, the amount decides: as much as in the recording, or all that comes.
    """

    def __init__(self, replayer: Replayer) -> None:
        self._replayer = replayer
        self.ear = Ear()
        self.speaking: Playing | None = None
        """The turn in which the user is heard speaking; it goes on when the user falls silent."""
        self._count = 0

    def hear(self, payload: JSON) -> None:
        """Take in a piece of audio."""
        session, now_ns = self._replayer.session, self._replayer.now_ns
        form = format_of(settings.setting(session, "input_format"))
        self.ear.hear(payload, form, settings.silence_ms(session), now_ns)
        if not settings.listens(session):
            return
        if self.speaking is None and self._is_ending():
            return
        if self.speaking is None and self.ear.speech_start_ms is not None:
            self._start()
        if self.speaking is None and self.ear.knows_voice:
            return
        turn, answering = self._next(), self._replayer.is_answering()
        if self.ear.is_silent_again if self.speaking else not answering and self.ear.is_enough_for(turn):
            self.end()
        elif self.speaking or not answering:
            self.ear.expect_quiet(turn)

    def end(self) -> None:
        """Let voice activity end the turn, and answer it."""
        replayer = self._replayer
        if self.speaking is None and replayer.is_answering():
            self.ear.quiet_at = None
            return
        playing = self._stop_speaking() if self.speaking else self._begin(self._next(), self.ear.heard_ns)
        self.ear.quiet_at = None
        if playing.turn is not None and settings.answers_by_itself(replayer.session):
            replayer.answer_turn(playing, playing.turn)

    def commit(self) -> None:
        """Let the client end the turn."""
        self.forget()
        turn = self._next()
        spared_ns = _after(turn, COMMITTED) if turn.spoken else 0
        self._begin(turn, self._replayer.now_ns - self._replayer.pace.of(spared_ns)).skip |= SPEECH

    def end_speech(self) -> None:
        """End the turn of a user who is speaking, at once: voice activity commits before the client can."""
        if self.speaking is not None:
            playing = self.speaking
            self.end()
            self._replayer.finish(playing)

    def forget(self) -> None:
        """Stop listening: what was said of a turn is said to its end, what was not begun counts for nothing."""
        self.ear.quiet_at = None
        if self.speaking is not None:
            self._stop_speaking()
        self._replayer.drop(lambda playing: playing.position == 0 and _is_of_open_turn(playing))
        for playing in [playing for playing in self._replayer.playing if playing.turn is not None]:
            self._replayer.finish(playing)

    def clear(self) -> None:
        """Empty the buffer; a user who is speaking goes on."""
        if self.speaking is None:
            self.forget()
            self.ear.end_turn()
        self.ear.buffer_ms = 0.0

    def started(self, playing: Playing) -> None:
        """Note that the start of a turn was sent: while the user still speaks, the rest must wait."""
        if playing is self.speaking:
            self._replayer.stop(playing)

    def taken(self, playing: Playing) -> None:
        """Note that a turn is in the conversation; a session that is to be transcribed gets what was not recorded."""
        playing.turn = None
        steps, asked = playing.block.steps, settings.setting(self._replayer.session, "transcription") is not None
        if not asked or any(step.type in TRANSCRIPTS for step in steps):
            return
        item_id = next(playing.item_id(step) for step in steps if step.type == COMMITTED)
        usage: JSON = {"type": "duration", "seconds": math.ceil(self.ear.ended_ms / 1000)}
        said = plain.TRANSCRIPT
        self._replayer.say(TRANSCRIBED, item_id=item_id, content_index=0, transcript=said, usage=usage)

    def _stop_speaking(self) -> Playing:
        playing, self.speaking = self.speaking, None
        assert playing is not None
        if playing.position:
            playing.origin_ns = self._replayer.now_ns - self._replayer.pace.of(playing.next_step.after_ns)
            self._replayer.playing.append(playing)
        return playing

    def _start(self) -> None:
        """Let the user begin to speak, which may interrupt the model."""
        turn = self._next()
        self.speaking = self._begin(turn, self._replayer.now_ns - self._replayer.pace.of(_after(turn, STARTED)))

    def _begin(self, turn: Turn, origin_ns: int) -> Playing:
        self._count += 1
        playing = self._replayer.play(turn.block, origin_ns)
        playing.turn = turn
        playing.skip = frozenset() if self._transcribes() else TRANSCRIPTS
        return playing

    def _transcribes(self) -> bool:
        """Tell whether the user's words are written down: unless the session says no, and the server heeds that."""
        replayer = self._replayer
        if TRANSCRIBED_UNASKED in dialects.get(replayer.script.vocabulary.dialect).waived:
            return True
        told = [found.value for path in settings.PATHS["transcription"] for found in walk(replayer.session, path)]
        return told != [None]

    def _next(self) -> Turn:
        """Return the turn that is going on or comes next: recorded, the last one again, or a plain one."""
        if self.speaking is not None and self.speaking.turn is not None:
            return self.speaking.turn
        turns = self._replayer.script.turns
        return turns[min(self._count, len(turns) - 1)] if turns else self._replayer.script.plain_turn

    def _is_ending(self) -> bool:
        return any(playing.turn is not None for playing in self._replayer.playing)


def is_taken(playing: Playing) -> bool:
    """Tell whether all of a turn is in the conversation."""
    return not any(step.type in TAKING for step in playing.block.steps[playing.position :])


def taken_ns(turn: Turn) -> int:
    """Return how long it takes until a turn is in the conversation, so that an answer may follow."""
    return max((step.after_ns for step in turn.block.steps if step.type in TAKING), default=0)


def _after(turn: Turn, name: str) -> int:
    return next((step.after_ns for step in turn.block.steps if step.type == name), 0)


def _is_of_open_turn(playing: Playing) -> bool:
    """Tell whether it is a turn that is not committed, or the answer to one."""
    return playing.turn is not None or (playing.answers is not None and playing.answers.turn is not None)
