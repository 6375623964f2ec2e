"""A new scenario file from a template."""

from collections.abc import Mapping
from pathlib import Path

from sim.errors import OutputError
from sim.scenario.template import template

ENDINGS = (".yaml", ".yml")


def new(name: str | Path, template_name: str = "ban", answers: Mapping[str, object] | None = None) -> Path:
    """Write a small scenario, every line explained, to `<name>.yaml`, and return its path.

    Some templates ask a few numbers first; answers are by key, `{"effective": "2025-04-04"}`, and what is not answered
    has a default. Raises ScenarioError for an unknown template and for answers that do not fit, OutputError if the file
    exists or cannot be written.
    """
    text, path = template(template_name, answers=answers), path_of(name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _exists(path) from None
    except FileNotFoundError:
        raise OutputError(f"there is no folder '{path.parent}': make it first") from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None
    return path


def path_of(name: str | Path) -> Path:
    """The file a name stands for, with or without its ending."""
    path = Path(name)
    return path if path.suffix in ENDINGS else path.with_name(f"{path.name}.yaml")


def refuse_early(name: str | Path) -> None:
    """Raises OutputError if the file is there already, or its folder is not, before anything is asked."""
    path = path_of(name)
    if path.exists():
        raise _exists(path)
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder '{path.parent}': make it first")


def _exists(path: Path) -> OutputError:
    return OutputError(f"{path} exists already: choose another name")
