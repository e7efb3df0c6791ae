"""The error bounds of vector functions, which the tests check."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.numerics.dtypes import DTYPES, DType

#: Largest errors in ulp by significant bits, with default and with other parameters.
DEFAULT, CHANGED = {24: 0.501, 53: 2.0}, {53: 4.0}
CORRECT, NEARLY_CORRECT = 0.5, 0.501
NEXT_TO_A_ROOT = {
    24: "; within a relative 0.001 of a root 1 ulp",
    53: "; within a relative 0.001 of a root absolutely 4*2^-53*max(1, |x|)",
}


def error_bound(dtype: DType, default_parameters: bool = True) -> float:
    """The largest error of values and gradients in ulp, at any finite input.

    >>> error_bound(DTYPES["float64"])
    2.0
    """
    if default_parameters:
        return DEFAULT.get(dtype.precision, CORRECT)
    return CHANGED.get(dtype.precision, NEARLY_CORRECT)


def in_words(default_parameters: bool = True) -> Iterator[tuple[list[str], str]]:
    """Formats that share an error bound, and a sentence with it."""
    groups: dict[str, list[str]] = {}
    for name, dtype in DTYPES.items():
        limit = error_bound(dtype, default_parameters)
        sentence = f"at most {limit:g} ulp" + NEXT_TO_A_ROOT.get(dtype.precision, "")
        sentence = "correctly rounded" if limit == CORRECT else sentence
        groups.setdefault(sentence, []).append(name)
    for sentence, names in groups.items():
        yield names, sentence
