"""Columns as a TensorFlow session shows them, each under the assignment that computes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TextIO

from actcli.catalogue.bound import BoundActivation, Call, framework_call
from actcli.columns import EDGE, THRESHOLD
from actcli.errors import UsageError
from actcli.formats.numpy import array_text, column_values

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array

#: The id of each column's tensor, counted from that of x.
OFFSETS = {"x": 0, "y": 2, "dy": 7}
#: The columns that come from `tape.gradient`, which returns a list.
LISTED = ("dy", "d2y")


def write(columns: Columns, out: TextIO, first_id: int | None = None) -> None:
    """Write the heading and the tensor of each column; `first_id` numbers them from that of x."""
    columns = columns.whole()
    headings = assignments(columns.function)
    for name, values in zip(columns.names, column_values(columns), strict=True):
        label = "" if first_id is None else f"id={first_id + OFFSETS[name]}, "
        tensor = _tensor(columns, name, values, label)
        if name in LISTED:
            # The release with numbered tensors also indented the tensors of a list.
            tensor = tensor if first_id is None else tensor.replace("\n", "\n ")
            tensor = f"[{tensor}]"
        heading = f"a = {_input(columns, values)}" if name == "x" else headings[name]
        if values.dtype.kind in "iu":
            heading += f"  # as {columns.dtype_of(name).name}"
        out.write(f"{heading}\n{tensor}\n")


def _tensor(columns: Columns, name: str, values: Array, label: str) -> str:
    shape = columns.shape_of(name)
    text = repr(values[0].item()) if columns.scalar else array_text(values, math.prod(shape))
    line = "\n" if "\n" in text else ""
    facts = f"shape={shape}, dtype={values.dtype.name}"
    return f"<tf.Tensor: {label}{facts}, numpy={line}{text}>"


def _input(columns: Columns, values: Array) -> str:
    """The expression for the tensor of x; `values` are all or, beyond THRESHOLD, the ends."""
    origin = columns.origin
    if isinstance(origin, tuple):
        return "tf.linspace({!r}, {!r}, {})".format(*origin)
    if isinstance(origin, str):
        return f"tf.constant({origin})"
    if origin is not None:
        return f"tf.constant({origin!r})"
    if columns.scalar:
        return f"tf.constant({_listed(values)})"
    if math.prod(columns.shape_of("x")) <= THRESHOLD:
        return f"tf.constant([{_listed(values)}])"
    return f"tf.constant([{_listed(values[:EDGE])}, ..., {_listed(values[-EDGE:])}])"


def _listed(values: Array) -> str:
    return ", ".join(repr(value.item()) for value in values)


def assignments(function: BoundActivation) -> dict[str, str]:
    """The assignment that computes each column but x from `a`, the tensor of x."""
    return {
        "y": f"y = {call(function)}",
        "dy": "grads = tape.gradient(y, [a])",
        "d2y": "grads2 = tape.gradient(grads, [a])",
    }


def call(function: BoundActivation) -> str:
    """The function called on `a`, as TensorFlow's own if it has these parameters."""
    if function.activation.typed:
        from actcli.catalogue.formula import TypedFormula
        from actcli.formats.tensorflow_formula import formula_call

        assert isinstance(function.activation, TypedFormula)
        return formula_call(function.activation)
    try:
        return framework_call(function, "tensorflow").written("a")
    except UsageError:
        settings = {name: float(value) for name, value in function.changed.items()}
        return Call(function.name, settings=settings).written("a")
