"""A study of some functions: theory and simulation of each, the repeats shared among processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

import numpy as np

from actcli.errors import UsageError
from actcli.executors import executor
from actcli.flow.critical import Critical, critical
from actcli.flow.gains import Gains, gains
from actcli.flow.lengths import Layer, layers
from actcli.flow.meanfield import MeanField, analyse
from actcli.flow.network import Shape
from actcli.flow.quadrature import Floats
from actcli.flow.simulation import QUANTITIES, Case, simulate

#: The share of repeats below a band, and the share above it.
BELOW, ABOVE = 0.1, 0.9
#: More bytes than this are refused before they are asked for.
MOST_BYTES = 1 << 34


class Settings(NamedTuple):
    """What is simulated. `eps`: below it |f'| counts as saturated."""

    shape: Shape
    repeats: int
    seed: int
    eps: float


class Band(NamedTuple):
    """A quantity of each layer over the repeats: mean and its standard error, quantiles."""

    mean: Floats
    error: Floats
    low: Floats
    middle: Floats
    high: Floats


class Simulated(NamedTuple):
    """What came out. The gradient's norm is relative to the last layer; the first layer (from 1) is
    named at which some repeat had no finite signal, or no gradient at all."""

    bands: dict[str, Band]
    exploded: int | None
    vanished: int | None


class Study(NamedTuple):
    """All there is to know of one function in such networks."""

    case: Case
    field: MeanField
    critical: Critical | None
    gains: Gains
    layers: list[Layer]
    gradient: Floats
    simulated: Simulated


def study(
    cases: Sequence[Case],
    settings: Settings,
    done: Callable[[int], None] = lambda _: None,
    cluster: Executor | None = None,
) -> list[Study]:
    """Theory and simulation of each case; `done(1)` after each repeat.

    A repeat is one network, drawn from the seed and its number alone: the result does not depend on
    who shares the work. Raises UsageError for more memory than 16 GiB.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.flow.lengths import Variances
    >>> case = Case(parse("sigmoid"), Variances(2.0))
    >>> (found,) = study([case], Settings(Shape(10, 64, 16), 3, 0, 0.01))
    >>> bool(1e-6 < found.simulated.bands["gradient"].mean[0] < 1e-4)
    True
    """
    check_memory(settings, len(cases))
    samples = simulate_all(cases, settings, done, cluster)
    return [_study(case, settings, samples[:, number]) for number, case in enumerate(cases)]


def check_memory(settings: Settings, count: int) -> None:
    """Raise UsageError for a network that no ordinary machine holds."""
    shape = settings.shape
    signals = 4 * shape.batch * shape.width * shape.depth * count
    needed = min(shape.weight_bytes, 4 * shape.width**2) + signals
    needed += 8 * settings.repeats * count * len(QUANTITIES) * shape.depth
    if needed > MOST_BYTES:
        raise UsageError(
            f"depth {shape.depth}, width {shape.width}, batch {shape.batch} and "
            f"{settings.repeats} repeats of {count} functions would take {needed / 2**30:.0f} GiB; "
            f"up to {MOST_BYTES >> 30} GiB are allowed"
        )


def simulate_all(
    cases: Sequence[Case],
    settings: Settings,
    done: Callable[[int], None] = lambda _: None,
    cluster: Executor | None = None,
) -> Floats:
    """What `simulate` measures: repeats by cases by QUANTITIES by depth."""
    samples = np.empty((settings.repeats, len(cases), len(QUANTITIES), settings.shape.depth))
    one = partial(simulate, cases, settings.shape, settings.seed, settings.eps)
    with executor(cluster) as workers:
        for repeat, found in enumerate(workers.map(one, range(settings.repeats))):
            samples[repeat] = found
            done(1)
    return samples


def _study(case: Case, settings: Settings, samples: Floats) -> Study:
    theory = layers(case.bound, case.variances, settings.shape.depth)
    return Study(
        case=case,
        field=analyse(case.bound, case.variances),
        critical=critical(case.bound, case.variances.bias),
        gains=gains(case.bound),
        layers=theory,
        gradient=gradient_in_theory(theory),
        simulated=summarise(samples),
    )


def gradient_in_theory(theory: Sequence[Layer]) -> Floats:
    """The logarithm of the gradient's norm at each layer, over that at the last one.

    >>> gradient_in_theory([Layer(1, 0, 1, 0.25)] * 3) / math.log(2)
    array([-2., -1.,  0.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.log(np.array([layer.chi for layer in theory[:-1]], np.float64)) / 2
    return np.append(np.cumsum(steps[::-1])[::-1], 0.0)


def summarise(samples: Floats) -> Simulated:
    """Bands from repeats by QUANTITIES by depth; gradients are no longer logarithms."""
    bands = {}
    signal = samples[:, 0]
    for number, name in enumerate(QUANTITIES):
        values = np.exp(samples[:, number]) if name == "gradient" else samples[:, number]
        bands[name] = _band(values)
    infinite = ~np.isfinite(signal).all(axis=0)
    exploded = int(np.argmax(infinite)) + 1 if infinite.any() else None
    gone = bands["gradient"].mean == 0
    vanished = int(np.flatnonzero(gone)[-1]) + 1 if gone.any() else None
    return Simulated(bands, exploded, vanished)


def _band(values: Floats) -> Band:
    with np.errstate(all="ignore"):
        mean = values.mean(axis=0)
        spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.full_like(mean, np.nan)
        ordered = np.sort(values, axis=0)
        low, middle, high = (_quantile(ordered, share) for share in (BELOW, 0.5, ABOVE))
    return Band(mean, spread / math.sqrt(len(values)), low, middle, high)


def _quantile(ordered: Floats, share: float) -> Floats:
    """By linear interpolation, but between infinities none."""
    place = share * (len(ordered) - 1)
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    between = below + (above - below) * (place - math.floor(place))
    found: Floats = np.where(below == above, below, between)
    return found
