"""Scenario files to begin with, every line explained."""

import json
import re
from pathlib import Path

from sim.errors import ScenarioError, suggest

_FOLDER = Path(__file__).parent / "templates"
_TITLE = re.compile(r"^title: [^#\n]*?(?=  #|$)", re.MULTILINE)


def templates() -> dict[str, str]:
    """The names of the templates, and what each is about."""
    return {path.stem: _title(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.yaml"))}


def template(name: str, title: str = "") -> str:
    """The text of a template, under a title of your own if one is given. Raises ScenarioError for an unknown name."""
    known = templates()
    if name not in known:
        raise ScenarioError(f"no template '{name[:60]}'.{suggest(name, known)} Known: {', '.join(known)}")
    text = (_FOLDER / f"{name}.yaml").read_text("utf-8")
    quoted = json.dumps(" ".join(title.split()), ensure_ascii=False)
    return _TITLE.sub(lambda _: f"title: {quoted}", text, count=1) if title.strip() else text


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return found[0].removeprefix("title: ").strip() if found else ""
