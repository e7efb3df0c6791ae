"""The report of an audit of quantised results for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from actcli.auditing.audit_card import BAD, GOOD, TITLE, WIDTH, amount, share
from actcli.errors import escaped
from actcli.reference.layout import HEADING, LABEL, REMARK, WARNING, wrapped
from actcli.reports.aligned import aligned, fitting

#: How many ways that explain only a part are shown.
MOST_WAYS = 8
#: How many sizes of errors are counted each.
MOST_SIZES = 8


def lay_out(facts: dict[str, Any], width: int | None, unicode: bool) -> list[Text]:
    """The lines of a report; without a width none is wrapped."""
    columns = facts["columns"]
    lines = [*wrapped(_title(facts), width)]
    lines.append(Text(("─" if unicode else "-") * (width or WIDTH), style=REMARK))
    lines += aligned(list(_summary(facts)), left={0})
    for remark in facts["remarks"]:
        lines += wrapped(Text(remark, style=WARNING), width)
    for name, column in columns.items():
        if column["explanations"]:
            lines += wrapped(_reason(name, column), width)
            if not column["explained_by"]:
                lines += aligned(list(_tried(column)), left={0})
    if found := [(name, seen) for name, one in columns.items() for seen in one["worst"]]:
        shown, every = len(found), sum(one["differing"] for one in columns.values())
        heading = "Entries that differ" if shown == every else f"The worst of {every:,} that differ"
        lines += [Text(), Text(heading, style=HEADING)]
        unit = facts["unit"]
        tables = [list(_entries(found, unit, codes)) for codes in (True, False)]
        lines += fitting(tables, {0}, width)
    return lines


def _title(facts: dict[str, Any]) -> Text:
    title = Text(facts["specification"], style=TITLE)
    who = facts["backend"] or escaped(facts["source"])
    dtype = facts["dtype"]
    if facts["x_dtype"] != dtype:
        dtype = f"{dtype} of {facts['x_dtype']} inputs"
    title.append(
        f" in {dtype}, {who} against the true values, {facts['round']}: {facts['inputs']['words']}",
        style="not bold default",
    )
    return title


def steps(count: float, unit: str) -> str:
    """A number of quanta or ulp.

    >>> steps(1, "quantum"), steps(0.25, "quantum"), steps(2, "ulp")
    ('1 quantum', '0.25 quanta', '2 ulp')
    """
    return f"{amount(count)} {'quanta' if unit == 'quantum' and count != 1 else unit}"


def _summary(facts: dict[str, Any]) -> Iterator[list[Text]]:
    columns = facts["columns"]
    found = list(columns.values())
    unit = facts["unit"]

    def row(label: str, cells: list[Text]) -> list[Text]:
        return [Text(label, style=LABEL), *cells]

    yield [Text(), *(Text(name, style=HEADING) for name in columns)]
    yield row("correctly rounded", [share(one) for one in found])
    yield row("largest error", [_size(one["largest_error"], unit) for one in found])
    yield row("mean error", [Text(steps(one["mean_error"], unit)) for one in found])
    bound = float(facts["rules"]["bound"])
    yield row(f"beyond {steps(bound, unit)}", [_count(one["beyond_bound"]) for one in found])
    sizes = sorted({int(size) for one in found for size in one["histogram"]})
    for size in sizes[:MOST_SIZES]:
        counts = [one["histogram"].get(str(size), 0) for one in found]
        yield row(f"off by {steps(size, unit)}", [Text(f"{count:,}") for count in counts])
    if more := {*map(str, sizes[MOST_SIZES:])}:
        counts = [sum(n for size, n in one["histogram"].items() if size in more) for one in found]
        yield row("off by more", [Text(f"{count:,}") for count in counts])


def _size(error: int, unit: str) -> Text:
    return Text(steps(error, unit), style=BAD if error else GOOD)


def _count(count: int) -> Text:
    return Text(f"{count:,}", style=BAD if count else "")


def _reason(name: str, column: dict[str, Any]) -> Text:
    """Which way to compute gives all entries."""
    if column["explained_by"]:
        return Text(
            f"{name} is explained by {column['explained_by']}: every entry is as computed so",
            style=WARNING,
        )
    return Text(
        f"{name} is explained by no rounding and no float32 arithmetic that was tried",
        style=WARNING,
    )


def _tried(column: dict[str, Any]) -> Iterator[list[Text]]:
    """The ways, the best first, with how many entries each gives and misses."""
    yield [
        Text(text, style=REMARK)
        for text in ("computed with", "gives of those that differ", "misses of the others")
    ]
    ways = sorted(column["explanations"], key=lambda way: way["wrong"] - way["explains"])
    seen: dict[tuple[int, int], dict[str, Any]] = {}
    for way in ways:  # of several that do equally well, the first
        seen.setdefault((way["explains"], way["wrong"]), way)
    for way in list(seen.values())[:MOST_WAYS]:
        yield [
            Text(way["name"], style=LABEL),
            Text(f"{way['explains']:,} of {way['of']:,}"),
            Text(f"{way['wrong']:,}"),
        ]


def _entries(
    found: list[tuple[str, dict[str, Any]]], unit: str, codes: bool
) -> Iterator[list[Text]]:
    names = ("x", "got", "wanted")
    heads = [head for name in names for head in ((name, "") if codes else (name,))]
    yield [Text(text, style=REMARK) for text in ("", *heads, "true", "error")]
    for column, seen in found:
        cells = [Text(column, style=LABEL)]
        for name in names:
            cells.append(Text(str(seen.get(f"{name}_code", seen[f"{name}_text"]))))
            if codes:
                cells.append(
                    Text(_short(seen[name]) if f"{name}_code" in seen else "", style=REMARK)
                )
        cells += [
            Text(f"{float(seen.get('true_code', seen['true'])):.6g}"),
            Text(steps(seen["error"], unit)),
        ]
        yield cells


def _short(value: float | str) -> str:
    return f"{float(value):.5g}"
