"""Studies of tiny worlds whose pictures are looked at: of each kind, with names and paths that are hard to draw."""

import json
from functools import cache, partial

from worlds import chain, closure, outage, scenario_of, two_sources, variant

import sim
from sim.scenario.load import loads

LUCK = {"distribution": "gamma", "mean": "20 days", "sd": "10 days"}
FIRST, SECOND = "facilities.plant_1.buys.good_0.cover", "facilities.plant_2.buys.good_1.cover"
LONG = "plant_of_a_very_long_name_that_goes_on_and_on_beyond_any_column_and_then_some"
HOSTILE = {"plant_1": LONG, "users": r"$\frac{$ <b>100 % of_users"}


def lucky(hostile=False, transit=LUCK):
    """mine > plant_1 > plant_2 > users with luck on the way from the mine, unless said, which burns for 60 days."""
    data = chain((10, 5), [transit, 2, 2], shocks={"fire": outage("mine", 50, 60)}, days=250)
    text = json.dumps(
        data | {"title": "A world of a mine, two plants and users, which burns, and a title of some length"}
    )
    for name, bad in HOSTILE.items() if hostile else ():
        text = text.replace(f'"{name}"', json.dumps(bad))
    return loads(text)


def path(hostile):
    return f"facilities.{LONG}.buys.good_0.cover" if hostile else FIRST


@cache
def varied(hostile=False):
    return sim.vary(lucky(hostile), path(hostile), "10:60:10 days", replications=40, seed=1)


@cache
def line(hostile=False):
    """A sweep of one path."""
    place = HOSTILE["users"] if hostile else "users"
    readings = [f"loss_days.{place}", f"peak_loss.{place}"]
    return sim.sweep(lucky(hostile), {path(hostile): "10:60:10 days"}, replications=6, seed=1, readings=readings)


@cache
def dates(hostile=False):
    """A sweep over what is no number."""
    said = {"shocks.fire.effective": [f"2025-0{month}-15" for month in range(1, 8)]}
    return sim.sweep(lucky(hostile), said, replications=2, seed=1)


@cache
def grid(hostile=False, steps="10:50:10 days"):
    """A map."""
    said = {path(hostile): steps, "shocks.fire.duration": "10:70:10 days"}
    return sim.sweep(lucky(hostile), said, replications=1, seed=1)


def large(hostile=False):
    """A map of more cells than figures have room in."""
    return grid(hostile, "1:60:2 days")


@cache
def names(hostile=False):
    """A map of numbers against dates."""
    said = {"shocks.fire.effective": ["2025-01-15", "2025-02-15", "2025-03-15"], path(hostile): "10:50:10 days"}
    return sim.sweep(lucky(hostile), said, replications=1, seed=1)


@cache
def cloud(hostile=False):
    """Points scattered over three paths."""
    said = [f"{path(hostile)}=10:50 days", f"{SECOND}=5:25 days", "shocks.fire.duration=20 days,70 days"]
    return sim.sweep(lucky(hostile), said, design="lhs", size=24, replications=1, seed=1)


@cache
def sought(hostile=False):
    return sim.seek(lucky(hostile, 20), {path(hostile): "10:90:5 days"}, "loss_days.all sales < 25 days", seed=1)


@cache
def sought_by_two(hostile=False):
    said = {path(hostile): "0:40:5 days", SECOND: "0:40:5 days"}
    return sim.seek(lucky(hostile, 20), said, "loss_days.all sales < 25 days", seed=1, rounds=2)


@cache
def compared(hostile=False, price=True):
    goods = {f"good_{i}": {"unit": "t", "price": f"{2 + 4 * i} USD/t", "source": "test"} for i in range(2)}
    goods["good_0"] |= {"holding": "36.5 %/year"}
    shocks = {"ban": closure(50, 60, buyer="plant_1")}
    data = chain((30,), shocks=shocks) | ({"commodities": goods} if price else {})
    names = [LONG, "$x$ <b> 100 %", "less"] if hostile else ["a month more", "two months more", "less"]
    path = "facilities.plant_1.buys.good_0.cover"
    variants = dict(zip(names, ({path: "45 days"}, {path: "80 days"}, {path: "20 days"}), strict=True))
    return sim.compare(
        scenario_of(variant(data, {"title": f"{LONG} and more" if hostile else "A ban"})), variants=variants
    )


@cache
def weighed(hostile=False, method="sobol"):
    vary = [f"{path(hostile)}=10:50 days", f"{SECOND}=5:25 days"]
    more = {"size": 4} if method != "oat" else {}
    return sim.sensitivity(lucky(hostile), vary, method=method, seed=1, **more)


@cache
def stressed(hostile=False):
    data = two_sources("50 %", days=300)
    if hostile:
        data = json.loads(json.dumps(data).replace('"mine_a"', json.dumps(LONG)))
    return sim.stress(scenario_of(data), ttr="30:90:30 days", seed=1)


DRAWN = {
    "vary": varied,
    "sweep": line,
    "sweep over dates": dates,
    "map": grid,
    "large map": large,
    "map over dates": names,
    "cloud": cloud,
    "seek": sought,
    "seek by two": sought_by_two,
    "compare": compared,
    "compare without prices": partial(compared, price=False),
    "sobol": weighed,
    "morris": partial(weighed, method="morris"),
    "oat": partial(weighed, method="oat"),
    "stress": stressed,
}
"""What makes each study; each takes whether its names are hostile."""
