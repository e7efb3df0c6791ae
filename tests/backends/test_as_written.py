"""Formulas taken literally: against numpy's own small floats, step by step, and against mpmath."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from actcli.backends import get_backend
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import get_dtype
from tests.conftest import Call
from tests.oracle.truth import exactly
from tests.support.compare import same
from tests.support.formats import FORMATS, round_fraction, wide

Array = NDArray[Any]
SMALL = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")


def literal(specification: str, x: Array, order: int = 0, backend: str = "as-written") -> Array:
    """What the backend gives for numbers in their own dtype."""
    dtype = get_dtype(x.dtype.name)
    (found,) = get_backend(backend).evaluate(parse(specification), x, (order,), dtype)
    assert found.dtype == x.dtype
    assert found.shape == x.shape
    return found


def inputs(name: str) -> Array:
    """All numbers of a small format; of a wider one many of every size, and the special ones."""
    form = FORMATS[name]
    if form.bits <= 16:
        return form.all_inputs()
    random = np.random.default_rng(14)
    with np.errstate(all="ignore"):
        bits = random.integers(0, 1 << 63, 20_000, dtype=np.uint64) * 2 + 1
        patterns = (bits >> np.uint64(64 - form.bits)).astype(form.pattern).view(form.numpy)
        near = random.standard_normal(20_000).astype(form.numpy) * form.numpy.type(3)
        special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, form.smallest, form.largest])
        return np.concatenate([patterns, near, special.astype(form.numpy)])


def assert_same(got: Array, wanted: Array, x: Array) -> None:
    """Bit for bit, but for what a nan looks like."""
    a, b = wide(got), wide(wanted)
    wrong = ~same(a, b, signs=True)
    assert not wrong.any(), list(zip(wide(x)[wrong], a[wrong], b[wrong], strict=True))[:5]


def half(x: Array) -> Callable[[float], Any]:
    """Numbers of x's own type."""
    return lambda number: x.dtype.type(number)


def softsign(x: Array, n: Any) -> tuple[Array, Array]:
    below = n(1) + np.abs(x)
    y = x / below
    return y, n(1) / below + (-y / below) * np.sign(x)


def parabola(x: Array, n: Any) -> tuple[Array, Array]:
    return x * x + n(0.3) * x - n(1), (x + x) + n(0.3)


def fraction(x: Array, n: Any) -> tuple[Array, Array]:
    below = x + n(1)
    y = (x - n(1)) / below
    return y, n(1) / below + -y / below


def root(x: Array, n: Any) -> tuple[Array, Array]:
    size = np.sqrt(x * x + n(1))
    return size - x, n(1) / (n(2) * size) * (x + x) + n(-1)


def sides(x: Array, n: Any) -> tuple[Array, Array]:
    return np.where(x > n(0.1), x * n(3), x / n(7)), np.where(x > n(0.1), n(3), n(1) / n(7))


def sum_of_three(x: Array, n: Any) -> tuple[Array, Array]:
    return (n(1000) + x) - n(1000), np.ones_like(x)


def reciprocal(x: Array, n: Any) -> tuple[Array, Array]:
    y = n(1) / x
    return y, -y / x


