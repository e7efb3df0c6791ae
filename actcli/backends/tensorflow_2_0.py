"""TensorFlow 2.0's float32 CPU kernels (AVX, no FMA), emulated bit for bit.

That release evaluated sigmoid and tanh as Eigen's rational functions in float32, each product and
sum rounded, eight values at a time, and the rest of an array with the C library. These are the
numbers in a tutorial of 2019, not the true values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from actcli.backends.base import Backend, Dependence
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType

Floats = NDArray[np.float32]
VECTOR = 8  # float32 values in an AVX register

#: Coefficients of Eigen's rational approximations, highest power of u = x^2 first.
SIGMOID_NUMERATOR = (
    4.37031012579801e-11, 1.15627324459942e-07, 6.08574864600143e-05, 8.51377133304701e-03,
    2.48287947061529e-01,
)  # fmt: skip
SIGMOID_DENOMINATOR = (
    6.10247389755681e-13, 5.76102136993427e-09, 6.29106785017040e-06, 1.70198817374094e-03,
    1.16817656904453e-01, 9.93151921023180e-01,
)  # fmt: skip
TANH_NUMERATOR = (
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08,
    1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03,
)  # fmt: skip
TANH_DENOMINATOR = (
    1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03,
)  # fmt: skip


def _horner(u: Floats, coefficients: Sequence[float]) -> Floats:
    total = np.full_like(u, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * u + np.float32(coefficient)
    return total


def _rational(
    x: Floats, limit: float, numerator: Sequence[float], denominator: Sequence[float]
) -> Floats:
    """x P(u)/Q(u) with u = x^2 and x clamped; nan stays nan."""
    x = np.clip(x, np.float32(-limit), np.float32(limit))
    u = x * x
    quotient: Floats = (x * _horner(u, numerator)) / _horner(u, denominator)
    return quotient


def _sigmoid(x: Floats, vector: NDArray[np.bool_], alpha: float) -> Floats:
    fast = _rational(x, 18.0, SIGMOID_NUMERATOR, SIGMOID_DENOMINATOR) + np.float32(0.5)
    # the C library's expf is within an ulp of this
    exponential = np.exp(-x.astype(np.float64)).astype(np.float32)
    scalar = np.float32(1) / (np.float32(1) + exponential)
    return np.where(vector, np.clip(fast, np.float32(0), np.float32(1)), scalar)


def _tanh(x: Floats, vector: NDArray[np.bool_], alpha: float) -> Floats:
    return _rational(x, 9.0, TANH_NUMERATOR, TANH_DENOMINATOR)


def _relu(x: Floats, vector: NDArray[np.bool_], alpha: float) -> Floats:
    return np.maximum(x, np.float32(0))


def _leaky_relu(x: Floats, vector: NDArray[np.bool_], alpha: float) -> Floats:
    return np.where(x > 0, x, x * np.float32(alpha))


def _sigmoid_gradient(x: Floats, y: Floats, alpha: float) -> Floats:
    return y * (np.float32(1) - y)


def _tanh_gradient(x: Floats, y: Floats, alpha: float) -> Floats:
    return np.float32(1) - y * y


def _step_gradient(x: Floats, y: Floats, alpha: float) -> Floats:
    return np.where(x > 0, np.float32(1), np.float32(alpha))


#: The kernel and the gradient of each function.
KERNELS: dict[str, tuple[Callable[..., Floats], Callable[..., Floats]]] = {
    "sigmoid": (_sigmoid, _sigmoid_gradient),
    "tanh": (_tanh, _tanh_gradient),
    "relu": (_relu, _step_gradient),
    "leaky_relu": (_leaky_relu, _step_gradient),
}


class TensorFlow20(Backend):
    """The emulation: four functions, their values and gradients, in float32."""

    name = "tensorflow-2.0"
    dependence = Dependence.PLACE  # in a vector of eight, or in the rest of the array
    dtypes = ("float32",)
    orders = (0, 1)
    version = "2.0"
    functions = tuple(KERNELS)
    first_id = 17

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        super().check(bound, orders, dtype)
        has = f"{self.name} has {', '.join(KERNELS)} in float32, with their gradients"
        if bound.name not in KERNELS:
            raise UsageError(f"no {bound.name} in this backend: {has}")
        if dtype.name != "float32":
            raise UsageError(f"no {dtype.name} in this backend: {has}")
        if max(orders, default=0) > 1:
            raise UsageError(f"no second derivative in this backend: {has}")
        if bound.name != "leaky_relu" and bound.changed:
            raise UsageError(f"{bound.specification} is not in this backend: {has}")

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> Array:
        index = np.arange(first, last)
        with np.errstate(all="ignore"):
            begin, end = np.float32(start), np.float32(stop)
        if num == 1:
            return np.full(index.shape, begin)
        with np.errstate(all="ignore"):
            step = (end - begin) / np.float32(num - 1)
            values = begin + step * index.astype(np.float32)
        values[index == num - 1] = end
        return values

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        self.check(bound, orders, dtype)
        kernel, gradient = KERNELS[bound.name]
        alpha = float(bound.parameters.get("alpha", 0.0))
        flat = x.reshape(-1)
        length = flat.size if total is None else total
        vector = np.arange(offset, offset + flat.size) < length - length % VECTOR
        with np.errstate(all="ignore"):
            y = kernel(flat, vector, alpha)
            columns = [y if order == 0 else gradient(flat, y, alpha) for order in orders]
        return [column.reshape(x.shape) for column in columns]


BACKEND = TensorFlow20()
