"""Scenario files to begin with, every line explained.

Those that ask something first have blanks in angle brackets, and their answers fill them; see `questions`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from sim.errors import ScenarioError, suggest
from sim.scenario.fill import filled
from sim.scenario.questions import QUESTIONS, answered

_FOLDER = Path(__file__).parent / "templates"
ASKING = {"export_control": "One material under export control"}
"""What the templates with questions are about: their own title hangs on the answers."""
_TITLE = re.compile(r"^title: [^#\n]*?(?=  #|$)", re.MULTILINE)


def templates() -> dict[str, str]:
    """The names of the templates, and what each is about."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.yaml"))}
    return {name: ASKING.get(name) or _title(text) for name, text in texts.items()}


def template(name: str, title: str = "", answers: Mapping[str, object] | None = None) -> str:
    """The text of a template, under a title of your own if one is given, and with answers to what it asks.

    Raises ScenarioError for an unknown name, and for answers that do not fit.
    """
    check_name(name)
    said = answered(name, answers or {})
    text = (_FOLDER / f"{name}.yaml").read_text("utf-8")
    text = filled(text, said) if name in QUESTIONS else text
    quoted = json.dumps(" ".join(title.split()), ensure_ascii=False)
    return _TITLE.sub(lambda _: f"title: {quoted}", text, count=1) if title.strip() else text


def check_name(name: str) -> None:
    """Raises ScenarioError if there is no template of that name."""
    if name not in (known := templates()):
        raise ScenarioError(f"no template '{name[:60]}'.{suggest(name, known)} Known: {', '.join(known)}")


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return found[0].removeprefix("title: ").strip() if found else ""
