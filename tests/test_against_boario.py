"""BoARIO is the oracle: a sector loses a share of its capacity, and those after it slow as their inventories do.

By hand: with X in the morning, a plant makes u·min(1, X/θ), θ being the threshold; what comes in is (1 − φ)u. So below
θ the distance to (1 − φ)θ shrinks by the factor 1 − u/θ a day, and output goes to (1 − φ)u without a jump.
"""

import numpy as np
import pytest
import theirs
from pairs import START, Loss, losses_beside_boario

LOSSES = [Loss(0.3, (10, 6), 0.7), Loss(0.6, (4,), 0.75), Loss(0.1, (5, 8, 3), 0.6), Loss(1.0, (9, 5), 0.8)]
# Once what comes in is what is used, to one part in 100,000, BoARIO leaves an inventory as it is.
SETTLED = 1e-5


@pytest.fixture(scope="module")
def found():
    theirs.need("BoARIO")
    return dict(zip(LOSSES, losses_beside_boario(LOSSES), strict=True))


def moving(pairs):
    """Days before the first on which BoARIO may have left an inventory as it is."""
    outputs = [ours for name, (ours, _) in pairs.items() if name.startswith("output")]
    last = len(outputs[0])
    for sold, used in zip(outputs[:-1], outputs[1:], strict=True):
        still = np.abs(sold - used) <= 2 * SETTLED * np.abs(used)
        still[: START + 1] = False
        falling = np.flatnonzero(used < 100 - 1e-9)
        if len(falling):
            still[: falling[0]] = False
            last = min(last, int(np.argmax(still)) if still.any() else last)
    return last


@pytest.mark.parametrize("one", LOSSES)
def test_output_and_inventory_are_the_same_every_day(found, one):
    until = moving(found[one])
    assert until > START + 20
    for name, (ours, other) in found[one].items():
        assert ours[:until] == pytest.approx(other[:until], rel=1e-9, abs=1e-7), name


@pytest.mark.parametrize("one", LOSSES)
def test_output_lost_in_all_is_the_same(found, one):
    for name, (ours, other) in found[one].items():
        if name.startswith("output"):
            assert ours.sum() == pytest.approx(other.sum(), rel=SETTLED), name


def test_output_falls_to_the_share_that_is_left_at_the_pace_of_the_threshold(found):
    loss = LOSSES[0]
    ours = found[loss]["output of plant_1"][0]
    below = ours[ours < 100 - 1e-9] - 70
    assert below[1:40] / below[:39] == pytest.approx(1 - 1 / (loss.threshold * 11), rel=1e-6)
