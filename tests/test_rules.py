"""Every rule by itself: compiled as in plain Python to the bit, never negative, never over capacity, sums kept."""

import heapq
import inspect
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.engine import rules
from sim.engine.compiled import plain

amounts = st.just(0.0) | st.floats(1e-6, 1e9) | st.integers(0, 1000).map(float)
ratios = st.floats(1e-6, 1e6)
shares = st.floats(0.0, 1.0)
times = st.floats(0.0, 2000.0) | st.integers(0, 2000).map(float)
durations = st.floats(0.0, 500.0) | st.integers(0, 500).map(float)
many = settings(max_examples=200)

CLOSE = 1e-9

# Arguments of every scalar rule, in its order.
ARGUMENTS = {
    "wanted": (amounts, amounts, amounts, amounts, ratios),
    "room": (amounts, amounts, amounts, amounts, ratios),
    "allowed_by": (amounts, ratios, shares, durations),
    "with_partial_input": (amounts, amounts, amounts, shares),
    "order": (amounts, shares, amounts, amounts, amounts),
    "target": (shares, amounts, durations, durations),
    "unlicensed": (amounts, shares, amounts),
    "licensable": (amounts, amounts, amounts, shares, shares, amounts),
    "usable_on": (st.integers(0, 3000), times, durations),
    "strength": (times, times, times, durations, st.integers(0, 2), durations),
}
# Rules that change arrays have their own tests below; the calendar's rule is tested with the calendar.
ELSEWHERE = {"share_out", "busy_until", "working_days_passed", "compiled", "passed"}


def public(module):
    return {name for name, value in vars(module).items() if callable(value) and not name.startswith("_")}


def test_every_rule_is_tested():
    assert public(rules) - ELSEWHERE - {"NDArray", "Final"} == set(ARGUMENTS)
    for name, arguments in ARGUMENTS.items():
        assert len(inspect.signature(plain(getattr(rules, name))).parameters) == len(arguments)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_rule_gives_the_same_bits_compiled_and_plain(name):
    rule = getattr(rules, name)

    @given(st.tuples(*ARGUMENTS[name]))
    @many
    def agree(arguments):
        assert rule(*arguments) == plain(rule)(*arguments)

    agree()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_rule_never_gives_less_than_nothing(name):
    @given(st.tuples(*ARGUMENTS[name]))
    @many
    def holds(arguments):
        value = getattr(rules, name)(*arguments)
        assert value >= 0.0
        assert math.isfinite(value)

    holds()


# Making


@given(amounts, amounts, amounts, amounts, ratios)
@many
def test_what_is_wanted_brings_stock_to_target_and_serves_the_book(target, owed, finished, in_process, per):
    run = rules.wanted(target, owed, finished, in_process, per)
    after = finished + in_process + run * per
    assert after == pytest.approx(max(target + owed, finished + in_process), rel=CLOSE, abs=CLOSE)


@given(amounts, amounts, amounts, amounts, ratios)
@many
def test_what_has_room_fits_once_orders_have_left(storage, finished, in_process, leaving, per):
    run = rules.room(storage, finished, in_process, leaving, per)
    scale = storage + finished + in_process + leaving
    assert finished + in_process + run * per - leaving <= max(storage, finished + in_process - leaving) + CLOSE * scale


def test_unlimited_storage_has_room_for_anything():
    assert rules.room(math.inf, 1e6, 0.0, 0.0, 1.0) == math.inf


@given(amounts, ratios, shares, durations)
@many
def test_an_input_allows_no_more_than_its_stock_makes(stock, per, throttle, cover):
    allowed = rules.allowed_by(stock, per, throttle, cover)
    assert allowed * per <= stock * (1 + CLOSE)
    assert rules.allowed_by(stock, per, 0.0, cover) == stock / per


@given(st.floats(1.0, 1e6), shares.filter(lambda x: x > 0.01), st.floats(2.0, 200.0))
@many
def test_a_throttle_lets_the_planned_rate_pass_until_cover_falls_below_its_share(usage, throttle, cover):
    assume(throttle * cover >= 1.0)
    threshold = throttle * cover * usage
    assert rules.allowed_by(threshold, 1.0, throttle, cover) == pytest.approx(usage)
    assert rules.allowed_by(0.9 * threshold, 1.0, throttle, cover) == pytest.approx(0.9 * usage)


