"""Directives that do what they show while the page is read, so that no output can go stale.

`shell` runs commands, `file` writes a file, `python` runs code, `picture` shows a file that was made. All of a page
share one folder, in which `scenarios` is the project's, and one Python session. What fails is a warning of the build.
"""

import contextlib
import os
import shlex
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, ClassVar

import click
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from talk import Talk
from warm import Warm

from sim.cli.main import verbs

HOME = Path(__file__).parents[2]
CUT = "…"
LIMIT = 300
"""Seconds that a block of commands may take."""

logger = logging.getLogger(__name__)
talks: dict[str, Talk] = {}
"""Python sessions, by page."""
warm: dict[int, Warm] = {}
"""What answers `sim`, by the process that reads pages: each has its own."""
OPERATORS = frozenset({"|", "||", "&", "&&", ";", "<", ">", ">>"})
"""What makes a line a matter for the shell."""


class Live(SphinxDirective):
    """What all have in common: the folder of the page, its environment, and how to say that something failed."""

    has_content = True

    @property
    def folder(self) -> Path:
        return folder_of(self.env.app, self.env.docname)

    def complain(self, text: str) -> None:
        logger.warning(text, location=self.get_location())

    def shown(self, text: str, language: str) -> nodes.Node:
        block = nodes.literal_block(text, text, language=language)
        self.set_source_info(block)
        return block