STEPS: dict[str, Callable[[Array, Any], tuple[Array, Array]]] = {
    "x/(1+abs(x))": softsign,
    "softsign": softsign,
    "x*x + 0.3*x - 1": parabola,
    "(x-1)/(x+1)": fraction,
    "sqrt(x*x+1)-x": root,
    "where(x > 0.1, x*3, x/7)": sides,
    "1000 + x - 1000": sum_of_three,
    "1/x": reciprocal,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("formula", STEPS)
def test_each_step_is_one_operation_of_the_format(formula: str, name: str) -> None:
    """numpy and ml_dtypes have + - * / and sqrt of every format, each rounded once."""
    x = inputs(name)
    with np.errstate(all="ignore"):
        wanted = STEPS[formula](x, half(x))
    if FORMATS[name].has_infinity or "1000" not in formula:
        for order, column in enumerate(wanted):
            known = np.isfinite(wide(x)) | (order == 0)
            assert_same(literal(formula, x, order)[known], column[known], x[known])


@pytest.mark.parametrize(
    ("formula", "second"),
    [("x*x + 0.3*x - 1", 2.0), ("where(x > 0.1, x*3, x/7)", 0.0), ("x", 0.0), ("max(x, 3)", 0.0)],
)
def test_second_derivatives_that_are_constants(formula: str, second: float) -> None:
    x = np.linspace(-3, 3, 41).astype(np.float16)
    assert (literal(formula, x, 2) == second).all()


def test_the_second_derivative_of_a_square_root_step_by_step() -> None:
    x = np.linspace(0.1, 9, 200).astype(np.float16)
    one, two, y = np.float16(1), np.float16(2), np.sqrt(x)
    first = one / (two * y)
    # the derivative of 1/(2 y) is -rate/(2 y) times 2 y'
    second = -first / (two * y) * (two * first)
    assert_same(literal("sqrt(x)", x, 1), first, x)
    assert_same(literal("sqrt(x)", x, 2), second, x)


def cube_root(x: Any) -> Any:
    return mpmath.cbrt(x) if x >= 0 else -mpmath.cbrt(-x)


#: Each function by mpmath, where it is defined, and a range with all that is worth seeing.
ELEMENTARY: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "exp": (mpmath.exp, -110, 90),
    "exp2": (lambda x: mpmath.power(2, x), -150, 128),
    "expm1": (mpmath.expm1, -20, 90),
    "log": (mpmath.log, 0, 3e38),
    "log2": (lambda x: mpmath.log(x, 2), 0, 3e38),
    "log10": (mpmath.log10, 0, 3e38),
    "log1p": (mpmath.log1p, -1, 3e38),
    "cbrt": (cube_root, -1e5, 1e5),
    "sin": (mpmath.sin, -1e6, 1e6),
    "cos": (mpmath.cos, -1e6, 1e6),
    "tan": (mpmath.tan, -1e6, 1e6),
    "asin": (mpmath.asin, -1, 1),
    "acos": (mpmath.acos, -1, 1),
    "atan": (mpmath.atan, -1e6, 1e6),
    "sinh": (mpmath.sinh, -90, 90),
    "cosh": (mpmath.cosh, -90, 90),
    "tanh": (mpmath.tanh, -20, 20),
    "asinh": (mpmath.asinh, -1e6, 1e6),
    "acosh": (mpmath.acosh, 1, 1e6),
    "atanh": (mpmath.atanh, -1, 1),
    "erf": (mpmath.erf, -6, 6),
    "erfc": (mpmath.erfc, -6, 27),
    "erfinv": (mpmath.erfinv, -1, 1),
    "normal_cdf": (mpmath.ncdf, -38, 9),
    "normal_pdf": (mpmath.npdf, -38, 38),
}


def within(name: str, low: float, high: float, count: int) -> Array:
    """Numbers of a format inside a range, evenly and of every size."""
    form = FORMATS[name]
    random = np.random.default_rng(5)
    even = random.uniform(max(low, -300), min(high, 300), count)
    sizes = np.exp2(random.uniform(form.least_exponent - 1, min(20, np.log2(form.largest)), count))
    values = np.concatenate([even, sizes, -sizes])
    values = values[np.abs(values) < form.largest].astype(form.numpy)
    seen = wide(values)
    return np.asarray(values[(seen > low) & (seen < high) & (seen != 0)])


def by_mpmath(function: Callable[[Any], Any], x: Array, name: str) -> Array:
    with mpmath.workprec(1200 if name == "float64" else 300):
        found = [function(mpmath.mpf(number)) for number in wide(x).tolist()]
        rounded = [round_fraction(exactly(mpmath.mpf(value)), FORMATS[name]) for value in found]
    return np.array(rounded).astype(FORMATS[name].numpy)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("function", ELEMENTARY)
