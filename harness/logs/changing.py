"""What can be changed about entries on their way from one log to another: secrets, audio, the choice of events."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from harness.model import JSON, Entry

REDACTED: Final = "[redacted]"
SECRET_KEYS: Final = re.compile(
    r"(?:authorization|api[-_]?key|client[-_]?secret|access[-_]?token|refresh[-_]?token|id[-_]?token|password|secret|cookie)\Z",
    re.IGNORECASE,
)
"""Keys whose values are secret whatever they look like."""
SECRET_VALUES: Final = re.compile(
    r"""\b(?:sk|ek|pk|rk)[-_][A-Za-z0-9_-]{12,}               # keys of OpenAI, short-lived ones too
    |\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*  # JSON web tokens
    |\bopenai-insecure-api-key\.[^\s,"']+                        # the subprotocol that carries a key
    |(?<=[Bb]earer\ )[A-Za-z0-9._~+/=-]{8,}""",
    re.VERBOSE,
)
AUDIO_KEYS: Final = frozenset({"audio", "delta", "data"})
BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}\Z")
"""Audio is long and has no spaces; words of a transcript are neither."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change. Nothing, unless said."""

    redact: bool = False
    """Whether keys and tokens become `[redacted]`."""
    secrets: tuple[str, ...] = ()
    """Further texts that become `[redacted]` wherever they stand."""
    elide_audio: bool = False
    """Whether audio gives way to a note of its length."""
    only: tuple[str, ...] = ()
    """Patterns of event types (`response.*`), or a side (`client`); an entry that matches none is left out."""


def changed(entries: Iterable[Entry], changes: Changes) -> Iterator[Entry]:
    """Yield the entries with the changes made; those that the choice leaves out are not there."""
    for entry in entries:
        if changes.only and not any(_matches(entry, pattern) for pattern in changes.only):
            continue
        if changes.elide_audio:
            entry = entry._replace(content=without_audio(entry.content))
        if changes.redact or changes.secrets:
            clean = _cleaner(changes)
            entry = entry._replace(content=redacted(entry.content, clean), label=clean(entry.label))
        yield entry


def _matches(entry: Entry, pattern: str) -> bool:
    if pattern == entry.side:
        return True
    kind = entry.content.get("type") if isinstance(entry.content, dict) else None
    return isinstance(kind, str) and fnmatchcase(kind, pattern)


def _cleaner(changes: Changes) -> Callable[[str], str]:
    """Return what takes the secrets out of a text, the longest first so that none hides in another."""
    secrets = sorted((secret for secret in changes.secrets if secret), key=len, reverse=True)

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, REDACTED)
        return SECRET_VALUES.sub(REDACTED, text) if changes.redact else text

    return clean


def redacted(value: JSON, clean: Callable[[str], str], key: str = "") -> JSON:
    """Return a value with its secrets taken out. A text under a key that names a secret goes whole."""
    if isinstance(value, dict):
        return {clean(name): redacted(inner, clean, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner, clean, key) for inner in value]
    if not isinstance(value, str):
        return value
    return REDACTED if value and SECRET_KEYS.search(key) else clean(value)


def without_audio(value: JSON, key: str = "") -> JSON:
    """Return a value whose audio has given way to a note such as `<audio omitted: 9600 bytes>`."""
    if isinstance(value, dict):
        return {name: without_audio(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_audio(inner, key) for inner in value]
    if isinstance(value, str) and key in AUDIO_KEYS and BASE64.match(value):
        return f"<audio omitted: {len(value.rstrip('=')) * 3 // 4} bytes>"
    return value
