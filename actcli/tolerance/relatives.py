"""Functions that are taken for one another, by name."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import elementwise

#: What a kernel of each function computes by mistake.
RELATIVES: dict[str, tuple[str, ...]] = {
    "gelu": ("gelu_tanh", "quick_gelu", "relu", "silu"),
    "gelu_tanh": ("gelu", "quick_gelu", "relu", "silu"),
    "quick_gelu": ("gelu", "gelu_tanh", "relu", "silu"),
    "silu": ("quick_gelu", "hard_silu", "gelu", "relu"),
    "hard_silu": ("silu", "relu6", "relu"),
    "mish": ("silu", "gelu", "relu"),
    "relu": ("relu6", "leaky_relu", "softplus"),
    "relu6": ("relu", "hard_tanh"),
    "squared_relu": ("relu",),
    "leaky_relu": ("relu", "identity"),
    "prelu": ("relu", "identity"),
    "rrelu": ("relu", "identity"),
    "elu": ("celu", "selu", "relu"),
    "celu": ("elu", "selu", "relu"),
    "selu": ("elu", "relu"),
    "softplus": ("relu", "squareplus"),
    "squareplus": ("softplus", "relu"),
    "sparse_plus": ("softplus", "relu"),
    "sigmoid": ("hard_sigmoid", "tanh"),
    "hard_sigmoid": ("sigmoid", "sparse_sigmoid"),
    "sparse_sigmoid": ("hard_sigmoid", "sigmoid"),
    "log_sigmoid": ("sigmoid",),
    "tanh": ("hard_tanh", "softsign", "erf"),
    "hard_tanh": ("tanh", "relu6"),
    "softsign": ("tanh", "hard_tanh"),
    "erf": ("tanh",),
    "arctan": ("tanh",),
    "tanh_shrink": ("soft_shrink",),
    "soft_shrink": ("hard_shrink", "tanh_shrink"),
    "hard_shrink": ("soft_shrink",),
}
#: Those whose parameters of the same name mean the same.
ALIKE = ({"elu", "celu"}, {"leaky_relu", "prelu"})


def relatives(bound: BoundActivation) -> Iterator[BoundActivation]:
    """The functions that one is taken for, with its own parameters where they have the same.

    >>> from actcli.catalogue.specification import parse
    >>> [other.specification for other in relatives(parse("elu:alpha=1.5"))]
    ['celu:alpha=1.5', 'selu', 'relu']
    """
    for name in RELATIVES.get(bound.name, ()):
        shared = bound.parameters if any({bound.name, name} <= group for group in ALIKE) else {}
        yield bind(elementwise()[name], shared)
