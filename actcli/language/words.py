"""Trees as text that reads back to them, and as mathtext and LaTeX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.parser import as_tree
from actcli.language.tree import Apply, Call, Constant, Node, Number, Parameter, Variable

#: A piece of text and how tightly its outermost operator binds.
Piece = tuple[str, int]


class Text:
    """Formulas as they are typed."""

    def write(self, node: Node) -> str:
        """The formula of a tree.

        >>> from actcli.language.parser import parse_tree
        >>> Text().write(parse_tree("x*(1+x)^2 - -x"))
        'x*(1 + x)**2 - -x'
        """
        return self._piece(node)[0]

    def _piece(self, node: Node) -> Piece:
        if isinstance(node, Number):
            return self.number(node.value)
        if isinstance(node, Constant):
            return self.constant(node.name), elementary.ATOM
        if isinstance(node, Variable):
            return self.variable(node.name), elementary.ATOM
        if isinstance(node, Parameter):
            return self.parameter(node.name), elementary.ATOM
        if isinstance(node, Apply):
            return self.apply(node), elementary.ATOM
        return self.call(node)

    def number(self, value: float) -> Piece:
        text = repr(abs(value)).removesuffix(".0")
        negative = math.copysign(1, value) < 0
        return (f"-{text}", elementary.SIGN) if negative else (text, elementary.ATOM)

    def constant(self, name: str) -> str:
        return name

    def variable(self, name: str) -> str:
        return name

    def parameter(self, name: str) -> str:
        return name

    def apply(self, node: Apply) -> str:
        return f"{node.function.name}({', '.join(self._settings(node))})"

    def _settings(self, node: Apply) -> list[str]:
        """The argument, and the parameters that are not at their defaults."""
        changed = [
            f"{self.parameter(name)}={self.write(value)}"
            for name, value in node.parameters
            if value != as_tree(node.function.defaults[name])
        ]
        return [self.write(node.argument), *changed]

    def call(self, node: Call) -> Piece:
        entry = node.function
        if entry is elementary.POWER_OF:
            return self.power(*node.arguments), elementary.POWER
        if entry.operator and len(node.arguments) == 2:
            return self.binary(entry, *node.arguments), entry.precedence
        if entry.operator:
            return self.unary(entry, node.arguments[0]), entry.precedence
        if entry is elementary.WHERE:
            return self.choice(node.arguments)
        return self.function(entry, node.arguments)

    def power(self, base: Node, exponent: Node) -> str:
        left = self._within(base, elementary.POWER + 1)
        right = self._within(exponent, elementary.SIGN)
        return f"{left}**{right}"

    def binary(self, entry: Elementary, left: Node, right: Node) -> str:
        chain = self._chained(entry, left, right)
        if chain is not None:
            return chain
        tighter = self.tighter(entry)
        first = self._within(left, entry.precedence + (entry.precedence == elementary.COMPARISON))
        second = self._within(right, entry.precedence + (1 if tighter else 0))
        gap = "" if entry.precedence == elementary.PRODUCT else " "
        return f"{first}{gap}{self.sign(entry)}{gap}{second}"

    def tighter(self, entry: Elementary) -> bool:
        """Whether a right operand with the same precedence needs parentheses."""
        return elementary.OR <= entry.precedence <= elementary.PRODUCT

    def sign(self, entry: Elementary) -> str:
        return entry.operator

    def _chained(self, entry: Elementary, left: Node, right: Node) -> str | None:
        """a < x and x < b as a < x < b."""
        if entry is not elementary.BOTH:
            return None
        if not (isinstance(left, Call) and isinstance(right, Call)):
            return None
        sides = (left.function, right.function)
        if any(side.precedence != elementary.COMPARISON for side in sides):
            return None
        if left.arguments[1] != right.arguments[0]:
            return None
        last = self._within(right.arguments[1], elementary.COMPARISON + 1)
        return f"{self.binary(left.function, *left.arguments)} {self.sign(right.function)} {last}"

    def unary(self, entry: Elementary, argument: Node) -> str:
        inner = self._within(argument, entry.precedence)
        return f"{entry.operator}{inner}"

    def function(self, entry: Elementary, arguments: tuple[Node, ...]) -> Piece:
        words = ", ".join(self.write(argument) for argument in arguments)
        return f"{entry.name}({words})", elementary.ATOM

    def choice(self, arguments: tuple[Node, ...]) -> Piece:
        return self.function(elementary.WHERE, arguments)

    def _within(self, node: Node, precedence: int) -> str:
        text, own = self._piece(node)
        return text if own >= precedence else self.bracketed(text)

    def bracketed(self, text: str) -> str:
        return f"({text})"


class Conditional(Text):
    """The same with Python's `a if condition else b` for choices, as in the catalogue."""

    def choice(self, arguments: tuple[Node, ...]) -> Piece:
        condition, first, second = arguments
        yes = self._within(first, elementary.OR)
        test, other = self.write(condition), self._within(second, elementary.OR)
        return f"{yes} if {test} else {other}", elementary.CHOICE


