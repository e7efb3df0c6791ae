"""Pieces of declarations that several families use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from actcli.catalogue.activation import DOUBT, Argument, Citation, Formulas, Number, Symbol

#: The remark on every function that no framework has.
FROM_MEMORY = (
    "the definition is the paper's as remembered; no framework has the function to compare with"
)

#: Frameworks whose module has another name.
FRAMEWORKS = {"tf": "tensorflow"}

#: A default, None if there is none, alone or behind the name of the parameter.
Setting = Number | None | tuple[str, Number | None] | Argument


def inverse_square_root_unit(m: Any, x: Any, alpha: Number) -> Formulas:
    """x / sqrt(1 + alpha x^2) and its derivatives r^-3 and -3 alpha x r^-5."""
    r = m.sqrt(1 + x * x * alpha)
    return (lambda: x / r, lambda: 1 / (r * r * r), lambda: x * alpha * -3 / (r * r * r * r * r))


def scaled_gate(m: Any, x: Any, beta: Number) -> Formulas:
    """x sigmoid(beta x) and its derivatives."""
    # g = sigmoid(beta x), c = 1 - g taken as sigmoid(-beta x); c - g = -tanh(beta x / 2).
    t = x * beta
    g, c = m.logistic(t)
    return (lambda: x * g, lambda: g * (1 + t * c), lambda: g * c * (2 + t * (c - g)) * beta)


def symbol(
    name: str,
    *also: str,
    arguments: tuple[Argument, ...] = (),
    fixed: Mapping[str, Number] = MappingProxyType({}),
    **settings: Setting,
) -> Symbol:
    """A framework's name for a function, or an expression with x, and other names for the same.

    A keyword argument is one of the framework's, with its default; where the parameter that it sets
    has another name here, with that before. `fixed` are parameters that cannot be set there.

    >>> symbol("tf.nn.silu", beta=1.0).arguments[0].parameter
    'beta'
    >>> symbol("torch.celu", fixed={"alpha": 1.0}).framework
    'torch'
    """
    word = name.partition("(")[0]
    module = word.partition(".")[0]
    given = [*arguments, *(Argument(key, key, value, fixed=True) for key, value in fixed.items())]
    for key, value in settings.items():
        if isinstance(value, Argument):
            given.append(value)
        elif isinstance(value, tuple):
            given.append(Argument(key, *value))
        else:
            given.append(Argument(key, key, value))
    return Symbol(
        FRAMEWORKS.get(module, module), word, name if "(" in name else "", also, tuple(given)
    )


def cited(text: str) -> Citation:
    """A source in one line, as it is shown; authors, year and numbers stand there if known.

    >>> cited("Misra: Mish, 2019, arXiv:1908.08681")
    Citation(title='Mish', authors='Misra', year=2019, arxiv=('1908.08681',), confirmed=True)
    >>> cited("classical function" + DOUBT)[3:]
    ((), False)
    """
    known, *numbers = text.removesuffix(DOUBT).split(", arXiv:")
    authors, colon, title = known.partition(": ")
    if not colon:
        authors, title = "", known
    words, _, year = title.rpartition(", ")
    if not (words and year.isdigit()):
        words, year = title, ""
    confirmed = not text.endswith(DOUBT)
    return Citation(words, authors, int(year) if year else None, tuple(numbers), confirmed)
