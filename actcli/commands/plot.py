"""`actcli plot`: functions and their derivatives in a picture."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.commands.number_command import NumberCommand, is_number_like
from actcli.commands.options import output_option
from actcli.commands.request import Request, read_request
from actcli.commands.types import SpecificationType
from actcli.console import is_terminal
from actcli.errors import DataError, UsageError
from actcli.number_text import read_number

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.plotting.style import Style

EXAMPLE = "for example: actcli plot gelu silu -5 5"
DEFAULT_FORMAT = "png"
#: Inches, and dots an inch, that make a picture.
WIDTHS = (2.0, 40.0)
RESOLUTIONS = (20.0, 1200.0)


class Word(SpecificationType):
    """A specification, or a number as it was written."""

    name = "word"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and (is_number_like(value) or read_number(value) is not None):
            return value
        return super().convert(value, param, ctx)


@click.command("plot", cls=NumberCommand)
@click.argument("words", type=Word(), nargs=-1, metavar="SPEC... [START STOP [NUM]]")
@output_option
@click.option("--format", "format_name", metavar="FORMAT", help="png (the default), svg, pdf, ...")
@click.option("--all", "every", is_flag=True, help="Draw every function, into the folder of -o.")
@click.option("--width", type=float, metavar="INCHES", help="How wide (default 4.8).")
@click.option("--dpi", type=float, metavar="DOTS", help="Dots per inch (default 200).")
@click.option("--dark", is_flag=True, help="Light on dark.")
@click.option("--transparent", is_flag=True, help="Leave the background out.")
def command(
    words: tuple[BoundActivation | str, ...],
    output: str | None,
    format_name: str | None,
    every: bool,
    width: float | None,
    dpi: float | None,
    dark: bool,
    transparent: bool,
) -> None:
    """Draw functions and their derivatives into a file, and print its path.

    \b
    Examples:
      actcli plot tanh                         tanh.png
      actcli plot gelu silu mish -5 5          f above, f' below
      actcli plot elu:alpha=0.5 elu:alpha=2 -o elu.svg
      actcli plot --all -o gallery             a picture of each function

    Without -o the file is NAME.png in the current folder, names joined by -; the suffix of FILE
    chooses among the formats of matplotlib. START and STOP are the range of x, NUM the points
    looked at.
    """
    bounds = list({w.specification: w for w in words if not isinstance(w, str)}.values())
    numbers = [word for word in words if isinstance(word, str)]
    request = read_request(numbers)
    if len(numbers) == 1:
        raise UsageError(f"a range of x has two ends, but {numbers[0]!r} is alone; {EXAMPLE}")
    if every and bounds:
        raise UsageError(f"--all draws every function, so {bounds[0].name!r} need not be named")
    if not every and not bounds:
        raise UsageError(f"no function is named; {EXAMPLE}")
    pen = Pen(
        request, request.count if len(numbers) == 3 else None, _style(width, dpi, dark, transparent)
    )

    from actcli.plotting.engine import load

    load()
    if every:
        _draw_every(pen, output, format_name)
    else:
        _draw_together(pen, bounds, output, format_name)


class Pen(NamedTuple):
    """What all pictures of one run have in common."""

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


def _draw_together(
    pen: Pen, bounds: list[BoundActivation], output: str | None, format_name: str | None
) -> None:
    from actcli.output import is_replaceable
    from actcli.plotting import save

    if output == "-" and is_terminal(sys.stdout):
        raise UsageError("a picture would garble the terminal; write it to a file: -o FILE.png")
    if format_name is not None:
        picture_format = save.checked_format(format_name)
    elif output is not None and is_replaceable(output):
        picture_format = save.format_of(output)
    else:
        picture_format = DEFAULT_FORMAT
    path = output or save.file_name(bounds, picture_format)
    pen.draw(bounds, path, picture_format)
    if path != "-":
        click.echo(path)


def _draw_every(pen: Pen, folder: str | None, format_name: str | None) -> None:
    from actcli.catalogue.bound import bind
    from actcli.catalogue.registry import catalogue
    from actcli.plotting import save

    if folder is None or folder == "-":
        raise UsageError("--all needs a folder to draw into; for example: --all -o gallery")
    picture_format = save.checked_format(format_name or DEFAULT_FORMAT)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder {folder!r}: {error.strerror}") from error
    gc.enable()  # figures refer to themselves, and many are to come
    for _, activation in sorted(catalogue().items()):
        bounds = [bind(activation, {})]
        path = os.path.join(folder, save.file_name(bounds, picture_format))
        pen.draw(bounds, path, picture_format)
        click.echo(path)


def _style(width: float | None, dpi: float | None, dark: bool, transparent: bool) -> Style:
    from dataclasses import replace

    from actcli.plotting.style import DARK, LIGHT, Style

    style = Style(palette=DARK if dark else LIGHT, transparent=transparent)
    if width is not None:
        style = replace(style, width=_between("--width", width, *WIDTHS))
    if dpi is not None:
        style = replace(style, dpi=_between("--dpi", dpi, *RESOLUTIONS))
    return style


def _between(option: str, value: float, low: float, high: float) -> float:
    if low <= value <= high:
        return value
    raise UsageError(f"{option} must lie between {low:g} and {high:g}, not {value!r}")
