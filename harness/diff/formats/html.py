"""A page of its own: nothing is loaded from anywhere."""

from collections.abc import Iterator, Sequence

from harness.diff.comparison import Comparison
from harness.diff.formats.folding import elsewhere, limits, sections, size
from harness.diff.formats.spans import Line, beside, by_side, line_of, marked


def render(comparisons: Sequence[Comparison], width: int) -> Iterator[Line]:
    """Yield the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("harness.diff", "formats"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        sections=sections,
        size=size,
        limits=limits,
        elsewhere=elsewhere,
        beside=beside,
        by_side=by_side,
        line_of=line_of,
        marked=marked,
    )
    yield ((environment.get_template("page.html").render(comparisons=comparisons), ""),)
