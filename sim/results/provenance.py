"""Where a result comes from: everything needed to get it again, kept with every file that is written."""

import datetime
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

import sim
from sim.results.assumptions import count_assumed
from sim.results.outcome import Outcome
from sim.scenario.load import resolved
from sim.scenario.scenario import Scenario

UNKNOWN = "unknown"
GIT_SECONDS = 2.0
PACKAGES = ("numpy", "numba", "simpy")


@dataclass(frozen=True)
class Provenance:
    """What was run, with what, when; no paths of this machine beyond the command as it was given."""

    version: str
    commit: str
    """Of the code, or else of the scenario's folder; `unknown` without git."""
    changed: str
    """Whether the code differs from that commit: yes, no or unknown."""
    scenario: str
    """blake2b of the resolved scenario, the same whatever the order of its keys."""
    resolved: str
    """The scenario after `extends` and `--set`, as YAML that can be run again."""
    seed: int
    replications: int
    command: str
    versions: Mapping[str, str]
    date: str
    """When the provenance was taken, UTC."""
    assumed: int
    """How many of the scenario's numbers have `assumed` as their source."""
    numbers: int
    uncertain: int
    """How many uncertain inputs are drawn for each replication."""

    def data(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return asdict(self)

    @property
    def line(self) -> str:
        """The short form, for the foot of a picture or a report."""
        replications = "1 replication" if self.replications == 1 else f"{self.replications:,} replications"
        return f"supplyshock {self.version}, {replications}, seed {self.seed}; {self.assumptions}"

    @property
    def assumptions(self) -> str:
        drawn = f"; {self.uncertain} uncertain" if self.uncertain else ""
        return f"{self.assumed} of {self.numbers} numbers are assumed, at least in part{drawn}"


def gather(outcome: Outcome, command: Sequence[str] = (), folder: Path | None = None) -> Provenance:
    """The provenance of an outcome; `folder` is where the scenario lies, for its git commit if the code has none."""
    return of_scenario(outcome.scenario, command, folder, outcome.seed, len(outcome.replications))


def of_scenario(
    scenario: Scenario, command: Sequence[str] = (), folder: Path | None = None, seed: int = 0, replications: int = 0
) -> Provenance:
    """The provenance of what was found out about a scenario; without replications where nothing was run."""
    commit, changed = code_state()
    if commit == UNKNOWN and folder is not None:
        commit = _git(folder, "rev-parse", "HEAD") or UNKNOWN
    assumed, numbers = count_assumed(scenario)
    return Provenance(
        version=sim.__version__,
        commit=commit,
        changed=changed,
        scenario=scenario_hash(scenario),
        resolved=resolved(scenario),
        seed=seed,
        replications=replications,
        command=" ".join(command),
        versions={"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        assumed=assumed,
        numbers=numbers,
        uncertain=len(scenario.uncertain),
    )


def scenario_hash(scenario: Scenario) -> str:
    """32 hex digits that stand for the scenario: whatever the order of keys, defaults said or unsaid."""
    text = json.dumps(scenario.model_dump(mode="json", by_alias=True), sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def code_state() -> tuple[str, str]:
    """Commit of the code and whether it was changed since, if it runs from its own repository."""
    home = Path(sim.__file__).resolve().parent.parent
    if _git(home, "ls-files", "--", "sim/__init__.py") != "sim/__init__.py":
        return UNKNOWN, UNKNOWN  # installed, perhaps inside somebody else's repository
    commit = _git(home, "rev-parse", "HEAD") or UNKNOWN
    status = _git(home, "status", "--porcelain", "--untracked-files=no")
    return commit, UNKNOWN if status is None or commit == UNKNOWN else "yes" if status else "no"


def _git(folder: Path, *words: str) -> str | None:
    """What git prints, or None if it cannot say; it runs nothing that the repository configures as a monitor."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return UNKNOWN
