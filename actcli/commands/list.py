"""`actcli list`: the catalogue as a table, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from actcli.catalogue.activation import Activation

FORMATS = ("table", "tsv", "json", "text")


@click.command("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    help="How to write: table (default on a terminal), tsv (default elsewhere), json with every "
    "fact, or text, the names alone.",
)
def command(words: tuple[str, ...], format_name: str | None) -> None:
    """List the functions of the catalogue and your own, or those that match every WORD: part of a
    name or alias, a family, or a framework.

    \b
    Examples:
      actcli list
      actcli list gelu
      actcli list torch hard
      actcli list --format json
    """
    import sys

    from actcli.catalogue.registry import elementwise, vectors
    from actcli.catalogue.specification import own
    from actcli.console import is_terminal
    from actcli.reference.selection import select

    declared = [*elementwise().values(), *own().values(), *vectors().values()]
    activations = select(declared, words)
    if format_name is None:
        format_name = "table" if is_terminal(sys.stdout) else "tsv"
    if format_name == "table":
        _print_table(activations)
        return
    if format_name == "json":
        from actcli.reference.facts import default_facts
        from actcli.reports.writers import write_json

        write_json(None, list(map(default_facts, activations)))
        return
    from actcli.output import open_text

    with open_text() as out:
        if format_name == "tsv":
            from actcli.reference.table import lines

            out.writelines(f"{line}\n" for line in lines(activations))
        else:
            out.writelines(f"{activation.name}\n" for activation in activations)


def _print_table(activations: list[Activation]) -> None:
    from actcli.console import make_console
    from actcli.reference.table import remark, table

    console = make_console()
    unicode = console.encoding.startswith("utf")
    console.print(table(activations, console.width, unicode))
    if words := remark(activations):
        console.print(f"\n{words}", style="yellow")
