"""C99. It computes the same numbers whether or not the compiler contracts to fma.

Where the arithmetic has fma, fmaf is called; where it has none, a product goes through a volatile
variable, so that no compiler merges it with the sum that follows. In double, which smaller formats
are computed in, products are exact, so that merging changes nothing.
"""

from __future__ import annotations

from actcli.fitting.approximation import Approximation, Tail
from actcli.fitting.code.words import comment
from actcli.fitting.fitting import Fit
from actcli.fitting.number_format import Fixed, NumberFormat
from actcli.numerics.dtypes import DType

#: How numbers of small formats are read and rounded, in double, which holds them all.
DECODE = """\
/* the number of a bit pattern of {e} exponent and {m} fraction bits */
{fn} double {name}_decode(unsigned x)
{{
    int e = (int)(x >> {m}) & {emask}, m = (int)(x & {mmask}u);
    double y = e == 0 ? ldexp((double)m, {least}) : ldexp((double)(m + {hidden}), e + {shift});
    {special}
    return (x >> {sign}) & 1u ? -y : y;
}}
/* the bit pattern nearest to a number of the format, which v is up to its last rounding */
{fn} unsigned {name}_encode(double v)
{{
    unsigned s = signbit(v) ? 1u << {sign} : 0u;
    double a = fabs(v);
    int e, q;
    if (v != v) return {nan}u;
    if (a >= {overflow}) return s | {infinity}u;
    if (a < {normal}) return s | (unsigned)rint(ldexp(a, -({least})));
    (void)frexp(a, &e);
    q = (int)rint(ldexp(a, {m} + 1 - e));
    return s | (((unsigned)(e - 1 + {bias}) << {m}) + (unsigned)(q - {hidden}));
}}
"""

ROUND = """\
/* v rounded to {p} bits, to nearest, ties to even */
{fn} double {name}_round(double v)
{{
    int e;
    if (v == 0 || v != v || fabs(v) > {huge}) return v;
    (void)frexp(v, &e);
    e = (e - 1 < {emin} ? {emin} : e - 1) - {m};
    return ldexp(rint(ldexp(v, -e)), e);
}}
/* a + b rounded to odd in double, so that rounding it again is as rounding once */
{fn} double {name}_sum(double a, double b)
{{
    double s = a + b, p = s - a, r = (a - (s - p)) + (b - p);
    if (r != 0 && s == s && fabs(s) <= 1.7976931348623157e308) {{
        uint64_t u;
        memcpy(&u, &s, sizeof u);
        if ((s < 0) != (r < 0)) u -= 1;
        u |= 1;
        memcpy(&s, &u, sizeof s);
    }}
    return s;
}}
"""


PRODUCT = """\
/* a * b, rounded before anything is added to it */
{fn} float {name}_product(float a, float b)
{{
    volatile float p = a * b;
    return p;
}}
"""


def number(value: float, form: NumberFormat, double: bool = False) -> str:
    """A number as a hexadecimal constant of C, or the whole number that stands for it."""
    if isinstance(form, Fixed):
        whole = round(value / form.step)
        return f"{whole}" if whole > -(2**31) else "(-2147483647 - 1)"
    return value.hex() if double else f"{value.hex()}f"


def write(fit: Fit, name: str) -> str:
    """A C file with one function, `float NAME(float x)`, or of bit patterns of small formats."""
    return text(fit, name, "static", "")


def text(fit: Fit, name: str, kind: str, function: str) -> str:
    """The text with storage classes: of helpers and tables, and of the function."""
    made = fit.approximation
    head = ["/*", *(f" * {line}" for line in comment(fit, name)), " */"]
    head += ["#include <math.h>", "#include <stdint.h>", "#include <string.h>", ""]
    body = _fixed(made, name, kind, function) if isinstance(made.given, Fixed) else _floating(
        made, name, kind, function
    )  # fmt: skip
    return "\n".join([*head, body])


