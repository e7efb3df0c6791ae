"""Large float32 arrays: whichever way the core takes, the numbers are those of small ones."""

from __future__ import annotations

import numpy as np
import pytest

import actcli
from actcli.numerics import evaluate as core
from actcli.numerics import piecewise
from tests.support.compare import same

SIZE = 1 << 18
#: pieces of it small enough to be computed point by point
PIECE = core.TRIAL // 2
SCALES = {"ordinary": 4.0, "small": 0.01, "far": 300.0}


def points(scale: float) -> np.ndarray:
    x = np.random.default_rng(7).normal(0, scale, SIZE).astype(np.float32)
    x[:9] = [np.nan, np.inf, -np.inf, 0.0, -0.0, 3.4e38, -3.4e38, 1e-45, -1e-45]
    # neighbours on both sides of the middle of many intervals, and of their ends
    grid = (np.arange(-9000, 9000) / (2 * piecewise.PER_UNIT)).astype(np.float32)
    x[9 : 9 + 3 * grid.size] = np.concatenate(
        [grid, np.nextafter(grid, np.float32(9e9)), np.nextafter(grid, np.float32(-9e9))]
    )
    return x


@pytest.mark.parametrize("name", actcli.names())
def test_cubics_give_the_numbers_of_the_formulas(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = points(SCALES["ordinary"])
    small = [actcli.evaluate(name, part, orders=(0, 1, 2)) for part in x.reshape(-1, PIECE)]
    wanted = [np.concatenate(column) for column in zip(*small, strict=True)]
    # without the contest of speed, which the formulas may win
    monkeypatch.setattr(
        core, "_cubics", lambda bound, orders, *_: piecewise.tabulate(bound, orders)
    )
    monkeypatch.setattr(core, "LEFT_AT_MOST", 1.0)
    for got, want in zip(actcli.evaluate(name, x, orders=(0, 1, 2)), wanted, strict=True):
        assert same(got, want, signs=True).all()


@pytest.mark.parametrize("scale", SCALES)
def test_arrays_of_any_scale(scale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "WORTH_CUBICS", SIZE)
    x = points(SCALES[scale])
    small = np.concatenate(
        [actcli.evaluate("gelu", part, order=1) for part in x.reshape(-1, PIECE)]
    )
    assert same(actcli.evaluate("gelu", x, order=1), small, signs=True).all()


def test_numbers_for_which_the_grid_was_not_made_in_the_middle_of_an_array(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = np.concatenate([points(4.0), points(300.0), points(4.0)])
    small = np.concatenate([actcli.evaluate("erf", part) for part in x.reshape(-1, PIECE)])
    monkeypatch.setattr(
        core, "_cubics", lambda bound, orders, *_: piecewise.tabulate(bound, orders)
    )
    assert same(actcli.evaluate("erf", x), small, signs=True).all()
