"""What Python and the shell are answered: public names, exit codes, and refusals of files."""

import re
from pathlib import Path

import markdown

import sim
from sim.cli.main import DONE, FAULT, INTERRUPTED, OUTPUT, TOO_LARGE
from sim.cli.studying import SOME_FAILED
from sim.errors import ScenarioError

BAD = Path(__file__).parents[2] / "tests" / "bad"
SAID = re.compile(r"# (expect|warn|too large): (?:\d+:\d+, )?(?:([a-z_]+(?:\.\w+)*): )?(?:warning: )?(.*)")
"""First line of such a file: how it is answered, where, and with which words."""


def names_of(kind: str) -> str:
    """Public functions or classes or errors of `sim`, for autodoc."""
    chosen = [name for name in sim.__all__ if _kind(getattr(sim, name)) == kind]
    return "\n".join(_documented(name, kind) for name in chosen)


def _kind(thing: object) -> str:
    if not isinstance(thing, type):
        return "functions"
    return "errors" if issubclass(thing, Exception) else "classes"


def _documented(name: str, kind: str) -> str:
    directive = {"functions": "autofunction", "classes": "autoclass", "errors": "autoexception"}[kind]
    return f"```{{eval-rst}}\n.. {directive}:: sim.{name}\n```\n"


def exits(_: str) -> str:
    """Every exit code."""
    said = {
        DONE: "done",
        FAULT: "a fault of supplyshock, not of the scenario; `--traceback` shows where",
        ScenarioError.exit_code: "wrong input: a file, an option or a value; nothing is written",
        SOME_FAILED: "some cases failed; the others are kept, and `sim status` says which",
        OUTPUT: "output that cannot be written, or would replace what it should not",
        TOO_LARGE: "too large for one run, or for the memory there is; the message has the number",
        INTERRUPTED: "interrupted; what was done of a study is kept",
    }
    return markdown.table(["code", "what it says"], [[f"`{code}`", words] for code, words in said.items()])


def refusals(kind: str) -> str:
    """What files are refused for or warned of, from those that the tests keep, each with the message it gets."""
    answers = [said for path in sorted(BAD.glob("*.yaml")) if (said := _first_line(path))[1] == kind]
    if not answers:
        raise ValueError(f"no file of the tests is answered by '{kind}'")
    found = sorted({(said[2] or "", said[3]) for said in answers}, key=_by_place)
    return "\n".join(f"- {markdown.code(at)}{': ' if at else ''}{markdown.text(says)}" for at, says in found)


def _by_place(message: tuple[str, str]) -> tuple[bool, str, str]:
    """By the key they stand at; those that stand at any key, or at the whole file, come last."""
    return not message[0], *message


def _first_line(path: Path) -> re.Match[str]:
    found = SAID.match(path.read_text(encoding="utf-8", errors="replace"))
    if not found:
        raise ValueError(f"{path.name} does not begin with what it is answered")
    return found
