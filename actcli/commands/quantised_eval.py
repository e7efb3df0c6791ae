"""`actcli eval` with a quantised dtype on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actcli.backends.quantised import QuantisedCore
from actcli.catalogue.quantised_dtypes import Unscaled
from actcli.columns import ORDERS
from actcli.commands.quantised import Choice, scaled
from actcli.elementwise_columns import Task
from actcli.errors import UsageError
from actcli.formats import FORMATS
from actcli.numerics.quantised import Quantised
from actcli.quantised_columns import QuantisedColumns
from actcli.sources.quantised import are_codes, coded

if TYPE_CHECKING:
    from collections.abc import Callable

    from actcli.catalogue.bound import BoundActivation
    from actcli.sources.base import Input


def quantised_columns(
    spec: BoundActivation,
    numbers: Input,
    choice: Choice,
    names: tuple[str, ...],
    format_name: str,
    name: str,
    saturate: bool = False,
    report: Callable[[int], None] | None = None,
) -> QuantisedColumns:
    """The columns at the numbers of an input, which errors call by its name.

    They hold codes in formats that have them, and with --codes in every one.
    """
    dtype = choice.given or numbers.dtype
    orders = [ORDERS[column] for column in names if column in ORDERS]
    ends = None
    if isinstance(dtype, Unscaled):
        if are_codes(numbers):
            raise UsageError(
                f"{name} holds codes, which do not tell their scale: "
                f"write --dtype {dtype.base.name}:scale=S"
            )
        numbers = numbers._replace(source=numbers.source.held())
        ends = _ends(numbers)
    given, out = scaled(spec, dtype, choice.out, orders, ends)
    if isinstance(given, Quantised):
        numbers = numbers._replace(source=coded(numbers, given, choice.rounding, name))
    backend = QuantisedCore(given, out, choice.rounding)
    task = Task(spec, numbers, names, backend, None, saturate, report)
    return QuantisedColumns(task, backend, choice.codes or FORMATS[format_name].codes)


def _ends(numbers: Input) -> tuple[float, float]:
    """The least and the largest finite number, and 0."""
    source = numbers.source.held()
    low = high = 0.0
    for block in source.blocks():
        finite = block[np.isfinite(block)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return low, high
