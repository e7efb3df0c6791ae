"""The picture of an audit: the largest error in each bin of bit patterns, over x."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actcli.backends import is_own
from actcli.output import open_binary, print_path
from actcli.plotting.figure.error_picture import Errors, draw_errors
from actcli.plotting.figure.picture_file import encoded
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK, LIGHT

if TYPE_CHECKING:
    from actcli.auditing.audit import Audit
    from actcli.auditing.findings import Findings
    from actcli.numerics.dtypes import DType


def write_picture(audit: Audit, path: str, picture_format: str, dark: bool) -> None:
    """Draw an audit into a file, and print its path."""
    request = audit.request
    who = request.backend or request.source
    if request.version and request.version not in who and not is_own(who):
        who = f"{who} {request.version}"
    title = f"{request.bound.specification} in {request.dtype.name}, {who}"
    style = Style(palette=DARK if dark else LIGHT).suited_to(picture_format)
    columns = {name: _errors(found, request.dtype) for name, found in audit.columns.items()}
    figure = draw_errors(columns, title, request.rules.tolerance, style)
    words = f"Largest error in ulp over x, against the true values; {request.inputs}"
    picture = encoded(figure, picture_format, [request.bound], style, title, words)
    with open_binary(path) as out:
        out.write(picture)
    if path != "-":
        print_path(path)


def _errors(found: Findings, dtype: DType) -> Errors:
    assert found.bins is not None
    assert found.seen_bins is not None
    assert found.wrong_bins is not None
    seen = np.flatnonzero(found.seen_bins)
    x = _middles(len(found.bins), dtype)
    return Errors(x[seen], found.bins[seen], x[np.flatnonzero(found.wrong_bins)])


def _middles(count: int, dtype: DType) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The number in the middle of each bin of bit patterns."""
    width = (1 << dtype.bits) // count
    starts = np.arange(count, dtype=np.uint64) * np.uint64(width)
    with np.errstate(all="ignore"):
        first, middle = (
            patterns.astype(dtype.unsigned).view(dtype.numpy).astype(np.float64)
            for patterns in (starts, starts + np.uint64(width // 2))
        )
    return np.where(np.isinf(first), first, middle)
