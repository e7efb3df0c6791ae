"""Strings that people, or a cat on the keyboard, may type as a SPEC, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator

#: Pieces of formulas, and what is near to them but wrong.
PIECES = (  # noqa: SIM905
    "x x x x 1 2 0 0.5 1e300 1e-300 1e999 1_000 0x10 1j 07 .5 5. 1e 3.14 pi e inf nan a beta "
    "+ - * / ** ^ // % @ << >> & | ~ ! = == != < <= > >= := -> , , . ; : : \\ ` $ ? # ' \" ( ( ) ) "
    "[ ] { } and or not if else is in lambda True False None for yield await import "
    "exp( log( sqrt( sin( tan( tanh( abs( sign( max( min( clip( floor( round( where( erf( erfinv( "
    "cbrt( acosh( atanh( exp2( log10( power( relu( elu( gelu( sigmoid( softmax( np.exp( "
    "torch.relu( F.gelu( tf.nn. math.pi x.y __import__( x) ) ) alpha= alpha=2 :a=1 :beta=1/3 f(x)= "
    "f(x,a=2)= relu relu6 elu:alpha=2 softmax hard-swish maxout:3 π × − ÷ ² ∞ é 😀 \u00a0 \u200b "
    "9**9**9 1/0 0**0 1e308*10 (-8)**(1/3) x**x x/x 0*x x-x"
).split(" ")
#: Whole strings that are known to be hard, or were.
HARD = (
    "9**9**9**9",
    "9**9**9**9*x",
    "x**9**9**9",
    "exp(exp(exp(x)))",
    "exp(exp(exp(exp(exp(x)))))",
    "exp(-exp(exp(x)))",
    "sin(exp(exp(x)))",
    "x**1e300",
    "x**-1e300",
    "(-2)**exp2(x)",
    "1e308**1e308*x",
    "tan(exp(x**9))",
    "floor(exp(exp(x)))",
    "round(1e300*x)",
    "erfinv(1-exp(-x*x))",
    "x" + "+x" * 4999,
    "+".join(["x*x"] * 2500),
    "(" * 199 + "x" + ")" * 199,
    "(" * 250 + "x" + ")" * 250,
    "(" * 5000 + "x" + ")" * 5000,
    "-" * 150 + "x",
    "-" * 9999 + "x",
    "sin(" * 90 + "x" + ")" * 90,
    "exp(" * 60 + "x" + ")" * 60,
    "gelu(" * 190 + "x" + ")" * 190,
    "sin(" * 195 + "x" + ")" * 195,
    "mish(mish(mish(mish(mish(mish(mish(mish(x))))))))",
    "x**" * 190 + "1",
    "x^" * 40 + "x",
    "x*" * 2000 + "x",
    "x/" * 150 + "x",
    "not " * 150 + "x",
    "where(x>0," * 190 + "x" + ",1)" * 190,
    "1 if x>0 else " * 90 + "x",
    "x<" * 150 + "x",
    "x" * 10_000,
    "1" * 10_000 + "*x",
    "0." + "0" * 5000 + "1*x",
    "x" * 10_001,
    "x*" + "1e300*" * 100 + "x",
    "a" * 3000 + "*x:" + "a" * 3000 + "=1",
    "x:" + "=" * 1000,
    "x" + "=" * 1000,
    "f(x)=" * 100 + "x",
    "x\n+\n1",
    "x # a comment",
    "\x00x",
    "x\x00",
    "x \\",
    "\ud800x",
    "f(x, " + ", ".join(f"a{k}=1" for k in range(500)) + ") = x",
    "max(" + ",".join(["x"] * 2000) + ")",
    "max(" + ",".join(str(k) + "*x" for k in range(300)) + ")",
)


def strings(seed: int, count: int) -> Iterator[str]:
    """So many strings: pieces joined, some repeated, some cut, some with characters changed."""
    rng = random.Random(seed)
    for _ in range(count):
        pieces = rng.choices(PIECES, k=rng.choice((1, 2, 3, 4, 6, 8, 12, 20)))
        text = rng.choice(("", "", " ")).join(pieces)
        if rng.random() < 0.5:  # closed, which more often parses
            text += ")" * max(0, text.count("(") - text.count(")"))
        if rng.random() < 0.1:
            place = rng.randrange(len(text) + 1)
            text = (
                text[:place]
                + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x3000))))
                + text[place:]
            )
        if rng.random() < 0.02:
            text *= rng.randrange(2, 200)
        yield text


def well_formed(seed: int, count: int) -> Iterator[str]:
    """Strings that mostly are formulas, of any kind and depth."""
    rng = random.Random(seed)
    unary = [piece for piece in PIECES if piece.endswith("(") and piece[0].islower()]
    unary = [
        piece
        for piece in unary
        if piece[:-1] not in ("max", "min", "clip", "where", "power", "__import__", "softmax")
    ]

    def tree(depth: int) -> str:
        if depth == 0 or rng.random() < 0.15:
            return rng.choice(("x", "x", "x", "1", "2", "0.5", "pi", "e", "1e300", "-3", "1/3"))
        kind = rng.random()
        if kind < 0.4:
            return f"{rng.choice(unary)}{tree(depth - 1)})"
        if kind < 0.8:
            return f"({tree(depth - 1)}{rng.choice(('+', '-', '*', '/', '**'))}{tree(depth - 1)})"
        if kind < 0.9:
            return f"{rng.choice(('max', 'min'))}({tree(depth - 1)}, {tree(depth - 1)})"
        sign = rng.choice(("<", "<=", ">", ">=", "==", "!="))
        a, b, c, d = (tree(depth - 1) for _ in range(4))
        return f"where({a} {sign} {b}, {c}, {d})"

    for _ in range(count):
        yield tree(rng.randrange(1, 6))
