"""The folders of schemas, their form, and how a schema is found in them."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness import logs
from harness.errors import UsageError
from harness.model import Entry
from harness.protocol import schemas

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared"
FOLDER = ROOT / "schemas"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*/*.json"))
GA = ("openai-ga",)
BETA = ("openai-beta",)


def read(path: str) -> dict[str, Any]:
    return json.loads((FOLDER / path).read_text("utf-8"))


# -- the folders ----


@pytest.mark.parametrize(
    ("dialect", "generation", "more"),
    [
        ("openai-ga", "ga-newest", set()),
        # Seen on the wire, though the unions of the last SDK with beta types have it no more.
        ("openai-beta", "beta-2025-mid", {"transcription_session.created"}),
    ],
)
def test_each_generation_has_exactly_its_event_types(dialect: str, generation: str, more: set[str]) -> None:
    facts = SHARED / "protocol" / "generations.json"
    if not facts.exists():
        pytest.skip("the lists of event types by generation are not on this machine")
    expected = json.loads(facts.read_text("utf-8"))[generation]
    assert schemas.types((dialect,), "client") == set(expected["client"])
    assert schemas.types((dialect,), "server") == set(expected["server"]) | more


@pytest.mark.parametrize(
    ("dialect", "client", "server"),
    [
        ("openai-ga", 11, 46),
        ("openai-beta", 12, 34 + 1),
        ("azure-voice-live", 12 + 8, 34 + 1 + 27 + 1),
        ("xai", 11, 48),
    ],
)
def test_a_dialect_has_as_many_event_types_as_its_sdk_and_its_wire(dialect: str, client: int, server: int) -> None:
    chain = schemas.chain(dialect)
    assert (len(schemas.types(chain, "client")), len(schemas.types(chain, "server"))) == (client, server)


@pytest.mark.parametrize("path", FILES)
def test_a_schema_is_valid_and_names_the_type_of_its_file(path: str) -> None:
    schema = read(path)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["type"]["const"] == Path(path).stem
    assert "type" in schema["required"]


def parts(
    schema: Mapping[str, Any], declared: frozenset[str] = frozenset()
) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Yield every schema within a schema, with the properties declared for the object it speaks of."""
    declared = declared | frozenset(schema.get("properties", {}))
    yield schema, declared
    for field in schema.get("properties", {}).values():
        yield from parts(field)
    for branch in schema.get("allOf", ()):
        yield from parts(branch["then"], declared)
    for keyword in ("items", "additionalProperties"):
        if keyword in schema:
            yield from parts(schema[keyword])


@pytest.mark.parametrize("path", FILES)
def test_a_schema_has_the_regular_form_that_readers_rely_on(path: str) -> None:
    form = {"$schema", "type", "const", "properties", "required", "items", "additionalProperties", "allOf"}
    for part, declared in parts(read(path)):
        assert set(part) <= form | {"x-known-values", "x-always"}
        assert {*part.get("required", ()), *part.get("x-always", ())} <= declared
        for branch in part.get("allOf", ()):
            assert set(branch) == {"if", "then"}
            assert list(branch["if"]["properties"]) == branch["if"]["required"]


def test_every_file_is_as_it_was_made_and_no_overlay_has_changed_since() -> None:
    manifest = read("MANIFEST.json")
    here = {path: sha256((FOLDER / path).read_bytes()).hexdigest() for path in FILES}
    overlays = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted((ROOT / "tools" / "overlays").glob("*.yaml"))
    }
    assert here == manifest["schemas"]
    assert overlays == manifest["overlays"], "make the schemas anew: an overlay has changed"


# -- finding ----


def test_the_newest_dialect_comes_first() -> None:
    assert schemas.dialects() == ("openai-ga", "azure-ga", "xai", "azure-voice-live", "openai-beta")


def test_a_dialect_that_deviates_stands_before_its_base() -> None:
    assert schemas.chain("azure-voice-live") == ("azure-voice-live", "openai-beta")
    assert schemas.chain("openai-ga") == ("openai-ga",)


def test_an_unknown_dialect_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"no schemas are called 'open-ai'; there are openai-ga, azure-ga"):
        schemas.types(("open-ai",), "server")


def test_the_most_specific_folder_has_the_word_and_the_base_the_rest() -> None:
    chain = schemas.chain("xai")
    assert (
        "usage"
        not in schemas.schema(chain, "server", "conversation.item.input_audio_transcription.completed")["required"]
    )
    assert schemas.schema(chain, "server", "input_audio_buffer.cleared") is schemas.schema(
        GA, "server", "input_audio_buffer.cleared"
    )


@pytest.mark.parametrize("name", ["response.cancelled", "", "../../../etc/passwd", "MANIFEST"])
def test_a_type_that_nobody_knows_has_no_schema_no_side_and_no_fault(name: str) -> None:
    assert schemas.schema(GA, "server", name) is None
    assert schemas.known(name) == ()
    assert schemas.sides(name) == frozenset()
    assert schemas.Validators(GA).check("server", name, {"type": name}) == ()


def test_a_type_is_looked_up_in_every_dialect_newest_first() -> None:
    newest, *_, oldest = schemas.known("session.created")
    assert newest is schemas.schema(GA, "server", "session.created")
    assert oldest is schemas.schema(BETA, "server", "session.created")
    assert schemas.sides("session.created") == {"server"}
    assert schemas.sides("response.create") == {"client"}


def test_what_the_readers_are_told_restores_every_event_of_the_flattened_seed() -> None:
    path = ROOT / "fixtures" / "recovery" / "seed-flat.txt"
    validators = schemas.Validators(BETA)
    with path.open("rb") as stream:
        entries = [
            entry for entry in logs.read(stream, str(path), schemas.ProtocolKnowledge()) if isinstance(entry, Entry)
        ]
    bodies = [(entry.side, entry.content) for entry in entries if isinstance(entry.content, dict)]
    assert len(bodies) == 31
    for side, body in bodies:
        assert validators.check(side, body["type"], body) == ()
        assert validators.unknown_values(side, body["type"], body) == ()
        assert validators.absent(side, body["type"], body) == ()
