"""Vectors computed elsewhere: x and results as arrays, whose last axis holds the vectors."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES
from actcli.sources.invalid import Invalid
from actcli.sources.opened_file import label_of
from actcli.sources.opening import open_input

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.samples import Form, SampleFiles

#: What vectors are read from.
ADVICE = "vectors are read from .npz, or from .npy with x in another: --x x.npy --samples y.npy"


def read_arrays(files: SampleFiles, form: Form, columns: Sequence[str]) -> Mapping[str, Array]:
    """x and the columns, each an array of at least one axis.

    They are members of an .npz archive, of their own names or those of `files`; or, with x in a
    file of its own, two .npy files. UsageError for other files, DataError for unlike shapes.
    """
    if files.raw is not None:
        raise UsageError("bare numbers do not say where a vector ends; save them as .npy or .npz")
    if files.x is not None:
        if len(columns) > 1:
            raise UsageError(f"{label_of(files.path)} holds one column; choose it with --show")
        found = {
            "x": _read(files.x, None, form.x),
            columns[0]: _read(files.path, None, form.results),
        }
    else:
        if os.path.isfile(files.path) and not zipfile.is_zipfile(files.path):
            raise UsageError(f"{label_of(files.path)} is not an .npz archive; {ADVICE}")
        members = files.names or ("x", *columns)
        names = ("x", *columns)
        if len(members) != len(names):
            raise UsageError(f"--columns names {len(members)} arrays for {','.join(names)}")
        found = {
            name: _read(files.path, member, form.of(name))
            for name, member in zip(names, members, strict=True)
        }
    for name, array in found.items():
        if not array.ndim:
            raise DataError(f"{name} in {files.label} is a single number, not vectors")
        if array.shape[:-1] != found["x"].shape[:-1]:
            raise DataError(
                f"{name} in {files.label} has shape {array.shape}, x {found['x'].shape}; all but "
                "the last axis must be the same"
            )
    return found


def _read(path: str, member: str | None, wanted: DType | None) -> Array:
    with open_input(path, wanted, DTYPES["float32"], Invalid(), array=member) as numbers:
        if numbers.layout is None:
            raise UsageError(f"{label_of(path)} is not an array; {ADVICE}")
        source = numbers.source.held()
        flat = source.part(0, source.count).copy()
        order = "F" if numbers.layout.fortran else "C"
        return flat.reshape(numbers.layout.shape, order=order)  # type: ignore[call-overload,no-any-return]
