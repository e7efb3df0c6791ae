"""What a test with a tolerance lets pass at some inputs, and what it would have to let pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from actcli.auditing.subjects import Computed
from actcli.backends import DEFAULT, is_own
from actcli.backends.base import Backend
from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.errors import ActcliError
from actcli.numerics.dtypes import Array, DType
from actcli.tolerance.case import Case, Limits, Measured
from actcli.tolerance.variants import variants

#: Results no further off, in ulp, are as good as those of most libraries.
FAITHFUL = 1.0


class Judged(NamedTuple):
    """A column of a wrong variant, or of who computes the function, and how wrong it is."""

    name: str
    words: str
    column: str
    measured: Measured


class Study(NamedTuple):
    """The findings for a function at some inputs, which `words` describes.

    `variants` are wrong at some of them, those in `not_wrong` are nowhere more than FAITHFUL ulp
    off. `tightest` are the correctly rounded results and those of backends, `lacking` says why a
    backend has none.
    """

    bound: BoundActivation
    dtype: DType
    limits: Limits
    words: str
    columns: Sequence[str]
    variants: Sequence[Judged]
    not_wrong: Sequence[Judged]
    tightest: Sequence[Judged]
    lacking: Mapping[str, str]

    @property
    def passing(self) -> list[str]:
        """The names of the wrong variants that the test lets pass."""
        return [one.name for one in self.variants if one.measured.passes]


def study(
    bound: BoundActivation,
    x: Array,
    dtype: DType,
    limits: Limits,
    words: str,
    columns: Sequence[str],
    backends: Sequence[Backend],
) -> Study:
    """Judge the variants of a function, and backends, at the inputs x of the dtype."""
    wrong: list[Judged] = []
    not_wrong: list[Judged] = []
    tightest: list[Judged] = []
    lacking: dict[str, str] = {}
    for column in columns:
        case = Case(bound, ORDERS[column], x, dtype)
        for variant in variants(case):
            found = Judged(
                variant.name, variant.words, column, case.measured(variant.values(), limits)
            )
            (wrong if found.measured.largest_ulp > FAITHFUL else not_wrong).append(found)
        own = case.measured(case.correct, limits)
        tightest.append(Judged(DEFAULT, "correctly rounded", column, own))
        for backend in backends:
            try:
                (got,) = Computed(backend, bound, [case.order], dtype)(x, 0, len(x))
            except ActcliError as error:
                lacking.setdefault(backend.name, str(error))
                continue
            measured = case.measured(got, limits, any_side=True)
            version = "" if is_own(backend.name) else backend.version or ""
            tightest.append(Judged(backend.name, version, column, measured))
    return Study(bound, dtype, limits, words, columns, wrong, not_wrong, tightest, lacking)
