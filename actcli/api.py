"""What Python programs call: `evaluate`, `get` and `names`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.catalogue.activation import Breakpoint, Ends, Number
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.facts import Facts
from actcli.catalogue.registry import names
from actcli.catalogue.specification import bind_formula, is_formula, parse
from actcli.errors import UsageError
from actcli.evaluating import evaluate as core
from actcli.evaluating import vectors
from actcli.numerics.dtypes import DTYPES, DType

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDERS = (0, 1, 2)


class Function:
    """A function with its parameters set: callable, with its derivatives and its facts.

    A vector function (softmax) works along `axis`, by default the last one, or that of the
    framework whose name was used. It has no second derivative, limits or breakpoints.

    >>> swish = get("silu", beta=2.0)
    >>> swish, swish.parameters
    (Function('silu:beta=2.0'), {'beta': 2.0})
    >>> swish(np.float32([-1.0, 0.0, 1.0]))
    array([-0.11920292,  0.        ,  0.8807971 ], dtype=float32)
    >>> get("softmax")(np.float64([[0, 0], [np.log(3), 0]]), axis=0)
    array([[0.25, 0.5 ],
           [0.75, 0.5 ]])
    """

    def __init__(self, bound: BoundActivation) -> None:
        self._bound = bound

    def __repr__(self) -> str:
        return f"Function({self.specification!r})"

    def __call__(
        self, x: ArrayLike, out: NDArray[Any] | None = None, *, axis: int | None = None
    ) -> Any:
        """The value at x; shapes, dtypes, accuracy and errors are those of `evaluate`."""
        return _evaluate(self._bound, x, (0,), (out,), axis)[0]

    def derivative(
        self, x: ArrayLike, out: NDArray[Any] | None = None, *, axis: int | None = None
    ) -> Any:
        """The derivative at x; at a breakpoint, that of the catalogue's convention.

        For a vector function, the gradient of the sum of its values, shaped like x.
        """
        return _evaluate(self._bound, x, (1,), (out,), axis)[0]

    def second_derivative(self, x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
        """The second derivative at x."""
        return _evaluate(self._bound, x, (2,), (out,))[0]

    @property
    def name(self) -> str:
        """The canonical name."""
        return self._bound.name

    @property
    def specification(self) -> str:
        """The name of this on the command line, with its parameters."""
        return self._bound.specification

    @property
    def parameters(self) -> Mapping[str, Number]:
        """The value of each parameter."""
        return dict(self._bound.parameters)

    @property
    def facts(self) -> Facts:
        """What is known: range, slopes, symmetry, formulas, names in frameworks, citation."""
        return self._bound.facts

    @property
    def limits(self) -> tuple[Ends, Ends]:
        """The limits of value and derivatives at -inf and +inf."""
        return self._elementwise().limits

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Where one piece ends and the next begins."""
        return self._elementwise().breakpoints

    def _elementwise(self) -> BoundActivation:
        if self._bound.activation.vector:
            raise UsageError(f"{self.name} works on vectors: it has no limits and no breakpoints")
        return self._bound


def get(name: str | Function, **parameters: Number) -> Function:
    """The function of that name, alias, framework name or specification; a Function stays itself.

    Parameters given as keywords override those of the specification or framework.
    Raises UsageError (a ValueError) for an unknown name or parameter, or a value out of its domain,
    TypeError for anything that is not a name.

    >>> get("torch.nn.functional.leaky_relu").parameters
    {'alpha': 0.01}
    """
    if parameters and isinstance(name, str) and is_formula(name):
        return Function(bind_formula(name, parameters))
    bound = name._bound if isinstance(name, Function) else parse(_checked(name))
    if parameters:
        settings = {**bound.parameters, **parameters}
        bound = bind(bound.activation, settings, bound.symbol)
    return Function(bound)


