"""SystemVerilog of fixed point: a module that synthesises, and a test bench that checks itself.

The bench goes through all inputs and compares a hash of the results, FNV-1a of 64 bits, with that
of the results that the fit was proven with. It takes formats of up to 16 bits; a wider one has the
inputs at equal steps.
"""

from __future__ import annotations

import numpy as np

from actcli.fitting.approximation import Approximation, Tail
from actcli.fitting.code.words import comment
from actcli.fitting.fitting import Fit
from actcli.fitting.number_format import Fixed, Floats, rounded

#: The hash: its first value and its factor.
BASIS, PRIME = 0xCBF29CE484222325, 0x100000001B3
#: The bits of x that the bench goes through.
TESTED = 16


def write(fit: Fit, name: str) -> str:
    """The module and its bench, NAME and NAME_test."""
    made = fit.approximation
    comments = [f"// {line}" for line in comment(fit, name)]
    # widths differ on purpose, where a number is extended or a result is cut to its format
    lint = "/* verilator lint_off DECLFILENAME */ /* verilator lint_off WIDTH */"
    return "\n".join([*comments, lint, "", *_module(made, name), "", *_bench(made, name), ""])


def _whole(value: float, form: Fixed) -> int:
    return round(value / form.step)


def _literal(value: int, width: int) -> str:
    return f"-{width}'sd{-value}" if value < 0 else f"{width}'sd{value}"


def width_of(made: Approximation) -> int:
    """The bits that hold every intermediate result."""
    form = made.arithmetic.form
    assert isinstance(form, Fixed)
    largest = 0.0
    ends = [*(piece.start for piece in made.pieces[1:]), made.stop]
    for piece, end in zip(made.pieces, ends, strict=True):
        t = max(abs(piece.start - piece.centre), abs(end - piece.centre))
        size = abs(piece.coefficients[-1])
        for coefficient in piece.coefficients[-2::-1]:
            largest = max(largest, size * t)
            size = size * t + form.step + abs(coefficient)
            largest = max(largest, size)
        largest = max(largest, size, max(map(abs, piece.coefficients)))
    largest = max(largest, form.largest, abs(made.given.largest), 1.0)
    # a product before it is shifted has the fraction bits of both
    return int(np.ceil(np.log2(largest + 1))) + 2 * form.fraction_bits + 2


def _module(made: Approximation, name: str) -> list[str]:
    form, given, out = made.arithmetic.form, made.given, made.out
    assert isinstance(form, Fixed)
    assert isinstance(given, Fixed)
    assert isinstance(out, Fixed)
    wide, shift = max(width_of(made), 2 * form.bits), form.fraction_bits
    wider, degree = shift - given.fraction_bits, made.degree
    half = 0 if made.arithmetic.truncate or not shift else 1 << (shift - 1)
    names = ["m", *(f"c{power}" for power in range(degree + 1))]
    lines = [
        f"module {name} (",
        f"    input  logic signed [{given.bits - 1}:0] x,",
        f"    output logic signed [{out.bits - 1}:0] y",
        ");",
        f"    logic signed [{wide - 1}:0] t, {', '.join(names)};",
        f"    logic signed [{wide - 1}:0] {', '.join(f's{k}' for k in range(degree + 1))}, v, r;",
        "    logic below, above;",
        "    always_comb begin",
        f"        t = {wide}'(x) <<< {wider};",
        f"        below = t < {_literal(_whole(made.start, form), wide)};",
        f"        above = t > {_literal(_whole(made.stop, form), wide)};",
    ]
    for k, piece in enumerate(reversed(made.pieces)):
        row = [*piece.coefficients] + [0.0] * (degree + 1 - len(piece.coefficients))
        values = [piece.centre, *row]
        sets = " ".join(
            f"{word} = {_literal(_whole(value, form), wide)};"
            for word, value in zip(names, values, strict=True)
        )
        last = k == len(made.pieces) - 1
        when = "" if last else f"if (t >= {_literal(_whole(piece.start, form), wide)}) "
        lines.append(f"        {'else ' if k else ''}{when}begin {sets} end")
    lines.append(f"        s{degree} = c{degree};")
    for k in range(degree - 1, -1, -1):
        add = f" + {_literal(half, wide)}" if half else ""
        lines.append(f"        s{k} = ((s{k + 1} * (t - m){add}) >>> {shift}) + c{k};")
    lines += [
        "        v = s0;",
        f"        if (below) v = {_tail(made, made.left, wide, half)};",
        f"        if (above) v = {_tail(made, made.right, wide, half)};",
        "        r = v;",
    ]
    drop = shift - out.fraction_bits
    if drop:
        middle, one = _literal(1 << (drop - 1), wide), _literal(1, wide)
        rest = f"(v - ((v >>> {drop}) <<< {drop}))"
        lines += [
            f"        r = v >>> {drop};",
            f"        if ({rest} > {middle} || ({rest} == {middle} && (r & {one}) != 0))",
            f"            r = r + {one};",
        ]
    low, high = _whole(out.lowest, out), _whole(out.largest, out)
    lines += [
        f"        if (r < {_literal(low, wide)}) r = {_literal(low, wide)};",
        f"        if (r > {_literal(high, wide)}) r = {_literal(high, wide)};",
        "    end",
        f"    assign y = r[{out.bits - 1}:0];",
        "endmodule",
    ]
    return lines


