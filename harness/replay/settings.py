"""The effective configuration of a session: where its settings stand, and how an update changes them."""

from collections.abc import Mapping

from harness.engine.paths import value_at
from harness.model import JSON

PATHS: Mapping[str, tuple[str, ...]] = {
    "turn_detection": ("audio.input.turn_detection", "turn_detection"),
    "input_format": ("audio.input.format", "input_audio_format"),
    "output_format": ("audio.output.format", "output_audio_format"),
    "voice": ("audio.output.voice", "voice"),
    "modalities": ("output_modalities", "modalities"),
    "transcription": ("audio.input.transcription", "input_audio_transcription"),
}
"""Where each setting stands: today's place, then 2024's. A session has only one of them."""

TURN_DETECTION: Mapping[str, Mapping[str, JSON]] = {
    "server_vad": {
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {"eagerness": "auto", "create_response": True, "interrupt_response": True},
}
"""What the server fills in when turn detection is switched on (seen in `session.updated` of real sessions)."""

TURN_DETECTION_NESTED: Mapping[str, Mapping[str, JSON]] = {"server_vad": {"idle_timeout_ms": None}}
"""What it fills in besides in today's protocol, where the setting stands deep in the session."""

TRANSCRIPTION: Mapping[str, JSON] = {"language": None, "prompt": None}
"""The same for input transcription, in today's protocol."""

SILENCE_MS = 200
"""`silence_duration_ms` where the session does not say, as in `semantic_vad`."""

PADDING_MS = 300
"""The same for `prefix_padding_ms`."""

FIXED = frozenset({"id", "object", "model", "expires_at"})
"""What an update cannot change."""


def setting(session: Mapping[str, JSON], name: str) -> JSON:
    """Return a setting by its name in `PATHS`, None where the session does not say."""
    values = (value_at(dict(session), path) for path in PATHS[name])
    return next((value for value in values if value is not None), None)


def listens(session: Mapping[str, JSON]) -> bool:
    """Tell whether the server ends turns by voice activity."""
    detection = setting(session, "turn_detection")
    return isinstance(detection, dict) and detection.get("type") not in (None, "none")


def answers_by_itself(session: Mapping[str, JSON]) -> bool:
    """Tell whether the end of a turn makes a response."""
    detection = setting(session, "turn_detection")
    return isinstance(detection, dict) and detection.get("create_response") is not False


def interrupts(session: Mapping[str, JSON]) -> bool:
    """Tell whether a user who speaks interrupts the model."""
    detection = setting(session, "turn_detection")
    return isinstance(detection, dict) and detection.get("interrupt_response") is not False


def silence_ms(session: Mapping[str, JSON]) -> float:
    """Return how much silence ends a turn."""
    told = value_at(setting(session, "turn_detection"), "silence_duration_ms")
    return told if isinstance(told, (int, float)) else SILENCE_MS


def padding_ms(session: Mapping[str, JSON]) -> float:
    """Return how much audio before the voice belongs to a turn; `audio_start_ms` counts from there."""
    told = value_at(setting(session, "turn_detection"), "prefix_padding_ms")
    return told if isinstance(told, (int, float)) else PADDING_MS


def merged(session: Mapping[str, JSON], update: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the configuration after a `session.update`: what it names is set, the rest stays.

    Objects are merged field by field, unless their `type` changes; lists and plain values are replaced.
    """
    result = dict(session)
    for key, value in update.items():
        if key not in FIXED:
            result[key] = _merged_value(key, session, value)
    return result


def _merged_value(key: str, session: Mapping[str, JSON], new: JSON) -> JSON:
    old = session.get(key)
    if not isinstance(new, dict):
        return new
    if key == "turn_detection":
        if isinstance(old, dict) and new.get("type", old.get("type")) == old.get("type"):
            return {**old, **new}
        nested = TURN_DETECTION_NESTED if "id" not in session else {}
        kind = str(new.get("type"))
        return {**TURN_DETECTION.get(kind, {}), **nested.get(kind, {}), **new}
    if key == "transcription" and not isinstance(old, dict):
        return {**TRANSCRIPTION, **new}
    if not isinstance(old, dict) or new.get("type", old.get("type")) != old.get("type"):
        return new
    return merged(old, new)
