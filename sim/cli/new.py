"""`sim new`: a scenario to begin with."""

import click


@click.command()
@click.argument("name")
@click.option("--from", "template", default="ban", show_default=True, metavar="TEMPLATE", help="ban or licence.")
def new(name: str, template: str) -> None:
    """Write a small scenario to begin with, every line explained.

    NAME is the file's, with or without .yaml. Templates: `ban`, an export ban against thirty days of stock, and
    `licence`, export licences that take 45 working days.
    """
    import shlex

    from sim.cli.report import say
    from sim.results.terminal import literal
    from sim.scenario import start
    from sim.scenario.template import templates

    path = start.new(name, template)
    said = literal(shlex.quote(str(path)))
    say(f"Written to {said}: {templates()[template].lower()}.")
    say(f"Next: sim check {said}, then sim run {said}")
