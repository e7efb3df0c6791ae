"""Shorter forms of trees, found by sympy.

sympy is imported in a forked process, which is killed when it takes too long. Without sympy or fork
a tree stays as it is. A form that sympy finds is used only if it has the same values at many
points.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import Any

from flint import arb

from actcli.catalogue.definitions import read_tree
from actcli.catalogue.specification import all_functions
from actcli.language import balls, elementary
from actcli.language.program import build
from actcli.language.symbolic import call
from actcli.language.tree import Call, Constant, Node, Number, Parameter, walk
from actcli.language.words import write_text
from actcli.workers.child import Child, Send, readable, undisturbed

#: Seconds of processor time for all trees together, and of waiting on a busy machine.
SECONDS, PATIENCE = 1.0, 7.0
#: Larger trees are left alone.
MOST_NODES = 400
#: Where two forms are compared, in which precision, and how close they must be.
POINTS = (0.7, -0.7, 1.9, -1.9, 3.3, -3.3, 0.11, -0.11, 7.7, -7.7)
BITS, ALIKE = 256, 100
#: sympy's names for our functions where they differ; those with "" are left alone.
NAMES = {"abs": "Abs", "normal_cdf": "", "normal_pdf": "", "log1p": "", "expm1": "", "exp2": "",
         "log2": "", "log10": "", "cbrt": ""}  # fmt: skip


class Search:
    """A search for shorter forms that runs in the background until the results are needed."""

    def __init__(self, trees: Sequence[Node]) -> None:
        self.trees = tuple(trees)
        self.child: Child | None = None
        if hasattr(os, "fork") and all(_size(tree) <= MOST_NODES for tree in trees):
            with undisturbed(), suppress(OSError):  # too much is open: do without
                self.child = Child(partial(_work, self.trees))

    def results(self) -> tuple[Node, ...]:
        """The shorter form of each tree, or the tree itself."""
        found: dict[int, str] = {}
        if self.child:
            end = time.monotonic() + PATIENCE
            try:
                while readable([self.child], max(0.0, end - time.monotonic())):
                    number, form = self.child.receive()
                    found[number] = form
            except EOFError:
                pass
            finally:
                self.child.end()
                self.child = None
        return tuple(_chosen(tree, found.get(k)) for k, tree in enumerate(self.trees))


def _work(trees: Sequence[Node], send: Send) -> None:
    """In the forked process: send each form found, with the tree's number, until time is up."""
    for number in (0, 1, 2):
        with suppress(OSError):
            os.close(number)
    import sympy

    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    forms = [Forms(sympy, tree) for tree in trees]
    for way in ways(sympy):  # first the fast ways for all trees
        for number, form in enumerate(forms):
            text = form.shorter(way)
            if text is not None:
                send((number, text))


def _size(tree: Node) -> int:
    return sum(1 for _ in walk(tree))


def _chosen(tree: Node, text: str | None) -> Node:
    """The form found, if it is shorter and the same function."""
    if text is None or len(text) >= len(write_text(tree)):
        return tree
    try:
        found = read_tree(text, functions=all_functions())
    except Exception:  # sympy may print anything
        return tree
    return found if _same(tree, found) else tree


def _same(first: Node, second: Node) -> bool:
    names = {
        node.name for tree in (first, second) for node in walk(tree) if isinstance(node, Parameter)
    }
    values = {name: Number(1.25 + 0.5 * k) for k, name in enumerate(sorted(names))}
    programs = [build(tree, values) for tree in (first, second)]
    compared = 0
    with balls.LOCK:
        for x in POINTS:
            a, b = (balls.evaluate(program, arb(x), 1, BITS) for program in programs)
            if isinstance(a, balls.Trouble) or isinstance(b, balls.Trouble):
                if type(a) is not type(b):
                    return False
                continue
            near = (abs(a[0]) + abs(b[0])) * arb((1, -ALIKE)) + arb((1, -2 * ALIKE))
            if not abs(a[0] - b[0]) <= near:
                return False
            compared += 1
    return compared > 0


def ways(sympy: Any) -> tuple[Callable[[Any], Any], ...]:
    """Ways to another form of an expression, the fast ones first."""
    return (
        lambda e: e,
        sympy.factor_terms,
        sympy.factor,
        lambda e: sympy.factor_terms(sympy.simplify(e, doit=False)),
    )