def _checked(name: object) -> str:
    """The name; TypeError for anything else, such as a framework's function itself."""
    if isinstance(name, str):
        return name
    raise TypeError(
        "a function is given by its name, 'gelu', 'elu:alpha=1.5' or 'torch.nn.functional.gelu', "
        f"not as a {type(name).__name__}"
    )


@overload
def evaluate(
    name: str | Function,
    x: ArrayLike,
    order: int = 0,
    *,
    axis: int | None = None,
    orders: None = None,
    out: NDArray[Any] | None = None,
    **parameters: Number,
) -> Any: ...
@overload
def evaluate(
    name: str | Function,
    x: ArrayLike,
    order: int = 0,
    *,
    axis: int | None = None,
    orders: Sequence[int],
    out: Sequence[NDArray[Any] | None] | None = None,
    **parameters: Number,
) -> tuple[Any, ...]: ...
def evaluate(
    name: str | Function,
    x: ArrayLike,
    order: int = 0,
    *,
    axis: int | None = None,
    orders: Sequence[int] | None = None,
    out: Any = None,
    **parameters: Number,
) -> Any:
    """A function or one of its derivatives at x.

    x: an array of any shape and layout of float16, bfloat16, float32, float64, float8_e4m3fn or
    float8_e5m2; Python numbers and integers count as float64. It is never changed.
    order: 0 for the value, 1 for the derivative, 2 for the second derivative; `orders` returns a
    tuple of several, which share their common work.
    axis: the axis that a vector function such as softmax works along, by default the last one (or
    that of the framework whose name is used). Its order 1 is the gradient of the sum of its values.
    out: an array of the result's shape and dtype to write into (with `orders`, one for each).

    Returns an array (a numpy scalar for a scalar) of x's dtype and shape (glu, maxout and crelu
    change the length along the axis): the true values, correctly rounded; of vector functions
    within 0.501 ulp in 8 to 32 bits and 2 ulp in float64.
    Raises UsageError (a ValueError) for an invalid name, parameter, order or axis, DataError (a
    ValueError) for a length that the function cannot take, TypeError for an array of another kind.

    >>> evaluate("gelu", np.float32([-5, 0, 5]), order=1)
    array([-7.1469458e-06,  5.0000000e-01,  1.0000072e+00], dtype=float32)
    >>> y, dy = evaluate("relu", [-1.0, 2.0], orders=(0, 1))
    >>> y, dy
    (array([0., 2.]), array([0., 1.]))
    >>> evaluate("sparsemax", [0.875, 0.5, -1.0, 0.875])
    array([0.45833333, 0.08333333, 0.        , 0.45833333])
    """
    bound = get(name, **parameters)._bound
    if orders is None:
        return _evaluate(bound, x, (order,), (out,), axis)[0]
    return tuple(_evaluate(bound, x, orders, out or (None,) * len(orders), axis))


def _evaluate(
    bound: BoundActivation,
    x: ArrayLike,
    orders: Sequence[int],
    outs: Sequence[NDArray[Any] | None],
    axis: int | None = None,
) -> list[Any]:
    for order in orders:
        if order not in ORDERS:
            raise UsageError(f"order {order!r} must be 0, 1 or 2")
    array, dtype = _as_supported(x)
    if bound.activation.vector:
        shapes = [bound.shape(array.shape, order, axis) for order in orders]
    elif axis is not None:
        raise UsageError(f"{bound.name} works on single numbers, so axis={axis} has no meaning")
    else:
        shapes = [array.shape] * len(orders)
    for out, shape in zip(outs, shapes, strict=True):
        if out is not None and (out.shape != shape or out.dtype != array.dtype):
            raise UsageError(
                f"out has shape {out.shape} and dtype {out.dtype}, "
                f"but must have {shape} and {array.dtype}"
            )
    if bound.activation.vector:
        columns = vectors.evaluate(bound, array, orders, dtype, axis)
    else:
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
        raise TypeError(f"x has dtype {name}; it must be integers or {', '.join(DTYPES)}")
    return array, DTYPES[name]


__all__ = ["Function", "evaluate", "get", "names"]