class Shell(Live):
    """Commands, each after its prompt and followed by what it printed on standard output.

    `exit` is the exit code that is due; `quiet` keeps the output to itself; `from`, `to` and `head` show a part of it:
    from the line that begins so, up to before the line that begins so, and so many lines of that. `says` are words that
    must be in the output because the page speaks of them, with a stroke between several. `unrun` takes the commands as
    they stand, having made sure that `sim` understands them: for what waits for somebody.
    """

    option_spec: ClassVar[dict[str, Any]] = {
        "exit": int,
        "quiet": directives.flag,
        "unrun": directives.flag,
        "errors": directives.flag,
        "from": directives.unchanged_required,
        "to": directives.unchanged_required,
        "head": directives.positive_int,
        "says": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        do = self._understood if "unrun" in self.options else self._lived
        parts = [f"$ {command}\n{do(command)}" for command in commands("\n".join(self.content))]
        return [self.shown("\n".join(part.rstrip() for part in parts), "console")]

    def _understood(self, command: str) -> str:
        """Nothing to show; a warning if `sim` would not understand the command."""
        words = shlex.split(command.replace("\\\n", " "), comments=True)
        try:
            if words[0] == "sim":
                parsed(words[1:], self.folder)
        except click.ClickException as error:
            self.complain(f"{command}: {error.format_message()}")
        return ""

    def _lived(self, command: str) -> str:
        code, said, noted = done(command, self.folder)
        if code != self.options.get("exit", 0):
            self.complain(f"exit code {code} of: {command}\n{said}{noted}")
        said = noted if "errors" in self.options else said
        for words in self.options.get("says", "").split("|"):
            if " ".join(words.split()) not in " ".join(said.split()):
                self.complain(f"the output no longer says '{words.strip()}', of which the page speaks: {command}")
        return "" if "quiet" in self.options else self._part(said)

    def _part(self, said: str) -> str:
        lines = said.strip("\n").splitlines()
        first = self._line(lines, "from", 0)
        last = self._line(lines, "to", len(lines), first + 1)
        chosen = lines[first:last][: self.options.get("head")]
        before, after = [CUT] * (first > 0), [CUT] * (first + len(chosen) < len(lines))
        return "\n".join([*before, *chosen, *after]).replace(f"\n\n{CUT}", f"\n{CUT}")

    def _line(self, lines: list[str], option: str, otherwise: int, after: int = 0) -> int:
        if option not in self.options:
            return otherwise
        for number, line in enumerate(lines[after:], after):
            if line.startswith(self.options[option]):
                return number
        self.complain(f"no line of the output begins with '{self.options[option]}'")
        return otherwise


class File(Live):
    """A file with this name in the folder of the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content) + "\n"
        (self.folder / self.arguments[0]).write_text(text, encoding="utf-8")
        block = self.shown(text.rstrip("\n"), {".py": "python"}.get(Path(self.arguments[0]).suffix, "yaml"))
        caption = nodes.caption("", "", nodes.literal("", self.arguments[0]))
        return [nodes.container("", caption, block, literal_block=True, classes=["literal-block-wrapper"])]


class Python(Live):
    """Code, and below it what it prints and the value of its last line, in the session of the page."""

    def run(self) -> list[nodes.Node]:
        code, name = "\n".join(self.content), self.env.docname
        if name not in talks:
            talks[name] = Talk(self.folder, environment(self.folder))
        said, failed = talks[name].say(code)
        if failed:
            self.complain(f"this fails:\n{textwrap.indent(said, '    ')}")
        shown = [self.shown(code, "python")]
        return [*shown, self.shown(said.rstrip("\n"), "text")] if said.strip() else shown


class Picture(Live):
    """A picture that the page has made; what it shows must be said."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        path = self.folder / self.arguments[0]
        if not path.is_file() or not self.options.get("alt"):
            self.complain(f"{self.arguments[0]} has not been made on this page, or :alt: does not say what it shows")
            return []
        # Sphinx takes what begins with a stroke from the folder of the pages on.
        uri = "/" + Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        return [nodes.figure("", nodes.image(uri=uri, alt=self.options["alt"]))]


def commands(text: str) -> list[str]:
    """One for each line, but for lines that go on after a backslash."""
    found: list[str] = []
    for line in text.splitlines():
        if found and found[-1].endswith("\\"):
            found[-1] += "\n" + line
        elif line.strip():
            found.append(line)
    return found


def done(command: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command: of `sim` by itself, or of the shell."""
    words = list(shlex.shlex(command.replace("\\\n", " "), posix=True, punctuation_chars=True))
    if words[0] == "sim" and not set(words) & OPERATORS:
        if os.getpid() not in warm:
            warm[os.getpid()] = Warm(environment(folder))
        return warm[os.getpid()].call(shlex.split(command.replace("\\\n", " "))[1:], folder)
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    return ended.returncode, ended.stdout, ended.stderr


def parsed(words: list[str], folder: Path) -> None:
    """Let a verb take its words, without doing anything. Raises ClickException where it cannot."""
    with contextlib.chdir(folder):
        verb = verbs.get_command(click.Context(verbs), words[0])
        if verb is None:
            raise click.UsageError(f"no verb '{words[0]}'")
        verb.make_context(words[0], words[1:])


def folder_of(app: Sphinx, page: str) -> Path:
    return Path(app.doctreedir) / "live" / page


def environment(folder: Path) -> dict[str, str]:
    """That of a newcomer who has installed the program: no colours, no other settings."""
    bin_ = folder.parent / f".{folder.name}.bin"
    path = os.pathsep.join([str(bin_), os.environ.get("PATH", "")])
    clean = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "SIM_DEBUG")}
    return clean | {"PATH": path, "PYTHONPATH": str(HOME), "PYTHONHASHSEED": "0"}


def prepare(app: Sphinx, page: str, _: list[str]) -> None:
    """An empty folder for the page, with the scenarios in it and the commands `sim` and `python` on the path."""
    folder = folder_of(app, page)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.symlink(HOME / "scenarios", folder / "scenarios")
    bin_ = folder.parent / f".{folder.name}.bin"
    bin_.mkdir(exist_ok=True)
    for name, words in {"sim": "-m sim ", "python": ""}.items():
        script = bin_ / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n', encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)


def hang_up(_: Sphinx, document: nodes.document) -> None:
    """End the session of a page that has been read."""
    page = document.settings.env.docname
    if page in talks:
        talks.pop(page).end()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", prepare)
    app.connect("doctree-read", hang_up)
    for name, directive in {"shell": Shell, "file": File, "python": Python, "picture": Picture}.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True}
