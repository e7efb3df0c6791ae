"""For tests: `assert_accurate` holds a function to the true values.

>>> import numpy as np
>>> from actcli.testing import assert_accurate
>>> assert_accurate(np.tanh, "tanh", dtype="float16", max_ulp=1)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from actcli.api import Function, get
from actcli.auditing.audit import Amount, Audit, audit_backend
from actcli.auditing.audit_facts import facts
from actcli.auditing.findings import Findings, Tally
from actcli.auditing.judge import Rules
from actcli.auditing.regions import NOT_FINITE
from actcli.backends.base import Backend
from actcli.backends.callable import ENGINES, UserFunction, made
from actcli.backends.with_derivative import WithDerivative
from actcli.catalogue.registry import elementwise_only
from actcli.columns import ORDERS
from actcli.errors import DataError, UsageError, unknown
from actcli.numerics.dtypes import DType, get_dtype

#: How many inputs of float32 and float64 are chosen at random unless the test says otherwise.
SAMPLE = 1 << 17


def assert_accurate(
    function: Callable[..., Any],
    spec: str | Function,
    *,
    dtype: object = "float32",
    max_ulp: float = 1.0,
    orders: Sequence[int] = (0,),
    framework: str = "numpy",
    derivative: Callable[..., Any] | None = None,
    sample: int = SAMPLE,
    finite: bool = False,
    flush_subnormals: bool = False,
    cast: bool = False,
) -> None:
    """Raise AssertionError if a function is further from the true values than `max_ulp`.

    `function` is called with a one-dimensional array of at most 2^16 numbers and returns an array
    of the same shape and dtype; with `cast` one of another dtype is rounded once. `dtype` is a
    name, or the dtype of numpy or a framework.
    A parameter of `spec` is passed by keyword if the function takes it. `framework` is numpy,
    torch, jax or tensorflow: whose arrays it takes, and what differentiates it. `derivative` is the
    derivative of a numpy function, called with x. `orders` are what is judged: 0 the value, 1 the
    derivative, 2 the second derivative.

    The inputs are all of 8 and 16 bits; of float32 and float64 those that `actcli points` writes
    and `sample` more, spread evenly over the bit patterns: the same ones every time. The error is
    that of `actcli audit`, |got - true| / ulp(true); a nan or an infinity that is wrong, or
    missing, is always too much. With `finite` only finite inputs count: torch and jax have 0, not
    nan, as the derivative of relu at nan. With `flush_subnormals` 0 may stand for subnormal
    numbers. At a kink any derivative between the one-sided ones is right.

    The message is the report of `actcli audit`, with the worst inputs. It is also an AssertionError
    if the function raises, changes its input, or returns another shape or dtype. UsageError (a
    ValueError) for a test that makes no sense: an unknown spec, dtype or framework, a derivative
    that nobody gives.

    >>> import numpy as np
    >>> def my_relu(x):
    ...     return np.maximum(x, x.dtype.type(0))
    >>> assert_accurate(my_relu, "relu", dtype="bfloat16", max_ulp=0.5)
    >>> assert_accurate(np.exp, "exponential", max_ulp=3, orders=(0, 1), derivative=np.exp)
    """
    __tracebackhide__ = True
    bound = get(spec)._bound
    if bound.activation.vector:
        raise elementwise_only(bound.name)
    number = get_dtype(_name(dtype))
    columns = _columns(orders)
    if not max_ulp >= 0:
        raise UsageError(f"max_ulp must be at least 0, not {max_ulp!r}")
    if sample < 1:
        raise UsageError(f"sample must be at least 1, not {sample!r}")
    backend = _backend(function, derivative, framework, orders, cast)
    rules = Rules(tolerance=max_ulp, flush=flush_subnormals)
    amount = Amount(number=sample) if number.bits > 16 else None
    try:
        audit = audit_backend(backend, bound, number, rules, columns, amount, in_turn=True)
    except DataError as error:
        raise AssertionError(str(error)) from None
    for column, found in audit.columns.items():
        judged = _finite(found) if finite else found.whole
        if judged.wrong or judged.ulp.largest > max_ulp:
            raise AssertionError(_message(audit, backend.name, column, judged, max_ulp))


class _Given(UserFunction):
    """A function that is given itself, not by its name."""

    without_derivative = "give derivative=, or framework='torch', 'jax' or 'tensorflow'"

    def __init__(self, function: Callable[..., Any], framework: str, cast: bool) -> None:
        name = getattr(function, "__name__", type(function).__name__)
        home = getattr(function, "__module__", None) or "test"
        word = f"{home}:{name if name.isidentifier() else 'function'}"
        super().__init__(f"{word}@{framework}", cast)
        self.name = f"{home}:{name}"
        self.target = made(function, self.name)

    def _other_engine(self) -> str:
        if self.engine.name != "numpy" or not super()._other_engine():
            return ""
        return "; it was called with a numpy array: framework= says whose arrays it takes"

    @property
    def other_framework(self) -> str:
        return f"framework={self.engine.name!r} says whose arrays it takes and returns"

    def unlike(self, got: str, dtype: DType, word: str) -> str:
        return super().unlike(got, dtype, word).replace("--cast", "cast=True")


def _name(dtype: object) -> str:
    """The name of a dtype of numpy or a framework, or the name itself.

    >>> import numpy as np
    >>> _name("bfloat16"), _name(np.float16), _name(np.dtype("float32"))
    ('bfloat16', 'float16', 'float32')
    """
    if isinstance(dtype, str):
        return dtype
    named = getattr(dtype, "__name__", None) or getattr(dtype, "name", None) or dtype
    return str(named).removeprefix("torch.")


def _columns(orders: Sequence[int]) -> list[str]:
    if not orders or any(order not in ORDERS.values() for order in orders):
        raise UsageError(f"orders are some of (0, 1, 2), as (0, 1), not {orders!r}")
    return [name for name, order in ORDERS.items() if order in orders]


def _backend(
    function: Callable[..., Any],
    derivative: Callable[..., Any] | None,
    framework: str,
    orders: Sequence[int],
    cast: bool,
) -> Backend:
    for given in (function, derivative):
        if given is not None and not callable(given):
            raise UsageError(f"a function is needed, not {given!r}")
    if framework not in ENGINES:
        raise unknown("framework", framework, ENGINES)
    backend = _Given(function, framework, cast)
    if derivative is None:
        return backend
    if 1 in backend.orders:
        raise UsageError(f"{framework} differentiates the function; leave derivative= out")
    if 2 in orders:
        raise UsageError("derivative= is the first one, so order 2 cannot be judged")
    return WithDerivative(backend, _Given(derivative, framework, cast))


def _finite(found: Findings) -> Tally:
    """What was found at finite inputs."""
    tally = Tally()
    for code, region in found.regions.items():
        if code != NOT_FINITE:
            tally.add(region)
    return tally


def _message(audit: Audit, name: str, column: str, judged: Tally, limit: float) -> str:
    from actcli.auditing.audit_card import amount, lay_out

    error = f"up to {amount(judged.ulp.largest)} ulp off, more than max_ulp={limit:g}"
    if judged.wrong:
        inputs = "1 input" if judged.wrong == 1 else f"{judged.wrong:,} inputs"
        error = f"wrong at {inputs} in a way that ulp cannot express"
    report = lay_out(facts(audit.request, audit.columns), None, True)
    lines = [f"{name} has {column} {error}", *(line.plain.rstrip() for line in report)]
    return "\n".join(lines)
