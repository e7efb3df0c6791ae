"""The elementary functions, operators and conditions of formulas, an entry for each.

An entry holds everything that those who walk a tree need:

- `smooth`: whether the function of the same name in `actcli.language.taylor` has its Taylor
  coefficients at a ball; `actcli.language.balls` handles operators and branches.
- `numpy(np, *arguments)`: its values in numpy, by default those of numpy's function of that name.
- `derivatives`: the partial derivatives in each argument, as formulas of the arguments u, v, w and
  the result y.
- `breaks`: formulas of u, v, w, at whose roots it is not smooth.
- `mathtext`, `latex`: templates with {0}, {1}, ... for the arguments, the latter derived from the
  former by default; `tensorflow` is its name there.
- `precedence` and `operator`, if it is an operator.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

#: How tightly operators bind, as in Python; a call or a name binds most tightly.
CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)


class Elementary:
    """One entry. It takes `count` arguments, whose names are `keywords`.

    It is not a dataclass: creating that class takes longer than parsing most formulas.
    """

    name: str
    numpy: Callable[..., Any]
    smooth: bool = False  # `actcli.language.taylor` has its coefficients
    derivatives: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    count: int = 1
    keywords: tuple[str, ...] = ("x",)
    condition: bool = False
    conditions: int = 0  # how many of its first arguments are conditions
    precedence: int = ATOM
    operator: str = ""
    mathtext: str = ""
    latex: str = ""
    tensorflow: str = ""

    def __init__(self, name: str, numpy: Callable[..., Any] | None = None, **more: Any) -> None:
        assert more.keys() <= Elementary.__annotations__.keys()
        named = numpy or (lambda np, *arguments: getattr(np, name)(*arguments))
        vars(self).update(more, name=name, numpy=named)
        self.latex = self.latex or self.mathtext.replace(r"\mathrm", r"\operatorname")

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _operator(name: str, operator: str, precedence: int, **more: Any) -> Elementary:
    return Elementary(name, operator=operator, precedence=precedence, count=2, keywords=(), **more)


ADD = _operator("add", "+", SUM, derivatives=("1", "1"))
SUBTRACT = _operator("subtract", "-", SUM, derivatives=("1", "-1"))
MULTIPLY = _operator("multiply", "*", PRODUCT, derivatives=("v", "u"))
DIVIDE = _operator("divide", "/", PRODUCT, derivatives=("1/v", "-y/v"))
NEGATIVE = Elementary("negative", derivatives=("-1",), precedence=SIGN, operator="-", keywords=())


def _power(np: Any, a: Any, b: Any) -> Any:
    # as floats, of which 0 to a negative power is a pole with the sign of IEEE 754
    a = np.asarray(a, np.result_type(a, b))
    if np.any(np.equal(b, 0.5)):  # numpy then takes the square root, which is -0 at -0
        a = a + np.zeros_like(a)
    return np.power(a, b)


POWER_OF = Elementary(
    "pow",
    _power,
    derivatives=("v*u**(v - 1)", "where(u == 0, 0, log(u)*y)"),
    aliases=("power",),
    count=2,
    keywords=("x", "y"),
    precedence=POWER,
    operator="**",
)


def _comparison(name: str, operator: str) -> Elementary:
    return _operator(name, operator, COMPARISON, condition=True, breaks=("u - v",))


LESS = _comparison("less", "<")
LESS_EQUAL = _comparison("less_equal", "<=")
GREATER = _comparison("greater", ">")
GREATER_EQUAL = _comparison("greater_equal", ">=")
EQUAL = _comparison("equal", "==")
NOT_EQUAL = _comparison("not_equal", "!=")
BOTH = _operator("logical_and", "and", AND, condition=True, conditions=2)
EITHER = _operator("logical_or", "or", OR, condition=True, conditions=2)
NEITHER = Elementary(
    "logical_not", condition=True, conditions=1, precedence=NOT, operator="not ", keywords=()
)
WHERE = Elementary(
    "where",
    aliases=("select",),
    count=3,
    conditions=1,
    keywords=("condition", "x", "y"),
    tensorflow="tf.where",
)


def _function(name: str, derivative: str, numpy: Any = None, **more: Any) -> Elementary:
    more.setdefault("tensorflow", f"tf.math.{name}")
    return Elementary(name, numpy, derivatives=(derivative,), smooth=True, **more)


def _erf(np: Any, a: Any) -> Any:
    from actcli.arithmetic import plain

    return plain.erf(np.asarray(a, np.float64))


def _normal_cdf(np: Any, a: Any) -> Any:
    from actcli.arithmetic import plain

    return plain.normal_cdf(np.asarray(a, np.float64))


def _erfc(np: Any, a: Any) -> Any:
    from actcli.arithmetic import plain

    return 2 * plain.normal_cdf(np.asarray(a, np.float64) * -(2.0**0.5))


def _logistic(np: Any, a: Any) -> Any:
    import numpy

    e = np.exp(-numpy.abs(a))
    return np.where(a >= 0, 1.0, e) / (1 + e)


def _erfinv(np: Any, a: Any) -> Any:
    """erfinv by balls, since numpy lacks it."""
    from actcli.language.taylor import erfinv_of_floats

    return erfinv_of_floats(np.asarray(a, np.float64))


MATHEMATICAL = (
    _function("exp", "y", tensorflow="tf.exp", mathtext=r"e^{{{0}}}"),
    _function("exp2", "y*log(2)", mathtext=r"2^{{{0}}}"),
    _function("expm1", "exp(u)", mathtext=r"e^{{{0}}}-1"),
    _function("log", "1/u", aliases=("ln",), mathtext=r"\ln({0})"),
    _function("log2", "1/(u*log(2))",
              mathtext=r"\log_{{2}}({0})", tensorflow="tf.experimental.numpy.log2"),
    _function("log10", "1/(u*log(10))",
              mathtext=r"\log_{{10}}({0})", tensorflow="tf.experimental.numpy.log10"),
    _function("log1p", "1/(1 + u)", mathtext=r"\ln(1+{0})"),
    _function("sqrt", "1/(2*y)", tensorflow="tf.sqrt", mathtext=r"\sqrt{{{0}}}"),
    _function("cbrt", "1/(3*y*y)",
              mathtext=r"\sqrt[3]{{{0}}}", tensorflow="tf.experimental.numpy.cbrt"),
    _function("sin", "cos(u)", tensorflow="tf.sin", mathtext=r"\sin({0})"),
    _function("cos", "-sin(u)", tensorflow="tf.cos", mathtext=r"\cos({0})"),
    _function("tan", "1 + y*y", tensorflow="tf.tan", mathtext=r"\tan({0})"),
    _function("asin", "1/sqrt(1 - u*u)", lambda np, a: np.arcsin(a), aliases=("arcsin",),
              mathtext=r"\arcsin({0})"),
    _function("acos", "-1/sqrt(1 - u*u)", lambda np, a: np.arccos(a), aliases=("arccos",),
              mathtext=r"\arccos({0})"),
    _function("atan", "1/(1 + u*u)", lambda np, a: np.arctan(a), aliases=("arctan",),
              mathtext=r"\arctan({0})"),
    _function("sinh", "cosh(u)", mathtext=r"\sinh({0})"),
    _function("cosh", "sinh(u)", mathtext=r"\cosh({0})"),
    _function("tanh", "1 - y*y", tensorflow="tf.tanh", mathtext=r"\tanh({0})"),
    _function("asinh", "1/sqrt(u*u + 1)", lambda np, a: np.arcsinh(a), aliases=("arcsinh",),
              mathtext=r"\mathrm{{arsinh}}({0})"),
    _function("acosh", "1/sqrt(u*u - 1)", lambda np, a: np.arccosh(a), aliases=("arccosh",),
              mathtext=r"\mathrm{{arcosh}}({0})"),
    _function("atanh", "1/(1 - u*u)", lambda np, a: np.arctanh(a), aliases=("arctanh",),
              mathtext=r"\mathrm{{artanh}}({0})"),
    _function("erf", "2/sqrt(pi)*exp(-u*u)", _erf, mathtext=r"\mathrm{{erf}}({0})"),
    _function("erfc", "-2/sqrt(pi)*exp(-u*u)", _erfc, mathtext=r"\mathrm{{erfc}}({0})"),
    _function("erfinv", "sqrt(pi)/2*exp(y*y)", _erfinv, mathtext=r"\mathrm{{erf}}^{{-1}}({0})"),
    _function("normal_cdf", "exp(-u*u/2)/sqrt(2*pi)", _normal_cdf, aliases=("ndtr",),
              tensorflow="normal_cdf", mathtext=r"\Phi({0})"),
    _function("normal_pdf", "-u*y", lambda np, a: np.exp(-0.5 * (a * a)) * 0.3989422804014327,
              tensorflow="normal_pdf", mathtext=r"\varphi({0})"),
)  # fmt: skip

ABSOLUTE = Elementary(
    "abs",
    derivatives=("sign(u)",),
    breaks=("u",),
    aliases=("absolute", "fabs"),
    mathtext="|{0}|",
    latex=r"\left|{0}\right|",
    tensorflow="tf.abs",
)
SIGN_OF = Elementary(
    "sign",
    derivatives=("0",),
    breaks=("u",),
    aliases=("sgn",),
    mathtext=r"\mathrm{{sign}}({0})",
    tensorflow="tf.sign",
)
FLOOR = Elementary(
    "floor",
    derivatives=("0",),
    breaks=("sin(pi*u)",),
    mathtext=r"\lfloor {0}\rfloor",
    latex=r"\left\lfloor {0}\right\rfloor",
    tensorflow="tf.floor",
)
CEIL = Elementary(
    "ceil",
    derivatives=("0",),
    breaks=("sin(pi*u)",),
    mathtext=r"\lceil {0}\rceil",
    latex=r"\left\lceil {0}\right\rceil",
    tensorflow="tf.math.ceil",
)
ROUND = Elementary(
    "round",
    lambda np, a: np.rint(a),
    derivatives=("0",),
    breaks=("cos(pi*u)",),
    aliases=("rint",),
    mathtext=r"\mathrm{{round}}({0})",
    tensorflow="tf.round",
)
MINIMUM = Elementary(
    "min",
    lambda np, a, b: np.minimum(a, b),
    derivatives=(
        "where(u < v, 1, where(u == v, 0.5, 0))",
        "where(v < u, 1, where(u == v, 0.5, 0))",
    ),
    breaks=("u - v",),
    aliases=("minimum", "fmin"),
    count=2,
    keywords=("x", "y"),
    mathtext=r"\min({0},{1})",
    tensorflow="tf.minimum",
)
MAXIMUM = Elementary(
    "max",
    lambda np, a, b: np.maximum(a, b),
    derivatives=(
        "where(u > v, 1, where(u == v, 0.5, 0))",
        "where(v > u, 1, where(u == v, 0.5, 0))",
    ),
    breaks=("u - v",),
    aliases=("maximum", "fmax"),
    count=2,
    keywords=("x", "y"),
    mathtext=r"\max({0},{1})",
    tensorflow="tf.maximum",
)
CLIP = Elementary(
    "clip",
    lambda np, a, low, high: np.minimum(np.maximum(a, low), high),
    derivatives=(
        "where(u <= v, 0, where(u >= w, 0, 1))",
        "where(u <= v, where(v < w, 1, 0), 0)",
        "where(u <= v, where(v < w, 0, 1), where(u >= w, 1, 0))",
    ),
    breaks=("u - v", "u - w"),
    aliases=("clamp", "clip_by_value"),
    count=3,
    keywords=("x", "min", "max"),
    mathtext=r"\min(\max({0},{1}),{2})",
    tensorflow="tf.clip_by_value",
)
#: 1/(1 + exp(-u)) and log(1 + exp u), which evaluators recognise; they cannot be typed.
LOGISTIC = Elementary("logistic", _logistic, derivatives=("y*(1 - y)",), smooth=True)
SOFTPLUS = Elementary(
    "softplus", lambda np, a: np.logaddexp(0.0, a), derivatives=("y",), smooth=True
)
OPERATORS = (ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE)
CONDITIONS = (LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, BOTH, EITHER, NEITHER)
FUNCTIONS = (
    *MATHEMATICAL, POWER_OF, WHERE, ABSOLUTE, SIGN_OF, FLOOR, CEIL, ROUND, MINIMUM, MAXIMUM, CLIP,
)  # fmt: skip
CONSTANTS = ("pi", "e", "inf")
#: Prefixes of these functions in pasted code.
MODULES = (
    "np", "numpy", "math", "torch", "tf", "tf.math", "tf.nn", "jnp", "jax", "jax.numpy", "jax.lax",
    "lax", "jax.scipy.special", "scipy.special", "special", "torch.special", "sympy", "cupy", "cp",
    "mx", "F", "torch.nn.functional", "K", "keras.ops", "ops", "tensorflow", "tensorflow.math",
    "tf.experimental.numpy",
)  # fmt: skip


@cache
def by_name() -> dict[str, Elementary]:
    """The functions by each of their names."""
    return {name: entry for entry in FUNCTIONS for name in (entry.name, *entry.aliases)}


def find_elementary(word: str) -> Elementary | None:
    """The function of that name, with or without the prefix of a module.

    >>> find_elementary("np.exp"), find_elementary("torch.arcsin"), find_elementary("relu")
    (<exp>, <asin>, None)
    """
    module, _, name = word.rpartition(".")
    return by_name().get(name) if not module or module in MODULES else None
