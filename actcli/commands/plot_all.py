"""`actcli plot --all`: a picture of every function, and a page that shows them."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import click

from actcli.commands.operands import GIVEN
from actcli.console import note
from actcli.errors import ActcliError, DataError, UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.commands.plotter import Plotter
    from actcli.gallery.entry import Entry
    from actcli.plotting.palettes import Palette

INDEX = "index.html"
#: The folder of the pictures for dark pages.
DARK_FOLDER = "dark"
#: What browsers show in a page; other formats get a link.
SHOWN = ("png", "svg", "jpg", "jpeg", "webp", "gif", "avif")
#: The options that do not change a picture, or that differ in each command of the page.
NOT_REPEATED = ("every", "output", "format_name", "cluster", "quiet")


class Sheet(NamedTuple):
    """The pictures of all functions in one palette: their subfolder, and the plotter for them."""

    folder: str
    plotter: Plotter


def every_function() -> list[BoundActivation]:
    """The elementwise functions with their default parameters, by name, the user's own last."""
    from actcli.catalogue.bound import bind
    from actcli.catalogue.registry import elementwise
    from actcli.catalogue.specification import own

    named = [*sorted(elementwise().items()), *own().items()]
    return [bind(activation, {}) for _, activation in named]


def without_failing(
    bounds: Iterable[BoundActivation], show: Callable[[BoundActivation], object]
) -> list[BoundActivation]:
    """The functions without those of other packages that cannot be shown, which are reported."""
    from actcli.catalogue.registry import added

    good = []
    for bound in bounds:
        try:
            if bound.name in added():
                with _blaming(bound.name):
                    show(bound)
        except DataError as error:
            note(f"{bound.name} is left out: {error}")
        else:
            good.append(bound)
    return good


def draw_every(
    plotter: Plotter, folder: str | None, picture_format: str, address: str | None, quiet: bool
) -> None:
    """Draw every function into the folder, write its page, and print the path of each file."""
    from actcli.backends import get_backend
    from actcli.console import progress
    from actcli.executors import connected, executor
    from actcli.output import make_folder, print_path, write_file
    from actcli.plotting.figure import function_picture  # noqa: F401 (once, before the process is copied)
    from actcli.plotting.figure.picture_file import file_name
    from actcli.plotting.palettes import DARK, LIGHT

    if folder is None or folder == "-":
        raise UsageError("--all needs a folder to draw into; for example: --all -o gallery")
    palettes = [DARK] if plotter.style.palette == DARK else [LIGHT, DARK]
    sheets = _sheets(plotter, palettes if picture_format in SHOWN else palettes[:1])
    for sheet in sheets:
        make_folder(os.path.join(folder, sheet.folder) if sheet.folder else folder)

    draw = partial(_pictures, plotter, sheets, picture_format)
    gc.enable()  # figures contain cycles, and many are to come
    bounds = without_failing(
        every_function(), lambda bound: (_entry(bound, "", sheets, picture_format), draw(bound))
    )
    names = [file_name([bound], picture_format) for bound in bounds]
    get_backend("actcli")
    with (
        connected(address) as cluster,
        executor(cluster) as workers,
        progress(len(bounds), quiet, "functions") as advance,
    ):
        for name, drawn in zip(names, workers.map(draw, bounds), strict=True):
            for sheet, picture in zip(sheets, drawn, strict=True):
                write_file(os.path.join(folder, sheet.folder, name), picture)
            advance(1)
    html = _page(bounds, names, sheets, palettes, picture_format)
    write_file(os.path.join(folder, INDEX), html.encode())
    for name in names:
        for sheet in sheets:
            print_path(os.path.join(folder, sheet.folder, name))
    print_path(os.path.join(folder, INDEX))


def _sheets(plotter: Plotter, palettes: Sequence[Palette]) -> list[Sheet]:
    from dataclasses import replace

    folders = ("", DARK_FOLDER)
    plotters = [
        plotter._replace(style=replace(plotter.style, compact=True, palette=palette))
        for palette in palettes
    ]
    return [Sheet(folder, plotter) for folder, plotter in zip(folders, plotters, strict=False)]


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Name the function that a package has declared wrongly."""
    try:
        yield
    except (ActcliError, OSError, MemoryError):
        raise
    except Exception as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DataError(f"{name} cannot be shown: {reason}") from error


def _pictures(
    plotter: Plotter, sheets: Sequence[Sheet], picture_format: str, bound: BoundActivation
) -> list[bytes]:
    """The pictures of a function, one a sheet."""
    from actcli.plotting.figure.loading import load

    load()
    with _blaming(bound.name):
        exhibits = plotter.exhibits([bound])
        return [sheet.plotter.picture(exhibits, picture_format) for sheet in sheets]


def _page(
    bounds: Sequence[BoundActivation],
    names: Sequence[str],
    sheets: Sequence[Sheet],
    palettes: Sequence[Palette],
    picture_format: str,
) -> str:
    from actcli.catalogue.bound import bind
    from actcli.catalogue.registry import elementwise, vectors
    from actcli.catalogue.specification import own
    from actcli.gallery.entry import entry_of
    from actcli.gallery.page import page

    shown = {}
    of_vectors = without_failing([bind(function, {}) for function in vectors().values()], entry_of)
    for bound, name in [*zip(bounds, names, strict=True), *((bound, "") for bound in of_vectors)]:
        with _blaming(bound.name):
            shown[bound.name] = _entry(bound, name, sheets, picture_format)
    declared = (*elementwise(), *own(), *vectors())
    return page([shown[name] for name in declared if name in shown], palettes)


def _entry(
    bound: BoundActivation, name: str, sheets: Sequence[Sheet], picture_format: str
) -> Entry:
    """What the page shows of a function, whose picture has that file name."""
    from actcli.gallery.entry import Picture, entry_of

    if bound.activation.vector:
        return entry_of(bound)
    dark = f"{DARK_FOLDER}/{name}" if len(sheets) > 1 else ""
    words = _words_to_repeat([] if name.endswith(".png") else ["-o", name])
    return entry_of(bound, Picture(name, dark, picture_format in SHOWN), words)


def _words_to_repeat(output: Sequence[str]) -> list[str]:
    """The range and the options of this command line, to repeat in those of single pictures."""
    context = click.get_current_context()
    left_out = {
        spelling
        for option in context.command.params
        if option.name in NOT_REPEATED
        for spelling in (*option.opts, *option.secondary_opts)
    }
    words = list(context.params["words"])
    for option in context.meta[GIVEN]:
        name = option[0].partition("=")[0]
        if name not in left_out and name[:2] not in left_out:  # -oFOLDER is one word
            words += option
    return [*words, *output]
