"""The words and options of `actcli plot`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.arithmetic.numbers import LIKE_HEXADECIMAL, read_number
from actcli.commands.operands import is_number_like
from actcli.commands.option_groups import grouped
from actcli.commands.options import all_of, round_option
from actcli.commands.types import (
    AnyDTypeType,
    BackendType,
    NumberType,
    OrdersType,
    SpecificationType,
)

if TYPE_CHECKING:
    from actcli.catalogue.quantised_dtypes import Unscaled
    from actcli.numerics.dtypes import DType
    from actcli.numerics.quantised import AnyDType

DRAWN = "What is drawn"
AXES = "Axes"
LOOKS = "Size and looks"
SCREEN = "On the terminal"


class PlotWord(SpecificationType):
    """A specification, or a number as written."""

    name = "word"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and (
            is_number_like(value)
            or read_number(value) is not None
            or re.match(LIKE_HEXADECIMAL, value)
        ):
            return value
        return super().convert(value, param, ctx)


#: The options that also apply to pictures in characters.
IN_CHARACTERS = (
    "show",
    "backend",
    "dtype",
    "out_dtype",
    "rounding",
    "xlim",
    "ylim",
    "width",
    "height",
    "light",
)


class Choices(NamedTuple):
    """The values of `picture_options`; None leaves the choice to the picture."""

    show: tuple[int, ...] = (0, 1)
    backend: str | None = None
    dtype: AnyDType | Unscaled | None = None
    out_dtype: AnyDType | Unscaled | None = None
    rounding: str = "half-even"
    error: bool = False
    eps: float | None = None
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    equal: bool = False
    width: float | None = None
    height: float | None = None
    dpi: float | None = None
    light: bool = True
    transparent: bool = False
    style: str | None = None
    title: str | None = None
    svg_text: str = "text"

    @property
    def float_dtype(self) -> DType | None:
        """The dtype, if it is not quantised."""
        from actcli.numerics.dtypes import DType

        return self.dtype if isinstance(self.dtype, DType) else None

    @property
    def quantised(self) -> bool:
        """Whether x or the results have a dtype that only the default backend knows."""
        return self.out_dtype is not None or self.dtype is not self.float_dtype

    def of_files(self) -> str | None:
        """The first option that was set and makes no sense in characters."""
        for name, default in self._field_defaults.items():
            if name not in IN_CHARACTERS and getattr(self, name) != default:
                return f"--{name.replace('_', '-')}"
        return None


picture_options = all_of(
    grouped(
        DRAWN,
        "--show",
        type=OrdersType(),
        default="y,dy",
        metavar="COLUMNS",
        help="The columns to draw, of y,dy,d2y (default y,dy).",
    ),
    grouped(
        DRAWN,
        "--backend",
        type=BackendType(),
        metavar="BACKEND",
        help="Draw the results of this backend over the true curve.",
    ),
    grouped(
        DRAWN,
        "--dtype",
        type=AnyDTypeType(),
        metavar="DTYPE",
        help="Draw results in this type over the true curve; of int8:scale=S at all codes.",
    ),
    grouped(
        DRAWN,
        "--out-dtype",
        type=AnyDTypeType(),
        metavar="DTYPE",
        help="The type of the results, if it is not that of x.",
    ),
    round_option,
    grouped(
        DRAWN, "--error", is_flag=True, help="Add the error in ulp (of float32, or of --dtype)."
    ),
    grouped(
        DRAWN,
        "--eps",
        type=NumberType(),
        metavar="E",
        help="Grey where |f'| < E, if only one function is drawn (default 0.01; 0 for none).",
    ),
    grouped(AXES, "--xlim", type=NumberType(), nargs=2, metavar="A B", help="Ends of the x axis."),
    grouped(AXES, "--ylim", type=NumberType(), nargs=2, metavar="A B", help="Ends of the y axis."),
    grouped(AXES, "--equal", is_flag=True, help="Draw units of x and y equally long."),
    grouped(
        LOOKS,
        "--width",
        type=NumberType(),
        metavar="INCHES",
        help="3.5 and 7 are columns of a paper (default 4.8); in characters with --terminal.",
    ),
    grouped(
        LOOKS,
        "--height",
        type=NumberType(),
        metavar="INCHES",
        help="Default: as needed; lines with --terminal.",
    ),
    grouped(LOOKS, "--dpi", type=NumberType(), metavar="DOTS", help="Dots per inch (default 200)."),
    grouped(LOOKS, "--light/--dark", "light", default=True, help="Background (default light)."),
    grouped(LOOKS, "--transparent", is_flag=True, help="Leave the background out."),
    grouped(
        LOOKS,
        "--style",
        metavar="NAME|FILE",
        help="A matplotlib style, which overrides the looks of this tool.",
    ),
    grouped(
        LOOKS, "--title", metavar="TEXT", help="Instead of names and formulas; $...$ is mathtext."
    ),
    grouped(
        LOOKS,
        "--svg-text",
        type=click.Choice(["text", "path"]),
        default="text",
        help="Text in an svg as text (default), or as outlines that look the same everywhere.",
    ),
)
screen_options = all_of(
    grouped(SCREEN, "--terminal", is_flag=True, help="Draw in characters instead of a file."),
    grouped(
        SCREEN,
        "--inline",
        is_flag=True,
        help="Show the image too (in kitty, Ghostty, iTerm2, WezTerm).",
    ),
    grouped(
        SCREEN,
        "-q",
        "--quiet",
        is_flag=True,
        help="Print only the file's path: no picture, no progress bar.",
    ),
)
