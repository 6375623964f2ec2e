"""The desk of an authority against queueing theory and SimPy: Erlang C, Little's law, what overload leaves behind."""

import math

import numpy as np
import pytest
import simpy
from worlds import chain, closure, licensing, live, regime, rivals, variant

from sim.engine import rules
from sim.engine.compiled import compiled

LANE = "mine > plant_1: good_0"
FIRMS = "facilities.plant_1.buys.good_0.from.mine.firms"
APPLICATIONS = 2_000_000
BATCHES = 40


@compiled
def decide(filed, reviews, free, decided):
    """When each application is decided: as the authority does it, with filing times that need not be whole days."""
    for i in range(len(filed)):
        decided[i] = max(filed[i], free[0]) + reviews[i]
        rules.busy_until(free, decided[i])


def decisions(filed, reviews, reviewers):
    decided = np.empty(len(filed))
    decide(filed, reviews, np.full(reviewers, -np.inf), decided)
    return decided


def poisson_filings(rate, mean_review, reviewers, count=APPLICATIONS, seed=5):
    luck = np.random.default_rng(seed)
    filed = np.cumsum(luck.exponential(1 / rate, count))
    reviews = luck.exponential(mean_review, count)
    return filed, reviews, decisions(filed, reviews, reviewers)


def erlang_c(load, servers):
    """Probability that an application has to wait, for a load of arrivals times mean service."""
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / math.factorial(k) for k in range(servers)) + last)


def mean_wait(rate, mean_review, reviewers):
    load = rate * mean_review
    return erlang_c(load, reviewers) * mean_review / (reviewers - load)


def batch_means(values):
    """Mean, and its standard error from the means of long batches, in which neighbours may depend on each other."""
    means = np.array([batch.mean() for batch in np.array_split(values, BATCHES)])
    return means.mean(), means.std(ddof=1) / math.sqrt(BATCHES)


QUEUES = {"M/M/1": (0.8, 1.0, 1), "M/M/3": (2.0, 1.0, 3), "M/M/5": (4.0, 1.0, 5), "20 reviewers": (1.2, 15.0, 20)}


def test_the_formula_gives_the_numbers_of_the_model():
    assert mean_wait(0.8, 1, 1) + 1 == pytest.approx(5)
    assert mean_wait(2, 1, 3) == pytest.approx(4 / 9)
    assert 2 * mean_wait(2, 1, 3) == pytest.approx(8 / 9)
    assert 4 * mean_wait(4, 1, 5) == pytest.approx(2.2165, abs=5e-5)
    assert mean_wait(1.2, 15, 20) == pytest.approx(4.131, abs=5e-4)


@pytest.mark.parametrize("queue", QUEUES)
def test_the_mean_wait_is_that_of_erlang_c(queue):
    rate, review, reviewers = QUEUES[queue]
    filed, reviews, decided = poisson_filings(rate, review, reviewers)
    warm = APPLICATIONS // 20
    mean, error = batch_means((decided - reviews - filed)[warm:])
    assert error < 0.05 * mean_wait(rate, review, reviewers)
    assert abs(mean - mean_wait(rate, review, reviewers)) < 3 * error


