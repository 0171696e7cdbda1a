"""Takes out of entries what must not be passed on: keys and tokens, named secrets, audio."""

import json
import re
from collections.abc import Sequence

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
        rf"""(?P<kept>{_QUOTE}(?:{_NAMES}){_QUOTE}\s*:\s*{_QUOTE}(?:(?:bearer|basic)\s+)?)(?!\[)[^"'\\]+""", re.I
    ),
    # In a header or a URL: api-key=…; prose about keys has no word this long with a digit in it.
    re.compile(rf"(?P<kept>\b(?:{_NAMES})\s*[:=]\s*(?:(?:bearer|basic)\s+)?)(?=[^\s&,;]*\d)[\w.~+/=%-]{{8,}}", re.I),
    re.compile(r"(?P<kept>\b(?:bearer|basic)\s+)(?=\S*\d)[\w.~+/=-]{8,}", re.I),
    # Keys by their beginning: sk-… and sk-proj-… of OpenAI, ek_… of a client secret, rk-… and pk-… of kin.
    re.compile(r"(?P<kept>)(?<![A-Za-z0-9])(?:sk|ek|rk|pk)[-_][\w-]{12,}"),
    # A JSON web token: two or three parts of base64url, the first of them `{"`.
    re.compile(r"(?P<kept>)\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
)
"""What looks like a key or a token in a text. `kept` is what stays before the redaction."""
HINT = re.compile(r"auth|key|token|secret|passw|bearer|basic|[sSeErRpP]k[-_]|eyJ", re.I)
"""What every pattern needs: a text without it is passed at the cost of one search."""

BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
CERTAIN = 32
"""So many characters of base64 are audio even where their number is no multiple of four: the last were cut off."""


class Redactor:
    """Takes secrets out of entries, and counts them.

    A value that a model speaks is streamed in pieces; one that is cut across deltas is found in the whole text only.
    """

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
        self._secrets = re.compile("|".join(re.escape(one) for one in ordered)) if ordered else None
        self._patterns = patterns
        self.count = 0
        """How many values were taken out."""

    def entry(self, entry: Entry) -> Entry:
        """Return the entry without secrets; the same when it has none."""
        label, content = self._text(entry.label), self._value(entry.content)
        return entry._replace(label=label, content=content)

    def _value(self, value: JSON, secret: bool = False) -> JSON:
        """Return a value without secrets. `secret`: it stands under a key that says it is one."""
        if isinstance(value, str):
            return self._whole() if secret and value and value != REDACTED else self._text(value)
        if isinstance(value, dict):
            return {self._text(key): self._value(part, self._is_secret(key, secret)) for key, part in value.items()}
        if isinstance(value, list):
            return [self._value(part, secret) for part in value]
        if self._secrets and type(value) in (int, float) and self._secrets.fullmatch(dumps(value).decode()):
            return self._whole()
        return value

    def _is_secret(self, key: str, within: bool) -> bool:
        """Tell whether a key names a secret, or the `value` of one: `client_secret: {value, expires_at}`."""
        if not self._patterns:
            return False
        return (within and key == "value") or key.lower().replace("-", "").replace("_", "") in SECRET_KEYS

    def _whole(self) -> str:
        self.count += 1
        return REDACTED

    def _text(self, text: str) -> str:
        if self._secrets:
            text, found = self._secrets.subn(REDACTED, text)
            self.count += found
        if self._patterns and HINT.search(text):
            for pattern in PATTERNS:
                text, found = pattern.subn(rf"\g<kept>{REDACTED}", text)
                self.count += found
        return text


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
