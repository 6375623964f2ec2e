"""Parser events to plain data with the place of every key, by our own loop, which does not recurse."""

import math
import re
from dataclasses import dataclass
from typing import Protocol

import yaml

from sim.errors import Place, Problem, ScenarioError, TooLarge
from sim.scenario.document import Path, Places, Tree, dotted
from sim.scenario.quick import Unsure, quick_events
from sim.scenario.syntax import MAX_DEPTH, MAX_LINE, LimitedLoader, events, explain, lines_of, odd_character

MAX_NODES = 200_000
MAX_KEY = 200
MAX_DIGITS = 40
MAX_PROBLEMS = 100

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_BRACKETS = re.compile(rf"(?:[\[{{] *){{{MAX_DEPTH + 1}}}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Mark(Protocol):
    """A spot of the text, from either parser; line and column count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class _Stop(Exception):
    """Enough problems, or one after which nothing more can be understood."""


@dataclass
class _Frame:
    """A mapping or list that is still open."""

    box: dict[str, Tree] | list[Tree]
    path: Path
    key: str | None = None


class Builder:
    """Takes parser events one by one, and keeps the data, the places and the problems."""

    def __init__(self, file: str, lines: list[str]):
        self.file, self.lines = file, lines
        self.root: Tree = None
        self.keys: Places = {(): Place(file, 1, 1)}
        self.values: Places = {}
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.documents = self.nodes = 0

    def at(self, mark: Mark) -> Place:
        text = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return Place(self.file, mark.line + 1, mark.column + 1, text)

    def complain(self, mark: Mark, says: str, path: Path | None = None) -> None:
        self.problems.append(Problem(dotted(self._path() if path is None else path), says, self.at(mark)))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        assert mark is not None
        match event:
            case yaml.DocumentStartEvent():
                self._document(mark)
            case yaml.AliasEvent():
                self._count(mark)
                self.complain(mark, "aliases ('*…') are not allowed: write the value out, or put the text in quotes")
                self._scalar("?", mark, True)
            case yaml.ScalarEvent():
                self._node(event, mark)
                self._scalar(event.value, mark, bool(event.style))
            case yaml.MappingStartEvent():
                self._open({}, event, mark)
            case yaml.SequenceStartEvent():
                self._open([], event, mark)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.frames.pop()

    def _path(self) -> Path:
        """The path of the node that comes next."""
        if not self.frames:
            return ()
        top = self.frames[-1]
        if isinstance(top.box, list):
            return (*top.path, len(top.box))
        return top.path if top.key is None else (*top.path, top.key)

    def _document(self, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            self.complain(mark, "a second document starts here ('---'): put each scenario into a file of its own", ())
            raise _Stop

    def _count(self, mark: Mark) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            says = f"more than {MAX_NODES:,} keys and values: split the scenario, or leave parts out"
            raise TooLarge([Problem("", says, self.at(mark))])

    def _node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> None:
        self._count(mark)
        if event.anchor is not None:
            self.complain(mark, "anchors ('&…') are not allowed: write each value out, or put the text in quotes")
        if event.tag is not None:
            self.complain(mark, "tags ('!…') are not allowed: remove it, or put the text in quotes")

    def _open(self, box: dict[str, Tree] | list[Tree], event: yaml.CollectionStartEvent, mark: Mark) -> None:
        self._node(event, mark)
        if self.frames and isinstance(self.frames[-1].box, dict) and self.frames[-1].key is None:
            self.complain(mark, "a key must be text, not a list or a mapping; a text with brackets needs quotes")
            raise _Stop
        if len(self.frames) >= MAX_DEPTH:
            self.complain(mark, f"nested deeper than {MAX_DEPTH}", ())
            raise _Stop
        path = self._path()
        self._put(box, mark)
        self.frames.append(_Frame(box, path))

    def _scalar(self, text: str, mark: Mark, quoted: bool) -> None:
        if odd := odd_character(text):
            self.complain(mark, f"the text holds a control character ({odd[1]}): remove it")
        top = self.frames[-1] if self.frames else None
        if top and isinstance(top.box, dict) and top.key is None:
            top.key = self._key(text.strip(), mark, top, quoted)
        else:
            self._put(text if quoted else self._plain(text, mark), mark)

    def _key(self, key: str, mark: Mark, top: _Frame, quoted: bool) -> str:
        path = (*top.path, key)
        if key == "<<" and not quoted:
            self.complain(mark, "merge keys ('<<') are not allowed: write the keys out, or use 'extends'")
        elif not key:
            self.complain(mark, "a key is missing before this ':'")
        elif len(key) > MAX_KEY:
            self.complain(mark, f"a key has at most {MAX_KEY} characters, this one has {len(key)}", top.path)
        elif key in top.box:
            first = self.keys[path].line
            says = f"the key '{key}' stands twice, on line {first} and on line {mark.line + 1}: remove or rename one"
            self.complain(mark, says, path)
        self.keys.setdefault(path, self.at(mark))
        return key

    def _plain(self, text: str, mark: Mark) -> Tree:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text.lstrip("-")) <= MAX_DIGITS:
                return int(text)
            self.complain(mark, f"a number of {len(text.lstrip('-'))} digits: at most {MAX_DIGITS} are read")
        elif _ENDLESS.fullmatch(text):
            self.complain(mark, f"'{text}' is not a number that can be used: write a finite one")
        elif _DECIMAL.fullmatch(text) and not _leading_zero(text):
            if math.isfinite(number := float(text)):
                return number
            self.complain(mark, f"'{text[:60]}' is too large for a number: write a smaller one")
        return text

    def _put(self, value: Tree, mark: Mark) -> None:
        path = self._path()
        self.values[path] = self.at(mark)
        if not self.frames:
            self.root = value
            return
        top = self.frames[-1]
        if isinstance(top.box, list):
            self.keys[path] = self.values[path]
            top.box.append(value)
        elif top.key is not None:
            top.box[top.key] = value
            top.key = None


def _leading_zero(text: str) -> bool:
    """`007` is a code, not a number; `0.5` is one."""
    return re.match(r"-?0[0-9]", text) is not None


def build(text: str, file: str) -> Builder:
    """Everything the text says; raises if anything is wrong with it."""
    text = text.removeprefix("\ufeff")
    lines = lines_of(text)
    _check_lines(text, file, lines)
    return _quickly(text, file, lines) or _carefully(text, file, lines)


def _quickly(text: str, file: str, lines: list[str]) -> Builder | None:
    """What plain text says if nothing is wrong with it; else nothing, since the other parser words what is."""
    builder = Builder(file, lines)
    try:
        for event in quick_events(text):
            builder.take(event)
    except (Unsure, _Stop, yaml.YAMLError):
        return None
    return None if builder.problems else builder


def _carefully(text: str, file: str, lines: list[str]) -> Builder:
    builder, loader = Builder(file, lines), LimitedLoader(text)
    try:
        for event in events(loader):
            builder.take(event)
    except _Stop:
        pass
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        if isinstance(error, ScenarioError):
            raise
        mark, says = explain(error, loader)
        builder.problems.append(Problem("", says, builder.at(mark)))
    if builder.problems:
        raise ScenarioError(builder.problems)
    return builder


def _check_lines(text: str, file: str, lines: list[str]) -> None:
    """What must hold before the scanner sees the text."""
    if odd := odd_character(text):
        before = lines_of(text[: odd[0]])
        place = Place(file, len(before), len(before[-1]) + 1)
        says = f"a control character ({odd[1]}) stands here: remove it, or save the file as plain UTF-8 text"
        raise ScenarioError([Problem("", says, place)])
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            says = f"a line of {len(line):,} characters: at most {MAX_LINE:,} are read, break it into several"
            if _BRACKETS.search(line):
                says = f"brackets are nested deeper than {MAX_DEPTH}"
            raise ScenarioError([Problem("", says, Place(file, number, 1, line[:200]))])
