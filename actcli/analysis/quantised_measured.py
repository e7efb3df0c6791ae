"""A function as it is computed with quantised numbers, at all codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actcli.analysis.interval import AxisRange
from actcli.analysis.measured import MeasuredColumn, Measurement, thinned
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.evaluating.evaluate import evaluate
from actcli.evaluating.quantised_results import results
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.quantised import AnyDType, Quantised, every_input

FLOAT64 = DTYPES["float64"]


@dataclass(frozen=True, slots=True)
class QuantisedImplementation:
    """True values at x of one dtype, rounded once to another; `name` is what a legend says."""

    given: AnyDType
    out: AnyDType
    rounding: str
    name: str

    def measure(
        self,
        bound: BoundActivation,
        interval: AxisRange,
        orders: Sequence[int],
        number: int | None = None,
    ) -> Measurement:
        """The columns at all codes over an interval; UsageError if there are fewer than two.

        Errors are in quanta, where results are quantised.
        """
        if self.given.bits > 16:
            from actcli.analysis.measured import Implementation
            from actcli.backends import DEFAULT, get_backend

            assert isinstance(self.given, DType)
            x = Implementation(get_backend(DEFAULT), self.given).numbers(bound, interval, number)
        else:
            x = every_input(self.given)
        wide = self.given.reals(x) if isinstance(self.given, Quantised) else x.astype(np.float64)
        seen = np.flatnonzero((wide >= interval.start) & (wide <= interval.stop))
        seen = seen[np.argsort(wide[seen], kind="stable")]
        x, wide = x[seen], wide[seen]
        if len(np.unique(wide)) < 2:
            raise UsageError(
                f"{self.given.name} has fewer than two numbers from {interval.start!r} to "
                f"{interval.stop!r}; a picture needs two"
            )
        found = results(bound, x, orders, self.given, self.out, self.rounding)
        true = evaluate(bound, wide, orders, FLOAT64)
        columns = {}
        for order, values, exact in zip(orders, found, true, strict=True):
            real, step = values.astype(np.float64), 1.0
            if isinstance(self.out, Quantised):
                real, step = self.out.reals(values), self.out.step
            with np.errstate(all="ignore"):
                column = MeasuredColumn(wide, real, exact, np.abs(real - exact) / step)
            columns[order] = thinned(column, interval)
        return Measurement(self.name, columns, float(np.abs(real).max()))
