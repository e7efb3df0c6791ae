"""`actcli info`: everything known about one function, on a card or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.types import SpecificationType

if TYPE_CHECKING:
    from rich.text import Text

    from actcli.catalogue.bound import BoundActivation

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
def command(bound: BoundActivation, format_name: str) -> None:
    """Show everything known about one function: formula and derivatives, properties, parameters,
    breakpoints and the gradients of frameworks there, initialisation gains and the critical point
    of deep networks, names and defaults, source.

    \b
    Examples:
      actcli info gelu
      actcli info tf.nn.leaky_relu
      actcli info elu:alpha=0.5 --format json
      actcli info 'x*tanh(log(1+exp(x)))'
      actcli info gelu --format latex
    """
    from actcli.reference.facts import facts

    if format_name == "latex":
        _write_latex(bound)
        return
    known = facts(bound)
    if not bound.activation.vector:
        from actcli.flow.propagation import propagation_facts

        known["propagation"] = propagation_facts(bound)
    if format_name == "json":
        from actcli.reports.writers import write_json

        write_json(None, known)
        return
    from actcli.backends import get_backend
    from actcli.console import UNLIMITED, make_console
    from actcli.plotting.characters.looks import colours
    from actcli.plotting.characters.portrait import portrait
    from actcli.plotting.characters.screen import Screen
    from actcli.reference.card import lay_out, picture_width

    console = make_console()
    unicode = console.encoding.startswith("utf")
    width = None if console.width == UNLIMITED else console.width
    picture: Sequence[Text] = ()
    if not bound.activation.vector:
        screen = Screen(
            picture_width(width),
            most_lines=PICTURE_HEIGHT,
            unicode=unicode,
            colours=colours(console.color_system),
        )
        picture = portrait(bound, get_backend("actcli"), screen).rich()
    for line in lay_out(known, picture, width, unicode):
        console.print(line, soft_wrap=True)


def _write_latex(bound: BoundActivation) -> None:
    from actcli.errors import UsageError
    from actcli.output import open_text
    from actcli.reference.latex import latex_lines

    if bound.activation.vector:
        raise UsageError(
            f"--format latex is for functions of one number, but {bound.name} takes a vector; "
            "use --format json, which has its mathtext"
        )
    lines = list(latex_lines(bound))
    with open_text() as out:
        out.writelines(f"{line}\n" for line in lines)