def _tables(made: Approximation, name: str, kind: str, double: bool) -> list[str]:
    form = made.arithmetic.form
    scalar = "int32_t" if isinstance(form, Fixed) else "double" if double else "float"
    lines = []

    def array(label: str, values: list[float], of: NumberFormat, width: int = 1) -> None:
        words = [number(value, of, double) for value in values]
        rows = [
            "    " + ", ".join(words[first : first + max(width, 1)]) + ","
            for first in range(0, len(words), max(width, 1))
        ]
        lines.extend([f"{kind} const {scalar} {name}_{label}[{len(words)}] = {{", *rows, "};"])

    if len(made.pieces) > 1:
        array("starts", [piece.start for piece in made.pieces[1:]], _of_x(made), 4)
    if made.nodes:
        array("nodes", list(made.nodes), form, 4)
    else:
        rows = [list(piece.coefficients) for piece in made.pieces]
        rows = [row + [0.0] * (made.degree + 1 - len(row)) for row in rows]
        array("coefficients", [value for row in rows for value in row], form, made.degree + 1)
    array("centres", [piece.centre for piece in made.pieces], form, 4)
    return lines


def _of_x(made: Approximation) -> NumberFormat:
    """The format that x is compared in."""
    return made.arithmetic.form


def _search(made: Approximation, name: str) -> list[str]:
    """The piece of x: how many of the later ones begin at or below it."""
    count = len(made.pieces) - 1
    if not count:
        return ["    const int i = 0;"]
    return [
        "    int i = 0, n = " + f"{count};",
        "    while (n > 0) {",
        "        int half = n / 2;",
        f"        if (t >= {name}_starts[i + half]) {{ i += half + 1; n -= half + 1; }}",
        "        else n = half;",
        "    }",
    ]


