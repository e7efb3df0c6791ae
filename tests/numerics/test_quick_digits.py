"""Many numbers at a time are written as each of them alone is, down to the byte."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.numerics.digits import shortest
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.quick_digits import MANY, rows, shortest_of_many

Values = np.ndarray[Any, Any]
large_dtype = pytest.mark.parametrize(
    "dtype", [DTYPES["float32"], DTYPES["float64"]], ids=lambda dtype: dtype.name
)


def one_by_one(columns: list[Values], dtype: DType, separator: str) -> str:
    """The rows, each number spelled by itself."""
    texts = [shortest(column, dtype) for column in columns]
    return "\n".join(separator.join(row) for row in zip(*texts, strict=True))


def samples(dtype: DType) -> dict[str, Values]:
    """Where layouts change: powers of ten and of two with their neighbours; and bit patterns."""
    random = np.random.default_rng(11)
    exponents = range(-45, 39) if dtype.name == "float32" else range(-323, 309)
    tens = np.array([float(f"{digit}e{n}") for n in exponents for digit in (1, 2.5)], dtype.numpy)
    with np.errstate(all="ignore"):
        twos = np.ldexp(1.0, np.arange(-1074, 1024)).astype(dtype.numpy)
        around = [np.nextafter(tens, dtype.numpy.type(end)) for end in (0, np.inf)]
        decimal = (10.0 ** random.uniform(-12, 19, 5000)).astype(dtype.numpy)
    patterns = random.integers(0, 1 << dtype.bits, 5000, dtype.unsigned).view(dtype.numpy)
    rare = np.full(2000, 0.25, dtype.numpy)
    rare[[0, 1, 700, 1999]] = [np.nan, -np.inf, 2e-8, -0.0]
    return {
        "tens": np.concatenate((tens, -tens, *around)),
        "twos": twos,
        "decimal": decimal,
        "patterns": patterns,
        "rare": rare,
        "zeros": np.tile(np.array([0.0, -0.0], dtype.numpy), MANY),
        "tiny": np.full(1000, 2e-7, dtype.numpy),
    }


@large_dtype
def test_bytes_are_the_same(dtype: DType) -> None:
    for name, values in samples(dtype).items():
        assert len(values) >= MANY, name
        assert rows([values], dtype, "\t").decode() == one_by_one([values], dtype, "\t"), name
        assert shortest_of_many(values, dtype) == shortest(values, dtype), name


@large_dtype
@pytest.mark.parametrize("separator", ["\t", ","])
def test_bytes_of_several_columns_are_the_same(dtype: DType, separator: str) -> None:
    for name, values in samples(dtype).items():
        columns = [values, values[::-1], np.zeros_like(values)]
        assert rows(columns, dtype, separator).decode() == one_by_one(columns, dtype, separator), (
            name
        )


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize("count", [1, 2, MANY - 1, MANY, MANY + 1])
def test_any_number_of_any_dtype(dtype: DType, count: int) -> None:
    values = np.linspace(-3, 3, count).astype(dtype.numpy)
    assert shortest_of_many(values, dtype) == shortest(values, dtype)
    assert shortest_of_many(values[:0], dtype) == []


@large_dtype
@given(data=st.data())
def test_any_numbers_among_plain_ones(dtype: DType, data: st.DataObject) -> None:
    wide = st.floats(width=32 if dtype.name == "float32" else 64)
    odd = st.dictionaries(st.integers(0, 2 * MANY - 1), wide, max_size=MANY)
    values = np.full(2 * MANY, 1.5, dtype.numpy)
    for position, value in data.draw(odd).items():
        values[position] = value
    assert shortest_of_many(values, dtype) == shortest(values, dtype)
