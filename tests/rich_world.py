"""A world that uses nearly everything at once, for laws that must hold whatever is in play."""

from worlds import buying, licensing, outage, regime, shock, variant, world


def rich(shocks=None, **changes):
    """Two mines, a refiner, two makers, two markets, two authorities, and luck; `changes` as for `variant`."""
    gamma = {"distribution": "gamma", "mean": "12 days", "sd": "5 days"}
    facilities = {
        "mine_a": {
            "kind": "mine", "country": "CN", "makes": {"ore": {"storage": "9000 t"}}, "finished_cover": "5 days",
            "capacity": {"distribution": "normal", "mean": "150 t/day", "sd": "15 t/day"}, "allocation": "priority",
        },
        "mine_b": {"kind": "mine", "country": "AU", "makes": "ore", "capacity": "120 t/day", "run": "to_order"},
        "refiner": {
            "kind": "refiner", "country": "CN", "capacity": "140 t/day", "processing": gamma,
            "makes": {"oxide": {}, "by_product": {"amount": "0.2 t/t", "paces": False, "storage": "300 t"}},
            "recipe": {"ore": "1.5 t/t"}, "finished_cover": "3 days",
            "buys": {"ore": buying({
                "mine_a": {"share": "70 %", "transit": "4 days", "priority": 2},
                "mine_b": {"transit": {"distribution": "uniform", "low": "8 days", "high": "14 days"}},
            }, 12)},
        },
        "maker": {
            "kind": "manufacturer", "country": "DE", "makes": "magnet", "capacity": "130 t/day",
            "processing": "2.5 days",
            "recipe": {"oxide": {"amount": "1 t/t", "dependence": "80 %"}, "by_product": "0.1 t/t"},
            "buys": {
                "oxide": buying({"refiner": {"transit": gamma, "firms": 3}}, 25, learns="60 %"),
                "by_product": buying({"refiner": {"transit": "9.3 days"}}, 15, usage="smoothed"),
            },
        },
        "maker_cn": {
            "kind": "manufacturer", "country": "CN", "makes": "magnet", "capacity": "60 t/day",
            "recipe": {"oxide": {"amount": "1 t/t", "throttle": "30 %"}}, "allocation": "domestic_first",
            "buys": {"oxide": buying({"refiner": {"transit": "2 days"}}, 10)},
        },
    }  # fmt: skip
    markets = {
        "cars": {
            "country": "DE", "wants": "magnet", "patience": "20 days", "cover": "4 days",
            "demand": {"distribution": "normal", "mean": "60 t/day", "sd": "12 t/day"},
            "from": {"maker": {"share": "75 %", "transit": "1.5 days"}, "maker_cn": {"transit": "20 days", "firms": 2}},
        },
        "wind": {
            "country": "CN", "wants": "magnet", "demand": "15 t/day", "patience": "endless", "usage": "smoothed",
            "season": {"jan": "80 %", "jul": "120 %"}, "from": {"maker_cn": {"transit": "1 day"}},
        },
    }  # fmt: skip
    licences = {
        "office": regime(
            {"distribution": "lognormal", "mean": "18 days", "sd": "9 days"}, "oxide", reviewers=60, approval="70 %",
            again_after="2 days", files_every=3, customs_hold={"distribution": "exponential", "mean": "2 days"},
        ),
        "weekly": regime("20 working days", "magnet", in_force=True, licence="general", validity="150 days"),
    }  # fmt: skip
    usual = {
        "licensing": licensing(60, 150),
        "slower": shock("licence_delay", 90, 60, authority="office", adds="5 days"),
        "denials": shock("approval_rate", 110, 40, authority="office", to="30 %"),
        "strike": shock("authority_suspended", 130, 12, authority="office"),
        "fire": outage("mine_b", 40, 35, "80 %", onset="4 days", recovery={"shape": "exponential", "over": "6 days"}),
        "detour": shock("transit_delay", 70, 50, links={"origin": "AU"}, adds="+12 days"),
        "cut": shock("partial_cut", 150, 40, links={"buyer": "maker_cn"}, size="50 %"),
        "quota": shock("quota", 200, country="CN", links={"commodity": "oxide"}, amount="400 t", period="30 days"),
        "surge": shock("demand_surge", 100, 80, where={"id": "cars"}, size="+15 %"),
        "seized": shock("stock_loss", 120, where={"country": "DE"}, size="30 %"),
        "limit": shock("inventory_limit", 160, 60, where={"id": "maker"}, cover="15 days"),
        "sanction": shock("sanction", 64, 14, who={"id": "mine_b"}, by={"country": "CN"}, recall="returned"),
        "seizure": shock("lane_closure", 88, 9, links={"seller": "refiner", "buyer": "maker"}, recall="seized"),
        "glut": shock(
            "inventory_limit", 140, 15, where={"id": "maker"}, commodity="oxide", cover="4 days", excess="resold",
        ),
        "storms": shock(
            "capacity_loss", 20, 200, where={"kind": ["mine", "refiner"]}, size="60 %", random={
                "every": "70 days", "strikes": "each", "correlation": "30 %", "lasts": {
                    "distribution": "gamma", "mean": "9 days", "sd": "4 days",
                },
            },
        ),
        "thefts": shock("stock_loss", where={"id": "maker"}, size="10 %", random={
            "every": "50 days", "lasts": "1 day", "group": "crime",
        }) | {"effective": "2024-12-01"},
        "frozen": shock("entity_freeze", 210, 8, where={"id": "maker_cn"}, stops=["orders", "shipments"]),
        "failed": shock("insolvency", 225, 20, where={"id": "mine_b"}, recovery={"shape": "linear", "over": "9 days"}),
        "contract": shock("offtake", 150, 50, seller="mine_b", amount="40 t/day", to={"refiner": "50 %"}),
        "moved": shock("change", 80, 60, what="share", links={"seller": "mine_a"}, to="50 %"),
        "worse": shock("change", 180, 60, what="yield", where={"id": "refiner"}, commodity="by_product", scale="-20 %"),
    }  # fmt: skip
    data = world(facilities, markets, usual if shocks is None else shocks, licences, days=260, seed=3, replications=2)
    return variant(data, changes)
