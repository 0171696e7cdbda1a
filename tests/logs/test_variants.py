"""Every event that a person sees is found, whoever printed it: prefixes, stamps, languages, prose, noise, cuts."""

from collections.abc import Callable, Mapping
from itertools import chain, repeat
from typing import Any

import pytest
import yaml
from log_places import FIXTURES, Reading

from harness.errors import UnreadableError
from harness.model import Entry

ReadText = Callable[..., Reading]
VARIANTS: list[Mapping[str, Any]] = yaml.safe_load((FIXTURES / "logs" / "variants.yaml").read_text(encoding="utf-8"))


def expected(variant: Mapping[str, Any]) -> list[tuple[str, str]]:
    runs = (repeat((side, kind), *count or [1]) for side, kind, *count in variant["events"])
    return list(chain.from_iterable(runs))


def seen(entry: Entry) -> tuple[str, object]:
    return entry.side, entry.content["type"] if isinstance(entry.content, dict) else None


def test_each_variant_has_a_name_of_its_own() -> None:
    assert len({variant["name"] for variant in VARIANTS}) == len(VARIANTS) > 100


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant["name"])
def test_the_events_of_a_log_are_those_that_a_person_sees(variant: Mapping[str, Any], read_text: ReadText) -> None:
    if not variant["events"]:
        with pytest.raises(UnreadableError, match="no event was found"):
            read_text(variant["text"])
        return
    entries, problems = read_text(variant["text"])
    assert [seen(entry) for entry in entries if entry.content is not None] == expected(variant)
    assert [problem.code for problem in problems] == variant.get("problems", [])
    if "stamps" in variant:
        assert [entry.stamp for entry in entries] == variant["stamps"]
    if "at_ns" in variant:
        assert [entry.at_ns for entry in entries] == variant["at_ns"]


@pytest.mark.parametrize("variant", [one for one in VARIANTS if one["events"]], ids=lambda variant: variant["name"])
def test_line_ends_and_a_mark_of_byte_order_change_nothing(variant: Mapping[str, Any], read_text: ReadText) -> None:
    text = variant["text"].replace("\r\n", "\n")
    for other in (text.replace("\n", "\r\n"), "\ufeff" + text, text.rstrip("\n")):
        entries, _ = read_text(other)
        assert [seen(entry) for entry in entries if entry.content is not None] == expected(variant)