@pytest.mark.sampled(5)
def test_an_elementary_function_is_one_correct_rounding(function: str, name: str) -> None:
    compute, low, high = ELEMENTARY[function]
    x = within(name, low, high, 40 if name == "float64" else 80)
    assert_same(literal(f"{function}(x)", x), by_mpmath(compute, x, name), x)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize("function", ELEMENTARY)
def test_an_elementary_function_at_every_input(function: str, name: str) -> None:
    compute, low, high = ELEMENTARY[function]
    x = FORMATS[name].all_inputs()
    seen = wide(x)
    x = x[(seen > low) & (seen < high) & (seen != 0)]
    assert_same(literal(f"{function}(x)", x), by_mpmath(compute, x, name), x)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("exponent", [2, 3, 7, -1, -3])
def test_whole_powers_are_one_correct_rounding(exponent: int, name: str) -> None:
    """Ties included: the cube of a number of few digits is often one."""
    form = FORMATS[name]
    few = np.arange(1, 600) / 64
    x = np.concatenate([few, -few, np.random.default_rng(3).standard_normal(200) * 4])
    x = x.astype(form.numpy)
    seen = wide(x)
    wanted = [round_fraction(Fraction(number) ** exponent, form) for number in seen.tolist()]
    assert_same(literal(f"x**{exponent}", x), np.array(wanted).astype(form.numpy), x)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("formula", ["x**0.5", "x**x", "2**x", "x**-1.25"])
def test_other_powers(formula: str, name: str) -> None:
    compute: dict[str, Callable[[Any], Any]] = {
        "x**0.5": mpmath.sqrt,
        "x**x": lambda x: mpmath.power(x, x),
        "2**x": lambda x: mpmath.power(2, x),
        "x**-1.25": lambda x: mpmath.power(x, -1.25),
    }
    x = np.unique(wide(within(name, 0, 16, 60))).astype(FORMATS[name].numpy)
    assert_same(literal(formula, x), by_mpmath(compute[formula], x, name), x)


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "bfloat16"])
@pytest.mark.parametrize(
    ("formula", "ends"),
    [
        ("exp(x)", (0.0, np.inf)),
        ("log(x)", (np.nan, np.inf)),
        ("log(abs(x))", (np.inf, np.inf)),
        ("tanh(x)", (-1.0, 1.0)),
        ("erf(x)", (-1.0, 1.0)),
        ("erfc(x)", (2.0, 0.0)),
        ("normal_cdf(x)", (0.0, 1.0)),
        ("sin(x)", (np.nan, np.nan)),
        ("sqrt(x)", (np.nan, np.inf)),
        ("1/x", (-0.0, 0.0)),
        ("x - x", (np.nan, np.nan)),
        ("x**0", (1.0, 1.0)),
        ("max(x, 2)", (2.0, np.inf)),
        ("sigmoid(x)", (0.0, 1.0)),
        ("silu(x)", (np.nan, np.inf)),  # -inf divided by infinity
        ("relu(x)", (np.nan, np.inf)),  # the slope of 0 times -inf
    ],
)
def test_infinities_and_nan_are_those_of_ieee(
    formula: str, ends: tuple[float, float], name: str
) -> None:
    x = np.array([-np.inf, np.inf, np.nan]).astype(FORMATS[name].numpy)
    found = wide(literal(formula, x))
    np.testing.assert_array_equal(found[:2], ends)
    assert np.isnan(found[2]) or formula == "x**0"