@given(amounts, amounts, amounts, shares)
@many
def test_a_partial_input_never_adds_to_the_run_and_never_costs_more_than_its_dependence(
    run, plan, available, dependence
):
    m = rules.with_partial_input(run, plan, available, dependence)
    assert m <= run
    assert m >= min(run, available) * (1 - CLOSE)
    assert m >= (1 - dependence) * min(run, plan) * (1 - CLOSE)
    if available >= run:
        assert m == run


@given(amounts, amounts, shares)
@many
def test_without_the_input_spare_capacity_is_no_help(run, plan, dependence):
    assert rules.with_partial_input(run, plan, 0.0, dependence) == (1 - dependence) * min(run, plan)


@given(st.lists(amounts, min_size=2, max_size=6), amounts, shares)
@many
def test_more_of_a_partial_input_never_makes_less(stocks, plan, dependence):
    run = max(stocks)
    made = [rules.with_partial_input(run, plan, stock, dependence) for stock in sorted(stocks)]
    assert all(b >= a - CLOSE * run for a, b in zip(made, made[1:], strict=False))


# Ordering


@given(shares, amounts, durations, durations, amounts, amounts, amounts)
@many
def test_an_order_brings_a_link_to_its_target_and_never_takes_back(
    share, usage, cover, delay, waiting, stock, on_order
):
    target = rules.target(share, usage, cover, delay)
    order = rules.order(target, share, waiting, stock, on_order)
    wanted = target + share * (waiting - stock)
    scale = target + waiting + stock + on_order
    assert order + on_order == pytest.approx(max(wanted, on_order), rel=CLOSE, abs=CLOSE * scale)


@given(shares, amounts, durations, durations)
@many
def test_the_target_counts_cover_and_delay_and_the_day_of_the_letter(share, usage, cover, delay):
    assert rules.target(share, usage, cover, delay) == pytest.approx(share * usage * (cover + 1 + delay))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5), amounts, durations, durations, amounts, amounts)
@many
def test_the_targets_of_all_links_are_the_target_of_the_input(weights, usage, cover, delay, waiting, stock):
    split = [w / sum(weights) for w in weights]
    orders = [rules.order(rules.target(w, usage, cover, delay), w, waiting, stock, 0.0) for w in split]
    target = usage * (cover + 1 + delay)
    close = CLOSE * (1 + target + waiting + stock)
    assert sum(orders) == pytest.approx(max(0.0, target + waiting - stock), abs=close)


# Time


def test_where_no_licence_is_needed_all_may_leave_and_where_one_is_only_the_ordinary_flow():
    assert rules.unlicensed(500.0, 0.0, 100.0) == 500.0
    assert rules.unlicensed(500.0, 0.25, 100.0) == 75.0
    assert rules.unlicensed(50.0, 0.25, 100.0) == 50.0
    assert rules.unlicensed(500.0, 1.0, 100.0) == 0.0


def test_barred_orders_wait_and_where_nothing_is_approved_all_do():
    assert rules.licensable(500.0, 500.0, 200.0, 1.0, 0.6, 100.0) == 300.0
    assert rules.licensable(500.0, 500.0, 0.0, 1.0, 0.0, 100.0) == 0.0
    assert rules.licensable(500.0, 500.0, 500.0, 0.4, 0.6, 100.0) == 60.0  # under general licences
    assert rules.licensable(500.0, 500.0, 500.0, 0.0, 0.0, 100.0) == 500.0


@given(st.integers(0, 3000), st.floats(0.0, 1.0, exclude_max=True), durations)
@many
def test_goods_are_never_usable_on_the_day_they_leave_and_the_sum_is_rounded_once(day, before, transit):
    released = day - before  # goods released on a day were cleared in the day that led up to it
    usable = rules.usable_on(day, released, transit)
    assert usable >= day + 1
    assert usable == day + 1 or usable - 1 < released + transit <= usable


@given(times, times, times, durations, st.integers(0, 2), durations)
@many
def test_an_effect_holds_on_its_window_alone_and_fades_after_it(day, start, end, onset, fade, fade_days):
    strength = rules.strength(day, start, end, onset, fade, fade_days)
    assert 0.0 <= strength <= 1.0
    if day < start or end <= start:
        assert strength == 0.0
    elif day < end:
        assert strength > 0.0
        assert strength == 1.0 or day - start < onset
    elif fade == rules.STEP or fade_days == 0.0:
        assert strength == 0.0


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 60), st.sampled_from([0, 1, 2]), st.integers(0, 40))
@many
def test_an_effect_never_grows_after_its_end(start, length, onset, fade, fade_days):
    end = start + length
    held = [
        rules.strength(float(day), float(start), float(end), float(onset), fade, float(fade_days))
        for day in range(end - 1, end + 100)
    ]
    assert all(b <= a for a, b in zip(held, held[1:], strict=False))


