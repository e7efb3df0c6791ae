"""How a TensorFlow session would compute each column: the headings of TensorFlow-style output."""

from __future__ import annotations

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.calls import Call, framework_call
from actcli.errors import UsageError


def assignments(bound: BoundActivation) -> dict[str, str]:
    """The assignment that gives each column but x, where `a` is the tensor of x."""
    return {
        "y": f"y = {call(bound)}",
        "dy": "grads = tape.gradient(y, [a])",
        "d2y": "grads2 = tape.gradient(grads, [a])",
    }


def call(bound: BoundActivation) -> str:
    """The activation called on `a`: as TensorFlow's function if that can have these parameters."""
    if bound.activation.typed:
        return _formula(bound)
    try:
        return framework_call(bound, "tensorflow").written("a")
    except UsageError:
        settings = {name: float(value) for name, value in bound.changed.items()}
        return Call(bound.name, settings=settings).written("a")


def _formula(bound: BoundActivation) -> str:
    """A formula in `a`, with the functions that it names as TensorFlow calls them."""
    from actcli.language.formula import TypedFormula
    from actcli.language.parser import as_tree
    from actcli.language.symbolic import replaced
    from actcli.language.words import write_tensorflow

    function = bound.activation
    assert isinstance(function, TypedFormula)
    names = {name: as_tree(value) for name, value in function.values.items()}
    return write_tensorflow(replaced(function.tree, names))
