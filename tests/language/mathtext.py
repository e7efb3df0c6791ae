"""A reader of formulas in mathtext, apart from the package: what a picture says, as a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import mpmath

TOKEN = re.compile(r"\\mathrm\{(\w+)\}|(\\[A-Za-z]+)|(\d+\.?\d*)|([A-Za-z])|([{}()^|+\-/<>=])")
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    r"\sigma": lambda t: 1 / (1 + mpmath.exp(-t)),
    r"\tanh": mpmath.tanh,
    r"\sin": mpmath.sin,
    r"\cos": mpmath.cos,
    r"\ln": mpmath.log,
    r"\arctan": mpmath.atan,
    "erf": mpmath.erf,
    "sign": mpmath.sign,
    "softplus": lambda t: mpmath.log(1 + mpmath.exp(t)),
    "GELU": lambda t: t * mpmath.ncdf(t),
}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    r"\leq": lambda a, b: a <= b,
    r"\geq": lambda a, b: a >= b,
    r"\neq": lambda a, b: a != b,
}


def evaluate(mathtext: str, x: Any, symbols: Mapping[str, Any]) -> Any:
    """The number that a formula is at x, with the values of its parameters by their symbols."""
    parts = _split(mathtext)
    lets = [part.partition("=") for part in parts if re.match(r"^[a-z]=(?!=)", part)]
    meanings = {name: meaning for name, _, meaning in lets}
    pieces = [part for part in parts if part.partition("=")[0] not in meanings]
    return _chosen(pieces, _Reader(meanings, {**symbols, "x": x}))


def _split(mathtext: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    parts, depth = [""], 0
    for piece in re.split(r"(,\\ |[()])", mathtext):
        depth += (piece == "(") - (piece == ")")
        if piece == ",\\ " and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _chosen(pieces: list[str], reader: _Reader) -> Any:
    if len(pieces) == 1:
        return reader.number(pieces[0])
    for piece in pieces:
        value, condition = re.fullmatch(r"(.*?)\\ \((.*)\)", piece).groups()  # type: ignore[union-attr]
        if condition == r"\mathrm{else}" or reader.holds(condition):
            return reader.number(value)
    raise AssertionError(f"none of {pieces} holds")


class _Reader:
    def __init__(self, meanings: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self.meanings = meanings
        self.values = values
        self.bars = 0  # how many are open

    def number(self, text: str) -> Any:
        tokens = self._tokens(text)
        value = self._sum(tokens)
        assert not tokens, f"{text}: {tokens} is left"
        return value

    def holds(self, text: str) -> bool:
        """Comparisons, which may be chained."""
        tokens = self._tokens(text)
        left, outcome = self._sum(tokens), True
        while tokens:
            relation = RELATIONS[tokens.pop(0)]
            right = self._sum(tokens)
            outcome = outcome and relation(left, right)
            left = right
        return outcome

    def _tokens(self, text: str) -> list[str]:
        bare = text.replace(r"\,", " ").replace(r"\cdot", " ")
        return ["".join(parts) for parts in TOKEN.findall(bare)]

    def _sum(self, tokens: list[str]) -> Any:
        total = self._product(tokens)
        while tokens and tokens[0] in "+-":
            sign = 1 if tokens.pop(0) == "+" else -1
            total += sign * self._product(tokens)
        return total

    def _product(self, tokens: list[str]) -> Any:
        if tokens[0] == "-":
            tokens.pop(0)
            return -self._product(tokens)
        total = self._power(tokens)
        ends = ("+", "-", ")", "}", *RELATIONS, *("|" * (self.bars % 2)))
        while tokens and tokens[0] not in ends:
            if tokens[0] == "/":
                tokens.pop(0)
                total /= self._power(tokens)
            else:
                total *= self._power(tokens)
        return total

    def _power(self, tokens: list[str]) -> Any:
        base = self._atom(tokens)
        if tokens and tokens[0] == "^":
            tokens.pop(0)
            return base ** self._between("{", tokens, "}")
        return base

    def _between(self, opening: str, tokens: list[str], closing: str) -> Any:
        assert tokens.pop(0) == opening
        value = self._sum(tokens)
        assert tokens.pop(0) == closing
        return value

    def _atom(self, tokens: list[str]) -> Any:
        token = tokens[0]
        if token == "(":
            return self._between("(", tokens, ")")
        if token == "|":
            self.bars += 1
            value = abs(self._between("|", tokens, "|"))
            self.bars -= 1
            return value
        tokens.pop(0)
        if token[0].isdigit():
            return mpmath.mpf(token)
        if token == r"\frac":
            above = self._between("{", tokens, "}")
            return above / self._between("{", tokens, "}")
        if token == r"\sqrt":
            return mpmath.sqrt(self._between("{", tokens, "}"))
        if token in FUNCTIONS:
            power = 1
            if tokens[0] == "^":
                tokens.pop(0)
                power = self._between("{", tokens, "}")
            return FUNCTIONS[token](self._between("(", tokens, ")")) ** power
        return self._named(token, tokens)

    def _named(self, token: str, tokens: list[str]) -> Any:
        if token in self.meanings:
            meaning = self.meanings[token]
            if tokens[:4] == ["^", "{", r"\prime", "}"]:
                del tokens[:4]
                return mpmath.diff(lambda t: self._at(t).number(meaning), self.values["x"])
            return self.number(meaning)
        if token in self.values:
            return self.values[token]
        return {"e": mpmath.e, r"\pi": mpmath.pi, r"\infty": mpmath.inf}[token]

    def _at(self, x: Any) -> _Reader:
        return _Reader(self.meanings, {**self.values, "x": x})