class Forms:
    """One tree in sympy, where choices, and functions that sympy lacks, become symbols."""

    def __init__(self, sympy: Any, tree: Node) -> None:
        self.sympy = sympy
        self.symbols: dict[str, Any] = {}
        self.known: dict[Any, Node] = {}
        self.expression = self._to(tree)
        self.length = len(write_text(tree))

    def shorter(self, way: Callable[[Any], Any]) -> str | None:
        """The text that a way leads to, if it is shorter than all before."""
        try:
            text = write_text(self._from(way(self.expression)))
        except Exception:  # sympy fails on some expressions
            return None
        if len(text) >= self.length:
            return None
        self.length = len(text)
        return text

    def _symbol(self, node: Node) -> Any:
        text = write_text(node)
        if text not in self.symbols:
            symbol = self.sympy.Symbol(f"s{len(self.symbols)}", real=True)
            self.symbols[text], self.known[symbol] = symbol, node
        return self.symbols[text]

    def _to(self, node: Node) -> Any:
        sympy = self.sympy
        if isinstance(node, Number):
            value = Fraction(node.value)
            # a decimal fraction becomes a symbol, since its multiples would not stay short
            if value.denominator <= 64 and abs(value.numerator) < 2**40:
                return sympy.Rational(value.numerator, value.denominator)
            return self._symbol(node)
        if isinstance(node, Constant):
            return {"pi": sympy.pi, "e": sympy.E}.get(node.name) or self._symbol(node)
        if not isinstance(node, Call):
            return self._symbol(node)
        arguments = node.arguments
        operators: dict[Any, Callable[..., Any]] = {
            elementary.ADD: lambda a, b: a + b,
            elementary.SUBTRACT: lambda a, b: a - b,
            elementary.MULTIPLY: lambda a, b: a * b,
            elementary.DIVIDE: lambda a, b: a / b,
            elementary.NEGATIVE: lambda a: -a,
            elementary.POWER_OF: lambda a, b: a**b,
        }
        if node.function in operators:
            return operators[node.function](*map(self._to, arguments))
        name = NAMES.get(node.function.name, node.function.name)
        if node.function in elementary.MATHEMATICAL and name and hasattr(sympy, name):
            return getattr(sympy, name)(self._to(arguments[0]))
        return self._symbol(node)

    def _from(self, e: Any) -> Node:
        sympy = self.sympy
        if e in self.known:
            return self.known[e]
        if e.is_Rational:
            return _rational(Fraction(int(e.p), int(e.q)))
        if e == sympy.pi or e == sympy.E:
            return Constant("pi" if e == sympy.pi else "e")
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        if isinstance(e, sympy.exp):
            return Call(elementary.by_name()["exp"], (self._from(e.args[0]),))
        if e.is_Pow:
            return self._power(*e.args)
        name = {"Abs": "abs"}.get(e.func.__name__, e.func.__name__)
        entry = elementary.by_name()[name]
        return Call(entry, tuple(map(self._from, e.args)))

    def _sum(self, e: Any) -> Node:
        terms = list(e.as_ordered_terms())
        terms.sort(key=lambda term: bool(term.could_extract_minus_sign()))
        total = self._from(terms[0])
        for term in terms[1:]:
            if term.could_extract_minus_sign():
                total = Call(elementary.SUBTRACT, (total, self._from(-term)))
            else:
                total = Call(elementary.ADD, (total, self._from(term)))
        return total

    def _product(self, e: Any) -> Node:
        above: list[Any] = []
        below: list[Any] = []
        sign, number = 1, self.sympy.Integer(1)
        for factor in e.as_ordered_factors():
            if factor.is_Rational:
                number *= factor
            elif factor.is_Pow and not isinstance(factor, self.sympy.exp) and (
                factor.exp.could_extract_minus_sign()
            ):  # fmt: skip
                below.append(factor.base**-factor.exp)
            else:
                above.append(factor)
        if number < 0:
            sign, number = -1, -number
        if number.p != 1 or not above:
            above.insert(0, self.sympy.Integer(number.p))
        if number.q != 1:
            below.insert(0, self.sympy.Integer(number.q))
        upper = sorted(map(self._from, above), key=_rank)
        if sign < 0:
            upper[0] = call(elementary.NEGATIVE, upper[0])
        product = _chain(upper)
        if not below:
            return product
        return Call(elementary.DIVIDE, (product, _chain([self._from(factor) for factor in below])))

    def _power(self, base: Any, exponent: Any) -> Node:
        half = self.sympy.Rational(1, 2)
        if exponent.could_extract_minus_sign():
            return Call(elementary.DIVIDE, (Number(1.0), self._from(base**-exponent)))
        if exponent == half:
            return Call(elementary.by_name()["sqrt"], (self._from(base),))
        return Call(elementary.POWER_OF, (self._from(base), self._from(exponent)))


def _rank(node: Node) -> int:
    """The order of factors: numbers, parameters, the rest."""
    return 0 if isinstance(node, Number | Constant) else 1 if isinstance(node, Parameter) else 2


def _chain(factors: Sequence[Node]) -> Node:
    product = factors[0]
    for factor in factors[1:]:
        product = Call(elementary.MULTIPLY, (product, factor))
    return product


def _rational(value: Fraction) -> Node:
    if value < 0:
        return call(elementary.NEGATIVE, _rational(-value))
    if value.denominator & (value.denominator - 1) == 0:
        return Number(float(value))
    return Call(
        elementary.DIVIDE, (Number(float(value.numerator)), Number(float(value.denominator)))
    )
