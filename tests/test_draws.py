"""Luck: the same numbers for ever, as random as they claim, and of the distribution they claim."""

import os
import subprocess
import sys
import warnings

import numba
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import special, stats

from sim.engine import draws, inverse, means
from sim.engine.compiled import plain
from sim.engine.laws import expect, largest, quantiles, smallest, stack_laws
from sim.engine.means import Law, law_of, mean
from sim.scenario.distributions import RandomDuration, RandomRate

DRAWS = 100_000
EMPIRICAL_VALUES = ((7.0, 3.0, 40.0), (2.0, 1.0, 5.0))

LAWS = {
    "uniform": (Law(means.UNIFORM, 7.0, 17.0), stats.uniform(7, 10)),
    "triangular": (Law(means.TRIANGULAR, 2.0, 3.0, 9.0), stats.triang(1 / 7, 2, 7)),
    "normal": (Law(means.NORMAL, 24.0, 3.0), stats.norm(24, 3)),
    "lognormal": (Law(means.LOGNORMAL, 2.0, 0.7), stats.lognorm(0.7, scale=np.exp(2.0))),
    "gamma": (Law(means.GAMMA, 5.0, table=(2.3,)), stats.gamma(2.3, scale=5.0)),
    "gamma of small shape": (Law(means.GAMMA, 5.0, table=(0.3,)), stats.gamma(0.3, scale=5.0)),
    "exponential": (Law(means.EXPONENTIAL, 6.0), stats.expon(scale=6.0)),
}
COUNTS = {count: (Law(means.POISSON, 1.0, table=(count,)), stats.poisson(count)) for count in (0.4, 3.7, 250.0, 1e4)}
ALL_LAWS = [law for law, _ in (LAWS | COUNTS).values()] + [
    Law(means.CONSTANT, 24.0),
    Law(means.TRIANGULAR, 5.0, 5.0, 5.0),
    Law(means.NORMAL, 1.0, 2.0),
    Law(means.EMPIRICAL, 1.0, table=EMPIRICAL_VALUES),
]


@numba.njit(error_model="numpy")
def drawn(key, first, size):
    numbers = np.empty(size)
    for i in range(size):
        numbers[i] = draws.uniform(key, first + i)
    return numbers


def key_of(seed=1, replication=0, name="refiner_b > maker_d: transit"):
    return draws.stream_keys(seed, np.array([replication]), name)[0]


# The same numbers for ever


def test_the_numbers_of_today_are_the_numbers_of_ever():
    keys = draws.stream_keys(20250404, np.array([0, 1]), "refiner_b > maker_d: transit")
    assert draws.name_key("magnet") == PINNED["name"]
    assert [int(key) for key in keys] == PINNED["keys"]
    assert draws.uniform(keys[0], 17) == PINNED["uniform"]
    assert draws.uniform(keys[0], -5) == PINNED["before the start"]
    assert draws.uniform2(keys[0], 17, 3) == PINNED["uniform2"]
    assert draws.uniform3(keys[1], 17, 3, 1) == PINNED["uniform3"]
    assert draws.normal_quantile(0.001) == pytest.approx(-3.0902323061678132, rel=1e-15)


PINNED = {
    "name": -3097278068486836062,
    "keys": [2562743506289459534, 8124863810451849921],
    "uniform": 0.7947187893923552,
    "before the start": 0.12167944830125565,
    "uniform2": 0.6875228283413771,
    "uniform3": 0.07550073343706198,
}


@pytest.mark.parametrize("setting", [{"NUMBA_DISABLE_JIT": "1"}, {"HOME": "/nowhere", "XDG_CACHE_HOME": "/proc/x"}])
def test_the_same_numbers_where_nothing_can_be_compiled_or_stored(setting):
    program = (
        "import numpy as np; from sim.engine import draws as d; from sim.engine.compiled import cached\n"
        "k = d.stream_keys(20250404, np.array([0, 1]), 'refiner_b > maker_d: transit')\n"
        "print(cached(), [int(x) for x in k], d.uniform3(k[1], 17, 3, 1))"
    )
    unset = {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}
    settings = {name: value for name, value in os.environ.items() if name not in unset} | setting
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", program]
    answer = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == f"False {PINNED['keys']} {PINNED['uniform3']}"


def test_a_draw_is_the_same_ahead_or_on_demand_alone_or_in_company():
    keys = draws.stream_keys(5, np.arange(20), "mine: fire")
    ahead = {(i, day): draws.uniform(key, day) for day in range(-3, 30) for i, key in enumerate(keys)}
    for i in (19, 0, 7):
        alone = draws.stream_keys(5, np.array([i]), "mine: fire")[0]
        assert [draws.uniform(alone, day) for day in (29, -3, 4)] == [ahead[i, day] for day in (29, -3, 4)]
    assert drawn(keys[3], -3, 33).tolist() == [ahead[3, day] for day in range(-3, 30)]


