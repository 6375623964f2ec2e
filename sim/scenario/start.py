"""A new scenario file from a template."""

from pathlib import Path

from sim.errors import OutputError
from sim.scenario.template import template

ENDINGS = (".yaml", ".yml")


def new(name: str | Path, template_name: str = "ban") -> Path:
    """Write a small scenario, every line explained, to `<name>.yaml`, and return its path.

    Raises ScenarioError for an unknown template, OutputError if the file exists or cannot be written.
    """
    text = template(template_name)
    path = Path(name)
    path = path if path.suffix in ENDINGS else path.with_name(f"{path.name}.yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(f"{path} exists already: choose another name") from None
    except FileNotFoundError:
        raise OutputError(f"there is no folder '{path.parent}': make it first") from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None
    return path
