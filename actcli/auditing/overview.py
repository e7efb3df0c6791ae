"""The audit of a backend on the whole catalogue, a line for each function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from actcli.auditing.audit_card import BAD, TITLE, WIDTH, amount, share
from actcli.columns import ORDERS
from actcli.reference.layout import LABEL, REMARK, WARNING, wrapped
from actcli.reports.aligned import fitting


def lay_out(
    title: str, rows: Sequence[dict[str, Any]], width: int | None, unicode: bool
) -> list[Text]:
    """The lines of a table, which without a width has all columns."""
    lines = wrapped(Text(title, style=TITLE), width)
    lines.append(Text(("─" if unicode else "-") * (width or WIDTH), style=REMARK))
    audited = [row for row in rows if row["audit"] is not None]
    names = [name for name in ORDERS if any(name in row["audit"]["columns"] for row in audited)]
    if audited:
        tables = [list(_table(audited, names, shares)) for shares in (True, False)]
        lines += fitting(tables, {0}, width)
    for beginning, heading in (("failed: ", "Failed"), ("missing: ", "Not in this backend")):
        found = [row for row in rows if row["remark"].startswith(beginning)]
        if found:
            lines += [Text(), Text(heading, style="bold")]
            lines += _remarks(found, beginning, width)
    return lines


def _table(
    rows: Sequence[dict[str, Any]], names: Sequence[str], shares: bool
) -> Iterator[list[Text]]:
    heads = [Text("largest error in ulp", style=REMARK)]
    for name in names:
        heads += [Text(name, style="bold")] + ([Text("correct", style=REMARK)] if shares else [])
    yield [*heads, Text("otherwise", style=REMARK)]
    for row in rows:
        cells = [Text(row["function"], style=LABEL)]
        wrong = 0
        for name in names:
            column = row["audit"]["columns"].get(name)
            if column is None:
                cells += [Text("-", style=REMARK)] * (1 + shares)
                continue
            size = column["largest_error"]
            cells.append(Text(amount(size), style=BAD if float(size) > 1 else ""))
            if shares:
                cells.append(share(column))
            wrong += column["wrong_otherwise"]
        yield [*cells, Text(f"{wrong:,}" if wrong else "", style=BAD)]


def _remarks(rows: Sequence[dict[str, Any]], beginning: str, width: int | None) -> Iterator[Text]:
    """Functions with the same remark share a paragraph."""
    together: dict[str, list[str]] = {}
    for row in rows:
        reason = row["remark"].removeprefix(beginning)
        reason = re.sub(rf"\bno {row['function']}\b", "no such function", reason)
        together.setdefault(reason, []).append(row["function"])
    for reason, names in together.items():
        text = Text(f"  {', '.join(names)}", style=LABEL)
        text.append(f": {reason}", style=WARNING if beginning == "failed: " else REMARK)
        yield from wrapped(text, width)
