"""The unit in the last place (ulp) of a number format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import DType

Floats = NDArray[np.float64]

#: The bits of the exponent of a float64.
EXPONENT = 2047 << 52


def ulp(values: Floats, dtype: DType) -> Floats:
    """The distance between neighbours of the dtype at each value.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> ulp(np.array([0.0, 1.0, 448.0]), DTYPES["float8_e4m3fn"]).tolist()
    [0.001953125, 0.125, 32.0]
    """
    # the exponent bits alone are the power of two below; for inf and nan they are infinity
    powers = (np.asarray(values).view(np.int64) & EXPONENT).view(np.float64)
    top = 2.0 ** (int(np.frexp(dtype.largest)[1]) - 1)
    powers = np.clip(powers, 2.0**dtype.smallest_normal_exponent, top)
    units: Floats = powers * 2.0**-dtype.mantissa_bits
    return units
