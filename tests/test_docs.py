"""The documentation builds without a warning, says everything there is, and leads nowhere that is not there."""

import re
import subprocess
import sys
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import sim
from sim.cli.main import VERBS
from sim.results.result import TABLES
from sim.scenario.reference import kinds

HOME = Path(__file__).parent.parent
DOCS = HOME / "docs"
SHOWN_ONLY = {"git", "cd", "python3", "pip", "python", "dask"}
"""First words of commands that are not run while pages are built: installing, building, and starting a cluster."""
TABLELESS = {"check", "kinds", "schema", "new", "plot", "report", "serve", "status", "results", "export"}
"""Verbs that leave no table of their own."""
CONSOLE = re.compile(r"^```(?:console|bash|sh)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


class Page(HTMLParser):
    """What a page can be linked by, what it links to, and what it loads."""

    def __init__(self, text: str):
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.names |= {said[key] for key in ("id", "name") if said.get(key)}
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        if tag in ("script", "img", "source", "iframe") and said.get("src"):
            self.loads.append(said["src"])
        if tag == "link" and said.get("rel") != "canonical" and said.get("href"):
            self.loads.append(said["href"])


def build(source: Path, target: Path, *words: str) -> subprocess.CompletedProcess[str]:
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-E", *words]
    return subprocess.run([*sphinx, str(source), str(target)], cwd=HOME, capture_output=True, text=True, check=False)


def pages_of(folder: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}


def dead_links(pages: dict[Path, Page]) -> Iterable[str]:
    """Links within the pages to a file that is not there, or to a place that is not in it."""
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.exists() or (parts.fragment and known and unquote(parts.fragment) not in known.names):
                yield f"{path.name}: {link}"


def fetched(folder: Path, pages: dict[Path, Page]) -> Iterable[str]:
    """What a reader's browser would fetch from elsewhere."""
    for path, page in pages.items():
        yield from (f"{path.name}: {one}" for one in page.loads if urlsplit(one).netloc)
    for path in folder.rglob("*.css"):
        found = re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\s]+", path.read_text(encoding="utf-8"))
        yield from (f"{path.name}: {one}" for one in found)


def missing_in_reference(folder: Path, pages: dict[Path, Page]) -> Iterable[str]:
    """Kinds, verbs, public names and tables that no page of the reference tells of."""
    names = {name for path, page in pages.items() if path.parent.name == "reference" for name in page.names}
    due = [
        *(f"kind-{one.name}".replace("_", "-") for one in kinds()),  # as docutils writes it
        *(f"sim-{verb}" for verb in VERBS),
        *(f"sim.{name}" for name in sim.__all__),
        *(f"table-run-{name}" for name in TABLES),
    ]
    yield from (name for name in due if name not in names)
    told = {name.split("-")[1] for name in names if name.startswith("table-")}
    yield from (f"tables of sim {verb}" for verb in {*VERBS} - TABLELESS - told)
    text = "".join(path.read_text(encoding="utf-8") for path in (folder / "reference").glob("*.html"))
    shown = unescape(re.sub(r"<[^>]+>", "", text))
    yield from (f"{one.name}.{key.name}" for one in kinds() for key in one.keys if f"{key.name}, " not in shown)


def unread_markup(folder: Path) -> Iterable[str]:
    """What should have been read as a directive or a placeholder, and stands on a page as text."""
    for path in folder.rglob("*.html"):
        shown = re.sub(r"<pre>.*?</pre>|<code.*?</code>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        yield from (f"{path.name}: {one}" for one in re.findall(r"\.\. \w+::|:::|<!-- generated: .*?-->", shown))


@pytest.mark.timeout(900)
def test_the_pages_build_clean_say_everything_and_lead_nowhere_that_is_not_there(tmp_path):
    done = build(DOCS, tmp_path / "pages", "-j", "2", "-d", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stderr
    pages = pages_of(tmp_path / "pages")
    assert len(pages) > 35
    assert not [*dead_links(pages)]
    assert not [*fetched(tmp_path / "pages", pages)]
    assert not [*missing_in_reference(tmp_path / "pages", pages)]
    assert not [*unread_markup(tmp_path / "pages")]


def tiny(folder: Path, text: str) -> Path:
    """A documentation of one page, with the directives of ours."""
    folder.mkdir()
    conf = f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\nextensions = ['myst_parser', 'live']\n"
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.md").write_text(f"# One page\n\n{text}\n", encoding="utf-8")
    return folder


FAULTS = {
    "command": ("```{shell}\nsim check nothing.yaml\n```", "exit code 2 of: sim check nothing.yaml"),
    "pipe": ("```{shell}\nsim kinds ban | cat && false\n```", "exit code 1 of: sim kinds ban"),
    "words": ("```{shell}\n:says: 41 days\nsim --version\n```", "no longer says '41 days'"),
    "part": ("```{shell}\n:from: Nowhere\nsim --version\n```", "no line of the output begins with 'Nowhere'"),
    "unrun": ("```{shell}\n:unrun:\nsim serve --prot 80\n```", "No such option '--prot'"),
    "code": ("```{python}\n1 / 0\n```", "ZeroDivisionError"),
    "picture": ("```{picture} none.png\n:alt: nothing\n```", "none.png has not been made on this page"),
}


def test_a_page_that_no_longer_works_does_not_build(tmp_path):
    whole = "\n\n".join(text for text, _ in FAULTS.values())
    done = build(tiny(tmp_path / "faulty", whole), tmp_path / "pages")
    assert done.returncode == 1
    for _, says in FAULTS.values():
        assert says in " ".join(done.stderr.split()), done.stderr


def test_what_a_page_shows_is_what_its_commands_and_code_say(tmp_path):
    page = "```{file} a.txt\none\ntwo\n```\n\n```{shell}\n:head: 1\ncat a.txt\n```\n\n"
    page += "```{python}\na = open('a.txt').read()\nlen(a)\n```\n\n```{python}\na.upper().split()\n```\n"
    done = build(tiny(tmp_path / "sound", page), tmp_path / "pages", "-b", "text")
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in (tmp_path / "pages" / "index.txt").read_text(encoding="utf-8").splitlines()]
    assert lines[lines.index("$ cat a.txt") :][:3] == ["$ cat a.txt", "one", "…"]
    assert "8" in lines and "['ONE', 'TWO']" in lines


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(DOCS)))
def test_only_what_cannot_be_run_is_shown_without_being_run(path):
    blocks = CONSOLE.findall(path.read_text(encoding="utf-8"))
    first = {line.removeprefix("$ ").split()[0] for block in blocks for line in block.splitlines() if line.strip()}
    assert first <= SHOWN_ONLY


def test_every_notebook_has_a_page():
    pages = {path.stem: path.read_text(encoding="utf-8").strip() for path in (DOCS / "notebooks").glob("*.nblink")}
    assert pages == {path.stem: path.name for path in (HOME / "notebooks").glob("*.ipynb")}


def test_a_dead_link_and_a_script_from_elsewhere_would_be_found(tmp_path):
    text = '<p id="here"><a href="#here">a</a><a href="#gone">b</a><a href="x.html">c</a><script src="//cdn/x.js">'
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    pages = pages_of(tmp_path)
    assert [*dead_links(pages)] == ["a.html: #gone", "a.html: x.html"]
    assert [*fetched(tmp_path, pages)] == ["a.html: //cdn/x.js"]