def test_the_plain_functions_give_the_bits_of_the_compiled_ones():
    key = key_of()
    tables = inverse.stack_tables([inverse.gamma_table(0.7), inverse.poisson_table(4.2)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for day in (*range(-50, 500), 2**62, -(2**62)):
            u = draws.uniform(key, day)
            assert plain(draws.hashed)(key, day) == draws.hashed(key, day)
            assert plain(draws.uniform)(key, day) == u
            assert plain(draws.uniform3)(key, day, 2, 1) == draws.uniform3(key, day, 2, 1)
            assert plain(draws.normal_quantile)(u) == draws.normal_quantile(u)
            for kind in range(means.EMPIRICAL + 1):
                numbers = (kind, 1.5, 2.5, 4.0, tables, int(kind != means.GAMMA), u)
                assert plain(draws.quantile)(*numbers) == draws.quantile(*numbers)


def test_a_seed_beyond_64_bits_is_refused():
    draws.stream_keys(2**64 - 1, np.array([0]), "x")
    for seed in (-1, 2**64):
        with pytest.raises(ValueError, match="from 0 to"):
            draws.stream_keys(seed, np.array([0]), "x")


# As random as they claim


def test_a_uniform_number_is_never_0_nor_1():
    for bits, u in ((0, draws.SMALLEST_UNIFORM), (2**52 - 1, draws.LARGEST_UNIFORM)):
        assert 0 < u < 1
        assert (float(bits) + 0.5) * 2.0**-52 == u
    numbers = drawn(key_of(), 0, DRAWS)
    assert 0 < numbers.min() < 1e-4
    assert 1 - 1e-4 < numbers.max() < 1


def test_uniform_numbers_are_uniform_along_every_axis():
    days = drawn(key_of(), -50_000, DRAWS)
    replications = [draws.uniform(key, 9) for key in draws.stream_keys(1, np.arange(DRAWS), "a")]
    names = [draws.uniform(key_of(name=f"link {i}"), 9) for i in range(20_000)]
    seeds = [draws.uniform(key_of(seed=i), 9) for i in range(20_000)]
    parcels = [draws.uniform2(key_of(), 9, i) for i in range(20_000)]
    attempts = [draws.uniform3(key_of(), 9, 4, i) for i in range(20_000)]
    for numbers in (days, replications, names, seeds, parcels, attempts):
        assert stats.kstest(numbers, "uniform").pvalue > 1e-4
        assert abs(correlation(numbers[1:], numbers[:-1])) < 4 / np.sqrt(len(numbers))


def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


def neighbours():
    key = key_of()
    yield "next name", drawn(key, 0, DRAWS), drawn(key_of(name="refiner_b > maker_d: transit2"), 0, DRAWS)
    yield "next replication", drawn(key, 0, DRAWS), drawn(key_of(replication=1), 0, DRAWS)
    yield "next seed", drawn(key, 0, DRAWS), drawn(key_of(seed=2), 0, DRAWS)
    parcels = draws.subkeys(key, np.arange(2))
    yield "next parcel", drawn(parcels[0], 0, DRAWS), drawn(parcels[1], 0, DRAWS)
    yield "no parcel", drawn(key, 0, DRAWS), drawn(parcels[0], 0, DRAWS)
    for lag in (1, 7, 365):
        yield f"{lag} days on", drawn(key, 0, DRAWS), drawn(key, lag, DRAWS)
    for steps in (1, 2, 1000):  # the one weakness of a hash on a sequence: keys that lie on each other's path
        near = np.add(key, np.multiply(np.uint64(steps), draws.STEP))
        yield f"key {steps} steps on", drawn(key, steps, DRAWS), drawn(near, 0, DRAWS)


def test_streams_know_nothing_of_each_other():
    for what, a, b in neighbours():
        assert abs(correlation(a, b)) < 4 / np.sqrt(DRAWS), what
        assert abs(correlation(np.abs(a - 0.5), np.abs(b - 0.5))) < 4 / np.sqrt(DRAWS), what
        assert abs(correlation(a * 1024 % 1, b * 1024 % 1)) < 4 / np.sqrt(DRAWS), what


def test_every_bit_of_the_hash_is_balanced_and_flips_half_the_time():
    key, size = key_of(), 20_000
    numbers = np.array([draws.hashed(key, day) for day in range(size)], dtype=np.uint64)
    for bit in range(64):
        other = [draws.hashed(key, day ^ (1 << min(bit, 62))) for day in range(size // 10)]
        flipped = np.array(other, dtype=np.uint64)
        ones = (numbers >> np.uint64(bit)) & np.uint64(1)
        assert abs(ones.mean() - 0.5) < 4.5 / 2 / np.sqrt(size)
        changed = np.bitwise_count(flipped ^ numbers[: flipped.size])
        assert abs(changed.mean() - 32) < 5 * 4 / np.sqrt(flipped.size)


# Of the distribution they claim


@pytest.mark.parametrize("name", LAWS)
def test_quantiles_against_scipy(name):
    law, oracle = LAWS[name]
    tail = 10.0 ** np.linspace(-10, -0.31, 2001)
    for u in (tail, 1 - tail, np.array([0.5])):
        np.testing.assert_allclose(quantiles(law, u), oracle.ppf(u), rtol=1e-6)


@pytest.mark.parametrize("name", LAWS)
def test_draws_against_kolmogorov_and_smirnov(name):
    law, oracle = LAWS[name]
    assert stats.kstest(quantiles(law, drawn(key_of(name=name), 0, DRAWS)), oracle.cdf).pvalue > 1e-3


def test_normal_quantile_to_16_digits():
    u = 10.0 ** np.linspace(-15, -0.302, 5000)
    z = np.array([draws.normal_quantile(one) for one in u])
    np.testing.assert_allclose(z, special.ndtri(u), rtol=2e-15, atol=2e-16)
    assert draws.normal_quantile(0.5) == 0
    assert draws.normal_quantile(0.25) == -draws.normal_quantile(0.75)


@pytest.mark.parametrize("shape", [0.2, 0.21, 0.39, 0.5, 1.0, 1.7, 5.0, 33.0, 200.0])
def test_gamma_is_right_to_a_millionth_from_end_to_end(shape):
    law = Law(means.GAMMA, 1.0, table=(shape,))
    u = 10.0 ** np.random.default_rng(1).uniform(-12, np.log10(0.5), 50_000)
    np.testing.assert_allclose(quantiles(law, u), special.gammaincinv(shape, u), rtol=1e-6)
    v = 1 - (1 - u)  # what is left of u that close to 1
    np.testing.assert_allclose(quantiles(law, 1 - u), special.gammainccinv(shape, v), rtol=1e-6)


@pytest.mark.parametrize("shape", [1e-4, 0.01, 0.2, 1.0, 7.3, 2000.0])
def test_gamma_never_falls_as_u_grows(shape):
    octaves = np.ldexp(np.random.default_rng(2).uniform(0.5, 1, 5000), -np.arange(5000) % 52 * -1 - 52)
    u = np.sort(np.concatenate([octaves, 1 - octaves, [draws.SMALLEST_UNIFORM, 0.5, draws.LARGEST_UNIFORM]]))
    values = quantiles(Law(means.GAMMA, 1.0, table=(shape,)), u)
    assert values[0] >= 0
    assert np.all(np.diff(values) >= -1e-13 * values[1:])


@pytest.mark.parametrize("count", COUNTS)
def test_poisson_is_exact(count):
    law, oracle = COUNTS[count]
    u = drawn(key_of(name="counts"), 0, DRAWS)
    values = quantiles(law, u)
    assert np.array_equal(values, oracle.ppf(u))
    assert oracle.sf(largest(law)) < 2e-16 < 1e3 * oracle.sf(largest(law) - 1)


def test_empirical_gives_each_value_as_often_as_its_weight():
    law = Law(means.EMPIRICAL, 1.0, table=EMPIRICAL_VALUES)
    assert quantiles(law, np.array([0.1, 0.125, 0.126, 0.375, 0.376, 0.999])).tolist() == [3, 3, 7, 7, 40, 40]
    values, times = np.unique(quantiles(law, drawn(key_of(), 0, DRAWS)), return_counts=True)
    assert values.tolist() == [3, 7, 40]
    assert stats.chisquare(times, DRAWS * np.array([1, 2, 5]) / 8).pvalue > 1e-3


def test_normal_is_never_negative_and_its_mean_says_so():
    law = Law(means.NORMAL, 1.0, 2.0)
    assert smallest(law) == 0
    oracle = stats.norm(1, 2).expect(lambda x: x, lb=0, ub=np.inf)
    assert mean(law) == pytest.approx(oracle, rel=1e-9)


@pytest.mark.parametrize("law", ALL_LAWS)
def test_mean_expectation_and_ends_of_every_law(law):
    values = quantiles(law, drawn(key_of(), 0, DRAWS))
    spread = values.std() / np.sqrt(DRAWS)
    assert abs(values.mean() - mean(law)) <= 4 * spread + 1e-12 * mean(law)
    assert expect(law, lambda x: x) == pytest.approx(mean(law), rel=3e-3)
    assert 0 <= smallest(law) <= values.min() <= values.max() <= largest(law) < np.inf


def test_plans_expect_whole_days():
    law = Law(means.UNIFORM, 0.0, 4.0)
    assert expect(law, lambda days: np.maximum(1, np.ceil(days))) == pytest.approx(2.5)
    assert expect(Law(means.CONSTANT, 2.3), np.ceil) == 3


def test_cases_with_laws_of_their_own_draw_as_if_alone():
    stacked = stack_laws(ALL_LAWS + ALL_LAWS[:5])
    assert stacked.tables.shape[0] == len({(law.kind, law.table) for law in ALL_LAWS if law.table})
    for i, law in enumerate(ALL_LAWS + ALL_LAWS[:5]):
        numbers = (stacked.kind[i], stacked.a[i], stacked.b[i], stacked.c[i], stacked.tables, stacked.table[i], 0.3)
        assert draws.quantile(*numbers) == quantiles(law, np.array([0.3]))[0]


# As the scenario says them

DURATION, RATE = TypeAdapter(RandomDuration), TypeAdapter(RandomRate)
SAID = [
    (DURATION, "24 days", 24),
    (DURATION, {"distribution": "uniform", "low": "7 days", "high": "17 days"}, 12),
    (DURATION, {"distribution": "triangular", "low": "1 week", "mode": "8 days", "high": "12 days"}, 9),
    (DURATION, {"distribution": "normal", "mean": "45 working days", "sd": "2 working days"}, 45),
    (RATE, {"distribution": "lognormal", "mean": "365 t/year", "sd": "0.4 t/day"}, 1),
    (RATE, {"distribution": "lognormal", "mean": "365 t/year", "sd": "0 t/day"}, 1),
    (RATE, {"distribution": "gamma", "mean": "10 t/day", "sd": "4 t/day"}, 10),
    (RATE, {"distribution": "gamma", "mean": "0 t/day", "sd": "0 t/day"}, 0),
    (DURATION, {"distribution": "exponential", "mean": "6 days"}, 6),
    (RATE, {"distribution": "poisson", "mean": "3.5 wafer/day"}, 3.5),
    (DURATION, {"distribution": "empirical", "values": ["7 days", "11 days"], "weights": [3, 1]}, 8),
    (DURATION, {"distribution": "empirical", "values": ["7 days", "11 days"]}, 9),
]


@pytest.mark.parametrize("kind, said, average", SAID)
def test_the_mean_of_what_is_said_is_the_mean_of_the_law(kind, said, average):
    value = kind.validate_python(said)
    assert mean(law_of(value)) == pytest.approx(average)
    assert kind.validate_python(value) == value


def test_mean_and_sd_are_of_the_quantity_itself():
    for word in ("lognormal", "gamma", "normal"):
        said = {"distribution": word, "mean": "24 days", "sd": "5 days"}
        law = law_of(DURATION.validate_python(said))
        assert expect(law, lambda days: (days - 24) ** 2) ** 0.5 == pytest.approx(5, rel=2e-2)


WRONG = [
    ({"distribution": "unifrom", "low": "7 days"}, "known are uniform, triangular.*Did you mean 'uniform'"),
    ({"low": "7 days", "high": "9 days"}, "needs `distribution:`, one of uniform"),
    ({"distribution": "uniform", "low": "9 days", "high": "7 days"}, r"low \(9\) is above high \(7\)"),
    ({"distribution": "triangular", "low": "1 days", "mode": "9 days", "high": "7 days"}, "mode .* above high"),
    ({"distribution": "uniform", "low": "7 days", "high": "9 working days"}, "mixes days and working days"),
    ({"distribution": "normal", "mean": "7 days", "sd": "-1 days"}, "negative"),
    ({"distribution": "gamma", "mean": "0 days", "sd": "1 days"}, "more than 100 times the mean"),
    ({"distribution": "poisson", "mean": "20000 days"}, "use normal or gamma"),
    ({"distribution": "empirical", "values": ["7 days"], "weights": [1, 2]}, "1 values but 2 weights"),
    ({"distribution": "empirical", "values": ["7 days"], "weights": [0]}, "greater than 0"),
    ({"distribution": "empirical", "values": []}, "at least 1 item"),
    ({"distribution": "uniform", "low": "7 days", "hihg": "9 days"}, "hihg"),
]


@pytest.mark.parametrize("said, complaint", WRONG)
def test_what_cannot_be_drawn_is_refused_with_the_reason(said, complaint):
    with pytest.raises(ValidationError, match=complaint):
        DURATION.validate_python(said)


def test_rates_of_different_things_are_not_one_distribution():
    with pytest.raises(ValidationError, match="mixes t and wafer"):
        RATE.validate_python({"distribution": "uniform", "low": "7 t/day", "high": "9 wafer/day"})
