"""A function and its derivatives in LaTeX with amsmath, to be pasted into a paper."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.shown import symbols, trees
from actcli.language.tree import Node

LABELS = ("f(x)", "f'(x)", "f''(x)")


def latex_lines(bound: BoundActivation) -> Iterator[str]:
    """The lines of an align environment.

    >>> from actcli.catalogue.specification import parse
    >>> print("\\n".join(latex_lines(parse("x**2"))))
    \\begin{align}
    f(x) &= x^{2} \\\\
    f'(x) &= 2x \\\\
    f''(x) &= 2
    \\end{align}
    """
    from actcli.language.words import Latex

    writer = Latex(symbols(bound))
    rows = [
        f"{label} &= {writer.write(tree)}"
        for label, tree in zip(LABELS, _trees(bound), strict=True)
    ]
    yield r"\begin{align}"
    yield from (f"{row} \\\\" for row in rows[:-1])
    yield rows[-1]
    yield r"\end{align}"


def _trees(bound: BoundActivation) -> tuple[Node, ...]:
    from actcli.catalogue.formula import TypedFormula

    activation = bound.activation
    if isinstance(activation, TypedFormula):
        from actcli.reference.shorter import Search

        return (activation.tree, *Search(activation.derivative_trees).results())
    return trees(bound)
