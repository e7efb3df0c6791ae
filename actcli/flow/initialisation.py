"""How the weights of a network are drawn: each way by name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.flow.lengths import Variances


class Initialisation(NamedTuple):
    """A variance of weights times the fan-in, None where the function decides; and what it is."""

    weight_variance: float | None
    summary: str
    orthogonal: bool = False


INITIALISATIONS = {
    "he": Initialisation(2.0, "variance 2/fan-in (He et al. 2015)"),
    "lecun": Initialisation(1.0, "variance 1/fan-in"),
    "xavier": Initialisation(
        1.0, "variance 2/(fan-in + fan-out), here the same as lecun, since all layers are as wide"
    ),
    "orthogonal": Initialisation(
        1.0, "orthogonal matrices, times the root of --weight-var", orthogonal=True
    ),
    "critical": Initialisation(None, "each function's own critical weights"),
}
DEFAULT = "he"


def variances(
    bound: BoundActivation, name: str, weight_variance: float | None, bias_variance: float
) -> Variances:
    """The variances that an initialisation gives a function; a weight variance of one's own wins.

    Raises UsageError where a critical point is asked for and there is none.

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
