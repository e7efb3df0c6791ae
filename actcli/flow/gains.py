"""Gains of initialisations: computed, and those of libraries and papers.

A gain times 1/sqrt(fan-in) is the standard deviation of a layer's weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from actcli.arithmetic.numbers import Number
from actcli.catalogue.bound import BoundActivation
from actcli.flow.gaussian import moments

#: What `torch.nn.init.calculate_gain` returns (pytorch's torch/nn/init.py). Its leaky_relu has a
#: slope of 0.01 by default.
TORCH: Mapping[str, Callable[[Mapping[str, Number]], float]] = {
    "identity": lambda _: 1.0,
    "sigmoid": lambda _: 1.0,
    "tanh": lambda _: 5 / 3,
    "relu": lambda _: math.sqrt(2),
    "leaky_relu": lambda parameters: math.sqrt(2) / math.hypot(1, float(parameters["alpha"])),
    "selu": lambda _: 3 / 4,
}
#: What papers derive: He et al. 2015, arXiv:1502.01852, for the rectifiers; Klambauer et al. 2017,
#: arXiv:1706.02515, for selu (LeCun's initialisation).
PAPERS: Mapping[str, Callable[[Mapping[str, Number]], float]] = {
    "relu": lambda _: math.sqrt(2),
    "leaky_relu": TORCH["leaky_relu"],
    "prelu": TORCH["leaky_relu"],
    "selu": lambda _: 1.0,
}


class Gains(NamedTuple):
    """Gains at inputs of variance 1; `torch` and `paper` are None if they have none.

    `length`, 1/sqrt(E[f^2]), keeps the second moment, and `gradient`, 1/sqrt(E[f'^2]), that of
    gradients; inf if no weights can.
    """

    length: float
    gradient: float
    torch: float | None
    paper: float | None


def gains(bound: BoundActivation) -> Gains:
    """The gains of a function, accurate to 1e-10.

    >>> from actcli.catalogue.specification import parse
    >>> found = gains(parse("relu"))
    >>> round(found.length / math.sqrt(2), 12), round(found.gradient / found.torch, 12)
    (1.0, 1.0)
    """
    found = moments(bound, 1.0)
    rules = [table.get(bound.name) for table in (TORCH, PAPERS)]
    if bound.name not in ("leaky_relu", "prelu") and bound.changed:
        rules = [None, None]  # they are for default parameters
    torch, paper = (rule(bound.parameters) if rule else None for rule in rules)
    return Gains(_gain(found.square), _gain(found.slope), torch, paper)


def _gain(moment: float) -> float:
    return 1 / math.sqrt(moment) if moment > 0 else math.inf
