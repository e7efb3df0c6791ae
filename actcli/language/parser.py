"""The parser of formulas: from Python's syntax to a tree of our own, never executed.

Python's `ast` parses the text; anything that is not part of a formula is rejected with a hint on
what to write instead. An error is one line that marks the place.
"""

from __future__ import annotations

import ast
import math
import re
import sys
import warnings
from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import NamedTuple, cast

from actcli.errors import SHOWN, UsageError, clipped, unknown
from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.tree import Call, Constant, Node, Number, Parameter, Variable

LONGEST = 10_000
DEEPEST = 200

X = Variable()
#: Walking deeper trees and their derivatives exceeds Python's default limit on recursion.
SHALLOW = 40
ROOM = 10_000
#: Characters that people type and paste, and what they are read as.
TYPED = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "π": "\ue000"})
#: The same for those that may be read as several characters.
LONGER = {
    "^": "**",
    "²": "**2",
    "³": "**3",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "\ue000": "pi",
    "∞": "inf",
    "\n": " ",
    "\r": " ",
}
#: Patterns that have a meaning in Python or on paper, but not in a formula, and what to write.
REMEDIES = (
    ("[\ud800-\udfff]", "these bytes are not text"),
    (r"#", "'#' does not begin a comment here"),
    (r"√", "write a root as sqrt(x)"),
    (r"\bthen\b|^\s*if\b", "a choice is written 'a if condition else b' or where(condition, a, b)"),
    (r"(?<![\w.])0[xXoObB]\w+", "write the number in decimal digits"),
    (r"(?<![\w.])\d+_[\d_]*", "write the number without '_'"),
    (r"(?<![\w.])0+(?=[1-9])", "write the number without zeros before it"),
    (r"^\s*\|.*\|\s*$", "write |x| as abs(x)"),
    (r"^[^'\"]*\w('{1,3})(?:\(|\s*$)", "a derivative is asked for with --show dy, not written"),
)
#: Text that Python may read differently than it is meant.
MISREAD = r"#|then|0[\dxXoObB]|\d_"
#: A number followed directly by a factor: 2x, 2(x), 1.5e3x.
JUXTAPOSED = (
    r"(?<![\w.)])((?:[0-9]+\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)\s*([A-Za-z_(\ue000][\w.]*)"
)
#: Words that may follow a number.
WORDS = ("if", "else", "and", "or", "not", "in", "is")
COMPARISONS: dict[type[ast.cmpop], Elementary] = {
    ast.Lt: elementary.LESS,
    ast.LtE: elementary.LESS_EQUAL,
    ast.Gt: elementary.GREATER,
    ast.GtE: elementary.GREATER_EQUAL,
    ast.Eq: elementary.EQUAL,
    ast.NotEq: elementary.NOT_EQUAL,
}
OPERATORS: dict[type[ast.operator], Elementary] = {
    ast.Add: elementary.ADD,
    ast.Sub: elementary.SUBTRACT,
    ast.Mult: elementary.MULTIPLY,
    ast.Div: elementary.DIVIDE,
    ast.Pow: elementary.POWER_OF,
}
LOGICAL: dict[type[ast.operator], Elementary] = {
    ast.BitAnd: elementary.BOTH,
    ast.BitOr: elementary.EITHER,
}
#: Operators of Python that formulas lack, and what to write.
OTHERS: dict[type[ast.operator], str] = {
    ast.Mod: "a % b is a - b*floor(a/b)",
    ast.FloorDiv: "a // b is floor(a/b)",
    ast.MatMult: "a formula has no matrices; a product is a*b",
    ast.BitXor: "write a power as a**b",
    ast.LShift: "write a product with a power: a*2**b",
    ast.RShift: "write a quotient with a power: a/2**b",
}


class Names(NamedTuple):
    """The meanings of names in a formula.

    `parameters` hide constants; with `open_` an unknown name is a parameter. `lets` are names of
    trees; `variables` are x and the like.
    """

    parameters: Collection[str] = ()
    lets: Mapping[str, Node] = {}
    variables: Collection[str] = ("x",)
    open_: bool = True


