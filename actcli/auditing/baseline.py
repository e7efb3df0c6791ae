"""An audit beside a stored report of an earlier one: what is worse, and what is better."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from actcli.auditing.findings import KINDS
from actcli.errors import ActcliError, DataError, UsageError
from actcli.sources.opened_file import open_file

#: What is compared in columns and in regions; with more of any of them a result is worse...
ERRORS = (
    "largest_error", "mean_error", "wrong_otherwise",
    "largest_absolute_error", "mean_absolute_error",
    "largest_relative_error", "mean_relative_error",
)  # fmt: skip
#: ... and with more of this it is better.
CORRECT = "correctly_rounded"
#: What is compared in columns alone: a count, or what is behind it.
COUNTS = ("beyond_bound", *KINDS, "zeros_of_the_wrong_sign")
#: Errors are known to some more digits than this, on any machine.
SLACK = 1e-6
#: What must be the same in two reports, for them to be comparable.
SAME = ("specification", "dtype", "x_dtype")
SAME_RULES = ("bound", "flush_subnormals", "saturate", "upstream", "range", "nan_at_infinity")


class Change(NamedTuple):
    """A figure that differs, in a column or a region of it."""

    column: str
    region: str | None
    figure: str
    was: float | str
    now: float | str
    is_worse: bool

    def facts(self) -> dict[str, Any]:
        """The same as plain data."""
        return {key: value for key, value in self._asdict().items() if key != "is_worse"}


class Baseline:
    """A stored report, of one function or of all; UsageError or DataError if it is none."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open_file(path) as file:
            data = file.read(-1)
        try:
            self.stored = json.loads(data)
        except (ValueError, RecursionError):
            self.stored = None
        if not isinstance(self.stored, dict) or not {"columns", "functions"} & {*self.stored}:
            raise DataError(f"{path!r} is not a report of audit --format json")

    def compared(self, found: dict[str, Any]) -> list[Change]:
        """What differs in a report of the same inputs; UsageError if it is of others."""
        if "columns" not in self.stored:
            raise UsageError(f"{self.path!r} is a report of --all, not of one function")
        with self._whole():
            self._check(found, self.stored)
            return list(_changes(self.stored["columns"], found["columns"]))

    def compared_function(self, name: str, found: dict[str, Any]) -> list[Change]:
        """The same for a function in a report of all of them; nothing if it is not there."""
        if "functions" not in self.stored:
            raise UsageError(f"{self.path!r} is a report of one function, not of --all")
        with self._whole():
            stored = {row["function"]: row["audit"] for row in self.stored["functions"]}
            if stored.get(name) is None:
                return []
            self._check(found, stored[name])
            return list(_changes(stored[name]["columns"], found["columns"]))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A report with something missing is the user's, and no fault of this program."""
        try:
            yield
        except ActcliError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError):
            raise DataError(f"{self.path!r} is not a whole report of audit --format json") from None

    def _check(self, found: dict[str, Any], stored: dict[str, Any]) -> None:
        pairs = [(key, stored.get(key, found[key]), found[key]) for key in SAME]
        rules = (stored["rules"], found["rules"])
        pairs += [(key, rules[0].get(key, rules[1][key]), rules[1][key]) for key in SAME_RULES]
        pairs += [("inputs", stored["inputs"]["count"], found["inputs"]["count"])]
        for key, was, now in pairs:
            if was != now:
                words = key.replace("_", " ")
                raise UsageError(
                    f"{self.path!r} cannot be compared with this audit: its {words} is "
                    f"{_said(was)}, not {_said(now)}"
                )


def _said(setting: object) -> str:
    """A setting of a report in words."""
    if setting is None:
        return "not set"
    return " to ".join(map(str, setting)) if isinstance(setting, list) else str(setting)


def _changes(
    stored: Mapping[str, dict[str, Any]], found: Mapping[str, dict[str, Any]]
) -> Iterator[Change]:
    for name, before in stored.items():
        if name not in found:
            yield Change(name, None, "inputs", before["inputs"], 0, True)
            continue
        now = found[name]
        yield from _figures(name, None, before, now)
        for figure in COUNTS:
            was, is_now = (_count(column[figure]) for column in (before, now))
            if was != is_now:
                yield Change(name, None, figure, was, is_now, is_now > was)
        regions = {region["region"]: region for region in before["regions"]}
        for region in now["regions"]:
            earlier = regions.get(region["region"])
            if earlier and earlier["inputs"] == region["inputs"]:
                yield from _figures(name, region["region"], earlier, region)


def _figures(
    name: str, region: str | None, before: dict[str, Any], now: dict[str, Any]
) -> Iterator[Change]:
    if before[CORRECT] != now[CORRECT]:
        worse = now[CORRECT] < before[CORRECT]
        yield Change(name, region, CORRECT, before[CORRECT], now[CORRECT], worse)
    for figure in ERRORS:
        was, is_now = before.get(figure), now[figure]
        if was is None or was == is_now:  # reports once had fewer figures
            continue
        if abs(float(is_now) - float(was)) > SLACK * abs(float(was)):
            yield Change(name, region, figure, was, is_now, float(is_now) > float(was))


def _count(found: Any) -> int:
    return int(found["count"]) if isinstance(found, dict) else int(found)
