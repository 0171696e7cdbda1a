"""Two generations of settings in one form."""

from harness.turns.fold import prune, settings

BETA = {
    "id": "sess_1",
    "object": "realtime.session",
    "expires_at": 1,
    "model": "m",
    "modalities": ["text", "audio"],
    "voice": "alloy",
    "input_audio_format": "pcm16",
    "output_audio_format": "g711_ulaw",
    "input_audio_transcription": "",
    "turn_detection": {"type": "none"},
    "max_response_output_tokens": "inf",
    "tools": [],
}
GA = {
    "type": "realtime",
    "id": "sess_2",
    "model": "m",
    "output_modalities": ["audio"],
    "max_output_tokens": "inf",
    "truncation": "auto",
    "tracing": None,
    "audio": {
        "input": {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": None, "transcription": None},
        "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy", "speed": 1.0},
    },
}


def test_both_generations_say_the_same() -> None:
    assert settings(BETA) == settings(GA) == {
        "model": "m",
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": {
            "input": {"format": {"type": "audio/pcm", "rate": 24000}},
            "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy"},
        },
    }  # fmt: skip


def test_a_service_may_mix_the_generations() -> None:
    mixed = {"voice": "eve", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}
    assert settings(mixed) == {
        "audio": {"output": {"voice": "eve"}, "input": {"format": {"type": "audio/pcm", "rate": 16000}}}
    }


def test_defaults_that_are_said_are_as_those_that_are_not() -> None:
    said = {"turn_detection": {"type": "server_vad", "create_response": True, "interrupt_response": True}}
    unsaid = {"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
    assert settings(said) == settings(unsaid)


def test_what_is_not_the_default_stays() -> None:
    said = settings({"audio": {"input": {"turn_detection": {"type": "server_vad", "create_response": False}}}})
    assert said["audio"] == {"input": {"turn_detection": {"type": "server_vad", "create_response": False}}}


def test_tools_are_known_by_their_names_in_any_order_and_wrapping() -> None:
    one, two = {"type": "function", "name": "a"}, {"type": "function", "name": "b"}
    assert settings({"tools": [one, two]}) == settings({"tools": [two, one]})
    wrapped = {"type": "function", "function": {"name": "a"}}
    assert settings({"tools": [wrapped]}) == settings({"tools": [one]})


def test_what_says_nothing_is_dropped_at_any_depth_but_zero_and_false_say_something() -> None:
    assert prune({"a": None, "b": {"c": "", "d": [], "e": {}}, "f": 0, "g": False}) == {"f": 0, "g": False}


def test_what_is_no_object_has_no_settings() -> None:
    assert settings(None) == settings("x") == {}
