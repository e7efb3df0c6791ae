"""A study of a tolerance for people, for the width of a terminal, or unwrapped for a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.text import Text

from actcli.auditing.audit_card import BAD, GOOD, TITLE, WIDTH, amount
from actcli.reference.layout import HEADING, LABEL, REMARK, wrapped
from actcli.reports.aligned import fitting
from actcli.tolerance.case import Measured, rounded_up
from actcli.tolerance.study import FAITHFUL, Judged, Study
from actcli.tolerance.study_facts import scaled


def lay_out(study: Study, width: int | None, unicode: bool) -> list[Text]:
    """The lines; without a width none is wrapped."""
    title = Text(study.bound.specification, style=TITLE)
    title.append(
        f" in {study.dtype.name}, |a - d| <= {study.limits.atol:g} + {study.limits.rtol:g}*|d| at "
        f"{study.words}",
        style="not bold default",
    )
    lines = wrapped(title, width)
    lines.append(Text(("─" if unicode else "-") * (width or WIDTH), style=REMARK))
    tables = [list(_variants(study, words)) for words in (True, False)]
    lines += fitting(tables, {0, 1, 4}, width)
    if study.not_wrong:
        names = ", ".join(one.name for one in study.not_wrong)
        where = f"at most {FAITHFUL:g} ulp off at these inputs, so not wrong there"
        said = Text(f"  {where}: {names}", style=REMARK)
        lines += wrapped(said, width)
    lines += [Text(), Text("The tightest tolerance that is met", style=HEADING)]
    tables = [list(_tightest(study, words)) for words in (True, False)]
    lines += fitting(tables, {0, 1}, width)
    for name, reason in study.lacking.items():
        remark = reason if name in reason else f"{name}: {reason}"
        lines += wrapped(Text(f"  {remark}", style=REMARK), width)
    for line in lines:
        line.rstrip()
    return lines


def _variants(study: Study, words: bool) -> Iterator[list[Text]]:
    heads = ["wrong variant", "", "largest ulp", "needs"] + (["what is wrong"] if words else [])
    yield [Text(head, style=REMARK) for head in heads]
    for one in study.variants:
        measured = one.measured
        verdict = Text("passes", style=BAD) if measured.passes else Text("noticed", style=GOOD)
        row = [
            Text(one.name, style=LABEL),
            verdict,
            Text(amount(measured.largest_ulp)),
            Text(_needs(measured)),
        ]
        yield row + ([Text(one.words, style=REMARK)] if words else [])


def _tightest(study: Study, words: bool) -> Iterator[list[Text]]:
    heads = ["", "", "largest ulp", "needs", "rtol", "atol", "rtol alone", "atol alone"]
    yield [Text(head, style=REMARK) for head in heads]
    for one in study.tightest:
        measured, least = one.measured, scaled(one, study.limits)
        yield [
            _named(one, words),
            Text(one.column, style=LABEL),
            Text(amount(measured.largest_ulp), style=BAD if measured.largest_ulp > 1 else ""),
            Text(_needs(measured), style="" if measured.passes else BAD),
            Text(f"{least.rtol:g}"),
            Text(f"{least.atol:g}"),
            Text(f"{rounded_up(measured.rtol):g}"),
            Text(f"{rounded_up(measured.atol):g}"),
        ]


def _named(one: Judged, words: bool) -> Text:
    name = Text(one.name, style=LABEL)
    return name.append(f" {one.words}", style=REMARK) if words and one.words else name


def _needs(measured: Measured) -> str:
    """How many times the tolerance results need, and at how many inputs none would do."""
    times = f"{measured.needs:,.0f}" if 1e3 <= measured.needs < 1e6 else f"{measured.needs:.3g}"
    needs = f"{times}x" if math.isfinite(measured.needs) else "inf"
    return f"{needs}, {measured.never:,} never" if measured.never else needs