@pytest.mark.parametrize("queue", QUEUES)
def test_the_share_of_applications_that_wait_is_that_of_erlang_c(queue):
    rate, review, reviewers = QUEUES[queue]
    filed, reviews, decided = poisson_filings(rate, review, reviewers)
    waits = decided - reviews - filed > 1e-9
    mean, error = batch_means(waits[APPLICATIONS // 20 :].astype(float))
    assert abs(mean - erlang_c(rate * review, reviewers)) < 3 * error


@pytest.mark.parametrize("queue", QUEUES)
def test_pending_applications_over_time_are_the_days_spent_in_review(queue):
    filed, _, decided = poisson_filings(*QUEUES[queue], count=50_000)
    moments = np.concatenate([filed, decided])
    steps = np.concatenate([np.ones(len(filed)), -np.ones(len(decided))])
    order = np.argsort(moments, kind="stable")
    pending = np.cumsum(steps[order])[:-1]
    area = math.fsum(pending * np.diff(moments[order]))
    assert area == pytest.approx(math.fsum(decided - filed), rel=1e-9)


def reviewed_by_simpy(filed, reviews, reviewers):
    """When each application is decided where reviewers are a resource of SimPy."""
    env, decided = simpy.Environment(), np.empty(len(filed))
    office = simpy.Resource(env, capacity=reviewers)

    def application(i):
        yield env.timeout(filed[i])
        with office.request() as turn:
            yield turn
            yield env.timeout(reviews[i])
        decided[i] = env.now

    for i in range(len(filed)):
        env.process(application(i))
    env.run()
    return decided


@pytest.mark.parametrize("queue", QUEUES)
def test_each_application_is_decided_when_a_resource_of_simpy_would(queue):
    reviewers = QUEUES[queue][2]
    filed, reviews, decided = poisson_filings(*QUEUES[queue], count=10_000)
    assert decided == pytest.approx(reviewed_by_simpy(filed, reviews, reviewers), rel=0, abs=1e-7)


def test_reviews_begin_in_the_order_of_filing():
    _, reviews, decided = poisson_filings(*QUEUES["M/M/5"], count=50_000)
    assert (np.diff(decided - reviews) >= -1e-9).all()


def test_what_is_filed_beyond_what_reviewers_can_do_piles_up():
    rate, reviewers, span = 3.0, 2, 20_000.0
    filed, _, decided = poisson_filings(rate, 1.0, reviewers, count=int(1.2 * rate * span))
    backlog = ((filed <= span) & (decided > span)).sum()
    spread = math.sqrt((rate + reviewers) * span)
    assert abs(backlog - (rate - reviewers) * span) < 3 * spread


# In a run


def office(review, shocks=None, firms=1, horizon=400, **more):
    data = chain((120,), [2, 1], shocks=shocks, licences={"office": regime(review, **more)}, days=horizon)
    return variant(data, {FIRMS: firms})


@pytest.mark.parametrize(("review", "firms", "reviewers"), [(7, 1, None), (7, 1, 4), (7, 3, 10), (1, 5, 3)])
def test_littles_law_holds_in_a_run_in_which_all_is_decided(review, firms, reviewers):
    shocks = {"licences": licensing(20), "shut": closure(120, buyer="plant_1")}
    limit = {} if reviewers is None else {"reviewers": reviewers}
    struck = live(office(review, shocks, firms, horizon=700, **limit)).struck
    assert struck["filed", LANE].sum() == struck["approved", LANE].sum() == 100 * firms
    assert struck["pending", LANE][-1] == 0.0
    assert struck["pending", LANE].sum(axis=0) == pytest.approx(struck["review_days", LANE].sum(axis=0))


def test_littles_law_holds_to_the_rounding_of_a_day_where_reviews_are_random():
    review = {"distribution": "gamma", "mean": "12 days", "sd": "9 days"}
    shocks = {"licences": licensing(20), "shut": closure(220, buyer="plant_1")}
    struck = live(office(review, shocks, firms=4, horizon=900), replications=(1, 2, 3)).struck
    decided = struck["approved", LANE].sum(axis=0)
    over = struck["pending", LANE].sum(axis=0) - struck["review_days", LANE].sum(axis=0)
    # An application counts as pending up to the morning on which its decision is read, half a day later on average.
    assert (decided == struck["filed", LANE].sum(axis=0)).all()
    assert over / decided == pytest.approx(0.5, abs=0.1)


def test_an_office_in_a_run_falls_behind_by_what_is_filed_beyond_its_reviewers():
    # Three applications a day, and twenty reviewers of ten days each decide two.
    struck = live(office(10, {"licences": licensing(20)}, firms=3, horizon=130, reviewers=20)).struck
    pending = struck["pending", LANE][:, 0]
    assert pending[129] - pending[49] == pytest.approx((3 - 20 / 10) * 80)
    decided = struck["approved", LANE][:, 0]
    assert decided[49:129].sum() == 20 / 10 * 80


@pytest.mark.parametrize("approval", [0.25, 0.5, 0.8])
def test_denied_and_filed_again_an_application_comes_one_over_the_approval_times(approval):
    review = 5
    held = regime(review, in_force=True, approval=f"{100 * approval} %")
    data = variant(chain((90,), [2, 1], licences={"office": held}, days=400), {FIRMS: 40})
    calm = live(data, replications=range(1, 9)).calm
    # By Little's law what is held is what is filed in a day times the review.
    filed_a_day = calm["held", LANE].mean(axis=0) / review
    error = filed_a_day.std(ddof=1) / math.sqrt(len(filed_a_day))
    assert abs(filed_a_day.mean() - 100 / approval) < 3 * error + 0.5
    assert calm["output", "plant_1: good_1"] == pytest.approx(100)


def test_one_reviewer_takes_the_applications_of_all_links_first_in_first_out():
    office = {"source": "test", **regime(3, "ore", reviewers=1)}
    rule = {"licences": {"source": "test", **licensing(20)}}
    data = variant(rivals(100, {"ann": 60, "ben": 40}), {"licences.office": office, "shocks": rule})
    approved = {name: live(data).struck["approved", f"mine > {name}: ore"][:, 0] for name in ("ann", "ben")}
    days_of = {name: np.flatnonzero(counts).tolist() for name, counts in approved.items()}
    # Both file every day from day 20 on; the reviewer decides on day 23 and every third day after, in turn.
    assert days_of["ann"][:4] == [23, 29, 35, 41]
    assert days_of["ben"][:4] == [26, 32, 38, 44]
