"""The YAML scanner with limits, and what its complaints mean in plain words."""

import re
from collections.abc import Iterator

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.tokens import Token

MAX_DEPTH = 40
MAX_LINE = 10_000

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that have no place in a text file, lone surrogates among them."""
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks as the scanner counts them, which is not as `str.splitlines` does."""

_QUOTE = "put the text in quotes"
_SAME_COLUMN = "keys of one group start in the same column"
_MEANINGS = (
    (r"found character '\\t'", "a tab stands where only spaces may: use spaces"),
    (r"found character '(.)' that cannot", f"a text cannot start with {{0}}: {_QUOTE}"),
    (r"mapping values are not allowed", f"a ':' stands where no key can: {_QUOTE}, or check the indentation"),
    (r"but found '([\]}])'", "a {0} closes a bracket that was never opened"),
    (r"but found ':'", "a key is missing before this ':'"),
    (r"expected <block end>", f"the indentation fits no line above: {_SAME_COLUMN}"),
    (r"expected '<document start>'", f"this starts further left than the first key: {_SAME_COLUMN}"),
    (r"expected chomping or indentation", f"after '|' or '>' the text starts on the next line: break it, or {_QUOTE}"),
    (r"unknown escape|escape sequence", "in double quotes a '\\' starts an escape: use single quotes, or write '\\\\'"),
    (r"sequence entries are not allowed", f"a '-' with a space stands where no list can start: {_QUOTE}"),
    (r"tag", f"tags ('!…') are not allowed: remove it, or {_QUOTE}"),
    (r"alphabetic or numeric", f"'&' and '*' (anchors and aliases) are not allowed: {_QUOTE}"),
)


class TooDeep(MarkedYAMLError):
    """Brackets nested beyond the limit; `problem_mark` is the first one too many."""


class LimitedLoader(yaml.SafeLoader):
    """PyYAML's own scanner and parser. It stops at deep brackets, on which it would take quadratic time."""

    def __init__(self, text: str):
        super().__init__(text)
        self.open_brackets: list[Mark] = []

    def fetch_flow_collection_start(self, TokenClass: type[Token]) -> None:
        mark = self.get_mark()
        if len(self.open_brackets) >= MAX_DEPTH:
            raise TooDeep(problem=f"nested deeper than {MAX_DEPTH}", problem_mark=mark)
        self.open_brackets.append(mark)
        super().fetch_flow_collection_start(TokenClass)

    def fetch_flow_collection_end(self, TokenClass: type[Token]) -> None:
        if self.open_brackets:
            self.open_brackets.pop()
        super().fetch_flow_collection_end(TokenClass)


def events(loader: LimitedLoader) -> Iterator[yaml.Event]:
    """What the parser finds, one by one; raises what `explain` explains."""
    while loader.check_event():
        yield loader.get_event()  # type: ignore[no-untyped-call]


def lines_of(text: str) -> list[str]:
    """The lines as the scanner numbers them."""
    return _BREAK.split(text)


def odd_character(text: str) -> tuple[int, str] | None:
    """Position and name of the first control character or half of a pair, if there is one."""
    match = _NOT_TEXT.search(text)
    return (match.start(), f"U+{ord(match[0]):04X}") if match else None


def explain(error: yaml.YAMLError | ValueError | OverflowError, loader: LimitedLoader) -> tuple[Mark, str]:
    """Where to look and what is wrong there, for anything the scanner or parser raises."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return loader.get_mark(), "this cannot be read as YAML: check quotes and escapes near here"
    if isinstance(error, TooDeep):
        return error.problem_mark, f"brackets are nested deeper than {MAX_DEPTH}"
    problem = error.problem or ""
    if (opening := _opening(error.context or "", problem)) and error.context_mark:
        return error.context_mark, opening
    if loader.open_brackets and "parsing a flow" in (error.context or ""):
        return _unclosed(error.problem_mark, problem, loader)
    for pattern, meaning in _MEANINGS:
        if match := re.search(pattern, problem):
            return error.problem_mark, meaning.format(*(f"'{group}'" for group in match.groups()))
    return error.problem_mark, f"this cannot be read as YAML ({problem})"


def _opening(context: str, problem: str) -> str:
    """What to say if the fault is seen late, and the place to look is where the scanner's context began."""
    if "could not find expected ':'" in problem:
        return "this is no 'key: value': a ':' with a space is missing, or a closing quotation mark"
    if "quoted scalar" in context and "end of stream" in problem:
        return "the quotation mark opened here is never closed"
    if "quoted scalar" in context and "document separator" in problem:
        return "the quotation mark opened here is not closed before a line of '---' or '...'"
    return ""


def _unclosed(mark: Mark, problem: str, loader: LimitedLoader) -> tuple[Mark, str]:
    opened = loader.open_brackets[-1]
    bracket = "[" if "]" in problem else "{" if "}" in problem else "bracket"
    name = f"'{bracket}'" if bracket != "bracket" else "bracket"
    if "stream end" in problem or "document" in problem:
        return opened, f"the {name} opened here is never closed"
    return mark, f"a comma is missing before this, or the {name} opened on line {opened.line + 1} is not closed"
