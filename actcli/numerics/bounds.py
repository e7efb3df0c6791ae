"""The error bounds that the results keep, and the tests check."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.numerics.dtypes import DTYPES, DType

#: Largest errors in ulp of value, derivative and second derivative, by significant bits, with
#: default and with other parameters. Smaller formats are correctly rounded (half an ulp) with
#: default parameters.
DEFAULT = {24: (0.501, 0.501, 0.501), 53: (2.0, 2.0, 4.0)}
OTHER = {53: (4.0, 4.0, 4.0)}
CORRECT = (0.5, 0.5, 0.5)
NEARLY_CORRECT = (0.501, 0.501, 0.501)
NEXT_TO_A_ROOT = {
    24: "; within a relative 0.001 of a root 1 ulp",
    53: "; within a relative 0.001 of a root absolutely 4*2^-53*max(1, |x|)",
}


def bounds(dtype: DType, default_parameters: bool = True) -> tuple[float, float, float]:
    """The largest error of the three orders in ulp, at any finite input.

    >>> bounds(DTYPES["float64"])
    (2.0, 2.0, 4.0)
    """
    if default_parameters:
        return DEFAULT.get(dtype.precision, CORRECT)
    return OTHER.get(dtype.precision, NEARLY_CORRECT)


def in_words(default_parameters: bool = True, orders: int = 3) -> Iterator[tuple[list[str], str]]:
    """Formats that share an error bound, and a sentence with it, for that many orders."""
    groups: dict[str, list[str]] = {}
    for name, dtype in DTYPES.items():
        limits = bounds(dtype, default_parameters)[:orders]
        if limits == CORRECT[:orders]:
            sentence = "correctly rounded at every input"
        else:
            sentence = f"at most {limits[0]:g} ulp"
            if limits[-1] != limits[0]:
                sentence += f" ({limits[2]:g} for d2y)"
            sentence += NEXT_TO_A_ROOT.get(dtype.precision, "")
        groups.setdefault(sentence, []).append(name)
    for sentence, names in groups.items():
        yield names, sentence
