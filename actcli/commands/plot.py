"""`actcli plot`: a picture of functions and their derivatives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from actcli.commands.operands import read_request
from actcli.commands.option_groups import GroupedCommand
from actcli.commands.options import cluster_option, kernel_options, output_option
from actcli.commands.plot_all import draw_every, every_function, without_failing
from actcli.commands.plot_options import Choices, PlotWord, picture_options, screen_options
from actcli.commands.plot_terminal import (
    characters,
    check,
    draw_in_characters,
    inline_encoder,
    show,
    show_inline,
)
from actcli.commands.plotter import make_plotter
from actcli.console import is_terminal
from actcli.errors import UsageError
from actcli.output import write_and_tell

if TYPE_CHECKING:
    from actcli.backends import Kernel
    from actcli.catalogue.bound import BoundActivation

EXAMPLE = "for example: actcli plot gelu silu -5 5"
DEFAULT_FORMAT = "png"


@click.command("plot", cls=GroupedCommand)
@click.argument("words", type=PlotWord(), nargs=-1, metavar="SPEC... [START STOP [NUM]]")
@picture_options
@screen_options
@kernel_options
@output_option
@click.option("--format", "format_name", metavar="FORMAT", help="png (the default), svg, pdf, ...")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Draw every function and a page of them into the folder of -o.",
)
@cluster_option
def command(
    words: tuple[BoundActivation | str, ...],
    output: str | None,
    format_name: str | None,
    every: bool,
    cluster: str | None,
    terminal: bool,
    inline: bool,
    quiet: bool,
    kernel: Kernel,
    **choices: Any,
) -> None:
    """Draw functions and their derivatives into a file, and print its path.

    \b
    Examples:
      actcli plot tanh                         tanh.png
      actcli plot gelu silu mish -5 5          f above, f' below
      actcli plot elu:alpha=0.5 elu:alpha=2 -o elu.svg
      actcli plot gelu --dtype float8_e4m3fn --error
      actcli plot tanh --terminal              characters instead of a file
      actcli plot --all -o gallery             all of them, and gallery/index.html

    Without -o the file is NAME.png in the current folder, names joined by -, and a terminal also
    shows the picture in characters; the suffix of FILE chooses among the formats of matplotlib.
    START and STOP are the range of x, NUM the number of points computed.
    """
    bounds = list({w.specification: w for w in words if not isinstance(w, str)}.values())
    numbers = [word for word in words if isinstance(word, str)]
    chosen = Choices(**choices)
    request = read_request(numbers, chosen.float_dtype)
    if len(numbers) == 1:
        raise UsageError(f"a range of x has two ends, but {numbers[0]!r} is alone; {EXAMPLE}")
    if every and bounds:
        raise UsageError(f"--all draws every function; leave out {bounds[0].name!r}")
    if not every and not bounds:
        raise UsageError(f"no function is named; {EXAMPLE}")
    if cluster is not None and (terminal or not every):
        raise UsageError("--cluster shares the pictures of --all; one is drawn here")
    number = request.count if len(numbers) == 3 else None
    check(terminal, inline, quiet, every, format_name)
    if terminal:
        size = characters(chosen)
        plotter = make_plotter(request, number, chosen._replace(width=None, height=None), kernel)
        if every:
            bounds = without_failing(every_function(), lambda bound: plotter.exhibits([bound]))
        draw_in_characters(plotter, bounds, size, chosen.light, output)
        return
    encode = inline_encoder() if inline else None
    plotter = make_plotter(request, number, chosen, kernel)

    from actcli.plotting.figure.loading import load

    load()
    if every:
        from actcli.plotting.figure.picture_file import checked_format

        draw_every(plotter, output, checked_format(format_name or DEFAULT_FORMAT), cluster, quiet)
        return
    path, picture_format = _target(bounds, output, format_name)
    exhibits = plotter.exhibits(bounds)
    picture = plotter.picture(exhibits, picture_format)
    write_and_tell(path, picture)
    if encode:
        png = picture if picture_format == "png" else plotter.picture(exhibits, "png")
        show_inline(png, encode)
    elif output is None and not quiet and is_terminal(sys.stdout):
        show(exhibits, plotter.view.y_limits, light=chosen.light)


def _target(
    bounds: list[BoundActivation], output: str | None, format_name: str | None
) -> tuple[str, str]:
    from actcli.output import is_replaceable
    from actcli.plotting.figure import picture_file

    if output == "-" and is_terminal(sys.stdout):
        raise UsageError("a picture would garble the terminal; write it to a file: -o FILE.png")
    if format_name is not None:
        picture_format = picture_file.checked_format(format_name)
    elif output is not None and is_replaceable(output):
        picture_format = picture_file.format_of(output)
    else:
        picture_format = DEFAULT_FORMAT
    return output or picture_file.file_name(bounds, picture_format), picture_format
