"""Notebooks stand outside docs/: a page `x.nblink` holds the way to one, from the folder of the notebooks."""

from pathlib import Path

import nbformat
from sphinx.application import Sphinx

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def linked(text: str) -> nbformat.NotebookNode:
    """The notebook that the page names."""
    return nbformat.read(NOTEBOOKS / text.strip(), as_version=4)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect(
        "config-inited", lambda _, config: config.nb_custom_formats.update({".nblink": "notebook_links.linked"}), 0
    )
    return {"parallel_read_safe": True}
