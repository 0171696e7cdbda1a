"""What must not be passed on is taken out, and nothing else."""

import base64
import json

import pytest
from entry_makers import made
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.logs.redact import REDACTED, Redactor, elide_audio
from harness.model import JSON
from harness.protocol.state.audio import is_placeholder

KEY = "sk-proj-AbCdEf0123456789_xyz"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def redacted(content: JSON, *secrets: str) -> JSON:
    return Redactor(secrets).entry(made(content)).content


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"my key is {KEY}.", "my key is [redacted]."),
        ("ek_68af296e8e408191a1120ab6383263c2", "[redacted]"),
        (f"openai-insecure-api-key.{KEY}", "openai-insecure-api-key.[redacted]"),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer [redacted]"),
        ("authorization: bearer 0123456789abcdef", "authorization: bearer [redacted]"),
        ("wss://x/realtime?api-key=0123456789abcdef&v=1", "wss://x/realtime?api-key=[redacted]&v=1"),
        ('{"api_key": "short", "city": "Bern"}', '{"api_key": "[redacted]", "city": "Bern"}'),
        ("{'password': 'hunter2'}", "{'password': '[redacted]'}"),
        (r"{\"password\": \"hunter2\"}", r"{\"password\": \"[redacted]\"}"),
        (f"token {TOKEN}", "token [redacted]"),
    ],
)
def test_a_key_or_a_token_in_a_text_is_taken_out(text: str, left: str) -> None:
    assert redacted({"type": "x", "text": text}) == {"type": "x", "text": left}
    assert Redactor().entry(made(None, "system", label=text)).label == left


@pytest.mark.parametrize(
    "text",
    [
        "Bearer certificates are the bearer of good news.",
        "The risk-averse task-oriented sk-learn user wants the api key: please read the documentation.",
        "sess_AJHM0FzjVhLoBKqYCYlzh event_AJHM0GHx1SRrOKfe8kybr call_AbCdEf0123456789",
        "password: please",
        "It is a matter of authorization, and of tokens.",
    ],
)
def test_what_only_sounds_like_a_secret_stays(text: str) -> None:
    assert redacted({"type": "x", "text": text}) == {"type": "x", "text": text}


def test_a_value_under_the_name_of_a_secret_goes_whatever_it_looks_like() -> None:
    tool = {
        "type": "mcp",
        "authorization": "letmein",
        "headers": {"X-Api-Key": "abc", "Accept": "*/*"},
        "client_secret": {"value": "plain", "expires_at": 1729159204},
    }
    assert redacted({"type": "x", "tools": [tool]}) == {
        "type": "x",
        "tools": [
            {
                "type": "mcp",
                "authorization": REDACTED,
                "headers": {"X-Api-Key": REDACTED, "Accept": "*/*"},
                "client_secret": {"value": REDACTED, "expires_at": 1729159204},
            }
        ],
    }


def test_the_schema_of_a_tool_that_takes_a_password_and_the_logprobs_of_tokens_stay() -> None:
    content: JSON = {
        "type": "x",
        "parameters": {"properties": {"password": {"type": "string"}}, "required": ["password"]},
        "logprobs": [{"token": "Hey", "logprob": -0.1}],
        "max_output_tokens": "inf",
        "client_secret": None,
    }
    assert redacted(content) == content


def test_a_named_secret_goes_wherever_it_stands_and_however_it_is_spelled() -> None:
    secret = 'Ali"ce\n42'
    content = redacted(
        {"type": "x", "text": f"I am {secret}!", secret: [secret], "arguments": json.dumps({"who": secret})}, secret
    )
    assert content == {
        "type": "x",
        "text": "I am [redacted]!",
        REDACTED: [REDACTED],
        "arguments": '{"who": "[redacted]"}',
    }


def test_a_named_secret_that_is_a_number_goes_as_well() -> None:
    assert redacted({"type": "x", "pin": 4711, "total": 47110}, "4711") == {
        "type": "x",
        "pin": REDACTED,
        "total": 47110,
    }


