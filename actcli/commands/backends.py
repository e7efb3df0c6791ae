"""`actcli backends`: the backends, and what each has."""

from __future__ import annotations

from typing import Any

import click

from actcli.commands.options import output_option


@click.command("backends")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    help="How to write: text, a line for each backend, or json.",
)
@output_option
def command(format_name: str, output: str | None) -> None:
    """List the backends that can compute, and what each has; eval takes one with --backend."""
    from actcli.output import open_text
    from actcli.reports.writers import write_json

    facts = _facts()
    if format_name == "json":
        write_json(output, facts)
        return
    with open_text(output) as out:
        out.writelines(f"{line}\n" for line in _lines(facts))


def _facts() -> list[dict[str, Any]]:
    """What is known of each backend without importing its framework."""
    from actcli.backends import BACKENDS, get_backend
    from actcli.columns import ORDERS

    facts = []
    for name, entry in BACKENDS.items():
        backend = get_backend(name)
        facts.append(
            {
                "name": name,
                "summary": entry.summary,
                "version": backend.version,
                "install": backend.install if backend.version is None else None,
                "functions": list(backend.functions),
                "columns": [column for column, order in ORDERS.items() if order in backend.orders],
                "dtypes": list(backend.dtypes),
                "rare_dtypes": list(backend.rare_dtypes),
            }
        )
    return facts


def _lines(facts: list[dict[str, Any]]) -> list[str]:
    from actcli.reports.aligned import aligned_words

    rows = [("backend", "version", "functions", "columns", "dtypes")]
    for fact in facts:
        here = fact["version"] is not None
        rows.append(
            (
                fact["name"],
                fact["version"] if here else "missing",
                str(len(fact["functions"])),
                ",".join(fact["columns"]),
                _dtypes(fact) if here else fact["install"],
            )
        )
    return aligned_words(rows, left={0, 1, 3, 4})


def _dtypes(fact: dict[str, Any]) -> str:
    """The usual dtypes, in few words: float16,32,64."""
    from actcli.numerics.dtypes import DTYPES

    names = [name for name in fact["dtypes"] if name not in fact["rare_dtypes"]]
    if len(names) == len(DTYPES):
        return "all"
    if names == [name for name, dtype in DTYPES.items() if dtype.bits > 8]:
        return "all but float8"
    return ",".join(names).replace(",float", ",")
