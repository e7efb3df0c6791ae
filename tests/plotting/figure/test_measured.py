"""What an implementation really gives, drawn: its points, its steps, its marks, its errors."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from actcli.analysis.exhibit import prepare
from actcli.analysis.interval import AxisRange
from actcli.analysis.measured import Implementation, MeasuredColumn, thinned
from actcli.analysis.view import View
from actcli.backends import BACKENDS, get_backend
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES, get_dtype
from actcli.plotting.figure.measured_marks import INFINITE, LOST, NOT_A_NUMBER, steps
from actcli.plotting.figure.style import Style
from tests.conftest import Call
from tests.support.figures import drawn, extent, runs_through
from tests.support.formats import FORMATS

SEEN = AxisRange(-6.0, 6.0)
BELOW_ERRORS = View(errors=True)


def implementation(dtype: str = "float32", backend: str = "actcli") -> Implementation:
    return Implementation(get_backend(backend), get_dtype(dtype))


def columns(
    specification: str, dtype: str, interval: AxisRange = SEEN, backend: str = "actcli"
) -> dict[int, MeasuredColumn]:
    chosen = implementation(dtype, backend)
    return dict(chosen.measure(parse(specification), interval, (0, 1)).columns)


# Where it is looked at


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2"])
def test_every_number_of_eight_bits_is_looked_at(dtype: str) -> None:
    form = DTYPES[dtype]
    with np.errstate(invalid="ignore"):
        every = np.arange(256, dtype=np.uint8).view(form.numpy).astype(np.float64)
    inside = np.unique(every[(every >= -6) & (every <= 6)])
    assert columns("gelu", dtype)[0].x.tolist() == inside.tolist()


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_points_are_numbers_of_the_dtype_in_order(dtype: str) -> None:
    x = columns("hard_sigmoid", dtype)[0].x
    assert (x.astype(DTYPES[dtype].numpy).astype(np.float64) == x).all()
    assert (np.diff(x) > 0).all()
    assert (x[0], x[-1]) == (-6.0, 6.0)


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_values_are_those_of_the_function_there(dtype: str) -> None:
    for order, column in columns("mish", dtype).items():
        x = column.x
        gate = np.tanh(np.log1p(np.exp(x)))
        true = gate + x * (1 - gate**2) / (1 + np.exp(-x)) if order else x * gate
        # half an ulp, and in float64 what cancels in these sums
        room = 0.51 * np.abs(true) * 2.0 ** -FORMATS[dtype].mantissa_bits
        room += 1e-14 + FORMATS[dtype].smallest / 2
        assert (np.abs(column.values - true) <= room).all()


def test_a_number_of_points_is_kept_to() -> None:
    chosen = implementation("float32").measure(parse("tanh"), SEEN, (0,), number=10)
    assert chosen.columns[0].x.tolist() == np.linspace(-6, 6, 10, dtype=np.float32).tolist()


def test_thinning_keeps_what_is_extreme() -> None:
    random = np.random.default_rng(1)
    x = np.linspace(0.0, 1.0, 50_000)
    values, errors = random.standard_normal((2, len(x)))
    values[777], errors[12_345], errors[23_456] = np.nan, np.nan, np.inf
    whole = MeasuredColumn(x, values, values, errors)
    kept = thinned(whole, AxisRange(0.0, 1.0))
    assert len(kept.x) < 6000
    assert set(kept.x) <= set(x)
    assert {x[0], x[-1], x[777], x[12_345], x[23_456]} <= set(kept.x)
    for name in ("values", "errors"):
        few, all_of_them = getattr(kept, name), getattr(whole, name)
        finite = all_of_them[np.isfinite(all_of_them)]
        assert {finite.min(), finite.max()} <= set(few)


def test_steps_change_midway() -> None:
    x, y = steps(np.array([0.0, 1.0, 3.0]), np.array([5.0, math.inf, 7.0]))
    assert x.tolist() == [0.0, 0.5, 0.5, 2.0, 2.0, 3.0]
    assert np.array_equal(y, [5.0, 5.0, np.nan, np.nan, 7.0, 7.0], equal_nan=True)


# What is drawn


def curves_of(axes: Axes) -> list[Line2D]:
    """The lines of the true values and of those measured, not the marks."""
    return [line for line in axes.get_lines() if line.get_zorder() == 2]


def marks(axes: Axes, kind: str) -> list[Line2D]:
    return [line for line in axes.get_lines() if line.get_gid() == kind]


def test_steps_lie_over_the_thin_true_curve() -> None:
    (axes,) = drawn("tanh", implementation=implementation("float8_e5m2")).axes
    true, measured, true_slope, slope = curves_of(axes)
    assert true.get_linewidth() < measured.get_linewidth()
    x = true.get_xdata()
    assert np.allclose(true.get_ydata(), np.tanh(x), atol=1e-15)
    assert np.allclose(true_slope.get_ydata(), 1 / np.cosh(x) ** 2, atol=1e-15)
    drawn_values = set(measured.get_ydata())
    assert drawn_values == set(columns("tanh", "float8_e5m2", AxisRange(-4.0, 4.0))[0].values)
    assert slope.get_linestyle() == "--"


def test_exact_zeros_are_marked_where_the_true_value_is_not_zero() -> None:
    (axes,) = drawn(
        "exponential",
        interval=AxisRange(-20.0, 2.0),
        implementation=implementation("float8_e4m3fn"),
    ).axes
    marked = marks(axes, LOST)[0].get_xdata()
    # exp(x) is below half the smallest number, 2^-10, from here on.
    assert len(marked) > 3
    assert max(marked) <= math.log(2.0**-10)
    assert not marks(drawn("relu", implementation=implementation("float8_e4m3fn")).axes[0], LOST)


@pytest.mark.parametrize(
    ("dtype", "kind", "largest"),
    [("float8_e4m3fn", NOT_A_NUMBER, 448.0), ("float8_e5m2", INFINITE, 57344.0)],
)
def test_what_overflows_is_a_gap_with_marks(dtype: str, kind: str, largest: float) -> None:
    (axes,) = drawn(
        "exponential", interval=AxisRange(0.0, 20.0), implementation=implementation(dtype)
    ).axes
    marked = marks(axes, kind)[0].get_xdata()
    assert len(marked) > 1
    assert min(marked) > math.log(largest)
    _, measured, *_ = curves_of(axes)
    assert np.nanmax(measured.get_ydata()) <= largest
    assert np.isnan(measured.get_ydata()[-1])
    assert axes.get_ylim()[1] < 2 * largest


def test_the_legend_tells_who_computed_and_what_marks_mean() -> None:
    (axes,) = drawn(
        "exponential", interval=AxisRange(-20.0, 20.0), implementation=implementation("float8_e5m2")
    ).axes
    legend = axes.get_legend()
    assert legend is not None
    words = {text.get_text() for text in legend.get_texts()}
    assert {"float8_e5m2", "true value", LOST, INFINITE} <= words
    assert NOT_A_NUMBER not in words
    other = drawn("tanh", implementation=implementation(backend="tensorflow-2.0"))
    texts = other.axes[0].get_legend().get_texts()
    assert texts[0].get_text() == "tensorflow-2.0, float32"


@pytest.mark.parametrize("name", names()[::4])
@pytest.mark.parametrize("width", [3.5, 4.8])
@pytest.mark.sampled(15)
def test_names_stand_free_of_steps(name: str, width: float) -> None:
    fig = drawn(
        name,
        style=Style(width=width, dpi=100),
        epsilon=0.01,
        implementation=implementation("float8_e4m3fn"),
        view=BELOW_ERRORS,
    )
    axes = fig.axes[0]
    for text in axes.texts:
        box = extent(fig, text)
        assert not runs_through(axes, box), text.get_text()
        assert not any(
            box.overlaps(extent(fig, other)) for other in axes.texts if other is not text
        )
    for panel in fig.axes:
        box = extent(fig, panel.yaxis.label)
        assert fig.bbox.x0 <= box.x0
    labels = [extent(fig, panel.yaxis.label) for panel in fig.axes[1:]]
    for above, below in pairwise(labels):
        assert not above.overlaps(below)


# Errors


def error_dots(axes: Axes) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
        for line in axes.get_lines()
        if line.get_zorder() == 2 and line.get_gid() is None
    ]


def test_a_panel_of_errors_for_each_column() -> None:
    fig = drawn("sigmoid", implementation=implementation("float16"), view=BELOW_ERRORS)
    axes, value, slope = fig.axes
    assert axes.get_position().y0 > value.get_position().y1 > slope.get_position().y1
    for panel in (value, slope):
        ((_, errors),) = error_dots(panel)
        assert 0.45 < np.abs(errors).max() <= 0.5
        assert panel.get_yscale() == "linear"
        assert panel.get_xlim() == axes.get_xlim()
    fig = drawn("sigmoid", implementation=implementation("float16"), orders=(1,), view=BELOW_ERRORS)
    assert len(fig.axes) == 2


def test_errors_are_those_of_the_emulation() -> None:
    fig = drawn(
        "sigmoid",
        interval=AxisRange(-10.0, 0.0),
        implementation=implementation(backend="tensorflow-2.0"),
        view=BELOW_ERRORS,
    )
    ((x, errors),) = error_dots(fig.axes[1])
    # The tutorial's number at -10, where an ulp is 2^-38.
    assert x[0] == -10.0
    assert errors[0] == pytest.approx((4.5418739e-05 - 1 / (1 + math.exp(10))) * 2**38, abs=1)
    true = 1 / (1 + np.exp(-x))
    spacing = np.spacing(true.astype(np.float32)).astype(np.float64)
    got = true + errors * spacing
    assert np.abs(got - got.astype(np.float32)).max() < 1e-10
    assert fig.axes[1].get_yscale() == "symlog"
    assert "ulp, at" in fig.axes[1].get_title(loc="right")


def test_several_functions_share_panels_of_errors() -> None:
    fig = drawn("gelu", "silu", implementation=implementation("float8_e5m2"), view=BELOW_ERRORS)
    assert len(fig.axes) == 4
    for panel in fig.axes[2:]:
        shown = [line for line in panel.get_lines() if line.get_zorder() == 2]
        assert len(shown) == 2
        assert shown[0].get_marker() != shown[1].get_marker()


def test_wrong_nan_and_infinity_are_marked() -> None:
    class Broken:
        name = "broken"
        version = "1.0"

        def check(self, *_: object) -> None:
            """Nothing is missing."""

        def evaluate(self, bound: object, x: np.ndarray, orders: object, dtype: object) -> list:
            y = np.where(x < -4, np.nan, np.where(x > 4, np.inf, np.tanh(x)))
            return [np.where(np.abs(x) < 0.5, -np.inf, y).astype(x.dtype)]

    fig = drawn(
        "tanh",
        orders=(0,),
        interval=SEEN,
        implementation=Implementation(Broken(), get_dtype("float32")),
        view=BELOW_ERRORS,
    )
    curve, errors = fig.axes
    legend = curve.get_legend()
    assert legend is not None
    assert legend.get_texts()[0].get_text() == "broken 1.0, float32"
    for axes in (curve, errors):
        (nan,) = marks(axes, NOT_A_NUMBER)
        assert max(nan.get_xdata()) < -4
        up, down = marks(axes, INFINITE)
        assert (up.get_marker(), down.get_marker()) == ("^", "v")
        assert min(up.get_xdata()) > 4
        assert np.abs(down.get_xdata()).max() < 0.5


def test_right_overflow_is_not_an_error() -> None:
    for dtype in ("float8_e4m3fn", "float8_e5m2", "float16"):
        fig = drawn(
            "exponential",
            interval=AxisRange(0.0, 300.0),
            implementation=implementation(dtype),
            view=BELOW_ERRORS,
        )
        for panel in fig.axes[1:]:
            assert not marks(panel, NOT_A_NUMBER) + marks(panel, INFINITE)


# The command


@pytest.mark.parametrize("backend", list(BACKENDS))
@pytest.mark.sampled(5)
def test_every_backend_is_drawn_or_says_what_it_lacks(
    call: Call, backend: str, tmp_path: Path
) -> None:
    target = tmp_path / "a.svg"
    result = call("plot", "relu", "--backend", backend, "--error", "-o", str(target))
    if result.status:
        assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
        assert backend.partition("[")[0] in result.err
    assert target.exists() is (result.status == 0)
    assert result.status == 0 or BACKENDS[backend].name not in ("actcli", "tensorflow-2.0")


@pytest.mark.parametrize("dtype", list(DTYPES))
@pytest.mark.parametrize("functions", [("gelu",), ("gelu", "relu"), tuple(names()[:7])])
@pytest.mark.sampled(17)
def test_every_dtype_can_be_drawn(
    call: Call, dtype: str, functions: tuple[str, ...], tmp_path: Path
) -> None:
    target = f"{tmp_path}/a.png"
    errors = ["--error"] if len(functions) < 7 else []
    result = call("plot", *functions, "--dtype", dtype, *errors, "--dpi", "40", "-o", target)
    assert (result.status, result.err) == (0, "")


@pytest.mark.slow
def test_the_whole_range_of_a_dtype_can_be_drawn(call: Call, tmp_path: Path) -> None:
    for dtype, end in (("float8_e5m2", "57344"), ("bfloat16", "3e38"), ("float32", "1e300")):
        result = call(
            "plot", "gelu", f"-{end}", end, "--dtype", dtype, "--error", "-o", f"{tmp_path}/a.png"
        )
        assert (result.status, result.err) == (0, "")


def test_pictures_show_nothing_measured_by_default() -> None:
    assert prepare(parse("gelu"), SEEN).measured is None
