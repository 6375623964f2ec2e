"""The command `sim` as a child of the tests, with blocks small enough to be killed between, or with a block that fails.

    python tests/faulty.py sweep world.yaml ...

BLOCK_DAYS says how large a block is, POISON what becomes of the one that holds the point in POISONED: `raises`, or
`kills` its process. Workers of a cluster find this module by their search path.
"""

import functools
import os
import signal

from sim.studies import study, workers
from sim.studies.living import Part
from sim.studies.study import Block


def task(study_json: str, block: Block) -> tuple[Part, float]:
    """As `workers.lived`, but for the poisoned point."""
    if block.first_point <= int(os.environ["POISONED"]) < block.last_point:
        if os.environ["POISON"] == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("this block is poisoned")
    return workers.lived(study_json, block)


def poison() -> None:
    import faulty  # by its name, so that workers find it

    for crew in (workers.Threads, workers.Cluster):
        crew.work = functools.partialmethod(crew.work, task=faulty.task)


def main() -> None:
    from sim.cli.main import main as sim

    study.BLOCK_DAYS = int(os.environ.get("BLOCK_DAYS", study.BLOCK_DAYS))
    if os.environ.get("POISON"):
        poison()
    sim()


if __name__ == "__main__":
    main()
