"""The audio of a session turn by turn, both sides, and what is odd about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.engine.paths import value_at
from harness.measure.amounts import TOKEN_MS, usage_of
from harness.measure.recording import APPEND, AUDIO, Recording, event, events, input_format, output_format
from harness.model import Event, Place
from harness.sound import signs
from harness.sound.formats import Format
from harness.sound.measuring import Pieces, Sound, pieces_of, sound_of
from harness.sound.pcm import linear
from harness.sound.wav import wav
from harness.turns.nodes import Node, Step

NS_PER_MS = 1_000_000
CLIPPED_SHARE = 0.001
"""A voice touches the end of the scale now and then; more than one sample in a thousand is heard."""
MISSING_MS, MISSING_SHARE = 400, 0.1
"""By how much audio is shorter than its tokens when some of it is lost; lengths agree within a token otherwise."""
PACED = 5
"""So many pieces make a stream whose pace can be told."""


@dataclass(frozen=True, slots=True)
class Track:
    """The audio of one side in one turn."""

    name: str
    """For a file: `turn-1-user`, `turn-1.2-assistant`."""
    place: Place
    """The first event that carries it."""
    form: Format
    pieces: Pieces
    sound: Sound | None
    """What it amounts to, None where the log holds none of it."""
    remarks: tuple[str, ...]
    """What is odd about it."""

    def wav(self) -> bytes:
        """Return it as a WAV file, PCM16 whatever it was."""
        return wav(linear(self.pieces.whole, self.form), self.form.rate)


def tracks(recording: Recording) -> list[Track]:
    """Return the audio of every turn in order, and what the user sent that became no turn."""
    return list(_tracks(recording))


def _tracks(recording: Recording) -> Iterator[Track]:
    for turn in recording.tree.root.of("turn"):
        yield from _of_user(recording, turn)
        answers = turn.of("response")
        for number, response in enumerate(answers, 1):
            label = f"{turn.number}.{number}" if len(answers) > 1 else str(turn.number)
            if event(response, AUDIO) is not None:
                yield _of_answer(recording, response, f"turn-{label}-assistant")
    for step in recording.tree.root.steps:
        if step.letter == APPEND:
            yield _of_appends(recording, step, "rest-user")


def _of_user(recording: Recording, turn: Node) -> Iterator[Track]:
    heard = [step for node in turn.of("input") for step in node.steps if step.letter == APPEND]
    for number, step in enumerate(heard, 1):
        more = f"-{number}" if len(heard) > 1 else ""
        yield _of_appends(recording, step, f"turn-{turn.number}-user{more}")


def _of_appends(recording: Recording, step: Step, name: str) -> Track:
    form = input_format(recording, step.first.seq)
    pieces = pieces_of([one.body.get("audio") for one in step.events], form)
    sound = sound_of(pieces, form) if pieces.data else None
    paced = _rate(step.events, pieces, form) if sound is not None and not pieces.lost else ""
    odd = [f"its pace says that it is {paced}, taken for {_named(form)}"] if paced else []
    return Track(name, step.first.place, form, pieces, sound, (*_odd(pieces, sound), *odd))


def _of_answer(recording: Recording, response: Node, name: str) -> Track:
    deltas, form = events(response, AUDIO), output_format(recording, response)
    pieces = pieces_of([one.body.get("delta") for one in deltas], form)
    sound = sound_of(pieces, form) if pieces.data else None
    told = value_at(usage_of(response), "output_token_details.audio_tokens")
    tokens_ms = told * TOKEN_MS if isinstance(told, int) else 0
    odd = [*_odd(pieces, sound), *(_by_tokens(sound, tokens_ms) if sound is not None and not pieces.lost else ())]
    if sound is None and tokens_ms:
        odd.append(f"{told} tokens are about {tokens_ms / 1000:.1f} s")
    return Track(name, deltas[0].place, form, pieces, sound, tuple(odd))


def _named(form: Format) -> str:
    return f"{form.name} at {form.rate / 1000:g} kHz"


def _odd(pieces: Pieces, sound: Sound | None) -> Iterator[str]:
    """Yield what is odd about audio, whoever made it."""
    if pieces.lost:
        whole = len(pieces.data) + pieces.lost
        yield f"{pieces.lost} of {whole} pieces are left out of the log, or cut"
    if sound is None:
        return
    if sound.is_silent:
        yield "it is silent"
    if sound.container:
        yield f"it begins as {sound.container}: only bare samples belong here"
    if sound.encoding:
        yield f"it sounds like {sound.encoding}, taken for {_named(sound.form)}"
    if sound.odd:
        yield f"{sound.odd} pieces end in half a sample"
    if sound.clipped > CLIPPED_SHARE * sound.size / sound.form.width:
        yield f"{sound.clipped} samples are clipped"


def _by_tokens(sound: Sound, tokens_ms: int) -> Iterator[str]:
    """Yield how the length of an answer disagrees with the tokens that were billed for it."""
    real = signs.codec(sound.ms, tokens_ms)
    if real:
        yield f"its tokens say that it is {real}, taken for {_named(sound.form)}"
    elif tokens_ms - sound.ms > max(MISSING_MS, MISSING_SHARE * tokens_ms):
        yield f"it is {(tokens_ms - sound.ms) / 1000:.1f} s shorter than its {tokens_ms // TOKEN_MS} tokens"


def _rate(appends: list[Event], pieces: Pieces, form: Format) -> str:
    """Return what rate the user's audio is of, when it came in real time and does not last as long as it took."""
    first, last = appends[0].at_ns, appends[-1].at_ns
    if len(appends) < PACED or first is None or last is None:
        return ""
    before_the_last = sum(len(piece) for piece in pieces.data[:-1])
    return signs.rate(form.ms_in(before_the_last), (last - first) / NS_PER_MS)