def test_of_two_secrets_the_longer_goes_first() -> None:
    assert redacted({"type": "x", "text": "swordfish"}, "word", "swordfish") == {"type": "x", "text": REDACTED}


def test_without_patterns_only_the_named_secrets_go() -> None:
    redactor = Redactor(["swordfish"], patterns=False)
    entry = redactor.entry(made({"type": "x", "text": f"swordfish {KEY}", "api_key": "abc"}))
    assert entry.content == {"type": "x", "text": f"{REDACTED} {KEY}", "api_key": "abc"}
    assert redactor.count == 1


def test_a_secret_too_short_to_be_told_from_other_text_is_refused() -> None:
    with pytest.raises(UsageError, match="4 characters or more"):
        Redactor(["abc"])


texts = st.text(max_size=30) | st.sampled_from([KEY, TOKEN, f"Bearer {KEY}", f'{{"api_key": "{KEY}"}}'])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("api_key"), inner, max_size=3),
    max_leaves=8,
)


@given(content=values, secret=st.text(min_size=4, max_size=8).filter(lambda text: text not in REDACTED))
def test_no_key_and_no_secret_is_left_and_a_second_time_finds_nothing(content: JSON, secret: str) -> None:
    once = Redactor([secret]).entry(made({"type": "x", "there": content, "more": [secret + KEY, KEY + secret]}))
    again = Redactor([secret])
    assert again.entry(once) == once
    assert again.count == 0
    assert KEY not in json.dumps(once.content)
    assert TOKEN not in json.dumps(once.content)


AUDIO = base64.b64encode(bytes(range(256)) * 3).decode()
PLACEHOLDER = "<audio data elided: 768 bytes>"


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (
            {"type": "input_audio_buffer.append", "audio": AUDIO},
            {"type": "input_audio_buffer.append", "audio": PLACEHOLDER},
        ),
        (
            {"type": "response.audio.delta", "delta": AUDIO},
            {"type": "response.audio.delta", "delta": PLACEHOLDER},
        ),
        (
            {"type": "response.output_audio.delta", "delta": AUDIO},
            {"type": "response.output_audio.delta", "delta": PLACEHOLDER},
        ),
        (
            {"type": "x", "item": {"content": [{"type": "input_audio", "audio": AUDIO}]}},
            {"type": "x", "item": {"content": [{"type": "input_audio", "audio": PLACEHOLDER}]}},
        ),
    ],
)
def test_audio_is_elided_wherever_the_protocol_has_it(content: JSON, left: JSON) -> None:
    assert elide_audio(made(content)).content == left
    assert is_placeholder(PLACEHOLDER)


@pytest.mark.parametrize(
    "content",
    [
        {"type": "response.output_text.delta", "delta": "Heya"},
        {"type": "response.output_audio_transcript.delta", "delta": "Heya"},
        {"type": "session.update", "session": {"audio": {"output": {"voice": "marin"}}}},
        {"type": "response.audio.delta", "delta": "<audio data omitted for brevity>"},
        {"type": "response.audio.delta", "delta": ""},
        {"type": "response.audio.delta", "delta": "…"},
        {"type": "x", "modalities": ["audio", "text"], "audio": None},
    ],
)
def test_what_is_no_audio_or_was_elided_before_stays(content: JSON) -> None:
    assert elide_audio(made(content)).content == content


@given(st.binary(min_size=1, max_size=200))
def test_the_placeholder_says_how_many_bytes_there_were(audio: bytes) -> None:
    payload = base64.encodebytes(audio).decode()
    content = elide_audio(made({"type": "x", "audio": payload})).content
    assert content == {"type": "x", "audio": f"<audio data elided: {len(audio)} bytes>"}


def test_audio_that_was_cut_off_is_elided_all_the_same() -> None:
    content = elide_audio(made({"type": "x", "audio": AUDIO[:50]})).content
    assert content == {"type": "x", "audio": "<audio data elided: 37 bytes>"}
