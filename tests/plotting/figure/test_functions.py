"""Figures: where functions are looked at, what is drawn of them, and that nothing stands on it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from actcli.analysis import sampling
from actcli.analysis.curves import Curves
from actcli.analysis.interval import AxisRange, between, default_interval
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from actcli.plotting.figure import labels
from actcli.plotting.figure.placement import Box, dense, find_spot
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK
from tests.support.figures import (
    CORE,
    SCREEN,
    curve_lines,
    dash_pattern,
    dots,
    drawn,
    extent,
    heading_texts,
    runs_through,
)


def curves(specification: str, interval: AxisRange | None = None) -> Curves:
    bound = parse(specification)
    return sampling.sample(bound, interval or default_interval([bound]), CORE)


# Where a function is looked at


@pytest.mark.parametrize("name", names())
def test_breakpoints_and_their_neighbours_are_in_the_sample(name: str) -> None:
    one = curves(name)
    for point in one.bound.breakpoints:
        wanted = {np.nextafter(point.x, -math.inf), point.x, np.nextafter(point.x, math.inf)}
        assert wanted <= set(one.x.tolist()), f"{name} at {point.x}"
    assert (np.diff(one.x) > 0).all()
    assert len(one.x) >= sampling.POINTS


@pytest.mark.parametrize("name", names())
def test_lines_are_broken_at_jumps_and_nowhere_else(name: str) -> None:
    one = curves(name)
    for order, column in one.columns.items():
        sides = {
            p.x: (p.left_derivative, p.derivative, p.right_derivative)
            if order
            else (p.left_value, p.value, p.right_value)
            for p in one.bound.breakpoints
        }
        jumping = [x for x, values in sides.items() if len(set(values)) > 1]
        assert one.x[np.isnan(column)].tolist() == jumping
        for x in jumping:
            (at,) = np.flatnonzero(one.x == x)
            assert (column[at - 1], column[at + 1]) == sides[x][::2]


@pytest.mark.parametrize("name", names())
def test_every_breakpoint_is_in_sight_by_default(name: str) -> None:
    seen = default_interval([parse(name)])
    assert seen.start == -seen.stop
    assert all(abs(point.x) < seen.stop for point in parse(name).breakpoints)


def test_the_default_range_follows_the_parameters() -> None:
    assert default_interval([parse("threshold:20")]).stop > 20
    assert default_interval([parse("threshold")]).stop < 20


def test_both_directions_of_a_range_are_one() -> None:
    assert between(3.0, -2.0) == between(-2.0, 3.0) == AxisRange(-2.0, 3.0)


@pytest.mark.parametrize(
    ("start", "stop"), [(1, 1), (-math.inf, 1), (0, math.nan), (-1e308, 1e308), (1, 1 + 1e-15)]
)
def test_a_range_without_width_or_end_is_refused(start: float, stop: float) -> None:
    with pytest.raises(UsageError):
        between(start, stop)


@pytest.mark.parametrize("number", [1, 10**9])
def test_the_number_of_points_has_limits(number: int) -> None:
    with pytest.raises(UsageError, match=str(number)):
        sampling.points(AxisRange(0.0, 1.0), [], number)


def test_a_column_past_what_can_be_scaled_is_left_out() -> None:
    one = curves("exponential", AxisRange(0.0, 1000.0))
    assert np.isnan(one.columns[0][-1])
    assert np.isfinite(one.columns[0][0])


# One function


@pytest.mark.parametrize("width", [3.5, 4.8])
@pytest.mark.parametrize("name", names())
@pytest.mark.sampled(23)
def test_names_stand_free_and_nothing_is_clipped(name: str, width: float) -> None:
    fig = drawn(name, style=Style(width=width, dpi=100))
    (axes,) = fig.axes
    written = {text.get_text(): text for text in axes.texts}
    named = [written[symbol] for symbol in ("$f$", r"$f^{\prime}$") if symbol in written]
    boxes = [extent(fig, text) for text in named]
    if axes.get_legend():
        assert not named
        assert extent(fig, axes.get_legend()).y0 > axes.bbox.y1
    else:
        assert len(named) == 2
        assert not boxes[0].overlaps(boxes[1])
    for box in boxes:
        assert axes.bbox.x0 < box.x0
        assert box.x1 < axes.bbox.x1
        assert axes.bbox.y0 < box.y0
        assert box.y1 < axes.bbox.y1
        assert not runs_through(axes, box)
    frame = fig.bbox
    shown = [*_labels_in_view(axes.xaxis), *_labels_in_view(axes.yaxis), axes.xaxis.label]
    for text in [*heading_texts(fig), *shown]:
        box = extent(fig, text)
        assert frame.x0 <= box.x0 + 1, text
        assert box.x1 <= frame.x1 + 1, text
        assert frame.y0 <= box.y0 + 1, text
        assert box.y1 <= frame.y1 + 1, text
    lowest = min(extent(fig, text).y0 for text in heading_texts(fig))
    assert lowest > axes.bbox.y1


def _labels_in_view(axis: Any) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    pairs = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label for place, label in pairs if low <= place <= high]


def test_the_heading_holds_name_formulas_and_conventions_at_the_left() -> None:
    fig = drawn("leaky_relu")
    texts = heading_texts(fig)
    assert texts[0].get_text() == "leaky_relu"
    assert texts[0].get_fontweight() == "bold"
    assert extent(fig, texts[0]).x0 < 15
    words = " ".join(text.get_text() for text in texts)
    for part in ("f(x) = ", r"f^{\prime}(x) = ", r"\alpha = 0.2", r"f^{\prime}(0) = 0.2"):
        assert part in words


def test_a_formula_wider_than_the_picture_shrinks() -> None:
    fig = drawn("sparse_plus", style=Style(width=2.2, dpi=100))
    sizes = {text.get_fontsize() for text in heading_texts(fig)}
    assert max(extent(fig, text).x1 for text in heading_texts(fig)) <= fig.bbox.x1
    assert min(sizes) < max(sizes) == SCREEN.font


def test_axes_are_bare_with_zero_lines_below_the_curves() -> None:
    (axes,) = drawn("tanh").axes
    assert not axes.spines["top"].get_visible()
    assert not axes.spines["right"].get_visible()
    zero = [line for line in axes.get_lines() if set(line.get_ydata()) == {0.0}]
    assert zero
    assert zero[0].get_zorder() < min(line.get_zorder() for line in curve_lines(axes))
    assert axes.get_legend() is None


def test_colour_is_not_the_only_difference() -> None:
    value, derivative = curve_lines(drawn("tanh").axes[0])
    assert to_hex(value.get_color()) == "#0072b2"
    assert to_hex(derivative.get_color()) == "#d55e00"
    assert value.get_linestyle() == "-"
    assert derivative.get_linestyle() == "--"


def test_dots_tell_what_is_taken_at_a_jump() -> None:
    (axes,) = drawn("hard_shrink").axes
    value = {(-0.5, 0.0, True), (0.5, 0.0, True), (-0.5, -0.5, False), (0.5, 0.5, False)}
    derivative = {(-0.5, 0.0, True), (0.5, 0.0, True), (-0.5, 1.0, False), (0.5, 1.0, False)}
    assert dots(axes) == value | derivative


def test_a_value_between_the_limits_has_its_own_dot() -> None:
    (axes,) = drawn("step:value_at_zero=0.5").axes
    assert dots(axes) == {(0.0, 0.5, True), (0.0, 0.0, False), (0.0, 1.0, False)}


def test_smooth_functions_have_no_dots() -> None:
    assert dots(drawn("elu").axes[0]) == set()


@pytest.mark.parametrize(
    ("name", "limits"),
    [("tanh", {-1.0, 1.0}), ("gelu", {1.0}), ("sigmoid", {1.0}), ("sine", set())],
)
def test_asymptotes_are_the_declared_limits(name: str, limits: set[float]) -> None:
    (axes,) = drawn(name).axes
    levels = {
        float(line.get_ydata()[0])
        for line in axes.get_lines()
        if line.get_linestyle() == ":" or (line.get_zorder() == 1 and len(line.get_ydata()) == 2)
    }
    assert levels - {0.0} == limits


def test_an_unbounded_function_is_cut_and_says_so() -> None:
    (axes,) = drawn("gelu", interval=AxisRange(-5.0, 5.0)).axes
    assert axes.get_ylim()[1] == pytest.approx(3.4)
    assert "f is cut off at 3.4" in [text.get_text() for text in axes.texts]
    (axes,) = drawn("tanh").axes
    assert axes.get_ylim() == pytest.approx((-1.15, 1.15))
    assert not any("cut" in text.get_text() for text in axes.texts)


@pytest.mark.slow
def test_ticks_are_round_numbers() -> None:
    for name in names()[::5]:
        (axes,) = drawn(name).axes
        for ticks in (axes.get_xticks(), axes.get_yticks()):
            step = ticks[1] - ticks[0]
            mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
            assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-6, (name, ticks)


# Free spots

WITHIN = Box(0.0, 0.0, 200.0, 100.0)
LEVEL = dense(np.array([[0.0, 50.0], [200.0, 50.0]]))


def level(y: float) -> Any:
    return dense(np.array([[0.0, y], [200.0, y]]))


def test_a_free_spot_is_beside_its_line() -> None:
    spot = find_spot(LEVEL, [], [], (20.0, 10.0), WITHIN)
    assert spot is not None
    assert spot.size == (20.0, 10.0)
    assert 0 < min(abs(spot.bottom - 50.0), abs(spot.top - 50.0)) <= 5


@pytest.mark.parametrize(("near", "above"), [(66.0, False), (34.0, True)])
def test_a_spot_keeps_clear_of_other_lines(near: float, above: bool) -> None:
    spot = find_spot(LEVEL, [level(near)], [], (20.0, 10.0), WITHIN)
    assert spot is not None
    assert (spot.bottom > 50.0) is above


def test_a_spot_keeps_clear_of_boxes_and_may_be_none() -> None:
    below = Box(0.0, 0.0, 200.0, 45.0)
    spot = find_spot(LEVEL, [], [], (20.0, 10.0), WITHIN, [below])
    assert spot is not None
    assert spot.bottom > 50.0
    assert (
        find_spot(LEVEL, [], [], (20.0, 10.0), WITHIN, [below, Box(0.0, 55.0, 200.0, 100.0)])
        is None
    )
    assert find_spot(LEVEL, [level(66.0), level(34.0)], [], (20.0, 10.0), WITHIN) is None
    assert find_spot(LEVEL, [], [], (20.0, 60.0), WITHIN) is None


# Several functions


def test_several_functions_share_two_panels() -> None:
    fig = drawn("gelu", "silu", "mish")
    above, below = fig.axes
    assert above.get_shared_x_axes().joined(above, below)
    assert above.get_position().y0 > below.get_position().y1
    looks = [
        [(to_hex(line.get_color()), dash_pattern(line)) for line in curve_lines(axes)]
        for axes in (above, below)
    ]
    assert looks[0] == looks[1]
    colours, dashes = zip(*looks[0], strict=True)
    assert len(set(colours)) == len(set(dashes)) == 3


@pytest.mark.parametrize(
    "specifications",
    [
        ("gelu", "silu", "mish"),
        ("gaussian", "sine", "sinc"),
        ("sigmoid", "tanh", "softsign", "arctan", "hard_tanh", "erf"),
        ("relu", "leaky_relu", "hard_shrink", "step"),
    ],
)
@pytest.mark.parametrize("width", [3.5, 4.8, 7.0])
@pytest.mark.sampled(7)
def test_the_legend_is_frameless_and_free(specifications: tuple[str, ...], width: float) -> None:
    fig = drawn(*specifications, style=Style(width=width, dpi=100))
    legend = fig.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == list(specifications)
    assert not legend.get_frame_on()
    for text, line in zip(legend.get_texts(), curve_lines(fig.axes[0]), strict=True):
        assert to_hex(text.get_color()) == to_hex(line.get_color())
    box = extent(fig, legend)
    assert not runs_through(fig.axes[0], box)
    assert box.y1 < min(extent(fig, text).y0 for text in heading_texts(fig)) + 1
    assert box.x1 <= fig.bbox.x1 + 1


@pytest.mark.parametrize(
    ("specifications", "expected"),
    [
        (("elu:alpha=0.5", "elu:alpha=2"), [r"$\alpha = 0.5$", r"$\alpha = 2$"]),
        (("elu:alpha=0.5", "elu", "relu"), [r"elu  $\alpha = 0.5$", r"elu  $\alpha = 1$", "relu"]),
        (("gelu", "elu:alpha=0.5"), ["gelu", "elu"]),
    ],
)
def test_legends_say_what_differs(specifications: tuple[str, ...], expected: list[str]) -> None:
    assert labels.differences([parse(each) for each in specifications]) == expected


def test_more_than_six_functions_are_small_multiples() -> None:
    chosen = names()[:8]
    fig = drawn(*chosen)
    shown = [axes for axes in fig.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == chosen
    assert len({axes.get_ylim() for axes in shown}) == len({axes.get_xlim() for axes in shown}) == 1
    for axes in shown:
        assert len(curve_lines(axes)) == 2


def test_one_that_outgrows_the_rest_does_not_flatten_them() -> None:
    fig = drawn("exponential", *names()[:8])
    assert fig.axes[0].get_ylim()[1] < 100


# Style


def test_nothing_of_the_users_settings_shows_and_they_stay() -> None:
    plain = _pixels(drawn("tanh"))
    mine = {"lines.marker": "x", "xtick.direction": "in", "font.size": 30.0, "text.color": "red"}
    with matplotlib.rc_context(mine):
        before = dict(matplotlib.rcParams)
        assert (_pixels(drawn("tanh")) == plain).all()
        assert dict(matplotlib.rcParams) == before


def _pixels(fig: Figure) -> Any:
    canvas = FigureCanvasAgg(fig)
    with SCREEN.applied():
        canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def test_dark_and_transparent_backgrounds() -> None:
    assert _pixels(drawn("tanh", style=Style(dpi=100, palette=DARK)))[1, 1].tolist() == [
        *bytes.fromhex(DARK.background[1:]),
        255,
    ]
    assert _pixels(drawn("tanh", style=Style(dpi=100, transparent=True)))[1, 1, 3] == 0


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
