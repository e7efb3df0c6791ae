"""A comparison for people, for the width of a terminal, or unwrapped for a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from actcli.auditing.audit_card import BAD, NOTHING, TITLE, WIDTH
from actcli.backends import LITERAL, is_own
from actcli.comparing.comparison import Compared, Comparison
from actcli.comparing.comparison_rows import KINK, Worst, words, worst
from actcli.comparing.defaults import Default, largest_difference
from actcli.numerics.digits import shortest
from actcli.reference.layout import HEADING, LABEL, REMARK, WARNING, wrapped
from actcli.reference.numerals import short
from actcli.reports.aligned import aligned, fitting, width_of

RIGHT = "dim"
#: Larger differences in ulp are highlighted.
CLOSE = 1.0
#: The indent of wrapped lines.
HANGING = 4


def lay_out(
    comparison: Comparison, low: float, high: float, width: int | None, unicode: bool
) -> list[Text]:
    """The lines; without a width none is wrapped, and a column has one block for all backends."""
    dtype = comparison.dtype
    title = Text(comparison.bound.specification, style=TITLE)
    title.append(f" in {dtype.name} beside the true values", style="not bold default")
    lines = wrapped(title, width)
    lines.append(Text(("─" if unicode else "-") * (width or WIDTH), style=REMARK))
    for number, name in enumerate(comparison.true):
        for part, block in enumerate(_blocks(comparison, name, width)):
            lines += [Text()] if number or part else []
            lines += block
    if comparison.compared:
        lines += [Text(), Text("Largest error in ulp, and where", style=HEADING)]
        tables = [list(_summary(comparison, versions)) for versions in (True, False)]
        lines += fitting(tables, {0}, width)
    if comparison.others:
        lines += [Text(), Text("Defaults of the frameworks", style=HEADING)]
        for default in comparison.others:
            said = wrapped(_said(comparison, default, low, high), width and width - HANGING)
            lines += [Text(" " * (HANGING if n else 2)).append_text(t) for n, t in enumerate(said)]
    remarks = list(_remarks(comparison))
    if remarks:
        lines.append(Text())
    for remark in remarks:
        lines += wrapped(Text(remark, style=REMARK), width)
    for line in lines:
        line.rstrip()
    return lines


def _blocks(comparison: Comparison, name: str, width: int | None) -> Iterator[list[Text]]:
    """The rows of a column, with as many backends side by side as fit."""
    waiting = [one for one in comparison.compared if name in one.columns]
    if comparison.compared and not waiting:  # what it lacks is said below
        return
    while True:
        count = len(waiting)
        block = aligned(list(_rows(comparison, name, waiting)), left=(), indent=0)
        while width is not None and count > 1 and width_of(block) > width:
            count -= 1
            block = aligned(list(_rows(comparison, name, waiting[:count])), left=(), indent=0)
        yield block
        waiting = waiting[count:]
        if not waiting:
            return


def _rows(comparison: Comparison, name: str, shown: Sequence[Compared]) -> Iterator[list[Text]]:
    heads = [Text("x", style=REMARK), Text(f"true {name}", style=HEADING)]
    for one in shown:
        heads += [Text(one.backend.name, style=LABEL), Text("ulp", style=REMARK)]
    yield heads
    cells = [
        [Text(text) for text in shortest(numbers, comparison.dtype)]
        for numbers in (comparison.x, comparison.true[name])
    ]
    for one in shown:
        column, verdict = one.columns[name]
        said, errors = words(verdict), verdict.error.tolist()
        styles = [
            WARNING if word == KINK else BAD if word or error > CLOSE else RIGHT if same else ""
            for word, error, same in zip(said, errors, verdict.agrees.tolist(), strict=True)
        ]
        values = shortest(column, comparison.dtype)
        cells.append([Text(text, style) for text, style in zip(values, styles, strict=True)])
        marks = [
            "wrong" if word and word != KINK else word or _few(error)
            for word, error in zip(said, errors, strict=True)
        ]
        cells.append([Text(text, style) for text, style in zip(marks, styles, strict=True)])
    yield from (list(row) for row in zip(*cells, strict=True))


def _few(error: float) -> str:
    """An error in a few digits.

    >>> _few(1e-270), _few(0.4999), _few(1234.5), _few(2.5e7)
    ('0', '0.5', '1234', '2.5e+07')
    """
    if error < NOTHING:
        return "0"
    if error >= 1e4:
        return f"{error:.2g}"
    return f"{error:.0f}" if error >= 100 else f"{error:.2g}"


def _summary(comparison: Comparison, versions: bool) -> Iterator[list[Text]]:
    heads = [Text()]
    for name in comparison.true:
        heads += [Text(name, style=HEADING), Text("at x =", style=REMARK)]
    yield [*heads, Text("wrong otherwise", style=REMARK)]
    for one in comparison.compared:
        version = f" {one.backend.version}" if versions and not is_own(one.backend.name) else ""
        cells = [Text.assemble((one.backend.name, LABEL), (version, REMARK))]
        wrong = []
        for name in comparison.true:
            if name not in one.columns:
                cells += [Text("-", style=REMARK), Text()]
                continue
            found = worst(comparison, one.columns[name][1])
            cells.append(Text(_few(found.error), style=BAD if found.error > CLOSE else ""))
            cells.append(Text(found.x if found.error >= NOTHING else ""))
            wrong += [f"{name} {found.wrong}"] if found.wrong else []
        yield [*cells, Text(", ".join(wrong), style=BAD)]


def _said(comparison: Comparison, default: Default, low: float, high: float) -> Text:
    text = Text(default.symbol.name, style=LABEL)
    verb = "is" if default.bound.name != comparison.bound.name else "has"
    text.append(f" by default {verb} {default.words}: ")
    found = largest_difference(default.bound, comparison.bound, low, high)
    if not found.difference:
        where = f"at {short(low)}" if low == high else f"from {short(low)} to {short(high)}"
        text.append(f"no difference {where}")
        return text
    x = short(found.x)
    text.append(f"y({x}) = {short(found.y)}, ")
    text.append(f"largest difference {short(found.difference)} at x = {x}")
    return text


def _remarks(comparison: Comparison) -> Iterator[str]:
    if comparison.alone:
        yield f"No other backend has {comparison.bound.name}; {LITERAL} computes its formula."
    for name, error in comparison.failed.items():
        yield str(error) if name in str(error) else f"{name}: {error}"
    for one in comparison.compared:
        yield from map(str, one.lacking.values())


def exceeding(comparison: Comparison, limit: float) -> str:
    """A line about what is off by more than `limit` ulp; "" if nothing is."""
    found: list[tuple[str, str, Worst]] = []
    for one in comparison.compared:
        for name, (_, verdict) in one.columns.items():
            seen = worst(comparison, verdict)
            if seen.exceeds(limit):
                found.append((one.backend.name, name, seen))
    if not found:
        return ""
    backend, name, seen = found[0]
    what = (
        f"{name} of {backend} is a {seen.word} at x = {seen.at}"
        if seen.wrong
        else f"{name} of {backend} is {seen.error:.6g} ulp off at x = {seen.x}"
    )
    others = list(dict.fromkeys(other for other, _, _ in found if other != backend))
    more = f"; so are results of {', '.join(others)}" if others else ""
    return f"{what}, more than --max-ulp {limit:g}{more}"
