"""The exact cases, lived through while the page is built: what the formula says beside what the engine does.

Worlds are those of tests/worlds.py, and each case names the test that holds it for many more numbers.
"""

import ast
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import markdown
import numpy as np
import test_against_queueing
import test_known_answers
from test_against_queueing import QUEUES, mean_wait, poisson_filings
from worlds import DEMAND, USERS, Lived, chain, closure, licensing, live, outage, regime, shock, two_sources, variant

TESTS = Path(__file__).parents[2] / "tests"
MAKER, MINE = "plant_1: good_1", "mine: good_0"
Row = tuple[str, float, float]
"""The numbers that go in, what the formula says, and what the engine gives."""


@dataclass(frozen=True)
class Case:
    """A world that can be solved by hand."""

    what: str
    """What is computed, with its unit."""
    rows: Callable[[], Iterator[Row]]
    test: Callable[..., object]
    """The test that holds it."""
    within: float = 1e-6
    """How far the engine may be from the formula, as a share of it; 1e-6 in any case."""


def flat() -> Iterator[Row]:
    for covers in ((0,), (30,), (10, 20, 15)):
        calm = live(chain(covers, days=100)).calm
        widest = max(float(np.ptp(calm[key], axis=0).max()) for key in calm.rows)
        yield f"cover {_listed(covers)}", 0.0, widest


def ban() -> Iterator[Row]:
    for cover, length in ((30, 60), (30, 20), (10, 45)):
        shut = {"ban": closure(50, length, buyer="plant_1")}
        yield f"s = {cover}, D = {length}", max(0, length - cover), _days_lost(live(chain((cover,), shocks=shut)))


def cut() -> Iterator[Row]:
    for share, cover, length in ((60, 30, 90), (25, 10, 100), (100, 30, 60)):
        cutting = shock("partial_cut", 20, length, links={"buyer": "plant_1"}, size=f"{share} %")
        lived = live(chain((cover,), shocks={"cut": cutting}, spare=4))
        yield f"φ = {share} %, s = {cover}, D = {length}", max(0, share / 100 * length - cover), _days_lost(lived)


def serial() -> Iterator[Row]:
    for covers, length in (((10, 20, 15), 60), ((10, 20, 15), 40), ((5, 5), 30)):
        lived = live(chain(covers, shocks={"fire": outage("mine", 30, length)}))
        said = f"covers {_listed(covers)}, D = {length}"
        yield said, max(0, length - sum(covers)), float(lived.lost("sales", USERS)[0]) / DEMAND


def refill() -> Iterator[Row]:
    for spare in (0.2, 0.5):
        lived = live(chain((10, 20, 15), spare=spare, shocks={"fire": outage("mine", 20, 45)}, days=500))
        above = lived.struck["output", MINE][:, 0] > DEMAND + 1e-6
        yield f"Σs = 45, D = 45, σ = {spare:.0%}".replace("%", " %"), 45 / spare, float(above.sum())


def delay() -> Iterator[Row]:
    for transit, cover, review in ((7, 10, 30), (3, 5, 20)):
        cycle = 1 + transit + review
        world = chain(
            (cover,),
            [transit, 1],
            shocks={"licences": licensing(30)},
            licences={"office": regime(review)},
            days=30 + 20 * cycle,
        )
        output = live(world).struck["output", MAKER][-10 * cycle :]
        yield f"L = {transit}, s = {cover}, W = {review}", (1 + transit + cover) / cycle, float(output.mean()) / DEMAND


def sources() -> Iterator[Row]:
    shut = {"shut": closure(20, 120, seller="mine_a")}
    for spare, lost in (((0.0, 0.0), 0.5 * 120 - 25), ((0.0, 1.0), 0.0)):
        lived = live(two_sources("50 %", spare, 20, 5, shocks=shut))
        said = "w = 50 %, D = 120, covers 20 + 5" + (", the other doubles" if spare[1] else "")
        yield said, lost, float(lived.lost("sales", USERS)[0]) / DEMAND


