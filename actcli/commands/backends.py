"""`actcli backends`: who can compute."""

from __future__ import annotations

import click

from actcli.commands.options import output_option


@click.command("backends")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    help="How to write: text, a line each, or json.",
)
@output_option
def command(format_name: str, output: str | None) -> None:
    """List the backends that can compute; eval takes one with --backend."""
    from actcli.backends import BACKENDS
    from actcli.output import open_text

    with open_text(output) as out:
        if format_name == "json":
            import json

            rows = [{"name": name, "summary": entry.summary} for name, entry in BACKENDS.items()]
            out.write(json.dumps(rows, indent=1) + "\n")
        else:
            width = max(map(len, BACKENDS))
            for name, entry in BACKENDS.items():
                out.write(f"{name:{width}}  {entry.summary}\n")
