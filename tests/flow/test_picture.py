"""The picture of a study: theory is the line, the simulation its points and band."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from actcli.catalogue.specification import parse
from actcli.flow.lengths import Variances
from actcli.flow.network import Shape
from actcli.flow.simulation import Case
from actcli.flow.study import Settings, Study, study
from actcli.flow.training import Course, train
from actcli.plotting.figure import flow_picture
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK
from tests.support.figures import dash_pattern

NAMES = ("sigmoid", "relu", "selu")
SCREEN = Style(dpi=100)


@pytest.fixture(scope="module")
def studies() -> list[Study]:
    cases = [Case(parse(name), Variances(2.0)) for name in NAMES]
    return study(cases, Settings(Shape(12, 32, 8), 5, 0, 0.01))


def drawn(studies: list[Study], trained: Any = (), style: Style = SCREEN) -> Figure:
    return flow_picture.draw(studies, trained, ["depth 12, width 32", "seed 0"], style)


def test_lines_are_theory_and_points_medians(studies: list[Study]) -> None:
    above, below = drawn(studies).axes
    for axes, kind in ((above, "gradient"), (below, "variance")):
        assert axes.get_yscale() == "log"
        lines = axes.get_lines()
        assert len(lines) == 2 * len(studies)
        for number, one in enumerate(studies):
            theory, points = lines[2 * number], lines[2 * number + 1]
            want = (
                np.exp(one.gradient)
                if kind == "gradient"
                else np.array([layer.variance for layer in one.layers])
            )
            assert theory.get_xdata().tolist() == list(range(1, 13))
            assert np.allclose(theory.get_ydata(), want, rtol=1e-12)
            places = np.asarray(points.get_xdata()) - 1
            middle = one.simulated.bands[kind].middle[places]
            assert np.array_equal(points.get_ydata(), middle)
            assert theory.get_color() == points.get_color()
        bands = [collection.get_paths()[0].vertices for collection in axes.collections]
        for one, corners in zip(studies, bands, strict=True):
            band = one.simulated.bands[kind]
            assert corners[:, 1].min() == pytest.approx(band.low.min())
            assert corners[:, 1].max() == pytest.approx(band.high.max())


def test_functions_differ_by_more_than_colour(studies: list[Study]) -> None:
    lines = drawn(studies).axes[0].get_lines()
    assert len({line.get_marker() for line in lines[1::2]}) == len(studies)
    assert len({dash_pattern(line) for line in lines[0::2]}) == len(studies)


def test_training_has_a_panel_of_its_own(studies: list[Study]) -> None:
    trained = train([one.case for one in studies], 4, 16, 0, Course(6, 0.01))
    panel = drawn(studies, trained).axes[2]
    for line, result in zip(panel.get_lines(), trained, strict=True):
        assert np.array_equal(line.get_ydata(), result.loss)
    assert panel.get_xlim() == (0, 6)


@pytest.mark.parametrize("width", [3.5, 4.8, 7.0])
@pytest.mark.parametrize("palette", [SCREEN.palette, DARK])
def test_nothing_stands_on_anything_else(studies: list[Study], width: float, palette: Any) -> None:
    figure = drawn(studies, style=Style(width=width, dpi=100, palette=palette))
    renderer = FigureCanvasAgg(figure).get_renderer()
    legend = figure.axes[0].get_legend()
    assert legend is not None
    boxes = [legend.get_window_extent(renderer)]
    boxes += [text.get_window_extent(renderer) for text in figure.texts]
    boxes += [axes.yaxis.label.get_window_extent(renderer) for axes in figure.axes]
    boxes += [axes.get_window_extent(renderer) for axes in figure.axes]
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            inside = min(one.x1, other.x1) - max(one.x0, other.x0)
            assert inside <= 1 or min(one.y1, other.y1) - max(one.y0, other.y0) <= 1
    right, top = figure.get_size_inches() * 100
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0
        assert box.x1 <= right
        assert box.y1 <= top


@pytest.mark.parametrize("weight", [1e-30, 1e15])
def test_what_ends_or_explodes_can_be_drawn(weight: float) -> None:
    case = Case(parse("relu"), Variances(weight))
    (found,) = study([case], Settings(Shape(8, 16, 4), 2, 0, 0.01))
    figure = drawn([found])
    low, high = figure.axes[0].get_ylim()
    assert 0 < low < high < math.inf


def test_one_layer_can_be_drawn() -> None:
    (found,) = study([Case(parse("tanh"), Variances(1.0))], Settings(Shape(1, 8, 2), 1, 0, 0.01))
    assert len(drawn([found]).axes) == 2
