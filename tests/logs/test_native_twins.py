"""From one native format to the other and back: the same bytes."""

import io

from entry_makers import made
from hypothesis import given
from hypothesis import strategies as st
from test_native_round_trip import events, text

from harness.logs import Ignorance, read, write
from harness.model import Entry

digits = st.integers(0, 9).flatmap(lambda count: st.text("0123456789", min_size=count, max_size=count))
zones = st.sampled_from(["Z", "+02:00", "-05:30"])
stamps = st.builds(lambda part, zone: f"2024-10-17T11:45:04{'.' if part else ''}{part}{zone}", digits, zones)
entries = st.builds(made, st.none() | events, st.sampled_from(["client", "server", "system"]), stamps, text)


def written(log: list[Entry], format: str) -> bytes:
    stream = io.BytesIO()
    write(log, stream, format)
    return stream.getvalue()


def converted(log: bytes, format: str) -> bytes:
    return written([one for one in read(io.BytesIO(log), "log", Ignorance()) if isinstance(one, Entry)], format)


@given(st.lists(entries, min_size=1, max_size=4))
def test_yaml_to_json_lines_and_back_gives_the_same_bytes(log: list[Entry]) -> None:
    as_yaml, as_lines = written(log, "yaml"), written(log, "jsonl")
    assert converted(as_yaml, "jsonl") == as_lines
    assert converted(as_lines, "yaml") == as_yaml
