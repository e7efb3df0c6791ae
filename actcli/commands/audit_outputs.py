"""Where the findings of an audit go, and in which form."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from actcli.auditing.audit import Audit
    from actcli.backends.base import Backend
    from actcli.numerics.dtypes import DType

TEXTS = {".json": "json", ".csv": "csv", ".txt": "table"}


class Target:
    """A path, standard output or the terminal; UsageError for a form that cannot be written."""

    def __init__(
        self, format_name: str | None, output: str | None, every: bool, dark: bool
    ) -> None:
        self.output = output
        self.dark = dark
        self.picture_format = ""
        suffix = os.path.splitext(output or "")[1].lower()
        if format_name is None and output not in (None, "-") and suffix not in TEXTS:
            if every:
                raise UsageError(f"--all writes {', '.join(TEXTS)}, not {output!r}")
            self.picture_format = self._picture_format(str(output), suffix)
        self.form = format_name or TEXTS.get(suffix, "table")
        if dark and not self.picture:
            raise UsageError("--dark is for pictures: give -o FILE.png")

    @property
    def picture(self) -> bool:
        """Whether a picture is wanted."""
        return bool(self.picture_format)

    @staticmethod
    def _picture_format(output: str, suffix: str) -> str:
        from actcli.output import is_replaceable

        if not is_replaceable(output):
            return ""
        if not suffix:
            raise UsageError(
                f"{output!r} has no suffix to tell what to write: {', '.join(TEXTS)} or that of a "
                "picture, as .png"
            )
        from actcli.plotting.engine import load

        load()
        from actcli.plotting.save import checked_format

        return checked_format(suffix[1:])

    def write(self, audit: Audit) -> None:
        """Write what an audit found."""
        from actcli.auditing.facts import facts

        if self.picture:
            from actcli.commands.audit_picture import write_picture

            write_picture(audit, str(self.output), self.picture_format, self.dark)
            return
        found = facts(audit.asked, audit.columns)
        if self.form == "json":
            self._write_json(found)
        elif self.form == "csv":
            self._write_csv(region_rows(found))
        else:
            from actcli.auditing.card import lay_out

            self._write_lines(lambda width, unicode: lay_out(found, width, unicode))

    def write_all(self, backend: Backend, dtype: DType, rows: Sequence[dict[str, Any]]) -> None:
        """Write a row for each function."""
        if self.form == "json":
            self._write_json({"backend": backend.name, "dtype": dtype.name, "functions": rows})
        elif self.form == "csv":
            self._write_csv(function_rows(rows))
        else:
            from actcli.auditing.overview import lay_out

            title = f"{backend.name} in {dtype.name} against the true values"
            self._write_lines(lambda width, unicode: lay_out(title, rows, width, unicode))

    def _write_json(self, said: object) -> None:
        from actcli.output import open_text

        with open_text(self.output) as out:
            json.dump(said, out, indent=2, allow_nan=False)
            out.write("\n")

    def _write_csv(self, rows: Iterator[Sequence[object]]) -> None:
        from actcli.output import open_text

        with open_text(self.output) as out:
            csv.writer(out, lineterminator="\n").writerows(rows)

    def _write_lines(self, lay_out: Any) -> None:
        from actcli.console import UNLIMITED, make_console
        from actcli.output import open_text

        if self.output in (None, "-") and is_terminal(sys.stdout):
            console = make_console()
            width = None if console.width == UNLIMITED else console.width
            for line in lay_out(width, console.encoding.startswith("utf")):
                console.print(line, soft_wrap=True)
            return
        with open_text(self.output) as out:
            console = make_console(out)
            lines: list[Text] = lay_out(None, console.encoding.startswith("utf"))
            for line in lines:
                console.print(line, soft_wrap=True)


def region_rows(found: dict[str, Any]) -> Iterator[Sequence[object]]:
    """The regions of all columns, under a header."""
    keys = (
        "region", "from", "to", "inputs", "correctly_rounded", "largest_error", "mean_error",
        "wrong_otherwise",
    )  # fmt: skip
    yield ["column", *keys, "worst_x", "worst_got", "worst_wanted"]
    for name, column in found["columns"].items():
        for region in column["regions"]:
            worst = region["worst"]
            yield [
                name,
                *(region[key] for key in keys),
                *(worst[f"{part}_text"] for part in ("x", "got", "wanted")),
            ]


def function_rows(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[object]]:
    """A row for each column of each function, under a header; an empty column says why."""
    keys = (
        "inputs", "correctly_rounded", "largest_error", "mean_error", "beyond_bound",
        "wrong_otherwise",
    )  # fmt: skip
    yield ["function", "column", *keys, "remark"]
    for row in rows:
        if row["audit"] is None:
            yield [row["function"], "", *([""] * len(keys)), row["remark"]]
            continue
        for name, column in row["audit"]["columns"].items():
            yield [row["function"], name, *(column[key] for key in keys), ""]
        for name, reason in row["audit"]["lacking"].items():
            yield [row["function"], name, *([""] * len(keys)), f"not there: {reason}"]
