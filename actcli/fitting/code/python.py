"""Python with numpy alone: the model that the fit was judged by, in one file."""

from __future__ import annotations

from actcli.fitting.approximation import Approximation, Tail
from actcli.fitting.code.words import comment
from actcli.fitting.fitting import Fit
from actcli.fitting.number_format import Fixed, rounded
from actcli.numerics.dtypes import DType

ROUND = '''\
def _round(v, low=0.0, bits={p}, least={emin}, largest={largest}):
    """v + low as a number of {form}: to nearest, ties to even, rounded once."""
    v, low = np.broadcast_arrays(np.float64(v), np.float64(low))
    v = v.copy()
    inexact = (low != 0) & np.isfinite(v)
    words = v.view(np.uint64)
    words[inexact & ((v < 0) != (low < 0))] -= np.uint64(1)
    words[inexact] |= np.uint64(1)  # rounded to odd, so that rounding again does no harm
    exponent = np.maximum(np.frexp(v)[1] - 1, least) - (bits - 1)
    with np.errstate(all="ignore"):
        y = np.ldexp(np.rint(np.ldexp(v, -exponent)), exponent)
    y = np.where((v == 0) | ~np.isfinite(v), v, y)
    return np.where(np.abs(y) > largest, np.copysign({over}, y), y)


def _sum(a, b):
    """a + b and its rounding error (Knuth)."""
    s = a + b
    p = s - a
    return s, (a - (s - p)) + (b - p)


'''


def write(fit: Fit, name: str) -> str:
    """A module with a function of an array of float64 that hold numbers of the format."""
    made = fit.approximation
    head = [
        '"""' + comment(fit, name)[0],
        "",
        *comment(fit, name)[1:],
        '"""',
        "",
        "import numpy as np",
        "",
    ]
    lines = [*head, *_table(made), ""]
    if not isinstance(made.arithmetic.form, Fixed):
        lines.append(_rounding(made.arithmetic.form, "_round"))
        if made.out != made.arithmetic.form:
            assert isinstance(made.out, DType)
            text = _rounding(made.out, "_finish").partition("def _sum")[0]
            lines.append(text.rstrip() + "\n\n")
    lines += [*_function(made, name), ""]
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n"))


def _rounding(form: DType, name: str) -> str:
    over = "np.inf" if form.has_infinity else "np.nan"
    text = ROUND.format(
        p=form.precision, emin=form.smallest_normal_exponent, largest=form.largest, form=form.name,
        over=over,
    )  # fmt: skip
    return text.replace("def _round", f"def {name}", 1)


def _table(made: Approximation) -> list[str]:
    if made.nodes:
        rows = [f"NODES = np.array([{', '.join(map(repr, made.nodes))}])"]
    else:
        rows = ["COEFFICIENTS = np.array(["]
        for piece in made.pieces:
            row = list(piece.coefficients) + [0.0] * (made.degree + 1 - len(piece.coefficients))
            rows.append(f"    [{', '.join(map(repr, row))}],")
        rows.append("])")
    starts = ", ".join(repr(piece.start) for piece in made.pieces)
    centres = ", ".join(repr(piece.centre) for piece in made.pieces)
    return [*rows, f"STARTS = np.array([{starts}])", f"CENTRES = np.array([{centres}])"]


def _function(made: Approximation, name: str) -> list[str]:
    fixed = isinstance(made.arithmetic.form, Fixed)
    lines = [
        "",
        f"def {name}(x):",
        '    """The results at numbers of the format, held by float64, as float64."""',
        "    x = np.asarray(x, np.float64)",
        f"    inside = (x >= {made.start!r}) & (x <= {made.stop!r})",
        "    safe = np.where(inside, x, STARTS[0])",
        '    i = np.searchsorted(STARTS, safe, "right") - 1',
        '    with np.errstate(all="ignore"):',
    ]
    body = _fixed_body(made) if fixed else _float_body(made)
    lines += [f"        {line}" for line in body]
    lines += [
        f"        y = np.where(x < {made.start!r}, {_tail(made, made.left)}, y)",
        f"        y = np.where(x > {made.stop!r}, {_tail(made, made.right)}, y)",
        "    return np.where(np.isnan(x), np.nan, y)",
    ]
    return lines


