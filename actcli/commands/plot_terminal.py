"""`actcli plot` on a terminal: pictures in characters, and images where the terminal can."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple, TextIO

from actcli.console import colour_wanted, is_terminal, is_unicode, make_console
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.analysis.exhibit import Exhibit
    from actcli.analysis.interval import AxisRange
    from actcli.catalogue.bound import BoundActivation
    from actcli.commands.plot_options import Choices
    from actcli.commands.plotter import Plotter
    from actcli.plotting.inline import Encoder


#: Columns and lines that --width and --height may ask for.
WIDTHS = (10, 1000)
HEIGHTS = (8, 1000)
#: The width of a picture without a window, and the width beyond which it gets no clearer.
USUAL_WIDTH = 72
WIDEST = 100
#: Lines of a window left for the path of a file and the next prompt.
OTHER_LINES = 2
#: Suffixes that cannot be meant for an image.
TEXT_SUFFIXES = ("", ".txt")


def check(terminal: bool, inline: bool, quiet: bool, every: bool, format_name: str | None) -> None:
    """Refuse options that contradict one another."""
    if terminal and inline:
        raise UsageError("--terminal draws in characters, --inline shows an image; choose one")
    if quiet and (terminal or inline):
        asked = "--terminal" if terminal else "--inline"
        raise UsageError(f"{asked} shows a picture, and --quiet shows none; choose one")
    if terminal and format_name is not None:
        raise UsageError(
            f"--format {format_name} is for files, and --terminal draws in characters; choose one"
        )
    if inline and every:
        raise UsageError("--inline shows one picture, and --all draws many; choose one")


class Size(NamedTuple):
    """The columns and lines asked for."""

    columns: int | None = None
    lines: int | None = None


UNSET = Size()


def characters(choices: Choices) -> Size:
    """The size asked for; UsageError for options that make no sense in characters."""
    if option := choices.of_files():
        raise UsageError(f"{option} is for pictures in files; leave it out with --terminal")
    return Size(
        _whole("--width", "columns", choices.width, WIDTHS),
        _whole("--height", "lines", choices.height, HEIGHTS),
    )


def _whole(option: str, unit: str, value: float | None, ends: tuple[int, int]) -> int | None:
    if value is None:
        return None
    least, most = ends
    if least <= value <= most and value == int(value):
        return int(value)
    raise UsageError(
        f"with --terminal {option} counts {unit}, a whole number from {least} to {most}, "
        f"not {value:g}"
    )


def draw_in_characters(
    plotter: Plotter, bounds: list[BoundActivation], size: Size, light: bool, output: str | None
) -> None:
    """Draw functions together as text, on standard output or into a file."""
    plotter = plotter._replace(epsilon=0.0)  # bands of saturation are not shown
    limits = plotter.view.y_limits
    if output is None or output == "-":
        show(plotter.exhibits(bounds), limits, size, light)
        return
    from actcli.output import open_text, print_path
    from actcli.plotting.characters.screen import Screen, draw

    _check_suffix(output)
    screen = Screen(size.columns or USUAL_WIDTH, size.lines)
    picture = draw(plotter.exhibits(bounds), screen, limits)
    with open_text(output) as out:
        out.write(_joined(picture.plain()))
    print_path(output)


def show(
    exhibits: list[Exhibit], limits: AxisRange | None, size: Size = UNSET, light: bool = True
) -> None:
    """Draw functions together on standard output, as well as it can show them."""
    from actcli.output import open_text
    from actcli.plotting.characters.looks import NAMED, colours
    from actcli.plotting.characters.screen import Screen, draw

    stream, width, most_lines = sys.stdout, size.columns, None
    if stream is not None and is_terminal(stream):
        seen = window(stream)
        width, most_lines = width or min(seen.columns, WIDEST), seen.lines - OTHER_LINES
    console = make_console(stream, width=width) if colour_wanted(stream) else None
    palette = colours(console.color_system, light) if console else NAMED
    screen = Screen(width or USUAL_WIDTH, size.lines, most_lines, is_unicode(stream), palette)
    picture = draw(exhibits, screen, limits)
    text = _joined(picture.plain())
    if console:
        with console.capture() as capture:
            for line in picture.rich():
                console.print(line, soft_wrap=True)
        text = capture.get()
    with open_text() as out:
        out.write(text)


def inline_encoder() -> Encoder:
    """How the terminal takes images; UsageError without a terminal that shows them."""
    from actcli.plotting.inline import encoder

    if not is_terminal(sys.stdout):
        raise UsageError("--inline needs a terminal, but standard output is none; try -o FILE.png")
    return encoder(os.environ)


def show_inline(png: bytes, encode: Encoder) -> None:
    """Show an image on the terminal, at most as wide as its window."""
    from actcli.output import open_binary
    from actcli.plotting.inline import width

    seen = window(sys.stdout)
    too_wide = 0 < seen.pixels < width(png)
    with open_binary() as out:
        out.write(encode(png, seen.columns if too_wide else None) + b"\n")


def _check_suffix(path: str) -> None:
    """Refuse the name of an image for text: --terminal was misunderstood."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in TEXT_SUFFIXES:
        return
    from actcli.plotting.figure.loading import load

    load()
    from actcli.plotting.figure.picture_file import formats

    if suffix[1:] in formats():
        raise UsageError(
            f"--terminal draws in characters, but {path!r} is named like an image; leave out "
            "--terminal, or write to a .txt"
        )


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class Window(NamedTuple):
    """The size of a terminal: columns, lines, and its width in pixels, 0 if unknown."""

    columns: int
    lines: int
    pixels: int = 0


#: The size of a terminal that does not tell it.
USUAL_WINDOW = Window(80, 24)


def window(stream: TextIO) -> Window:
    """The size of the terminal behind a stream; COLUMNS and LINES, if above 0, come first."""
    columns, lines, pixels = _asked(stream)
    return Window(
        _positive("COLUMNS") or columns or USUAL_WINDOW.columns,
        _positive("LINES") or lines or USUAL_WINDOW.lines,
        pixels,
    )


def _asked(stream: TextIO) -> Window:
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8))
        lines, columns, pixels, _ = struct.unpack("HHHH", answer)
    except (ImportError, OSError, ValueError):
        return Window(0, 0)
    return Window(columns, lines, pixels)


def _positive(variable: str) -> int:
    """The whole number that a variable holds; 0 for anything else."""
    text = os.environ.get(variable, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
