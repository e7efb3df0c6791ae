"""The numbers of a golden file: inputs, values and derivatives, alike on every machine."""

from __future__ import annotations

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.evaluating.evaluate import evaluate
from actcli.evaluating.worth_testing import COUNT, worth_testing
from actcli.numerics.dtypes import Array, DType

#: The widest dtype of which all inputs are frozen.
WHOLE = 16


def golden_values(bound: BoundActivation, dtype: DType, count: int = COUNT) -> dict[str, Array]:
    """The columns x, y, dy and d2y, as bit patterns.

    x holds all numbers of 8 and 16 bits in the order of their patterns, so that a row's number is
    its input's pattern; of wider dtypes `count` numbers worth testing, in rising order, nan last.
    The results are correctly rounded; every nan among them has the same pattern.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.numerics.dtypes import DTYPES
    >>> columns = golden_values(parse("relu"), DTYPES["float16"])
    >>> [hex(columns[name][0xC000]) for name in columns]
    ['0xc000', '0x0', '0x0', '0x0']
    """
    if dtype.bits <= WHOLE:
        x = np.arange(1 << dtype.bits, dtype=dtype.unsigned).view(dtype.numpy)
    else:
        x = worth_testing(bound, dtype, count)
    found = evaluate(bound, x, tuple(ORDERS.values()), dtype)
    columns = {name: _patterns(column, dtype) for name, column in zip(ORDERS, found, strict=True)}
    inputs = x.view(dtype.unsigned) if dtype.bits <= WHOLE else _patterns(x, dtype)
    return {"x": inputs, **columns}


def _patterns(values: Array, dtype: DType) -> Array:
    """The bit patterns of numbers; which nan a processor makes is its own choice, so there is one.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> [hex(n) for n in _patterns(np.array([-np.nan, -0.0], np.float32), DTYPES["float32"])]
    ['0x7fc00000', '0x80000000']
    """
    patterns = np.ascontiguousarray(values).view(dtype.unsigned).copy()
    with np.errstate(invalid="ignore"):
        patterns[np.isnan(values.astype(np.float64))] = quiet_nan(dtype)
    return patterns


def quiet_nan(dtype: DType) -> int:
    """The pattern of the nan without a sign or a payload; the only one, without a sign, of e4m3fn.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> [hex(quiet_nan(DTYPES[name])) for name in ("bfloat16", "float8_e5m2", "float8_e4m3fn")]
    ['0x7fc0', '0x7e', '0x7f']
    """
    exponent = ((1 << dtype.exponent_bits) - 1) << dtype.mantissa_bits
    rest = 1 << (dtype.mantissa_bits - 1) if dtype.has_infinity else (1 << dtype.mantissa_bits) - 1
    return exponent | rest
