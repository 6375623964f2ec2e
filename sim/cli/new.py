"""`sim new`: a scenario to begin with."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.scenario.questions import Question


@click.command()
@click.argument("name")
@click.option(
    "--from", "template", default="ban", show_default=True, metavar="TEMPLATE", help="ban, licence or export_control."
)
@click.option(
    "--answer",
    "given",
    multiple=True,
    metavar="KEY=VALUE",
    help='Answer a question beforehand, as in --answer "effective=2025-04-04"; may be said more than once.',
)
@click.option(
    "--ask/--no-ask", default=None, help="Ask what is not answered, or take defaults.  [default: ask at a terminal]"
)
def new(name: str, template: str, given: tuple[str, ...], ask: bool | None) -> None:
    """Write a small scenario to begin with, every line explained.

    NAME is the file's, with or without .yaml. Templates: `ban`, an export ban against thirty days of stock; `licence`,
    export licences that take 45 working days; and `export_control`, one material under control, for the next
    announcement: it asks for material, country, exports, announced, effective, review, approval, exempt, cover, cap,
    ahead and until, each with a default.
    """
    import shlex

    from sim.cli.report import say
    from sim.results.terminal import literal
    from sim.scenario import start
    from sim.scenario.template import check_name, templates

    check_name(template)
    start.refuse_early(name)
    path = start.new(name, template, _answers(template, given, ask))
    said = literal(shlex.quote(str(path)))
    say(f"Written to {said}: {templates()[template].lower()}.")
    say(f"Next: sim check {said}, then sim run {said}")


def _answers(template: str, given: tuple[str, ...], ask: bool | None) -> dict[str, Any]:
    """What was answered beforehand, and what is answered now; the rest is left to the defaults, which are told."""
    import sys

    from sim.cli.report import note
    from sim.scenario.questions import QUESTIONS, checked

    said = _pairs(given)
    known = checked(template, said)
    left = [one for one in QUESTIONS.get(template, ()) if one.key not in known]
    if left and (ask if ask is not None else sys.stdin.isatty() and sys.stderr.isatty()):
        note("Enter takes what stands in brackets, and every line can be changed in the file later.")
        for one in left:
            known[one.key] = _ask(one, known)
    elif left:
        taken = ", ".join(f"{one.key}={one.default_after(known)}" for one in left)
        note(
            f"Nothing was asked, so defaults stand for {taken}. Say others by --answer KEY=VALUE, or --ask to be asked."
        )
    return known


def _ask(question: "Question", known: dict[str, Any]) -> Any:
    """Ask until an answer fits. A wrong answer is answered with the rule and an example, at once."""
    from sim.cli import report

    if question.hint:
        report.note(report.wrapped(question.hint, report.READABLE, "  ", "  "))
    while True:
        text = click.prompt(question.asks, default=question.default_after(known), err=True)
        try:
            return question.read(text, known)
        except ValueError as error:
            report.error(str(error))


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Answers by key. Raises ScenarioError for what is no answer, and for a key that is answered twice."""
    from sim.errors import Problem, ScenarioError

    problems, said = [], dict[str, str]()
    for text in given:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not key:
            says = f"--answer '{text[:60]}' says no answer: write KEY=VALUE, as in effective=2025-04-04"
            problems.append(Problem("", says))
        elif key in said:
            problems.append(Problem("", f"--answer says {key[:60]} twice: say it once"))
        said[key] = value
    if problems:
        raise ScenarioError(problems)
    return said