def _float_body(made: Approximation) -> list[str]:
    lines = ["t = np.where(CENTRES[i] == 0, safe, _round(*_sum(safe, -CENTRES[i])))"]
    scale = 2.0**made.width_bits
    if made.nodes and made.degree == 1:
        lines += [
            "c0, high = NODES[i], NODES[i + 1]",
            f"c = [c0, _round(*_sum(high, -c0)) * {scale!r}]",
        ]
    elif made.nodes:
        lines += [
            "low, c0, high = NODES[2 * i], NODES[2 * i + 1], NODES[2 * i + 2]",
            "left, right = _round(*_sum(c0, -low)), _round(*_sum(high, -c0))",
            f"c1 = _round(*_sum(high, -low)) * {scale!r}",
            f"c = [c0, c1, _round(*_sum(right, -left)) * {2 * scale * scale!r}]",
        ]
    else:
        lines.append("c = COEFFICIENTS[i].T if i.ndim else COEFFICIENTS[i]")
    lines += [f"y = c[{made.degree}] + 0 * t", f"for k in range({made.degree - 1}, -1, -1):"]
    if made.arithmetic.fma:
        lines.append("    y = _round(*_sum(y * t, c[k]))")
    else:
        lines.append("    y = _round(*_sum(_round(y * t), c[k]))")
    return [*lines, f"y = {_finish(made, 'y')}"]


def _finish(made: Approximation, word: str) -> str:
    return word if made.out == made.arithmetic.form else f"_finish({word})"


def _fixed_body(made: Approximation) -> list[str]:
    form, out = made.arithmetic.form, made.out
    assert isinstance(form, Fixed)
    assert isinstance(out, Fixed)
    scale, half = 1 << made.width_bits, 0 if made.arithmetic.truncate else 0.5
    lines = ["t = safe - CENTRES[i]"]
    if made.nodes and made.degree == 1:
        lines.append(f"c = [NODES[i], (NODES[i + 1] - NODES[i]) * {scale}]")
    elif made.nodes:
        lines += [
            "low, c0, high = NODES[2 * i], NODES[2 * i + 1], NODES[2 * i + 2]",
            f"c = [c0, (high - low) * {scale}, ((high - c0) - (c0 - low)) * {2 * scale * scale}]",
        ]
    else:
        lines.append("c = COEFFICIENTS[i].T if i.ndim else COEFFICIENTS[i]")
    one = 1 << form.fraction_bits
    more = f" + {half}" if half else ""
    return [
        *lines, f"y = c[{made.degree}] + 0 * t", f"for k in range({made.degree - 1}, -1, -1):",
        f"    y = np.floor(y * t * {one}{more}) / {one} + c[k]", f"y = {_fixed_out('y', out)}",
    ]  # fmt: skip


def _fixed_out(word: str, out: Fixed) -> str:
    one = 1 << out.fraction_bits
    return f"np.clip(np.rint({word} * {one}) / {one}, {out.lowest!r}, {out.largest!r})"


def _tail(made: Approximation, tail: Tail) -> str:
    form, out = made.arithmetic.form, made.out
    slope, offset = (float(rounded(one, form)) for one in (tail.slope, tail.offset))  # type: ignore[arg-type]
    if tail.slope == 0:
        return repr(float(rounded(tail.offset, out)))  # type: ignore[arg-type]
    if isinstance(form, Fixed):
        assert isinstance(out, Fixed)
        one, half = 1 << form.fraction_bits, "" if made.arithmetic.truncate else " + 0.5"
        product = f"np.floor({slope!r} * x * {one}{half}) / {one}"
        exact = tail.slope in (1, -1) and tail.offset == 0
        return _fixed_out(f"({tail.slope!r} * x)" if exact else f"({product} + {offset!r})", out)
    if tail.slope in (1, -1) and tail.offset == 0:
        return _finish(made, f"{tail.slope!r} * x")
    if tail.offset == 0:
        return _finish(made, f"_round({slope!r} * x)")
    product = f"{slope!r} * x" if made.arithmetic.fma else f"_round({slope!r} * x)"
    return _finish(made, f"_round(*_sum({product}, {offset!r}))")
