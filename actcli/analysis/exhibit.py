"""All that a picture shows of a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actcli.analysis.curves import Curves
from actcli.analysis.interval import AxisRange
from actcli.analysis.sampling import POINTS, sample
from actcli.analysis.saturation import Saturation, saturation
from actcli.backends import DEFAULT, get_backend
from actcli.catalogue.bound import BoundActivation

if TYPE_CHECKING:  # slow to import, and rarely needed
    from actcli.analysis.measured import Implementation, Measurement
    from actcli.analysis.quantised_measured import QuantisedImplementation


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The true curves and, if asked for, where they saturate and the results of a backend."""

    curves: Curves
    saturation: Saturation | None = None
    measured: Measurement | None = None

    @property
    def bound(self) -> BoundActivation:
        return self.curves.bound


def prepare(
    bound: BoundActivation,
    interval: AxisRange,
    orders: tuple[int, ...] = (0, 1),
    number: int | None = None,
    epsilon: float = 0.0,
    implementation: Implementation | QuantisedImplementation | None = None,
) -> Exhibit:
    """Sample a function over an interval, at `number` even points if that is set.

    With an `epsilon` find where it saturates, with an `implementation` measure that too.
    """
    core = get_backend(DEFAULT)
    curves = sample(bound, interval, core, number or POINTS, orders)
    return Exhibit(
        curves,
        saturation(curves, core, epsilon) if epsilon else None,
        implementation.measure(bound, interval, orders, number) if implementation else None,
    )
