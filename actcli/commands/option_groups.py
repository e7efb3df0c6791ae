"""Help with options in groups, each under its heading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from actcli.commands.operands import NumberCommand


class GroupedOption(click.Option):
    """An option that help lists under the heading `group`."""

    def __init__(self, *args: Any, group: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.group = group


def grouped(group: str, *names: str, **settings: Any) -> Callable[[Any], Any]:
    """`click.option` under a heading."""
    return click.option(*names, cls=GroupedOption, group=group, **settings)


class GroupedCommand(NumberCommand):
    """A command whose help lists grouped options first, in the order of their declaration."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        rest = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None or not isinstance(parameter, click.Option):
                continue
            if isinstance(parameter, GroupedOption):
                groups.setdefault(parameter.group, []).append(record)
            else:
                rest.append(record)
        for heading, records in (*groups.items(), ("Options", rest)):
            with formatter.section(heading):
                formatter.write_dl(records)
