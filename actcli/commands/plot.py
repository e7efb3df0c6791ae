"""`actcli plot`: functions and their derivatives in a picture."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from actcli.commands.option_groups import GroupedCommand
from actcli.commands.options import output_option
from actcli.commands.pen import Pen, make_pen
from actcli.commands.plot_options import Choices, Word, picture_options
from actcli.commands.request import read_request
from actcli.console import is_terminal
from actcli.errors import DataError, UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation

EXAMPLE = "for example: actcli plot gelu silu -5 5"
DEFAULT_FORMAT = "png"


@click.command("plot", cls=GroupedCommand)
@click.argument("words", type=Word(), nargs=-1, metavar="SPEC... [START STOP [NUM]]")
@picture_options
@output_option
@click.option("--format", "format_name", metavar="FORMAT", help="png (the default), svg, pdf, ...")
@click.option("--all", "every", is_flag=True, help="Draw every function, into the folder of -o.")
def command(
    words: tuple[BoundActivation | str, ...],
    output: str | None,
    format_name: str | None,
    every: bool,
    **choices: Any,
) -> None:
    """Draw functions and their derivatives into a file, and print its path.

    \b
    Examples:
      actcli plot tanh                         tanh.png
      actcli plot gelu silu mish -5 5          f above, f' below
      actcli plot elu:alpha=0.5 elu:alpha=2 -o elu.svg
      actcli plot gelu --dtype float8_e4m3fn --error
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
    number = request.count if len(numbers) == 3 else None
    pen = make_pen(request, number, Choices(**choices))

    from actcli.plotting.engine import load

    load()
    if every:
        _draw_every(pen, output, format_name)
    else:
        _draw_together(pen, bounds, output, format_name)


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
