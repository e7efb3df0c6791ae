"""Columns as PyTorch prints them by default, without PyTorch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

import numpy as np

from actcli.columns import EDGE, THRESHOLD
from actcli.formats.numpy import column_values

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array

PREFIX = "tensor("
INDENT = len(PREFIX)
LINE_WIDTH = 80
PRECISION = 4
#: The dtype that is not printed.
DEFAULT = "float32"
#: Numbers have exponents if they differ by more than this factor, or if one is beyond these.
LARGEST_RATIO, LARGEST, SMALLEST = 1000.0, 1e8, 1e-4


class _Style(NamedTuple):
    """How the numbers of a tensor are written, and how wide each is."""

    exponents: bool = False
    whole: bool = True
    integers: bool = False
    width: int = 1

    def text(self, value: float) -> str:
        return self.unpadded(value).rjust(self.width)

    def unpadded(self, value: float) -> str:
        if self.integers:
            return str(int(value))
        if self.exponents:
            return f"{value:.{PRECISION}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else str(value)
        return f"{value:.{PRECISION}f}"


def write(columns: Columns, out: TextIO) -> None:
    """Write `y = tensor(...)` for each column."""
    columns = columns.whole()
    for name, values in zip(columns.names, column_values(columns), strict=True):
        out.write(f"{name} = {tensor_text(values, columns.shape_of(name))}\n")


def tensor_text(values: Array, shape: tuple[int, ...]) -> str:
    """The repr of a tensor of that shape; of a long one-dimensional one `values` are the ends.

    >>> tensor_text(np.array([0.0, 0.5, 1.0], "float32"), (3,))
    'tensor([0.0000, 0.5000, 1.0000])'
    """
    kind, facts = values.dtype.name, []
    if math.prod(shape):
        cut = [math.prod(shape) > THRESHOLD and size > 2 * EDGE for size in shape]
        shown = _ends(values, cut) if values.ndim > 1 else values
        sizes = [2 * EDGE if is_cut else size for is_cut, size in zip(cut, shape, strict=True)]
        with np.errstate(invalid="ignore"):  # for a signalling nan
            numbers = shown.astype(np.float64).reshape(sizes)
        body = _nested(numbers, cut, _style(numbers, values.dtype.kind in "iu"), INDENT)
    else:
        body = "[]"
        if len(shape) != 1:
            facts.append(f"size={shape}")
    if kind != DEFAULT:
        facts.append(f"dtype=torch.{kind}")
    return _with_facts(PREFIX + body, facts)


def _ends(values: Array, cut: Sequence[bool]) -> Array:
    for axis, is_cut in enumerate(cut):
        if is_cut:
            values = values.take([*range(EDGE), *range(-EDGE, 0)], axis)
    return values


def _style(values: Array, integers: bool = False) -> _Style:
    if integers:
        style = _Style(integers=True)
        return style._replace(width=max(len(style.unpadded(v)) for v in values.reshape(-1)))
    counted = values[np.isfinite(values) & (values != 0)]
    if not counted.size:
        return _Style()
    size = np.abs(counted)
    low, high = float(size.min()), float(size.max())
    style = _Style(
        high / low > LARGEST_RATIO or high > LARGEST or low < SMALLEST,
        bool((counted == np.ceil(counted)).all()),
    )
    return style._replace(width=max(1, *(len(style.unpadded(v)) for v in counted.tolist())))


def _nested(values: Array, cut: Sequence[bool], style: _Style, indent: int) -> str:
    if values.ndim == 0:
        return style.text(float(values))
    if values.ndim == 1:
        texts = [style.text(value) for value in values.tolist()]
        if cut[0]:
            texts.insert(EDGE, " ...")
        in_a_line = max(1, (LINE_WIDTH - indent) // (style.width + 2))
        lines = [", ".join(texts[k : k + in_a_line]) for k in range(0, len(texts), in_a_line)]
        gap = ",\n"
    else:
        lines = [_nested(part, cut[1:], style, indent + 1) for part in values]
        if cut[0]:
            lines.insert(EDGE, "...")
        gap = "," + "\n" * (values.ndim - 1)
    return f"[{(gap + ' ' * (indent + 1)).join(lines)}]"


def _with_facts(text: str, facts: Sequence[str]) -> str:
    last_line = len(text) - text.rfind("\n") + 1
    for fact in facts:
        if last_line + len(fact) + 2 > LINE_WIDTH:
            text += ",\n" + " " * INDENT + fact
            last_line = INDENT + len(fact)
        else:
            text += f", {fact}"
            last_line += len(fact) + 2
    return text + ")"
