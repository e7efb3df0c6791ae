"""Where the findings of an audit go, and in which format."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli.errors import UsageError
from actcli.reports.writers import TEXTS, write_json, write_lines, write_rows

if TYPE_CHECKING:
    from actcli.auditing.audit import Audit
    from actcli.backends.base import Backend
    from actcli.numerics.dtypes import DType


#: The keys of the errors that are not in ulp.
OTHER_MEASURES = (
    "largest_absolute_error", "mean_absolute_error",
    "largest_relative_error", "mean_relative_error",
)  # fmt: skip


class Target:
    """A path, standard output or the terminal; UsageError for a format that cannot be written."""

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
            raise UsageError("--dark is for pictures; add -o FILE.png")

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
                f"{output!r} has no suffix to say what to write; give it {', '.join(TEXTS)} or "
                "that of a picture, such as .png"
            )
        from actcli.plotting.figure.loading import load

        load()
        from actcli.plotting.figure.picture_file import checked_format

        return checked_format(suffix[1:])

    def write(self, audit: Audit, found: dict[str, Any]) -> None:
        """Write what an audit found, as a picture or as plain data."""
        if self.picture:
            from actcli.commands.audit_picture import write_picture

            write_picture(audit, str(self.output), self.picture_format, self.dark)
            return
        if self.form == "json":
            write_json(self.output, found)
        elif self.form == "csv":
            write_rows(self.output, region_rows(found))
        else:
            from actcli.auditing.audit_card import lay_out

            write_lines(self.output, lambda width, unicode: lay_out(found, width, unicode))

    def write_all(self, backend: Backend, dtype: DType, rows: Sequence[dict[str, Any]]) -> None:
        """Write a row for each function."""
        if self.form == "json":
            write_json(
                self.output, {"backend": backend.name, "dtype": dtype.name, "functions": rows}
            )
        elif self.form == "csv":
            write_rows(self.output, function_rows(rows))
        else:
            from actcli.auditing.overview import lay_out

            title = f"{backend.name} in {dtype.name} against the true values"
            write_lines(self.output, lambda width, unicode: lay_out(title, rows, width, unicode))


def region_rows(found: dict[str, Any]) -> Iterator[Sequence[object]]:
    """The regions of all columns, under a header."""
    keys = (
        "region", "from", "to", "inputs", "correctly_rounded", "largest_error", "mean_error",
        "wrong_otherwise",
    )  # fmt: skip
    yield ["column", *keys, "worst_x", "worst_got", "worst_wanted", *OTHER_MEASURES]
    for name, column in found["columns"].items():
        for region in column["regions"]:
            worst = region["worst"]
            yield [
                name,
                *(region[key] for key in keys),
                *(worst[f"{part}_text"] for part in ("x", "got", "wanted")),
                *(region[key] for key in OTHER_MEASURES),
            ]


def function_rows(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[object]]:
    """A row for each column of each function, under a header; an empty column says why."""
    keys = (
        "inputs", "correctly_rounded", "largest_error", "mean_error", "beyond_bound",
        "wrong_otherwise",
    )  # fmt: skip
    blank = [""] * len(OTHER_MEASURES)
    yield ["function", "column", *keys, "remark", *OTHER_MEASURES]
    for row in rows:
        if row["audit"] is None:
            yield [row["function"], "", *([""] * len(keys)), row["remark"], *blank]
            continue
        for name, column in row["audit"]["columns"].items():
            others = (column[key] for key in OTHER_MEASURES)
            yield [row["function"], name, *(column[key] for key in keys), "", *others]
        for name, reason in row["audit"]["lacking"].items():
            yield [row["function"], name, *([""] * len(keys)), f"missing: {reason}", *blank]
