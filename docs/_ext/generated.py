"""Fills pages with what is written from the program itself: `<!-- generated: kinds shocks -->` and its like."""

import re
from collections.abc import Callable
from pathlib import Path

import columns_page
import exact_page
import kinds_page
import names_page
from sphinx.application import Sphinx

MARK = re.compile(r"^<!-- generated: (\w+) ?(.*?) -->$", flags=re.MULTILINE)
HERE = Path(__file__).parent.parent


def pages_like(pattern: str) -> str:
    """A table of contents of pages that other scripts write, an index first; nothing where there are none."""
    paths = sorted(HERE.glob(f"{pattern}.md"), key=lambda path: (path.stem != "index", path))
    found = [path.relative_to(HERE).with_suffix("").as_posix() for path in paths]
    return "\n".join(["```{toctree}", ":maxdepth: 1", "", *(f"/{name}" for name in found), "```"]) if found else ""


WRITERS: dict[str, Callable[[str], str]] = {
    "kinds": kinds_page.kinds_of,
    "units": kinds_page.units,
    "tables": columns_page.tables_of,
    "metrics": columns_page.metrics,
    "series": columns_page.series,
    "pictures": columns_page.pictures,
    "cases": exact_page.case,
    "pages": pages_like,
    "names": names_page.names_of,
    "exits": names_page.exits,
    "refusals": names_page.refusals,
}
"""Markdown for the words after the name."""


def fill(_: Sphinx, page: str, source: list[str]) -> None:
    source[0] = MARK.sub(lambda found: WRITERS[found[1]](found[2]), source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", fill)
    return {"parallel_read_safe": True}
