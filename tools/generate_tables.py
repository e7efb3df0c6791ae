"""Write actcli/arithmetic/tables.py: the constants of exp, erf and erfc, from mpmath at 300 bits.

Run from the top of the repository: python tools/generate_tables.py
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import mpmath as mp

TARGET = Path(__file__).resolve().parent.parent / "actcli" / "arithmetic" / "tables.py"
EXP_STEPS = 64
#: number of intervals, degree, terms kept in two floats
ERF = (16, 8, 3)
ERFC = (64, 10, 4)
#: erfcx(z)/t is tabulated in t = ERFC_SCALE/(ERFC_SCALE + z), which maps [0, inf) to (0, 1]
ERFC_SCALE = 3
PLAIN_ERF_DEGREE = 14
TWO_OVER_PI_BITS = 2600


def split(value: mp.mpf) -> tuple[float, float]:
    """The nearest float64, and the float64 nearest to the difference."""
    high = float(value)
    return high, float(value - mp.mpf(high))


def local_polynomial(
    f: Callable[[mp.mpf], mp.mpf], centre: mp.mpf, half: mp.mpf, degree: int
) -> list[mp.mpf]:
    """Coefficients in (t - centre) of the interpolant at the Chebyshev nodes of centre ± half."""
    count = degree + 1
    angles = [mp.pi * (2 * k + 1) / (2 * count) for k in range(count)]
    values = [f(centre + half * mp.cos(angle)) for angle in angles]
    result = [mp.mpf(0)] * count
    previous, current = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]  # T0, T1 as powers
    for n in range(count):
        weight = mp.mpf(2 - (n == 0)) / count
        c = weight * mp.fsum(v * mp.cos(n * a) for v, a in zip(values, angles, strict=True))
        for power, factor in enumerate(previous):
            result[power] += c * factor
        previous, current = (
            current,
            [
                2 * (current[i - 1] if i else mp.mpf(0)) - (previous[i] if i < len(previous) else 0)
                for i in range(len(current) + 1)
            ],
        )
    return [c / half**power for power, c in enumerate(result)]


def erfc_function(t: mp.mpf) -> mp.mpf:
    """erfcx(z)/t where t = scale/(scale + z)."""
    if t == 0:
        return 1 / (ERFC_SCALE * mp.sqrt(mp.pi))
    z = ERFC_SCALE / t - ERFC_SCALE
    if z > 24:  # the asymptotic series (DLMF 7.12.1); 120 terms leave less than 2^-300
        s = mp.mpf(1)
        term = mp.mpf(1)
        for n in range(1, 120):
            term *= -(2 * n - 1) / (2 * z * z)
            s += term
        return s / (z * mp.sqrt(mp.pi)) / t
    with mp.extraprec(int(z * z * 1.5) + 60):
        return mp.exp(z * z) * mp.erfc(z) / t


def erf_function(s: mp.mpf) -> mp.mpf:
    """erf(z)/z where s = z^2."""
    if s == 0:
        return 2 / mp.sqrt(mp.pi)
    with mp.extraprec(60):
        z = mp.sqrt(s)
        return mp.erf(z) / z


def piecewise(
    f: Callable[[mp.mpf], mp.mpf], width: mp.mpf, spec: tuple[int, int, int]
) -> list[tuple[float, ...]]:
    """A row per interval of [0, width * count]: the first `wide` coefficients as pairs."""
    count, degree, wide = spec
    rows = []
    for i in range(count):
        centre, half = width * (i + mp.mpf(1) / 2), width / 2
        row: list[float] = []
        for power, c in enumerate(local_polynomial(f, centre, half, degree)):
            row.extend(split(c) if power < wide else (float(c),))
        rows.append(tuple(row))
    return rows


def whole_polynomial(
    f: Callable[[mp.mpf], mp.mpf], low: mp.mpf, high: mp.mpf, degree: int
) -> tuple[float, ...]:
    """Coefficients in t of one interpolant over [low, high], lowest power first."""
    centre, half = (low + high) / 2, (high - low) / 2
    local = local_polynomial(f, centre, half, degree)
    shifted = [mp.mpf(0)] * len(local)
    for power, c in enumerate(local):  # expand (t - centre)^power
        for k in range(power + 1):
            shifted[k] += c * mp.binomial(power, k) * (-centre) ** (power - k)
    return tuple(float(c) for c in shifted)


def lines(rows: Sequence[tuple[float, ...]]) -> str:
    return "".join("    (" + ", ".join(repr(v) for v in row) + "),\n" for row in rows)


def main() -> None:
    mp.mp.prec = TWO_OVER_PI_BITS + 100
    two_over_pi = int(mp.floor(mp.ldexp(2 / mp.pi, TWO_OVER_PI_BITS)))
    mp.mp.prec = 300
    exp = [split(mp.mpf(2) ** (mp.mpf(j) / EXP_STEPS)) for j in range(EXP_STEPS)]
    erf = piecewise(erf_function, mp.mpf(1) / 64, ERF)
    erfc = piecewise(erfc_function, mp.mpf(1) / ERFC[0], ERFC)
    plain_erf = whole_polynomial(erf_function, mp.mpf(0), mp.mpf(1), PLAIN_ERF_DEGREE)
    TARGET.write_text(
        '"""Constants of exp and erf. Written by tools/generate_tables.py; do not edit."""\n\n'
        "from __future__ import annotations\n\n"
        "# fmt: off\n\n"
        "#: 2**(j/64) as the nearest float64 and the rest\n"
        f"EXP = (\n{lines(exp)})\n\n"
        "#: erf(z)/z in s = z*z: per interval of 1/64, coefficients in (s - centre), the first\n"
        f"#: {ERF[2]} as pairs\n"
        f"ERF = (\n{lines(erf)})\n\n"
        f"#: exp(z*z) erfc(z)/t in t = {ERFC_SCALE}/({ERFC_SCALE} + z): per interval of\n"
        f"#: 1/{ERFC[0]}, coefficients in (t - centre), the first {ERFC[2]} as pairs\n"
        f"ERFC_PAIRS = {ERFC[2]}\n"
        f"ERFC = (\n{lines(erfc)})\n\n"
        "#: erf(z)/z in s = z*z up to 1, powers from 0, to about 2^-53\n"
        f"PLAIN_ERF = (\n{lines([plain_erf])})[0]\n\n"
        f"#: 2/pi, scaled by 2**{TWO_OVER_PI_BITS}\n"
        f"TWO_OVER_PI_BITS = {TWO_OVER_PI_BITS}\n"
        f"TWO_OVER_PI = {two_over_pi:#x}\n"
    )


if __name__ == "__main__":
    main()