class Mathtext(Text):
    """The formula in mathtext, the part of LaTeX that matplotlib and our MathML share.

    `names` are the symbols of parameters. With `slashes`, fractions are written a/b, as they are in
    exponents, arguments and other fractions.
    """

    names: Mapping[str, str] = {}

    def __init__(self, names: Mapping[str, str] | None = None, slashes: bool = False) -> None:
        self.names = names or {}
        self.slashes = slashes

    def _on_the_line(self, node: Node) -> str:
        return type(self)(self.names, slashes=True).write(node)

    def number(self, value: float) -> Piece:
        text, precedence = super().number(value)
        digits, _, exponent = text.partition("e")
        if not exponent:
            return text, precedence
        power = f"10^{{{int(exponent)}}}"
        if digits in ("1", "-1"):
            return digits.replace("1", power), elementary.PRODUCT
        return rf"{digits}\times {power}", elementary.PRODUCT

    def constant(self, name: str) -> str:
        return {"pi": r"\pi ", "e": "e", "inf": r"\infty "}[name]

    def parameter(self, name: str) -> str:
        symbol = self.names.get(name)
        if symbol:
            return f"{symbol} " if symbol.startswith("\\") else symbol
        if len(name) == 1:
            return name
        if name in GREEK:
            return f"\\{name} "
        if name[:1].isalpha() and name[1:].isdigit():
            return f"{name[0]}_{{{name[1:]}}}"
        return r"\mathrm{" + name.replace("_", r"\_") + "}"

    def apply(self, node: Apply) -> str:
        name = SIGNS.get(node.function.name)
        head = name or r"\mathrm{" + node.function.name.replace("_", r"\_") + "}"
        return f"{head}({', '.join(self._settings(node))})"

    def call(self, node: Call) -> Piece:
        text, precedence = super().call(node)
        fraction = node.function is elementary.DIVIDE and text.startswith(r"\frac")
        return text, elementary.ATOM if fraction else precedence

    def power(self, base: Node, exponent: Node) -> str:
        if isinstance(base, Call) and base.function.name in RAISED and exponent == Number(2.0):
            inner = self.write(base.arguments[0])
            return f"{RAISED[base.function.name]}^{{2}}({inner})"
        return f"{self._within(base, elementary.POWER + 1)}^{{{self._on_the_line(exponent)}}}"

    def binary(self, entry: Elementary, left: Node, right: Node) -> str:
        decimal = _decimal(left, right) if entry is elementary.DIVIDE else None
        if decimal is not None:
            number, rest = decimal
            return number if rest is None else f"{number}{self._within(rest, elementary.PRODUCT)}"
        if entry is elementary.DIVIDE and not self.slashes:
            above, below = self._on_the_line(left), self._on_the_line(right)
            return rf"\frac{{{above}}}{{{below}}}"
        if entry is elementary.MULTIPLY:
            if left == right:
                return self.power(left, Number(2.0))
            return self._product(left, right)
        return super().binary(entry, left, right)

    def _product(self, left: Node, right: Node) -> str:
        first = self._within(left, elementary.PRODUCT)
        second = self._within(right, elementary.PRODUCT)
        if second[:1].isdigit() or (second[:1] == "-"):
            return rf"{first}\cdot {second}" if second[:1] != "-" else f"{first}({second})"
        between = r"\," if first[-1:].isalnum() and second[:1] == "\\" else ""
        return f"{first}{between}{second}"

    def tighter(self, entry: Elementary) -> bool:
        return (
            entry in (elementary.SUBTRACT, elementary.DIVIDE)
            or entry.precedence == elementary.COMPARISON
        )

    def sign(self, entry: Elementary) -> str:
        return RELATIONS.get(entry, entry.operator)

    def unary(self, entry: Elementary, argument: Node) -> str:
        if entry is elementary.NEITHER:
            return rf"\neg ({self.write(argument)})"
        return super().unary(entry, argument)

    def function(self, entry: Elementary, arguments: tuple[Node, ...]) -> Piece:
        text = self.template(entry).format(*map(self._on_the_line, arguments))
        return text, LOOSE.get(entry.name, elementary.ATOM)

    def template(self, entry: Elementary) -> str:
        return entry.mathtext

    def choice(self, arguments: tuple[Node, ...]) -> Piece:
        """Pieces side by side: value (condition), value (condition)."""
        pieces, rest = _pieces(arguments)
        parts = [(first, self.write(condition)) for condition, first in pieces]
        opposite = _opposite(pieces[0][0]) if len(pieces) == 1 else None
        parts.append((rest, r"\mathrm{else}" if opposite is None else self.write(opposite)))
        words = (rf"{self._within(value, elementary.SUM)}\ ({when})" for value, when in parts)
        return r",\ ".join(words), elementary.CHOICE


