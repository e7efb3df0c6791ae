"""`actcli info`: everything known of one function, on a card or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from actcli.commands.number_command import NumberCommand
from actcli.commands.types import SpecificationType

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.vector import BoundVector

FORMATS = ("card", "json", "latex")
PICTURE_HEIGHT = 17


@click.command("info", cls=NumberCommand)
@click.argument("bound", metavar="SPEC", type=SpecificationType(vectors=True))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    default="card",
    show_default=True,
    help="How to write: a card for people, json for programs, or formula and derivatives in latex.",
)
def command(bound: BoundActivation | BoundVector, format_name: str) -> None:
    """Show everything known of one function: formula and derivatives, properties, parameters,
    breakpoints with the gradients that frameworks give there, initialisation gains and the critical
    point of deep networks, names and defaults, source.

    \b
    Examples:
      actcli info gelu
      actcli info tf.nn.leaky_relu
      actcli info elu:alpha=0.5 --format json
      actcli info 'x*tanh(log(1+exp(x)))'
      actcli info gelu --format latex
    """
    from actcli.catalogue.vector import BoundVector
    from actcli.reference.facts import facts
    from actcli.reference.vector_facts import vector_facts

    if format_name == "latex":
        _write_latex(bound)
        return
    if isinstance(bound, BoundVector):
        known = vector_facts(bound)
    else:
        from actcli.flow.facts import propagation_facts

        known = {**facts(bound), "propagation": propagation_facts(bound)}
    if format_name == "json":
        from actcli.reports.writers import write_json

        write_json(None, known)
        return
    from actcli.backends import get_backend
    from actcli.console import UNLIMITED, make_console
    from actcli.plotting.looks import colours
    from actcli.plotting.portrait import portrait
    from actcli.plotting.screen import Screen
    from actcli.reference.card import lay_out, picture_width
    from actcli.reference.vector_card import lay_out_vector

    console = make_console()
    unicode = console.encoding.startswith("utf")
    width = None if console.width == UNLIMITED else console.width
    if isinstance(bound, BoundVector):
        lines = lay_out_vector(known, width, unicode)
    else:
        screen = Screen(
            picture_width(width),
            most_lines=PICTURE_HEIGHT,
            unicode=unicode,
            colours=colours(console.color_system),
        )
        picture = portrait(bound, get_backend("actcli"), screen)
        lines = lay_out(known, picture.rich(), width, unicode)
    for line in lines:
        console.print(line, soft_wrap=True)


def _write_latex(bound: BoundActivation | BoundVector) -> None:
    from actcli.catalogue.vector import BoundVector
    from actcli.errors import UsageError
    from actcli.output import open_text
    from actcli.reference.latex import latex_lines

    if isinstance(bound, BoundVector):
        raise UsageError(
            f"--format latex is for functions of one number, and {bound.name} is one of a vector; "
            "use --format json, which has its mathtext"
        )
    lines = list(latex_lines(bound))
    with open_text() as out:
        out.writelines(f"{line}\n" for line in lines)
