"""All that pictures show of one function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actcli.analysis.curves import Curves
from actcli.analysis.interval import Interval
from actcli.analysis.sampling import POINTS, sample
from actcli.analysis.saturation import Saturation, saturation
from actcli.backends import DEFAULT, get_backend
from actcli.catalogue.bound import BoundActivation

if TYPE_CHECKING:  # its import takes time, and few pictures show it
    from actcli.analysis.measured import Implementation, Measurement


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The true curves, and what was asked for besides: where they saturate, what was measured.

    What an implementation gives is drawn over the true curves.
    """

    curves: Curves
    saturation: Saturation | None = None
    measured: Measurement | None = None

    @property
    def bound(self) -> BoundActivation:
        return self.curves.bound


def prepare(
    bound: BoundActivation,
    interval: Interval,
    orders: tuple[int, ...] = (0, 1),
    number: int | None = None,
    epsilon: float = 0.0,
    implementation: Implementation | None = None,
) -> Exhibit:
    """Look at a function over an interval, at `number` even points if that is set.

    With an `epsilon`, also for where it saturates; with an `implementation`, for what that gives.
    """
    core = get_backend(DEFAULT)
    curves = sample(bound, interval, core, number or POINTS, orders)
    return Exhibit(
        curves,
        saturation(curves, core, epsilon) if epsilon else None,
        implementation.measure(bound, interval, orders, number) if implementation else None,
    )
