"""How much a reader takes in before it refuses."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one entry may cost. What lies beyond them is a `Problem`, and reading goes on behind it."""

    entry_bytes: int = 32 * MIB
    """The longest entry: a line, a YAML document, an object. The protocol allows 15 MiB of audio in one
    `input_audio_buffer.append`, which are 20 MiB of base64."""
    depth: int = 100
    """The deepest nesting of an event. Real events have less than 12 levels."""
