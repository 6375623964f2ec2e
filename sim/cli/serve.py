"""`sim serve`: the what-if page on this machine."""

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SCENARIO...")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help="Address of this machine to be reached at. Left out, only this machine itself reaches the page.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--replications", type=click.IntRange(min=1), metavar="N", help="Of random scenarios. [default: 200]")
@click.option("--seed", type=int, metavar="N", help="Seed of all luck. [default: the scenario's, else 1]")
@click.option(
    "--knob",
    "knobs",
    multiple=True,
    metavar="PATH=VALUES",
    help='A slider of your own, as in --knob "shocks.ban.duration=10:90:5 days" (from, to, step).',
)
def serve(scenarios: tuple[Path, ...], host: str, opens: bool, **asked: Any) -> None:
    """Open a scenario as a page in the browser, with sliders for what can be moved in it.

    SCENARIO is a file, or a folder whose scenarios are all offered. Move stocks, review times, approvals, shocks and
    responses, and see at once what is lost, why and where, against the same world without shocks. The address of the
    page says what is set, so that it can be shared, and the report, the scenario and the table can be taken away.

    Two answers are worked on at a time, each with 768 MiB of daily history at most and for 60 s at most; answers given
    are kept in 64 MiB for whoever asks again. Ctrl-C ends it, with exit code 0.
    """
    from sim.cli import report
    from sim.cli.progress import compiling
    from sim.web.serve import is_loopback
    from sim.web.serve import serve as serve_page

    def ready(address: str) -> None:
        report.say(f"The page is at {address}  (Ctrl-C ends it)")
        if opens:
            click.launch(address)

    if not is_loopback(host):
        report.warn(f"whoever reaches {host} can use this page, without a password and unencrypted")
    compiling(quiet=False)
    try:
        serve_page(*scenarios, host=host, ready=ready, remark=report.note, **asked)
    except KeyboardInterrupt:
        report.note("stopped")