def _tail(made: Approximation, tail: Tail, wide: int, half: int) -> str:
    form, out = made.arithmetic.form, made.out
    assert isinstance(form, Fixed)
    slope, offset = (_whole(float(rounded(one, form)), form) for one in (tail.slope, tail.offset))  # type: ignore[arg-type]
    if tail.slope == 0:
        return _literal(_whole(float(rounded(tail.offset, out)), form), wide)  # type: ignore[arg-type]
    if tail.slope in (1, -1) and tail.offset == 0:
        return "t" if tail.slope == 1 else "-t"
    add = f" + {_literal(half, wide)}" if half else ""
    shifted = f"((t * {_literal(slope, wide)}{add}) >>> {form.fraction_bits})"
    return f"{shifted} + {_literal(offset, wide)}"


def tested_inputs(given: Fixed) -> Floats:
    """The inputs of the bench, in its order."""
    step = 1 << max(0, given.bits - TESTED)
    first = _whole(given.lowest, given)
    return np.arange(first, -first, step) * given.step


def hashed(made: Approximation) -> int:
    """The hash of the results at these inputs."""
    assert isinstance(made.given, Fixed)
    assert isinstance(made.out, Fixed)
    results = np.rint(made(tested_inputs(made.given)) / made.out.step).astype(np.int64)
    value, mask = BASIS, (1 << made.out.bits) - 1
    for result in results.tolist():
        value = ((value ^ (result & mask)) * PRIME) & 0xFFFFFFFFFFFFFFFF
    return value


def _bench(made: Approximation, name: str) -> list[str]:
    given, out = made.given, made.out
    assert isinstance(given, Fixed)
    count = min(given.bits, TESTED)
    step, first = given.bits - count, 1 << (given.bits - 1)
    return [
        f"module {name}_test;",
        f"    logic signed [{given.bits - 1}:0] x;",
        f"    wire signed [{out.bits - 1}:0] y;",
        "    logic [63:0] hash;",
        "    integer i;",
        f"    {name} unit (.x(x), .y(y));",
        "    initial begin",
        f"        hash = 64'h{BASIS:016x};",
        f"        for (i = 0; i < {1 << count}; i = i + 1) begin",
        f"            x = {given.bits}'((i << {step}) - {first});",
        "            #1;",
        f"            hash = (hash ^ {{{64 - out.bits}'b0, y}}) * 64'h{PRIME:016x};",
        "        end",
        f"        if (hash == 64'h{hashed(made):016x}) begin",
        '            $display("PASS");',
        "            $finish;",
        "        end else begin",
        '            $display("FAIL");',
        "            $fatal(1);",
        "        end",
        "    end",
        "endmodule",
    ]