# Sharing


some_weights = st.just(0.0) | st.floats(1e-6, 1e6)
some_ranks = st.integers(0, 3)


@st.composite
def books(draw, ranks=some_ranks, weights=some_weights):
    count = draw(st.integers(1, 8))
    asked = draw(st.lists(amounts, min_size=count, max_size=count))
    weight = draw(st.lists(weights, min_size=count, max_size=count))
    rank = draw(st.lists(ranks, min_size=count, max_size=count))
    total = sum(asked)
    available = draw(amounts | shares.map(lambda part: part * total))
    return available, np.array(asked), np.array(weight), np.array(rank, np.int64)


def shared(available, asked, weight, rank, share_out=rules.share_out):
    given_ = np.full(len(asked), np.nan)
    share_out(available, asked, weight, rank, given_)
    return given_


@given(books())
@many
def test_sharing_is_the_same_compiled_and_plain(book):
    assert shared(*book).tolist() == shared(*book, share_out=plain(rules.share_out)).tolist()


@given(books())
@many
def test_nobody_gets_more_than_asked_and_nothing_is_left_while_someone_asks(book):
    available, asked, _, _ = book
    got = shared(*book)
    assert (got >= 0.0).all()
    assert (got <= asked * (1 + CLOSE)).all()
    assert got.sum() == pytest.approx(min(available, asked.sum()), rel=CLOSE, abs=1e-12)


@given(books())
@many
def test_a_class_gets_nothing_before_those_above_it_have_all(book):
    _, asked, _, rank = book
    got = shared(*book)
    for one in np.unique(rank):
        if got[rank > one].sum() > CLOSE * asked.sum():
            assert got[rank == one] == pytest.approx(asked[rank == one])


@given(books(ranks=st.just(0), weights=st.floats(1e-3, 1e6)))
@many
def test_who_is_short_gets_in_proportion_to_weight_and_nobody_who_is_not_gets_more(book):
    _, asked, weight, _ = book
    got = shared(*book)
    level = got / weight
    short = got < asked * (1 - 1e-6)
    if short.any():
        assert level[short] == pytest.approx(level[short][0], rel=1e-6)
        assert (level[~short] <= level[short][0] * (1 + 1e-6)).all()


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=8), shares)
@many
def test_when_everyone_is_short_usual_flows_decide(usual, part):
    usual = np.array(usual)
    got = shared(part * usual.sum(), 10 * usual, usual, np.zeros(len(usual), np.int64))
    assert got == pytest.approx(part * usual)


@given(books(), st.randoms(use_true_random=False))
@many
def test_the_order_of_orders_does_not_matter(book, luck):
    available, asked, weight, rank = book
    place = list(range(len(asked)))
    luck.shuffle(place)
    got = shared(available, asked[place], weight[place], rank[place])
    assert got == pytest.approx(shared(*book)[place], rel=1e-6, abs=1e-9 * (1 + asked.sum()))


@given(books(ranks=st.just(0)), st.floats(1.0, 3.0))
@many
def test_more_to_share_never_leaves_anyone_with_less(book, more):
    available, asked, weight, rank = book
    less, richer = shared(*book), shared(available * more, asked, weight, rank)
    assert (richer >= less - 1e-6 * (1 + asked.max())).all()


# Reviewers


@given(st.lists(st.tuples(st.floats(0.0, 10.0), st.floats(0.0, 20.0)), max_size=60), st.integers(1, 6))
@many
def test_reviewers_are_a_queue_first_in_first_out(applications, reviewers):
    free, oracle, now = np.full(reviewers, -math.inf), [-math.inf] * reviewers, 0.0
    for gap, review in applications:
        now += gap
        begins = max(now, free[0])
        rules.busy_until(free, begins + review)
        assert begins == max(now, heapq.heappop(oracle))
        heapq.heappush(oracle, begins + review)
    assert sorted(free) == sorted(oracle)


@given(st.lists(times, min_size=1, max_size=40), st.integers(1, 6))
@many
def test_a_reviewer_is_busy_the_same_compiled_and_plain(until, reviewers):
    fast, slow = np.full(reviewers, -math.inf), np.full(reviewers, -math.inf)
    for time in until:
        rules.busy_until(fast, max(time, fast[0]))
        plain(rules.busy_until)(slow, max(time, slow[0]))
    assert fast.tolist() == slow.tolist()
