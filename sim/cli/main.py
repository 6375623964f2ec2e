"""The command `sim`: its verbs, and what its exit codes say.

0 done, 1 a fault of supplyshock, 2 wrong input, 3 some cases failed, 4 output that cannot be written, 5 too large, 130
interrupted. Nothing heavy is imported before a verb needs it.
"""

import gc
import os
import shlex
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn, TextIO

import click

import sim
from sim.errors import OutputError, ScenarioError, suggest

VERBS = {
    "new": "Write a small scenario to begin with, every line explained.",
    "check": "Tell everything that is wrong or doubtful about a scenario.",
    "run": "Run a scenario: how much is lost, when and for how long.",
    "sweep": "Run a scenario at many settings: what is lost at each, and how much less.",
    "stress": "Knock out everything in turn: what is lost, and how long it is survived.",
    "compare": "Compare scenarios or responses: what each avoids of the loss, and at what cost.",
    "sensitivity": "Find which of the things that are not known the loss hangs on.",
    "seek": "Find the least stock, reviewers or second-source share that does it.",
    "observe": "Hold a scenario against what was seen, period by period.",
    "calibrate": "Fit what is not known to what was seen.",
    "backtest": "Hold episodes against history, on periods that nothing was fitted to.",
    "plot": "Draw pictures of a run, as PNG and SVG.",
    "report": "Write one page about a result: answer, pictures, tables, causes, sources.",
    "explain": "Explain a loss: by shock, by constraint, and as a dated story.",
    "status": "Tell how far a study has come, and what failed.",
    "results": "Show what a study found, or ask its cases by SQL.",
    "export": "Write every case of a study to one file: CSV, Excel or Parquet.",
    "serve": "Open a scenario as a page in the browser, with sliders for what can be moved in it.",
    "network": "Find the chokepoints of a network: who is hard to do without, and for how long.",
    "content": "Show which goods made abroad need a licence for what they hold (de minimis).",
    "kinds": "List what a scenario can hold, or explain one kind.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
}
"""Each is the command of the same name in the module of the same name, but for those in `ELSEWHERE`."""
ELSEWHERE = {"report": "reporting"}
"""Verbs whose module has another name, for their own is taken."""

DONE, FAULT, OUTPUT, TOO_LARGE, INTERRUPTED = 0, 1, OutputError.exit_code, 5, 130


class Verbs(click.Group):
    """A group that imports a verb only when it is called, and maps what goes wrong to an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = getattr(import_module(f"sim.cli.{ELSEWHERE.get(cmd_name, cmd_name)}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"no verb '{args[0][:60]}'.{suggest(args[0], VERBS)} There are {', '.join(VERBS)}.")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.obj = shlex.join(["sim", *args])  # the command as it was given, for what is written
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with quiet_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with warnings.catch_warnings(), quiet_pipe(), interruptible() as interrupted:
            warnings.simplefilter("default", UserWarning)  # meant for whoever runs it, such as of a missing font
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except (click.exceptions.Exit, click.exceptions.Abort, click.ClickException, BrokenPipeError):
                raise
            except (Exception, KeyboardInterrupt) as error:  # the last place that can say it in words
                known = KeyboardInterrupt() if interrupted and isinstance(error, RuntimeError) else error
                ctx.exit(answer(known, ctx.params["traceback"] or os.environ.get("SIM_DEBUG", "0") not in ("", "0")))


def answer(error: BaseException, debug: bool = False) -> int:
    """Say what went wrong; the exit code for it. Only a fault has a traceback, and only if asked for."""
    from sim.cli import report

    if isinstance(error, ScenarioError):
        report.problems(error.problems)
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        report.error(": ".join(["interrupted", *getattr(error, "__notes__", ())]))
        return INTERRUPTED
    if isinstance(error, MemoryError):
        report.error("there is not enough memory: use fewer replications or a shorter horizon")
        return TOO_LARGE
    if isinstance(error, OutputError | OSError):
        report.error(_reason(error))
        return OUTPUT
    report.error(
        f"this is a fault of supplyshock {sim.__version__}, not of your scenario: {type(error).__name__}: {error}"
    )
    if debug:
        report.note("".join(traceback.format_exception(error)))
    report.note("Please report it with the command, the scenario and what `sim --traceback ...` shows.")
    return FAULT


def _reason(error: OutputError | OSError) -> str:
    if isinstance(error, OutputError):
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else f"cannot write: {error.strerror or error}"


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Note an interrupt in the list that is given, for the compiler swallows it and fails of something else."""
    noted: list[int] = []

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        noted.append(signal_number)
        sys.unraisablehook = lambda unraisable: None  # of the compiler, about the interrupt
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    handler, hook = signal.signal(signal.SIGINT, interrupt), sys.unraisablehook
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = hook


@contextmanager
def quiet_pipe() -> Iterator[None]:
    """End in silence when nobody reads any more, as in `sim kinds | head`."""
    try:
        yield
    except BrokenPipeError:
        for stream in (sys.stdout, sys.stderr):
            _point_nowhere(stream)
        raise click.exceptions.Exit(DONE) from None


def _point_nowhere(stream: TextIO) -> None:
    """Let the interpreter flush what is left to nowhere when it ends."""
    try:
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    from sim.cli import report

    report.warn(str(message))


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`sim VERB --help` explains a verb. A first walk: sim new my_world, sim check my_world.yaml, "
    "sim run my_world.yaml",
)
@click.option(
    "--traceback",
    is_flag=True,
    help="Show the Python traceback of a fault; SIM_DEBUG=1 does the same.",
)
@click.version_option(sim.__version__, prog_name="supplyshock", message="%(prog)s %(version)s")
def verbs(**_: bool) -> None:
    """How much output a supply disruption costs, when, why, and what would have helped."""


def main() -> NoReturn:
    """The console script. What a stream cannot encode is spelt out rather than refused."""
    # Imports make much and throw little away, so the collector would only look and find nothing; and pydantic would
    # search every installed package for plugins we do not use. Together a fifth of the time of `sim check`.
    gc.set_threshold(100_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    verbs(prog_name="sim")
    raise AssertionError("click exits by itself")
