"""What Python programs call: `evaluate`, `get` and `names`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.catalogue.activation import Activation, Breakpoint, Ends, Number
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import names
from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from actcli.numerics import evaluate as core
from actcli.numerics.dtypes import DTYPES, DType

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDERS = (0, 1, 2)


class Function:
    """An activation with its parameters set: callable, with its derivatives and its facts.

    >>> swish = get("silu", beta=2.0)
    >>> swish, swish.parameters
    (Function('silu:beta=2.0'), {'beta': 2.0})
    >>> swish(np.float32([-1.0, 0.0, 1.0]))
    array([-0.11920292,  0.        ,  0.8807971 ], dtype=float32)
    """

    def __init__(self, bound: BoundActivation) -> None:
        self._bound = bound

    def __repr__(self) -> str:
        return f"Function({self.specification!r})"

    def __call__(self, x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
        """The value at x; shapes, dtypes, bounds and errors are those of `evaluate`."""
        return _evaluate(self._bound, x, (0,), (out,))[0]

    def derivative(self, x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
        """The derivative at x, at a breakpoint the one by the catalogue's convention."""
        return _evaluate(self._bound, x, (1,), (out,))[0]

    def second_derivative(self, x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
        """The second derivative at x."""
        return _evaluate(self._bound, x, (2,), (out,))[0]

    @property
    def name(self) -> str:
        """The canonical name."""
        return self._bound.name

    @property
    def specification(self) -> str:
        """What names this on the command line."""
        return self._bound.specification

    @property
    def parameters(self) -> Mapping[str, Number]:
        """The value of each parameter."""
        return dict(self._bound.parameters)

    @property
    def facts(self) -> Activation:
        """The declaration: formulas, range, names in frameworks, citation and the rest."""
        return self._bound.activation

    @property
    def limits(self) -> tuple[Ends, Ends]:
        """Limits of value and derivatives at -inf and +inf."""
        return self._bound.limits

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Where one piece ends and the next begins."""
        return self._bound.breakpoints


def get(name: str, **parameters: Number) -> Function:
    """The activation of that name, alias, framework name or specification.

    Parameters given as keywords override those of the specification or framework.
    Raises UsageError (a ValueError) for an unknown name or parameter, or a value out of its domain.

    >>> get("torch.nn.functional.leaky_relu").parameters
    {'alpha': 0.01}
    """
    bound = parse(name)
    if parameters:
        bound = bind(bound.activation, {**bound.parameters, **parameters}, bound.symbol)
    return Function(bound)


@overload
def evaluate(
    name: str,
    x: ArrayLike,
    order: int = 0,
    *,
    orders: None = None,
    out: NDArray[Any] | None = None,
    **parameters: Number,
) -> Any: ...
@overload
def evaluate(
    name: str,
    x: ArrayLike,
    order: int = 0,
    *,
    orders: Sequence[int],
    out: Sequence[NDArray[Any] | None] | None = None,
    **parameters: Number,
) -> tuple[Any, ...]: ...
def evaluate(
    name: str,
    x: ArrayLike,
    order: int = 0,
    *,
    orders: Sequence[int] | None = None,
    out: Any = None,
    **parameters: Number,
) -> Any:
    """An activation or one of its derivatives at x.

    x: an array of any shape and layout of float16, bfloat16, float32, float64, float8_e4m3fn or
    float8_e5m2; Python numbers and integers count as float64. It is never changed.
    order: 0 for the value, 1 for the derivative, 2 for the second derivative; `orders` gives
    several at once as a tuple, which shares their common work.
    out: an array of x's shape and dtype to write into (with `orders`, one for each).

    Returns an array (a numpy scalar for a scalar) of x's dtype and shape: the true value,
    correctly rounded in 8 and 16 bits, within 0.501 ulp in float32 (1 ulp next to a root), within
    2 ulp in float64 (4 for the second derivative).
    Raises UsageError (a ValueError) for a name, parameter or order that is none, TypeError for an
    array of another kind.

    >>> evaluate("gelu", np.float32([-5, 0, 5]), order=1)
    array([-7.1469458e-06,  5.0000000e-01,  1.0000072e+00], dtype=float32)
    >>> y, dy = evaluate("relu", [-1.0, 2.0], orders=(0, 1))
    >>> y, dy
    (array([0., 2.]), array([0., 1.]))
    """
    bound = get(name, **parameters)._bound
    if orders is None:
        return _evaluate(bound, x, (order,), (out,))[0]
    return tuple(_evaluate(bound, x, orders, out or (None,) * len(orders)))


def _evaluate(
    bound: BoundActivation, x: ArrayLike, orders: Sequence[int], outs: Sequence[NDArray[Any] | None]
) -> list[Any]:
    for order in orders:
        if order not in ORDERS:
            raise UsageError(f"order {order!r} must be 0, 1 or 2")
    array, dtype = _as_supported(x)
    for out in outs:
        if out is not None and (out.shape != array.shape or out.dtype != array.dtype):
            raise UsageError(
                f"out has shape {out.shape} and dtype {out.dtype}, "
                f"but must have {array.shape} and {array.dtype}"
            )
    columns = core.evaluate(bound, array, orders, dtype)
    results: list[Any] = []
    for column, out in zip(columns, outs, strict=True):
        if out is not None:
            out[...] = column
            results.append(out)
        else:
            results.append(column.astype(array.dtype, copy=False)[()])
    return results


def _as_supported(x: ArrayLike) -> tuple[NDArray[Any], DType]:
    array = np.asarray(x)
    if array.dtype.kind in "iub":
        array = array.astype(np.float64)
    name = array.dtype.name
    if name not in DTYPES:
        raise TypeError(f"x has dtype {name}; this takes {', '.join(DTYPES)} and integers")
    return array, DTYPES[name]


__all__ = ["Function", "evaluate", "get", "names"]