def dependence() -> Iterator[Row]:
    for share, spare in ((40, 0.0), (40, 3.0), (100, 0.5)):
        data = chain((10,), shocks={"gone": closure(20, buyer="plant_1")}, spare=spare, market={"patience": "endless"})
        recipe = {"good_0": {"amount": "1 t/t", "dependence": f"{share} %"}}
        left = live(variant(data, {"facilities.plant_1.recipe": recipe})).struck["output", MAKER][-1, 0]
        yield f"d = {share} %, spare capacity {100 * spare:.0f} %", 1 - share / 100, float(left) / DEMAND


def waiting() -> Iterator[Row]:
    for patience, lost in (("endless", 0), ("10 days", 50), ("0 days", 60)):
        shut = {"ban": closure(50, 60, buyer="plant_1")}
        lived = live(chain((0,), shocks=shut, market={"patience": patience}, spare=100, days=200))
        yield f"D = 60, patience {patience}", lost, float(lived.struck["lost", USERS].sum(axis=0)[0]) / DEMAND


def queue() -> Iterator[Row]:
    for said, (rate, review, reviewers) in QUEUES.items():
        filed, reviews, decided = poisson_filings(rate, review, reviewers)
        waited = (decided - reviews - filed)[100_000:]
        yield f"{said}: λ = {rate}, mean review {review:g}", mean_wait(rate, review, reviewers), float(waited.mean())


CASES = {
    "flat": Case(
        "largest change of any series", flat, test_known_answers.test_without_a_shock_every_series_is_constant
    ),
    "ban": Case(
        "days of output lost",
        ban,
        test_known_answers.test_a_ban_costs_what_it_lasts_beyond_cover_and_starts_when_the_sea_and_the_stock_are_empty,
    ),
    "cut": Case("days of output lost", cut, test_known_answers.test_a_partial_cut_empties_the_stock_at_its_own_pace),
    "serial": Case("days of demand lost", serial, test_known_answers.test_a_chain_survives_the_sum_of_its_covers),
    "refill": Case(
        "days above plan", refill, test_known_answers.test_stocks_are_refilled_at_the_pace_of_spare_capacity
    ),
    "delay": Case(
        "share of plan",
        delay,
        test_known_answers.test_under_a_lasting_delay_nobody_learns_output_is_what_the_position_can_carry,
    ),
    "sources": Case(
        "days of demand lost",
        sources,
        test_known_answers.test_of_two_sources_the_share_that_is_shut_is_lost_beyond_cover,
    ),
    "dependence": Case(
        "share of plan", dependence, test_known_answers.test_output_falls_by_the_dependence_whatever_the_spare_capacity
    ),
    "waiting": Case("days of demand lost", waiting, test_known_answers.test_demand_is_lost_once_its_patience_is_over),
    "queue": Case(
        "mean days of waiting", queue, test_against_queueing.test_the_mean_wait_is_that_of_erlang_c, within=0.04
    ),
}


def case(name: str) -> str:
    """A table of the case, and the test that holds it."""
    one = CASES[name]
    found = [*one.rows()]
    for said, formula, engine in found:
        if not math.isclose(formula, engine, rel_tol=one.within, abs_tol=1e-6):
            raise ValueError(f"{name}, {said}: the formula says {formula}, the engine {engine}")
    rows = [[markdown.text(said), _number(formula), _number(engine)] for said, formula, engine in found]
    return markdown.table([one.what, "formula", "engine"], rows, right=(1, 2)) + "\n\n" + _held_by(one.test)


def _held_by(test: Callable[..., object]) -> str:
    """The test as it stands in its file, to be unfolded."""
    path = TESTS / f"{test.__module__}.py"
    text = path.read_text(encoding="utf-8")
    (found,) = (one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef) and one.name == test.__name__)
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    source = "\n".join(text.splitlines()[first - 1 : found.end_lineno])
    said = f"<details><summary>The test that holds it, in <code>tests/{path.name}</code></summary>"
    return f"{said}\n\n```python\n{source}\n```\n\n</details>"


def _days_lost(lived: Lived) -> float:
    return float(lived.lost("output", MAKER)[0]) / DEMAND


def _listed(covers: tuple[int, ...]) -> str:
    return " + ".join(map(str, covers))


def _number(value: float) -> str:
    return f"{round(value, 9):.6g}"
