"""Functions in characters: dots where the curves are, all of them told apart, within the width."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.analysis import plain_names, sampling
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.interval import AxisRange, between, default_interval
from actcli.api import evaluate
from actcli.backends import get_backend
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.plotting.characters import screen
from actcli.plotting.characters.looks import DARK, DASHES, MARKS, NAMED, PLAIN
from actcli.plotting.characters.panel import Curve
from actcli.plotting.characters.runs import Drawing
from actcli.plotting.characters.screen import MOST_TOGETHER, Screen
from tests.support.braille import canvas_of, dots, draw

#: How many places the true curve is looked at in a column of dots.
DENSE = 40


def curves(*specifications: str, start: float | None = None, stop: float | None = None):
    bounds = [parse(each) for each in specifications]
    seen = default_interval(bounds)
    if start is not None and stop is not None:
        seen = between(start, stop)
    return [sampling.sample(bound, seen, get_backend("actcli")) for bound in bounds]


def exhibits(*specifications: str, start: float | None = None, stop: float | None = None):
    return [Exhibit(one) for one in curves(*specifications, start=start, stop=stop)]


def shown(*specifications: str, width: int = 72, unicode: bool = True) -> list[str]:
    return screen.draw(exhibits(*specifications), Screen(width, unicode=unicode)).plain()


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(names()),
    order=st.integers(0, 1),
    start=st.floats(-20, 20),
    length=st.sampled_from([1e-3, 0.3, 4.0, 30.0]),
    width=st.integers(24, 100),
    height=st.integers(5, 25),
)
def test_every_dot_is_within_half_a_cell_of_the_curve_and_none_is_missing(
    name: str, order: int, start: float, length: float, width: int, height: int
) -> None:
    (one,) = curves(name, start=start, stop=start + length)
    column = one.columns[order]
    finite = column[np.isfinite(column)]
    low, high = float(finite.min()), float(finite.max())
    if not high - low > 1e-6 * max(abs(low), abs(high)):
        low, high = low - 1.0, high + 1.0
    picture = draw([Curve("", one.x, column)], width=width, height=height, y_limits=(low, high))
    rows = canvas_of(picture.plain())
    set_dots = dots(rows)
    side = next(line for line in picture.plain() if "┤" in line or "│" in line)
    across = 2 * (width - 1 - max(side.find("┤"), side.find("│")))
    down = 4 * height

    # The true curve, in dots, as straight pieces that cross no breakpoint.
    places = np.linspace(0.0, across - 1.0, DENSE * (across - 1) + 1)
    x = start + places / (across - 1.0) * length
    y = np.asarray(evaluate(name, x, order=order))
    true = (high - y) / (high - low) * (down - 1.0)
    ends = [point.x for point in one.bound.breakpoints]
    joined = np.ones(len(x) - 1, dtype=bool)
    for end in ends:
        joined &= ~((x[:-1] <= end) & (end <= x[1:]))
    for dot_column, dot_row in set_dots:
        near = np.abs(places - dot_column) <= 1.0 + 1e-9
        at = true[near]
        passes = joined[near[:-1] & near[1:]]
        left, right = true[:-1][near[:-1] & near[1:]], true[1:][near[:-1] & near[1:]]
        within = np.abs(at - dot_row) <= 2.0
        crossed = (
            passes & (np.minimum(left, right) <= dot_row) & (dot_row <= np.maximum(left, right))
        )
        assert within.any() or crossed.any(), (dot_column, dot_row)
    jumping = [end for end in ends if start <= end <= start + length]
    for dot_column in range(across):
        middle = true[dot_column * DENSE]
        beside = any(
            abs((end - start) / length * (across - 1) - dot_column) <= 1 for end in jumping
        )
        if 0 <= middle <= down - 1 and not beside:
            assert any(
                abs(dot_row - middle) <= 2.0
                for column, dot_row in set_dots
                if abs(column - dot_column) <= 1
            ), dot_column


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [10, 20, 40, 72, 100, 500])
@pytest.mark.parametrize(
    "specifications",
    [
        ("tanh",),
        ("hard_sigmoid",),
        ("gelu", "silu", "mish"),
        ("elu:alpha=0.5", "elu:alpha=2", "relu"),
        tuple(names()[:MOST_TOGETHER]),
        tuple(names()[: MOST_TOGETHER + 1]),
        tuple(names()),
    ],
    ids=lambda value: value if isinstance(value, int) else str(len(value)),
)
@pytest.mark.sampled(9)
def test_no_line_is_wider_than_it_may_be_or_ends_in_blanks(
    specifications: tuple[str, ...], width: int, unicode: bool
) -> None:
    lines = shown(*specifications, width=width, unicode=unicode)
    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert unicode or "".join(lines).isascii()


@pytest.mark.parametrize(
    ("start", "stop"), [(1e6, 1e6 + 1), (-1e-30, 1e-30), (-1e300, 1e300), (1e9, 1e9 + 0.01)]
)
@pytest.mark.parametrize("name", ["identity", "exponential", "tanh", "softplus", "step"])
def test_axes_far_out_and_close_up_have_labels_that_differ(
    name: str, start: float, stop: float
) -> None:
    lines = screen.draw(exhibits(name, start=start, stop=stop), Screen(72)).plain()
    assert max(map(len, lines)) <= 72
    ticks = lines[-1].split()
    assert lines[-2].count("┬") == len(ticks) >= 2
    assert len(set(ticks)) == len(ticks)
    for left, right in pairwise(map(float, ticks)):
        assert start <= left < right <= stop


def test_a_nan_leaves_a_gap() -> None:
    one = screen.draw(exhibits("exponential", start=-1000, stop=1000), Screen(72)).plain()
    right = [column for column, _ in dots(canvas_of(one))]
    assert max(right) < 2 * 72 * 0.9
    assert not dots(
        canvas_of(screen.draw(exhibits("exponential", start=800, stop=900), Screen(72)).plain())
    )


def test_a_jump_has_no_riser() -> None:
    drawn = dots(canvas_of(shown("step", width=60)))
    assert {row for _, row in drawn} == {0, 4 * 15 - 1}


def test_the_axis_reaches_to_the_limits_and_no_further() -> None:
    rows = canvas_of(shown("sigmoid"))
    labelled = [line for line in shown("sigmoid") if "┤" in line]
    assert labelled[0].split()[0] == "1.0"
    assert labelled[-1].split()[0] == "0.0"
    assert {0, 4 * len(rows) - 1} <= {row for _, row in dots(rows)}


def test_a_curve_that_leaves_the_frame_is_marked() -> None:
    assert "f(x), cut off" in shown("silu")[0]
    assert "cut off" not in "".join(shown("sigmoid"))
    given_limits = screen.draw(exhibits("gelu"), Screen(72), AxisRange(-1.0, 2.0)).plain()
    assert "cut off" not in "".join(given_limits)
    assert next(line for line in given_limits if "┤" in line).split()[0] == "2"


def test_several_functions_stand_over_their_derivatives() -> None:
    lines = shown("gelu", "silu", "mish", width=90)
    assert [word for word in lines[0].split() if word.isalpha()] == ["gelu", "silu", "mish"]
    headings = [number for number, line in enumerate(lines) if line.strip() in ("f(x)", "f'(x)")]
    assert [lines[number].strip() for number in headings] == ["f(x)", "f'(x)"]
    feet = [line for line in lines if "└" in line]
    assert len(feet) == 2
    assert feet[0] == feet[1]


def test_curves_that_run_together_take_turns() -> None:
    picture = screen.draw(exhibits("exponential"), Screen(72))
    styles = {style for line in picture.lines[1:] for _, style in line}
    assert {NAMED.orders[0], NAMED.orders[1]} <= styles
    marks = "".join(canvas_text(shown("exponential", unicode=False)))
    assert "****...." in marks


def canvas_text(lines: list[str]) -> list[str]:
    return [line.partition("|")[2] or line.partition("+")[2] for line in lines[1:]]


@pytest.mark.parametrize(
    ("specifications", "expected"),
    [
        (("elu:alpha=0.5", "elu:alpha=2"), ["alpha=0.5", "alpha=2.0"]),
        (("elu:alpha=0.5", "elu", "relu"), ["elu:alpha=0.5", "elu:alpha=1.0", "relu"]),
        (("gelu", "elu:alpha=0.5"), ["gelu", "elu"]),
    ],
)
def test_names_say_what_differs(specifications: tuple[str, ...], expected: list[str]) -> None:
    assert plain_names.differences([parse(each) for each in specifications]) == expected


def test_lines_are_told_apart_without_colour() -> None:
    assert len(set(DASHES)) == MOST_TOGETHER <= len(set(MARKS))
    for unicode in (True, False):
        first, *_ = shown(*names()[:3], unicode=unicode)
        samples = [entry.split()[0] for entry in first.split("   ") if entry.strip()]
        assert len(set(samples)) == len(samples)


def test_many_functions_have_panels_of_their_own() -> None:
    every = names()
    lines = shown(*every, width=100)
    text = "\n".join(lines)
    words = text.split()
    assert all(name in words for name in every)
    assert text.count("└") == len(every)


def test_small_panels_show_what_is_bounded_whole() -> None:
    functions = exhibits("tanh", "gelu", "silu", "mish", "elu", "relu6", "softplus", "step")
    lines = screen.draw(functions, Screen(30)).plain()
    first = next(number for number, line in enumerate(lines) if line.strip() == "tanh")
    drawn = dots(canvas_of(lines[first : first + 9]))
    columns = {column for column, _ in drawn}
    assert len(columns) > 0.95 * (max(columns) + 1)
    bottom = max(row for column, row in drawn if column < 6)
    assert bottom > max(row for column, row in drawn if column > 40)


def test_a_picture_fits_the_window() -> None:
    for specifications in (("tanh",), ("gelu", "silu", "mish")):
        for height in (18, 24, 30):
            assert (
                len(screen.draw(exhibits(*specifications), Screen(100, most_lines=height)).plain())
                <= height
            )


@pytest.mark.parametrize("background", ["#ffffff", "#000000"])
def test_colours_read_on_white_and_on_black(background: str) -> None:
    for colour in (*PLAIN.orders, *PLAIN.functions):
        assert contrast(colour, background) >= 3
    if background == "#000000":
        assert all(contrast(colour, background) >= 4.5 for colour in DARK.functions)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    weights = (0.2126, 0.7152, 0.0722)
    return sum(weight * part for weight, part in zip(weights, linear, strict=True))


def test_equal_neighbours_are_one_run() -> None:
    picture: Drawing = screen.draw(exhibits("gelu", "silu", "mish"), Screen(100))
    for line in picture.lines:
        assert all(left.style != right.style for left, right in pairwise(line))
