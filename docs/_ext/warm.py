"""The command `sim` many times over, from one process in which it is imported and compiled: a child for each call.

A page of documentation calls it a dozen times, and most of a short run would go into getting ready.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


class Warm:
    """A process that answers calls of `sim`, one after the other."""

    def __init__(self, environment: dict[str, str]):
        pipe = subprocess.PIPE
        words = [sys.executable, str(Path(__file__))]
        self.process = subprocess.Popen(words, env=environment, stdin=pipe, stdout=pipe, text=True)

    def call(self, words: list[str], folder: Path) -> tuple[int, str, str]:
        """Exit code, and what it wrote to standard output and standard error."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([words, str(folder)]) + "\n")
        self.process.stdin.flush()
        code, said, noted = json.loads(self.process.stdout.readline())
        return code, said, noted

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def answer(words: list[str], folder: str) -> tuple[int, str, str]:
    """Call `sim` in a child, whose streams are files."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as noted:
        child = os.fork()
        if not child:
            become(words, folder, said.fileno(), noted.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0), noted.seek(0)
        return code, said.read().decode(), noted.read().decode()


def become(words: list[str], folder: str, said: int, noted: int) -> None:
    """The command itself, to its end."""
    from sim.cli.main import main

    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (said, 1), (noted, 2)):
        os.dup2(source, target)
    sys.argv = ["sim", *words]
    os.chdir(folder)
    code: object = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    sys.stdout.flush(), sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


def listen() -> None:
    """Get ready by a run of a small world, then answer each line."""
    import matplotlib.figure  # noqa: F401
    import pandas  # noqa: F401

    import sim
    from sim.scenario.template import template

    sim.run(sim.loads(template("ban")))
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)


if __name__ == "__main__":
    listen()
