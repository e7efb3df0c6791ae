"""Many numbers as text at a time: what `digits.shortest` gives, byte for byte, much sooner.

orjson finds the same shortest digits an order of magnitude sooner, but lays some numbers out in
another way (1e-7 and 0.00001 for 1e-07 and 1e-05) and has no nan: those few go the slow way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from actcli.formats.digits import shortest

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType

#: Fewer numbers than this are not worth the import of orjson.
MANY = 256
#: The dtypes whose digits orjson finds, and from where on its layout has exponents and Python's
#: has not; both have them again from 1e16 on.
EXPONENTS_FROM = {"float64": 1e16, "float32": 1e13}


def rows(columns: Sequence[Array], dtype: DType, separator: str) -> str:
    """Lines of the shortest digits, without the last line's end.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> rows([np.array([1.0, 2e-7]), np.array([np.nan, 0.5])], DTYPES["float64"], ",")
    '1.0,nan\\n2e-07,0.5'
    """
    if dtype.name not in EXPONENTS_FROM or len(columns[0]) < MANY:
        return _slow_rows(columns, dtype, separator)
    table = np.stack(columns, axis=-1) if len(columns) > 1 else np.ascontiguousarray(columns[0])
    text = _quick_rows(table, separator)
    odd = _laid_out_otherwise(table, EXPONENTS_FROM[dtype.name])
    return _mended(text, table, odd, separator) if len(odd) else text


def shortest_of_many(values: Array, dtype: DType) -> list[str]:
    """What `digits.shortest` gives."""
    return rows([values], dtype, "").split("\n") if len(values) else []


def _slow_rows(columns: Sequence[Array], dtype: DType, separator: str) -> str:
    texts = [shortest(column, dtype) for column in columns]
    return "\n".join(map(separator.join, zip(*texts, strict=True)))


def _laid_out_otherwise(table: Array, exponents_from: float) -> Array:
    """The positions of rows with a number that orjson writes otherwise than Python, or not."""
    size = np.abs(table)
    if size.min() >= 1e-4 and size.max() < exponents_from:
        return np.zeros(0, np.intp)
    kind = table.dtype.type
    same = (size < kind(1e-9)) | ((size >= kind(1e-4)) & (size < kind(exponents_from)))
    same |= (size >= kind(1e16)) & (size < np.inf)
    return np.flatnonzero(~(same if same.ndim == 1 else same.all(axis=-1)))


def _quick_rows(table: Array, separator: str) -> str:
    import orjson

    text = orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY)
    if table.ndim == 1:
        return text[1:-1].replace(b",", b"\n").decode()
    lines = text[2:-2].replace(b"],[", b"\n").decode()
    return lines if separator == "," else lines.replace(",", separator)


def _mended(text: str, table: Array, odd: Array, separator: str) -> str:
    """The text with the odd rows' digits laid out by Python."""
    feeds = np.flatnonzero(np.frombuffer(text.encode(), np.uint8) == ord("\n"))
    begins = np.concatenate(([0], feeds + 1))[odd].tolist()
    ends = np.concatenate((feeds, [len(text)]))[odd].tolist()
    pieces = []
    done = 0
    for row, begin, end in zip(table[odd].tolist(), begins, ends, strict=True):
        digits = text[begin:end].split(separator) if table.ndim > 1 else [text[begin:end]]
        values = row if table.ndim > 1 else [row]
        pieces.append(text[done:begin])
        # So few digits are all that a float64 prints, but null stands for what is not finite.
        pieces.append(
            separator.join(
                repr(value if shown == "null" else float(shown))
                for value, shown in zip(values, digits, strict=True)
            )
        )
        done = end
    return "".join((*pieces, text[done:]))
