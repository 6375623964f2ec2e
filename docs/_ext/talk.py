"""A Python session in a process of its own: a piece of code in, what it shows out."""

import ast
import contextlib
import io
import json
import subprocess
import sys
import traceback
from pathlib import Path


class Talk:
    """A session that goes on from one piece of code to the next."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        words = [sys.executable, "-W", "error", str(Path(__file__))]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=folder, env=environment, stdin=pipe, stdout=pipe, text=True)

    def say(self, code: str) -> tuple[str, bool]:
        """What it shows, and whether it failed."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        return tuple(json.loads(answer)) if answer else ("the session has ended", True)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def shown_by(code: str, names: dict[str, object]) -> tuple[str, bool]:
    """What code prints, and the value of its last line if it has one, as in a notebook."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<page>", "exec"), names)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "<page>", "eval"), names)
                if value is not None:
                    print(value if hasattr(value, "to_string") else repr(value))
        except Exception:  # told to whoever builds the page
            return said.getvalue() + traceback.format_exc(), True
    return said.getvalue(), False


def listen() -> None:
    """Answer each line, which is a piece of code, by a line."""
    names: dict[str, object] = {"__name__": "__main__"}
    for line in sys.stdin:
        print(json.dumps(shown_by(json.loads(line), names)), flush=True)


if __name__ == "__main__":
    listen()
