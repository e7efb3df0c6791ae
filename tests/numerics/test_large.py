"""Large arrays: whichever way the core takes, the numbers are those of small ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import actcli
from actcli.catalogue.specification import parse
from actcli.evaluating import cubics, pieces, sextics
from actcli.evaluating import evaluate as core
from actcli.numerics.dtypes import DTYPES
from tests.support.compare import same

SIZES = {"float32": 1 << 15, "float64": 1 << 15}
#: pieces of it small enough to be computed by the formulas
PIECE = core.LEAST // 2
KINDS = {"float32": cubics.Cubics, "float64": sextics.Sextics}
SCALES = {"ordinary": 4.0, "small": 0.01, "far": 300.0}

dtypes = pytest.mark.parametrize("dtype", SIZES)


def points(dtype: str, scale: float) -> np.ndarray:
    x = np.random.default_rng(7).normal(0, scale, SIZES[dtype]).astype(dtype)
    x[:9] = [np.nan, np.inf, -np.inf, 0.0, -0.0, 3.4e38, -3.4e38, 1e-45, -1e-45]
    # neighbours on both sides of the middle of many intervals, and of their ends
    per_unit = cubics.PER_UNIT if dtype == "float32" else sextics.PER_UNIT
    grid = (np.arange(-4500, 4500) / (2 * per_unit)).astype(dtype)
    x[9 : 9 + 3 * grid.size] = np.concatenate(
        [grid, np.nextafter(grid, np.inf), np.nextafter(grid, -np.inf)]
    )
    return x


def by_the_formulas(name: str, x: np.ndarray, orders: tuple[int, ...]) -> list[np.ndarray]:
    small = [actcli.evaluate(name, part, orders=orders) for part in x.reshape(-1, PIECE)]
    return [np.concatenate(column) for column in zip(*small, strict=True)]


def number_by_polynomials(monkeypatch: pytest.MonkeyPatch, kind: Any) -> list[int]:
    """How many results one kind of polynomial gives from now on, call by call."""
    given = []
    original = kind.evaluate

    def counted(self, x, results, work):
        left = original(self, x, results, work)
        given.append(x.size * len(results) - sum(places.size for places in left))
        return left

    monkeypatch.setattr(kind, "evaluate", counted)
    return given


@dtypes
@pytest.mark.parametrize("name", actcli.names())
def test_polynomials_give_the_numbers_of_the_formulas(
    name: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = points(dtype, SCALES["ordinary"])
    wanted = by_the_formulas(name, x, (0, 1, 2))
    monkeypatch.setattr(core, "WORTH_A_TABLE", SIZES)
    monkeypatch.setattr(core, "WORTH_DIRECT", len(x) + 1)
    monkeypatch.setattr(core, "LEFT_AT_MOST", 1.0)
    given = number_by_polynomials(monkeypatch, KINDS[dtype])
    for got, want in zip(actcli.evaluate(name, x, orders=(0, 1, 2)), wanted, strict=True):
        assert same(got, want, signs=True).all()
    assert given


@pytest.mark.parametrize("name", ["gelu", "sinc", "sine", "gaussian"])
@pytest.mark.sampled(2)
def test_what_a_grid_leaves_is_had_by_pieces(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = points("float64", SCALES["ordinary"])
    wanted = by_the_formulas(name, x, (0, 1))
    monkeypatch.setattr(core, "WORTH_A_TABLE", SIZES)
    monkeypatch.setattr(core, "LEFT_AT_MOST", 1.0)
    monkeypatch.setattr(core, "MUCH", 1)
    given = number_by_polynomials(monkeypatch, pieces.Pieces)
    for got, want in zip(actcli.evaluate(name, x, orders=(0, 1)), wanted, strict=True):
        assert same(got, want, signs=True).all()
    assert sum(given) > 0


@dtypes
@pytest.mark.parametrize("scale", SCALES)
def test_arrays_of_any_scale(scale: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = points(dtype, SCALES[scale])
    (wanted,) = by_the_formulas("gelu", x, (1,))
    monkeypatch.setattr(core, "WORTH_A_TABLE", SIZES)
    assert same(actcli.evaluate("gelu", x, order=1), wanted, signs=True).all()


@dtypes
def test_numbers_beyond_the_grid_in_the_middle_of_an_array(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.concatenate([points(dtype, scale) for scale in (4.0, 300.0, 4.0)])
    (wanted,) = by_the_formulas("erf", x, (0,))
    monkeypatch.setattr(core, "WORTH_A_TABLE", SIZES)
    monkeypatch.setattr(core, "BLOCK", PIECE)
    assert same(actcli.evaluate("erf", x), wanted, signs=True).all()


#: One in so many numbers is compared with the formulas.
FEW = 37
#: Functions that the dtype itself computes, with parameters of their own and as formulas.
DIRECT = (
    "relu:threshold=0.5,negative_slope=0.25,max_value=3",
    "leaky_relu:alpha=0.25",
    "prelu:alpha=-0.5",
    "hard_tanh:min_val=-2",
    "soft_shrink:lambd=0.25",
    "hard_shrink:bias=0.5",
    "threshold:threshold=0.5,value=20",
    "star_relu:scale=1,bias=0",
    "max(x, 0)",
    "clip(x, -1, 2)",
    "where(x > 1, x - 1, -x)",
    "max(x, 0.25*x)",
    "x*x",
    "(x + 1)*0.5",
)


@dtypes
@pytest.mark.parametrize("specification", DIRECT)
@pytest.mark.sampled(5)
def test_the_dtype_itself_gives_the_numbers_of_the_formulas(dtype: str, specification: str) -> None:
    bound, x = parse(specification), points(dtype, SCALES["ordinary"])
    for order in (0, 1, 2):
        (got,) = core.evaluate(bound, x, (order,), DTYPES[dtype])
        (wanted,) = core.evaluate(bound, x[::FEW], (order,), DTYPES[dtype])
        assert wanted.size < core.WORTH_DIRECT
        assert same(got[::FEW], wanted, signs=True).all()


@dtypes
@pytest.mark.parametrize(
    ("name", "order", "root"),
    [
        ("snake", 2, 10.210176124166829),
        ("sine", 0, 12.566370614359172),
        ("silu", 1, -1.27846454276),
    ],
)
@pytest.mark.sampled(2)
def test_numbers_next_to_a_root(name: str, order: int, root: float, dtype: str) -> None:
    x = np.linspace(-20, 20, core.WORTH_A_TABLE[dtype], dtype=dtype)
    x[0] = root
    for place in range(2000):
        x[2 * place + 1] = np.nextafter(x[max(0, 2 * place - 1)], np.inf)
        x[2 * place + 2] = np.nextafter(x[2 * place], -np.inf)
    got = actcli.evaluate(name, x, order=order)[:4000]
    wanted = [actcli.evaluate(name, part, order=order) for part in x[:4000].reshape(-1, 500)]
    assert same(got, np.concatenate(wanted), signs=True).all()


#: Formulas that lose digits somewhere: twice as many as float64 has are not enough there.
CANCELLING = (
    "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
    "sqrt(x*x + 1e10) - sqrt(x*x)",
    "1 - tanh(x)**2",
    "log(exp(x) + exp(-x)) - abs(x)",
    "exp(-x*x)*(1 + tanh(4*x))",
    "x*tanh(log(1 + exp(x)))",
    "x*tanh(exp(x))",  # whose second derivative underflows, and keeps its sign
)


@dtypes
@pytest.mark.parametrize("formula", CANCELLING)
@pytest.mark.sampled(7)
def test_pieces_give_the_numbers_of_the_balls(
    dtype: str, formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "WORTH_A_TABLE", SIZES)
    least = float(np.finfo(dtype).tiny)
    x = np.concatenate([points(dtype, scale) for scale in (SCALES["ordinary"], 1.0, least)])
    given = number_by_polynomials(monkeypatch, pieces.Pieces)
    on_a_grid = number_by_polynomials(monkeypatch, cubics.Cubics)
    got = actcli.evaluate(formula, x, orders=(0, 1, 2))
    assert sum(given) > x.size / 4
    assert (sum(on_a_grid) > 0) == (dtype == "float32")
    for order, column in enumerate(got):
        wanted = actcli.evaluate(formula, x[::FEW], order=order)
        assert same(column[::FEW], wanted, signs=True).all()
