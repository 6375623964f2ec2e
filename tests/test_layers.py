"""The house has floors: a file imports from lower floors, and on its own floor from files above it in the list."""

import ast
from pathlib import Path

import pytest

SIM = Path(__file__).parent.parent / "sim"

FLOORS_IN_WORDS = {
    "scenario": """
        rich_display words fields durations units document syntax quick builder reader files calendar record moments
        chosen stated distributions firms selectors commodities links facilities markets rulings licences effects
        network content hazards events changes controls closings entities offtakes money shocks cues responses claims
        observed
        uncertain scenario reactions caught tree hints messages references alone dimensions reach response_checks
        unknowns settings spreads checks load series reference schema questions fill template
        start
    """,
    "engine": """
        means size compiled inverse draws laws firms layout rules facts records rulings flows contracts feasible desks
        drawing cards numbers watches plan unknown cases state chance transit make facility market review
        desk_parts plain_links applications plain_desk decisions desk_day authority members member_work member_day
        member_goods population strikes targets levers sudden stockpile replan response world notes recorder tally audit
        steady run
    """,
    "results": """
        outcome curves losses times service levels licensing populations metrics statistics indices grouped
        claims assumptions provenance choices prices costs scarcity table draws_table terminal table_card tables months
        cost_tables style sheet headline panels drawing captions shock_bars pictures page column resilience folder
        workbook result setting_axis setting_lines
        measured telling variation shortages causes daily stack cover lost_by_stage lost_by_cause exceedance
        replications licence_desk order supplying slots arcs network_map sankey shapley spells sentences chronicle
        course story readings condition verdicts point_table setting_map setting_panels
        sweep seek_table seek swings sensitivity_table
        rows by_reading sensitivity tornado
        reasons explanation static caught supply steps chain survival dependence chokepoints outlays ratio side
        compared compare_tables forest knockout knockout_table stress
        time_to_survive what_if
        sightings fits naive scores sighted_tables backtest_tables sighted history
        parts reread grid answers origin cautions of_run of_study html
    """,
    "studies": """
        seen run check content network values designs factors space one_at_a_time points blocks study asking variants
        living lock ledger status store workers conduct archive question vary sweep sensitivity levers search sampler
        rounds seek explain charge plot alternatives compare precise knockouts surviving stress
        observe calibrate backtest report ranges knobs picks wishes movable swift sliders whatif_widget whatif
    """,
    "web": """
        worlds graph answers reasons asking desk downloads guard app serve
    """,
    "cli": None,
}
FLOORS = {floor: rooms and rooms.split() for floor, rooms in FLOORS_IN_WORDS.items()}
ORDER = list(FLOORS)
FILES = sorted(path for path in SIM.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))


def floor_and_room(parts):
    """`sim.engine.plan` as ("engine", "plan"); `sim.results.plots.style` as ("results", "style")."""
    return parts[1], parts[-1]


def runtime_imports(path):
    """Modules of `sim` that a file imports when it runs; imports for type checkers only do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim."):
            for alias in node.names:
                below = SIM.parent / Path(*node.module.split("."), f"{alias.name}.py")
                yield (*node.module.split("."), alias.name) if below.exists() else tuple(node.module.split("."))
        elif isinstance(node, ast.Import):
            yield from (tuple(a.name.split(".")) for a in node.names if a.name.startswith("sim."))


@pytest.mark.parametrize("path", [p for p in FILES if p.parent != SIM], ids=lambda p: str(p.relative_to(SIM)))
def test_imports_point_down_the_floors(path):
    floor, room = floor_and_room(("sim", *path.relative_to(SIM).with_suffix("").parts))
    rooms = FLOORS[floor]
    assert rooms is None or room in rooms, f"{path.relative_to(SIM)} stands in no list"
    for parts in runtime_imports(path):
        if parts == ("sim", "errors"):
            continue
        other_floor, other = floor_and_room(parts)
        assert ORDER.index(other_floor) <= ORDER.index(floor), f"{room} imports {'.'.join(parts)} from above"
        if other_floor == floor and rooms is not None:
            assert rooms.index(other) < rooms.index(room), f"{room} imports {other}, which is listed after it"


@pytest.mark.parametrize("floor", [f for f in FLOORS if FLOORS[f]])
def test_every_room_of_the_lists_is_there(floor):
    there = {p.stem for p in (SIM / floor).rglob("*.py")} - {"__init__"}
    assert there == set(FLOORS[floor])


def test_only_the_processes_import_simpy_and_only_plots_import_matplotlib():
    allowed = {"simpy": "engine", "matplotlib": "results/plots"}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                home = allowed.get(name.split(".")[0])
                inside = home is None or str(path.relative_to(SIM)).startswith(home)
                annotation = name in ("matplotlib.figure", "matplotlib.axes")  # of plot
                assert inside or annotation, f"{path.relative_to(SIM)} imports {name}"
