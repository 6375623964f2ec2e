"""A report as one HTML file that works from an e-mail: nothing is fetched, and nothing in it can run but its own sort.

The content security policy allows the one style and the one script whose hashes it names, and images that stand in
the page itself. Names are escaped, pictures are shown as images, so neither can bring a script of its own.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sim.errors import ScenarioError
from sim.results.report.grid import grid
from sim.results.report.parts import Report
from sim.results.terminal import literal

if TYPE_CHECKING:
    import jinja2

OURS: Final = '<meta name="generator" content="supplyshock report">'
"""By which a report of ours is known, in its first lines."""


def html(report: Report) -> bytes:
    """The page. Raises ScenarioError where Jinja2 is not installed. The same report has the same bytes."""
    environment = _environment()
    from markupsafe import Markup

    style, script = _asset("report.css"), _asset("report.js")
    text = environment.from_string(_asset("report.html")).render(
        report=report,
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        ours=Markup(OURS),
    )
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair has no UTF-8


def policy(style: str, script: str) -> str:
    """The content security policy of a page with this style and this script."""
    parts = ("default-src 'none'", "img-src data:", f"style-src '{_digest(style)}'", f"script-src '{_digest(script)}'")
    return "; ".join((*parts, "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def _asset(name: str) -> str:
    return files("sim.results.report").joinpath(name).read_text("utf-8")


def _environment() -> "jinja2.Environment":
    try:
        import jinja2
    except ImportError as error:
        says = "a report needs Jinja2, which is not installed: pip install 'supplyshock[web]'"
        raise ScenarioError(says) from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["grid"] = grid
    environment.filters["literal"] = literal
    environment.filters["lines"] = _lines
    return environment


def _lines(text: str) -> str:
    """Text of many lines, with nothing in any of them that is not printed."""
    return "\n".join(literal(line) for line in text.split("\n"))