def test_zeros_keep_their_signs_and_poles_have_sides() -> None:
    x = np.array([0.0, -0.0], np.float16)
    for formula, wanted in (
        ("1/x", [np.inf, -np.inf]),
        ("log(x)", [-np.inf, -np.inf]),
        ("sin(x)", [0.0, -0.0]),
        ("erf(x)", [0.0, -0.0]),
        ("erfinv(x)", [0.0, -0.0]),
        ("max(x, 0)", [0.0, 0.0]),
        ("min(x, -x)", [-0.0, -0.0]),
        ("x**3", [0.0, -0.0]),
        ("x**-1", [np.inf, -np.inf]),
    ):
        assert_same(literal(formula, x), np.array(wanted, np.float16), x)


def overflows(name: str, formula: str) -> float:
    """The least x above 0 at which the result is not finite."""
    x = FORMATS[name].all_inputs()
    seen = wide(x)
    x = x[np.isfinite(seen) & (seen > 0)]
    lost = ~np.isfinite(wide(literal(formula, x)))
    return float(wide(x)[lost].min())


def test_where_float16_overflows() -> None:
    # the largest number is 65504, its logarithm 11.0899, between the numbers 11.0859 and 11.0938
    assert np.log(65504) == pytest.approx(11.0899, abs=1e-4)
    assert overflows("float16", "exp(x)") == 11.09375
    assert wide(literal("exp(x)", np.array([11.0859375], np.float16)))[0] == 65248.0
    assert overflows("float16", "log(1+exp(x))") == 11.09375
    assert overflows("float16", "x*x") == 256.0
    assert overflows("float8_e4m3fn", "x*2") == 240.0  # 464 and more have no neighbour, and are nan
    assert overflows("float8_e5m2", "exp(x)") == 12.0  # e^10 is 22026, e^12 162755
    assert overflows("bfloat16", "exp(x)") == 89.0  # ln of the largest number is 88.72


def test_what_cancels_is_lost() -> None:
    """Step by step in numpy: the sigmoid of 8 is 1 or next to it, and the difference next to 0."""
    x = np.linspace(-12, 2, 200).astype(np.float16)
    with np.errstate(all="ignore"):
        sigmoid = np.float16(1) / (np.float16(1) + np.exp(x))
        wanted = np.float16(1) - sigmoid
    found = literal("1 - 1/(1+exp(x))", x)
    assert_same(found, wanted, x)
    assert_same(literal("1-sigmoid(-x)", x), wanted, x)
    assert (found[x < -8.5] == 0).all()
    assert ((found > 0) & (found != 1 / (1 + np.exp(-x.astype(float)))))[x > -7].all()


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float8_e5m2"])
def test_intermediate_results_in_another_dtype(name: str) -> None:
    x = FORMATS[name].all_inputs()
    x = x[np.isfinite(wide(x))]
    with np.errstate(all="ignore"):
        single = x.astype(np.float32)
        y = single / (np.float32(1) + np.abs(single))
        wanted = (y * y - np.float32(0.3)).astype(x.dtype)
    assert_same(literal("softsign(x)**2 - 0.3", x, backend="as-written@float32"), wanted, x)


def test_intermediate_results_in_a_narrower_dtype() -> None:
    x = np.linspace(-3, 3, 1001, dtype=np.float32)
    small = x.astype(ml_dtypes.bfloat16)
    wanted = (small * small + small).astype(np.float32)
    assert_same(literal("x*x + x", x, backend="as-written@bfloat16"), wanted, x)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("function", names())
@pytest.mark.sampled(3)
def test_every_function_has_every_column(function: str, name: str) -> None:
    x = np.linspace(-8, 8, 65).astype(FORMATS[name].numpy)
    backend, dtype = get_backend("as-written"), get_dtype(name)
    together = backend.evaluate(parse(function), x, (0, 1, 2), dtype)
    for order, column in enumerate(together):
        assert_same(column, literal(function, x, order), x)
    again = backend.evaluate(parse(function), x[::-1].reshape(5, 13), (0,), dtype)[0]
    assert_same(again.reshape(-1)[::-1], together[0], x)


