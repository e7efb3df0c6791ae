"""Many numbers as text at a time: what `digits.shortest` gives, byte for byte, much sooner.

orjson finds the same shortest digits an order of magnitude sooner, but lays some numbers out in
another way (1e-7 and 0.00001 for 1e-07 and 1e-05) and has no nan: those few go the slow way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from actcli.formats.digits import shortest

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType

#: Fewer numbers than this are not worth the import of orjson.
MANY = 256
GAP = b"null"
ZERO = ord("0")
#: The dtypes whose digits orjson finds, and from where on its layout has exponents and Python's
#: has not; both have them again from 1e16 on.
EXPONENTS_FROM = {"float64": 1e16, "float32": 1e13}


def rows(columns: Sequence[Array], dtype: DType, separator: str) -> bytes:
    """Lines of the shortest digits, without the last line's end.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> rows([np.array([1.0, 2e-7]), np.array([np.nan, 0.5])], DTYPES["float64"], ",")
    b'1.0,nan\\n2e-07,0.5'
    """
    if dtype.name not in EXPONENTS_FROM or len(columns[0]) < MANY:
        return _slow_rows(columns, dtype, separator)
    table = np.stack(columns, axis=-1) if len(columns) > 1 else np.ascontiguousarray(columns[0])
    values = table.reshape(-1)
    odd = _laid_out_otherwise(values, EXPONENTS_FROM[dtype.name])
    if not len(odd):
        return _quick_rows(table, separator)
    # nan is null to orjson, and nothing else is: so the odd ones leave gaps to be filled
    gaps = values.copy()
    gaps[odd] = np.nan
    pieces = _quick_rows(gaps.reshape(table.shape), separator).split(GAP)
    return b"".join(chain.from_iterable(zip(pieces, (*_laid_out(values[odd]), b""), strict=True)))


def shortest_of_many(values: Array, dtype: DType) -> list[str]:
    """What `digits.shortest` gives."""
    return rows([values], dtype, "").decode().split("\n") if len(values) else []


def _slow_rows(columns: Sequence[Array], dtype: DType, separator: str) -> bytes:
    texts = [shortest(column, dtype) for column in columns]
    return "\n".join(map(separator.join, zip(*texts, strict=True))).encode()


def _laid_out_otherwise(values: Array, exponents_from: float) -> Array:
    """The positions of numbers that orjson writes otherwise than Python, or not at all."""
    size = np.abs(values)
    if size.min() >= 1e-4 and size.max() < exponents_from:
        return np.zeros(0, np.intp)
    kind = values.dtype.type
    same = (size == 0) | ((size >= kind(1e-4)) & (size < kind(exponents_from)))
    if _long_exponents_agree(values.dtype.name):
        same |= (size < kind(1e-9)) | ((size >= kind(1e16)) & (size < np.inf))
    return np.flatnonzero(~same)


@cache
def _long_exponents_agree(dtype: str) -> bool:
    """Whether the installed orjson writes exponents of two digits or more as Python does."""
    samples = (1e-20, 1.5e-10, 1.5e16, 1e20)
    return _quick_rows(np.array(samples, dtype), ",").decode().split("\n") == list(
        map(repr, samples)
    )


def _quick_rows(table: Array, separator: str) -> bytes:
    import orjson

    text = orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY)
    if table.ndim == 1:
        return text[1:-1].replace(b",", b"\n")
    lines = text[2:-2].replace(b"],[", b"\n")
    return lines if separator == "," else lines.replace(b",", separator.encode())


def _laid_out(values: Array) -> Iterator[bytes]:
    """The digits that orjson finds, laid out as Python does."""
    for value, shown in zip(values.tolist(), _quick_rows(values, ",").split(b"\n"), strict=True):
        mantissa, small, exponent = shown.partition(b"e-")
        sign, zeros, digits = shown.partition(b"0.0000")
        if small and len(exponent) == 1:
            yield mantissa + b"e-0" + exponent
        elif zeros and digits.isdigit() and digits[0] != ZERO:
            yield sign + digits[:1] + (b"." + digits[1:] if digits[1:] else b"") + b"e-05"
        else:  # so few digits are all that a float64 prints
            yield repr(value if shown == GAP else float(shown)).encode()
