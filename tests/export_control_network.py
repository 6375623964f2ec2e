"""Writes scenarios/networks/export_control.yaml: the template with its default answers, which is its one home."""

from pathlib import Path

from sim.scenario.template import template

NETWORK = Path(__file__).parent.parent / "scenarios/networks/export_control.yaml"
HEAD = """\
# yaml-language-server: $schema=../../docs/scenario.schema.json
#
# Written by `python tests/export_control_network.py`; change sim/scenario/templates/export_control.yaml instead.
#
"""


def network() -> str:
    """The text of the network."""
    return HEAD + template("export_control")


if __name__ == "__main__":
    NETWORK.write_text(network(), encoding="utf-8")
