"""A microphone never stops sending: what it sends while nobody speaks is no turn."""

from mock_talk import Talk, append, tone

from harness.replay.script import Script


def test_silence_after_speech_is_no_turn_however_much_of_it_comes(seed: Script) -> None:
    talk = Talk(seed)
    talk << "session.created"
    talk >> tone(1_000) >> append(500)
    assert talk.types().count("response.done") == 1
    for _ in range(60):
        talk >> append(100)
        talk + 100
    assert talk.types() == []
    assert talk.faults_of_ours() == []


def test_whoever_speaks_again_is_answered_again(seed: Script) -> None:
    talk = Talk(seed)
    talk >> tone(1_000) >> append(5_000) >> tone(1_000) >> append(500)
    talk + 5_000
    assert talk.types().count("input_audio_buffer.committed") == 2
    assert talk.faults_of_ours() == []


def test_audio_without_any_voice_still_counts_by_amount(seed: Script) -> None:
    talk = Talk(seed)
    talk >> append(2_500) >> append(2_500)
    talk + 5_000
    assert talk.types().count("input_audio_buffer.committed") == 2
