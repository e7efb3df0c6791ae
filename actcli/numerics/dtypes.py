"""The six number formats, as data: everything else follows from the widths of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from actcli.errors import unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Numbers of any dtype, in any shape.
Array: TypeAlias = "NDArray[Any]"


class DType(NamedTuple):
    """A binary floating-point format of 1 + exponent_bits + mantissa_bits bits.

    `has_infinity` is False for formats whose largest exponent holds numbers and a single nan.
    """

    name: str
    exponent_bits: int
    mantissa_bits: int
    has_infinity: bool = True
    in_numpy: bool = True

    @property
    def bits(self) -> int:
        """The width in bits."""
        return 1 + self.exponent_bits + self.mantissa_bits

    @property
    def bias(self) -> int:
        """The number subtracted from the exponent field."""
        return int(2 ** (self.exponent_bits - 1)) - 1

    @property
    def precision(self) -> int:
        """The significant bits, including the hidden one."""
        return self.mantissa_bits + 1

    @property
    def smallest_normal_exponent(self) -> int:
        """The exponent of the smallest normal number."""
        return 1 - self.bias

    @property
    def smallest(self) -> float:
        """The smallest subnormal number."""
        return 2.0 ** (self.smallest_normal_exponent - self.mantissa_bits)

    @property
    def largest(self) -> float:
        """The largest finite number.

        >>> DTYPES["float8_e4m3fn"].largest, DTYPES["float8_e5m2"].largest
        (448.0, 57344.0)
        """
        top = self.bias if self.has_infinity else self.bias + 1
        missing = 1 if self.has_infinity else 2  # the last mantissa of e4m3fn is nan
        return float(2 - missing * 2.0**-self.mantissa_bits) * 2.0**top

    @property
    def numpy(self) -> np.dtype[Any]:
        """The numpy dtype (ml_dtypes' for those that numpy lacks)."""
        import numpy as np

        if self.in_numpy:
            return np.dtype(self.name)
        import ml_dtypes

        dtype: np.dtype[Any] = np.dtype(getattr(ml_dtypes, self.name))
        return dtype

    @property
    def unsigned(self) -> np.dtype[Any]:
        """The numpy dtype of the bit patterns."""
        import numpy as np

        return np.dtype(f"uint{self.bits}")


DTYPES = {
    dtype.name: dtype
    for dtype in (
        DType("float16", 5, 10),
        DType("bfloat16", 8, 7, in_numpy=False),
        DType("float32", 8, 23),
        DType("float64", 11, 52),
        DType("float8_e4m3fn", 4, 3, has_infinity=False, in_numpy=False),
        DType("float8_e5m2", 5, 2, in_numpy=False),
    )
}


def get_dtype(name: str) -> DType:
    """The format by name; UsageError with the nearest names if there is none."""
    if name not in DTYPES:
        raise unknown("dtype", name, DTYPES)
    return DTYPES[name]


def dtype_of(array: np.ndarray[Any, Any]) -> DType:
    """The format of an array's numbers; UsageError if it is not one of the six."""
    return get_dtype(array.dtype.name)