def parse_tree(text: str, names: Names = Names()) -> Node:  # noqa: B008
    """The tree of a formula; UsageError if it is not one.

    >>> parse_tree("x + 1").function
    <add>
    >>> parse_tree("2x")
    Traceback (most recent call last):
    actcli.errors.UsageError: formula '2x', character 1: write 2*x for '2x'
    """
    return Reader(text, names).tree()


class Reader:
    """One formula being read."""

    def __init__(self, text: str, names: Names = Names()) -> None:  # noqa: B008
        self.text = text
        self.names = names
        if len(text) > LONGEST:
            raise UsageError(
                f"a formula has at most {LONGEST} characters, but {clipped(text)!r} has {len(text)}"
            )
        # the place in the text of each character of the code, since ^ is read as **
        code, places = [], []
        for place, character in enumerate(text.translate(TYPED)):
            for letter in LONGER.get(character, character):
                code.append(letter)
                places.append(place)
        self.code = "".join(code)
        self.places = [*places, len(text)]

    def tree(self) -> Node:
        if not self.text.strip():
            raise UsageError("an empty formula; for example: x*sigmoid(1.3*x)")
        # compiling the patterns takes longer than parsing most formulas
        plain = self.code.isascii() and not re.search(MISREAD, self.code)
        if not plain:
            self._check_characters()
        try:
            body = self._syntax().body
            if _depth(body) > SHALLOW and sys.getrecursionlimit() < ROOM:
                sys.setrecursionlimit(ROOM)
            return self.number(body, 1)
        except UsageError:
            if plain:
                self._check_characters()  # its message may be better
            raise

    def fault(self, message: str, place: int | ast.AST = 0) -> UsageError:
        """The error, with the place marked."""
        if isinstance(place, ast.AST):
            place = self._offset(place)
        place = self.places[min(place, len(self.places) - 1)]
        start = max(0, place - SHOWN // 2)
        shown = self.text[start : start + SHOWN]
        shown = ("..." if start else "") + shown + ("..." if start + SHOWN < len(self.text) else "")
        return UsageError(f"formula {shown!r}, character {place + 1}: {message}")

    def _offset(self, node: ast.AST) -> int:
        column = getattr(node, "col_offset", 0)
        # ast counts bytes of UTF-8
        return len(self.code.encode()[:column].decode(errors="ignore"))

    def source(self, node: ast.AST) -> str:
        end = getattr(node, "end_col_offset", 0)
        piece = self.code.encode()[getattr(node, "col_offset", 0) : end]
        return clipped(piece.decode(errors="ignore").replace("**", "^").replace("^", "**"))

    def _check_characters(self) -> None:
        for pattern, remedy in REMEDIES:
            if unmeant := re.search(pattern, self.code):
                raise self.fault(remedy, unmeant.start(unmeant.re.groups))
        for found in re.finditer(JUXTAPOSED, self.code):
            number, word = found[1], found[2]
            if word in WORDS or re.fullmatch(r"[eEjJ][0-9]*", word):
                continue
            start, whole = found.start(), found[0]
            if self.code[:start].strip() == "-":
                start, number, whole = self.code.index("-"), f"-{number}", f"-{whole}"
            rest = "(...)" if word.startswith("(") else word
            raise self.fault(
                f"write {clipped(number)}*{clipped(rest)} for {clipped(whole)!r}", start
            )
        place = self.code.find("!")
        if place >= 0 and self.code[place + 1 : place + 2] != "=":
            raise self.fault("'!' has no meaning here; a factorial is not available", place)
        if (place := assignment(self.code)) >= 0:
            raise self.fault(
                "'=' gives a formula a name, 'name(x) = formula'; to compare, write '=='", place
            )

    def _syntax(self) -> ast.Expression:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python warns of 1if x
                found = ast.parse(self.code.strip(), mode="eval")
        except SyntaxError as error:
            raise self._syntax_fault(error) from None
        except (RecursionError, MemoryError, ValueError, OverflowError):
            raise self.fault(
                f"nested too deeply, or no formula: at most {DEEPEST} levels"
            ) from None
        return found

    def _syntax_fault(self, error: SyntaxError) -> UsageError:
        lead = len(self.code) - len(self.code.lstrip())
        place = max(0, (error.offset or 1) - 1 + lead)
        message = (error.msg or "").lower()
        code = self.code
        if "too many nested" in message or "too complex" in message or "recursion" in message:
            return self.fault(f"nested more than {DEEPEST} levels deep", place)
        if code.count("(") != code.count(")"):
            missing = "closed" if code.count("(") > code.count(")") else "opened"
            return self.fault(f"a parenthesis is never {missing}", place)
        if "expected 'else'" in message:
            return self.fault("a choice has both sides: a if condition else b", place)
        end = len(code.rstrip())
        if place >= end or re.search(r"(?:[-+*/<>=,]|\b(?:if|else|and|or|not))\s*$", code):
            return self.fault("something is missing at the end", end)
        if (unsigned := self._missing_sign(place)) is not None:
            return unsigned
        piece = code[place:].split()[0] if code[place:].split() else code[place : place + 1]
        return self.fault(
            f"{clipped(piece)!r} cannot stand here; for example: x*sigmoid(1.3*x) + 0.1*x", place
        )

    def _missing_sign(self, place: int) -> UsageError | None:
        """The error where two words, numbers or parentheses follow each other."""
        before = re.search(r"([\w.]+|\))\s*$", self.code[:place])
        after = re.match(r"\s*(\w+|\()", self.code[place:])
        if not before or not after:
            return None
        word, other = before[1], after[1]
        if elementary.find_elementary(word) or (not word[0].isdigit() and self.is_function(word)):
            return self.fault(f"parentheses follow a function: {word}(x)", before.start())
        if {word, other}.intersection(WORDS) or iskeyword(other):
            return None
        return self.fault(f"a sign is missing before {clipped(other)!r}; a product is a*b", place)

    # Numbers and conditions are read by different methods, so that either can be reported missing.

    def number(self, node: ast.expr, depth: int) -> Node:
        found = self._any(node, depth)
        if isinstance(found, Call) and found.function.condition:
            piece = self.source(node)
            raise self.fault(
                f"{piece!r} is a condition, not a number; write where({piece}, a, b), so "
                f"x*({piece}) is where({piece}, x, 0)",
                node,
            )
        return found

    def _condition(self, node: ast.expr, depth: int) -> Node:
        found = self._any(node, depth)
        if not (isinstance(found, Call) and found.function.condition):
            piece = self.source(node)
            raise self.fault(
                f"{piece!r} is a number where a condition is needed; compare it, as in {piece} > 0",
                node,
            )
        return found

    def _any(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            raise self.fault(f"nested more than {DEEPEST} levels deep", node)
        depth += 1
        if isinstance(node, ast.Constant):
            return self._literal(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.BinOp):
            return self._binary(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node, depth)
        if isinstance(node, ast.Compare):
            return self._comparison(node, depth)
        if isinstance(node, ast.BoolOp):
            entry = elementary.BOTH if isinstance(node.op, ast.And) else elementary.EITHER
            return self._chain(entry, [self._condition(v, depth) for v in node.values], node, depth)
        if isinstance(node, ast.IfExp):
            parts = (
                self._condition(node.test, depth),
                self.number(node.body, depth),
                self.number(node.orelse, depth),
            )
            return Call(elementary.WHERE, parts)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        raise self._stranger(node)

    def _stranger(self, node: ast.expr) -> UsageError:
        remedies: dict[type[ast.expr], str] = {
            ast.Lambda: "write what the lambda returns: x*2 for lambda x: x*2",
            ast.Subscript: "a formula has no indices",
            ast.NamedExpr: "a formula has no assignments",
            ast.Tuple: "a formula has one result; give several as separate words",
            ast.List: "a formula has one result, not a list",
        }
        remedy = remedies.get(
            type(node), "a formula is made of numbers, x, operators and functions"
        )
        return self.fault(f"{self.source(node)!r} is not part of a formula; {remedy}", node)

    def _literal(self, node: ast.Constant) -> Node:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(f"{self.source(node)!r} is not a number", node)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            raise self.fault(
                f"{self.source(node)} is beyond float64, whose largest number is 1.8e308; "
                "infinity is inf",
                node,
            )
        return Number(number)

    def _name(self, node: ast.Name) -> Node:
        name = node.id
        if name in self.names.lets:
            return self.names.lets[name]
        if name in self.names.parameters:
            return Parameter(name)
        if name in self.names.variables:
            return Variable(name)
        if name in elementary.CONSTANTS:
            return Constant(name)
        if name == "nan":
            raise self.fault("nan is not a number to compute with", node)
        if elementary.find_elementary(name) or self.is_function(name):
            raise self.fault(f"{name} is a function; write {name}(x)", node)
        if not self.names.open_:
            known = [*self.names.lets, *self.names.parameters, *self.names.variables]
            raise self.unknown("name", name, [*known, *elementary.CONSTANTS], node)
        return Parameter(name)

    def _attribute(self, node: ast.Attribute) -> Node:
        word = self._dotted(node)
        module, _, name = word.rpartition(".")
        if module in elementary.MODULES and name in elementary.CONSTANTS:
            return Constant(name)
        if elementary.find_elementary(word) or self.is_function(word):
            raise self.fault(f"{word} is a function; write {word}(x)", node)
        raise self.fault(
            f"{clipped(word)!r} is not part of a formula: attributes are not read", node
        )

    def _dotted(self, node: ast.expr) -> str:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise self.fault(f"{self.source(node)!r} is not the name of a function", node)
        return ".".join([node.id, *reversed(parts)])

    def _binary(self, node: ast.BinOp, depth: int) -> Node:
        kind = type(node.op)
        if kind in LOGICAL:
            both = [self._condition(part, depth) for part in (node.left, node.right)]
            return Call(LOGICAL[kind], tuple(both))
        if kind not in OPERATORS:
            raise self.fault(f"an operator that formulas lack; {OTHERS[kind]}", node)
        return Call(
            OPERATORS[kind], (self.number(node.left, depth), self.number(node.right, depth))
        )

    def _unary(self, node: ast.UnaryOp, depth: int) -> Node:
        if isinstance(node.op, ast.Not):
            return Call(elementary.NEITHER, (self._condition(node.operand, depth),))
        if isinstance(node.op, ast.Invert):
            raise self.fault("'~' has no meaning here; write not (condition)", node)
        operand = self.number(node.operand, depth)
        return operand if isinstance(node.op, ast.UAdd) else Call(elementary.NEGATIVE, (operand,))

    def _comparison(self, node: ast.Compare, depth: int) -> Node:
        sides = [self.number(side, depth) for side in (node.left, *node.comparators)]
        conditions: list[Node] = []
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(operator) not in COMPARISONS:
                raise self.fault("compare with <, <=, >, >=, == or !=", node)
            conditions.append(Call(COMPARISONS[type(operator)], (left, right)))
        return self._chain(elementary.BOTH, conditions, node, depth)

    def _chain(self, entry: Elementary, parts: list[Node], node: ast.expr, depth: int) -> Node:
        """f(f(a, b), c) for three parts, and so on."""
        if depth + len(parts) > DEEPEST:
            raise self.fault(f"{len(parts)} parts are too many: at most {DEEPEST} levels", node)
        chained = parts[0]
        for part in parts[1:]:
            chained = Call(entry, (chained, part))
        return chained

    def _call(self, node: ast.Call, depth: int) -> Node:
        if isinstance(node.func, ast.Constant) or (
            isinstance(node.func, ast.Name) and node.func.id in self.names.variables
        ):
            piece = self.source(node.func)
            raise self.fault(f"{piece} is not a function; write {piece}*(...) for a product", node)
        if not isinstance(node.func, ast.Name | ast.Attribute):
            raise self.fault("write a*(b) for a product: only a function comes before '('", node)
        word = self._dotted(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            keyword.arg is None for keyword in node.keywords
        ):
            raise self.fault("'*' and '**' before an argument have no meaning here", node)
        names = [named.arg for named in node.keywords]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise self.fault(f"{clipped(twice)}= is given twice", node)
        entry = elementary.find_elementary(word)
        if entry is not None:
            return self._elementary(entry, word, node, depth)
        return self.apply(word, node, depth)

    def _elementary(self, entry: Elementary, word: str, node: ast.Call, depth: int) -> Node:
        given: dict[int, ast.expr] = dict(enumerate(node.args))
        for keyword in node.keywords:
            name = str(keyword.arg).removeprefix("a_").removeprefix("clip_value_")
            if name not in entry.keywords or entry.keywords.index(name) in given:
                raise self.fault(
                    f"{word} takes {', '.join(entry.keywords)}, not {clipped(str(keyword.arg))}=",
                    node,
                )
            given[entry.keywords.index(name)] = keyword.value
        if len(given) < entry.count and entry.name == "clip" and 0 in given:
            infinity = Constant("inf")
            ends: dict[int, Node] = {1: Call(elementary.NEGATIVE, (infinity,)), 2: infinity}
            bounds = [
                self.number(given[place], depth) if place in given else end
                for place, end in ends.items()
            ]
            return Call(entry, (self.number(given[0], depth), *bounds))
        associative = (
            entry.name in ("min", "max") and len(given) > entry.count and not node.keywords
        )
        if not associative and len(given) != entry.count:
            takes = f"{entry.count} argument{'s' if entry.count > 1 else ''}"
            takes += " or more" if entry.name in ("min", "max") else ""
            raise self.fault(
                f"{word} takes {takes} ({', '.join(entry.keywords)}), not {len(given)}", node
            )
        arguments = [
            self._condition(given[place], depth)
            if place < entry.conditions
            else self.number(given[place], depth)
            for place in sorted(given)
        ]
        if associative:
            return self._chain(entry, arguments, node, depth)
        return Call(entry, tuple(arguments))

    def apply(self, word: str, node: ast.Call, depth: int) -> Node:
        """The call of a function that is not elementary: nobody knows any here."""
        if word in self.names.parameters:
            raise self.fault(
                f"{clipped(word)} is a parameter; write {clipped(word)}*(...) for a product", node
            )
        raise self.unknown("function", word, self.functions(), node)

    def functions(self) -> list[str]:
        """The names of all functions."""
        return [*elementary.by_name()]

    def is_function(self, word: str) -> bool:
        """Whether a word names a function that is not elementary."""
        return False

    def unknown(self, kind: str, word: str, known: Collection[str], node: ast.AST) -> UsageError:
        return self.fault(str(unknown(kind, word, known, "see: actcli list")), node)


def _depth(node: ast.AST) -> int:
    depth, level = 0, [node]
    while level:
        depth += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return depth


def as_tree(value: float) -> Node:
    """The exact value of a parameter as a tree."""
    from actcli.arithmetic.numbers import Real, written

    if isinstance(value, Real) and value.tree is not None:
        return cast(Node, value.tree)
    text = written(value)
    if text is not None:
        return parse_tree(text, Names(variables=(), open_=False))
    if math.isinf(value):
        infinity = Constant("inf")
        return infinity if value > 0 else Call(elementary.NEGATIVE, (infinity,))
    return Number(float(value))


def assignment(code: str) -> int:
    """The place of a single '=' outside parentheses; -1 if there is none."""
    depth = 0
    for place, character in enumerate(code):
        depth += (character in "([") - (character in ")]")
        if character == "=" and depth == 0:
            around = code[max(0, place - 1) : place + 2]
            if "==" not in around and around[:1] not in ("<", ">", "!", "="):
                return place
    return -1
