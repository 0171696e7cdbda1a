"""Takes out of entries what must not be passed on: keys and tokens, named secrets, audio."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from harness.errors import UsageError
from harness.logs.exact_json import dumps
from harness.model import JSON, Entry

REDACTED = "[redacted]"
SHORTEST_SECRET = 4
"""A shorter text stands in too many places that are no secret."""

SECRET_KEYS = frozenset(
    {"authorization", "proxyauthorization", "apikey", "xapikey", "ocpapimsubscriptionkey", "cookie", "setcookie"}
    | {"accesstoken", "refreshtoken", "idtoken", "clientsecret", "secret", "password"}
)
"""Keys whose value is a secret, whatever it looks like; case, `-` and `_` set aside. Not `token`: logprobs have it."""

_NAMES = r"(?:proxy-)?authorization|(?:x-)?api[-_ ]?key|(?:access|refresh|id)[-_]token|client[-_]secret|password"
_QUOTE = r"""\\*["']"""
PATTERNS = (
    # In JSON or a repr inside a text: "api_key": "…", quoted, so that any value is one.
    re.compile(
        rf"""{_QUOTE}(?:{_NAMES}){_QUOTE}\s*:\s*{_QUOTE}(?:(?:bearer|basic)\s+)?(?P<secret>(?!\[)[^"'\\]+)""", re.I
    ),
    # In a header or a URL: api-key=…; prose about keys has no word this long with a digit in it.
    re.compile(rf"\b(?:{_NAMES})\s*[:=]\s*(?:(?:bearer|basic)\s+)?(?P<secret>(?=[^\s&,;]*\d)[\w.~+/=%-]{{8,}})", re.I),
    re.compile(r"\b(?:bearer|basic)\s+(?P<secret>(?=\S*\d)[\w.~+/=-]{8,})", re.I),
    # Keys by their beginning: sk-… and sk-proj-… of OpenAI, ek_… of a client secret, rk-… and pk-… of kin.
    re.compile(r"(?<![A-Za-z0-9])(?P<secret>(?:sk|ek|rk|pk)[-_][\w-]{12,})"),
    # A JSON web token: two or three parts of base64url, the first of them `{"`.
    re.compile(r"\b(?P<secret>eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"),
)
"""What looks like a key or a token in a text; only its group `secret` goes."""
WORD = re.compile(r"[A-Za-z0-9+/]*={0,2}")
"""A word, or audio: every pattern needs a mark or a space that this has not."""
HINT = re.compile(r"auth|key|token|secret|passw|bearer|basic|[sSeErRpP]k[-_]|eyJ", re.I)
"""What every pattern needs as well."""

BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
CERTAIN = 32
"""So many characters of base64 are audio even where their number is no multiple of four: the last were cut off."""

MOST_HELD = 4_000
"""So many entries wait for the end of a text that comes in pieces; one longer than this is looked at in parts."""
ENDINGS = (".done", ".completed", ".failed")
"""How the event is called that ends the deltas of its name."""
RESPONSE_ENDS = "response.done"


class Stream(NamedTuple):
    """A text that comes in deltas."""

    name: str
    """The type of its events, without the ending."""
    response_id: str
    item_id: str
    output_index: str
    content_index: str


class Redactor:
    """Takes secrets out of entries, and counts them."""

    def __init__(self, secrets: Sequence[str] = (), patterns: bool = True) -> None:
        """Prepare.

        Args:
            secrets: values to take out wherever they stand.
            patterns: take out what looks like a key or a token as well.

        Raises:
            UsageError: a secret is too short to be told from other text.
        """
        for secret in secrets:
            if len(secret) < SHORTEST_SECRET:
                raise UsageError(f"a secret has {SHORTEST_SECRET} characters or more, this one has {len(secret)}")
        # Within JSON in a text (arguments of a tool) it stands escaped. The longest first: one may hold another.
        spelled = {spelling for secret in secrets for spelling in (secret, json.dumps(secret)[1:-1])}
        ordered = sorted(spelled, key=len, reverse=True)
        self._secrets = re.compile(f"(?P<secret>{'|'.join(map(re.escape, ordered))})") if ordered else None
        self._patterns = patterns
        self.count = 0
        """How many values were taken out."""

    def entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries without secrets, those too that were cut into pieces by the deltas of a text.

        The pieces still add up to the whole text. Entries wait until the texts that have begun have ended.
        """
        held: list[Entry] = []
        begun: set[Stream] = set()
        for entry in entries:
            held.append(entry)
            stream = _stream(entry.content)
            if stream is not None:
                begun.add(stream)
            else:
                begun = {one for one in begun if not _ends(entry.content, one)}
            if not begun or len(held) >= MOST_HELD:
                yield from self._together(held)
                held, begun = [], set()
        yield from self._together(held)

    def _together(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        """Yield some entries without secrets; the deltas of a text are looked at as one."""
        streams: dict[Stream, list[int]] = {}
        for index, entry in enumerate(entries):
            stream = _stream(entry.content)
            if stream is not None:
                streams.setdefault(stream, []).append(index)
        deltas: dict[int, str] = {}
        for indexes in streams.values():
            deltas.update(zip(indexes, self._pieces([_delta(entries[index]) for index in indexes]), strict=True))
        for index, entry in enumerate(entries):
            yield self.entry(entry, deltas.get(index))

    def entry(self, entry: Entry, delta: str | None = None) -> Entry:
        """Return the entry without secrets; the same when it has none. `delta`: what its delta is to be."""
        if delta is None or not isinstance(entry.content, dict):
            content = self._value(entry.content)
        else:
            content = self._object(entry.content | {"delta": ""}) | {"delta": delta}
            if delta != entry.content["delta"] and "logprobs" in content:
                content["logprobs"] = None
        return entry._replace(label=self._text(entry.label), content=content)

    def _value(self, value: JSON, secret: bool = False) -> JSON:
        """Return a value without secrets. `secret`: it stands under a key that says it is one."""
        if isinstance(value, str):
            return self._whole() if secret and value and value != REDACTED else self._text(value)
        if isinstance(value, dict):
            return self._object(value, secret)
        if isinstance(value, list):
            return [self._value(part, secret) for part in value]
        if self._secrets and type(value) in (int, float) and self._secrets.fullmatch(dumps(value).decode()):
            return self._whole()
        return value

    def _object(self, value: dict[str, JSON], secret: bool = False) -> dict[str, JSON]:
        found = {self._text(key): self._value(part, self._is_secret(key, secret)) for key, part in value.items()}
        if "logprobs" in found and any(isinstance(part, str) and found.get(key) != part for key, part in value.items()):
            # They spell the text token by token.
            found["logprobs"] = None
        return found

    def _is_secret(self, key: str, within: bool) -> bool:
        """Tell whether a key names a secret, or the `value` of one: `client_secret: {value, expires_at}`."""
        if not self._patterns:
            return False
        return (within and key == "value") or key.lower().replace("-", "").replace("_", "") in SECRET_KEYS

    def _whole(self) -> str:
        self.count += 1
        return REDACTED

    def _text(self, text: str) -> str:
        return self._pieces([text])[0]

    def _pieces(self, pieces: list[str]) -> list[str]:
        """Return the pieces of a text without secrets; what stands for one is in the piece where it began."""
        text = "".join(pieces)
        patterns = PATTERNS if self._patterns and not WORD.fullmatch(text) and HINT.search(text) else ()
        for pattern in (self._secrets, *patterns):
            found = list(pattern.finditer(text)) if pattern else ()
            if found:
                self.count += len(found)
                pieces = _without(pieces, [match.span("secret") for match in found])
                text = "".join(pieces)
        return pieces


def _without(pieces: Iterable[str], spans: Collection[tuple[int, int]]) -> list[str]:
    """Return the pieces of a text, each span of the text replaced by the redaction in the piece where it begins."""
    redacted: list[str] = []
    start = 0
    for piece in pieces:
        end, at, kept = start + len(piece), start, ""
        for first, last in spans:
            if last <= start or first >= end:
                continue
            kept += piece[at - start : max(first - start, 0)] + (REDACTED if first >= start else "")
            at = min(last, end)
        redacted.append(kept + piece[at - start :])
        start = end
    return redacted


def _stream(content: JSON) -> Stream | None:
    """Return the text that an event brings a piece of, None when it brings none; pieces of audio are no text."""
    if not isinstance(content, dict) or not isinstance(content.get("delta"), str):
        return None
    kind = str(content.get("type"))
    if not kind.endswith(".delta") or kind.endswith("audio.delta"):
        return None
    return Stream(kind.removesuffix(".delta"), *(str(content.get(name, "")) for name in Stream._fields[1:]))


def _delta(entry: Entry) -> str:
    return str(entry.content["delta"]) if isinstance(entry.content, dict) else ""


def _ends(content: JSON, stream: Stream) -> bool:
    """Tell whether no more pieces of the text come after this event."""
    if not isinstance(content, dict):
        return False
    kind, response = str(content.get("type")), content.get("response")
    if kind == RESPONSE_ENDS and isinstance(response, dict):
        return response.get("id") == stream.response_id
    ended = any(kind == stream.name + ending for ending in ENDINGS)
    return ended and str(content.get("item_id", "")) == stream.item_id


def elide_audio(entry: Entry) -> Entry:
    """Return the entry with `<audio data elided: N bytes>` in the place of its audio.

    Audio is the text under `audio`, in an event or a part of it, and the delta of an event `….audio.delta`.
    A payload that was elided before stays as it is.
    """
    return entry._replace(content=_without_audio(entry.content))


def _without_audio(value: JSON) -> JSON:
    if isinstance(value, dict):
        payloads = {"audio", "delta"} if str(value.get("type")).endswith("audio.delta") else {"audio"}
        return {
            key: _elided(part) if key in payloads and isinstance(part, str) else _without_audio(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_without_audio(part) for part in value]
    return value


def _elided(payload: str) -> str:
    packed = "".join(payload.split())
    if not BASE64.fullmatch(packed) or (len(packed) % 4 and len(packed) < CERTAIN):
        return payload
    return f"<audio data elided: {len(packed.rstrip('=')) * 3 // 4} bytes>"
