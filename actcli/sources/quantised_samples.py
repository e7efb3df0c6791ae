"""Quantised samples: codes or real numbers of x and results, or a table of results alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, Array, DType
from actcli.numerics.quantised import AnyDType, Quantised, every_input
from actcli.numerics.rounding import round_to
from actcli.sources.opened_file import open_file
from actcli.sources.samples import BARE, Form, SampleFiles, reading_samples

FLOAT64 = DTYPES["float64"]


class QuantisedSamples(NamedTuple):
    """x, the results by column, whether x was left to the order of a table, and what to remark."""

    x: Array
    columns: Mapping[str, Array]
    is_table: bool
    remarks: tuple[str, ...]


def read_quantised(
    files: SampleFiles, given: AnyDType, out: AnyDType, rounding: str
) -> QuantisedSamples:
    """x as codes, or floats of a dtype, and results as codes.

    Whole numbers without a point are codes, others real numbers that are rounded to codes. Without
    x the results are those at every input, by rising code or by the bit pattern of a float.
    """
    if os.path.splitext(files.path)[1].lower() in BARE and files.x is None:
        return _bare(files.path, given, out)
    remarks: list[str] = []
    with reading_samples(files, Form(FLOAT64, FLOAT64, FLOAT64), x_may_lack=True) as samples:
        read = {name: source.part(0, source.count) for name, source in samples.columns.items()}
        columns = {}
        for name, values in read.items():
            dtype = given if name == "x" else out
            if isinstance(dtype, DType):
                columns[name] = round_to(values, dtype)
            elif name in samples.whole:
                columns[name] = _codes(values, dtype, f"{name} in {files.label}")
            else:
                columns[name] = dtype.nearest_codes(values, rounding)
                remarks.append(f"{name} has numbers with a point: real ones, rounded to codes")
    x = columns.pop("x", None)
    if x is not None:
        return QuantisedSamples(x, columns, False, tuple(remarks))
    return QuantisedSamples(_order(given, columns, files.label), columns, True, tuple(remarks))


def _order(given: AnyDType, columns: Mapping[str, Array], label: str) -> Array:
    """The inputs of a table without x."""
    count = len(next(iter(columns.values())))
    if given.bits > 16 or count != 1 << given.bits:
        expected = f"{1 << given.bits:,} entries" if given.bits <= 16 else "x beside its results"
        raise DataError(
            f"{label} has {count:,} results and no x; a table of {given.name} has {expected}"
        )
    return every_input(given)


def _codes(values: Array, dtype: Quantised, label: str) -> Array:
    beyond = np.flatnonzero(~((values >= dtype.lowest) & (values <= dtype.highest)))
    if beyond.size:
        raise DataError(
            f"{label} has {float(values[beyond[0]]):.17g} in row {int(beyond[0]) + 1}, which is no "
            f"code of {dtype.base.name}: those are {dtype.lowest} to {dtype.highest}"
        )
    return values.astype(dtype.numpy)


def _bare(path: str, given: AnyDType, out: AnyDType) -> QuantisedSamples:
    """Bare codes, the least significant byte first: all results, or rows of x and y."""
    if isinstance(given, DType) or isinstance(out, DType):
        raise UsageError(
            f"{path!r} is read as codes, of x and of results; write npz or csv where one has floats"
        )
    with open_file(path) as file:
        data = file.read(-1)
    width = out.bits // 8
    if len(data) == width << given.bits:
        y = np.frombuffer(data, out.numpy.newbyteorder("<")).astype(out.numpy)
        return QuantisedSamples(given.codes(), {"y": y}, True, ())
    raise DataError(
        f"{path!r} has {len(data):,} bytes; a table of {given.base.name} has "
        f"{width << given.bits:,}, a result of {out.base.name} for each code"
    )
