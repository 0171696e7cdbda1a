"""Texts, states and numbers that are not what was said."""

from collections.abc import Callable
from functools import partial

from benchmarks.mutation import equivalence
from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import Body, Change, Operator, Path, at_path, pick, pointer, put

Changed = tuple[Body, str, str] | None
FLIPS = {"completed": "in_progress", "in_progress": "completed", "incomplete": "completed"}
FLIPS |= {"cancelled": "completed", "failed": "completed"}
STATUS: tuple[Path, ...] = (("item", "status"), ("response", "status"))
AUDIO = {"response.output_audio.delta": "delta", ">input_audio_buffer.append": "audio"}
FINAL = ("text", "transcript", "arguments")
HUGE = "A" * 22_000_000
"""Base64 of 16.5 MB; `input_audio_buffer.append` takes 15 MiB at most."""
ROLES = {"user": "assistant", "assistant": "user", "system": "user"}


def _with(log: Log, at: int, path: Path, value: object, equivalent: str = "") -> Changed:
    body = put(log.events[at].body, path, value)  # type: ignore[arg-type]
    assert isinstance(body, dict)
    before = at_path(log.events[at].body, path)
    return body, f"{pointer(path)}: {before!r:.50} -> {value!r:.50}", equivalent


def _altered(text: str) -> str:
    letter = "x" if text[:1] != "x" else "y"
    return letter + text[1:]


def corrupt_delta(log: Log, at: int) -> Changed:
    """Change one character of a piece."""
    value = log.events[at].body.get("delta")
    if not isinstance(value, str):
        return None
    kind = "" if log.structure.facts_of_piece(at) else equivalence.UNCHECKED
    return _with(log, at, ("delta",), _altered(value), kind)


def corrupt_final(log: Log, at: int) -> Changed:
    """Change one character of a final text."""
    for name in FINAL:
        value = log.events[at].body.get(name)
        if isinstance(value, str):
            return _with(log, at, (name,), _altered(value))
    return None


def corrupt_nested_final(log: Log, at: int) -> Changed:
    """Change one character of a text inside a finished part, item or response."""
    told = [told for _, told in log.structure.facts_told(at) if told.count("/") > 1]
    texts = [one for one in told if one.rpartition("/")[2] in FINAL]
    if not texts:
        return None
    path = _path(texts[0])
    value = at_path(log.events[at].body, path)
    return _with(log, at, path, _altered(value)) if isinstance(value, str) else None


def _path(told: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in told.split("/")[1:])


def flip_status(log: Log, at: int) -> Changed:
    """Say that something is done that is not, or the reverse."""
    for path in STATUS:
        value = at_path(log.events[at].body, path)
        if isinstance(value, str) and value in FLIPS:
            return _with(log, at, path, FLIPS[value])
    return None


def bogus_status(log: Log, at: int) -> Changed:
    """Give a status that no one knows."""
    for path in STATUS:
        if isinstance(at_path(log.events[at].body, path), str):
            return _with(log, at, path, "mutated")
    return None


def bogus_kind(log: Log, at: int) -> Changed:
    """Give a nested object a type, role or object name that no one knows."""
    body = log.events[at].body
    inner = [(a, b) for a in ("item", "part", "response") for b in ("type", "role", "object")]
    paths = [path for path in inner if isinstance(at_path(body, path), str)]
    path = pick(paths, log.name, at, "kind")
    return _with(log, at, path, "mutated") if path else None


def flip_role(log: Log, at: int) -> Changed:
    """Let the other one have said it."""
    value = at_path(log.events[at].body, ("item", "role"))
    return _with(log, at, ("item", "role"), ROLES[value]) if isinstance(value, str) and value in ROLES else None


def usage_sum(log: Log, at: int) -> Changed:
    """Count one token too many in total."""
    path: Path = ("response", "usage", "total_tokens")
    value = at_path(log.events[at].body, path)
    return _with(log, at, path, value + 1) if isinstance(value, int) else None


def usage_detail(log: Log, at: int) -> Changed:
    """Count one text token too many in the details of the output."""
    path: Path = ("response", "usage", "output_token_details", "text_tokens")
    value = at_path(log.events[at].body, path)
    return _with(log, at, path, value + 1) if isinstance(value, int) else None


