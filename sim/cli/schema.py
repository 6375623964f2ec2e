"""`sim schema`: what editors need to complete and check scenario files."""

from pathlib import Path

import click


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it to a file instead.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
def schema(out: Path | None, overwrite: bool) -> None:
    """Print the JSON Schema of scenario files, for editors.

    An editor with a YAML language server completes keys by it when a scenario begins with the line

    \b
    # yaml-language-server: $schema=scenario.schema.json
    """
    import json

    from sim.cli.report import say
    from sim.results.table import refuse_existing, write_aside
    from sim.results.terminal import literal
    from sim.scenario import schema as editors

    text = json.dumps(editors.schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        say(text.rstrip("\n"))
        return
    refuse_existing([out], overwrite)
    write_aside(out, lambda aside: aside.write_text(text, encoding="utf-8"))
    say(f"Written to {literal(str(out))}")
