"""Pictures in characters: what is drawn where, and what never is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.plotting.characters.axis import limits, tick_labels, ticks
from actcli.plotting.characters.canvas import (
    BRAILLE_BITS,
    BRAILLE_BLANK,
    DASHED,
    Canvas,
    path,
    pieces,
)
from actcli.plotting.characters.panel import Curve
from actcli.plotting.characters.runs import Run, merged
from tests.support.braille import canvas_of, dots, draw

NAN = np.nan


def test_every_dot_of_a_braille_cell_has_its_own_bit() -> None:
    canvas = Canvas(1, 1)
    for column in range(2):
        for row in range(4):
            canvas.set(column, row, 0)
    assert canvas.character((0, 0), "*") == "⣿"
    assert {bit for pair in BRAILLE_BITS for bit in pair} == {1 << n for n in range(8)}


def test_dots_outside_the_canvas_are_left_out() -> None:
    canvas = Canvas(3, 2)
    for column, row in ((-1, 0), (0, -1), (6, 0), (0, 8)):
        canvas.set(column, row, 0)
    assert not canvas.dots


def test_a_column_breaks_at_its_nans() -> None:
    y = np.array([NAN, 1.0, 2.0, NAN, NAN, 3.0, NAN])
    assert [y[piece].tolist() for piece in pieces(y)] == [[1.0, 2.0], [3.0]]
    assert pieces(np.array([NAN, NAN])) == []


def test_a_line_is_one_dot_a_column() -> None:
    frame = Canvas(20, 5).frame(0, 1, 0, 1)
    ends = np.array([0.0, 1.0])
    drawn = list(path(frame, ends, ends))
    assert [column for column, _ in drawn] == list(range(40))
    assert drawn[0] == (0, 19)
    assert drawn[-1] == (39, 0)


def test_a_steep_line_has_no_gap_and_no_doubled_dot() -> None:
    frame = Canvas(5, 5).frame(0, 1, 0, 1)
    ends = np.array([0.0, 1.0])
    drawn = list(path(frame, ends, ends))
    assert len(drawn) == len(set(drawn))
    assert sorted(row for _, row in drawn) == list(range(20))
    for (column, row), (next_column, next_row) in pairwise(drawn):
        assert abs(next_column - column) <= 1
        assert abs(next_row - row) <= 1


def test_a_turn_between_two_columns_is_reached() -> None:
    frame = Canvas(5, 5).frame(0, 9, 0, 1)
    x = np.array([0.0, 4.0, 4.4, 4.6, 5.0, 9.0])
    y = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    assert min(row for _, row in path(frame, x, y)) == 0


@given(st.lists(st.floats(-2, 2) | st.just(NAN), min_size=2, max_size=60))
def test_a_path_is_connected_and_stays_at_its_own_columns(values: list[float]) -> None:
    y = np.array(values)
    x = np.linspace(-1, 1, len(y))
    frame = Canvas(15, 6).frame(-1, 1, -1, 1)
    for piece in pieces(y):
        drawn = list(path(frame, x[piece], y[piece]))
        columns = sorted({column for column, _ in drawn})
        assert columns == list(range(columns[0], columns[-1] + 1))
        ends = np.floor(frame.column(x[piece][[0, -1]]) + 0.5)
        assert (columns[0], columns[-1]) == tuple(ends)


def test_a_jump_stays_open() -> None:
    x = np.array([-1.0, -1e-9, 0.0, 1e-9, 1.0])
    y = np.array([0.0, 0.0, NAN, 1.0, 1.0])
    rows = canvas_of(draw([Curve("y", x, y)], width=40, height=10).plain())
    drawn = dots(rows)
    assert {row for _, row in drawn} == {0, 39}
    low = [column for column, row in drawn if row == 39]
    high = [column for column, row in drawn if row == 0]
    assert max(low) < min(high) <= max(low) + 2


def test_a_point_alone_is_a_dot() -> None:
    x = np.array([-1.0, 0.0, 0.0, 0.0, 1.0])
    y = np.array([0.0, NAN, 0.5, NAN, 1.0])
    assert len(dots(canvas_of(draw([Curve("y", x, y)], width=40, height=9).plain()))) == 3


def test_the_derivative_is_dashed_three_on_two_off() -> None:
    x = np.linspace(0, 1, 201)
    curve = Curve("dy", x, np.zeros(201), dash=DASHED)
    rows = canvas_of(draw([curve], width=43, height=5, y_limits=(-1, 1)).plain())
    columns = sorted(column for column, _ in dots(rows))
    assert columns == [column for column in range(80) if column % 5 < 3]


def test_the_legend_names_every_curve() -> None:
    x = np.linspace(-1, 1, 101)
    for unicode in (True, False):
        curves = [Curve("f(x)", x, x), Curve("f'(x)", x, x * 0 + 1, dash=DASHED, mark=".")]
        legend = draw(curves, width=60, unicode=unicode).plain()[0]
        assert "f(x)" in legend
        assert "f'(x)" in legend
    assert "**** f(x)" in legend
    assert ".... f'(x)" in legend


def test_a_long_legend_takes_several_lines() -> None:
    x = np.linspace(-1, 1, 101)
    curves = [Curve(f"function{number}", x, x) for number in range(7)]
    lines = draw(curves, width=50, height=5).plain()
    legend = lines[: -5 - 2]
    assert len(legend) == 4
    assert max(map(len, lines)) <= 50
    assert [name for line in legend for name in line.split()[1::2]] == [c.name for c in curves]


def test_ascii_is_ascii_and_braille_has_no_blank_cells() -> None:
    x = np.linspace(-5, 5, 501)
    curves = [Curve("f", x, np.tanh(x)), Curve("g", x, 1 - np.tanh(x) ** 2, dash=DASHED, mark=".")]
    assert "".join(draw(curves, unicode=False).plain()).isascii()
    assert chr(BRAILLE_BLANK) not in "".join(draw(curves).plain())


@pytest.mark.parametrize("unicode", [True, False])
@settings(deadline=None)
@given(
    width=st.integers(10, 120),
    height=st.integers(3, 30),
    scale=st.sampled_from([1e-300, 1e-6, 0.1, 1.0, 250.0, 1e6, 1e300]),
)
def test_a_picture_keeps_to_its_size(unicode: bool, width: int, height: int, scale: float) -> None:
    x = np.linspace(-3, 4, 301)
    curves = [
        Curve("f", x, np.tanh(x) * scale, "blue"),
        Curve("g", x, x * scale, "red", dash=DASHED),
    ]
    picture = draw(curves, width=width, height=height, unicode=unicode)
    lines = picture.plain()
    assert len(lines) in (height + 3, height + 4)  # in little room the legend takes two
    assert all(line == line.rstrip() for line in lines)
    assert max(map(len, lines)) <= width


def test_what_is_not_finite_is_left_out_and_other_values_may_leave_the_frame() -> None:
    x = np.linspace(-1, 1, 101)
    y = np.where(x > 0, np.inf, x)
    assert draw([Curve("y", x, y)]).plain()
    assert draw([Curve("y", x, x * np.nan)]).plain()
    assert draw([Curve("y", x, x * 1e300)], y_limits=(-1, 1)).plain()


def test_neighbours_of_one_style_are_one_run_and_ends_are_not_blank() -> None:
    line = [Run("a", "red"), Run("b", "red"), Run(" "), Run("c", "red"), Run("d"), Run("  ")]
    assert merged(line) == (Run("ab c", "red"), Run("d"))
    assert merged([Run("  "), Run("")]) == ()


def test_a_rich_picture_reads_like_the_plain_one() -> None:
    x = np.linspace(-1, 1, 101)
    picture = draw([Curve("y", x, x, "blue")])
    assert [line.plain for line in picture.rich()] == picture.plain()


@given(st.floats(-1e6, 1e6), st.sampled_from([1e-9, 0.37, 12.0, 1e9]), st.integers(3, 20))
def test_ticks_are_few_and_within(position: float, width: float, most: int) -> None:
    low = position * width
    values = ticks(low, low + width, most)
    assert len(values) <= most
    slack = 1e-6 * width
    assert all(low - slack <= value <= low + width + slack for value in values)


def test_ticks_are_round() -> None:
    assert ticks(-6, 6, 7) == [-6, -4, -2, 0, 2, 4, 6]
    assert ticks(-0.3, 0.3, 4) == [-0.2, 0.0, 0.2]
    assert tick_labels(ticks(-0.1, 0.35, 10)) == [
        "-0.10",
        "-0.05",
        "0.00",
        "0.05",
        "0.10",
        "0.15",
        "0.20",
        "0.25",
        "0.30",
        "0.35",
    ]
    assert tick_labels([0.0, 1e7]) == ["0", "1e7"]


def test_limits_are_never_equal() -> None:
    assert limits([np.zeros(3)]) == (-1.0, 1.0)
    assert limits([np.full(3, 5.0)]) == (0.0, 10.0)
    assert limits([np.array([NAN])]) == (-1.0, 1.0)
