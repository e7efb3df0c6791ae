"""The words and options of `actcli plot`, as they are written."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from actcli.commands.number_command import is_number_like
from actcli.commands.option_groups import grouped
from actcli.commands.options import all_of
from actcli.commands.types import SpecificationType
from actcli.number_text import read_number


class Word(SpecificationType):
    """A specification, or a number as it was written."""

    name = "word"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and (is_number_like(value) or read_number(value) is not None):
            return value
        return super().convert(value, param, ctx)


class Choices(NamedTuple):
    """How pictures are to look, a field for each of `picture_options`; None is the default."""

    width: float | None
    dpi: float | None
    dark: bool
    transparent: bool


SIZE = "Size"
COLOURS = "Colours"

picture_options = all_of(
    grouped(SIZE, "--width", type=float, metavar="INCHES", help="How wide (default 4.8)."),
    grouped(SIZE, "--dpi", type=float, metavar="DOTS", help="Dots per inch (default 200)."),
    grouped(COLOURS, "--dark", is_flag=True, help="Light on dark."),
    grouped(COLOURS, "--transparent", is_flag=True, help="Leave the background out."),
)
