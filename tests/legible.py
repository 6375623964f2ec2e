"""Whether a picture can be read: everything that is written on it, none of it cut off and none over the other."""

import itertools

from matplotlib.text import Text

from sim.results.plots import style

TOUCH = 2.5
"""Pixels by which boxes of text may meet from above: they are higher than their letters."""


def texts(figure):
    """What is written on it and can be seen."""
    found = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    ticks = {id(t): axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for t in labels_of(axis)}
    off = {
        id(t) for axes in figure.axes if not axes.axison for axis in (axes.xaxis, axes.yaxis) for t in labels_of(axis)
    }
    return [t for t in found if id(t) not in off and (id(t) not in ticks or _within(t, ticks[id(t)]))]


def labels_of(axis):
    return [
        label for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()) for label in (tick.label1, tick.label2)
    ]


def _within(text, axis):
    low, high = sorted(axis.get_view_interval())
    at = text.get_position()[0 if axis.axis_name == "x" else 1]
    return low <= at <= high


def words(figure):
    return " | ".join(" ".join(text.get_text().split()) for text in texts(figure))


def assert_legible(figure):
    """No words run out of the picture, and none lie upon others."""
    with style.look():
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
        boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts(figure)]
    width, height = figure.get_size_inches() * figure.dpi
    for said, box in boxes:
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, f"{said!r} is cut off"
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or up <= TOUCH, f"{one!r} overlaps {other!r}"
