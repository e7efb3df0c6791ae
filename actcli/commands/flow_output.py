"""Write a report of `actcli flow` as a table, rows, JSON or a picture."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from actcli.output import open_text, write_and_tell
from actcli.reports.writers import write_json, write_rows

if TYPE_CHECKING:
    from actcli.flow.study import Settings, Study
    from actcli.flow.training import Course, Trained
    from actcli.plotting.figure.style import Style

#: The variances in mathtext.
SIGMA = (r"$\sigma_w^2$", r"$\sigma_b^2$")


class Report(NamedTuple):
    """What `actcli flow` has found."""

    studies: list[Study]
    settings: Settings
    initialisation: str
    course: Course | None
    trained: list[Trained]


def _write_table(report: Report, path: str | None) -> None:
    from actcli.console import is_unicode, make_console
    from actcli.flow import study_tables

    with open_text(path) as out:
        stream = sys.stdout if path in (None, "-") else out
        console, unicode = make_console(stream), is_unicode(stream)
        studies = report.studies
        blocks: list[Any] = [
            ", ".join(study_tables.about(report.settings, studies, report.initialisation)),
            study_tables.gradients(studies, unicode),
            study_tables.theory(studies, unicode),
        ]
        if len(studies) == 1:
            blocks.append(study_tables.layers(studies[0], unicode))
        else:
            blocks.append(study_tables.shares(studies, unicode))
        if report.course:
            blocks.append(study_tables.losses(studies, report.trained, report.course, unicode))
        for number, block in enumerate(blocks):
            if number:
                console.print()
            console.print(block)
        console.print()
        for line in study_tables.legend(report.settings.eps):
            console.print(line, style="dim")
        remarks = list(study_tables.remarks(studies))
        if remarks:
            console.print()
        for remark in remarks:
            console.print(remark, style="yellow")


def write(report: Report, kind: str, path: str | None) -> None:
    """Write a report in a text format, to a path or standard output."""
    from actcli.flow.report import as_object, layer_rows, loss_rows

    studies, trained = report.studies, report.trained
    if kind == "table":
        _write_table(report, path)
    elif kind == "json":
        write_json(path, as_object(*report))
    else:
        rows = loss_rows(studies, trained) if trained else layer_rows(studies)
        write_rows(path, rows, "," if kind == "csv" else "\t")


def draw(report: Report, kind: str, path: str, style: Style) -> None:
    """Draw a report into a file, and print the path."""
    from actcli.flow.study_tables import about
    from actcli.plotting.figure import flow_picture, picture_file

    style = style.suited_to(kind)
    words = about(report.settings, report.studies, report.initialisation, SIGMA)
    drawn = flow_picture.draw(report.studies, report.trained, words, style)
    bounds = [study.case.bound for study in report.studies]
    picture = picture_file.encoded(drawn, kind, bounds, style)
    write_and_tell(path, picture)