def test_no_part_of_a_large_array_differs() -> None:
    x = np.linspace(-4, 4, 200_001, dtype=np.float32)
    whole = literal("log(1+exp(x))*tanh(x)", x)
    for start in (0, 65_535, 65_537, 199_990):
        part = x[start : start + 7]
        assert_same(literal("log(1+exp(x))*tanh(x)", part), whole[start : start + 7], part)


def test_an_empty_array_has_an_empty_result() -> None:
    assert literal("x**x + erf(x)", np.empty((0, 3), np.float64)).shape == (0, 3)


def found_by_audit(call: Call, *words: str) -> dict[str, Any]:
    outcome = call("audit", *words, "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out, parse_constant=pytest.fail)
    return found


def test_an_audit_says_from_where_it_overflows_and_where_it_cancels(call: Call) -> None:
    words = ("log(1+exp(x))", "--dtype", "float16", "--show", "y")
    value = found_by_audit(call, "as-written", *words)["columns"]["y"]
    first = np.float16(11.09375)
    assert int(value["spurious_infinity"]["first"]["x_bits"], 16) == int(first.view(np.uint16))
    assert np.isnan(literal("log(1+exp(x))", np.array([first]), 1))
    # 1 + e^x is 1 below log(2^-11) = -7.62, and the true value there is a normal number
    assert value["worst"][0]["x"] == -7.625
    assert value["worst"][0]["got"] == 0.0
    value = found_by_audit(call, "as-written@float32", *words)["columns"]["y"]
    assert value["spurious_infinity"]["first"]["x"] == pytest.approx(88.7, abs=0.1)


@pytest.mark.parametrize(
    ("formula", "dtype", "said"),
    [
        ("log(1+exp(x))", "float16", ["exp(x) overflows from x = 11.09 on",
                                      "log(1 + exp(x)) magnifies the rounding inside it: about "]),
        ("1-sigmoid(-x)", "bfloat16", [") cancels: about "]),
        ("sqrt(x*x+1)-x", "float16", ["x*x overflows from x = -256.0 and x = 256.0 on",
                                      "sqrt(x*x + 1) - x cancels: about "]),
        ("x*x*x/(1+x*x)", "float8_e5m2", ["x*x overflows from x = -260.0 and x = 260.0 on",
                                          "x*x*x overflows from x = -40.0 and x = 40.0 on"]),
        ("exp(x)/(1+exp(x))", "float64", ["exp(x) overflows from x = 709.7827128933841 on"]),
        ("log(abs(x))", "float16", []),
        ("1/x", "float32", []),
        ("tanh(x)", "bfloat16", []),
        ("exp(x)", "float16", []),
    ],
)  # fmt: skip
@pytest.mark.sampled(3)
def test_an_audit_names_what_overflows_and_what_loses_digits(
    call: Call, formula: str, dtype: str, said: list[str]
) -> None:
    words = ["as-written", formula, "--dtype", dtype, "--show", "y"]
    if FORMATS[dtype].bits > 16:
        words += ["--sample", "1000"]
    remarks = found_by_audit(call, *words)["remarks"]
    assert len(remarks) == len(said), remarks
    assert all(part in line for part, line in zip(said, remarks, strict=True)), remarks


@pytest.mark.parametrize(
    "function", ["max(x, 0)", "absolute", "hard_tanh", "clip(x, -2, 3)", "identity"]
)
@pytest.mark.sampled(5)
def test_an_audit_finds_nothing_where_nothing_is_rounded(call: Call, function: str) -> None:
    for dtype in ("float16", "float8_e4m3fn"):
        found = found_by_audit(call, "as-written", function, "--dtype", dtype, "--show", "y")
        column = found["columns"]["y"]
        assert column["correctly_rounded"] == column["inputs"]


def test_an_upstream_gradient_is_one_more_product(call: Call) -> None:
    x = FORMATS["float16"].all_inputs()
    x = x[np.isfinite(x)]
    backend, dtype = get_backend("as-written"), get_dtype("float16")
    got = backend.backward(parse("softsign"), x, 3.0, dtype)
    with np.errstate(all="ignore"):
        wanted = softsign(x, half(x))[1] * np.float16(3)
    assert_same(got, wanted, x)
    found = found_by_audit(
        call, "as-written", "softsign", "--dtype", "float16", "--upstream", "3", "--show", "dy"
    )
    assert found["rules"]["upstream"] == 3.0


def test_saturation_keeps_every_step_finite(call: Call) -> None:
    words = ("eval", "log(1+exp(x))", "20", "--backend", "as-written", "--dtype", "float16")
    assert call(*words, "--show", "y", "--format", "text").out == "inf\n"
    # 1 + 65504 is 65504 again
    outcome = call(*words, "--show", "y", "--format", "text", "--saturate")
    assert float(outcome.out) == pytest.approx(np.log(65504), abs=2**-8)


def test_all_functions_can_be_audited_at_once(call: Call) -> None:
    outcome = call("audit", "--all", "as-written", "--dtype", "float8_e5m2", "--format", "json")
    assert outcome.status == 0, outcome.err
    rows = json.loads(outcome.out)["functions"]
    assert [row["remark"] for row in rows] == [""] * len(names())


def test_a_comparison_of_a_formula_has_it_without_being_asked(call: Call) -> None:
    outcome = call("compare", "log(1+exp(x))", "-8", "12", "3", "--dtype", "float16")
    assert outcome.status == 0, outcome.err
    assert "as-written" in outcome.out.splitlines()[2]
    assert outcome.out.endswith(
        "No other backend has log(1+exp(x)); as-written computes its formula.\n"
    )
    both = call(
        "compare", "gelu", "1", "2", "3", "--backends", "as-written,as-written@float64,actcli"
    )
    assert both.status == 0, both.err
    assert both.out.count("as-written@float64") == 3


def test_a_picture_of_its_error(call: Call, tmp_path: Any) -> None:
    target = tmp_path / "a.svg"
    words = ("plot", "1-sigmoid(-x)", "-12", "4", "--backend", "as-written", "--dtype", "float16")
    outcome = call(*words, "--error", "-o", str(target))
    assert (outcome.status, outcome.err) == (0, "")
    text = target.read_text(encoding="utf-8")
    assert "as-written, float16" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("eval", "gelu", "1", "--backend", "as-written@flot16"), "unknown dtype 'flot16'"),
        (("eval", "gelu", "1", "--backend", "as-written@"), "lacks the dtype"),
        (("eval", "gelu", "1", "--backend", "as_writen"), "did you mean as-written"),
        (("eval", "gelu", "1", "--backend", "actcli@float32"), "has no options"),
        (("eval", "softmax", "1", "2", "--backend", "as-written@float32"), "has no softmax"),
        (("audit", "as-written@int8", "gelu"), "unknown dtype 'int8'"),
        (("audit", "as-written@float32"), "no function is named"),
        (("audit", "gelu", "as-written@float32"), "audit as-written@float32 gelu"),
        (("audit", "as-written", "softmax"), "softmax"),
        (("audit", "--all", "as-written@float31"), "unknown dtype 'float31'"),
        (("compare", "gelu", "--backends", "as-written@x"), "unknown dtype 'x'"),
        (("plot", "gelu", "--backend", "as-written@x", "-o", "x.svg"), "unknown dtype 'x'"),
    ],
)
def test_what_it_lacks_is_reported_in_one_line(
    call: Call, words: tuple[str, ...], said: str
) -> None:
    outcome = call(*words)
    assert (outcome.status, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_it_is_listed(call: Call) -> None:
    lines = call("backends").out.splitlines()
    (line,) = (line for line in lines if line.startswith("as-written"))
    assert line.split()[2:] == [str(len(names())), "y,dy,d2y", "all"]
    assert "as-written[@DTYPE]" in call("eval", "--help").out
