"""The picture of a fit: its error over x."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actcli.fitting.goal import points_of, true_values, units
from actcli.output import open_binary, print_path
from actcli.plotting.figure.fit_picture import draw_fit
from actcli.plotting.figure.picture_file import encoded
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK, LIGHT

if TYPE_CHECKING:
    from actcli.fitting.fitting import Fit

#: The most points that are drawn.
MOST = 40_000


def write_picture(fit: Fit, path: str, picture_format: str, dark: bool) -> None:
    """Draw the error of a fit into a file, and print its path."""
    made, goal = fit.approximation, fit.goal
    x = points_of(goal).x
    evenly = np.linspace(x[0], x[-1], MOST)
    near = np.unique(x[np.clip(np.searchsorted(x, evenly), 0, x.size - 1)])
    f = true_values(goal, near)
    error = (made(near) - f) / units(goal, f)
    style = Style(palette=DARK if dark else LIGHT).suited_to(picture_format)
    spec = made.bound.specification
    title = f"{spec} in {len(made.pieces)} pieces of degree {made.degree}, {made.given.name}"
    words = f"Error of an approximation of {spec} over x, with the proven bound"
    label = "error in ulp" if goal.measure == "ulp" else f"{goal.measure} error"
    figure = draw_fit(
        near, error, made.starts[1:], fit.proof.max_error, label, title, style,
    )  # fmt: skip
    picture = encoded(figure, picture_format, [made.bound], style, title, words)
    with open_binary(path) as out:
        out.write(picture)
    if path != "-":
        print_path(path)
