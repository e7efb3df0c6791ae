"""`actcli golden`: frozen files of true values, and whether some are still what they were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.options import NamesOption, OutputType, cluster_option, quiet_option
from actcli.commands.types import DTypeType, SpecificationType, WholeType
from actcli.errors import DataError, UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.golden.making import Request
    from actcli.numerics.dtypes import DType

#: The files, in the order of writing.
KINDS = ("npz", "raw", "c")
#: More inputs of a wide dtype would make files that nobody compiles.
MOST = 1_000_000
EXAMPLE = "for example: actcli golden gelu -o golden"


@click.command("golden", cls=NumberCommand)
@click.argument("specs", type=SpecificationType(), nargs=-1, metavar="[SPEC]...")
@click.option("--all", "every", is_flag=True, help="Freeze every function of the catalogue.")
@click.option(
    "-o", "--output", metavar="DIR", type=OutputType(), help="The folder to write the files into."
)
@click.option(
    "--check",
    "checked",
    metavar="DIR",
    type=OutputType(),
    help="Verify the files of DIR instead: against its manifest, and computed anew.",
)
@click.option(
    "--dtype",
    "dtypes",
    cls=NamesOption,
    type=DTypeType(),
    multiple=True,
    metavar="DTYPE",
    help="The type of the numbers, may be repeated (default all)",
)
@click.option(
    "--format",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="The files to write, may be repeated (default all): npz with all columns, raw with a file "
    "of bare numbers for each, c with a header of bit patterns.",
)
@click.option(
    "--count",
    type=WholeType(5, MOST),
    metavar="N",
    help="How many inputs of 32 and 64 bits (default 4096).",
)
@cluster_option
@quiet_option
def command(
    specs: tuple[BoundActivation, ...],
    every: bool,
    output: str | None,
    checked: str | None,
    dtypes: tuple[DType, ...],
    kinds: tuple[str, ...],
    count: int | None,
    cluster: str | None,
    quiet: bool,
) -> None:
    """Freeze the true values of functions: x, y, dy and d2y at all inputs of 8 and 16 bits and at
    those worth testing of 32 and 64, in files that are the same bytes on every machine, with a
    manifest.json that has their SHA-256, the version and the conventions at kinks.

    \b
    Examples:
      actcli golden gelu -o golden
      actcli golden relu leaky_relu --dtype bfloat16 --format c -o golden
      actcli golden --all --format npz -o golden    60 MB; 360 MB with all files
      actcli golden --check golden                  status 1 if a file is not as it should be

    The files are DIR/FUNCTION/DTYPE.npz, DTYPE.COLUMN.bin and DTYPE.h. --check computes all values
    anew and names each file that is missing, that differs from the manifest, or that differs from
    what this version of actcli computes.
    """
    if checked is not None:
        given = {"SPEC": specs, "--all": every, "-o": output, "--dtype": dtypes, "--format": kinds}
        for word, value in {**given, "--count": count}.items():
            if value:
                raise UsageError(
                    f"--check DIR takes everything from the manifest: leave {word} out"
                )
        _check(checked, cluster, quiet)
        return
    if not specs and not every:
        raise UsageError(f"no function is named; {EXAMPLE}")
    if specs and every:
        raise UsageError("--all freezes every function; leave the SPECs out")
    if output is None or output == "-":
        raise UsageError(f"golden needs a folder to write into; {EXAMPLE}")

    from actcli.commands.plot_all import every_function
    from actcli.evaluating.worth_testing import COUNT
    from actcli.golden.making import Request, folder_of
    from actcli.numerics.dtypes import DTYPES

    bounds = every_function() if every else list(specs)
    chosen = list(dict.fromkeys(dtypes)) or list(DTYPES.values())
    files = [kind for kind in KINDS if kind in kinds or not kinds]
    requests: dict[str, Request] = {}
    for bound in bounds:
        folder = folder_of(bound)
        if folder in requests:
            raise UsageError(
                f"{bound.specification} and {requests[folder].bound.specification} would be "
                f"written into the same folder {folder}; freeze them apart"
            )
        requests[folder] = Request(bound, folder, chosen, files, count or COUNT)
    _write(list(requests.values()), output, cluster, quiet)


def _write(requests: list[Request], output: str, address: str | None, quiet: bool) -> None:
    from actcli.console import note, progress
    from actcli.executors import connected, executor
    from actcli.golden.checking import listed
    from actcli.golden.making import MANIFEST, make, manifest
    from actcli.output import make_folder, print_path, write_file
    from actcli.reports.writers import write_json

    before = listed(output)
    entries: list[dict[str, Any]] = []
    with (
        connected(address) as cluster,
        executor(cluster) as workers,
        progress(len(requests), quiet, "functions") as advance,
    ):
        for request, made in zip(requests, workers.map(make, requests), strict=True):
            make_folder(os.path.join(output, request.folder))
            for path, data in made.files.items():
                write_file(os.path.join(output, path), data)
            entries.append(made.entry)
            advance(1)
    path = os.path.join(output, MANIFEST)
    write_json(path, manifest(entries))  # last, so that it names only what is there
    print_path(path)
    now = {file["path"] for entry in entries for file in entry["files"]}
    if left := [file for file in before if file not in now]:
        note(
            f"{output!r} keeps {len(left):,} file{'s' if len(left) > 1 else ''} of an earlier run "
            f"that the manifest no longer lists; the first is {left[0]}"
        )


def _check(folder: str, address: str | None, quiet: bool) -> None:
    from actcli.console import progress
    from actcli.executors import connected, executor
    from actcli.golden.checking import faults, read_manifest, request_of
    from actcli.golden.making import make
    from actcli.output import print_path

    entries = read_manifest(folder)
    requests = [request_of(entry) for entry in entries]
    found = 0
    with (
        connected(address) as cluster,
        executor(cluster) as workers,
        progress(len(requests), quiet, "functions") as advance,
    ):
        for entry, made in zip(entries, workers.map(make, requests), strict=True):
            for fault in faults(folder, entry, made):
                print_path(f"{fault.path} {fault.words}")
                found += 1
            advance(1)
    total = sum(len(entry["files"]) for entry in entries)
    if found:
        said = "is missing or not what it" if found == 1 else "are missing or not what they"
        raise DataError(f"{found} of {total:,} files {said} should be")
    print_path(f"all {total:,} files are what the manifest says and this version computes")
