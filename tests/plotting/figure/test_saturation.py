"""Bands of saturation: where they end, by other ways of finding it, and how they are named."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from actcli.analysis import sampling
from actcli.analysis.interval import AxisRange, default_interval
from actcli.analysis.saturation import Stretch, saturation
from actcli.analysis.view import View
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.plotting.figure.bands import ZERO_SLOPE
from actcli.plotting.figure.style import Style
from tests.support.figures import CORE, drawn, extent, runs_through


def bands(
    specification: str,
    interval: AxisRange | None = None,
    epsilon: float = 0.01,
    number: int = sampling.POINTS,
) -> tuple[Stretch, ...]:
    bound = parse(specification)
    seen = interval or default_interval([bound])
    return saturation(sampling.sample(bound, seen, CORE, number), CORE, epsilon).stretches


def sigmoid_end(epsilon: float) -> float:
    """Where y (1 - y) = epsilon."""
    y = (1 - math.sqrt(1 - 4 * epsilon)) / 2
    return math.log(y / (1 - y))


def gelu_end(epsilon: float) -> float:
    return float(
        mpmath.findroot(
            lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x) + epsilon, (-4, -2), solver="anderson"
        )
    )


@pytest.mark.parametrize("epsilon", [0.01, 1e-3, 0.1])
@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("sigmoid", sigmoid_end),
        ("tanh", lambda epsilon: -math.atanh(math.sqrt(1 - epsilon))),
        ("elu", math.log),
        ("softplus", lambda epsilon: math.log(epsilon / (1 - epsilon))),
        ("gelu", gelu_end),
    ],
)
def test_bands_end_at_roots(name: str, end: Callable[[float], float], epsilon: float) -> None:
    left = bands(name, AxisRange(-20.0, 20.0), epsilon)[0]
    assert left.start == -20.0
    assert left.stop == pytest.approx(end(epsilon), rel=1e-11)
    assert not left.flat


@pytest.mark.parametrize("number", [2, 3, 100, 5000])
def test_bands_do_not_depend_on_the_points_looked_at(number: int) -> None:
    for name in ("sigmoid", "mish", "hard_silu", "sinc"):
        usual, other = bands(name), bands(name, number=number)
        assert len(usual) == len(other)
        assert np.allclose(
            [(band.start, band.stop) for band in usual],
            [(band.start, band.stop) for band in other],
            rtol=1e-11,
        )


def test_dips_between_two_points_are_found() -> None:
    # The derivative of snake, 1 + sin 2x, touches zero at every x = -pi/4 + k pi.
    found = bands("snake", AxisRange(-300.0, 300.0), epsilon=1e-4)
    touched = [-math.pi / 4 + k * math.pi for k in range(-95, 96)]
    assert len(found) == len(touched)
    for band, x in zip(found, touched, strict=True):
        assert band.start < x < band.stop
        assert band.stop - band.start == pytest.approx(math.sqrt(2 * 1e-4), rel=1e-3)


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ("relu", [Stretch(-3.0, 0.0, True)]),
        ("hard_sigmoid", [Stretch(-5.0, -3.0, True), Stretch(3.0, 5.0, True)]),
        ("hard_shrink", [Stretch(-0.5, 0.5, True)]),
        ("step", [Stretch(-3.0, 3.0, True)]),
        ("leaky_relu", []),
        ("leaky_relu:0.001", [Stretch(-3.0, 0.0, False)]),
        ("identity", []),
    ],
)
def test_flat_pieces(specification: str, expected: list[Stretch]) -> None:
    assert list(bands(specification)) == expected


@pytest.mark.parametrize(("start", "stop"), [(700.0, 900.0), (-900.0, -800.0)])
def test_what_only_underflows_is_not_flat(start: float, stop: float) -> None:
    for name in ("sigmoid", "tanh", "erf"):
        assert bands(name, AxisRange(start, stop)) == (Stretch(start, stop, False),)


@pytest.mark.parametrize("width", [3.5, 4.8])
@pytest.mark.parametrize("name", names())
@pytest.mark.sampled(13)
def test_names_of_bands_stand_free(name: str, width: float) -> None:
    fig = drawn(name, style=Style(width=width, dpi=100), epsilon=0.01)
    (axes,) = fig.axes
    found = bands(name)
    kinds = {band.flat for band in found}
    inside, remarks = band_names(axes)
    assert len(inside) + sum("grey" in text.get_text() for text in remarks) == len(kinds)
    for text in inside:
        box = extent(fig, text)
        assert not runs_through(axes, box)
        for other in axes.texts:
            assert other is text or not box.overlaps(extent(fig, other))
        pixels = [
            axes.transData.transform([(band.start, 0.0), (band.stop, 0.0)])[:, 0]
            for band in found
            if band.flat == (text.get_text() == ZERO_SLOPE)
        ]
        assert any(left <= box.x0 and box.x1 <= right for left, right in pixels)
        assert axes.bbox.y0 < box.y0
        assert box.y1 < axes.bbox.y1
    for text in remarks:
        box = extent(fig, text)
        assert fig.bbox.x0 <= box.x0
        assert box.x1 <= fig.bbox.x1 + 1
        assert not box.overlaps(extent(fig, axes.xaxis.label))


def band_names(axes: Axes) -> tuple[list[Text], list[Text]]:
    """The names that stand in bands, and the remarks below the axes."""
    words = [text for text in axes.texts if "<" in text.get_text() or ZERO_SLOPE in text.get_text()]
    remarks = [text for text in axes.texts if "grey" in text.get_text() or "cut" in text.get_text()]
    return [text for text in words if text not in remarks], remarks


def test_bands_are_drawn_below_everything() -> None:
    (axes,) = drawn("sigmoid", epsilon=0.01).axes
    drawn_bands = [patch for patch in axes.patches if patch.get_gid() == "saturation"]
    assert len(drawn_bands) == 2
    assert {to_rgba(patch.get_facecolor())[3] for patch in drawn_bands} == {0.06}
    assert max(patch.get_zorder() for patch in drawn_bands) < 0.5  # of the grid


def test_formats_without_transparency_get_an_opaque_tint() -> None:
    style = Style().suited_to("eps")
    (axes,) = drawn("sigmoid", style=style, epsilon=0.01).axes
    red, green, blue, alpha = to_rgba(axes.patches[0].get_facecolor())
    assert alpha == 1.0
    assert 0.9 < red == green == blue < 1.0


def test_several_functions_have_no_bands() -> None:
    for axes in drawn("sigmoid", "tanh", view=View()).axes:
        assert not axes.patches


def test_stretches_that_no_picture_shows_are_not_looked_for() -> None:
    wide = AxisRange(-6.0, 6.0)
    assert bands("sine:omega=1e6", wide) == ()
    assert bands("snake:alpha=1e6", wide) == ()
    assert len(bands("sine:omega=20", wide)) > 10