class Latex(Mathtext):
    """The formula in LaTeX with amsmath, with choices in a cases environment."""

    def apply(self, node: Apply) -> str:
        return super().apply(node).replace(r"\mathrm", r"\operatorname", 1)

    def template(self, entry: Elementary) -> str:
        return entry.latex

    def choice(self, arguments: tuple[Node, ...]) -> Piece:
        pieces, rest = _pieces(arguments)
        rows = [
            rf"{self.write(first)} & \text{{if }} {self.write(condition)}"
            for condition, first in pieces
        ]
        rows.append(rf"{self.write(rest)} & \text{{otherwise}}")
        body = r" \\ ".join(rows)
        return rf"\begin{{cases}} {body} \end{{cases}}", elementary.ATOM

    def bracketed(self, text: str) -> str:
        return rf"\left({text}\right)"


def _pieces(arguments: tuple[Node, ...]) -> tuple[list[tuple[Node, Node]], Node]:
    """The conditions of a choice with their values, and the value otherwise."""
    pieces = []
    node: Node = Call(elementary.WHERE, arguments)
    while isinstance(node, Call) and node.function is elementary.WHERE:
        condition, first, node = node.arguments
        pieces.append((condition, first))
    return pieces, node


def _opposite(condition: Node) -> Node | None:
    """The comparison that holds where this one does not; None if there is no single one."""
    if isinstance(condition, Call) and condition.function in OPPOSITES:
        return Call(OPPOSITES[condition.function], condition.arguments)
    return None


def _decimal(left: Node, right: Node) -> tuple[str, Node | None] | None:
    """A multiple of n/10^k as the decimal number and its other factor; None for other fractions."""
    number, rest = left, None
    if isinstance(left, Call) and left.function is elementary.MULTIPLY:
        number, rest = left.arguments
    if not (isinstance(number, Number) and isinstance(right, Number)):
        return None
    if not (number.value.is_integer() and right.value in POWERS_OF_TEN and number.value >= 0):
        return None
    digits = Decimal(int(number.value)).scaleb(-POWERS_OF_TEN[right.value])
    return f"{digits.normalize():f}", rest


#: From a thousand on; smaller ones are shown as fractions.
POWERS_OF_TEN = {10.0**power: power for power in range(3, 10)}
OPPOSITES: dict[Elementary, Elementary] = {
    one: other
    for pair in (
        (elementary.LESS, elementary.GREATER_EQUAL),
        (elementary.GREATER, elementary.LESS_EQUAL),
        (elementary.EQUAL, elementary.NOT_EQUAL),
    )
    for one, other in (pair, pair[::-1])
}
#: Names of parameters that are shown as Greek letters.
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
)  # fmt: skip
#: Functions of the catalogue with their own symbols.
SIGNS = {"sigmoid": r"\sigma", "erf": r"\mathrm{erf}", "tanh": r"\tanh", "gelu": r"\mathrm{GELU}"}
#: Functions whose square is written as sin^2(x).
RAISED = {name: rf"\{name}" for name in ("tan", "sin", "cos", "tanh", "sinh", "cosh")}
#: Functions whose notation binds less tightly than a name.
LOOSE = {"exp": elementary.POWER, "exp2": elementary.POWER, "expm1": elementary.SUM}
RELATIONS: dict[Elementary, str] = {
    elementary.LESS_EQUAL: r"\leq",
    elementary.GREATER_EQUAL: r"\geq",
    elementary.EQUAL: "=",
    elementary.NOT_EQUAL: r"\neq",
    elementary.BOTH: r"\wedge",
    elementary.EITHER: r"\vee",
}

write_text: Callable[[Node], str] = Text().write
write_conditional: Callable[[Node], str] = Conditional().write
