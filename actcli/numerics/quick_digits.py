"""Many numbers as text at a time: the same bytes as `digits.shortest`, much sooner.

orjson finds the same shortest digits ten times as fast, but lays some numbers out differently (1e-7
and 0.00001 for 1e-07 and 1e-05) and has no nan: those few go the slow way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from actcli.numerics.digits import shortest

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import AnyDType

#: Fewer numbers than this are not worth the import of orjson.
MANY = 256
GAP = b"null"
ZERO = ord("0")
#: The dtypes whose digits orjson finds, and from where on only its layout has exponents; Python's
#: has them from 1e16 on.
EXPONENTS_FROM = {"float64": 1e16, "float32": 1e13}


def rows(columns: Sequence[Array], dtype: AnyDType, separator: str) -> bytes:
    """Lines of the shortest digits, without the end of the last line.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> rows([np.array([1.0, 2e-7]), np.array([np.nan, 0.5])], DTYPES["float64"], ",")
    b'1.0,nan\\n2e-07,0.5'
    """
    if dtype.name not in EXPONENTS_FROM or len(columns[0]) < MANY:
        texts = [shortest(column, dtype) for column in columns]
        return "\n".join(map(separator.join, zip(*texts, strict=True))).encode()
    table = np.stack(columns, axis=-1) if len(columns) > 1 else np.ascontiguousarray(columns[0])
    values = table.reshape(-1)
    others = _laid_out_otherwise(values, EXPONENTS_FROM[dtype.name])
    if not len(others):
        return _quick_rows(table, separator)
    # only nan is null to orjson: so the others leave gaps to be filled
    gaps = values.copy()
    gaps[others] = np.nan
    pieces = _quick_rows(gaps.reshape(table.shape), separator).split(GAP)
    filled = (*_laid_out(values[others]), b"")
    return b"".join(chain.from_iterable(zip(pieces, filled, strict=True)))


def rows_of(columns: Sequence[Array], dtypes: Sequence[AnyDType], separator: str) -> bytes:
    """The same for columns of several dtypes."""
    if all(dtype == dtypes[0] for dtype in dtypes):
        return rows(columns, dtypes[0], separator)
    texts = [shortest(column, dtype) for column, dtype in zip(columns, dtypes, strict=True)]
    return "\n".join(map(separator.join, zip(*texts, strict=True))).encode()


def shortest_of_many(values: Array, dtype: AnyDType) -> list[str]:
    """The same as `digits.shortest`."""
    return rows([values], dtype, "").decode().split("\n") if len(values) else []


def _laid_out_otherwise(values: Array, exponents_from: float) -> Array:
    """The positions of numbers that orjson writes differently from Python, or not at all."""
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
    """Whether the installed orjson writes exponents of two or more digits like Python."""
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
    """The digits that orjson finds, in Python's layout."""
    for value, shown in zip(values.tolist(), _quick_rows(values, ",").split(b"\n"), strict=True):
        mantissa, small, exponent = shown.partition(b"e-")
        sign, zeros, digits = shown.partition(b"0.0000")
        if small and len(exponent) == 1:
            yield mantissa + b"e-0" + exponent
        elif zeros and digits.isdigit() and digits[0] != ZERO:
            yield sign + digits[:1] + (b"." + digits[1:] if digits[1:] else b"") + b"e-05"
        else:  # a float64 of so few digits prints just these
            yield repr(value if shown == GAP else float(shown)).encode()