def _floating(made: Approximation, name: str, kind: str, function: str) -> str:
    form, given = made.arithmetic.form, made.given
    assert isinstance(form, DType)
    assert isinstance(given, DType)
    single = form.bits == 32
    scalar = "float" if single else "double"
    helpers = []
    if given.bits < 32:
        helpers.append(_codec(given, name, kind))
    if single and (not made.arithmetic.fma or _has_product(made)):
        helpers.append(PRODUCT.format(fn=kind, name=name))
    if not single:
        helpers.append(
            ROUND.format(
                fn=kind, name=name, p=form.precision, m=form.mantissa_bits,
                emin=form.smallest_normal_exponent, huge="1e300",
            )
        )  # fmt: skip
    outer = "float" if given.bits == 32 else f"uint{given.bits}_t"
    decoded = "x" if given.bits == 32 else f"({scalar}){name}_decode(x)"
    finish = "{}" if given.bits == 32 else f"({outer}){name}_encode({{}})"
    prefix = f"{function} " if function else ""
    lines = [
        *helpers, *_tables(made, name, kind, not single), "",
        f"{prefix}{outer} {name}({outer} x)", "{",
        f"    {scalar} t = {decoded}, y;",
        f"    if (t != t) return {finish.format('t')};",
        f"    if (t < {number(made.start, form, not single)}) "
        f"return {finish.format(_tail(made, made.left, name, single))};",
        f"    if (t > {number(made.stop, form, not single)}) "
        f"return {finish.format(_tail(made, made.right, name, single))};",
        "    {",
        *(f"    {line}" for line in _search(made, name)),
        *(f"        {line}" for line in _horner(made, name, single)),
        "    }",
        f"    return {finish.format('y')};", "}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _horner(made: Approximation, name: str, single: bool) -> list[str]:
    degree = made.degree
    if made.nodes:
        lines = _from_nodes(made, name, single)
        given = [f"c{power}" for power in range(degree + 1)]
    else:
        scalar = "float" if single else "double"
        lines = [f"const {scalar} *c = {name}_coefficients + {degree + 1} * i;"]
        given = [f"c[{power}]" for power in range(degree + 1)]
    if any(piece.centre for piece in made.pieces):
        lines.append(f"t = {_add('t', f'-{name}_centres[i]', name, single)};")
    lines.append(f"y = {given[-1]};")
    lines += [f"y = {_step(made, 'y', 't', one, name, single)};" for one in given[-2::-1]]
    return lines


def _from_nodes(made: Approximation, name: str, single: bool) -> list[str]:
    """The coefficients of a piece from its nodes, as `Table.pieces` has them."""
    scalar, scale = ("float" if single else "double"), 2.0**made.width_bits
    form = made.arithmetic.form
    node = f"{name}_nodes[{made.degree} * i"
    minus = [f"-{node}{end}" for end in ("]", " + 1]")]
    if made.degree == 1:
        rise = _add(f"{node} + 1]", minus[0], name, single)
        return [f"{scalar} c0 = {node}], c1 = {rise} * {number(scale, form, not single)};"]
    rise = _add(f"{node} + 2]", minus[0], name, single)
    left = _add(f"{node} + 1]", minus[0], name, single)
    right = _add(f"{node} + 2]", minus[1], name, single)
    bend = _add("right", "-left", name, single)
    return [
        f"{scalar} left = {left}, right = {right};",
        f"{scalar} c0 = {node} + 1], c1 = {rise} * {number(scale, form, not single)};",
        f"{scalar} c2 = {bend} * {number(2 * scale * scale, form, not single)};",
    ]


def _add(a: str, b: str, name: str, single: bool) -> str:
    return f"({a} + ({b}))" if single else f"{name}_round({name}_sum({a}, {b}))"


def _multiply(a: str, b: str, name: str, single: bool) -> str:
    return f"{name}_product({a}, {b})" if single else f"{name}_round({a} * {b})"


def _step(made: Approximation, y: str, t: str, c: str, name: str, single: bool) -> str:
    """y * t + c."""
    if made.arithmetic.fma:
        if single:
            return f"fmaf({y}, {t}, {c})"
        return f"{name}_round({name}_sum({y} * {t}, {c}))"
    return _add(_multiply(y, t, name, single), c, name, single)


def _tail(made: Approximation, tail: Tail, name: str, single: bool) -> str:
    form = made.arithmetic.form
    slope, offset = (
        number(_kept(one, made), form, not single) for one in (tail.slope, tail.offset)
    )
    if tail.slope == 0:
        return number(_rounded_out(tail.offset, made), form, not single)
    if tail.slope in (1, -1) and tail.offset == 0:
        return "t" if tail.slope == 1 else "-t"
    if tail.offset == 0:
        return _multiply(slope, "t", name, single)
    return _step(made, slope, "t", offset, name, single)


def _has_product(made: Approximation) -> bool:
    """Whether a tail is a product alone."""
    tails = (made.left, made.right)
    return any(tail.slope not in (0, 1, -1) and tail.offset == 0 for tail in tails)


def _kept(value: float, made: Approximation) -> float:
    from actcli.fitting.number_format import rounded

    return float(rounded(value, made.arithmetic.form))  # type: ignore[arg-type]


def _rounded_out(value: float, made: Approximation) -> float:
    from actcli.fitting.number_format import rounded

    return float(rounded(value, made.out))  # type: ignore[arg-type]


def _codec(form: DType, name: str, kind: str) -> str:
    """The functions between bit patterns and numbers."""
    e, m = form.exponent_bits, form.mantissa_bits
    hidden, emask = 1 << m, (1 << e) - 1
    step = form.smallest_normal_exponent - m
    if form.has_infinity:
        special = f"if (e == {emask}) y = m ? NAN : INFINITY;"
        nan, infinity = (emask << m) | (1 << (m - 1)), emask << m
    else:
        special = f"if (e == {emask} && m == {hidden - 1}) y = NAN;"
        nan = infinity = (emask << m) | (hidden - 1)
    last = 2.0 ** (int(f"{form.largest.hex()}".partition("p")[2]) - m)
    return DECODE.format(
        fn=kind, name=name, e=e, m=m, emask=emask, mmask=hidden - 1, least=step, hidden=hidden,
        shift=-form.bias - m, special=special, sign=e + m, nan=nan, infinity=infinity,
        overflow=(form.largest + last / 2).hex(),
        normal=(2.0**form.smallest_normal_exponent).hex(), bias=form.bias,
    )  # fmt: skip


def _fixed(made: Approximation, name: str, kind: str, function: str) -> str:
    form, given = made.arithmetic.form, made.given
    assert isinstance(form, Fixed)
    assert isinstance(given, Fixed)
    shift = form.fraction_bits
    wider = shift - given.fraction_bits
    half = "" if made.arithmetic.truncate or not shift else f" + (1LL << {shift - 1})"
    width = 8 if given.bits <= 8 else 16 if given.bits <= 16 else 32
    outer = f"int{width}_t"
    low, high = (round(end / given.step) for end in (given.lowest, given.largest))
    product = f"{name}_shift({{}} * {{}}{half}, {shift})"
    helpers = [
        "/* v / 2^n rounded down, also where a shift of negative numbers would not be */",
        f"{kind} int64_t {name}_shift(int64_t v, int n)",
        "{",
        "    return v >= 0 ? v >> n : -((-v + ((int64_t)1 << n) - 1) >> n);",
        "}",
        f"/* a result of {form.name} in {given.name}, to nearest, ties to even, saturated */",
        f"{kind} {outer} {name}_finish(int64_t v)",
        "{",
    ]
    if wider:
        helpers += [
            f"    int64_t q = {name}_shift(v, {wider}), r = v - q * ((int64_t)1 << {wider});",
            f"    v = q + (r > {1 << (wider - 1)} || (r == {1 << (wider - 1)} && (q & 1)));",
        ]
    helpers += [
        f"    return ({outer})(v < {number(given.lowest, given)} ? {number(given.lowest, given)} : "
        f"v > {high} ? {high} : v);",
        "}",
    ]
    del low
    steps = []
    if made.nodes:
        steps += _fixed_nodes(made, name)
        given_words = [f"c{power}" for power in range(made.degree + 1)]
    else:
        steps.append(f"const int32_t *c = {name}_coefficients + {made.degree + 1} * i;")
        given_words = [f"c[{power}]" for power in range(made.degree + 1)]
    if any(piece.centre for piece in made.pieces):
        steps.append(f"t -= {name}_centres[i];")
    steps.append(f"y = {given_words[-1]};")
    steps += [f"y = {product.format('y', 't')} + {one};" for one in given_words[-2::-1]]
    prefix = f"{function} " if function else ""
    lines = [
        *helpers, *_tables(made, name, kind, False), "",
        f"{prefix}{outer} {name}({outer} x)", "{",
        f"    int64_t t = (int64_t)x * {1 << wider}, y;",
        f"    if (t < {number(made.start, form)}) return {name}_finish("
        f"{_fixed_tail(made, made.left, product, form)});",
        f"    if (t > {number(made.stop, form)}) return {name}_finish("
        f"{_fixed_tail(made, made.right, product, form)});",
        "    {",
        *(f"    {line}" for line in _search(made, name)),
        *(f"        {line}" for line in steps),
        "    }",
        f"    return {name}_finish(y);", "}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _fixed_nodes(made: Approximation, name: str) -> list[str]:
    node = f"(int64_t){name}_nodes[{made.degree} * i"
    scale = 1 << made.width_bits
    if made.degree == 1:
        return [f"int64_t c0 = {node}], c1 = ({node} + 1] - {node}]) * {scale};"]
    return [
        f"int64_t low = {node}], c0 = {node} + 1], high = {node} + 2];",
        f"int64_t c1 = (high - low) * {scale}, c2 = ((high - c0) - (c0 - low)) * {2 * scale**2};",
    ]


def _fixed_tail(made: Approximation, tail: Tail, product: str, form: Fixed) -> str:
    slope, offset = (number(_kept(one, made), form) for one in (tail.slope, tail.offset))
    if tail.slope == 0:
        return number(_rounded_out(tail.offset, made), form)
    if tail.slope in (1, -1) and tail.offset == 0:
        return "t" if tail.slope == 1 else "-t"
    return f"{product.format(f'(int64_t){slope}', 't')} + {offset}"
