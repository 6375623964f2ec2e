"""Kill a sweep at random moments, again and again, and hold what the same command then makes of it against a whole one.

    python tests/benchmarks/kill.py [--times 50] [--workers 1]

Every other kill comes at a random moment of its whole time, from the start of Python to the last picture; the others
after a random number of blocks. Prints a line of JSON for each: how many blocks were kept by then, whether the study
that went on is the same to the bit. Ends with exit code 1 if one was not.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from processes import assert_same, begun, blocks_done, swept, wait_for, written  # noqa: E402


def killed(scenario: Path, out: Path, crew: tuple[str, ...], seconds: float, blocks: int) -> int:
    """Blocks that were kept when the sweep was killed: so many seconds after so many blocks."""
    with begun(scenario, out, *crew) as child:
        wait_for(lambda: blocks_done(out) >= blocks or child.poll() is not None)
        time.sleep(seconds)
        child.kill()
        child.wait()
    return blocks_done(out)


def goes_on(scenario: Path, out: Path, whole: Path) -> bool:
    """Whether the same command makes the same of what is left."""
    try:
        swept(scenario, out, "--workers", "1")
        assert_same(out, whole)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return False
    return True


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill a sweep at random moments and let it go on.")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    return parser.parse_args()


def main() -> None:
    wanted, differ = asked(), 0
    luck, crew = random.Random(wanted.seed), ("--workers", str(wanted.workers))
    with tempfile.TemporaryDirectory() as folder:
        scenario, whole = written(folder), Path(folder, "whole")
        swept(scenario, Path(folder, "first"), "--workers", "1")  # compiles
        began = time.perf_counter()
        swept(scenario, whole, *crew)
        took, blocks = time.perf_counter() - began, blocks_done(whole)
        for number in range(wanted.times):
            out = Path(folder, f"out_{number}")
            moment = (luck.uniform(0.0, 0.01), luck.randint(1, blocks)) if number % 2 else (luck.random() * took, 0)
            kept = killed(scenario, out, crew, *moment)
            same = goes_on(scenario, out, whole)
            differ += not same
            line = {"kill": number, "blocks_kept": kept, "blocks": blocks, "same": same}
            print(json.dumps(line), flush=True)
    print(json.dumps({"kills": wanted.times, "workers": wanted.workers, "differ": differ}))
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
