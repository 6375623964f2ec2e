"""Notebooks run from a clean kernel, and what they show is what they say today.

Each stands in two files: the text (.md), which is edited and reviewed, and the notebook with its outputs (.ipynb).
`python tests/test_notebooks.py` runs every text and writes its notebook anew, or only those that are named.
"""

import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_BYTES = 400_000
WIDGET = "application/vnd.jupyter.widget-view+json"
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|tmp|work|var|opt|usr|mnt)/|[A-Za-z]:\\\\?Users")


def executed(notebook: NotebookNode) -> NotebookNode:
    """The notebook after running all of it in a new kernel in its own folder."""
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}, record_timing=False
    )
    return client.execute()


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(cell: NotebookNode) -> list[str]:
    """What a cell prints and shows as text; of a picture only that there is one."""
    found = []
    for output in cell.outputs:
        data = output.get("data", {})
        pictured = [kind for kind in data if kind.startswith("image/")]
        found.append(pictured[0] if pictured else output.get("text") or data.get("text/plain", ""))
    return found


def test_there_is_a_first_study():
    assert (FOLDER / "first_what_if.ipynb") in NOTEBOOKS


def test_every_text_has_a_notebook_and_every_notebook_a_text():
    assert [path.stem for path in NOTEBOOKS] == sorted(path.stem for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_runs_from_a_clean_kernel_and_says_what_it_said(self, path: Path):
        kept = nbformat.read(path, as_version=4)
        run = executed(nbformat.read(path, as_version=4))
        for before, now in zip(code_of(kept), code_of(run), strict=True):
            assert said(now) == said(before), f"{before.source}\n\nrenew it: python tests/test_notebooks.py"

    def test_is_kept_with_all_its_outputs_and_no_error(self, path: Path):
        cells = code_of(nbformat.read(path, as_version=4))
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
        outputs = [output for cell in cells for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in outputs)
        assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]

    def test_is_small_and_names_no_place_on_a_machine(self, path: Path):
        text = path.read_text(encoding="utf-8")
        assert len(text.encode()) < MOST_BYTES
        assert not MACHINE_PATH.findall(text)

    def test_keeps_no_widget_that_nobody_can_move(self, path: Path):
        notebook = nbformat.read(path, as_version=4)
        assert "widgets" not in notebook.metadata
        assert not [o for cell in code_of(notebook) for o in cell.outputs if WIDGET in o.get("data", {})]

    def test_is_in_step_with_its_text(self, path: Path):
        kept, text = nbformat.read(path, as_version=4), jupytext.read(path.with_suffix(".md"))
        assert [(cell.cell_type, cell.source) for cell in kept.cells] == [
            (cell.cell_type, cell.source) for cell in text.cells
        ]
        assert kept.metadata.jupytext.formats == text.metadata.jupytext.formats == "ipynb,md"


@pytest.mark.parametrize("text", ["/home/me/x.yaml", "see /tmp/a", "C:\\Users\\me"])
def test_a_place_on_a_machine_would_be_found(text: str):
    assert MACHINE_PATH.search(text)


def without_widgets(notebook: NotebookNode) -> NotebookNode:
    """What widgets tell in words is kept; they themselves live only as long as their kernel, under names of chance."""
    notebook.metadata.pop("widgets", None)
    for cell in code_of(notebook):
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def renew(names: list[str]) -> None:
    """Run texts and write their notebooks; ids of cells are counted, so that running twice changes nothing."""
    for path in [FOLDER / f"{name}.md" for name in names] or sorted(FOLDER.glob("*.md")):
        notebook = without_widgets(executed(jupytext.read(path)))
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number}"
        notebook.metadata.pop("language_info", None)
        nbformat.write(notebook, path.with_suffix(".ipynb"))


if __name__ == "__main__":
    renew(sys.argv[1:])
