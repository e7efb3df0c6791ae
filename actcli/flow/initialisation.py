"""Named ways to draw the weights of a network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.flow.lengths import Variances


class Initialisation(NamedTuple):
    """The variance of weights times the fan-in, None for each function's own critical weights.

    Orthogonal matrices are multiplied by its root.
    """

    weight_variance: float | None
    orthogonal: bool = False


INITIALISATIONS = {
    "he": Initialisation(2.0),  # He et al. 2015
    "lecun": Initialisation(1.0),
    "xavier": Initialisation(1.0),  # 2/(fan-in + fan-out): all layers have equal width
    "orthogonal": Initialisation(1.0, orthogonal=True),
    "critical": Initialisation(None),
}


def variances(
    bound: BoundActivation, name: str, weight_variance: float | None, bias_variance: float
) -> Variances:
    """The variances of an initialisation for a function; a given weight variance overrides it.

    Raises UsageError if there is no critical point and it is asked for.

    >>> from actcli.catalogue.specification import parse
    >>> variances(parse("relu"), "critical", None, 0.0).weight.__round__(12)
    2.0
    """
    from actcli.flow.critical import critical
    from actcli.flow.lengths import Variances

    weight = INITIALISATIONS[name].weight_variance if weight_variance is None else weight_variance
    if weight is None:
        point = critical(bound, bias_variance)
        if point is None:
            raise UsageError(
                f"{bound.specification} has no critical point at a bias variance of "
                f"{bias_variance:g}; choose the weights by --weight-var or another --init"
            )
        weight = point.weight_deviation**2
    if not math.isfinite(weight):
        raise UsageError(f"the weight variance of {bound.specification} would be {weight!r}")
    return Variances(weight, bias_variance)
