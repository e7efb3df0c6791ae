"""What all pictures of one run of `actcli plot` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.commands.plot_options import Choices
    from actcli.commands.request import Request
    from actcli.plotting.style import Style

#: Inches, and dots an inch, that make a picture.
WIDTHS = (2.0, 40.0)
RESOLUTIONS = (20.0, 1200.0)


class Pen(NamedTuple):
    """Draws functions over one range in one style; `number` is that of the points, if it is set."""

    request: Request
    number: int | None
    style: Style

    def draw(self, bounds: list[BoundActivation], path: str, picture_format: str) -> None:
        """Draw functions together into a file."""
        from actcli.backends import get_backend
        from actcli.plotting import figure, sampling, save

        if self.request.start is None or self.request.stop is None:
            seen = sampling.default_interval(bounds)
        else:
            seen = sampling.between(self.request.start, self.request.stop)
        backend, number = get_backend("actcli"), self.number or sampling.POINTS
        style = self.style.suited_to(picture_format)
        curves = [sampling.sample(bound, seen, backend, number) for bound in bounds]
        save.save(figure.draw(curves, style), path, picture_format, bounds, style)


def make_pen(request: Request, number: int | None, choices: Choices) -> Pen:
    """The pen that the options ask for; UsageError for what cannot be drawn with."""
    return Pen(request, number, _style(choices))


def _style(choices: Choices) -> Style:
    from dataclasses import replace

    from actcli.plotting.style import DARK, LIGHT, Style

    style = Style(palette=DARK if choices.dark else LIGHT, transparent=choices.transparent)
    if choices.width is not None:
        style = replace(style, width=_between("--width", choices.width, *WIDTHS))
    if choices.dpi is not None:
        style = replace(style, dpi=_between("--dpi", choices.dpi, *RESOLUTIONS))
    return style


def _between(option: str, value: float, low: float, high: float) -> float:
    if low <= value <= high:
        return value
    raise UsageError(f"{option} must lie between {low:g} and {high:g}, not {value!r}")