def negative_time(log: Log, at: int) -> Changed:
    """Let speech end before it started."""
    value = log.events[at].body.get("audio_end_ms")
    return _with(log, at, ("audio_end_ms",), -7) if isinstance(value, int) else None


def early_end(log: Log, at: int) -> Changed:
    """Let speech end one millisecond before it started."""
    item_id = log.events[at].body.get("item_id")
    starts = [e.body.get("audio_start_ms") for e in log.events[:at] if e.body.get("item_id") == item_id]
    start = next((one for one in starts if isinstance(one, int)), None)
    if start is None or not isinstance(log.events[at].body.get("audio_end_ms"), int):
        return None
    return _with(log, at, ("audio_end_ms",), max(start - 1, 0))


def damaged_base64(log: Log, at: int) -> Changed:
    """Put a character into audio that base64 has not."""
    return _audio(log, at, lambda value: value[:2] + "!" + value[3:])


def odd_bytes(log: Log, at: int) -> Changed:
    """Leave half a sample at the end of the audio; not to be told where the recorder cut all audio so."""
    odd = any(len(value.rstrip("=")) * 6 // 8 % 2 for value in filter(None, map(partial(_audio_of, log), _all(log))))
    kind = equivalence.UNCHECKED if odd else ""
    return _audio(log, at, lambda value: value.rstrip("=")[: len(value) // 4 * 4 - 4] + "AA==", kind)


def _all(log: Log) -> range:
    return range(len(log.events))


def _audio_of(log: Log, at: int) -> str:
    name = AUDIO.get(log.structure.letters[at], "")
    value = log.events[at].body.get(name)
    return value if isinstance(value, str) and len(value) >= 8 else ""


def _audio(log: Log, at: int, damage: Callable[[str], str], equivalent: str = "") -> Changed:
    value = _audio_of(log, at)
    name = AUDIO.get(log.structure.letters[at], "")
    return _with(log, at, (name,), damage(value), equivalent) if value else None


def surrogate(log: Log, at: int) -> Changed:
    """End a piece in the middle of a character beyond the basic plane."""
    value = log.events[at].body.get("delta")
    return _with(log, at, ("delta",), value + "\ud83d") if isinstance(value, str) and _text(log, at) else None


def _text(log: Log, at: int) -> bool:
    return bool(log.structure.facts_of_piece(at))


def huge(log: Log, at: int) -> Changed:
    """Send more audio in one event than the server takes."""
    if log.structure.letters[at] != ">input_audio_buffer.append" or at % 16:
        return None
    return {**log.events[at].body, "audio": HUGE}, "/audio of 22 million characters", ""


def session_echo(log: Log, at: int) -> Changed:
    """Confirm another configuration than was asked for."""
    if log.structure.letters[at] != "session.updated":
        return None
    asked = [e.body for e in log.events[:at] if e.side == "client" and e.type == "session.update"]
    wanted = asked[-1].get("session") if asked else None
    names = ("instructions", "output_modalities", "modalities")
    for name in names:
        if isinstance(wanted, dict) and wanted.get(name) and at_path(log.events[at].body, ("session", name)):
            value = "something else" if name == "instructions" else ["mutated"]
            return _with(log, at, ("session", name), value)
    return None


OPERATORS = (
    Operator("corrupt delta", Change(corrupt_delta), table=True),
    Operator("corrupt final text", Change(corrupt_final), table=True),
    Operator("bogus enum", Change(bogus_status), table=True),
    Operator("status flip", Change(flip_status), table=True),
    Operator("usage arithmetic", Change(usage_sum), table=True),
    Operator("negative time", Change(negative_time), table=True),
    Operator("corrupt nested final text", Change(corrupt_nested_final)),
    Operator("bogus type, role or object", Change(bogus_kind)),
    Operator("role flip", Change(flip_role)),
    Operator("usage details", Change(usage_detail)),
    Operator("speech ends before it starts", Change(early_end)),
    Operator("base64 damage", Change(damaged_base64, frozenset(("server", "client")))),
    Operator("odd PCM byte count", Change(odd_bytes, frozenset(("server", "client")))),
    Operator("surrogate split", Change(surrogate)),
    Operator("huge payload", Change(huge, frozenset(("client",)))),
    Operator("session config echo", Change(session_echo)),
)
