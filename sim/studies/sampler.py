"""Optuna as the one who proposes which levers to try together."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sim.errors import ScenarioError
from sim.results.verdicts import Verdict
from sim.studies.levers import Lever
from sim.studies.search import Spot

MISSING = "missing"
SEEDS = 2**32
NOWHERE = 1e30
"""How far a spot without any bound is from holding."""


class Sampler:
    """A tree-structured Parzen estimator under a constraint (Bergstra et al. 2011), seeded, asked for many at once.

    It keeps nothing: asked and told the same in the same order, it proposes the same again, so that a study that was
    stopped goes on as if it had not been.
    """

    def __init__(self, levers: Sequence[Lever], seed: int):
        self.levers, self.optuna = levers, _optuna()
        has_own = hasattr(self.optuna.trial.Trial, "set_constraint")  # since Optuna 5, instead of the function
        told = {} if has_own else {"constraints_func": lambda trial: (trial.user_attrs[MISSING],)}
        with self._quiet():
            sampler = self.optuna.samplers.TPESampler(seed=seed % SEEDS, constant_liar=True, **told)
            self.study = self.optuna.create_study(sampler=sampler)
        self.tell_missing = _by_method if has_own else _by_attribute
        self.open: list[Any] = []

    def propose(self, count: int) -> list[Spot]:
        """So many spots to try next, perhaps some twice."""
        with self._quiet():
            self.open = [self.study.ask() for _ in range(count)]
            return [self._spot(trial) for trial in self.open]

    def learn(self, spots: Sequence[Spot], costs: Sequence[float], known: Mapping[Spot, Verdict]) -> None:
        """What came of the spots that were proposed last, in their order."""
        with self._quiet():
            for trial, spot, cost in zip(self.open, spots, costs, strict=True):
                verdict = known[spot]
                self.tell_missing(trial, -1.0 if verdict.holds else max(1e-12, min(verdict.missing, NOWHERE)))
                self.study.tell(trial, cost)

    def _spot(self, trial: Any) -> Spot:
        return tuple(trial.suggest_int(lever.path, 0, len(lever.levels) - 1) for lever in self.levers)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Without its log, and without warnings of what is experimental in it."""
        level = self.optuna.logging.get_verbosity()
        self.optuna.logging.set_verbosity(self.optuna.logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            self.optuna.logging.set_verbosity(level)


def _by_method(trial: Any, missing: float) -> None:
    trial.set_constraint(MISSING, missing)


def _by_attribute(trial: Any, missing: float) -> None:
    trial.set_user_attr(MISSING, missing)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        says = "several levers at once need Optuna, which is not installed: pip install 'supplyshock[study]'"
        raise ScenarioError(f"{says}, or vary one path") from error
    return optuna
