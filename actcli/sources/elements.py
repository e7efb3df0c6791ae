"""How the elements of a file are stored, and the numbers they stand for."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, Array, DType
from actcli.numerics.rounding import round_to
from actcli.sources.npy import shown

if TYPE_CHECKING:
    from actcli.numerics.quantised import AnyDType

#: What numpy writes for the types of ml_dtypes, which it knows only as bytes. There is one such
#: type of two bytes, but many of one byte, which the file does not tell apart.
BFLOAT16 = "V2"
ONE_BYTE = "V1"
#: float8_e5m2 alone has its own name, which numpy cannot read back.
FLOAT8_E5M2 = "f1"
ONE_BYTE_DTYPES = ("float8_e4m3fn", "float8_e5m2")
#: What integers become.
DEFAULT = "float32"
HIGH_HALF = 32
#: Elements rounded at a time, so that temporaries stay in the cache.
AT_ONCE = 1 << 15


class Elements(NamedTuple):
    """How elements are stored (`storage`), their own dtype, and the dtype they become.

    `stored` is None for integers and booleans.
    """

    storage: np.dtype[Any]
    stored: DType | None
    dtype: DType

    @property
    def held(self) -> np.dtype[Any]:
        """The numpy dtype of the result of `numbers`."""
        return self.dtype.numpy

    def numbers(self, raw: Array) -> Array:
        """Elements as numbers of the dtype, each rounded once; possibly a view."""
        if self.stored is not None and raw.dtype.kind == "V":
            raw = raw.view(self.stored.numpy)
        if self.stored == self.dtype:
            return raw.astype(self.dtype.numpy, copy=False)
        numbers = np.empty(raw.shape, self.dtype.numpy)
        for first in range(0, len(raw), AT_ONCE):
            piece = slice(first, first + AT_ONCE)
            numbers[piece] = self._rounded(raw[piece])
        return numbers

    def _rounded(self, raw: Array) -> Array:
        if self.stored is None:
            return _from_integers(raw, self.dtype)
        with np.errstate(all="ignore"):  # a signalling nan is a nan
            return round_to(raw.astype(np.float64), self.dtype)


def elements(descr: object, name: str, wanted: DType | None) -> Elements:
    """The elements that an .npy header describes, in the `wanted` dtype or their own."""
    text = descr if isinstance(descr, str) else ""
    kind = text.lstrip("<>=|")
    if kind == BFLOAT16:
        return _of(np.dtype(BFLOAT16), DTYPES["bfloat16"], wanted)
    if kind == FLOAT8_E5M2:
        return _of(np.dtype(ONE_BYTE), DTYPES["float8_e5m2"], wanted)
    if kind == ONE_BYTE:
        if wanted is None or wanted.name not in ONE_BYTE_DTYPES:
            raise UsageError(
                f"{name} holds elements of one byte and does not say which float8 they are; "
                f"add --dtype {' or --dtype '.join(ONE_BYTE_DTYPES)}"
            )
        return _of(np.dtype(ONE_BYTE), wanted, wanted)
    storage = _storage(descr, name)
    if storage.kind in "biu":
        return Elements(storage, None, wanted or DTYPES[DEFAULT])
    if storage.kind == "f" and storage.name in DTYPES:
        return _of(storage, DTYPES[storage.name], wanted)
    raise DataError(f"{name} holds {_called(storage)}; numbers of {', '.join(DTYPES)}, integers "
                    "and booleans can be evaluated")  # fmt: skip


def raw_elements(stored: AnyDType, wanted: DType | None) -> Elements:
    """Elements without a header, the least significant byte first."""
    if not isinstance(stored, DType):  # codes
        return Elements(stored.numpy.newbyteorder("<"), None, wanted or DTYPES[DEFAULT])
    storage = (
        stored.numpy.newbyteorder("<") if stored.in_numpy else np.dtype(f"V{stored.bits // 8}")
    )
    return _of(storage, stored, wanted)


def _of(storage: np.dtype[Any], stored: DType, wanted: DType | None) -> Elements:
    return Elements(storage, stored, wanted or stored)


def _storage(descr: object, name: str) -> np.dtype[Any]:
    if isinstance(descr, list):
        raise DataError(f"{name} holds records; save one of their fields as an array")
    try:
        if not isinstance(descr, str):
            raise TypeError
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy's old names
            return np.dtype(descr)
    except (TypeError, ValueError, SyntaxError, OverflowError) as error:
        raise DataError(f"{name} is not an .npy file: no type is called {shown(descr)}") from error


def _called(storage: np.dtype[Any]) -> str:
    kinds = {"O": "pickled objects", "U": "strings", "S": "strings", "V": "records"}
    return kinds.get(storage.kind, f"{storage.name} elements")


def _from_integers(raw: Array, dtype: DType) -> Array:
    """Integers rounded once: float64 holds their halves, and the error of their sum, exactly."""
    if raw.dtype.itemsize < 8:
        return round_to(raw.astype(np.float64), dtype)
    whole = raw.astype(raw.dtype.newbyteorder("="), copy=False)
    high = (whole >> HIGH_HALF).astype(np.float64) * 2.0**HIGH_HALF
    low = (whole & (2**HIGH_HALF - 1)).astype(np.float64)
    total = high + low
    return round_to(total, dtype, low - (total - high))
