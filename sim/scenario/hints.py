"""Examples for keys, and the words people bring from other programs."""

from collections.abc import Mapping

from pydantic.fields import FieldInfo

from sim.scenario.tree import example_of

EXAMPLES: Mapping[str, str] = {
    "title": "Licences for seven rare earths",
    "commodities": "{ore: {unit: t, source: assumed}}",
    "unit": "t",
    "source": "assumed",
    "country": "DE",
    "makes": "magnet",
    "goods": "[magnet, motor]",
    "recipe": "{ore: 1.2 t/t}",
    "buys": "{ore: {cover: 30 days, from: {mine_a: {transit: 20 days}}}}",
    "from": "{mine_a: {transit: 20 days}}",
    "wants": "magnet",
    "commodity": "magnet",
    "season": "{dec: 150 %}",
    "controls": "[dy_oxide, magnet]",
    "where": "{id: mine_a}",
    "links": "{seller: mine_a}",
    "who": "{id: packager}",
    "firm": "nexperia",
    "stops": "[orders, inputs]",
    "seller": "mine_a",
    "to": "{maker_us: 70 %, maker_cn: 30 %}",
    "authority": "mofcom",
    "before": "licensing",
    "stockpile": "reserve",
    "replaces": "dy_oxide",
    "use": "tb_oxide",
    "holds": "ndpr_oxide",
    "says": "output falls by 40 % within three months",
    "hangs_on": "days of cover at the makers",
}
"""For keys whose type has no example of its own."""

MEANT: Mapping[str, str] = {
    **dict.fromkeys(("inventory", "stock", "safety_stock", "days_of_cover", "buffer"), "cover"),
    **dict.fromkeys(("lead_time", "leadtime", "shipping"), "transit"),
    **dict.fromkeys(("bom", "bill_of_materials", "inputs", "needs"), "recipe"),
    **dict.fromkeys(("product", "products", "output", "outputs", "produces"), "makes"),
    **dict.fromkeys(("supplier", "suppliers", "sellers", "sources"), "from"),
    **dict.fromkeys(("start_date", "begin"), "start"),
    **dict.fromkeys(("end", "end_date", "days", "length"), "horizon"),
    **dict.fromkeys(("severity", "magnitude", "loss"), "size"),
    **dict.fromkeys(("authorities", "regimes", "licenses", "controls_by"), "licences"),
    **dict.fromkeys(("nodes", "plants", "mines", "factories"), "facilities"),
    **dict.fromkeys(("events", "disruptions"), "shocks"),
    "materials": "commodities",
    **dict.fromkeys(("runs", "samples", "iterations"), "replications"),
    **dict.fromkeys(("type", "class"), "kind"),
    **dict.fromkeys(("reference", "citation"), "source"),
    **dict.fromkeys(("facility", "node", "name"), "id"),
}
"""Words other programs use, and ours."""


def example_for(key: str, info: FieldInfo) -> str:
    """A value that would fit under a key; empty if none is known."""
    return example_of(info) or EXAMPLES.get(key, "")
