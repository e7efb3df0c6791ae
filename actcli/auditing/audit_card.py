"""The report of an audit for people, for the width of a terminal, or unwrapped for a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from actcli.auditing.findings import KINDS
from actcli.backends import is_own
from actcli.errors import escaped
from actcli.reference.layout import HEADING, LABEL, REMARK, WARNING, wrapped
from actcli.reports.aligned import aligned, fitting

TITLE = "bold blue"
GOOD, BAD = "green", "bold red"
WIDTH = 78
#: A smaller error in ulp is shown only as being below this.
NOTHING = 1e-6


def lay_out(facts: dict[str, Any], width: int | None, unicode: bool) -> list[Text]:
    """The lines of a report; without a width none is wrapped."""
    columns = facts["columns"]
    lines = [*wrapped(_title(facts), width)]
    lines.append(Text(("─" if unicode else "-") * (width or WIDTH), style=REMARK))
    lines += aligned([*_summary(facts)], left={0})
    reasons: dict[str, list[str]] = {}
    for name, reason in facts["lacking"].items():
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        lines += wrapped(Text(f"  {', '.join(names)}: {reason}", style=REMARK), width)
    for remark in facts["remarks"]:
        lines += wrapped(Text(remark, style=WARNING), width)
    for heading, rows in (
        (f"First beyond {_ulp(float(facts['rules']['bound']))}, from 0 outward", _first(facts)),
        ("First beyond the tolerance, from 0 outward", _not_close(facts)),
        ("Wrong otherwise, the first from 0 outward", _otherwise(facts)),
        ("Other choices at kinks, the first from 0 outward", _choices(facts)),
        ("Worst inputs", _worst(facts)),
    ):
        found = list(rows)
        if found:
            lines += [Text(), Text(heading, style=HEADING), *_sightings(found, width)]
    if "lengths" in facts:
        lines += [Text(), Text("Does a result depend on anything but x?", style=HEADING)]
        lines += aligned(list(_dependence(facts)), left={0, 5})
    if baseline := facts.get("baseline"):
        lines += [Text(), Text(f"Against {escaped(baseline['source'])}", style=HEADING)]
        changes = list(_changes(baseline))
        lines += aligned(changes or [[Text("nothing is worse, nothing better")]], left={0, 1, 4, 5})
    if measures := list(_measures(columns)):
        lines += [Text(), Text("Absolute and relative error", style=HEADING)]
        lines += aligned(measures, left={0, 1})
    if columns:
        lines += [Text(), Text("Where the errors are", style=HEADING)]
        tables = [list(_regions(columns, narrow)) for narrow in (False, True)]
        lines += fitting(tables, {0, 1}, width)
    return lines


def _title(facts: dict[str, Any]) -> Text:
    title = Text(facts["specification"], style=TITLE)
    who = facts["backend"] or escaped(facts["source"])
    if facts["version"] and not is_own(facts["backend"]):
        who = f"{who} {facts['version']}" if facts["version"] not in who else who
    dtype = facts["dtype"]
    if facts["x_dtype"] != dtype:
        dtype = f"{dtype} of {facts['x_dtype']} inputs"
    title.append(f" in {dtype}, {who} against the true values: ", style="not bold default")
    title.append(facts["inputs"]["words"], style="not bold default")
    upstream, rules = facts["rules"]["upstream"], []
    if upstream is not None:
        rules.append(f"upstream gradient {upstream!r}")
    if facts["rules"]["flush_subnormals"]:
        rules.append("flushed subnormals forgiven")
    if facts["rules"]["saturate"]:
        rules.append("saturating")
    if facts["rules"]["nan_at_infinity"]:
        rules.append("nan allowed at infinities")
    if rules:
        title.append("; " + ", ".join(rules), style="not bold default")
    return title


def _summary(facts: dict[str, Any]) -> Iterator[list[Text]]:
    columns = facts["columns"]
    found = list(columns.values())
    yield [Text(), *(Text(name, style=HEADING) for name in columns)]
    yield [_label("correctly rounded"), *(share(one) for one in found)]
    yield [_label("largest error"), *(_error(one) for one in found)]
    yield [_label("mean error"), *(Text(_ulp(one["mean_error"])) for one in found)]
    bound = _ulp(float(facts["rules"]["bound"]))
    yield [_label(f"beyond {bound}"), *(_count(one["beyond_bound"]) for one in found)]
    if any(one["beyond_tolerance"] for one in found):
        counts = (one["beyond_tolerance"]["count"] for one in found)
        yield [_label(f"beyond {_tolerance(facts['rules'])}"), *map(_count, counts)]
    for kind, meaning in KINDS.items():
        if any(one[kind]["count"] for one in found):
            yield [_label(meaning), *(_count(one[kind]["count"]) for one in found)]
    if any(one["zeros_of_the_wrong_sign"]["count"] for one in found):
        counts = (one["zeros_of_the_wrong_sign"]["count"] for one in found)
        yield [_label("zeros of the wrong sign"), *map(_count, counts)]
    if any(one["choices_at_kinks"]["count"] for one in found):
        counts = (one["choices_at_kinks"]["count"] for one in found)
        yield [_label("other choices at kinks"), *(Text(f"{count:,}") for count in counts)]
    if facts["rules"]["flush_subnormals"] or facts["rules"]["nan_at_infinity"]:
        yield [_label("forgiven"), *(Text(f"{one['forgiven']:,}") for one in found)]


def _tolerance(rules: dict[str, Any]) -> str:
    share = f"{rules['relative_tolerance']:g} |true|"
    least = f"{rules['absolute_tolerance']:g}"
    return f"{least} + {share}" if rules["relative_tolerance"] else least


def _label(text: str) -> Text:
    return Text(text, style=LABEL)


def _count(count: int) -> Text:
    return Text(f"{count:,}", style=BAD if count else "")


def share(tally: dict[str, Any]) -> Text:
    """The share that is correctly rounded; 100 % only if all are."""
    inputs, correct = tally["inputs"], tally["correctly_rounded"]
    if not inputs:
        return Text("none")
    if inputs == correct:
        return Text("100 %", style=GOOD)
    if not correct:
        return Text("0 %")
    # cut off, not rounded: less than all must not look like 100 %
    hundreds = correct * 1_000_000 // inputs
    return Text(f"{hundreds / 10_000:.4f} %")


def _error(tally: dict[str, Any]) -> Text:
    size = float(tally["largest_error"])
    return Text(_ulp(size), style=BAD if size > 1 else "")


def _ulp(size: float | str) -> str:
    return f"{amount(size)} ulp"


def amount(size: float | str) -> str:
    """An error in a few digits.

    >>> amount(0.5), amount(0.50003), amount(68852194.05), amount(1e-300)
    ('0.5', '0.50003', '6.885e+07', '< 1e-06')
    """
    value = float(size)
    if 0 < value < NOTHING:
        return f"< {NOTHING:g}"
    if 0.5 <= value < 1:
        return f"{value:.5g}"
    return f"{value:.4g}" if value >= 1e6 or value < 1000 else f"{value:,.0f}"


Found = tuple[str, dict[str, Any], str]


def _first(facts: dict[str, Any]) -> Iterator[Found]:
    for name, column in facts["columns"].items():
        for seen in column["first_beyond_bound"].values():
            if seen:
                yield name, seen, ""


def _not_close(facts: dict[str, Any]) -> Iterator[Found]:
    for name, column in facts["columns"].items():
        if column["beyond_tolerance"] and column["beyond_tolerance"]["count"]:
            yield name, column["beyond_tolerance"]["first"], ""


def _otherwise(facts: dict[str, Any]) -> Iterator[Found]:
    for name, column in facts["columns"].items():
        for kind in (*KINDS, "zeros_of_the_wrong_sign"):
            if column[kind]["count"]:
                yield name, column[kind]["first"], kind.replace("_", " ")


def _choices(facts: dict[str, Any]) -> Iterator[Found]:
    for name, column in facts["columns"].items():
        if column["choices_at_kinks"]["count"]:
            yield name, column["choices_at_kinks"]["first"], ""


def _worst(facts: dict[str, Any]) -> Iterator[Found]:
    for name, column in facts["columns"].items():
        for seen in column["worst"]:
            if float(seen["error"]) > 0.5:
                yield name, seen, ""


def _measures(columns: dict[str, Any]) -> Iterator[list[Text]]:
    """The largest and mean errors that are not in ulp, and where; nothing if all are 0."""
    if not any(float(column["largest_absolute_error"]) for column in columns.values()):
        return
    yield [Text(text, style=REMARK) for text in ("", "", "largest", "at x =", "mean")]
    for name, column in columns.items():
        for measure in ("absolute", "relative"):
            worst = column[f"worst_{measure}"]
            largest, mean = (column[f"{which}_{measure}_error"] for which in ("largest", "mean"))
            yield [
                _label(name if measure == "absolute" else ""),
                Text(measure),
                Text(_digits(largest)),
                Text(worst["x_text"] if worst and float(largest) else ""),
                Text(_digits(mean)),
            ]


#: How inputs were passed, in words.
CALLS = {
    "second": "in a second call",
    "strided": "every second element of an array",
    "shifted": "one element into an array",
    "one thread": "with one thread",
}


def _dependence(facts: dict[str, Any]) -> Iterator[list[Text]]:
    """How many inputs have other results than all of them in one array."""
    heads = ("", "inputs", "other results", "first at x =", "largest difference", "")
    yield [Text(text, style=REMARK) for text in heads]
    for entry in (*facts["lengths"], *facts["calls"]):
        way = f"in arrays of {entry['length']:,}" if "length" in entry else CALLS[entry["call"]]
        differs = entry["different"] > 0
        yield [
            _label(way),
            Text(f"{entry['inputs']:,}"),
            _count(entry["different"]),
            Text(str(entry["first"]) if differs else ""),
            Text(_ulp(entry["ulp"]) if differs else ""),
            Text(
                ", ".join(f"{name} {count:,}" for name, count in entry["columns"].items() if count)
            ),
        ]


def _changes(baseline: dict[str, Any]) -> Iterator[list[Text]]:
    """What is worse anywhere, and what is better in a whole column."""
    shown = [
        (change, word)
        for word in ("worse", "better")
        for change in baseline[word]
        if word == "worse" or not change["region"]
    ]
    if shown:
        yield [Text(text, style=REMARK) for text in ("", "", "was", "is", "", "")]
    for change, word in shown:
        yield [
            _label(change["column"]),
            Text(change["figure"].replace("_", " ")),
            *(Text(_digits(change[key])) for key in ("was", "now")),
            Text(word, style=BAD if word == "worse" else GOOD),
            Text(change["region"] or "", style=REMARK),
        ]


def _digits(size: float | str) -> str:
    return f"{size:,}" if isinstance(size, int) else f"{float(size):.4g}"


def _sightings(found: list[Found], width: int | None) -> list[Text]:
    tables = []
    for with_bits in (True, False):
        heads = []
        for head in ("x", "got", "wanted"):
            heads += [head, ""] if with_bits else [head]
        places = ("in",) if any("place" in seen for _, seen, _ in found) else ()
        rows = [[Text(text, style=REMARK) for text in ("", *heads, "error", *places)]]
        for name, seen, words in found:
            row = [_label(name)]
            for part in ("x", "got", "wanted"):
                row.append(Text(seen[f"{part}_text"]))
                if with_bits:
                    row.append(Text(seen[f"{part}_bits"], style=REMARK))
            row.append(_said(seen, words))
            if "place" in seen:
                row.append(Text(seen["place"]["words"], style=REMARK))
            rows.append(row)
        tables.append(rows)
    return fitting(tables, {0}, width)


def _said(seen: dict[str, Any], words: str) -> Text:
    if words:
        return Text(words, style=BAD)
    if isinstance(seen["error"], str) and math.isnan(float(seen["error"])):
        return Text("nan or infinite", style=BAD)
    return Text(_ulp(seen["error"]))


def _regions(columns: dict[str, Any], narrow: bool = False) -> Iterator[list[Text]]:
    heads = ("", "", "from x =", "to x =", "inputs", "correct", "largest", "mean", "otherwise")
    shown = [0, 1, 4, 5, 6] if narrow else list(range(len(heads)))
    yield [Text(heads[i], style=REMARK) for i in shown]
    for name, column in columns.items():
        first = True
        for region in column["regions"]:
            row = [
                _label(name if first else ""),
                Text(region["region"]),
                Text(_short(region["from"])),
                Text(_short(region["to"])),
                Text(f"{region['inputs']:,}"),
                share(region),
                Text(amount(region["largest_error"]), style=_style(region)),
                Text(amount(region["mean_error"])),
                Text(f"{region['wrong_otherwise']:,}" if region["wrong_otherwise"] else ""),
            ]
            yield [row[i] for i in shown]
            first = False


def _style(region: dict[str, Any]) -> str:
    return BAD if float(region["largest_error"]) > 1 or region["wrong_otherwise"] else ""


def _short(value: float | str) -> str:
    return f"{float(value):.5g}"
